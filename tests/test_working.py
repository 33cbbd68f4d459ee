"""The working under --explain: every line is read as arithmetic and worked out again.

The reader below knows whole numbers with separators, decimals, + - * / ( ), ceil, floor and max.
It takes no number from the package but the lines themselves.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from math import ceil, floor, prod
from pathlib import Path
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.layers import KINDS
from shapecalc.records import LayerRecord

SPECS = Path(__file__).resolve().parents[1] / "specs"
FILES = sorted(path for path in SPECS.glob("*/*.yaml"))
TOKEN = re.compile(r"\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|ceil|floor|max|[-+*/(),])")
WORDS = re.compile(r"^(?:(?!ceil\(|floor\(|max\()[A-Za-z_]+:?\s+)+|\s+[a-z]+$")


class Sum:
    """Reads one arithmetic text by recursive descent."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        position = 0
        while position < len(text):
            token = TOKEN.match(text, position)
            if token is None:
                raise ValueError(text)
            self.tokens.append(token[1])
            position = token.end()
        self.next = 0

    def value(self) -> Fraction:
        """Return the value of the whole text."""
        result = self.terms()
        if self.next < len(self.tokens):
            raise ValueError(self.tokens)
        return result

    def take(self, *wanted: str) -> str | None:
        """Take the next token if it is one of these."""
        if self.next < len(self.tokens) and self.tokens[self.next] in wanted:
            self.next += 1
            return self.tokens[self.next - 1]
        return None

    def terms(self) -> Fraction:
        """Read a sum of products."""
        result = self.factors()
        while sign := self.take("+", "-"):
            other = self.factors()
            result = result + other if sign == "+" else result - other
        return result

    def factors(self) -> Fraction:
        """Read a product of numbers and brackets, from left to right."""
        result = self.number()
        while sign := self.take("*", "/"):
            other = self.number()
            result = result * other if sign == "*" else result / other
        return result

    def number(self) -> Fraction:
        """Read a number, a bracket, or one rounded."""
        word = self.take("ceil", "floor", "max", "(", "-")
        if word == "-":
            return -self.number()
        if word is None:
            if self.next == len(self.tokens) or not self.tokens[self.next][0].isdigit():
                raise ValueError(self.tokens)
            self.next += 1
            return Fraction(self.tokens[self.next - 1].replace(",", ""))
        if word != "(" and not self.take("("):
            raise ValueError(self.tokens)
        inner = self.terms()
        while word == "max" and self.take(","):
            inner = max(inner, self.terms())
        if not self.take(")"):
            raise ValueError(self.tokens)
        return Fraction({"ceil": ceil, "floor": floor}.get(word, Fraction)(inner))


@cache
def worked_out(text: str) -> Fraction | None:
    """Return the value of a side of an equation, or None where it holds no arithmetic."""
    try:
        return Sum(WORDS.sub("", text.strip())).value()
    except ValueError:
        return None


@cache
def equations(line: str) -> list[list[str]]:
    """Return the sides of every equation in a line; a title before a colon is no part of it."""
    found = []
    for clause in re.split(r"[,;] (?![^(]*\))", re.sub(r"^[a-z ]+: ", "", line)):
        sides = clause.split(" = ")
        if len(sides) > 1:
            found.append(sides)
    return found


def agree(sides: list[Fraction], last: str) -> bool:
    """Say whether all sides are equal; a decimal stands for what rounds to it.

    A fraction that would round to a whole number is told as .01 or .99 instead.
    """
    *rest, result = sides
    near = Fraction(1, 100) if "." in last else Fraction(0)
    return all(abs(side - result) <= near for side in rest)


def false_equations(line: str) -> list[list[str]]:
    """Return the equations of a line that are not true."""
    wrong = []
    for sides in equations(line):
        values = [value for side in sides if (value := worked_out(side)) is not None]
        if len(values) > 1 and not agree(values, sides[-1]):
            wrong.append(sides)
    return wrong


def true_equations(line: str) -> int:
    """Count the equations of a line that can be worked out on two sides, and are true."""
    count = 0
    for sides in equations(line):
        values = [value for side in sides if (value := worked_out(side)) is not None]
        count += len(values) > 1 and agree(values, sides[-1])
    return count


@cache
def records() -> list[tuple[str, LayerRecord]]:
    """Return every layer of every sample that is computed, with the file it comes from."""
    found = [(path.name, record) for path in FILES for record in trace(path).layers]
    return [(name, record) for name, record in found if record.kind != "operation"]


# -- the reader itself -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("55", 55),
        ("105,415,200", 105_415_200),
        ("(227 - 11 + 2*0)/4 + 1", 55),
        ("2 - 3 - 4", -5),
        ("12/2/3", 2),
        ("2*3 + 4*5", 26),
        ("ceil(224/3)", 75),
        ("floor((10 - 3 + 2*0)/2) + 1", 4),
        ("ceil((7 - 2)/2) + 1", 4),
        ("(7 - 1)*3 + max(2, 3)", 21),
        ("max((2*(3 - 1) + 1), 4)", 5),
        ("3/2 + (3 - 1)*1/2", Fraction(5, 2)),
        ("54.25", Fraction(217, 4)),
        ("-1 + 3", 2),
        ("receptive field", None),
        ("11x11", None),
        ("1 +", None),
        ("(1 + 2", None),
        ("1 2", None),
        ("weights", None),
        ("3,072 values", 3072),
        ("depth 64 + 128", 192),
        ("flattened to 2*3", 6),
    ],
)
def test_the_reader_reads(text: str, value: Fraction | int | None) -> None:
    assert worked_out(text) == value


@pytest.mark.parametrize(
    "line",
    [
        "(227 - 11 + 2*0)/4 + 1 = 56",
        "(227 - 11 + 2*0)/4 + 1 = 55.25",
        "(224 - 11 + 2*0)/4 + 1 = 54.5",
        "height: (10 - 3 + 2*0)/2 + 1 = 4.25",
        "weights = 10*3*5*5 = 751",
        "weights = 10*3*5*5 = 7,500",
        "parameters = 750 + 10 = 770",
        "MACs = 32*32*10 * 5*5*3 = 768,001",
        "receptive field = 1 + (3 - 1)*1 = 3, jump = 1*2 = 1",
        "receptive field = 1 + (3 - 1)*1 = 4, jump = 1*2 = 2",
        "3136 = 3136 = 7*7*65",
        "flattened to 32*32*3 = 3,071 values; output = units = 10",
        "floor((10 - 3 + 2*0)/2) + 1 = 5",
        "ceil(5/2) = 2",
        "(7 - 1)*3 + max(2, 3) = 20",
        "ceil(224/2) = 111, P = 0 before and 1 after",
        "(2 - 1)*2 + 3 - 2*floor(3/2) + 1 = 5",
        "depth 64 + 128 = 191",
    ],
)
def test_the_reader_notices_a_false_line(line: str) -> None:
    assert false_equations(line)


# -- the lines ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_line_of_every_sample_is_true() -> None:
    wrong, right = [], 0
    for name, record in records():
        for line in record.derivation:
            wrong += [(name, record.name, line)] * bool(false_equations(line))
            right += true_equations(line)
    assert not wrong, wrong[:10]
    assert right > 6000


@pytest.mark.slow
def test_a_digit_changed_in_a_line_is_noticed() -> None:
    """Every working with numbers put in becomes false when its result grows by one."""
    seen = unnoticed = 0
    for _, record in records():
        for line in record.derivation:
            last = [worked_out(side) for side in line.split(", ")[-1].split("; ")[-1].split(" = ")]
            if sum(value is not None for value in last) > 1 and re.search(r"\d$", line):
                changed = re.sub(r"\d$", lambda digit: str((int(digit[0]) + 5) % 10), line)
                seen += 1
                unnoticed += not false_equations(changed)
    assert seen > 5000
    assert unnoticed == 0


def results(record: LayerRecord, start: str) -> list[Fraction]:
    """Return the last number of every equation whose line or clause begins with a word."""
    found = []
    for line in record.derivation:
        for sides in equations(line):
            if re.sub(r"^[a-z]+: ", "", sides[0]).strip() == start:
                value = worked_out(sides[-1])
                if value is not None:
                    found.append(value)
    return found


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("start", "key"),
    [
        ("weights", "weights"),
        ("biases", "biases"),
        ("parameters", "parameters"),
        ("MACs", "macs"),
    ],
)
def test_the_working_ends_at_the_number_of_the_record(start: str, key: str) -> None:
    compared = 0
    for name, record in records():
        value = getattr(record, key)
        if value is None or not record.derivation:
            continue
        found = results(record, start)
        assert set(found) <= {value}, (name, record.name, record.derivation)
        if value:
            assert found, (name, record.name, key, record.derivation)
            compared += 1
    assert compared > 500


def test_running_statistics_are_derived_too() -> None:
    compared = 0
    for _, record in records():
        if record.non_trainable:
            mean, var = results(record, "running mean"), results(record, "running var")
            assert sum(mean) + sum(var) == record.non_trainable
            compared += 1
    assert compared > 100


WINDOWS = ("conv", "depthwise_conv", "max_pool", "avg_pool", "l2_pool")


def test_sizes_end_at_the_output() -> None:
    compared = 0
    for name, record in records():
        if record.output is None or record.kind not in (
            *WINDOWS,
            "conv_transpose",
            "pad",
            "crop",
            "upsample",
        ):
            continue
        spatial = record.output[:-1]
        if None in spatial:
            assert record.derivation[0].endswith("= ?"), (name, record.derivation)
            continue
        lines = record.derivation[: 1 if len(set(spatial)) == 1 else len(spatial)]
        if len(lines) == 1 or not lines[0].startswith(("height", "length", "frames")):
            lines = record.derivation[:1] * len(spatial)
        for line, size in zip(lines, spatial, strict=True):
            numbers = re.findall(r"[\d.,]*\d", line.partition(", P = ")[0])
            told = Fraction(numbers[-1].replace(",", ""))
            assert floor(told) == size, (name, record.name, line, size)
            compared += 1
    assert compared > 1000


def test_fields_and_jumps_end_at_the_record() -> None:
    wrong, compared = [], 0
    for name, record in records():
        if record.kind not in WINDOWS or record.receptive_field is None or record.jump is None:
            continue
        for start, values in (("receptive field", record.receptive_field), ("jump", record.jump)):
            found = results(record, start)
            if not found:
                continue
            compared += 1
            if start == "receptive field":  # of a fraction of a pixel, the whole pixel is seen
                told = {float(ceil(value)) for value in found}
            else:
                told = {float(value) for value in found}
            if told != {float(value) for value in values}:
                wrong.append((name, record.name, start, found, values))
    assert compared > 1000
    assert not wrong, f"{len(wrong)} of {compared}, first {wrong[:5]}"


def test_every_kind_is_derived() -> None:
    """No kind is left without working, and no number without its line."""
    seen = {record.kind for _, record in records() if record.derivation}
    assert seen == {*KINDS} - {"residual", "parallel", "repeat", "operation"}
    for name, record in records():
        if record.output is None or record.input is None or record.macs is None:
            continue
        text = "\n".join(record.derivation)
        assert "MACs = " in text, (name, record.name)
        assert "parameters" in text, (name, record.name)
        if record.receptive_field is not None:
            assert "receptive field" in text, (name, record.name)


def test_an_unknown_number_is_not_derived() -> None:
    result = trace({"input": [4, 4, 1], "layers": [{"conv": {"K": 2, "F": 9}}, {"dense": 3}]})
    conv, dense = result.layers
    assert dense.derivation == []
    assert not any("MACs" in line or "receptive" in line for line in conv.derivation)


EXPECTED: list[tuple[Any, Any, list[str]]] = [
    (
        "227x227x3",
        {"conv": {"K": 96, "F": 11, "S": 4}},
        [
            "(227 - 11 + 2*0)/4 + 1 = 55",
            "weights = 96*3*11*11 = 34,848",
            "biases = 96",
            "parameters = 34,848 + 96 = 34,944",
            "MACs = 55*55*96 * 11*11*3 = 105,415,200",
            "receptive field = 1 + (11 - 1)*1 = 11, jump = 1*4 = 4",
        ],
    ),
    (
        "8x8x4",
        {"conv_transpose": {"K": 6, "F": 4, "S": 2, "P": 1, "bias": False}},
        [
            "(8 - 1)*2 - 2*1 + 4 = 16",
            "weights = 4*6*4*4 = 384",
            "parameters = 384",
            "MACs = 8*8*4 * 6*4*4 = 24,576",
        ],
    ),
    (
        "7x7x8",
        {"conv_transpose": {"K": 4, "F": 2, "S": 3, "P": "valid"}},
        ["(7 - 1)*3 + max(2, 3) = 21, P = 0, output_padding = 1", "MACs = 7*7*8 * 4*2*2 = 6,272"],
    ),
    (
        "224x7x3",
        {"conv": {"K": 2, "F": 3, "S": 2, "P": "same"}},
        [
            "height: ceil(224/2) = 112, P = 0 before and 1 after",
            "width: ceil(7/2) = 4, P = 1",
        ],
    ),
    (
        "10x12x1",
        {"max_pool": {"F": [3, 2], "S": [1, 2]}},
        [
            "height: (10 - 3 + 2*0)/1 + 1 = 8",
            "width: (12 - 2 + 2*0)/2 + 1 = 6",
            "parameters = 0",
            "MACs = 0",
        ],
    ),
    ("28x28x8", "batch_norm", ["weights = 8", "biases = 8", "parameters = 8 + 8 = 16", "MACs = 0"]),
]


@pytest.mark.parametrize(("volume", "layer", "lines"), EXPECTED)
def test_known_lines(volume: Any, layer: Any, lines: list[str]) -> None:
    (record,) = trace({"input": volume, "layers": [layer]}).layers
    assert [line for line in record.derivation if line in lines] == lines


def test_nothing_is_told_twice() -> None:
    volume, layer, lines = EXPECTED[0]
    (record,) = trace({"input": volume, "layers": [layer]}).layers
    assert record.derivation == lines
    for name, record in records():
        assert len(set(record.derivation)) == len(record.derivation), (name, record.name)


def test_a_product_of_factors_is_the_number() -> None:
    """`weights = 96*3*11*11 = 34,848` holds the shape of the weights, filter for filter."""
    for name, record in records():
        for line in record.derivation:
            found = re.match(r"weights = ([\d*]+) = ([\d,]+)$", line)
            if found and record.weights is not None:
                factors = [int(factor) for factor in found[1].split("*")]
                assert prod(factors) == record.weights, (name, record.name)


# -- by quantity -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "quantities", "lines"),
    [
        ({"conv": {"K": 2, "F": 3}}, ["weights"], ["weights = 2*4*3*3 = 72"]),
        ({"conv": {"K": 2, "F": 3}}, ["biases"], ["biases = 2"]),
        ({"conv": {"K": 2, "F": 3}}, ["macs"], ["MACs = 6*7*2 * 3*3*4 = 3,024"]),
        ("prelu", ["weights"], ["weights = 1"]),
        ("batch_norm", ["non_trainable"], ["running mean = 4", "running var = 4"]),
        ("relu", ["weights"], []),
        (
            {"max_pool": {"F": [2, 3], "S": 1}},
            ["jump"],
            [
                "height: receptive field = 1 + (2 - 1)*1 = 2, jump = 1*1 = 1",
                "width: receptive field = 1 + (3 - 1)*1 = 3, jump = 1*1 = 1",
            ],
        ),
    ],
)
def test_the_working_of_one_quantity(layer: Any, quantities: list[str], lines: list[str]) -> None:
    record = trace({"input": "8x9x4", "layers": [layer]}).layers[0]
    assert record.working(*quantities) == "; ".join(lines)
