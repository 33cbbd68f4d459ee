"""Fields of a spec against a pydantic model: all its errors turned into located findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.diagnostics import (
    Fault,
    Finding,
    Later,
    Path,
    misspelt,
    quote,
    repairable,
    some,
    suggested,
)
from shapecalc.edits import Change, Repair, set_field, several
from shapecalc.layers.base import Layer, aliases
from shapecalc.rules import Rule

Found = Sequence[Finding | Later]  # what a reader gives back: whose it is, the layer itself knows
Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")

UNKNOWN = ("extra_forbidden", "invalid_key")  # pydantic's words for a key that is not there
PARAMETER = re.compile(r"\$[A-Za-z0-9_-]+")
NOTHING: Mapping[str, str] = {}


class _Missing:
    """Stands for a block's parameter that was not given; faults it causes are not reported."""


MISSING = _Missing()


def is_missing(value: Any) -> bool:
    """Say whether a value is, or directly holds, a parameter that was not given."""
    return value is MISSING or (isinstance(value, list | tuple) and MISSING in value)


def stray_parameter(value: Any) -> str | None:
    """Return the $name that a value is, or directly holds, where no block has replaced it."""
    values = value if isinstance(value, list | tuple) else (value,)
    return next((v for v in values if isinstance(v, str) and PARAMETER.fullmatch(v)), None)


def no_parameter(field: str, name: str) -> Fault:
    """Return the fault of a $name that stands for nothing."""
    message = f"{field} names the parameter {quote(name)}, which is not there"
    return Fault(
        rules.NO_SUCH_NAME, message, "$name stands for a block's parameter, inside that block"
    )


def validate(
    model: type[Model],
    fields: Any,
    path: Path,
    what: str,
    known: Sequence[Finding],
    also: Iterable[str] = (),
    *,
    bare: bool = False,
    written: Mapping[str, str] = NOTHING,
) -> tuple[Model | None, Found]:
    """Return the validated model or None, and what is wrong.

    `known` is what was found before, elsewhere: behind much of it, near words are not looked for.
    `also` are further keys that are known, but read elsewhere. `bare` says that the one field was
    written as a bare value, so that its place is the layer's own. `written` has the key under which
    a field stands where that is not its name.
    """
    try:
        return model.model_validate(fields), ()
    except ValidationError as error:
        found: list[Finding | Later] = []
        words = aliases(model)
        hints = getattr(model, "migration_hints", {})
        example = model.example() if issubclass(model, Layer) else ""
        problems = error.errors(include_url=False, include_context=True)
        for problem in problems:
            first, rest = problem["loc"][:1], problem["loc"][1:]
            place = (*(written.get(str(step), step) for step in first), *rest)
            steps = tuple(s if isinstance(s, int) else str(s) for s in place)
            if problem["type"] in UNKNOWN:
                key, here = str(steps[0]), path + steps[bare:]
                rule = rules.NAME_USED_TWICE if key in words else rules.UNKNOWN_KEY

                @cache  # a repeat meets it again and again; looking for the nearest word takes time
                def made(key: str = key, here: Path = here) -> Finding:
                    return Finding(unknown_key(key, fields, what, words, hints, also, known), here)

                found.append(Later(rule, here, None, made))
                continue
            fault, steps = _translate(problem, steps, fields, what, words, example)
            if fault is not None:
                found.append(Finding(fault, path + steps[bare:]))
        return _as_meant(model, fields, problems), found


def validate_value(
    read: Callable[[Any], Result], value: Any, what: str, path: Path, otherwise: str = ""
) -> tuple[Result | None, Found]:
    """Return a value that stands alone as a field's reader has it, and what is wrong.

    Of a wrong one, it is what the reader takes it to mean, if anything.
    """
    try:
        return read(value), ()
    except PydanticCustomError as error:
        context = error.context or {}
        fault = rejected(rules.of(error.type), f"{what} {error.message()}", context, otherwise)
        return context.get("meant"), [Finding(fault, path)]


def wrong_value(what: str, wanted: str, value: Any, hint: str = "") -> Fault:
    """Return the fault of a value that is not what is wanted in its place."""
    return Fault(rules.WRONG_VALUE, f"{what} must be {wanted}, not {quote(value)}", hint)


def _as_meant(model: type[Model], fields: Any, problems: Sequence[Any]) -> Model | None:
    """Return the model with what was meant, where that is known of every faulty value."""
    mended: dict[str, Any] = {}
    for problem in problems:
        meant = problem.get("ctx", {}).get("meant")
        if meant is None or len(problem["loc"]) != 1:
            return None
        mended[problem["loc"][0]] = meant
    try:
        return model.model_validate({**fields, **mended})
    except ValidationError:  # a value that is wrong in another way, too
        return None


def _translate(
    problem: Any,
    steps: Path,
    fields: Any,
    what: str,
    words: Mapping[str, str],
    example: str,
) -> tuple[Fault | None, Path]:
    """Return one pydantic error as a fault, with the steps from the model to its place."""
    kind, value = problem["type"], problem["input"]
    field = quote(str(steps[0])) if steps else what
    if kind == "missing":
        return _missing(what, field, fields, example), ()
    if is_missing(value):
        return None, ()
    stray = stray_parameter(value)
    if stray is not None:
        return no_parameter(field, stray), steps
    if kind in rules.CATALOGUE:  # our own readers of values name the rule
        message = f"{field} {problem['msg']}"
        otherwise = _mend(steps, value, words, example, what)
        zero = type(value) in (int, str) and str(value).strip() == "0"
        if zero and words.get(str(steps[0]) if steps else "") in LEAST:
            repair = Repair("write 1", Change("set", 1))
            return repairable(rules.of(kind), message, [repair], otherwise), steps
        return rejected(rules.of(kind), message, problem["ctx"], otherwise), steps
    fault = wrong_value(field, "a mapping of fields", value)
    if steps:
        return fault, steps
    alone = Repair(f"write {what} alone", Change("replace", [what], up=1))  # batch_norm: 64
    return repairable(fault.rule, fault.message, [alone]), steps


def _missing(what: str, field: str, fields: Any, example: str) -> Fault:
    """Return the fault of a field that is not there, with an example of it."""
    message = f"{what} needs {field}"
    hint = f"for example {example}" if example else f"add {field}"
    if field not in EXAMPLES:
        return Fault(rules.MISSING_FIELD, message, hint)
    value = EXAMPLES[field]
    text = f"for example {field}: {value}".replace("'", "")
    if field == "F" and type(fields.get("K")) is int:  # conv: 64
        text = f"for example {what}: {{K: {fields['K']}, F: {value}}}"
    return repairable(rules.MISSING_FIELD, message, [Repair(text, set_field(field, value))], hint)


def rejected(rule: Rule, message: str, context: Mapping[str, Any], otherwise: str = "") -> Fault:
    """Return the fault of a value, with what its reader says may be written in its place."""
    hint = context.get("hint", otherwise)
    repairs = context.get("repairs", ())
    instead = context.get("instead")
    if instead is not None:
        shown = str(instead).lower() if isinstance(instead, bool) else str(instead)
        repairs = (
            Repair(f"write {shown}", Change("set", instead), safe=isinstance(instead, bool)),
        )
    return repairable(rule, message, repairs, hint) if repairs else Fault(rule, message, hint)


def _meant_key(key: str, fields: Mapping[Any, Any], words: Mapping[str, str]) -> str | None:
    """Return the key that another tool's word for one means, where it is not written as well."""
    from shapecalc.frameworks.elsewhere import OTHER_KEYS  # few keys are unknown

    known = OTHER_KEYS.get(key.lower().replace("_", "").replace("-", ""), ())
    given = {words.get(str(other)) for other in fields}
    return next((word for word in known if word in words and words[word] not in given), None)


def _glued(key: str, fields: Mapping[Any, Any], message: str) -> Fault:
    """Return the fault of a key that has swallowed its value."""
    from shapecalc.network.glued import glued  # nobody needs it whose keys are keys

    hint = "a colon and a blank stand between a field and its value"
    found = glued({key: fields.get(key)})
    if not found:
        return Fault(rules.UNKNOWN_KEY, message, hint)
    repair = Repair(hint, several(*found[0].changes(up=1)))
    return repairable(rules.UNKNOWN_KEY, message, [repair], hint)


LEAST = ("S", "dilation", "groups")  # 1 of these is none at all, which 0 may stand for
EXAMPLES: dict[str, Any] = {
    "K": 16,
    "F": 3,
    "units": 10,
    "scale": 2,
    "times": 2,
    "P": 1,
    "groups": 1,
    "body": ["relu"],
    "layers": ["relu"],
    "branches": [["relu"], []],
}


def _mend(steps: Path, value: Any, words: Mapping[str, str], example: str, what: str) -> str:
    if isinstance(value, str) and "$" in value:
        return "$name replaces a whole value; there is no arithmetic"
    known = example and words.get(str(steps[0]) if steps else "")
    return f"shapecalc explain {what} shows how it is written" if known else ""


def unknown_key(
    key: str,
    fields: Any,
    what: str,
    words: Mapping[str, str],
    hints: Mapping[str, str],
    also: Iterable[str],
    findings: Sequence[Finding],
) -> Fault:
    """Return the fault of a key that is not read: a second word for one field, or unknown."""
    shown = quote(key)
    if key in words:
        other = next((k for k in fields if k != key and words.get(k) == words[key]), words[key])
        message = f"{shown} and {quote(other)} are two words for one field of {what}"
        return repairable(
            rules.NAME_USED_TWICE, message, [Repair(f"leave out {shown}", Change("remove"))]
        )
    if key in hints:
        return Fault(rules.UNKNOWN_KEY, f"{what} has no field {shown}", hints[key])
    if any(sign in key for sign in ":="):
        return _glued(key, fields, f"{what} has no field {shown}")
    if key == "<<":
        return Fault(
            rules.UNKNOWN_KEY, "merge keys are not read", "write a block, or the fields themselves"
        )
    known = [*words, *also]
    ours = dict[str, str]()  # the first of a field's words
    for word, field in words.items():
        ours.setdefault(field, word)
    has = f"it has {some([*ours.values(), *also])}"
    fault = Fault(rules.UNKNOWN_KEY, f"{what} has no field {shown}", has)
    meant = _meant_key(key, fields, words)
    if meant is not None:
        repair = Repair(f"write {meant} for {shown}", Change("rename", meant), safe=True)
        return repairable(fault.rule, fault.message, [repair], fault.hint)
    return misspelt(fault, suggested(key, lambda: known, findings, beginnings=True))
