"""Misprints in keys and specs: found, with the mistake behind them or what they are right for."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapecalc.grading.audit import audit

BROKEN = Path(__file__).resolve().parents[2] / "specs" / "broken"


def audited(text: str, folder: Path) -> tuple[int, list[str]]:
    """Return how many numbers are printed, and the messages about those that are wrong."""
    path = folder / "printed.yaml"
    path.write_text(text, encoding="utf-8")
    found = audit(path)
    return found.printed, [d.message for d in found.diagnostics if d.severity == "error"]


SLIDE = "input: 32x32x3\nlayers: [conv: {K: 8, F: 5, expect: {%s}}]\n"
ALEXNET = "layers: [conv: {K: 96, F: 11, S: 4, expect: {output: 55x55x96}}]\n"
KEY = "spec: {input: 8x8x1, layers: [conv: {K: 1, F: 3}]}\nquestions:\n  - {ask: %s}\n"


@pytest.mark.parametrize(
    ("text", "printed", "said"),
    [
        # a well-known slide prints 208 parameters: 5*5*8 + 8, the depth forgotten
        (SLIDE % "parameters: 208", 1, "5*5*8 + 8 = 208"),
        (SLIDE % "parameters: 600", 1, "biases were forgotten"),
        (SLIDE % "parameters: 608, output: 28x28x3", 2, "depth"),
        # AlexNet's paper prints 224, where 227 gives its 55
        ("input: 224x224x3\n" + ALEXNET, 1, "227x227x3"),
        ("input: 6x6x1\nlayers: [max_pool: {F: 2, S: 1, expect: {output: 3x3x1}}]\n", 1, "S=2"),
        (KEY % "conv1.parameters, key: 9", 1, "biases were forgotten"),
    ],
)
def test_a_misprint_is_explained(text: str, printed: int, said: str, tmp_path: Path) -> None:
    count, messages = audited(text, tmp_path)
    assert count == printed
    assert any(said in message for message in messages), messages


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("ntnu-pooling-stride", "SC301", "S=2"),
        ("ntnu-feature-map-misprint", "SC303", "row 3, column 4"),
        ("cs231n-matrix-product-misprint", "SC303", "unit 0"),
    ],
)
def test_the_lectures_misprints_are_found(name: str, code: str, said: str) -> None:
    found = audit(BROKEN / f"{name}.yaml")
    assert found.misprints == 1
    (diagnostic,) = found.diagnostics
    assert diagnostic.code == code
    assert said in diagnostic.message


def test_right_numbers_are_counted_and_not_told(tmp_path: Path) -> None:
    text = (
        "input: 3x1\nlayers: [conv: {K: 1, F: 2, expect: {output: 2x1, parameters: 3}}]\n"
        "expect: {parameters: 3}\n"
        "example:\n  given: {input: [1, 2, 3], conv1.weight: [1, 1], conv1.bias: [0]}\n"
        "  expect: {conv1: [3, 5]}\n"
    )
    assert audited(text, tmp_path) == (4, [])
    count, messages = audited(text.replace("[3, 5]", "[3, 6]"), tmp_path)
    assert count == 4
    assert len(messages) == 1


@pytest.mark.parametrize("text", ["", "\0", "a: [", "questions: 3\n", "layers: []\n", "x: 1\n"])
def test_what_is_no_spec_is_told(text: str, tmp_path: Path) -> None:
    _, messages = audited(text, tmp_path)
    assert messages
