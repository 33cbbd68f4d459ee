"""Data as YAML text: what is read back is the same, and the lines are those of a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shapecalc.exporters.yaml_spec.layout import WIDTH, text_of
from shapecalc.readers import read_path
from shapecalc.readers.yaml_text import read_yaml

SPECS = Path(__file__).resolve().parents[2] / "specs"
FILES = sorted(
    path
    for path in SPECS.rglob("*.yaml")
    if isinstance(read_path(path).data, dict) and path.name != "sc104-example-nan.yaml"
)


def written(data: dict[str, Any], comments: Any = None) -> str:
    """Return the text of some data."""
    text = text_of(data, comments or {}, 10**7)
    assert text is not None
    return text


def back(text: str) -> str:
    """Return what is read of a text, as JSON, which tells 0 from false and 1 from 1.0."""
    document = read_yaml(text)
    assert not document.findings
    return json.dumps(document.data)


@pytest.mark.slow
def test_all_specs_are_read_back_as_they_are() -> None:
    assert len(FILES) > 200
    for path in FILES:
        data = read_path(path).data
        text = written(data)
        assert back(text) == json.dumps(data), path
        assert written(read_yaml(text).data) == text, path


TEXTS = (
    "no", "on", "null", "~", "", " ", "true", "True", "1e3", "0x1F", "0x3", "0o7", "12", "1_000",
    "12:30", "1.5", ".5", "+1", "-", "- a", "?", "?x?x3", "a: b", "a:", "a #b", "#a", "&a", "*a",
    "!a", "%a", "@a", "`a`", "'", '"', "a'b\"c", "[a", "a]", "{a}", "a, b", "a\nb", "a\tb", " a",
    "a ", "é", "\U0001f600", "\u2028", "\x85", "\x7f", "\ufeff", "=", "<<", "|", ">", ".nan",
    ".inf", "$K", "$a.b", "a/b", "2024-01-01", "x" * 300, "a " * 100 + "b", "y", "---", "...",
)  # fmt: skip


@pytest.mark.parametrize("parser", ["libyaml"], indirect=True)
def test_texts_that_yaml_reads_as_something_else_are_quoted(parser: str) -> None:
    for text in TEXTS:
        data = {"source": text, "layers": [{"relu": {"name": text, "list": [text, {text: text}]}}]}
        assert back(written(data)) == json.dumps(data), repr(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (False, "false"), (0.0, "0.0"), (True, "true"), (1, "1"), (1.0, "1.0"),
        (None, "null"), (1.001e-05, "1.001e-5"), (1e22, "1e22"), (-1e-07, "-1e-7"),
        (2**63, str(2**63)), (float("inf"), ".inf"), (float("-inf"), "-.inf"),
        ([], "[]"), ({}, "{}"), ("32x32x3", "32x32x3"), ("$K", "$K"),
    ],
)  # fmt: skip
def test_single_values(value: Any, text: str) -> None:
    assert written({"a": value}) == f"a: {text}\n"
    assert back(written({"a": value})) == json.dumps({"a": value})


def test_short_layers_take_a_line_and_long_ones_more() -> None:
    conv = {"conv": {"K": 64, "F": 3}}
    data = {
        "blocks": {"twice": {"parameters": {"K": None}, "layers": [conv, "relu"]}},
        "layers": [
            "relu",
            {"dense": 10},
            {"residual": [conv, "relu"]},
            {"residual": [conv, "batch_norm", "relu", conv, "batch_norm"]},
            {"parallel": [[], [conv, "relu", conv, "relu"]]},
        ],
        "expect": {"output": 10},
    }
    assert written(data) == (
        "blocks:\n"
        "  twice:\n"
        "    parameters: {K: null}\n"
        "    layers: [{conv: {K: 64, F: 3}}, relu]\n"
        "layers:\n"
        "  - relu\n"
        "  - dense: 10\n"
        "  - residual: [{conv: {K: 64, F: 3}}, relu]\n"
        "  - residual:\n"
        "      - conv: {K: 64, F: 3}\n"
        "      - batch_norm\n"
        "      - relu\n"
        "      - conv: {K: 64, F: 3}\n"
        "      - batch_norm\n"
        "  - parallel:\n"
        "      - []\n"
        "      - [{conv: {K: 64, F: 3}}, relu, {conv: {K: 64, F: 3}}, relu]\n"
        "expect: {output: 10}\n"
    )


def test_what_is_too_long_for_a_line_is_filled() -> None:
    names = [f"a_rather_long_name_{number}" for number in range(20)]
    call = {f"parameter_{number}": 2**40 + number for number in range(8)}
    data = {"layers": [{"concat": names}, {"unit": call}], "outputs": names}
    text = written(data)
    assert back(text) == json.dumps(data)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("\n") < 20


def test_comments_stand_behind_their_items() -> None:
    layers: list[Any] = [
        {"dense": 10},
        {"parallel": [["relu"], []]},
        {"dense": {"name": "a" * 80, "units": 1}},
    ]
    blocks = {"b": {"layers": ["relu"]}}
    data = {"blocks": blocks, "layers": layers}
    comments = {(id(layers), index): f"part {index}" for index in range(3)}
    comments |= {(id(layers[1]["parallel"]), 0): "inner", (id(blocks), "b"): "of all"}
    text = written(data, comments)
    assert back(text) == json.dumps(data)
    assert "  - dense: 10  # part 0\n  - parallel:  # part 1\n      - [relu]  # inner\n" in text
    assert "  # part 2\n  - dense: {name: aaa" in text
    assert "  b: {layers: [relu]}  # of all\n" in text


def test_more_characters_than_asked_for_are_not_written() -> None:
    data = {"layers": ["relu"] * 1000}
    assert text_of(data, {}, 100) is None
    assert text_of(data, {}, 10_000) is not None


def test_what_yaml_has_not_is_refused() -> None:
    for value in (object(), {1, 2}, b"bytes"):
        with pytest.raises(TypeError):
            written({"a": value})
