"""Plain scalars mean what YAML 1.2 says, seen in what a spec then means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shapecalc import Trace

pytestmark = pytest.mark.usefixtures("parser")  # both give the same values, faults and places

TraceText = Callable[..., Trace]


def codes(trace: Trace) -> list[str]:
    return [found.code for found in trace.diagnostics]


def units(trace_text: TraceText, text: str) -> Trace:
    return trace_text(f"input: 4\nlayers:\n  - dense: {text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "no", "yes", "on", "off", "No", "YES", "y", "n", "nULL", "tRUE",
        "12:30", "12:30:45", "1_000", "0b11", "2001-01-01", "2001-01-01 10:00:00",
        "=", "<<", "0o9", "0xFFzz", "1e", "e3", ".", "+", "-x", "1.2.3", "1,5", "0.5.", "++1",
        "~x", "nan", "inf", "Infinity", "--", "1x", "0X1F",
    ],
)  # fmt: skip
def test_a_word_that_only_yaml_1_1_takes_for_something_else_is_text(
    trace_text: TraceText, text: str
) -> None:
    trace = trace_text(f"name: {text}\ninput: 3\nlayers: [relu]\n")
    assert trace.diagnostics == ()
    assert trace.name == text


@pytest.mark.parametrize("text", ["~", "null", "Null", "NULL", ""])
def test_every_form_of_null_is_no_name_at_all(trace_text: TraceText, text: str) -> None:
    trace = trace_text(f"name: {text}\ninput: 3\nlayers: [relu]\n")
    assert trace.diagnostics == ()
    assert trace.name is None


@pytest.mark.parametrize(
    "text", ["1e3", "12", "+12", "-7", "0o17", "0xFF", "1.5", ".5", "1.", "1E-3", ".inf", ".nan"]
)
def test_a_number_is_no_text(trace_text: TraceText, text: str) -> None:
    trace = trace_text(f"name: {text}\ninput: 3\nlayers: [relu]\n")
    assert [(d.code, d.where, d.line, d.column) for d in trace.diagnostics] == [
        ("SC104", "name", 1, 1)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("+12", 12),
        ("012", 12),  # decimal: YAML 1.1 read it as octal 10
        ("0o17", 15),
        ("0xFF", 255),
        ("0xfF", 255),
        ("0x1a", 26),
    ],
)
def test_whole_numbers_have_their_yaml_1_2_value(
    trace_text: TraceText, text: str, value: int
) -> None:
    trace = units(trace_text, text)
    assert trace.diagnostics == ()
    assert trace.output == (value,)


@pytest.mark.parametrize("text", ['"3"', "'3'", "1e1", "3.0", "1_0", "12:30", "0b11", "0x3", "-3"])
def test_what_is_no_strict_whole_number_is_refused_where_one_is_needed(
    trace_text: TraceText, text: str
) -> None:
    trace = units(trace_text, text)
    assert codes(trace) == ["SC104"]
    assert trace.output is None


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_true_is_a_truth_and_not_the_number_1(trace_text: TraceText, text: str) -> None:
    assert codes(units(trace_text, text)) == ["SC104"]
    trace = units(trace_text, f"{{units: 3, bias: {text}}}")
    assert trace.totals["biases"] == 3


@pytest.mark.parametrize("text", ["false", "False", "FALSE"])
def test_false_is_a_truth_and_not_the_number_0(trace_text: TraceText, text: str) -> None:
    trace = units(trace_text, f"{{units: 3, bias: {text}}}")
    assert trace.totals["biases"] == 0


@pytest.mark.parametrize("text", ["no", "off", "0", '"false"', "~"])
def test_what_is_no_truth_is_refused_where_one_is_needed(trace_text: TraceText, text: str) -> None:
    assert codes(units(trace_text, f"{{units: 3, bias: {text}}}")) == ["SC104"]


@pytest.mark.parametrize("text", ["1e-5", "1E-5", "0.00001", "+.1e-4", "1.e-5", "10e-6"])
def test_an_exponent_makes_a_number_with_or_without_a_point(
    trace_text: TraceText, text: str
) -> None:
    trace = trace_text(f"input: 4x4x2\nlayers: [{{batch_norm: {{eps: {text}}}}}]\n")
    assert trace.diagnostics == ()


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF", "1e999", '"1e-5"'])
def test_numbers_that_are_not_finite_are_refused(trace_text: TraceText, text: str) -> None:
    trace = trace_text(f"input: 4x4x2\nlayers: [{{batch_norm: {{eps: {text}}}}}]\n")
    assert codes(trace) == ["SC104"]


@pytest.mark.parametrize(
    ("text", "height", "width"),
    [("0x3", 4, 10), ("3x0", 10, 4), ("00x03", 4, 10), ("1x2", 6, 8), ('"0x3"', 4, 10)],
)
def test_digits_and_crosses_are_a_size_and_never_hexadecimal(
    trace_text: TraceText, text: str, height: int, width: int
) -> None:
    trace = trace_text(f"input: 4x4x1\nlayers: [{{pad: {text}}}]\n")
    assert trace.diagnostics == ()
    assert trace.output == (height, width, 1)


def test_a_size_with_a_zero_is_no_volume(trace_text: TraceText) -> None:
    trace = trace_text("input: 0x3\nlayers: [relu]\n")
    assert [(d.code, d.where) for d in trace.diagnostics] == [("SC104", "input")]
    assert trace.inputs == {"input": None}


@pytest.mark.parametrize(
    "text",
    [
        "32x24x3", '"32x24x3"', "32×24×3", "32X24X3", "32 x 24 x 3", '" 32 × 24X3 "', "[32, 24, 3]",
        "{height: 32, width: 24, depth: 3}", "{depth: 3, width: 24, height: 32}",
    ],
)  # fmt: skip
def test_a_volume_is_read_in_every_way_it_is_written(trace_text: TraceText, text: str) -> None:
    trace = trace_text(f"input: {text}\nlayers: [relu]\n")
    assert trace.diagnostics == ()
    assert trace.output == (32, 24, 3)


@pytest.mark.parametrize("digits", [19, 20, 40, 400, 5_000, 100_000])
@pytest.mark.parametrize("sign", ["", "+", "-"])
def test_digits_without_end_are_a_fault_and_no_crash(
    trace_text: TraceText, digits: int, sign: str
) -> None:
    trace = units(trace_text, sign + "9" * digits)
    assert codes(trace) == ["SC104" if sign == "-" else "SC108"]
    assert trace.output is None
    assert max(len(d.message) for d in trace.diagnostics) < 400


def test_the_largest_number_is_read_and_the_next_one_is_not(trace_text: TraceText) -> None:
    assert units(trace_text, str(2**63 - 1)).layers[0].biases == 2**63 - 1
    assert codes(units(trace_text, str(2**63))) == ["SC108"]


@pytest.mark.parametrize("text", ["0x" + "F" * 500, "0o" + "7" * 500, "1" + "0" * 500])
def test_large_numbers_of_every_base_pass_the_limit(trace_text: TraceText, text: str) -> None:
    assert codes(units(trace_text, text)) == ["SC108"]


def test_leading_zeros_make_no_number_large(trace_text: TraceText) -> None:
    assert units(trace_text, "0" * 5_000 + "7").output == (7,)
