"""Fields whose words would hide a method of Layer, or are Python's: specs have the word."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices
from pydantic import Field as Declared

from shapecalc import trace
from shapecalc.language_schema import fields_of
from shapecalc.layers import KINDS, Layer
from shapecalc.layers.base import aliases, field_words, hidden, value_of
from shapecalc.layers.field_types import Natural, Positive, choice


class Memo(Layer):
    """memo: nothing but fields.

    - memo: {macs: 2}
    """

    macs_: Annotated[Positive, hidden("macs")]
    return_: Annotated[str, choice("sequence", "last"), hidden("return")] = "sequence"
    parameters_: Annotated[
        Natural, Declared(validation_alias=AliasChoices("parameters", "params"))
    ] = 0
    plain: Natural = 0


@pytest.fixture(autouse=True)
def memo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "memo", Memo)


def memos(fields: Any) -> Any:
    return trace({"input": 3, "layers": [{"memo": fields}]})


def test_the_word_is_read_and_shown() -> None:
    result = memos({"macs": 2, "return": "last", "params": 5})
    assert result.diagnostics == ()
    (record,) = result.layers
    assert (record.layer.macs_, record.layer.return_, record.layer.parameters_) == (2, "last", 5)
    assert record.summary == "memo macs=2 return=last parameters=5"
    assert record.macs == 0  # the layer's method is still one
    assert record.layer.parameters([(3,)]) == {}
    fields = {"macs": 2, "return": "last", "parameters": 5, "plain": 0}
    assert result.to_dict()["layers"][0]["fields"] == fields
    assert json.loads(json.dumps(record.layer.values())) == fields
    assert [value_of(record.layer, word) for word in fields] == [2, "last", 5, 0]


def test_nobody_is_told_of_the_name_in_python() -> None:
    for fields, code, said in (
        ({}, "SC103", "memo needs macs"),
        ({"macs": 0}, "SC104", "macs must be"),
        ({"macs": 1, "return": "lost"}, "SC104", "return must be sequence or last"),
        ({"macs": 1, "return_": "last"}, "SC102", "no field return_"),
        ({"macs": 1, "parameters": 1, "params": 1}, "SC106", "two words for one field"),
        ({"macs": 1, "nothing": 1}, "SC102", "no field nothing"),
    ):
        (found,) = memos(fields).diagnostics
        assert found.code == code
        assert said in found.message
        told = (found.message + found.hint).replace("no field return_", "")
        assert not any(f"{word}_" in told for word in ("macs", "return", "parameters"))


def test_the_words_are_those_of_schema_and_lists() -> None:
    words = ["macs", "return", "parameters", "plain"]
    assert field_words(Memo) == [*fields_of(Memo)] == words
    assert field_words(Memo, required=True) == ["macs"]
    assert aliases(Memo) == {**{word: word for word in words}, "params": "parameters"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "memo"])
def test_no_field_hides_anything_and_each_is_read_under_its_word(kind: str) -> None:
    cls = KINDS[kind]
    for name, field in cls.model_fields.items():
        assert not hasattr(Layer, name)
        if name.endswith("_"):
            choices = getattr(field.validation_alias, "choices", ())
            assert choices[:1] == [name.removesuffix("_")]
