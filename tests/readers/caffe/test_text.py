"""Protobuf's text format: values, places, and what is broken."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.readers.caffe.text import DEEPEST, Broken, Message, TextPlaces, Word, parse


def plain(message: Message) -> dict[str, list[Any]]:
    """Return a message's values, those of messages inside as mappings."""
    return {
        name: [plain(v.value) if isinstance(v.value, Message) else v.value for v in fields]
        for name, fields in message.fields.items()
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# only a comment", {}),
        ("\ufeffa: 1", {"a": [1]}),
        ("a: 1 a: 2\nb:3", {"a": [1, 2], "b": [3]}),
        ("a: 1, b: 2; c: 3;", {"a": [1], "b": [2], "c": [3]}),
        ("a: -1 b: - 2 c: 0x1F d: 010 e: 007 f: 09", {"a": [-1], "b": [-2], "c": [31], "d": [8],
                                                   "e": [7], "f": [9]}),
        ("a: 0.5 b: .5 c: 1. d: 1e3 e: -2.5e-3 f: 1.5f g: 2f",
         {"a": [0.5], "b": [0.5], "c": [1.0], "d": [1000.0], "e": [-0.0025], "f": [1.5],
          "g": [2.0]}),
        ("a: true b: MAX c: inf", {"a": ["true"], "b": ["MAX"], "c": ["inf"]}),
        ("a: -inf", {"a": [float("-inf")]}),
        ('a: "x" b: \'y "z"\' c: ""', {"a": ["x"], "b": ['y "z"'], "c": [""]}),
        ('a: "x"\n "y" # z\n \'z\' b: 1', {"a": ["xyz"], "b": [1]}),
        (r'a: "\n\t\\\"\x41\101\'"', {"a": ["\n\t\\\"AA'"]}),
        ("a { b: 1 } c: { d: 2 } e < f: 3 > g:<>",
         {"a": [{"b": [1]}], "c": [{"d": [2]}], "e": [{"f": [3]}], "g": [{}]}),
        ("a: [1, 2, 3] b: [] c: [X]", {"a": [1, 2, 3], "c": ["X"]}),
        ("a: [{ b: 1 }, { b: 2 }] c: 1", {"a": [{"b": [1]}, {"b": [2]}], "c": [1]}),
        ("a { b: [<c: 1>, {c: 2}] } d: 1", {"a": [{"b": [{"c": [1]}, {"c": [2]}]}], "d": [1]}),
        ("a{b{c:1}}#}", {"a": [{"b": [{"c": [1]}]}]}),
        ("no_such_field_of_caffe { x: Y }", {"no_such_field_of_caffe": [{"x": ["Y"]}]}),
    ],
)  # fmt: skip
def test_values(text: str, values: dict[str, Any]) -> None:
    assert plain(parse(text)) == values


def test_words_are_no_texts() -> None:
    fields = parse('a: MAX b: "MAX"').fields
    assert isinstance(fields["a"][0].value, Word)
    assert not isinstance(fields["b"][0].value, Word)


def test_long_numbers_take_no_time() -> None:
    text = f"a: {'9' * 100_000} b: 0x{'F' * 100_000} c: 1.{'1' * 100_000} d: 0{'7' * 100_000}"
    values = plain(parse(text))
    assert min(values["a"][0], values["b"][0], values["d"][0]) > 2**64
    assert values["c"] == [pytest.approx(1.1111111)]


@pytest.mark.parametrize(
    ("text", "said", "offset"),
    [
        ("a", "a has no value", 1),
        ("a:", "ends before the value of a", 2),
        ("a: }", "a has no value", 3),
        ("a b: 1", "a has no value", 2),
        ("a: 1 }", "} closes nothing here: nothing is open", 5),
        ("a {\n b: 1\n", "ends inside a, which begins in line 1", 10),
        ("\na < b: 1 }", "} closes nothing here: a is open, > closes it", 10),
        ("a: [1, 2", "ends before the value of a", 8),
        ("a: [1 { }", "ends", 9),
        ('a: "x', "not closed on its line", 3),
        ('a: "x\n"', "not closed on its line", 3),
        ("source: /data/train", "/ is no value: a text stands in quotes", 8),
        ("a: 1 2: 3", "2 is no name of a field", 5),
        ('a: 1 "b": 3', "b", 5),
        ("a: 1\n@", "@ is no value", 5),
        ("a: 1.2.3", "is no value", 3),
        ("a: \0", "is no value", 3),
    ],
)
def test_what_is_broken(text: str, said: str, offset: int) -> None:
    with pytest.raises(Broken) as raised:
        parse(text)
    assert said in raised.value.message
    assert raised.value.offset == offset


@pytest.mark.parametrize("opening", ["a{", "a<", "a:[{", "a{b:1 "])
def test_depth_is_bounded(opening: str) -> None:
    with pytest.raises(Broken, match="nested deeper than"):
        parse(opening * (DEEPEST + 1))
    with pytest.raises(Broken, match="ends"):
        parse(opening * DEEPEST)
    with pytest.raises(Broken, match="nested deeper than"):
        parse(opening * 1_000_000)


def test_values_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shapecalc.readers.caffe.text.MOST_FIELDS", 10)
    parse("a: 1 " * 10)
    with pytest.raises(Broken, match="more than 10 values"):
        parse("a: 1 " * 11)
    with pytest.raises(Broken, match="more than 10 values"):
        parse(f"a: [{'1,' * 11}]")


def test_places() -> None:
    text = 'name: "n"\nlayer { }\nlayer {\n  p {\n    k: 3 k:\n 5\n  }\n}\n'
    places = TextPlaces(parse(text), text)
    assert places.find(("name",)) == (1, 1, 1, 10)
    assert places.find(("layer", 0)) == (2, 1, 2, 10)
    assert places.find(("layer", 1)) == (3, 1, 8, 2)
    assert places.find(("layer", 1, "p", "k")) == (5, 5, 5, 9)
    assert places.find(("layer", 1, "p", "k", 1)) == (5, 10, 6, 3)
    assert places.find(("layer", 1, "p", "stride")) == (4, 3, 7, 4)  # the nearest that is there
    assert places.find(("layer", 7)) == places.find(()) == (1, 1, 1, 1)


def test_both_ways_of_reading_agree() -> None:
    """Fields are read in one step, or token by token where a comment stands in between."""
    text = 'a { b: 1 c: X d: "e" f { g: -2 } } h: [1, 2] i: 0.5 j: 07'
    commented = text.replace(" ", " # c\n")
    assert plain(parse(text)) == plain(parse(commented))
