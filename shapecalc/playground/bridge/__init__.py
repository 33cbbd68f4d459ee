"""What the page asks of shapecalc, in the browser: texts, numbers and bytes in, JSON out.

Neither NumPy nor click is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from shapecalc.registry import PluginError, Registry

CALLS: Registry[Callable[..., Any]] = Registry(
    "call of the playground",
    {
        "trace": "shapecalc.playground.bridge.report:trace",
        "picture": "shapecalc.playground.bridge.pictures:picture",
        "export": "shapecalc.playground.bridge.exports:export",
        "explain": "shapecalc.playground.bridge.words:explain",
        "layer": "shapecalc.playground.bridge.layer_view:of_last",
        "sheet": "shapecalc.playground.bridge.practice:sheet",
        "mark": "shapecalc.playground.bridge.practice:mark",
        "choices": "shapecalc.playground.bridge.practice:choices",
    },
    fits=callable,
    needs="a function",
)


class Refused(Exception):
    """What a call cannot do: the text says why, and the page shows it."""


def answer(call: str, *values: Any) -> str | None:
    """Answer one message of the page: JSON with the `value`, or with why it is `refused`.

    None says that the call needs a part of shapecalc that has not been fetched yet.
    """
    try:
        return json.dumps({"value": CALLS[call](*map(_python, values))})
    except Refused as error:
        return json.dumps({"refused": str(error)})
    except (ModuleNotFoundError, PluginError) as error:
        if _lacks_a_part(error) and not _complete():
            return None
        raise


def _lacks_a_part(error: Exception) -> bool:
    """Say whether a module of shapecalc was not found, by a call or where a call is defined."""
    lacking = error.__cause__ if isinstance(error, PluginError) else error
    name = lacking.name if isinstance(lacking, ModuleNotFoundError) else None
    return (name or "").partition(".")[0] == "shapecalc"


def _complete() -> bool:
    """Say whether all of shapecalc is there."""
    return find_spec("shapecalc.exporters") is not None


def _python(value: Any) -> Any:
    """Return an argument as Python has it: JavaScript's Uint8Array as bytes."""
    if hasattr(value, "to_bytes") and not isinstance(value, int):
        return value.to_bytes()
    return value.to_py() if hasattr(value, "to_py") else value
