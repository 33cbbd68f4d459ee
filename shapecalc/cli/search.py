"""The files that a command goes through: those named, and the specs in folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

import shapecalc
from shapecalc import readers
from shapecalc.cli.files import OK, UNUSABLE, Inputs, Unusable, complain, opened
from shapecalc.network import NetworkSpec
from shapecalc.tracing import Trace

MANY = 50  # files from which a progress bar is shown


class Search:
    """Finds the files of the paths given, and keeps count."""

    def __init__(
        self,
        paths: tuple[str, ...],
        label: str,
        quiet: bool = False,
        excludes: Callable[[str], bool] = lambda path: False,
        code: bool = False,
    ) -> None:
        self.paths = paths
        self.is_code = code  # the one path names a module of Python
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
            try:
                spec = self.opened(path, max_layers, inputs)
            except Unusable as error:
                complain(path, error)
                self.code = UNUSABLE
                continue
            if self.skips(path, spec):
                self.skipped += 1
                continue
            trace = shapecalc.trace(spec)
            self.checked += 1
            yield path, trace

    def opened(
        self, path: str, max_layers: int, inputs: Inputs = None, name: str | None = None
    ) -> NetworkSpec:
        """Return the network of a file, or of the module of Python. Raises Unusable."""
        if not self.is_code:
            return opened(path, max_layers, inputs, name)
        from shapecalc.cli.modules import made  # few networks are made by code

        return made(path, max_layers, inputs)

    def skips(self, path: str, spec: NetworkSpec) -> bool:
        """Say whether a file found in a folder has no network."""
        return path in self.found_in_folder and not spec.document.is_spec

    def _walk(self) -> Iterator[str]:
        """Yield each file once, though it is named twice, or named and in a folder."""
        seen: set[str] = set()
        for path, place in self._found():
            if place not in seen:
                seen.add(place)
                yield path

    def _found(self) -> Iterator[tuple[str, str]]:
        """Yield each file as it is written, and its place."""
        for path in self.paths:
            if self.is_folder(path):
                yield from self._folder(Path(path))
            else:
                yield path, _place(path)

    def _folder(self, folder: Path) -> Iterator[tuple[str, str]]:
        wanted = readers.endings()
        named = {_place(path) for path in self.paths}  # of which nothing is skipped
        for root, folders, names in os.walk(folder, onerror=self._unreadable):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            here = str(Path(root)) if root != os.curdir else ""
            place = os.path.abspath(root)
            for name in sorted(names):
                if name.startswith(".") or not name.lower().endswith(wanted):
                    continue
                file, its_place = os.path.join(here, name), os.path.join(place, name)
                if self.excludes(file):
                    self.excluded += 1
                    continue
                if os.path.isfile(file) or not os.path.exists(file):  # no pipes, no sockets
                    if its_place not in named:
                        self.found_in_folder.add(file)
                    yield file, its_place

    def _unreadable(self, error: OSError) -> None:
        complain(error.filename or "", error)
        self.code = UNUSABLE


def _place(path: str) -> str:
    """Return what is the same however a path is written; - stands for standard input."""
    return path if path == "-" else os.path.abspath(path)
