"""`reread export`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.export import ExportArguments

SUFFIX = ".onnx"


@sections.command("export")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The ONNX file; its name ends in .onnx. [default: the folder's name + .onnx]",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@click.option(
    "--answer",
    type=click.Choice(["stack", "network", "linear"]),
    help="Export this instead of what the model answers with; network: the network alone, which reads windows.",
)
@click.option(
    "--precision",
    type=click.Choice(["float32", "int8"]),
    default="float32",
    show_default=True,
    help="Of the file's numbers. int8 is smaller, and may change a few answers.",
)
@options.common
@options.takes(ExportArguments)
def command(arguments: ExportArguments) -> None:
    """Write what a model answers with as one ONNX file, checked before it is written.

    The file reads a network's ids and lengths, and a linear member's ngrams and ngram_values; load(MODEL).onnx_inputs
    gives them for texts. It gives raw scores, probabilities and predictions.

    With --answer network it reads a window of each text: ids, lengths, and the states and summary to start with: for
    a text, start.states and start.summary of the folder's weights.safetensors; for a further window of it, those that
    the window before returned. It gives raw scores, states and summary.

    \b
    Example:
      reread export spam.reread -o spam.onnx
    """
    from reread.apps.cli.console import print_json, results  # noqa: PLC0415
    from reread.apps.cli.places import beside, check_place  # noqa: PLC0415
    from reread.errors import ConfigError  # noqa: PLC0415
    from reread.export.folder import export_folder  # noqa: PLC0415

    model = arguments.model
    target = arguments.out or beside(model).with_suffix(SUFFIX)
    if target.suffix.lower() != SUFFIX:
        raise ConfigError(f"{target}: an export is an ONNX file; choose a name that ends in {SUFFIX} with -o")
    check_place(target, [], "the export")
    made = export_folder(
        model, target, answer=arguments.answer, precision=arguments.precision, overwrite=arguments.overwrite
    )
    if arguments.as_json:
        print_json(
            {
                "model": str(model),
                "onnx": str(target),
                "bytes": len(made.content),
                "precision": arguments.precision,
                "inputs": list(made.inputs),
                "outputs": list(made.outputs),
                "stated": made.stated or None,
                "checks": {check.name: check.detail for check in made.checks},
            }
        )
    elif not arguments.quiet:
        results.print(f"{target}: {len(made.content):,} bytes, {arguments.precision}, checked against {model}")
        results.print(f"inputs {', '.join(made.inputs)}; outputs {', '.join(made.outputs)}")
        for check in made.checks:
            if check.name.startswith("exported"):
                results.print(f"{check.name}: {check.detail}")
        if made.stated:
            results.print(made.stated)
