"""draw: pictures on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import shapecalc

Run = Callable[..., Result]
SPECS = Path(__file__).resolve().parents[2] / "specs"
LENET = SPECS / "networks" / "lenet-5.yaml"


@pytest.mark.parametrize(
    ("name", "begins"),
    [("net.svg", "<svg "), ("net.tex", "% LeNet-5"), ("NET.HTML", "<!DOCTYPE html>")],
)
def test_the_ending_tells_what_is_written(run: Run, tmp_path: Path, name: str, begins: str) -> None:
    done = run("draw", LENET, "-o", name)
    assert (done.exit_code, done.output) == (0, "")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert text == shapecalc.draw(LENET, to=name.lower().rpartition(".")[2])


def test_without_a_file_it_goes_to_standard_output(run: Run) -> None:
    done = run("draw", LENET, "--style", "graph", "--width", "390", "--dark")
    assert done.exit_code == 0
    assert done.stdout == shapecalc.draw(LENET, style="graph", width=390, scheme="dark")


def test_a_file_that_is_there_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.svg").write_text("mine", encoding="utf-8")
    done = run("draw", LENET, "-o", "net.svg")
    assert done.exit_code == 2
    assert "--force" in done.stderr
    assert (tmp_path / "net.svg").read_text(encoding="utf-8") == "mine"
    assert run("draw", LENET, "-o", "net.svg", "--force").exit_code == 0


def test_png_names_the_command_that_converts(run: Run, tmp_path: Path) -> None:
    done = run("draw", LENET, "-o", "net.png")
    assert done.exit_code == 2
    assert "-o net.svg && rsvg-convert -o net.png net.svg" in done.stderr
    assert not [*tmp_path.glob("net.*")]


@pytest.mark.parametrize("name", ["net", "net.bmp", "svg"])
def test_another_ending_is_refused(run: Run, name: str) -> None:
    done = run("draw", LENET, "-o", name)
    assert done.exit_code == 2
    assert ".svg, .tex, .html" in done.stderr


def test_a_faulty_network_is_drawn_and_the_exit_code_says_so(run: Run) -> None:
    done = run("draw", SPECS / "broken" / "sc201-stride.yaml")
    assert done.exit_code == 1
    assert done.stdout.startswith("<svg ")
    assert "SC201" in done.stdout
    assert "shapecalc check" in done.stderr


@pytest.mark.parametrize(
    "name", ["frameworks/cifar-keras.json", "frameworks/cifar.onnx", "networks/u-net.yaml"]
)
def test_any_format_that_can_be_read_is_drawn(run: Run, name: str) -> None:
    done = run("draw", SPECS / name)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("<svg ")


def test_another_input_is_drawn(run: Run) -> None:
    done = run("draw", LENET, "--input", "36x36x1")
    assert "36×36×1" in done.stdout


def test_too_many_layers_are_refused(run: Run, tmp_path: Path) -> None:
    layers = ", ".join(f"{{dense: {3 + i * i % 101}}}" for i in range(3100))
    (tmp_path / "many.yaml").write_text(f"input: 3\nlayers: [{layers}]\n", encoding="utf-8")
    done = run("draw", "many.yaml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "too many" in done.stderr


def test_a_file_that_is_missing(run: Run) -> None:
    assert run("draw", "missing.yaml").exit_code == 2
