"""What `reread verify` checks."""

from __future__ import annotations

from reread.apps.cli.arguments.verify import VerifyArguments
from reread.errors import ConfigError
from reread.verification import Check, verify

ADDRESSES = ("http://", "https://")


def verified(arguments: VerifyArguments) -> list[Check]:
    """The checks of a model folder, or of a server.

    Raises:
        ConfigError: there is a token for a folder.
    """
    if not arguments.model.startswith(ADDRESSES):
        if arguments.token_file is not None:
            raise ConfigError(f"--token-file is for a server; {arguments.model} is no address")
        return verify(arguments.model)
    from reread.client.verifying import verify_server  # noqa: PLC0415  # an extra
    from reread.web.address import read_tokens  # noqa: PLC0415

    tokens = read_tokens(arguments.token_file)
    return verify_server(arguments.model, token=tokens[0].decode() if tokens else None)
