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


def test_of_a_list_the_value_that_differs_is_told(tmp_path: Path) -> None:
    """2*1 + 3*1 is 5, and 4*1 + 5*1 is 9: a window of two ones over 2, 3, 4 and 5 with stride 2."""
    text = """
spec:
  input: 4x1
  layers: [conv: {K: 2, F: 2, S: 2, bias: false}]
  example: {given: {input: [[2, 3, 4, 5]], conv1.weight: [[[1, 1]], [[0, 1]]]}}
questions: [{id: a, ask: conv1.value, key: [[5, 9], [3, 6]]}, {id: b, ask: conv1.output, key: 2x3}]
"""
    assert audited(text, tmp_path) == (2, [
        "conv1.value: the key says 6 at [1,1], counted from 0, where 5 is computed",
        "conv1.output: the key says 2x3, 2x2 is computed",
    ])  # fmt: skip


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


# AlexNet's rows as they are printed everywhere, under a first pool whose stride is misprinted as 3.
CASCADE = """
input: 227x227x3
rounding: floor
layers:
  - conv: {K: 96, F: 11, S: 4, expect: {output: 55x55x96}}
  - max_pool: {F: 3, S: 3, expect: {output: 27x27x96}}
  - conv: {K: 256, F: 5, P: 2, expect: {output: 27x27x256, parameters: 614656}}
  - max_pool: {F: 3, S: 2, expect: {output: 13x13x256}}
  - conv: {K: 384, F: 3, P: 1, expect: {output: 13x13x384}}
  - max_pool: {F: 3, S: 2, expect: {output: 6x6x384}}
  - dense: {units: 4096, expect: {parameters: 56627200}}
"""
# A loss printed with its half, and the gradient and step that follow: (0.5 - 1)^2 = 0.25.
HALVED = """
input: 1
layers: [dense: {units: 1, bias: false}]
example:
  given: {input: [1], dense1.weight: [[0.5]]}
  loss: {squared_error: 1}
  rate: 0.01
  expect: {loss: 0.125, dense1.weight.grad: [[-0.5]], dense1.weight.next: [[0.505]]}
"""
# A figure in the guide to convolution arithmetic: the corner of the map at stride 1.
CORNER = """
input: 5x5x1
layers: [conv: {K: 1, F: 3, S: 2, P: 1, bias: false}]
example:
  given:
    input: [[2, 2, 3, 3, 3], [0, 1, 3, 0, 3], [2, 3, 0, 1, 3], [3, 3, 2, 1, 2], [3, 3, 0, 2, 3]]
    conv1.weight: [[2, 0, 1], [1, 0, 0], [0, 1, 1]]
  expect: {conv1: [[1, 6, 5], [7, 10, 9], [7, 10, 8]]}
"""
# Ones and fours in the place of a map of 3x3 zeros: the size that is claimed, and no other mistake.
TILED = """
input: 5x5x1
layers: [conv: {K: 1, F: 3, bias: false, expect: {output: 5x5x1}}]
example:
  given:
    input: [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15], [16, 17, 18, 19, 20],
            [21, 22, 23, 24, 25]]
    conv1.weight: [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
  expect: {conv1: [[0, 1, 0, 1, 0], [1, -4, 1, -4, 1], [0, 1, 0, 1, 0], [1, -4, 1, -4, 1],
                   [0, 1, 0, 1, 0]]}
"""


@pytest.mark.parametrize(
    ("text", "said", "behind"),
    [
        (CASCADE, "perhaps the layer was meant to have S=2", 5),
        (HALVED, "the squared error was halved", 2),
        (CORNER, "the stride was taken as 1, and only a corner", 0),
        (TILED, "perhaps the padding was taken to be same", 1),
    ],
)
def test_one_misprint_and_what_follows_from_it_are_one_finding(
    text: str, said: str, behind: int, tmp_path: Path
) -> None:
    path = tmp_path / "printed.yaml"
    path.write_text(text, encoding="utf-8")
    result = audit(path)
    (found,) = result.diagnostics
    assert said in found.message
    assert (result.misprints, len(found.consequences)) == (1, behind)


def test_a_slip_in_a_map_gets_no_mistake(tmp_path: Path) -> None:
    """The cell alone would be the filter's turned round; a cause has to give the whole map."""
    slip = CORNER.replace(
        "[[1, 6, 5], [7, 10, 9], [7, 10, 8]]", "[[1, 6, 6], [7, 8, 3], [3, 10, 4]]"
    )
    (message,) = audited(slip, tmp_path)[1]
    assert message.endswith("1 of 9 values differ")


def test_a_half_loss_may_be_claimed(tmp_path: Path) -> None:
    assert audited(HALVED.replace("squared_error", "half_squared_error"), tmp_path) == (3, [])


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
