"""The file that `-o` writes: never over one that is there unless asked, all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import click

from shapecalc.cli.files import complain
from shapecalc.diagnostics import quote

Command = TypeVar("Command", bound=Callable[..., object])
Output = str | bytes | Iterable[str]  # what is large comes part by part


def output_options(command: Command) -> Command:
    """Add -o and --force to a command."""
    force = click.option("--force", is_flag=True, help="Let -o replace a file that is there.")
    output = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        callback=_file,
        help="Write to a file instead of standard output (-).",
    )
    return output(force(command))


def _file(ctx: click.Context, option: click.Parameter, value: Path | None) -> Path | None:
    """Return the file to write to; None for standard output, which is - as well."""
    return None if value == Path("-") else value


def refuse_overwriting(output: Path | None, force: bool, read: Iterable[str] = ()) -> None:
    """Refuse before the work is done: a file that is read, one that is there, or a folder."""
    if output is None:
        return
    shown = quote(str(output), 400)
    if any(path != "-" and _same(output, path) for path in read):
        raise click.UsageError(f"-o {shown} would overwrite a file that is read")
    try:
        taken = output.is_dir() or (output.is_file() and output.stat().st_size > 0)
    except (OSError, ValueError):
        return  # writing will say what is wrong
    if taken and output.is_dir():
        raise click.UsageError(f"-o {shown} is a folder")
    if taken and not force:
        raise click.UsageError(f"{shown} is there already; --force replaces it")


def write(text: Output, output: Path | None) -> bool:
    """Write text or bytes to a file or standard output; say whether that went well."""
    if output is None:
        for part in _parts(text):
            click.echo(part, nl=False)
        return True
    try:
        replace_file(text, output)
    except (OSError, ValueError) as error:
        complain(output, error)
        return False
    return True


def replace_file(text: Output, output: Path) -> None:
    """Write beside the file first, then put it in its place; a device is written to as it is.

    A file that is there keeps its permissions. Raises OSError.
    """
    target = output.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            file.writelines(map(_encoded, _parts(text)))
        return
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as file:
            file.writelines(map(_encoded, _parts(text)))
        if target.exists():
            with suppress(OSError):
                beside.chmod(target.stat().st_mode)
        beside.replace(target)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _parts(text: Output) -> Iterable[str | bytes]:
    return (text,) if isinstance(text, str | bytes) else text


def _encoded(part: str | bytes) -> bytes:
    return part.encode("utf-8") if isinstance(part, str) else part


def _same(output: Path, path: str) -> bool:
    try:
        return os.path.samefile(output, path)
    except (OSError, ValueError):
        return False
