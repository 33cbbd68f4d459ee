"""Where specs come from: paths, standard input's bytes, mappings, read specs."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import shapecalc
from shapecalc import NetworkSpec, Trace

pytestmark = pytest.mark.usefixtures("parser")  # both give the same values, faults and places

TraceText = Callable[..., Trace]

SPEC: dict[str, Any] = {"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
TEXT = "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n"


@pytest.mark.parametrize("name", ["net.yaml", "net.yml", "net.shape.yaml", "net", "a b ü.txt"])
def test_a_path_may_be_text_or_a_path(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXT, encoding="utf-8")
    assert shapecalc.trace(path).output == (6, 6, 2)
    assert shapecalc.trace(str(path)).output == (6, 6, 2)
    assert shapecalc.trace(path).to_dict()["file"] == str(path)


@pytest.mark.parametrize("read", [shapecalc.trace, shapecalc.read])
def test_a_path_that_cannot_be_opened_raises_os_error(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "missing.yaml")
    with pytest.raises((IsADirectoryError, PermissionError)):  # the second on Windows
        read(tmp_path)


def test_yaml_in_a_json_file_is_no_json(trace_text: TraceText) -> None:
    assert [d.code for d in trace_text(TEXT, "net.json").diagnostics] == ["SC101"]


def test_braces_that_are_no_json_are_yaml(trace_text: TraceText) -> None:
    trace = trace_text("{input: 8x8x1, layers: [{conv: {K: 2, F: 3}}]}  # flow\n")
    assert trace.diagnostics == ()
    assert trace.output == (6, 6, 2)


def test_repeated_keys_of_json_in_a_yaml_file_are_found(trace_text: TraceText) -> None:
    trace = trace_text('{"input": 8, "layers": ["relu"], "input": 9}')
    assert [(d.code, d.line, d.column) for d in trace.diagnostics] == [("SC106", 1, 34)]


@pytest.mark.parametrize("wrap", [dict, OrderedDict, MappingProxyType])
def test_a_mapping_of_any_class_is_read(wrap: Callable[[Any], Any]) -> None:
    spec = {**SPEC, "layers": [wrap({"conv": wrap({"K": 2, "F": 3})})]}
    trace = shapecalc.trace(wrap(spec))
    assert trace.diagnostics == ()
    assert trace.output == (6, 6, 2)


def test_tuples_of_a_mapping_are_lists() -> None:
    spec = {"input": (8, 8, 1), "layers": ({"conv": {"K": 2, "F": (3, 3), "P": ((0, 1), (0, 1))}},)}
    assert shapecalc.trace(spec).output == (7, 7, 2)


def test_a_mapping_has_no_file_and_no_lines() -> None:
    trace = shapecalc.trace({"input": 8, "layers": [{"dense": 0}, "reul"]})
    assert trace.to_dict()["file"] is None
    assert [(d.code, d.line, d.column) for d in trace.diagnostics] == [
        ("SC104", None, None),
        ("SC105", None, None),
    ]
    assert trace.diagnostics[1].where == "layers[1]"


def test_a_mapping_is_not_changed() -> None:
    spec = {
        "input": "8x8x1",
        "blocks": {"b": {"parameters": {"x": 1}, "layers": [{"conv": {"K": "$x", "F": 3}}]}},
        "layers": [{"b": {"name": "one", "expect": {"output": "6x6x1"}}}, {"dense": {"K": 2}}],
        "expect": {"parameters": 84},
    }
    before = json.dumps(spec)
    shapecalc.trace(spec)
    assert json.dumps(spec) == before


def test_read_returns_a_spec_that_trace_takes(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(TEXT, encoding="utf-8")
    spec = shapecalc.read(path)
    assert isinstance(spec, NetworkSpec)
    assert shapecalc.trace(spec).to_dict() == shapecalc.trace(path).to_dict()
    assert shapecalc.trace(shapecalc.read(SPEC)).to_dict() == shapecalc.trace(SPEC).to_dict()


def test_one_spec_may_be_traced_twice() -> None:
    spec = shapecalc.read({**SPEC, "layers": [{"conv": {"K": 2, "F": 3, "S": 2}}, "reul"]})
    first = shapecalc.trace(spec).to_dict()
    assert len(first["diagnostics"]) == 2
    assert shapecalc.trace(spec).to_dict() == first


@pytest.mark.parametrize(
    "key", [1, None, True, 1.5, ("a", "b"), b"bytes", float("nan"), frozenset(), "", " ", "\x00"]
)
def test_keys_of_any_type_are_faults_and_no_crash(key: object) -> None:
    specs: list[dict[Any, Any]] = [
        {**SPEC, key: 1},
        {"input": 8, "layers": [{key: 1}]},
        {"input": 8, "layers": [{"dense": {"K": 1, key: 1}}]},
        {"input": 8, "blocks": {"b": {"layers": [], key: 1}}, "layers": ["b"]},
        {"input": 8, "blocks": {"b": {"layers": []}}, "layers": [{"b": {key: 1}}]},
        {"input": 8, "layers": ["relu"], "expect": {key: 1}},
        {"input": 8, "layers": ["relu"], "expect": {"outputs": {key: 1}}},
        {"input": {key: 1}, "layers": ["relu"]},
    ]
    for spec in specs:
        trace = shapecalc.trace(spec)
        assert any(d.severity == "error" for d in trace.diagnostics), spec
        json.dumps(trace.to_dict(), allow_nan=False)
        str(trace)


@pytest.mark.parametrize("name", [1, None, True, 1.5, ("a", "b"), float("nan"), "", "\x00", "a.b"])
def test_names_of_any_type_are_no_crash(name: object) -> None:
    specs: list[dict[Any, Any]] = [
        {"inputs": {name: 8}, "layers": ["relu"], "outputs": [name]},
        {"input": 8, "blocks": {name: {"layers": ["relu"]}}, "layers": [name]},
        {"input": 8, "blocks": {"b": {"parameters": {name: 1}, "layers": []}}, "layers": ["b"]},
    ]
    for spec in specs:
        trace = shapecalc.trace(spec)
        assert all(isinstance(key, str) for key in (*trace.inputs, *trace.outputs))
        json.dumps(trace.to_dict(), allow_nan=False)
        str(trace)


@pytest.mark.parametrize("value", [object(), 1 + 2j, b"8", {1, 2}, len, range(3), Path("x"), ...])
def test_values_of_any_type_are_faults_and_no_crash(value: object) -> None:
    specs: list[dict[str, Any]] = [
        {"input": value, "layers": ["relu"]},
        {"input": 8, "layers": value},
        {"input": 8, "layers": [value]},
        {"input": 8, "layers": [{"dense": value}]},
        {"input": 8, "layers": [{"dense": {"units": 3, "bias": value}}]},
        {"input": 8, "layers": [{"relu": {"from": value}}]},
        {"input": 8, "layers": [{"relu": {"name": value}}]},
        {"input": 8, "layers": [{"relu": {"expect": value}}]},
        {"input": 8, "layers": [{"dense": 3}, {"dense": {"K": 3, "share": value}}]},
        {"input": 8, "layers": [{"residual": value}]},
        {"input": 8, "layers": [{"parallel": value}]},
        {"input": 8, "layers": [{"repeat": {"times": value, "layers": []}}]},
        {"input": 8, "layers": ["relu"], "name": value},
        {"input": 8, "layers": ["relu"], "batch": value},
        {"input": 8, "layers": ["relu"], "rounding": value},
        {"input": 8, "layers": ["relu"], "blocks": value},
        {"input": 8, "layers": ["relu"], "outputs": value},
        {"input": 8, "layers": ["relu"], "expect": value},
        {"input": 8, "layers": ["relu"], "expect": {"output": value}},
    ]
    for spec in specs:
        trace = shapecalc.trace(spec)
        assert any(d.severity == "error" for d in trace.diagnostics), spec
        json.dumps(trace.to_dict(), allow_nan=False)
        str(trace)
