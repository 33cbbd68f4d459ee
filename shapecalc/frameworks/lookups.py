"""Looks up the layers and fields of PyTorch and Keras.

A word of ours is never looked up: the lists are made when the first other word is met.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from shapecalc.frameworks.elsewhere import OTHER_WORDS
from shapecalc.frameworks.meanings import Field, Meaning, Word, reads

PYTORCH, KERAS = "PyTorch", "Keras"
PREFIXES = {
    **dict.fromkeys(
        ("nn", "torch", "torch.nn", "f", "nn.functional", "torch.nn.functional"), PYTORCH
    ),
    **dict.fromkeys(
        ("layers", "keras", "keras.layers", "tf.keras.layers", "tensorflow.keras.layers", "tf.nn"),
        KERAS,
    ),
}
LONGEST = 60  # characters of a word
ASSIGNED = re.compile(r"^[A-Za-z_][\w.]* *= *(?=[A-Za-z_])")  # self.conv1 = nn.Conv2d(...)
LONGEST_CALL = 400
PROBE = "$value"  # what no field knows: it is passed on


def _not_told(hint: str) -> Field:
    return lambda value, fields: Meaning(fault=hint)


# Where a field means one thing in one layer of a kind and another in the next.
BESIDE_A_KIND: Mapping[tuple[str, str], Field] = {
    ("crop", "cropping"): reads("P"),
    ("upsample", "size"): _not_told(
        "scale is the factor, output the sizes: size is the factor in Keras, and in PyTorch the"
        " output's size"
    ),
}


def spelled(word: str) -> str:
    """Return a word in small letters without `_` and `-`."""
    return word.lower().replace("_", "").replace("-", "")


@cache
def all_words() -> tuple[Word, ...]:
    """Return every layer of a framework that has a kind of ours."""
    from shapecalc.frameworks import keras, pytorch  # not needed by who writes in our words

    return (*pytorch.WORDS, *keras.WORDS)


@cache
def _by_name() -> dict[str, tuple[Word, ...]]:
    found: dict[str, tuple[Word, ...]] = {}
    for word in all_words():
        found[word.name] = (*found.get(word.name, ()), word)
    return found


@cache
def _by_spelling() -> dict[str, tuple[Word, ...]]:
    found: dict[str, tuple[Word, ...]] = {}
    for name, words in _by_name().items():
        found[spelled(name)] = (*found.get(spelled(name), ()), *words)
    return found


def names() -> Iterable[str]:
    """Return every name of a layer that is read."""
    return _by_name()


def words_of(text: str) -> tuple[Word, ...]:
    """Return the layers of frameworks that a text names, such as Conv2d or keras.layers.Conv2D."""
    if len(text) > LONGEST:
        return ()
    prefix, _, name = text.rpartition(".")
    framework = PREFIXES.get(prefix.lower()) if prefix else None
    if prefix and framework is None:
        return ()
    words = _by_name().get(name) or _by_spelling().get(spelled(name), ())
    return tuple(word for word in words if framework in (None, word.framework))


@cache
def kinds_meant() -> Mapping[str, str]:
    """Return the kind for every word of a framework or of another tool that stands for one."""
    words = {spelled(word.name): word.kind for word in all_words() if word.kind}
    return {**{word: kinds[0] for word, kinds in OTHER_WORDS.items() if len(kinds) == 1}, **words}


class Choice(NamedTuple):
    """The layer that was meant; `open` where the other framework's may be as well."""

    word: Word
    open: bool


def choose(words: Sequence[Word], keys: Iterable[str]) -> Choice:
    """Return which of the layers of one name was meant, by the fields that are written."""
    keys = set(keys)
    known = [len(keys & set(word.fields)) for word in words]
    best = known.index(max(known))
    return Choice(words[best], known.count(known[best]) > 1)


def _of_kind(kind: str) -> list[Word]:
    return [word for word in all_words() if word.kind == kind]


@cache
def fields_of(kind: str) -> Mapping[str, Field]:
    """Return what frameworks' fields mean beside a kind of ours, from all its layers."""
    found: dict[str, Field] = {}
    for word in _of_kind(kind):
        found = {**word.fields, **found}
    return found | {name: read for (of, name), read in BESIDE_A_KIND.items() if of == kind}


def renamed(word: Word) -> Mapping[str, str]:
    """Return the fields of a layer that are ours under another name, and nothing else."""
    found = {}
    for key, field in word.fields.items():
        meaning = field(PROBE, {})
        if len(meaning.fields) == 1 and PROBE in meaning.fields.values():
            (found[key],) = meaning.fields
    return found


@cache
def frameworks_of(key: str, kind: str) -> tuple[str, ...]:
    """Return the frameworks whose layers of a kind have a field."""
    return tuple(dict.fromkeys(w.framework for w in _of_kind(kind) if key in w.fields))


class Called(NamedTuple):
    """A layer as Python makes it: `Conv2d(3, 64, 3)`."""

    name: str
    fields: Mapping[str, Any]


def called(text: str, own: Callable[[str], Sequence[str]]) -> Called | None:
    """Return the layer that a line of Python makes; None where it is none with plain values.

    `own` gives the fields of one of our kinds in order, nothing for any other word.
    """
    if len(text) > LONGEST_CALL or not text.rstrip(" ,").endswith(")"):
        return None
    try:
        call = ast.parse(ASSIGNED.sub("", text.strip(" ,")), mode="eval").body
        if not isinstance(call, ast.Call):
            return None
        name = ast.unparse(call.func)
        given = [ast.literal_eval(value) for value in call.args]
        fields = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords if k.arg}
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    words = words_of(name)
    order = list(choose(words, fields).word.fields) if words else own(name)
    if not order or len(given) > len(order):
        return None
    return Called(name, {**dict(zip(order, given, strict=False)), **fields})
