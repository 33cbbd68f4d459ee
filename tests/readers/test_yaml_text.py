"""YAML specs: what is refused, with line and column, and what is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shapecalc import Diagnostic, Trace
from shapecalc.readers import base, yaml_text

pytestmark = pytest.mark.usefixtures("parser")  # both give the same values, faults and places

TraceText = Callable[..., Trace]

SOUND = "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n"


def only(trace: Trace) -> Diagnostic:
    """Return the one finding that there is."""
    assert len(trace.diagnostics) == 1, trace.diagnostics
    return trace.diagnostics[0]


def place(found: Diagnostic) -> tuple[int | None, int | None]:
    return found.line, found.column


# -- what is read ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        SOUND,
        "\ufeff" + SOUND,
        SOUND.replace("\n", "\r\n"),
        "---\n" + SOUND,
        "---\n" + SOUND + "...\n",
        "%YAML 1.2\n---\n" + SOUND,
        "# a comment\n\n" + SOUND + "# the end",
        SOUND.rstrip("\n"),
        "input: 8x8x1\nlayers:\n- conv:\n    K: 2\n    F: 3\n",
        "{input: 8x8x1, layers: [{conv: {K: 2, F: 3}}]}",
        '"input": "8x8x1"\n\'layers\':\n  - "conv": {"K": 2, F: 3}\n',
        "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\t# a tab before a comment\n",
        "input: >-\n  8x8x1\nlayers:\n  - conv: {K: 2,\n      F: 3}\n",
        "? input\n: 8x8x1\n? layers\n: - conv: {K: 2, F: 3}\n",
    ],
)
def test_all_ways_to_write_the_same_spec_mean_the_same(trace_text: TraceText, text: str) -> None:
    trace = trace_text(text)
    assert trace.diagnostics == ()
    assert trace.complete
    assert trace.output == (6, 6, 2)


def test_text_of_any_alphabet_is_read(trace_text: TraceText) -> None:
    trace = trace_text("name: Сеть 网络 🎉\n" + SOUND)
    assert trace.name == "Сеть 网络 🎉"
    assert trace.complete


# -- repeated keys ---------------------------------------------------------------------------------


def test_a_repeated_key_at_the_top_is_reported_where_it_stands_again(
    trace_text: TraceText,
) -> None:
    found = only(trace_text("input: 8x8x1\nlayers:\n  - relu\ninput: 9x9x1\n"))
    assert (found.code, found.severity, found.where) == ("SC106", "error", "input")
    assert place(found) == (4, 1)


def test_a_repeated_key_deep_inside_is_reported_where_it_stands_again(
    trace_text: TraceText,
) -> None:
    text = "input: 8x8x1\nlayers:\n  - relu\n  - conv: {K: 2, F: 3, K: 4}\n"
    found = only(trace_text(text))
    assert (found.code, found.where) == ("SC106", "layers[1].conv.K")
    assert place(found) == (4, 24)


@pytest.mark.parametrize("again", ['"K"', "'K'", '"\\x4b"', '"\\u004b"'])
def test_a_key_repeated_in_other_quotes_is_the_same_key(trace_text: TraceText, again: str) -> None:
    found = only(trace_text(f"input: 8x8x1\nlayers:\n  - conv: {{K: 2, F: 3, {again}: 4}}\n"))
    assert (found.code, found.where) == ("SC106", "layers[0].conv.K")
    assert place(found) == (3, 24)


def test_every_repetition_is_reported(trace_text: TraceText) -> None:
    trace = trace_text("input: 8\nname: a\nname: b\nlayers: [{dense: {K: 1, K: 2}}]\nname: c\n")
    assert [(d.code, d.line, d.column) for d in trace.diagnostics] == [
        ("SC106", 3, 1),
        ("SC106", 4, 25),
        ("SC106", 5, 1),
    ]


def test_a_key_that_stands_in_two_mappings_is_not_repeated(trace_text: TraceText) -> None:
    trace = trace_text("input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n  - conv: {K: 2, F: 3}\n")
    assert trace.diagnostics == ()


# -- what is refused -------------------------------------------------------------------------------


def test_a_second_document_is_refused_where_it_begins(trace_text: TraceText) -> None:
    found = only(trace_text(SOUND + "---\n" + SOUND))
    assert found.code == "SC101"
    assert place(found) == (4, 1)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('input: !!python/object/apply:os.system ["echo"]\nlayers: [relu]\n', 1, 8),
        ("input: 8\nlayers: [!!python/name:os.system relu]\n", 2, 10),
        ("input: 8\nlayers:\n  - !conv {K: 3}\n", 3, 5),
        ("input: 8\nlayers: !!set {relu}\n", 2, 9),
        ("input: !!binary OHg4eDE=\nlayers: [relu]\n", 1, 8),
        ("input: 8\nname: !!timestamp 2001-01-01\nlayers: [relu]\n", 2, 7),
    ],
)
def test_a_tag_is_refused_where_it_stands(
    trace_text: TraceText, text: str, line: int, column: int
) -> None:
    found = only(trace_text(text))
    assert found.code == "SC101"
    assert "tag" in found.message
    assert place(found) == (line, column)


def test_a_tag_executes_nothing(trace_text: TraceText, capfd: pytest.CaptureFixture[str]) -> None:
    trace_text('input: !!python/object/apply:os.system ["echo executed"]\nlayers: [relu]\n')
    assert "executed" not in capfd.readouterr().out


def test_merge_keys_are_not_read(trace_text: TraceText) -> None:
    text = "input: 8x8x1\nlayers:\n  - conv: &c {K: 2, F: 3}\n  - conv: {<<: *c, K: 4, F: 3}\n"
    found = only(trace_text(text))
    assert (found.code, found.where) == ("SC102", "layers[1].conv.<<")
    assert place(found) == (4, 12)


@pytest.mark.parametrize("key", ["[a, b]", "{a: b}", "*c"])
def test_only_text_is_a_key(trace_text: TraceText, key: str) -> None:
    trace = trace_text(f"name: &c x\ninput: 8\n? {key}\n: 1\nlayers: [relu]\n")
    assert only(trace).code == "SC101"
    assert only(trace).line == 3


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("input: 8\nlayers:\n\t- relu\n", 3, 1),
        ("input: 8\nlayers:\n  - conv:\n\t  K: 3\n", 4, 1),
        ("input: 8\nlayers:\n  -\tconv: {K: 3\n", None, None),
    ],
)
def test_a_tab_as_indentation_is_refused(
    trace_text: TraceText, text: str, line: int | None, column: int | None
) -> None:
    found = only(trace_text(text))
    assert found.code == "SC101"
    if line is not None:
        assert place(found) == (line, column)
        assert "tab" in found.hint


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("input: 8\nlayers: [relu\n", 3),  # the bracket is missed at the end
        ('input: 8\nname: "open\nlayers: [relu]\n', None),
        ("input: 8\n layers: [relu]\n", 2),
        ("input: 8\nlayers:\n  - relu\n - tanh\n", 4),
        ("input: 8: 9\nlayers: [relu]\n", 1),
        ("input: @8\nlayers: [relu]\n", 1),
        ("input: %8\nlayers: [relu]\n", 1),
    ],
)
def test_what_is_not_yaml_is_one_fault_with_its_place(
    trace_text: TraceText, text: str, line: int | None
) -> None:
    trace = trace_text(text)
    found = only(trace)
    assert found.code == "SC101"
    assert found.severity == "error"
    assert found.line is not None
    assert found.column is not None
    if line is not None:
        assert found.line in (line, line - 1)
    assert not trace.complete
    assert trace.layers == ()


def test_a_directive_that_nobody_knows_is_refused_or_passed_over(trace_text: TraceText) -> None:
    trace = trace_text("%FOO\n---\n" + SOUND)  # YAML lets a parser do either
    assert trace.complete or [(d.code, d.line) for d in trace.diagnostics] == [("SC101", 1)]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n \n\n",
        b"\xef\xbb\xbf",
        bytes(range(256)) * 4,
        bytes(range(128)),
        b"\x00" * 1_000,
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
        SOUND.encode("utf-16"),
        SOUND.encode("utf-16-le"),
        SOUND.encode("utf-16-be"),
        SOUND.encode("utf-32"),
        ("name: é\n" + SOUND).encode("latin-1"),
        b"name: \xed\xa0\x80\n" + SOUND.encode(),  # a lone surrogate is no UTF-8
        b"name: \xc0\xaf\n" + SOUND.encode(),  # nor is an overlong slash
    ],
    ids=[
        "empty", "blank", "mark-only", "all-bytes", "controls", "zeros", "archive", "utf-16",
        "utf-16-le", "utf-16-be", "utf-32", "latin-1", "surrogate", "overlong",
    ],
)  # fmt: skip
def test_what_is_no_utf_8_text_is_one_fault(trace_text: TraceText, raw: bytes) -> None:
    trace = trace_text(raw)
    assert only(trace).code == "SC101"
    assert not trace.complete
    assert trace.layers == ()
    assert trace.output is None
    assert trace.totals["parameters"] in (None, 0)


def test_a_byte_that_is_no_utf_8_is_named_with_its_place(trace_text: TraceText) -> None:
    found = only(trace_text("input: 8\nname: ééé".encode() + b"\xe9\n"))
    assert place(found) == (2, 10)


@pytest.mark.parametrize("text", ["# only a comment\n", "---\n", "---\n...\n", "~\n", "null"])
def test_a_file_without_a_value_is_an_error(trace_text: TraceText, text: str) -> None:
    trace = trace_text(text)
    assert only(trace).severity == "error"
    assert not trace.complete


@pytest.mark.parametrize("text", ["just text", "42", "- relu\n- tanh\n", "[]", "true", "1.5"])
def test_a_spec_is_a_mapping(trace_text: TraceText, text: str) -> None:
    assert only(trace_text(text)).code == "SC104"


def test_a_control_character_is_refused_where_it_stands(trace_text: TraceText) -> None:
    found = only(trace_text("input: 8\nname: a\x07b\nlayers: [relu]\n"))
    assert found.code == "SC101"
    assert place(found) == (2, 8)
    assert "\x07" not in found.message


# -- aliases ---------------------------------------------------------------------------------------


def test_an_alias_stands_for_its_value(trace_text: TraceText) -> None:
    trace = trace_text(
        "input: &volume 8x8x1\n"
        "layers:\n"
        "  - &layer {conv: {K: 2, F: &size 3, P: 1}}\n"
        "  - *layer\n"
        "  - max_pool: {F: *size, S: 1}\n"
        "  - reshape: 72\n"
        "expect: {output: 72}\n"
        "description: *volume\n"
    )
    assert trace.diagnostics == ()
    assert [record.name for record in trace.layers] == ["conv1", "conv2", "max_pool1", "reshape1"]
    assert trace.output == (72,)


def test_a_fault_behind_an_alias_is_located(trace_text: TraceText) -> None:
    trace = trace_text("input: 8x8x1\nlayers:\n  - &c {conv: {K: 0, F: 3}}\n  - *c\n")
    found = trace.diagnostics
    assert found
    assert {d.code for d in found} == {"SC104"}
    assert all(d.line in (3, 4) for d in found)


def test_a_second_anchor_of_one_name_replaces_the_first(trace_text: TraceText) -> None:
    trace = trace_text("name: &a x\ninput: &a 7\nlayers: [{dense: *a}]\n")
    assert trace.output == (7,)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("input: 8\nlayers: [{dense: *width}]\n", 2, 18),
        ("input: *later\nname: &later 8\nlayers: [relu]\n", 1, 8),
    ],
)
def test_an_unknown_alias_is_refused_where_it_stands(
    trace_text: TraceText, text: str, line: int, column: int
) -> None:
    found = only(trace_text(text))
    assert found.code == "SC101"
    assert place(found) == (line, column)
    assert "alias" in found.message


def test_an_anchor_before_a_key_is_told_of_as_such(trace_text: TraceText) -> None:
    """YAML binds it to the key; what is meant is the layer, as the second text writes it."""
    found = only(trace_text("input: 8x8x1\nlayers:\n  - &x conv: {K: 4, F: 3}\n  - *x\n"))
    assert place(found) == (4, 5)
    assert "&x {conv: ...}" in found.hint
    whole = trace_text("input: 8x8x1\nlayers:\n  - &x {conv: {K: 4, F: 3}}\n  - *x\n")
    assert [layer.output for layer in whole.layers] == [(6, 6, 4), (4, 4, 4)]


@pytest.mark.parametrize(
    "text",
    [
        "input: 8\nlayers: &l [{residual: *l}]\n",
        "input: 8\nlayers: &l\n  - relu\n  - *l\n",
        "&all\ninput: 8\nlayers: [relu]\nblocks: *all\n",
    ],
)
def test_an_alias_to_what_it_stands_in_is_refused(trace_text: TraceText, text: str) -> None:
    found = only(trace_text(text))
    assert found.code == "SC101"
    assert "contains itself" in found.message


def alias_bomb(kind: str, levels: int, width: int) -> str:
    """Return a spec in which few bytes stand for width**levels values."""
    lines = [f"a0: &a0 [{', '.join(['relu'] * width)}]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        if kind == "list":
            lines.append(f"a{level}: &a{level} [{aliases}]")
        else:
            pairs = ", ".join(f"k{i}: *a{level - 1}" for i in range(width))
            lines.append(f"a{level}: &a{level} {{{pairs}}}")
    return "\n".join(lines) + f"\ninput: 8\nlayers: *a{levels - 1}\n"


@pytest.mark.parametrize("kind", ["list", "mapping"])
def test_aliases_that_multiply_are_refused_at_once(trace_text: TraceText, kind: str) -> None:
    trace = trace_text(alias_bomb(kind, 30, 10))  # expanded, it would never end
    assert [d.code for d in trace.diagnostics] in (["SC101"], ["SC108"])
    assert not trace.complete


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("^input: 0\nlayers: [relu]\n", "input"),
        ("input: 8x8x1\nlayers:\n  - conv: {^K: 0, F: 3}\n", "layers[0].conv.K"),
        ("input: 8x8x1\nlayers:\n  - relu\n  - conv:\n      F: 3\n      ^K: 0\n",
         "layers[1].conv.K"),
        ("input: 8x8x1\nlayers:\n  - residual:\n      body:\n        - conv: {K: 1, ^F: 0}\n"
         "      shortcut: []\n", "layers[0].residual.body[0].conv.F"),
        ("input: 8x8x1\nlayers: [relu, {parallel: [[relu], [{conv: {K: 1, F: 1, ^S: 0}}]]}]\n",
         "layers[1].parallel"),
        ("input: 8x8x1\nblocks:\n  b:\n    layers:\n      - ^dense: 0\nlayers: [b]\n",
         "blocks.b.layers[0].dense"),
        ("inputs:\n  a: 8x8x1\n  ^b: 8x0x1\nlayers: [{relu: {from: a}}]\n", "inputs.b"),
        ("name: 网络🎉\ninput: 8x8x1\nlayers: [{conv: {P: same, ^K: 0, F: 3}}]\n",
         "layers[0].conv.K"),
        ("name: '网🎉'\ninput: 8\nlayers: [{relu: {name: 网🎉, from: x}}, {^dense: 0}]\n",
         "layers[1].dense"),
        ("\ufeff^input: 0\nlayers: [relu]\n", "input"),
        ("input: 8x8x1\r\nlayers:\r\n  - relu\r\n  - conv: {^K: 0, F: 3}\r\n",
         "layers[1].conv.K"),
        ("# one\n# two\n---\n\n^input: 0\nlayers: [relu]\n", "input"),
        ("input: 8\ndescription: |\n  two\n  lines\nlayers:\n  - ^dense: 0\n", "layers[0].dense"),
        ("input: 8x8x1\nlayers:\n  - ^convolve: {K: 3}\n", "layers[0].convolve"),
        ("input: 8x8x1\nlayers:\n  - relu\n  - ^reul\n", "layers[1]"),
        ("input: 8x8x1\nlayers:\n  - add: {from: [input, ^nothing]}\n", "layers[0].add.from[1]"),
        ("input: 8x8x1\nlayers:\n  - pad: {^P: [1, -1]}\n", "layers[0].pad.P"),
    ],
)  # fmt: skip
def test_a_fault_is_located_at_the_key_or_item_of_its_value(
    trace_text: TraceText, text: str, where: str
) -> None:
    before = text[: text.index("^")].removeprefix("\ufeff")  # the mark is no column
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    trace = trace_text(text.replace("^", ""))
    assert [place(d) for d in trace.diagnostics if d.where.startswith(where)] == [(line, column)]


# -- depth -----------------------------------------------------------------------------------------


@pytest.mark.quick(3)
@pytest.mark.parametrize("depth", [600, 5_000, pytest.param(200_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("before", "after"),
    [("[", "]"), ("{a: ", "}"), ("- ", "")],
    ids=["lists", "mappings", "dashes"],
)
def test_deep_nesting_is_refused_and_no_crash(
    trace_text: TraceText, depth: int, before: str, after: str
) -> None:
    trace = trace_text("input: 8\nlayers:\n  " + before * depth + "x" + after * depth + "\n")
    found = only(trace)
    assert (found.code, found.line) == ("SC108", 3)
    assert found.column == 3 + len(before) * (base.MAX_DEPTH - 1)  # one level is the mapping
    assert not trace.complete


@pytest.mark.slow
@pytest.mark.parametrize("depth", [600, 5_000, 100_000])
@pytest.mark.parametrize("before", ["", "a: [1, 2]\ninput: ", "- {a: 1}\n- ", "'[[[': 1\n\nb: "])
def test_depth_is_told_in_our_words_where_it_begins(
    trace_text: TraceText, before: str, depth: int
) -> None:
    found = only(trace_text(before + "[" * depth))
    assert found.code == "SC108"
    assert found.message == base.TOO_DEEP.message
    inside = 1 if before else 0  # the list or mapping around it
    start = len(before) - before.rfind("\n")
    assert place(found) == (before.count("\n") + 1, start + base.MAX_DEPTH - inside)


@pytest.mark.parametrize("depth", [200, 300])
def test_brackets_that_never_close_are_refused(trace_text: TraceText, depth: int) -> None:
    found = only(trace_text("input: " + "[" * depth))
    assert (found.code, *place(found)) == ("SC101", 1, depth + 8)


@pytest.mark.parametrize("short", [True, False])
@pytest.mark.parametrize("twice", ["", "name: a\nname: b\n"])
def test_a_short_text_is_parsed_once_and_a_long_one_again_for_its_places(
    monkeypatch: pytest.MonkeyPatch, short: bool, twice: str
) -> None:
    text = f"{twice}input: 8x8x3\nlayers:\n  - conv: {{K: 2, F: 9}}\n"
    parsed: list[str] = []

    class Counted(yaml_text.PurePython):
        def __init__(self, stream: str) -> None:
            parsed.append(stream)
            super().__init__(stream)

    monkeypatch.setattr(yaml_text, "Loader", Counted)
    monkeypatch.setattr(yaml_text, "SHORT", len(text) if short else len(text) - 1)
    document = yaml_text.read_yaml(text)
    line = text.count("\n")
    assert document.locate(("layers", 0, "conv", "F")) == (line, 18, line, 19)
    assert [finding.place for finding in document.findings] == ([(2, 1)] if twice else [])
    assert len(parsed) == (1 if short else 2)
