"""convert: a network in another format, with the totals of the source."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import shapecalc

Run = Callable[..., Result]
SPECS = Path(__file__).resolve().parents[2] / "specs"


@pytest.mark.parametrize("name", ["networks/resnet-18", "networks/alexnet", "kinds/operation"])
def test_the_totals_are_those_of_the_source(run: Run, tmp_path: Path, name: str) -> None:
    source = SPECS / f"{name}.yaml"
    done = run("convert", source, "-o", "out.json")
    assert (done.exit_code, done.output) == (0, "")
    before, after = shapecalc.trace(source), shapecalc.trace(tmp_path / "out.json")
    assert after.totals == before.totals
    assert [r.name for r in after.layers] == [r.name for r in before.layers]
    assert [d.code for d in after.diagnostics] == [d.code for d in before.diagnostics]
    assert shapecalc.convert(source) == (tmp_path / "out.json").read_text(encoding="utf-8")


def test_another_input_is_written_without_the_claims_of_the_own(run: Run, tmp_path: Path) -> None:
    done = run(
        "convert", SPECS / "networks" / "lenet-5.yaml", "--input", "36x36x1", "-o", "out.json"
    )
    assert (done.exit_code, done.output) == (0, "")
    trace = shapecalc.trace(tmp_path / "out.json")
    assert trace.inputs == {"input": (36, 36, 1)}
    assert not [d for d in trace.diagnostics if d.severity == "error"]
    assert "expect" not in (tmp_path / "out.json").read_text(encoding="utf-8")


def test_a_file_that_is_there_is_kept(run: Run, files: Path) -> None:
    assert run("convert", "sound.yaml", "-o", "sound.yaml").exit_code == 2
    assert run("convert", "sound.yaml", "-o", "faulty.yaml").exit_code == 2
    assert run("convert", "sound.yaml", "-o", "faulty.yaml", "--force").exit_code == 0
    assert json.loads((files / "faulty.yaml").read_text(encoding="utf-8"))["name"] == "sound"


def test_errors_are_told_beside_what_is_written(run: Run, files: Path) -> None:
    done = run("convert", "faulty.yaml")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["name"] == "faulty"
    assert "SC201" in done.stderr


@pytest.mark.parametrize(
    "text", ["questions: [conv1.parameters]\n", "", "3\n", "layers: 3\ninput: 3\n"]
)
def test_what_is_no_network_is_not_written(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    done = run("convert", "other.yaml", "-o", "out.json")
    assert done.exit_code == 1
    assert "SC10" in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_what_json_has_not_is_not_written() -> None:
    for value in (float("nan"), object()):
        with pytest.raises(shapecalc.SpecError, match="SC"):
            shapecalc.convert({"input": 3, "layers": ["relu"], "source": value})


def test_unknown_formats_and_paths_are_refused(run: Run) -> None:
    assert run("convert", "missing.yaml").exit_code == 2
    assert run("convert", "--to", "nothing", "-").exit_code == 2
    with pytest.raises(LookupError, match="json"):
        shapecalc.convert({"input": 3, "layers": []}, to="nothing")


def of_keras(*layers: tuple[str, dict[str, Any]]) -> str:
    """Return the JSON of a Sequential model that may leave its input open."""
    written = [{"class_name": kind, "config": {"name": kind, **config}} for kind, config in layers]
    return json.dumps({"class_name": "Sequential", "config": {"layers": written}})


CONV = ("Conv2D", {"filters": 4, "kernel_size": [3, 3]})


@pytest.mark.parametrize(
    ("own", "layer", "volume"),
    [
        (None, CONV, [None, None, None]),
        ([None, None, None, 3], CONV, [None, None, 3]),
        ([None, None, 4], ("Dense", {"units": 2}), [None, 4]),
        ([None, None, 3, 4], ("Dense", {"units": 2}), [None, 3, 4]),
        (
            [None, None, 3, 4, 5],
            ("Dense", {"units": 2}),
            {"frames": None, "height": 3, "width": 4, "depth": 5},
        ),
    ],
)
def test_open_sizes_of_a_file_are_open_in_the_spec(
    run: Run, tmp_path: Path, own: Any, layer: Any, volume: Any
) -> None:
    kind, config = layer
    shape = {} if own is None else {"batch_input_shape": own}
    (tmp_path / "net.json").write_text(of_keras((kind, config | shape)), encoding="utf-8")
    assert run("convert", "net.json", "-o", "out.json").exit_code == 0
    data = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert list(data["inputs"].values()) == [volume]
    before, after = shapecalc.trace(tmp_path / "net.json"), shapecalc.trace(tmp_path / "out.json")
    assert after.inputs == before.inputs
    assert after.totals == before.totals
    assert not [d for d in after.diagnostics if d.severity == "error"]


def test_an_input_of_which_nothing_is_known_is_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text(of_keras(("Dense", {"units": 2})), encoding="utf-8")
    done = run("convert", "net.json", "-o", "out.json")
    assert done.exit_code == 1
    assert "SC604" in done.stderr
    assert not (tmp_path / "out.json").exists()
    assert run("convert", "net.json", "--input", "8", "-o", "out.json").exit_code == 0
    assert not shapecalc.trace(tmp_path / "out.json").diagnostics


def test_standard_input_is_read(run: Run) -> None:
    done = run("convert", "-", stdin="input: 3\nlayers: [relu]\n")
    assert json.loads(done.stdout) == {"input": 3, "layers": ["relu"]}


# -- as YAML -------------------------------------------------------------------------------------

KERAS = SPECS / "frameworks" / "cifar-keras.json"


def test_a_file_of_another_format_becomes_a_spec(run: Run, tmp_path: Path) -> None:
    done = run("convert", KERAS, "--to", "yaml", "-o", "cifar.shape.yaml")
    assert (done.exit_code, done.output) == (0, "")
    assert run("check", "cifar.shape.yaml").exit_code == 0
    before, after = shapecalc.trace(KERAS), shapecalc.trace(tmp_path / "cifar.shape.yaml")
    assert after.totals == before.totals
    assert [r.output for r in after.layers] == [r.output for r in before.layers]
    again = run("convert", "cifar.shape.yaml", "--to", "yaml")
    assert again.stdout == (tmp_path / "cifar.shape.yaml").read_text(encoding="utf-8")


def test_another_input_is_written_in_yaml_with_its_own_totals(run: Run) -> None:
    done = run("convert", KERAS, "--to", "yaml", "--input", "64x48x3")
    assert done.exit_code == 0
    assert "\ninput: 64x48x3\n" in done.stdout
    assert (
        "expect: {output: 10, parameters: 20106, non_trainable: 64, macs: 16810624}" in done.stdout
    )


def test_what_is_no_network_is_not_written_in_yaml(run: Run, tmp_path: Path) -> None:
    for text in ("questions: [conv1.parameters]\n", "", "3\n", "layers: 3\ninput: 3\n"):
        (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
        done = run("convert", "other.yaml", "--to", "yaml")
        assert (done.exit_code, done.stdout) == (1, "")


def test_a_faulty_spec_is_written_in_yaml_and_its_faults_are_told(run: Run, files: Path) -> None:
    done = run("convert", "faulty.yaml", "--to", "yaml")
    assert done.exit_code == 1
    assert done.stdout == (files / "faulty.yaml").read_text(encoding="utf-8")
    assert "SC201" in done.stderr
