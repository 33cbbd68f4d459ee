"""The files that a command goes through: those named, and the specs in folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from shapecalc import readers
from shapecalc.cli.files import OK, UNUSABLE, Inputs, complain, trace_path
from shapecalc.tracing import Trace

MANY = 50  # files from which a progress bar is shown


class Search:
    """Finds the files of the paths given, and keeps count."""

    def __init__(
        self,
        paths: tuple[str, ...],
        label: str,
        quiet: bool = False,
        select: Callable[[str], Sequence[str]] = lambda path: (),
        name: str | None = None,
        excludes: Callable[[str], bool] = lambda path: False,
        code: bool = False,
    ) -> None:
        self.paths = paths
        self.is_code = code  # the one path names a module of Python
        self.select = select  # codes that are asked for in a file
        self.name = name  # of what standard input holds
        self.excludes = excludes  # whether a file found in a folder is left out
        self.excluded = 0
        self.label = label  # of the progress bar
        self.quiet = quiet
        self.found_in_folder: set[str] = set()
        self.skipped = 0
        self.checked = 0
        self.code = OK

    def listed(self) -> list[str]:
        """Return every file."""
        return list(self._walk())

    def is_folder(self, path: str) -> bool:
        """Say whether a path stands for the specs in a folder."""
        return path != "-" and not self.is_code and os.path.isdir(path)

    def files(self, listed: Sequence[str] | None = None) -> Iterator[str]:
        """Yield every file, with a progress bar if there are many and somebody looks."""
        files = self.listed() if listed is None else listed
        if self.quiet or len(files) < MANY or not sys.stderr.isatty():
            yield from files
            return
        with click.progressbar(files, label=self.label, file=sys.stderr) as bar:
            yield from bar

    def traces(
        self,
        max_layers: int,
        listed: Sequence[str] | None = None,
        inputs: Inputs = None,
    ) -> Iterator[tuple[str, Trace]]:
        """Yield every spec with its trace; what cannot be opened is said, and counted in code."""
        for path in self.files(listed):
            trace = self._trace(path, max_layers, inputs)
            if trace is None:
                self.code = UNUSABLE
            elif path in self.found_in_folder and not trace.spec.document.is_spec:
                self.skipped += 1
            else:
                self.checked += 1
                yield path, trace

    def _trace(self, path: str, max_layers: int, inputs: Inputs) -> Trace | None:
        if not self.is_code:
            return trace_path(path, max_layers, inputs, self.select(path), self.name)
        from shapecalc.cli.modules import trace_module  # few networks are made by code

        return trace_module(path, max_layers, inputs, self.select(path))

    def _walk(self) -> Iterator[str]:
        """Yield each file once, though it is named twice, or named and in a folder."""
        seen: set[str] = set()
        for path in self._found():
            place = _place(path)
            if place not in seen:
                seen.add(place)
                yield path

    def _found(self) -> Iterator[str]:
        for path in self.paths:
            if self.is_folder(path):
                yield from self._folder(Path(path))
            else:
                yield path

    def _folder(self, folder: Path) -> Iterator[str]:
        wanted = readers.endings()
        named = {_place(path) for path in self.paths}  # of which nothing is skipped
        for root, folders, names in os.walk(folder, onerror=self._unreadable):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = str(Path(root, name))
                if name.startswith(".") or not name.lower().endswith(wanted):
                    continue
                if self.excludes(file):
                    self.excluded += 1
                    continue
                if os.path.isfile(file) or not os.path.exists(file):  # no pipes, no sockets
                    if _place(file) not in named:
                        self.found_in_folder.add(file)
                    yield file

    def _unreadable(self, error: OSError) -> None:
        complain(error.filename or "", error)
        self.code = UNUSABLE


def _place(path: str) -> str:
    """Return what is the same however a path is written; - stands for standard input."""
    return path if path == "-" else os.path.abspath(path)
