"""A model folder → one ONNX file beside it."""

from __future__ import annotations

from pathlib import Path

from reread.bundle import read_files
from reread.errors import ConfigError, ExportError
from reread.verification import Check, verify


def export_folder(model: Path, target: Path, *, overwrite: bool = False) -> list[Check]:
    """Write the folder's network as an ONNX file, once every check of `verify` has passed.

    Raises:
        ConfigError: the file exists and ``overwrite`` is off, or no file can be there.
        ExportError: the network in the folder does not keep its promises, or the file cannot be written.
        NotABundleError: the path holds no model folder.
        BundleError: a file is missing or differs from its checksum.
    """
    if target.is_dir() or not target.parent.is_dir():
        what = (
            "is a folder; name a file" if target.is_dir() else f"cannot be written: there is no folder {target.parent}"
        )
        raise ConfigError(f"{target} {what}")
    if target.exists() and not overwrite:
        raise ConfigError(f"{target} exists; choose another file with -o or say --overwrite")
    checks = verify(model)
    for check in checks:
        if not check.ok:
            raise ExportError(f"{model} fails its check of {check.name} ({check.detail}); nothing was written")
    temporary = target.with_name(f".{target.name}.part")
    try:
        temporary.write_bytes(read_files(model)["model.onnx"])
        temporary.replace(target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return checks
