"""Real brokers that ask for a user and a password, over encrypted connections with a certificate made for them."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote

import trustme

from support.brokers import NatsServer, RabbitServer, RedisServer, Server, free_port

USER, PASSWORD = "ann/b", "p@s:/?#%+w"  # what a URL must encode


class Certificate:
    """A certificate for this machine, and the authority that vouches for it."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        made = authority.issue_cert("127.0.0.1", "localhost")
        self.authority, self.chain, self.key = (folder / f"{name}.pem" for name in ("authority", "chain", "key"))
        authority.cert_pem.write_to_path(self.authority)
        made.private_key_pem.write_to_path(self.key)
        made.cert_chain_pems[0].write_to_path(self.chain)


class Secure(Server):
    """What such servers have in common: `place` is what a command is told beside user and password."""

    encrypted: str
    tls: int

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tls = free_port()
        self.certificate = Certificate(folder)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.tls}"

    def url(self, user: str = USER, password: str = PASSWORD) -> str:
        who = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        return f"{self.encrypted}://{who}@{self.place}"


class SecureRedis(Secure, RedisServer):
    encrypted, password = "rediss", "of-the-tests"

    def arguments(self) -> list[str]:
        made = self.certificate
        options = ["--tls-port", str(self.tls), "--tls-cert-file", str(made.chain), "--tls-key-file", str(made.key)]
        options += ["--tls-auth-clients", "no", "--requirepass", self.password]
        return [*super().arguments(), *options, "--user", USER, "on", f">{PASSWORD}", "~*", "&*", "+@all"]


class SecureNats(Secure, NatsServer):
    encrypted = "tls"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tls = self.port  # it has one port, which says that it wants to encrypt

    def arguments(self) -> list[str]:
        made = self.certificate
        options = ["--tls", "--tlscert", str(made.chain), "--tlskey", str(made.key)]
        return [*super().arguments(), *options, "--user", USER, "--pass", PASSWORD]

    def access(self) -> dict[str, Any]:
        context = ssl.create_default_context(cafile=self.certificate.authority)
        return {"user": USER, "password": PASSWORD, "tls": context}


class SecureRabbit(Secure, RabbitServer):
    encrypted = "amqps"

    def environment(self) -> dict[str, str]:
        made = self.certificate
        (self.folder / "rabbit.config").write_text(
            f"""[{{rabbit, [
                {{ssl_listeners, [{{"127.0.0.1", {self.tls}}}]}},
                {{ssl_options, [{{certfile, "{made.chain}"}}, {{keyfile, "{made.key}"}}, {{verify, verify_none}}]}},
                {{default_user, <<"{USER}">>}}, {{default_pass, <<"{PASSWORD}">>}}
            ]}}]."""
        )
        return {**super().environment(), "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbit.config")}

    @property
    def address(self) -> str:
        return f"amqp://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}"
