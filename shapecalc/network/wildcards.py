"""Fields that say `any`: their values are chosen once it is known what comes in (any_fields.py).

Imported only where a layer cannot be read as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.layers.base import Layer, aliases
from shapecalc.wildcards import PLACEHOLDERS, WORDS


def without_any(cls: type[Layer], fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a layer's fields with a value in the place of each that may be any, and which those
    are by our words; an empty mapping where there is none.
    """
    if not isinstance(fields, Mapping):
        return {}, ()
    words = aliases(cls)
    filled, wild = dict(fields), []
    for key, value in fields.items():
        name = words.get(str(key), "")
        if isinstance(value, str) and value in WORDS and name in PLACEHOLDERS:
            filled[key] = PLACEHOLDERS[name]
            wild.append(name)
    return (filled, tuple(wild)) if wild else ({}, ())
