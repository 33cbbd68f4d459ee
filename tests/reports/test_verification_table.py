"""The table of a verification that is built by hand: cells, marks, lines and the result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from shapecalc import Diagnostic
from shapecalc.reports.verification_table import render, summary
from shapecalc.verification import Check, Verification

INF = float("inf")
CONV = [
    Check("conv1", "output", [26, 26, 8], [26, 26, 8], True),
    Check("conv1", "weights", 72, 72, True),
    Check("conv1", "biases", 8, 8, True),
    Check("conv1", "non_trainable", 0, 0, True),
    Check("conv1", "parameters", 1080, 1080, True),
    Check("conv1", "macs", 48672, 48672, True),
    Check("conv1", "gradient", 1e-6, 3e-8, True, "random directions", tensor="input"),
    Check("conv1", "gradient", 1e-6, 2.5e-7, True, "every value", tensor="weight"),
    Check("conv1", "receptive_field", [3, 3], [3, 3], True),
]
WHOLE = [
    Check(None, "gradient", 1e-4, 5.1e-7, True, "a random direction", tensor="inputs"),
    Check(None, "gradient", 1e-4, 4e-9, True, "a random direction", tensor="parameters"),
]
BANDS = "1e-7 or less is good, up to 1e-4 usual at kinks, more than 1e-2 wrong (CS231n)."


def verified(checks: Sequence[Check], **fields: Any) -> Verification:
    return Verification("a.yaml", "net", "float64, batch 1", checks, **fields)


def error(code: str = "SC302") -> Diagnostic:
    return Diagnostic(code, "error", "wrong", "", "conv1", "layers[0]", 3, 5)


def row(checks: Sequence[Check]) -> dict[str, str]:
    """Return the cells of the only layer by their titles."""
    titles, rule, cells, *_ = render(verified(checks)).splitlines()[2:]
    spans = [match.span() for match in re.finditer("-+", rule)]
    found = [[line[start:end].strip() for start, end in spans] for line in (titles, cells)]
    return dict(zip(*found, strict=True))


# -- the whole text --------------------------------------------------------------------------------


def test_a_verification_as_it_is_printed() -> None:
    relu = [
        Check("relu1", "output", [26, 26, 8], [26, 26, 8], True),
        Check("relu1", "parameters", 0, 0, True),
        Check("relu1", "macs", 0, 0, True),
        Check("relu1", "gradient", 1e-6, 0.0, True, tensor="input"),
        Check("relu1", "receptive_field", [3, 2], [3, 2], True, "3x3 cut to the input"),
    ]
    example = [
        Check("conv1", "conv1", "676 values", "676 values", True, example=True),
        Check(None, "loss", "1 value", "1 value", True, example=True),
    ]
    notes = ("probed: some", "2 layers are like an earlier one")
    result = verified([*CONV, *relu, *example, *WHOLE], notes=notes)
    assert (
        render(result)
        == """\
net: float64, batch 1

layer    output      parameters    MACs  gradients    receptive field
-------  --------  ------------  ------  -----------  -----------------
conv1    26x26x8          1,080  48,672  2.5e-07      3x3
relu1    26x26x8              0       0  < 1e-7       3x2 *

example, conv1: 676 values as expected
example, loss: 1 value as expected
network, gradient of all inputs: 5.1e-07
network, gradient of all parameters: < 1e-7

Gradients: the relative error of backward passes against centred differences.
1e-7 or less is good, up to 1e-4 usual at kinks, more than 1e-2 wrong (CS231n).
Kinks are left out here: up to 1e-6 passes, 1e-3 in float32, 1e-4 for the network as a whole.
Probed: some.
2 layers are like an earlier one.
* The prediction is an upper bound here, or was cut to the input.

18 checks, all agree"""
    )


@pytest.mark.parametrize(
    ("file", "name", "heading"),
    [
        ("a.yaml", "net", "net"),
        ("a.yaml", None, "a.yaml"),
        (None, None, "network"),
        (None, "\x1b[31mred\n", "?[31mred?"),
    ],
)
def test_the_heading_is_the_name_the_file_or_neither(
    file: str | None, name: str | None, heading: str
) -> None:
    text = render(Verification(file, name, "float32, batch 2, seed 1, inference"))
    assert text.splitlines()[0] == f"{heading}: float32, batch 2, seed 1, inference"


def test_without_checks_there_is_no_table() -> None:
    result = verified([], diagnostics=(error("SC201"),))
    assert render(result) == "net: float64, batch 1\n\nnot run: 1 error"


def test_layers_are_in_the_order_of_their_first_check() -> None:
    names = ["b", "a", "b", "c", "a"]
    checks = [Check(name, "output", [1], [1], True) for name in names]
    lines = render(verified(checks)).splitlines()[4:7]
    assert [line.split()[0] for line in lines] == ["b", "a", "c"]


# -- cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "predicted", "executed", "title", "cell"),
    [
        ("output", [5, 5, 3], [5, 4, 3], "output", "5x5x3, but 5x4x3"),
        ("output", [75], [5, 5, 3], "output", "75, but 5x5x3"),
        ("parameters", 1080, 72, "parameters", "1,080, but 72"),
        ("macs", 1_000_000, 999_999.5, "MACs", "1,000,000, but 999,999.5"),
        ("receptive_field", [7, 7], [7, 8], "receptive field", "7x7, but 7x8"),
        ("receptive_field", [7, 7], None, "receptive field", "7x7, but none"),
    ],
)
def test_what_disagrees_shows_both_numbers(
    what: str, predicted: Any, executed: Any, title: str, cell: str
) -> None:
    cells = row([Check("conv1", what, predicted, executed, False)])
    assert cells[title] == cell
    assert [text for text in cells.values() if text] == ["conv1", cell]


@pytest.mark.parametrize(
    ("errors", "cell"),
    [
        ([0.0], "< 1e-7"),
        ([9.9e-8], "< 1e-7"),
        ([1e-7], "1.0e-07"),
        ([3e-8, 4.2e-7, 1e-9], "4.2e-07"),  # the largest of a layer
        ([2e-3], "2.0e-03 (t0: WRONG)"),
        ([1e-9, 2e-3, 1e-8], "2.0e-03 (t1: WRONG)"),
        ([0.5, 1e-9, 2.0], "2.0e+00 (t0, t2: WRONG)"),
        ([1e-9, None], "none (t1: WRONG)"),
        ([INF], "none (t0: WRONG)"),
    ],
)
def test_the_gradients_of_a_layer_are_one_cell(errors: list[float | None], cell: str) -> None:
    checks = [
        Check("conv1", "gradient", 1e-6, e, e is not None and e <= 1e-6, tensor=f"t{i}")
        for i, e in enumerate(errors)
    ]
    assert row(checks)["gradients"] == cell


@pytest.mark.parametrize(
    ("how", "mark"), [("", ""), ("a bound", " *"), ("9x9 cut to the input", " *")]
)
def test_a_field_that_is_a_bound_or_cut_is_marked(how: str, mark: str) -> None:
    check = Check("conv1", "receptive_field", [5, 5], [5, 5], True, how)
    gradient = Check("conv1", "gradient", 1e-6, 1e-9, True, "random directions", tensor="input")
    assert row([check])["receptive field"] == f"5x5{mark}"
    text = render(verified([check, gradient]))
    assert ("* The prediction is an upper bound here" in text) is bool(mark)
    wrong = render(verified([check._replace(agrees=False), gradient]))
    assert "*" not in wrong


# -- lines -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (Check("conv1", "conv1", 3.0, 1.0, False, "unit 1"), "conv1: 1, not 3"),
        (Check("conv1", "conv1.weight", 0.1, 1 / 3, False), "conv1.weight: 0.3333333333, not 0.1"),
        (Check("conv1", "conv1.weight.grad", "9 values", "9 values", True),
         "conv1.weight.grad: 9 values as expected"),
        (Check("input", "input.grad", 1e-12, -2.5e8, False), "input.grad: -250000000, not 1e-12"),
        (Check("a", "a", [2, 3], [1, 3, 3], False), "a: 1x3x3, not 2x3"),
        (Check(None, "loss", 2.0, 2.5, False), "loss: 2.5, not 2"),
    ],
)  # fmt: skip
def test_an_example_is_a_line_and_no_cell(check: Check, line: str) -> None:
    text = render(verified([check._replace(example=True)]))
    assert f"\nexample, {line}\n" in text
    assert "layer " not in text


def test_gradients_are_explained_only_where_there_are_some() -> None:
    assert BANDS not in render(verified(CONV[:6]))
    assert BANDS in render(verified(CONV))
    assert BANDS in render(verified(WHOLE))


# -- the result ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("good", "wrong", "errors", "said"),
    [
        (0, 0, 0, "not run: 0 errors"),
        (0, 0, 1, "not run: 1 error"),
        (0, 0, 3, "not run: 3 errors"),
        (1, 0, 0, "1 check, which agrees"),
        (1, 0, 2, "2 errors in the spec; 1 check agrees"),
        (2, 0, 0, "2 checks, all agree"),
        (1500, 0, 0, "1,500 checks, all agree"),
        (2, 0, 1, "1 error in the spec; 2 checks agree"),
        (2, 0, 2, "2 errors in the spec; 2 checks agree"),
        (2, 1, 1, "1 of 3 checks disagrees"),
        (0, 1, 1, "1 check, which disagrees"),
        (1, 1200, 9, "1,200 of 1,201 checks disagree"),
    ],
)
def test_the_result_in_a_line(good: int, wrong: int, errors: int, said: str) -> None:
    checks = [Check("a", "output", [1], [1], True)] * good
    checks += [Check("a", "output", [1], [2], False)] * wrong
    warning = error()._replace(severity="warning")
    result = verified(checks, diagnostics=(*[error()] * errors, warning))
    assert summary(result) == said
    assert render(result).splitlines()[-1] == said
    assert result.agrees is (not wrong and not errors)
    assert result.agrees is said.endswith((" all agree", " which agrees")) or not checks


@pytest.mark.parametrize(
    ("not_run", "said"),
    [
        ({}, ""),
        ({"a": "operation"}, "; 1 operation was not run"),
        ({"a": "operation", "b": "operation"}, "; 2 operations were not run"),
        ({"a": "operation", "b": "conv"}, "; 2 layers were not run"),
        ({"b": "conv"}, "; 1 layer was not run"),
    ],
)
def test_what_was_not_run_is_said_in_that_line(not_run: dict[str, str], said: str) -> None:
    checks = [Check("a", "output", [1], [1], True)] * 2
    assert summary(verified(checks, not_run=not_run)) == f"2 checks, all agree{said}"
    assert summary(verified([], not_run=not_run)) == "not run: 0 errors"


def test_a_layer_called_like_a_check_is_no_example() -> None:
    text = render(verified([Check("output", "output", [4, 4, 2], [4, 4, 2], True)]))
    assert "example" not in text
    assert re.search(r"^output +4x4x2$", text, re.MULTILINE)


@pytest.mark.parametrize("key", ["output", "receptive_field", "gradient", "macs", "execution"])
def test_a_key_of_an_example_is_no_check_of_that_name(key: str) -> None:
    checks = [
        Check(key, "output", [4, 4, 2], [4, 4, 2], True),
        Check(key, key, 3.0, 1.0, False, "depth 0", example=True),
        Check(key, f"{key}.grad", "3 values", "3 values", True, "a bound", example=True),
    ]
    text = render(verified(checks))
    assert re.search(rf"^{key} +4x4x2$", text, re.MULTILINE)
    assert f"\nexample, {key}: 1, not 3\nexample, {key}.grad: 3 values as expected\n" in text
    assert "*" not in text
    assert BANDS not in text


def test_a_wrong_gradient_of_the_network_is_called_wrong() -> None:
    text = render(verified([Check(None, "gradient", 1e-4, 0.5, False, tensor="inputs")]))
    assert "network, gradient of all inputs: 5.0e-01 (WRONG)" in text
