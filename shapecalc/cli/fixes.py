"""What `check --fix` and `--diff` do with a file: write its text with fixes, or show them."""

from __future__ import annotations

import os
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import click

import shapecalc
from shapecalc import network
from shapecalc.cli.files import complain
from shapecalc.cli.output import replace_file
from shapecalc.diagnostics import quote
from shapecalc.fixing import Fixed, Wanted, commented, fixed
from shapecalc.tracing import Trace

NO_END = "\n\\ No newline at end of file\n"  # of a last line, as patch has it
MARK = b"\xef\xbb\xbf"  # in front of UTF-8, as some editors write it


class Fixer:
    """Fixes one file after the other, and keeps count; without `writes` it shows differences.

    With `comments` it does not mend: it writes comments that silence what is found.
    """

    def __init__(
        self,
        *,
        writes: bool,
        unsafe: bool = False,
        comments: bool = False,
    ) -> None:
        self.writes, self.unsafe = writes, unsafe
        self.comments = comments
        self.changed = 0  # files
        self.fixes = 0
        self.failed = False

    def fix(self, path: str, trace: Trace, wanted: Wanted) -> Trace:
        """Return the trace of a file once it is fixed: it is written, or the difference shown.

        Mended, or silenced, is what is `wanted`.
        """
        done = self._done(trace, wanted)
        if done is None or not done.fixes:
            return trace
        source = trace.spec.document.source
        assert source is not None
        if not self.writes:
            click.echo(difference(path, source.text, done.text), nl=False)
        elif not write_back(path, source.text, done.text):
            self.failed = True
            return trace
        self.changed += 1
        self.fixes += done.fixes
        return done.trace

    def _done(self, trace: Trace, wanted: Wanted) -> Fixed | None:
        if self.comments:
            return commented(trace, wanted, lambda text: traced_again(trace, text))
        return fixed(trace, wanted, self.unsafe, lambda text: traced_again(trace, text))


def write_back(path: str, before: str, after: str) -> bool:
    """Write a file's text, unless it is no longer what was read; say whether that went well."""
    try:
        raw = Path(path).read_bytes()
        mark = MARK if raw.startswith(MARK) else b""
        if raw != mark + before.encode():
            raise OSError("it has changed since it was read; nothing is written")
        if not os.access(path, os.W_OK):  # a file is put in its place, which would go
            raise OSError("it is read-only; nothing is written")
        replace_file(mark + after.encode(), Path(path))
    except (OSError, ValueError) as error:
        complain(path, error)
        return False
    return True


def traced_again(trace: Trace, text: str) -> Trace:
    """Return the trace of another text of a file, read as the file was."""
    spec = trace.spec
    assert spec.document.source is not None
    document = spec.document.source.read(text)
    document.format = spec.document.format
    after = network.build(document, spec.max_layers, spec.given or None)
    return shapecalc.trace(replace(after, selected=spec.selected))


def difference(path: str, before: str, after: str) -> str:
    """Return a unified difference, as patch takes it."""
    name = quote(Path(path).as_posix(), 400)
    lines = unified_diff(_lines(before), _lines(after), name, name)
    return "".join(line if line.endswith("\n") else line + NO_END for line in lines)


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends: only a line feed ends one."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
