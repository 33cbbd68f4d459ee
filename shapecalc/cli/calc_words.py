"""Hints of specs in the words of `shapecalc calc`: conv: {K: 5, F: 3} is typed as conv K=5 F=3."""

from __future__ import annotations

import re

VALUE = r"\[[^{}]*?\](?=$|[ ,;:])|\"[^\"]*\"|-?[0-9][0-9.x]*|true|false|floor|ceil|exact|\w*same\w*"
LAYERS = re.compile(r"layers: \[\{(\w+): (\w+)\}\]")
MAPPING = re.compile(r"(\w+): \{([^{}]*)\}")
FIELD = re.compile(rf"(\w+): ({VALUE})(?![\w.])")
PAIR = re.compile(rf"(\w+): ({VALUE}|\w+)(?:, |$)")


def in_calc_words(hint: str, kinds: frozenset[str]) -> str:
    """Return a hint with what belongs into a spec as it is typed on the command line."""
    hint = LAYERS.sub(r"\1 \2", hint)
    hint = hint.replace("rounding: floor for the whole network", "--rounding floor")
    hint = MAPPING.sub(_typed, hint)

    def field(match: re.Match[str]) -> str:
        name, value = match[1], _value(match[2])
        if name == "input":
            return f"{value} as the input"
        return f"{name} {value}" if name in kinds else f"{name}={value}"

    return FIELD.sub(field, hint)


def _typed(match: re.Match[str]) -> str:
    fields = [f"{name}={_value(value)}" for name, value in PAIR.findall(match[2])]
    return " ".join([match[1], *fields])


def _value(text: str) -> str:
    """Return a value without blanks, which would part it: [3, 5] as [3,5]."""
    return text.replace(", ", ",")
