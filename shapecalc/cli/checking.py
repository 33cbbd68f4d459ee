"""What `check` does with files: which findings of each are wanted, by one process or by several."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import click

import shapecalc
from shapecalc.cli.files import UNUSABLE, Compared, Inputs, Unusable, say, unexpected
from shapecalc.cli.search import Search
from shapecalc.cli.settings import Settings
from shapecalc.diagnostics import Diagnostic, chosen
from shapecalc.registry import PluginError, blamed

if TYPE_CHECKING:
    from shapecalc.cli.fixes import Fixer
    from shapecalc.fixing import Wanted
    from shapecalc.tracing import Trace

    OfFile = Callable[[str, Sequence[Diagnostic], Trace], object]

AT_ONCE = 50  # files that a process is given, so that it seldom waits


class Chooser:
    """Says which findings of a file are wanted: by the command line, else by its settings."""

    def __init__(
        self,
        settings: Callable[[str], Settings],
        select: tuple[str, ...],
        extend_select: tuple[str, ...],
        ignore: tuple[str, ...],
        name: str | None,
    ) -> None:
        self._settings, self.name = settings, name
        self.select, self.extend_select, self.ignore = select, extend_select, ignore
        self._of_folders: dict[str, Settings] = {}

    def settings(self, path: str) -> Settings:
        """Return the settings for a path; standard input has those of its name."""
        if path == "-":
            path = self.name or os.curdir + "/-"
        folder = os.path.dirname(path)
        if folder not in self._of_folders:
            self._of_folders[folder] = self._settings(path)
        return self._of_folders[folder]

    def label(self, path: str) -> str:
        """Return what a file is called in what is printed."""
        return self.name if path == "-" and self.name else path

    def excludes(self, path: str) -> bool:
        """Say whether a file found in a folder is left out."""
        return self.settings(path).excludes(path)

    def asked(self, path: str) -> tuple[str, ...]:
        """Return the codes that are asked for by name in a file."""
        select, more = self._chosen(path)
        return (*select, *more)

    def wanted(self, path: str) -> Wanted:
        """Return what says whether a finding in a file is wanted."""
        select, more = self._chosen(path)
        ignored = self.settings(path).ignored(path, self.ignore)
        unwanted = _unwanted((*select, *more) if select else (), ignored)
        return lambda found: found.code not in unwanted

    def _chosen(self, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the codes selected in a file, and those as well; --select is for both settings."""
        if self.select:
            return self.select, self.extend_select
        settings = self.settings(path)
        return settings.select, (*self.extend_select, *settings.extend_select)


@cache
def _unwanted(select: tuple[str, ...], ignore: tuple[str, ...]) -> frozenset[str]:
    """Return the codes that are not asked for."""
    if not select and not ignore:
        return frozenset()
    from shapecalc.checks.pages import codes

    return frozenset(codes()) - {*codes(*select)} | {*(codes(*ignore) if ignore else ())}


class Checked(NamedTuple):
    """What was found in a file; None where it was not checked, and why, if it has a network."""

    found: tuple[Diagnostic, ...] | None = None
    more: object = None  # that a format shows of it
    complaint: str = ""
    stop: PluginError | click.ClickException | None = None  # no other file is any better


class Checker:
    """Checks the files of a search, in this process or in several; they are told of in order."""

    def __init__(
        self,
        search: Search,
        chooser: Chooser,
        max_layers: int,
        inputs: Inputs,
        compared: Compared,
        of_file: OfFile | None,
    ) -> None:
        self.search, self.chooser = search, chooser
        self.max_layers, self.inputs, self.compared = max_layers, inputs, compared
        self.of_file = of_file

    def found(
        self, jobs: int, fixer: Fixer | None
    ) -> Generator[tuple[str, tuple[Diagnostic, ...], object], None, None]:
        """Yield each file with what is wanted of its findings, and what the format shows of it; the
        search keeps count of the rest.

        Raises what keeps all files from being checked: a plug-in, or a file of settings.
        """
        search = self.search
        files = search.listed()
        elsewhere: list[str] = []
        if jobs > 1 and len(files) > 1 and fixer is None:
            elsewhere = [path for path in files if path != "-"]
        with closing(self._in_processes(elsewhere, jobs)) as results:
            for path in search.files(files):
                there = elsewhere and path != "-"
                done = next(results) if there else self.checked(path, fixer)
                if done.stop is not None:
                    raise done.stop
                if done.found is not None:
                    search.checked += 1
                    yield path, done.found, done.more
                elif done.complaint:
                    say(path, done.complaint)
                    search.code = UNUSABLE
                else:
                    search.skipped += 1

    def checked(self, path: str, fixer: Fixer | None = None) -> Checked:
        """Check one file, and mend it where that is asked for. Whatever happens, others go on."""
        try:
            spec = self.search.opened(path, self.max_layers, self.inputs, self.chooser.name)
            if self.search.skips(path, spec):
                return Checked()
            trace = shapecalc.trace(spec, select=self.chooser.asked(path))
            wanted = self.chooser.wanted(path)
            if fixer is not None:
                trace = fixer.fix(path, trace, wanted)
            found = tuple(chosen(self.compared(trace).diagnostics, wanted))
            more = self.of_file and self.of_file(self.chooser.label(path), found, trace)
            return Checked(found, more)
        except Unusable as error:
            return Checked(complaint=str(error))
        except (PluginError, click.ClickException) as error:
            return Checked(stop=error)
        except Exception as error:
            blame = blamed(error)
            return Checked(stop=blame) if blame else Checked(complaint=unexpected(error))

    def _in_processes(self, files: Sequence[str], jobs: int) -> Generator[Checked, None, None]:
        """Yield what is found in each file; a process that is ended costs the file it had."""
        from shapecalc.cli.processes import in_order  # one process is the rule

        size = max(1, min(AT_ONCE, len(files) // (4 * jobs)))
        several = [files[start : start + size] for start in range(0, len(files), size)]
        with closing(in_order(self._each, several, jobs, lost=_lost)) as results:
            for paths, done in zip(several, results, strict=True):
                if done is not None:
                    yield from done
                    continue
                with closing(in_order(self.checked, paths, 1, lost=_ended)) as one_by_one:
                    yield from one_by_one

    def _each(self, paths: Sequence[str]) -> list[Checked] | None:
        return list(map(self.checked, paths))


def _lost(paths: Sequence[str]) -> list[Checked] | None:
    """Return nothing of files one of which ended the process: which one it was is not known."""


def _ended(path: str) -> Checked:
    from shapecalc.cli.processes import ENDED

    return Checked(complaint=ENDED)
