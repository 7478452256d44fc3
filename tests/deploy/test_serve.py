"""The files of deploy/serve: their syntax, by their own checkers where there are some, and the options they give."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from reread.apps.cli.commands.serve import command
from support.pages import ROOT

FOLDER = ROOT / "deploy" / "serve"
UNIT = FOLDER / "reread.service"
PLAIN = re.compile(r"^(FROM|COPY|RUN|USER|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)\s+(.*)$")


def lines_of(name: str) -> dict[str, str]:
    """The lines of the container file by their instructions, the last of each."""
    written = [line for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    found = [PLAIN.match(line) for line in written]
    assert all(found), written
    return {each[1]: each[2] for each in found if each}


def read_yaml(name: str) -> Any:
    return pytest.importorskip("yaml").safe_load((FOLDER / name).read_text(encoding="utf-8"))


def commands() -> dict[str, list[str]]:
    (start,) = re.findall(r"^ExecStart=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    container = lines_of("Containerfile")
    assert json.loads(container["ENTRYPOINT"]) == ["/reread/bin/reread", "serve"]
    composed = read_yaml("compose.yaml")["services"]["reread"]["command"]
    return {
        "unit": shlex.split(start)[2:],
        "container": json.loads(container["CMD"]),
        "compose": composed,
    }


@pytest.mark.parametrize("name", ["unit", "container", "compose"])
def test_the_server_takes_the_options(name: str) -> None:
    given = commands()[name]
    options, left, _ = command.make_parser(click.Context(command)).parse_args(list(given))
    assert left == []
    assert len(options["models"]) == 1
    assert options["token_file"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """With a program that is there; and something, in a unit with a wrong line."""
    text = UNIT.read_text(encoding="utf-8").replace("/opt/reread/bin/reread", sys.executable)
    (tmp_path / "reread.service").write_text(text, encoding="utf-8")
    (tmp_path / "wrong.service").write_text(text.replace("KillMode=mixed", "KillMode=gently"), encoding="utf-8")
    assert checked(tmp_path / "reread.service") == ""
    assert "gently" in checked(tmp_path / "wrong.service")


def checked(unit: Path) -> str:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False, timeout=60
    )
    return "".join(line + "\n" for line in done.stderr.splitlines() if unit.name in line)


def test_the_compose_file_names_what_is_there() -> None:
    found = read_yaml("compose.yaml")
    services = found["services"]
    assert services.keys() == {"reread", "prometheus"}
    for service in services.values():
        assert set(service.get("secrets", ())) <= found["secrets"].keys()
        assert service.get("depends_on", {}).keys() <= services.keys()
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    build = services["reread"]["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).is_file()
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    for copied in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        assert all((FOLDER / build["context"] / name).exists() for name in copied.split())
    assert "./prometheus.yml:/etc/prometheus/prometheus.yml:ro" in services["prometheus"]["volumes"]
    port = lines_of("Containerfile")["EXPOSE"]
    (target,) = read_yaml("prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"]
    assert target == f"reread:{port}"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_prometheus_accepts_its_configuration() -> None:
    subprocess.run(
        ["promtool", "check", "config", "--syntax-only", FOLDER / "prometheus.yml"], check=True, capture_output=True
    )
