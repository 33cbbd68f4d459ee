"""What the page asks of shapecalc, in the browser: texts, numbers and bytes in, JSON out.

Neither NumPy nor click is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from shapecalc.registry import Registry

CALLS: Registry[Callable[..., Any]] = Registry(
    "call of the playground",
    {
        "trace": "shapecalc.playground.bridge.report:trace",
        "working": "shapecalc.playground.bridge.report:working",
        "picture": "shapecalc.playground.bridge.pictures:picture",
        "export": "shapecalc.playground.bridge.exports:export",
        "memory": "shapecalc.playground.bridge.costs:memory",
        "sizes": "shapecalc.playground.bridge.sizes:sizes",
        "open": "shapecalc.playground.bridge.files:open_file",
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
    except Exception as error:
        if _misses_a_part(error):
            return None
        raise


def _misses_a_part(error: BaseException | None) -> bool:
    """Say whether an error comes of a part of shapecalc that has not been fetched yet."""
    if find_spec("shapecalc.exporters") is not None:
        return False
    while error is not None:
        missing = error.name if isinstance(error, ImportError) else None
        if (missing or "").partition(".")[0] == "shapecalc":
            return True
        error = error.__cause__ or error.__context__
    return False


def _python(value: Any) -> Any:
    """Return an argument as Python has it: JavaScript's Uint8Array as bytes."""
    if hasattr(value, "to_bytes") and not isinstance(value, int):
        return value.to_bytes()
    return value.to_py() if hasattr(value, "to_py") else value
