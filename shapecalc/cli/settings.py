"""Settings of `check` from files: shapecalc.toml, or [tool.shapecalc] in pyproject.toml.

The nearest one to each checked file counts, shapecalc.toml first; what is given on the command line
wins. A setting that is not known is an error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import click

from shapecalc.diagnostics import nearest, quote

NAMES = ("shapecalc.toml", "pyproject.toml")
MOST_BYTES = 1_000_000
NONE: Mapping[str, tuple[str, ...]] = {}


class Settings(NamedTuple):
    """The settings of a folder. Patterns are relative to the folder of `file`, with / in them."""

    file: Path | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = NONE
    exclude: tuple[str, ...] = ()
    strict: bool = False
    format: str | None = None
    plugins: tuple[str, ...] = ()

    def ignored(self, path: str, instead: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the codes that are ignored in a file; `instead` are for those of every file."""
        found = list(instead or self.ignore)
        for pattern, listed in self.per_file_ignores.items():
            if self._matches(path, pattern):
                found += listed
        return tuple(found)

    def excludes(self, path: str) -> bool:
        """Say whether a file found in a folder is left out."""
        return any(self._matches(path, pattern) for pattern in self.exclude)

    def _matches(self, path: str, pattern: str) -> bool:
        """Say whether a pattern is for a path, its name, or a folder above it."""
        if self.file is None:
            return False
        try:
            inside = Path(os.path.abspath(path)).relative_to(self.file.parent)
        except ValueError:
            return False
        parts = inside.parts
        whole = (PurePath(*parts[:n]).as_posix() for n in range(1, len(parts) + 1))
        return any(fnmatchcase(one, pattern.rstrip("/")) for one in (*whole, *parts))

    def shown(self) -> str:
        """Return all settings as TOML has them."""
        lines = [f"# {self.file if self.file else 'no file of settings'}"]
        lines += [f"{key} = {_toml(getattr(self, name))}" for key, name in _names().items()]
        return "\n".join(lines) + "\n"


def for_paths(given: Path | None, isolated: bool) -> Callable[[str], Settings]:
    """Return what gives the settings for a path: those of one file if it is `given`, of none if
    `isolated`. Raises UsageError for a file that is wrong.
    """
    if isolated:
        return partial(_of_any, Settings())
    if given is not None:
        settings = _read(given, needed=True)
        assert settings is not None
        return partial(_of_any, settings)
    return _nearest


def _of_any(settings: Settings, path: str) -> Settings:
    """Return the one settings there are, whatever the path."""
    return settings


def _nearest(path: str) -> Settings:
    return _of_folder(Path(os.path.abspath(path)).parent)


@cache
def _of_folder(folder: Path) -> Settings:
    """Return the settings of the nearest file that has some."""
    found = map(_in_folder, (folder, *folder.parents))
    return next((settings for settings in found if settings is not None), Settings())


@cache
def _in_folder(folder: Path) -> Settings | None:
    """Return the settings in a folder itself."""
    for name in NAMES:
        file = folder / name
        try:
            there = file.is_file()
        except (OSError, ValueError):  # no folder can have such a name
            return None
        found = _read(file, needed=name == NAMES[0]) if there else None
        if found is not None:
            return found
    return None


def _read(file: Path, *, needed: bool) -> Settings | None:
    """Return the settings in a file; None for a pyproject.toml that has none."""
    import tomllib  # most folders have no settings

    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES:,} bytes")
        data = tomllib.loads(raw.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise click.UsageError(f"{quote(str(file), 400)}: {said}") from None
    table: Any = data
    if file.name == NAMES[1]:
        tool = data.get("tool")
        table = tool.get("shapecalc") if isinstance(tool, Mapping) else None
        if table is None and not needed:
            return None
    if not isinstance(table, Mapping):
        table = {} if table is None else {"shapecalc": table}
    return Settings(file=Path(os.path.abspath(file)), **dict(_settings(table, file)))


def _settings(table: Mapping[str, Any], file: Path) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a table by our names for them."""
    known = _names()
    for key, value in table.items():
        if key not in known:
            close = nearest(key, list(known))
            hint = f": {close}?" if close else f"; there are {', '.join(known)}"
            raise click.UsageError(f"{quote(str(file), 400)}: no setting {quote(key)}{hint}")
        try:
            yield known[key], _READERS[key](value)
        except ValueError as error:
            message = f"{quote(str(file), 400)}: {key} is {error}"
            raise click.UsageError(message) from None


def _names() -> dict[str, str]:
    """Return the settings as files write them, with our names."""
    return {name.replace("_", "-"): name for name in Settings._fields if name != "file"}


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"a list of texts, not {quote(repr(value))}")
    return tuple(value)


def _codes(value: Any) -> tuple[str, ...]:
    from shapecalc.checks.pages import codes  # only settings that name some need it

    listed = tuple(text.strip().upper() for text in _texts(value))
    for prefix in listed:
        if not prefix or not codes(prefix):
            raise ValueError(f"a list of codes; {quote(prefix)} is none, nor the beginning of one")
    return listed


def _by_pattern(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise ValueError(f"a table of patterns with codes, not {quote(repr(value))}")
    return {str(pattern): _codes(listed) for pattern, listed in value.items()}


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false, not {quote(repr(value))}")
    return value


def _format(value: Any) -> str:
    from shapecalc.reports.diagnostics import FORMATS

    if not isinstance(value, str) or FORMATS.find(value) is None:
        raise ValueError(f"one of {', '.join(FORMATS)}, not {quote(repr(value))}")
    return value


def _packages(value: Any) -> tuple[str, ...]:
    listed = _texts(value)
    for name in listed:
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"a list of packages, not {quote(name)}; --plugin takes a file")
    return listed


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "select": _codes,
    "extend-select": _codes,
    "ignore": _codes,
    "per-file-ignores": _by_pattern,
    "exclude": _texts,
    "strict": _truth,
    "format": _format,
    "plugins": _packages,
}


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    return '""' if value is None else _text(value)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quote(escaped, 400)}"'
