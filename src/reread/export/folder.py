"""A model folder → one ONNX file beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from reread.bundle import NETWORK, Bundle, read_bundle
from reread.errors import ConfigError, ExportError, MissingExtraError
from reread.export.quantising import EXACT, INT8, PRECISIONS
from reread.files import check_output, whole_file
from reread.model.load import model_of
from reread.model.network import Network
from reread.registry import unknown_name
from reread.scoring.backends.onnx import INPUTS, OUTPUTS
from reread.verification import Check, verify
from reread.wording import figure, number_of, percent


@dataclass(frozen=True)
class Exported:
    """A file that was made.

    Attributes:
        content: its bytes.
        inputs: what it reads, by name.
        outputs: what it gives, by name.
        checks: what it has passed.
        stated: what its precision costs on the rows held out, as the folder says; empty in float32, and if there is
            no network.
    """

    content: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    checks: list[Check]
    stated: str = ""


def export_folder(
    model: Path, target: Path, *, answer: str | None = None, precision: str = EXACT, overwrite: bool = False
) -> Exported:
    """Write what a folder answers with as an ONNX file, once every check of `verify` and of the file has passed.

    Args:
        model: the folder.
        target: the file.
        answer: "stack" or "linear": what answers instead of the folder's default; "network": the network alone, which
            reads a window of each text and gives raw scores.
        precision: "float32", which gives the folder's answers up to rounding; or "int8", a smaller file, with nearly
            all of its answers.
        overwrite: whether an existing file is replaced.

    Raises:
        ConfigError: the folder has no such part, or that cannot be written as ONNX; an unknown precision; the file
            exists and ``overwrite`` is off, or it would be inside a model folder.
        DataError: no file can be made there.
        ExportError: the folder or the file fails a check, or a part cannot be written as ONNX.
        MissingExtraError: torch or onnx is not installed; without them, only the network alone is exported, in float32.
        OSError: the disk is full.
        NotABundleError: the path holds no model folder.
        BundleError: a file is missing or differs from its checksum.
    """
    check_output(target, what="the export")
    if target.exists() and not overwrite:
        raise ConfigError(f"{target} exists; choose another file or pass overwrite=True")
    if precision not in PRECISIONS:
        raise unknown_name("precision of an export", precision, list(PRECISIONS))
    bundle = read_bundle(model)
    made = _network(bundle, precision) if answer == NETWORK else _whole(bundle, answer, precision)
    checks = verify(model)
    _require(checks, f"{model}")
    _require(made.checks, f"the ONNX file of {model}")
    with whole_file(target) as part:
        part.write_bytes(made.content)
    return replace(made, checks=[*checks, *made.checks])


def _whole(bundle: Bundle, answer: str | None, precision: str) -> Exported:
    """The file of what answers."""
    try:
        from reread.export.answers import export_answers, output_names  # noqa: PLC0415
        from reread.export.checking import check_file  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("exporting to ONNX", "train") from error
    model = model_of(bundle, answer)
    content = export_answers(model, precision)
    stated = _stated(bundle) if precision == INT8 and model.network_share() else ""
    names = tuple(model.onnx_inputs([""])), tuple(output_names(model))
    return Exported(content, *names, check_file(content, model, precision), stated)


def _network(bundle: Bundle, precision: str) -> Exported:
    """The file of the network alone.

    Raises:
        ConfigError: it has learned only what the linear member leaves.
    """
    if bundle.config.offset:
        raise ConfigError(
            f"{bundle.path}: its network adds to the linear member and answers nothing alone; export both, the stack"
        )
    content = bundle.files["model.onnx"]
    if precision == EXACT:
        return Exported(content, INPUTS, OUTPUTS, [])
    try:
        from reread.export.checking import check_network  # noqa: PLC0415
        from reread.export.quantising import quantise  # noqa: PLC0415

        content = quantise(content)
    except ModuleNotFoundError as error:
        raise MissingExtraError("exporting to ONNX in int8", "train") from error
    network = cast("Network", model_of(bundle, NETWORK))
    return Exported(content, INPUTS, OUTPUTS, check_network(content, network), _stated(bundle))


def _stated(bundle: Bundle) -> str:
    """What int8 costs on the rows held out: with the compiled kernel, which rounds more finely than ONNX Runtime."""
    stated = (bundle.metrics.get("precision") or {}).get(INT8)
    if stated is None:
        return "the folder does not say what int8 costs on rows held out"
    metric, rows = stated["metric"], number_of(stated["rows"], "row")
    return (
        f"by the compiled kernel, int8 changes {percent(stated['changed'])} of the network's answers on {rows} held "
        f"out: {metric} {figure(metric, stated['found'])}, in float32 {figure(metric, stated['exact'])}"
    )


def _require(checks: list[Check], what: str) -> None:
    for check in checks:
        if not check.ok:
            raise ExportError(f"{what} fails its check of {check.name} ({check.detail}); nothing was written")
