"""What `import shapecalc` gives: five functions, a trace that is asked by name, nothing else."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import walking
from shapecalc.collector import paused
from shapecalc.reports.verification_table import render

SPEC: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"K": 10, "F": 5, "P": 2}},
        "relu",
        {"dense": {"name": "head", "units": 4}},
    ],
}
BROKEN: dict[str, Any] = {"input": "9x9x1", "layers": [{"conv": {"K": 1, "F": 2, "S": 2}}]}


def test_the_namespace_holds_what_is_meant_for_users() -> None:
    assert set(dir(shapecalc)) == set(shapecalc.__all__)
    names = "gc", "Path", "contextmanager", "import_module", "Iterator", "replace"
    code = f"import shapecalc; print([n for n in {names} if hasattr(shapecalc, n)])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize("name", shapecalc.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    assert getattr(shapecalc, name).__doc__


def test_check_returns_what_is_wrong() -> None:
    assert [d.code for d in shapecalc.check(BROKEN)] == ["SC201"]
    assert [d.code for d in shapecalc.check(SPEC)] == ["SC405"]


def test_check_of_a_path_that_is_not_there_raises(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"missing\.yaml"):
        shapecalc.check(tmp_path / "missing.yaml")


def test_verify_confirms_every_prediction() -> None:
    result = shapecalc.verify(SPEC, batch=2, seed=3, only="conv1")
    assert result.agrees
    assert {check.layer for check in result.checks} >= {"conv1"}
    assert str(result) == render(result)
    assert not shapecalc.verify(BROKEN).agrees


@pytest.mark.parametrize("topic", ["SC201", "conv", "padding", "language"])
def test_explain_returns_a_page(topic: str) -> None:
    assert len(shapecalc.explain(topic).splitlines()) > 5


def test_explain_names_the_nearest_topic() -> None:
    with pytest.raises(LookupError, match="padding"):
        shapecalc.explain("paddin")


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    shapecalc.check(BROKEN)
    shapecalc.verify(SPEC)
    shapecalc.explain("conv")
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_the_name_of_an_instance_means_its_last_output() -> None:
    trace = shapecalc.trace(
        {
            "input": "8x8x4",
            "blocks": {
                "down": {
                    "parameters": {"K": None},
                    "layers": [{"conv": {"K": "$K", "F": 2, "S": 2}}, "relu"],
                }
            },
            "layers": [{"down": {"K": 6, "name": "stage1"}}, {"down": 8}],
        }
    )
    assert trace["stage1"] is trace["stage1.relu1"]
    assert (trace["stage1"].output, trace["down2"].output) == ((4, 4, 6), (2, 2, 8))
    assert "stage1" in trace


def test_a_trace_is_asked_by_name() -> None:
    trace = shapecalc.trace(SPEC)
    assert trace["head"].output == (4,)
    assert [record.name for record in trace] == ["conv1", "relu1", "head"]
    assert len(trace) == 3
    with pytest.raises(KeyError, match="head"):
        trace["haed"]
    assert shapecalc.trace({"input": 3, "layers": []})


def test_totals_by_key_and_by_name() -> None:
    totals = shapecalc.trace(SPEC).totals
    assert totals["parameters"] == totals.parameters == 760 + 32 * 32 * 10 * 4 + 4
    with pytest.raises(AttributeError, match="params"):
        _ = totals.params


def test_a_walk_prints_its_table_before_anything_was_traced() -> None:
    code = (
        "from shapecalc import network, walking\n"
        "from shapecalc import readers\n"
        "spec = network.build(readers.read_mapping({'input': '8x8x1', 'layers': ['relu']}))\n"
        "print(walking.walk(spec))\n"
    )
    shown = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert "relu1" in shown
    assert "object at" not in shown


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    walk = walking.walk
    monkeypatch.setattr(walking, "walk", lambda spec: seen.append(gc.isenabled()) or walk(spec))
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        shapecalc.trace(SPEC)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
    assert seen == [False]


def test_the_collector_is_on_again_once_the_last_of_several_threads_is_done() -> None:
    """A thread that ends first must not disturb the other, nor leave the collector off."""
    assert gc.isenabled()
    first, second = paused(), paused()
    first.__enter__()
    thread = threading.Thread(target=second.__enter__)
    thread.start()
    thread.join()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), paused():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_name_is_in_a_trace() -> None:
    trace = shapecalc.trace(SPEC)
    assert "head" in trace
    assert "conv2" not in trace
    assert trace.layers[0] in trace
    assert None not in trace


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"only": "haed"}, "head"),
        ({"only": "nothing at all"}, "nothing at all"),
        ({"only": "hea"}, "head"),
        ({"batch": 0}, "batch"),
        ({"batch": -1}, "batch"),
        ({"batch": 2.5}, "batch"),
        ({"batch": True}, "batch"),
        ({"batch": 10**30}, "batch"),
        ({"seed": -1}, "seed"),
        ({"dtype": "float16"}, "dtype"),
        ({"training": "no"}, "training"),
    ],
)
def test_what_cannot_be_verified_does_not_agree(wrong: dict[str, Any], said: str) -> None:
    result = shapecalc.verify(SPEC, **wrong)
    assert not result.agrees
    assert not result.checks
    (found,) = result.diagnostics
    assert said in f"{found.message} {found.hint}"
