"""Python's cycle collector, which walks a growing result again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Keep the collector still while a trace is made, and leave it as it was.

    A trace makes no cycles; with the collector on, 100,000 layers cost a third more a layer.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
