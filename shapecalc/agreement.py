"""What the traces of one network with different sizes agree in; the rest is shown as `?`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from shapecalc.derivations import Derivation, Operation
from shapecalc.diagnostics import Fault, Finding, repairable
from shapecalc.layers.base import Counts, Layer
from shapecalc.records import KnownRecord, LayerRecord, SharedPart, with_context
from shapecalc.volumes import PartialVolume, is_known

# 1,234 and 54.25; [1,234] are two numbers
NUMBER = re.compile(r"(?<![\[\d,])\d{1,3}(?:,\d{3})+(?![\d\],])|\d+(?:\.\d+)?(?:e[+-]?\d+)?")
TRIED = "; no size of the input that was tried avoids it"

GIVES = re.compile(r" gives [\dx?]+$")  # a volume
UNWRITABLE = re.compile(r"[:=] ?[\[{]*[^ ]*\?")  # a value that is not known, to write as a field

T = TypeVar("T")


class OpenRecord(LayerRecord):
    """The record of a layer that sizes left open come to. `at` has its records at sizes that fit,
    or at such as fit the layer alone; `among` those that know its field in the network.
    """

    at: Sequence[KnownRecord]
    among: Sequence[KnownRecord]

    @classmethod
    def of(
        cls,
        records: Sequence[KnownRecord],
        inputs: tuple[PartialVolume, ...] | None,
        among: Sequence[KnownRecord],
        layer: Layer | None,
    ) -> OpenRecord:
        """Return what the records of one layer agree in."""
        first = among[0]
        placed = all(record.field is not None for record in among)
        made = cls(
            first.name, first.kind, first.sources, inputs,
            agreed_volume([record.output for record in records]),
            agreed([record.weights for record in records]),
            agreed([record.biases for record in records]),
            agreed([record.non_trainable for record in records]),
            agreed([record.macs for record in records]),
            first.shares, layer, first.field if placed else None, first.source_fields,
            first.path, first.learns, _shared_part([record.shares_one for record in records]),
        )  # fmt: skip
        made.at, made.among = records, among
        return made

    @property
    def receptive_field(self) -> PartialVolume | None:
        """Input pixels that one output value depends on, per spatial axis of the input."""
        sizes = agreed_volume([record.receptive_field for record in self.among])
        if len(self.among) > 1 or sizes is None or self.field is None or not self.field.whole:
            return sizes
        return (None,) * len(sizes)  # an input's, which may be one of ours

    @property
    def jump(self) -> tuple[int | float | None, ...] | None:
        """Input pixels from one output value to the next, per spatial axis of the input."""
        return agreed_volume([record.jump for record in self.among])

    @property
    def derivations(self) -> list[Derivation]:
        """How each number follows, as far as it does at every size."""
        if len(self.among) < 2:  # nobody could tell which of its numbers are ours
            return []
        return agreed_derivations([record.derivations for record in self.among])


def _shared_part(parts: Sequence[SharedPart | None]) -> SharedPart | None:
    """Return what a layer has from another, with the counts that are the same at every size."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    counts = Counts(*map(agreed, zip(*(part.counts for part in known), strict=True)))
    return known[0]._replace(counts=counts)


def agreed(values: Sequence[T]) -> T | None:
    """Return what values agree in; None where they differ."""
    first = values[0]
    return first if all(value == first for value in values) else None


def agreed_volume(
    volumes: Sequence[tuple[T, ...] | None],
) -> tuple[T | None, ...] | None:
    """Return the sizes that volumes agree in, None for the others; None where one is not known."""
    known = [volume for volume in volumes if volume is not None]
    if len(known) < len(volumes) or len({len(volume) for volume in known}) > 1:
        return None
    return tuple(agreed(sizes) for sizes in zip(*known, strict=True))


# -- derivations -------------------------------------------------------------------------------


class _Unknown(int):
    """Stands for a number that depends on open sizes: it is written as `?`, whoever writes it."""

    def __str__(self) -> str:
        return "?"

    __repr__ = __str__

    def __format__(self, how: str) -> str:
        return "?"

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = int.__hash__

    def _same(self, other: object) -> _Unknown:
        return self

    __add__ = __sub__ = __mul__ = __floordiv__ = __radd__ = __rmul__ = _same


UNKNOWN = _Unknown()


def agreed_derivations(found: Sequence[Sequence[Derivation]]) -> list[Derivation]:
    """Return what the derivations of one layer agree in."""
    if len({len(derivations) for derivations in found}) > 1:
        return []
    merged: list[Derivation] = []
    for group in zip(*found, strict=True):
        derivation = _derivation(group)
        if derivation is not None:
            if merged and _is_of_next_axis(merged[-1], derivation):
                merged.pop()
                derivation = derivation.of_part("")
            merged.append(derivation)
    return merged


def _is_of_next_axis(one: Derivation, other: Derivation) -> bool:
    """Say whether two axes differ in nothing but their open sizes, and are told once."""
    of_axes = one.quantity in ("output", "receptive_field") and other.part not in (None, "depth")
    return of_axes and one.of_part("") == other.of_part("")


def _derivation(group: Sequence[Derivation]) -> Derivation | None:
    first = group[0]
    if any(
        (d.quantity, d.part, d.reason) != (first.quantity, first.part, first.reason) for d in group
    ):
        return None
    beside = [_derivation(inner) for inner in zip(*(d.beside for d in group), strict=False)]
    expression = None if first.expression is None else _value([d.expression for d in group])
    value = _value([d.value for d in group])
    if first.quantity == "P" and value != first.value:  # both sides come from one number
        value = UNKNOWN, UNKNOWN
    return Derivation(
        first.quantity,
        value,
        expression,
        part=first.part,
        reason=first.reason,
        given=_value([d.given for d in group]),
        beside=[derivation for derivation in beside if derivation is not None],
    )


def _value(values: Sequence[Any]) -> Any:
    """Return a value with `?` for every number in it that is not the same in all of them."""
    first = values[0]
    if all(type(value) is type(first) and value == first for value in values):
        return first
    if any(isinstance(value, Operation) for value in values):
        return _expression(values)
    if all(isinstance(value, tuple) and len(value) == len(first) for value in values):
        return tuple(map(_value, zip(*values, strict=True)))
    if all(isinstance(value, dict) and value.keys() == first.keys() for value in values):
        return {key: _value([value[key] for value in values]) for key in first}
    return UNKNOWN


def _expression(values: Sequence[Any]) -> Any:
    """Merge expressions of one form. What is rounded at some sizes is rounded at all."""
    how = {v[0] for v in values if isinstance(v, Operation) and v[0] in ("floor", "ceil")}
    if len(how) == 1:
        (rounding,) = how
        inside = [v[1] if isinstance(v, Operation) and v[0] == rounding else v for v in values]
        return Operation(rounding, _value(inside))
    if not all(isinstance(v, Operation) and len(v) == len(values[0]) for v in values):
        return UNKNOWN
    if any(v[0] != values[0][0] for v in values):
        return UNKNOWN
    return Operation(values[0][0], *map(_value, zip(*(v[1:] for v in values), strict=True)))


# -- findings ----------------------------------------------------------------------------------


def agreed_findings(
    found: Sequence[Sequence[Finding]],
    holding: Sequence[Mapping[str, bool]],
    records: Mapping[str, LayerRecord],
) -> list[Finding]:
    """Return the findings that all traces have which say something of the layer.

    `holding` says so for each trace, by the layers' names. No message has a number that only some
    of the traces have.
    """
    by_key = [_by_key(findings) for findings in found]
    merged = []
    for key, first in by_key[0].items():
        layer = key[2]
        telling = [
            findings.get(key)
            for findings, holds in zip(by_key, holding, strict=True)
            if layer is None or holds.get(layer, True)
        ]
        same = [finding for finding in telling if finding is not None]
        if same and len(same) == len(telling):
            fault = _fault([finding.fault for finding in same], first, records)
            merged.append(first._replace(fault=fault))
    return merged


def _by_key(findings: Sequence[Finding]) -> dict[tuple[Any, ...], Finding]:
    keyed: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        count = 0  # of several of one rule at one place
        key = (finding.rule, finding.path, finding.layer, count)
        while key in keyed:
            count += 1
            key = (finding.rule, finding.path, finding.layer, count)
        keyed[key] = finding
    return keyed


def _fault(faults: Sequence[Fault], finding: Finding, records: Mapping[str, LayerRecord]) -> Fault:
    first = faults[0]
    message = _masked([fault.message for fault in faults])
    if message is None or len(faults) < 2:
        message = _named(first, finding, records)
    message = _placed(message, finding, records)
    if first.rule.severity == "error" and _said(message) != _said(first.message):
        message += TRIED
    repairs, record = [], records.get(finding.layer or "")
    # What an open volume would give is open, too; that a few sizes give the same is chance.
    unknown = record is not None and not all(map(is_known, record.input or ()))
    for repair in first.repairs:
        texts = [r.text for fault in faults for r in fault.repairs if r.change == repair.change]
        text = _masked(texts) if len(texts) == len(faults) else None
        if text is not None:
            repairs.append(repair._replace(text=GIVES.sub("", text) if unknown else text))
    if any(fault.repairs for fault in faults):
        others = [fault.otherwise if fault.repairs else fault.hint for fault in faults]
        return repairable(first.rule, message, repairs, _advice(others))
    otherwise = _advice([fault.otherwise for fault in faults])
    hint = _advice([fault.hint for fault in faults])
    return Fault(first.rule, message, hint, (), otherwise)


def _placed(message: str, finding: Finding, records: Mapping[str, LayerRecord]) -> str:
    """Return a message with the layer's volume in front as its record has it: by its names."""
    record = records.get(finding.layer or "")
    front, colon, said = message.partition(": ")
    if record is None or record.layer is None or not colon or " on " not in front:
        return message
    if all(map(is_known, record.input or ())):
        return message
    plain = Fault(finding.rule, said)
    return with_context(record.name, record.layer, record.input or (), plain).message


def _named(fault: Fault, finding: Finding, records: Mapping[str, LayerRecord]) -> str:
    """Return what is wrong by the rule's name, where the traces say it in different words."""
    record = records.get(finding.layer or "")
    if record is None or record.layer is None:
        return fault.rule.title
    plain = Fault(fault.rule, fault.rule.title)
    return with_context(record.name, record.layer, record.input or (), plain).message


def _advice(hints: Sequence[str]) -> str:
    """Return what the hints agree in, empty where it would tell people to write a `?`."""
    hint = _masked(hints) or ""
    return "" if UNWRITABLE.search(hint) else hint


def _said(message: str) -> str:
    """Return a message without the layer and the volumes in front."""
    return message.partition(": ")[2]


def _masked(texts: Sequence[str]) -> str | None:
    """Return a text with `?` for the numbers in which some differ; None if they differ in more."""
    words = NUMBER.split(texts[0])
    if any(NUMBER.split(text) != words for text in texts):
        return None
    numbers = [
        column[0] if len(set(column)) == 1 else "?"
        for column in zip(*map(NUMBER.findall, texts), strict=True)
    ]
    return "".join(part for pair in zip(words, [*numbers, ""], strict=True) for part in pair)


__all__ = ["OpenRecord", "agreed", "agreed_derivations", "agreed_findings", "agreed_volume"]
