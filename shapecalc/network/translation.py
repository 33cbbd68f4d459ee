"""A layer in a framework's words, put into ours: its kind, its fields, and what to write instead.

Only what is not in our words comes here; a network in our words never does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote, repairable
from shapecalc.edits import Change, Repair, several, size_of
from shapecalc.frameworks import lookups
from shapecalc.frameworks.meanings import ACTIVATIONS, Meaning, Stated, Word
from shapecalc.layers import KINDS, kind_of
from shapecalc.layers.base import aliases
from shapecalc.network.glued import Glued, glued
from shapecalc.network.tuples import torn, without_tuples
from shapecalc.network.validation import is_missing, stray_parameter

MOST_SHOWN = 20  # values of a list in a message


class Claimed(NamedTuple):
    """What a framework's field says of the volume that comes in."""

    field: str
    stated: Stated


@dataclass
class Translation:
    """A layer in our words, and what of it was not.

    `written` has the key as written for each of our fields; each of `faults` belongs to a key.
    `stops` says that volumes or counts would be wrong.
    """

    word: str
    kind: str
    bare: bool  # no mapping of fields is written
    fields: dict[str, Any] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[Fault, str]] = field(default_factory=list)
    claims: list[Claimed] = field(default_factory=list)
    stops: bool = False
    subjects: list[str] = field(default_factory=list)  # the words that are not ours
    owners: tuple[str, ...] = ()  # the frameworks whose words they are
    offers: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def foreign(self) -> bool:
        """Whether anything is not in our words."""
        return bool(self.subjects or self.faults)

    @property
    def message(self) -> str:
        """Whose words the layer is written in, and what stays different."""
        *front, last = dict.fromkeys(self.subjects)
        listed = f"{', '.join(front)} and {last}" if front else last
        noun = "tuple" if self.owners == ("Python",) else "word"
        what = f"are {noun}s" if front else f"is a {noun}"
        return "; ".join((f"{listed} {what} of {' and '.join(self.owners)}", *self.notes))

    def repair(self, alone: bool) -> Repair:
        """Return what puts the layer into our words; the word may be all that is written."""
        change = several(*self.changes)
        if alone and self.fields:
            change = Change("set", {self.kind: self.changes[0].value})
        offers = ", ".join(self.offers)
        only_less = all(change.action == "remove" for change in self.changes)
        return Repair(offers if only_less else f"write {offers}", change, safe=True)


def kind_of_word(text: str, value: Any = None) -> str | None:
    """Return the kind that a framework's word stands for; Keras' Activation says it in its value.

    None where the word is no framework's.
    """
    words = lookups.words_of(text)
    if not words:
        return None
    if isinstance(value, Mapping):
        value = value.get("activation")
    activation = ACTIVATIONS.get(value) if isinstance(value, str) else None
    return words[0].kind or (activation[0] if activation else None)


def translate(text: str, kind: str, given: Mapping[str, Any], bare: bool) -> Translation:
    """Return a layer of a kind, written as `text` with some fields, in our words.

    The fields are without those of the network (name, from). `bare` says that the main field alone
    is given, as a bare value.
    """
    own = aliases(KINDS[kind])
    words = lookups.words_of(text) if kind_of(text) is None else ()
    value = next(iter(given.values())) if bare and given else None
    result = Translation(text, kind, bare or not given)
    if bare and words and given:
        name = words[0].shorthand or KINDS[kind].shorthand or next(iter(words[0].fields), None)
        given = {} if name is None else {name: value}
        if name is None:
            message = f"{quote(text)} takes no value, and has {shown(value)}"
            result.faults.append((Fault(rules.WRONG_VALUE, message, "leave the value out"), ""))
    for broken in torn(given):
        result.faults.append((broken.fault, ""))
        given = {key: value for key, value in given.items() if str(key) not in broken.parts}
        given[broken.key] = broken.value
    apart = glued(given) if not bare else []
    if apart:
        result.faults.append((_taken_apart(apart), apart[0].key))
        meant = {one.key: one for one in apart}
        given = {
            meant[key].name if key in meant else key: meant[key].value if key in meant else value
            for key, value in given.items()
        }
    chosen = lookups.choose(words, given) if words else None
    if chosen is not None:
        result.subjects.append(quote(text))
        result.offers.append(f"{kind} for {quote(text)}")
        owners = words if chosen.open else (chosen.word,)
        result.owners = tuple(dict.fromkeys(word.framework for word in owners))
        if chosen.word.axes:
            result.claims.append(Claimed(text, Stated("axes", chosen.word.axes)))
    work = _Work(result, chosen.word if chosen else None, own, given)
    for key in given:
        work.field(str(key), given[key])
    work.absent()
    if chosen is not None:
        if chosen.open and chosen.word.but and not result.fields:
            result.notes.append(chosen.word.but)
        if not chosen.word.kind:
            _of_activation(result, given)
        if bare or not given:
            _bare(result, value)
        if not any(change.action == "replace" for change in result.changes):
            result.changes.append(Change("rename", kind))
    elif bare:
        _bare(result, value)
    return result


def _taken_apart(apart: Sequence[Glued]) -> Fault:
    """Return the fault of keys that have swallowed their values, with both as its repair."""
    listed = ", ".join(quote(one.key) for one in apart)
    message = f"{listed}: a colon and a blank stand between a field and its value"
    offer = ", ".join(f"{quote(one.name)}: {shown(one.value)}" for one in apart)
    changes = [change for one in apart for change in one.changes(up=1)]
    return repairable(rules.UNKNOWN_KEY, message, [Repair(f"write {offer}", several(*changes))])


def _of_activation(result: Translation, given: Mapping[str, Any]) -> None:
    """Add the fields of Keras' Activation, whose kind is its value."""
    for name, value in ACTIVATIONS[str(given["activation"])][1].items():
        result.fields.setdefault(name, value)
        result.offers.append(f"add {name}: {shown(value)}")
        result.changes.append(Change("set", value, (name,)))


def _bare(result: Translation, value: Any) -> None:
    """Make one change of those of a bare value, or of a kind without any."""
    main = KINDS[result.kind].shorthand
    alone = main is not None and list(result.fields) == [main]
    short = next(iter(result.fields.values())) if alone else result.fields
    result.changes = [] if (short or None) == value else [Change("set", short or None)]
    if not result.fields and result.changes:  # the kind alone is what is left
        result.changes = [Change("replace", [result.kind], up=1)]


class _Work:
    """Puts the fields of one layer into our words, one after the other."""

    def __init__(
        self,
        result: Translation,
        word: Word | None,
        own: Mapping[str, str],
        given: Mapping[str, Any],
    ) -> None:
        self.result, self.word, self.own, self.given = result, word, own, given
        self.known = word.fields if word else lookups.fields_of(result.kind)
        self.taken: dict[str, str] = {}  # our field, and the key that it is written with

    def field(self, key: str, value: Any) -> None:
        """Add one field that is written."""
        plain = without_tuples(value)
        read = self.known.get(key)
        if key in self.own and (self.word is None or read is None):
            meaning = Meaning({self.own[key]: plain})
        elif read is None:
            self.result.fields[key] = value  # unknown: the model says so
            return
        elif is_missing(value) or stray_parameter(value) is not None:
            meaning = self._of_parameter(key, value)
        else:
            meaning = read(plain, self.given)
        if meaning.fault:
            self._refuse(key, value, meaning)
            return
        self.result.claims += [Claimed(key, stated) for stated in meaning.stated]
        if meaning.fields:
            self._put(key, value, meaning.fields)
        elif self.word is not None and not self.word.kind:
            if not self.result.bare:  # the kind says it
                self._say(key)
                self.result.changes.append(Change("remove", None, (key,)))
        else:
            self._say(key)
            self.result.offers.append(f"leave out {quote(key)}")
            self.result.changes.append(Change("remove", None, (key,)))

    def _of_parameter(self, key: str, value: Any) -> Meaning:
        """A block's parameter that is not given or not there, under the name of our field."""
        ours = lookups.renamed(self.word).get(key) if self.word else None
        if ours is None:
            self.result.stops = True
            return Meaning()
        return Meaning({ours: value})

    def _put(self, key: str, value: Any, fields: Mapping[str, Any]) -> None:
        for ours, meant in fields.items():
            if ours in self.taken:
                message = f"{quote(key)} and {quote(self.taken[ours])} are two words for one field"
                fault = Fault(
                    rules.NAME_USED_TWICE, f"{message} of {self.result.word}", "keep one of them"
                )
                self.result.faults.append((fault, key))
                self.result.stops = True
                return
            self.taken[ours] = key
            name = key if self.own.get(key) == ours else ours  # filters is as good as K
            self.result.fields[name] = meant
            self.result.written[name] = key
            same = meant is value or _same(meant, value)
            if name == key and same:
                continue
            new, old = name, quote(key)
            if not same:
                new, old = f"{name}: {shown(meant)}", f"{old}: {shown(value)}"
                self.result.changes.append(Change("set", meant, (key,)))
            self._say(key, old if name == key else None)
            if name != key:
                self.result.changes.append(Change("rename", name, (key,)))
            self.result.offers.append(f"{new} for {old}")

    def _say(self, key: str, value: str | None = None) -> None:
        """Name a key among the words that are not ours, or a value of one that is."""
        self.result.subjects.append(value or quote(key))
        if self.word is None:
            owners = ("Python",) if value else lookups.frameworks_of(key, self.result.kind)
            self.result.owners = tuple(dict.fromkeys((*self.result.owners, *owners)))

    def _refuse(self, key: str, value: Any, meaning: Meaning) -> None:
        what = self.result.kind
        message = f"{what} has no field {quote(key)}"
        if meaning.known or key in self.own:
            message = f"{quote(key)} cannot be {shown(value)} here"
        rule = rules.WRONG_VALUE if meaning.known or key in self.own else rules.UNKNOWN_KEY
        fault = Fault(rule, message, meaning.fault)
        if meaning.behind is not None and not self.result.bare:
            moved = several(Change("remove"), Change("behind", meaning.behind, up=1))
            fault = repairable(rule, message, [Repair(meaning.fault, moved)], meaning.fault)
        elif not self.result.bare:
            changes = self._without(meaning)
            if changes:
                repair = Repair(meaning.fault, several(*changes))
                fault = repairable(rule, message, [repair], meaning.fault)
        self.result.faults.append((fault, key))
        self.result.stops |= not meaning.harmless

    def _without(self, meaning: Meaning) -> list[Change]:
        """Return what takes a field out that has no place here, or puts another kind in its."""
        if meaning.removed:
            return [Change("remove")]
        if meaning.instead is None:
            return []
        kind, fields = meaning.instead
        added = [Change("set", value, (name,), up=1) for name, value in fields.items()]
        return [Change("remove"), *added, Change("rename", kind, up=1)]

    def absent(self) -> None:
        """Add what the framework takes where nothing is written, and ours takes otherwise."""
        for key, meaning in (self.word.absent if self.word else {}).items():
            if key in self.given or any(name in self.taken for name in meaning.fields):
                continue
            if meaning.fault:
                if not self.taken:
                    message = f"{quote(self.result.word)} needs {key}"
                    self.result.faults.append(
                        (Fault(rules.MISSING_FIELD, message, meaning.fault), "")
                    )
                    self.result.stops = True
                continue
            for name, value in meaning.fields.items():
                self.result.fields[name] = value
                self.result.offers.append(f"add {name}: {shown(value)}")
                self.result.changes.append(Change("set", value, (name,)))


def _same(one: Any, other: Any) -> bool:
    """Say whether two values are written alike: 2.0 is not 2."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(_same(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and bool(one == other)


def shown(value: Any) -> str:
    """Return a value as a spec has it."""
    if isinstance(value, str) or size_of(value, MOST_SHOWN) > MOST_SHOWN:
        return quote(value)
    return json.dumps(value, default=quote)
