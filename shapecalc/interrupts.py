"""Ctrl-C while processes are started: the one that starts them answers it, for all."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ignored() -> Iterator[None]:
    """Ignore Ctrl-C: a process that is started meanwhile does so from its first moment on."""
    if threading.current_thread() is not threading.main_thread():  # others set no signals
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
