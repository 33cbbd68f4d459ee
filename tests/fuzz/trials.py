"""Runs cases in this process, each in a folder of its own, and says what must not happen."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import corpus
from cases import Case

import shapecalc
from shapecalc.cli import group

SECONDS = 20.0  # for a small input; most take a hundredth
MOST_SHRUNK = 400  # runs that are spent on one failure
CONTROL = {chr(c) for c in (*range(32), *range(127, 160))} - {"\n"}


class TooSlow(BaseException):
    """A case took longer than it may; not an Exception, so that nobody swallows it."""


class Result(NamedTuple):
    """What a command printed and returned, or the exception that nobody caught."""

    code: int
    out: str
    err: str
    error: Exception | None


class Failure(NamedTuple):
    """What went wrong: a line that is the same for the same fault, and all that is known of it."""

    signature: str
    details: str


def tried(case: Case, folder: Path, seconds: float = SECONDS) -> Failure | None:
    """Run a case in an empty folder; return what must not happen, if it did."""
    written(case, folder)
    if case.words[:1] == ["verify"] and not runs_in_no_time(case, folder):
        case = replace(case, words=["check", *(w for w in case.words[1:2])])
    before = os.getcwd()
    os.chdir(folder)
    try:
        with limited(seconds):
            result = invoked(case.words, case.stdin)
    except TooSlow:
        where = traceback.extract_tb(sys.exc_info()[2])
        return Failure(f"more than {seconds:g} s in {place(where)}", traceback.format_exc())
    finally:
        os.chdir(before)
    return wrong(case, result)


def invoked(words: Sequence[str], stdin: bytes) -> Result:
    """Run the command line as its `main` does, without what is done once for a process."""
    before = sys.stdin, sys.stdout, sys.stderr
    streams = [
        io.TextIOWrapper(io.BytesIO(raw), "utf-8", "replace", "") for raw in (stdin, b"", b"")
    ]
    sys.stdin, sys.stdout, sys.stderr = streams
    code, error = 0, None
    try:
        group.main(list(words), prog_name="shapecalc")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except Exception as raised:
        error = raised
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    for stream in streams[1:]:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode() for stream in streams[1:])  # type: ignore[attr-defined]
    return Result(code, out, err, error)


def written(case: Case, folder: Path) -> None:
    """Write a case's files into a folder, in place of those of the case before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, raw in case.files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        except OSError:  # one name is the folder of another
            continue


def runs_in_no_time(case: Case, folder: Path) -> bool:
    """Say whether a network is small, faulty, or so large that verify refuses it."""
    batch = 1
    for name, value in zip(case.words, case.words[1:], strict=False):
        if name == "--batch" and value.isascii() and value.isdigit():
            batch = int(value[:9])
    sources: list[Any] = [path for path in folder.rglob("*.*") if path.is_file()]
    if case.stdin:
        (folder / "stdin.yaml").write_bytes(case.stdin)
        sources = [folder / "stdin.yaml"]
    for source in sources:
        trace = shapecalc.trace(source)
        sound = not any(found.severity == "error" for found in trace.diagnostics)
        if sound and not corpus.is_small(trace, batch * trace.spec.batch):
            return False  # complete or not: what is known of it is run
    return True


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow in what takes longer, where the system can."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# -- what must not happen --------------------------------------------------------------------------


def wrong(case: Case, result: Result) -> Failure | None:
    """Return the first thing that is wrong with what a command printed."""
    error = result.error
    if error is not None:
        told = "".join(traceback.format_exception(error))
        where = traceback.extract_tb(error.__traceback__)
        return Failure(f"{type(error).__name__} in {place(where)}", told)
    text = result.out + result.err
    for said in ("internal error", "Traceback (most recent"):
        if said in text:
            return Failure(said, text[:2000])
    if result.code not in (0, 1, 2):
        return Failure(f"exit code {result.code}", text[:2000])
    form = result.code != 2 and value_of(case.words, "--format")
    strange = CONTROL.intersection(text).difference(*case.words)
    strange -= {"\r"} if form == "csv" else set()
    if strange:
        return Failure(f"control characters {sorted(map(ord, strange))}", repr(text[:2000]))
    if form and not any(word.startswith("-o") for word in case.words):
        return unreadable(case.words[0], form, result.out)
    return None


def unreadable(command: str, form: str, text: str) -> Failure | None:
    """Return a failure if JSON or CSV that a command printed is none."""
    several = text.startswith("{") and "\n{" in text  # JSON Lines
    lines = text.splitlines() if several else [text]
    try:
        if form in ("json", "gradescope", "prairielearn"):
            for line in lines:
                json.loads(line, parse_constant=no_number) if line.strip() else None
        elif form == "csv":
            list(csv.reader(io.StringIO(text), strict=True))
    except (ValueError, csv.Error) as error:
        return Failure(f"no {form}: {type(error).__name__}", f"{error}\n{text[:2000]}")
    return None


def no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def value_of(words: Sequence[str], option: str) -> str:
    """Return the last value of an option, or nothing."""
    found = [b for a, b in pairwise(words) if a == option]
    return found[-1] if found else ""


def place(frames: Sequence[traceback.FrameSummary]) -> str:
    """Return the deepest frame of our own as `file:function`."""
    ours = [frame for frame in frames if "shapecalc" in Path(frame.filename).parts]
    frame = (ours or list(frames))[-1]
    return f"{Path(frame.filename).name}:{frame.name}"


# -- less of the same ------------------------------------------------------------------------------


def shrunk(case: Case, signature: str, folder: Path) -> Case:
    """Return a case as small as can be found that fails in the same way."""
    spent = [0]

    def fails(smaller: Case) -> bool:
        spent[0] += 1
        if spent[0] > MOST_SHRUNK:
            return False
        failure = tried(smaller, folder)
        return failure is not None and failure.signature == signature

    for name in list(case.files):
        without = {other: raw for other, raw in case.files.items() if other != name}
        if fails(replace(case, files=without)):
            case = replace(case, files=without)
    case = replace(case, words=pieces(case.words, lambda w: fails(replace(case, words=list(w)))))
    for name, raw in list(case.files.items()):

        def with_file(smaller: bytes, name: str = name, whole: Case = case) -> Case:
            return replace(whole, files={**whole.files, name: smaller})

        lines = pieces(raw.splitlines(keepends=True), lambda p: fails(with_file(b"".join(p))))
        raw = b"".join(lines)
        parts = pieces([bytes([byte]) for byte in raw], lambda p: fails(with_file(b"".join(p))))
        case = with_file(b"".join(parts))
    return case


def pieces(parts: Sequence[Any], fails: Callable[[list[Any]], bool]) -> list[Any]:
    """Return parts without those that are not needed to fail, large runs of them first."""
    kept = list(parts)
    size = max(len(kept) // 2, 1)
    while size:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if fails(fewer):
                kept = fewer
            else:
                start += size
        size //= 2
    return kept
