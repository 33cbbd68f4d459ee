"""Work done by several processes, with its results in order.

Processes are started afresh (`spawn`, the only way on Windows and the safe one on macOS). A process
that is ended from outside, for want of memory for one, costs the item it had and no other. Ctrl-C
ends them all: they leave it to this process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

from shapecalc import interrupts
from shapecalc.collector import collect_seldom
from shapecalc.plugins import ACTIVE, activate

T = TypeVar("T")
R = TypeVar("R")

THREADS = (
    *("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "OMP_NUM_THREADS"),
    "VECLIB_MAXIMUM_THREADS",
)
ENDED = "its process was ended before it was done, perhaps for want of memory"


def in_order(
    work: Callable[[T], R],
    items: Sequence[T],
    jobs: int,
    *,
    lost: Callable[[T], R],
    progress: Callable[[int], None] = lambda done: None,
) -> Generator[R, None, None]:
    """Yield work(item) of every item, in order; `lost` is for an item whose process was ended.

    `work` and the items are pickled; plug-ins are active there as they are here.
    `progress` is told how many items are done.
    """
    waiting = iter(enumerate(items))
    results: dict[int, R] = {}
    count = told = 0
    workers = [_Worker(work) for _ in range(min(jobs, len(items)))]
    try:
        busy = [worker for worker in workers if worker.take(waiting)]
        while told < len(items):
            for connection in wait([worker.connection for worker in busy]):
                worker = next(w for w in busy if w.connection is connection)
                index, item = worker.item
                results[index] = worker.result(lost(item))
                count += 1
                if not worker.take(waiting):
                    busy.remove(worker)
            progress(count)
            while told in results:
                yield results.pop(told)
                told += 1
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """A process, and the item that it has."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work
        self.item: tuple[int, Any] = (-1, None)
        self.process: SpawnProcess | None = None

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.work, ACTIVE), daemon=True)
        with interrupts.ignored():
            self.process.start()
        theirs.close()  # so that the end of the process is the end of the pipe

    def take(self, waiting: Iterator[tuple[int, Any]]) -> bool:
        """Give the process its next item; say whether there was one."""
        item = next(waiting, None)
        if item is None:
            return False
        self.item = item
        if self.process is None:
            self._start()
        with suppress(OSError):  # it is gone, which is noticed when its result is read
            self.connection.send(item[1])
        return True

    def result(self, lost: Any) -> Any:
        """Return what the process made of its item; `lost` if it is gone."""
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            self.end()
            return lost

    def end(self) -> None:
        """End the process."""
        if self.process is not None:
            self.connection.close()
            self.process.terminate()
            self.process.join()
            self.process = None


def _serve(connection: Connection, work: Callable[[Any], Any], plugins: Sequence[str]) -> None:
    """Work on what comes, until nobody is there any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    for name in plugins:
        activate(name)
    with suppress(EOFError, OSError):
        while True:
            connection.send(work(connection.recv()))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let NumPy's libraries use one thread, if they are loaded here or in a process started here.

    Sums depend on the number of threads in their last digits; so no result depends on how many
    processes there are, and these do not get into each other's way. What a user has set stays.
    """
    added = [name for name in THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
