"""Where a broker is, and who asks it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from reread.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Address:
    """A broker's address; what is shown of it holds no password.

    Attributes:
        scheme: which broker it is, and whether the connection is encrypted.
        hosts: hosts with their ports, separated by commas.
        path: what follows them, as a database's number or a virtual host.
        options: what follows that.
        user: who asks; empty: nobody in particular.
        password: their password.
        authority: a file of certificates in PEM, which vouch for the broker's; None: those that the machine trusts.
    """

    scheme: str
    hosts: str
    path: str = ""
    options: str = field(default="", repr=False)
    user: str = field(default="", repr=False)  # a token may stand there
    password: str = field(default="", repr=False)
    authority: Path | None = None

    @classmethod
    def read(cls, url: str, *, password: str = "", authority: Path | None = None) -> Address:
        """An address from ``scheme://user:password@host:port,host:port/path?options``.

        Args:
            url: the address; what its user and password hold besides letters and digits may be percent-encoded.
            password: taken where the URL has none.
            authority: see the attributes.

        Raises:
            ConfigError: it cannot be read.
        """
        scheme, separator, _ = url.partition("://")
        try:
            parts = urlsplit(url)
            hosts = parts.netloc.rpartition("@")[2]
            ports = [urlsplit(f"//{host}").port for host in hosts.split(",")]
        except ValueError:  # its words may show a part of a password
            ports, parts = [], urlsplit("#")
        if separator and (not (ports and parts.netloc) or parts.fragment or "@" in parts.path + parts.query):
            raise ConfigError(
                f"the address of {scheme}:// cannot be read; expected {scheme}://USER:PASSWORD@HOST:PORT, "
                "with a PORT from 1 to 65535 and in USER and PASSWORD %40 for @, %3A for :, %2F for /, %3F for ? and "
                "%23 for #"
            )
        user, _, secret = parts.netloc.rpartition("@")[0].partition(":")
        return cls(
            scheme=parts.scheme if separator else url.rpartition("@")[2],
            hosts=hosts if separator else "",
            path=parts.path,
            options=parts.query,
            user=unquote(user),
            password=unquote(secret) or password,
            authority=authority,
        )

    @property
    def secret_url(self) -> str:
        """The whole address, user and password encoded."""
        who = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        options = f"?{self.options}" if self.options else ""
        return f"{self.scheme}://{who}{'@' if who else ''}{self.hosts}{self.path}{options}"

    def option(self, name: str, default: str) -> str:
        """What an option says."""
        return dict(parse_qsl(self.options)).get(name, default)

    def certificates(self) -> ssl.SSLContext:
        """What checks the broker's certificate.

        Raises:
            ConfigError: the file of certificates cannot be read.
        """
        try:
            return ssl.create_default_context(cafile=self.authority)
        except (ssl.SSLError, OSError) as error:
            raise ConfigError(f"{self.authority} cannot be read as certificates in PEM: {error.strerror}") from error
