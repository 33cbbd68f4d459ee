"""JSON specs: what is refused, with line and column, and what is read."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapecalc import Diagnostic, Trace
from shapecalc.readers import json_text
from shapecalc.readers.base import MAX_DEPTH, TOO_DEEP

pytestmark = pytest.mark.usefixtures("parser")  # both give the same values, faults and places

TraceText = Callable[..., Trace]

SPEC = {"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}, "relu"]}


def only(trace: Trace) -> Diagnostic:
    """Return the one finding that there is."""
    assert len(trace.diagnostics) == 1, trace.diagnostics
    return trace.diagnostics[0]


def at_mark(trace_text: TraceText, text: str, name: str = "spec.json") -> Diagnostic:
    """Trace a text without its ^ and insist that its one finding is where the ^ was."""
    before = text[: text.index("^")]
    place = before.count("\n") + 1, len(before) - before.rfind("\n")
    found = only(trace_text(text.replace("^", ""), name))
    assert (found.line, found.column) == place
    return found


@pytest.mark.parametrize("name", ["spec.json", "spec.yaml", "spec.shape.yaml", "spec"])
@pytest.mark.parametrize("indent", [None, 0, 2, 4, "\t", "\t\t"])
def test_json_is_read_whatever_its_indentation_and_its_files_name(
    trace_text: TraceText, name: str, indent: int | str | None
) -> None:
    trace = trace_text(json.dumps(SPEC, indent=indent), name)
    assert trace.diagnostics == ()
    assert trace.output == (6, 6, 2)


@pytest.mark.parametrize("before", ["\ufeff", "\n\n  ", "\t\r\n"])
def test_json_may_begin_with_a_byte_order_mark_or_blanks(
    trace_text: TraceText, before: str
) -> None:
    assert trace_text(before + json.dumps(SPEC) + "\n\t\n", "spec.json").output == (6, 6, 2)


def test_scalars_of_json_keep_their_types(trace_text: TraceText) -> None:
    spec = {
        "name": "12:30",
        "description": None,
        "source": "no",
        "input": [4, 4, 2],
        "layers": [{"batch_norm": {"eps": 1e-5, "affine": False}}, {"dense": 3}],
    }
    trace = trace_text(json.dumps(spec), "spec.json")
    assert [d.code for d in trace.diagnostics] == ["SC405"]  # advice only
    assert trace.name == "12:30"
    assert trace.totals["parameters"] == 4 * 4 * 2 * 3 + 3


@pytest.mark.parametrize("units", ['"3"', "true", "3.5", "null", "[3]", "{}", "-3", "0", "1e1"])
def test_json_numbers_are_strict(trace_text: TraceText, units: str) -> None:
    text = f'{{"input": 4, "layers": [{{"dense": {{"units": {units}}}}}]}}'
    assert only(trace_text(text, "spec.json")).code == "SC104"


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_has_its_place_outside_of_texts(word: str) -> None:
    document = json_text.read_json('{"name": "NaN -Infinity",\n "input": ' + word + "}")
    (found,) = document.findings
    assert found.place == (2, 11)
    assert word in found.fault.message
    assert "number" in found.fault.hint


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_are_not_finite_are_refused(trace_text: TraceText, number: str) -> None:
    text = f'{{"input": "4x4x2", "layers": [{{"batch_norm": {{"eps": {number}}}}}]}}'
    trace = trace_text(text, "spec.json")
    assert only(trace).code in ("SC101", "SC104")
    json.dumps(trace.to_dict(), allow_nan=False)


@pytest.mark.parametrize("digits", [19, 400, 5_000, 100_000])
def test_digits_without_end_are_a_fault_and_no_crash(trace_text: TraceText, digits: int) -> None:
    text = f'{{"input": 4, "layers": [{{"dense": {"9" * digits}}}]}}'
    assert only(trace_text(text, "spec.json")).code == "SC108"


# -- repeated keys ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"input": 8, "layers": ["relu"], ^"input": 9}', "input"),
        ('{\n "input": 8,\n "layers": [\n  {"dense": {"K": 1, ^"K": 2}}\n ]\n}',
         "layers[0].dense.K"),
        ('{\n\t"input": 8,\n\t"layers": [\n\t\t{"dense": {\n\t\t\t"K": 1,\n\t\t\t^"K": 2}}\n\t]\n}',
         "layers[0].dense.K"),
        ('{"input": 8, "layers": [{"dense": {"K": 1, ^"\\u004b": 2}}]}', "layers[0].dense.K"),
    ],
)  # fmt: skip
def test_a_repeated_key_is_reported_where_it_stands_again(
    trace_text: TraceText, text: str, where: str
) -> None:
    found = at_mark(trace_text, text)
    assert (found.code, found.where) == ("SC106", where)


def test_a_repeated_key_is_reported_beside_other_faults(trace_text: TraceText) -> None:
    text = '{"input": 8, "layers": [{"dense": 0}, {"dense": {"K": 1, "K": 2}}], "layer": []}'
    trace = trace_text(text, "spec.json")
    assert [d.code for d in trace.diagnostics] == ["SC104", "SC106", "SC102"]


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{\n  "input": "8x8x1",\n  "layers": [\n    {"conv": {^"K": 0, "F": 3}}\n  ]\n}',
        '{\n\t"input": "8x8x1",\n\t"layers": [\n\t\t{"conv": {\n\t\t\t^"K": 0,\n\t\t\t"F": 3}}]\n}',
        '{"input":"8x8x1","layers":["relu",{"conv":{"F":3,^"K":0}}]}',
        '{"input":"8x8x1","layers":["relu",\r\n{"conv":{"F":3,\r\n^"K":0}}]}',
        '{"name":"网络🎉","input":"8x8x1","layers":[{"conv":{"F":3,^"K":0}}]}',
    ],
)
def test_a_fault_is_located_at_the_key_of_its_value(trace_text: TraceText, text: str) -> None:
    found = at_mark(trace_text, text)
    assert found.code == "SC104"
    assert found.where.endswith(".conv.K")


@pytest.mark.parametrize(
    "before",
    [
        '"name": "\\ud83c\\udf89",',  # how json.dumps writes an emoji
        '"name": "a\\/b",',
        '"name": "\\b\\f\\n\\r\\t\\"\\\\",',
        '"name"\n:\n"x",',
        '"name":"x"\n,\n',
        f'"description": "{"x" * 5_000}",',
        '"description": "%x @y `z` # no comment: [",',
        '"source": "\x7f",',
    ],
    ids=["surrogates", "slash", "escapes", "colon", "comma", "long", "signs", "delete"],
)
def test_places_do_not_depend_on_what_yaml_reads(trace_text: TraceText, before: str) -> None:
    text = "{\n" + before + '\n"input": "8x8x1",\n"layers": [{"conv": {"F": 3, ^"K": 0}}]}'
    assert at_mark(trace_text, text).code == "SC104"


def test_a_long_key_costs_no_places(trace_text: TraceText) -> None:
    text = '{"%s": 1,\n"input": "8x8x1",\n"layers": [{"dense": 2}, {"dense": {"K": 0}}]}'
    trace = trace_text(text % ("x" * 2_000), "spec.json")
    places = [(d.line, d.column) for d in trace.diagnostics if d.code == "SC104"]
    assert places == [(3, 37)]


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"input": 8, "layers": ["relu",^]}',
        '{"input": 8, "layers": ["relu"]^',
        '{"input": 8\n ^"layers": ["relu"]}',
        '{"input": 8,\n "layers": ["relu"]}\n^{}',
        '{"input": 8, "layers": [^relu]}',
        "{^'input': 8}",
        '{"input": ^08}',
    ],
)
def test_a_json_file_that_is_no_json_is_one_fault_near_its_place(
    trace_text: TraceText, text: str
) -> None:
    before = text[: text.index("^")]
    trace = trace_text(text.replace("^", ""), "spec.json")
    found = only(trace)
    assert found.code == "SC101"
    assert found.line == before.count("\n") + 1
    assert found.column is not None
    assert abs(found.column - (len(before) - before.rfind("\n"))) <= 1
    assert not trace.complete


@pytest.mark.parametrize("text", ["", "   \n", "\ufeff"])
def test_an_empty_json_file_is_one_fault(trace_text: TraceText, text: str) -> None:
    assert only(trace_text(text, "spec.json")).code == "SC101"


@pytest.mark.parametrize("text", ["null", "[]", '"text"', "3", "true", '["relu"]'])
def test_a_spec_is_an_object(trace_text: TraceText, text: str) -> None:
    assert only(trace_text(text, "spec.json")).code == "SC104"


@pytest.mark.parametrize("raw", [b"\xff\xfe{\x00}\x00", b'{"name": "\xe9"}', b"\x00{}"])
def test_bytes_that_are_no_utf_8_text_are_one_fault(trace_text: TraceText, raw: bytes) -> None:
    assert only(trace_text(raw, "spec.json")).code == "SC101"


@pytest.mark.parametrize("depth", [600, 5_000, 200_000])
@pytest.mark.parametrize(
    ("before", "after"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"]
)
@pytest.mark.parametrize("closed", [True, False])
def test_deep_nesting_is_refused_and_no_crash(
    trace_text: TraceText, depth: int, before: str, after: str, closed: bool
) -> None:
    text = '{"input": 8, "layers": ' + before * depth
    if closed:
        text += "1" + after * depth + "}"
    trace = trace_text(text, "spec.json")
    assert not trace.complete
    found = only(trace)
    assert (found.code, found.message) == ("SC108", TOO_DEEP.message)
    assert (found.line, found.column) == (1, 24 + len(before) * (MAX_DEPTH - 1))
    str(trace)


@pytest.mark.parametrize("depth", [100, MAX_DEPTH - 1])
def test_nesting_up_to_the_limit_has_places(trace_text: TraceText, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    text = f'{{"input": 8,\n "description": {deep},\n "layers": [{{"dense": 0}}]}}'
    trace = trace_text(text, "spec.json")
    assert [d.line for d in trace.diagnostics] == [2, 3]  # a description is text


@pytest.mark.parametrize("text", ["[" * 400, "\\" + "[" * 400, '\\"' * 400 + "{" * 400])
def test_brackets_in_a_string_are_text(trace_text: TraceText, text: str) -> None:
    name = json.dumps(text)
    assert trace_text(f'{{"name": {name}, "input": 8, "layers": ["relu"]}}', "spec.json").complete


@pytest.mark.parametrize("text", ['"' + '\\"' * 200_000, '"\\' * 200_000, "\\" * 200_000])
def test_strings_that_never_end_take_little_time(trace_text: TraceText, text: str) -> None:
    found = only(trace_text("[" * 300 + text + "[" * 300, "spec.json"))
    assert found.severity == "error"  # looked at anew from every quote, it would take hours


@given(st.text('[]{}",:\\é', max_size=30))
def test_depth_is_that_of_brackets_outside_of_texts(text: str) -> None:
    """A plain loop looks at one character after the other."""
    padded = "[" * MAX_DEPTH + text  # below that, nothing is counted
    depth, deepest, inside, escaped = MAX_DEPTH, MAX_DEPTH, False, False
    for character in text:
        if inside:
            inside = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            inside = True
        elif character in "[]{}":
            depth += 1 if character in "[{" else -1
            deepest = max(deepest, depth)
    counted = json_text._depth(padded)
    assert counted == deepest or (counted == 0 and deepest == MAX_DEPTH)
