from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from reread.errors import BundleError, ConfigError, DataError, MissingExtraError
from reread.lab.experiments import figures
from reread.lab.experiments.curves import Curves, curves_of
from reread.lab.experiments.figures import draw_curves
from reread.lab.experiments.records import RunRecord
from support.made_runs import curve, run

MODELS = {"rnn": 0.84, "lstm": 0.87, "bilstm_max": 0.9}
RECORDS: list[RunRecord] = [
    run(model, "1", seed, top, curve=curve(top, 200, 500, seed)) for model, top in MODELS.items() for seed in range(3)
]


def test_svg_and_png_are_written(tmp_path: Path) -> None:
    draw_curves(RECORDS, "1", tmp_path / "new" / "curves-0.001.svg")
    draw_curves(RECORDS, "1", tmp_path / "new" / "curves-0.001.png")
    assert ET.parse(tmp_path / "new" / "curves-0.001.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert (tmp_path / "new" / "curves-0.001.png").read_bytes().startswith(b"\x89PNG")


def test_equal_runs_give_equal_files(tmp_path: Path) -> None:
    for name in ("first.svg", "second.svg"):
        draw_curves(RECORDS, "1", tmp_path / name)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_lines_are_means_and_bands_are_ranges() -> None:
    curves = {model: curves_of(RECORDS, model, "1") for model in MODELS}
    figure = figures._figure(curves, "a title")
    (axes,) = figure.axes
    for line, band, (model, of_model) in zip(axes.lines, axes.collections, curves.items(), strict=True):
        assert line.get_label() == f"{model} (n = 3)"
        np.testing.assert_allclose(line.get_ydata(), 100 * of_model.accuracy.mean(axis=0))
        edges = band.get_paths()[0].vertices
        assert edges[:, 1].min() == pytest.approx(100 * of_model.accuracy.min())
        assert edges[:, 1].max() == pytest.approx(100 * of_model.accuracy.max())
    assert axes.get_title(loc="left") == "a title"
    (legend,) = figure.legends
    assert "band: from the lowest to the highest" in legend.get_title().get_text()
    assert len({line.get_color() for line in axes.lines}) == 3


def test_one_seed_has_no_band() -> None:
    figure = figures._figure({"rnn": curves_of(RECORDS[:1], "rnn", "1")}, "")
    assert not figure.axes[0].collections
    assert figure.legends[0].get_title().get_text() == "one seed each"


def test_a_long_title_is_not_cut_off() -> None:
    title = "IMDB: the improved LSTM and its light twins under three settings, paper-2"
    figure = figures._figure({"rnn": curves_of(RECORDS, "rnn", "1")}, title)
    figure.draw_without_rendering()
    assert figure.axes[0]._left_title.get_window_extent().x1 <= figure.bbox.x1


def test_many_models_are_told_apart() -> None:
    of_one = curves_of(RECORDS, "rnn", "1")
    lines = figures._figure({f"model{k}": of_one for k in range(21)}, "").axes[0].lines
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 21


def test_models_stand_in_the_asked_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    make = figures._figure

    def seen(curves: dict[str, Curves], title: str) -> Any:
        drawn.extend(curves)
        return make(curves, title)

    monkeypatch.setattr(figures, "_figure", seen)
    draw_curves(RECORDS, "1", tmp_path / "curves.svg", models=("bilstm_max", "none_yet"))
    assert drawn == ["bilstm_max", "rnn", "lstm"]


def test_drawing_changes_no_settings_of_matplotlib(tmp_path: Path) -> None:
    import matplotlib as mpl  # noqa: PLC0415  # heavy

    before = dict(mpl.rcParams)
    draw_curves(RECORDS, "1", tmp_path / "curves.svg")
    assert dict(mpl.rcParams) == before


def test_what_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no run under 2"):
        draw_curves(RECORDS, "2", tmp_path / "curves.svg")
    with pytest.raises(ConfigError, match=r"expected a name that ends in \.svg or \.png"):
        draw_curves(RECORDS, "1", tmp_path / "curves.pdf")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BundleError, match="cannot be written"):
        draw_curves(RECORDS, "1", tmp_path / "file" / "curves.svg")


def test_without_matplotlib_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r'drawing figures needs an extra: pip install "reread\[report\]"'):
        draw_curves(RECORDS, "1", tmp_path / "curves.svg")
