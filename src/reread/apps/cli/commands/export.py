"""`reread export`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options
from reread.apps.cli.arguments.export import ExportArguments


@click.command("export")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The ONNX file. [default: the folder's name + .onnx]",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@click.option(
    "--answer",
    type=click.Choice(["network"]),
    help="Export the network alone, if the model answers with its linear member too.",
)
@options.common
@options.takes(ExportArguments)
def command(arguments: ExportArguments) -> None:
    """Write a model's network as one ONNX file (float32), checked before it is written.

    The inputs are ids (batch, time, features), lengths, and the states and summary to start with: for a text,
    start.states and start.summary of the folder's weights.safetensors; for a further window of it, those that the
    window before returned. The outputs are scores, states and summary; the folder's vocabulary and task give the
    meaning of ids and scores.

    \b
    Example:
      reread export spam.reread --answer network -o spam.onnx
    """
    from reread.apps.cli.console import print_json, results  # noqa: PLC0415
    from reread.apps.cli.places import beside, check_place  # noqa: PLC0415
    from reread.export.folder import export_folder  # noqa: PLC0415

    model = arguments.model
    target = arguments.out or beside(model).with_suffix(".onnx")
    check_place(target, [], "the export")
    checks = export_folder(model, target, answer=arguments.answer, overwrite=arguments.overwrite)
    if arguments.as_json:
        print_json(
            {
                "model": str(model),
                "onnx": str(target),
                "bytes": target.stat().st_size,
                "checks": {check.name: check.detail for check in checks},
            }
        )
    elif not arguments.quiet:
        results.print(f"{target}: {target.stat().st_size:,} bytes, same scores as the network of {model}")
