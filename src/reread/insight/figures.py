"""Figures as files, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reread.errors import BundleError, ConfigError, MissingExtraError
from reread.files import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPRODUCIBLE: dict[str, Any] = {"svg.hashsalt": "reread", "svg.fonttype": "path"}
SUFFIXES: dict[str, dict[str, Any]] = {".svg": {"metadata": {"Date": None}}, ".png": {"dpi": 200}}


def save_figure(path: Path, draw: Callable[[], Figure]) -> None:
    """Draw a figure into a file; equal figures give equal files.

    Args:
        path: the file; its suffix, .svg or .png, sets the format.
        draw: makes the figure, called once it is known that it can be.

    Raises:
        ConfigError: another suffix.
        MissingExtraError: matplotlib is not installed.
        BundleError: the file cannot be written.
    """
    mpl = check_figure(path)
    with mpl.rc_context(REPRODUCIBLE):
        figure = draw()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as part:
                figure.savefig(part, format=path.suffix[1:], **SUFFIXES[path.suffix])
        except OSError as error:
            raise BundleError(f"the figure {path} cannot be written: {error.strerror}") from error


def check_figure(path: Path) -> Any:
    """Refuse a figure that cannot be drawn, before any work; return matplotlib.

    Raises:
        ConfigError: the suffix is not that of a known format.
        MissingExtraError: matplotlib is not installed.
    """
    if path.suffix not in SUFFIXES:
        raise ConfigError(f"figure {path}: expected a name that ends in {' or '.join(SUFFIXES)}")
    return matplotlib_()


def matplotlib_() -> Any:
    """Matplotlib, imported when it is first needed.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing figures", "report") from error
    return mpl
