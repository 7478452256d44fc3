"""A model folder → one ONNX file beside it."""

from __future__ import annotations

from pathlib import Path

from reread.bundle import LINEAR, NETWORK, Config, read_files
from reread.errors import ConfigError, ExportError
from reread.files import check_output, whole_file
from reread.verification import Check, verify


def export_folder(model: Path, target: Path, *, answer: str | None = None, overwrite: bool = False) -> list[Check]:
    """Write the folder's network as an ONNX file, once every check of `verify` has passed.

    Args:
        model: the folder.
        target: the file.
        answer: "network": the network alone, even if the folder answers with a linear member too.
        overwrite: whether an existing file is replaced.

    Raises:
        ConfigError: the folder answers with its linear member too, and ``answer`` does not ask for the network; the
            file exists and ``overwrite`` is off, or it would be inside a model folder.
        DataError: no file can be made there.
        ExportError: the folder fails a check.
        OSError: the disk is full.
        NotABundleError: the path holds no model folder.
        BundleError: a file is missing or differs from its checksum.
    """
    check_output(target, what="the export")
    if target.exists() and not overwrite:
        raise ConfigError(f"{target} exists; choose another file or pass overwrite=True")
    _check_whole(model, answer)
    checks = verify(model)
    for check in checks:
        if not check.ok:
            raise ExportError(f"{model} fails its check of {check.name} ({check.detail}); nothing was written")
    with whole_file(target) as part:
        part.write_bytes(read_files(model)["model.onnx"])
    return checks


def _check_whole(model: Path, answer: str | None) -> None:
    """Refuse to export a part of what answers as if it were all."""
    config = Config.from_json(read_files(model)["config.json"])
    if config.offset:
        raise ConfigError(f"{model}: its network adds to the linear member, which an ONNX file does not hold")
    if NETWORK in {config.answers, answer}:
        return
    if config.answers == LINEAR or (config.members is not None and not config.members[NETWORK]):
        raise ConfigError(
            f"{model}: its linear member answers alone, which an ONNX file does not hold; "
            'answer="network" exports the network, which has no part in the answers'
        )
    raise ConfigError(
        f"{model} answers with its linear member too, which an ONNX file does not hold; "
        'answer="network" exports the network alone'
    )
