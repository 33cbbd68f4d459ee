"""One way to register things by name: ours, those that plug-ins add, those of installed packages.

A plug-in adds a thing by a decorator, or names it as an entry point, and it is then found by name:

    @kinds.register("square")                  [project.entry-points."shapecalc.kinds"]
    class Square(Layer): ...                   square = "my_package.square:Square"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Thing = TypeVar("Thing")

PLUGINS: set[str] = set()  # the modules and packages of plug-ins that are loaded
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class PluginError(Exception):
    """A plug-in that cannot be used: the message says which one, and why, in one line."""

    def __init__(self, name: str, why: BaseException | str) -> None:
        said = why if isinstance(why, str) else f"{type(why).__name__}: {why}".rstrip(": ")
        super().__init__(f"the plug-in {name} cannot be used: {' '.join(said.split())[:300]}")
        self.name, self.why = name, said

    def __reduce__(self) -> tuple[type[PluginError], tuple[str, str]]:  # it comes from a process
        return PluginError, (self.name, self.why)


def having(*names: str) -> Callable[[Any], bool]:
    """Return what asks whether a thing has some attributes."""
    return lambda thing: all(hasattr(thing, name) for name in names)


@contextmanager
def code_of(name: str) -> Iterator[None]:
    """Run somebody else's code. Raises PluginError for whatever it raises, but for Ctrl-C."""
    try:
        yield
    except (KeyboardInterrupt, PluginError):
        raise
    except BaseException as error:
        raise PluginError(name, error) from error


class Registry(Generic[T]):
    """Things of one sort by name.

    `things` are ours, and those found later are added to it; a text `module` or
    `module:attribute` stands for what is imported once it is asked for. `group` is the entry
    points' group in which installed packages name theirs; they are looked at only for a name that
    is not known otherwise. `fits` says whether somebody else's thing can be used as one, and
    `needs` what it has to be.
    """

    def __init__(
        self,
        what: str,
        things: MutableMapping[str, Any],
        group: str | None = None,
        *,
        fits: Callable[[Any], bool],
        needs: str,
    ) -> None:
        self.what, self.things, self.group = what, things, group
        self.fits, self.needs = fits, needs

    def register(self, name: str) -> Callable[[Thing], Thing]:
        """Return a decorator that adds a thing.

        Raises ValueError for a name that is taken or is none, TypeError for what does not fit.
        """
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a {self.what}: letters, digits, _ and -")
        if name in self.things:
            raise ValueError(f"there is a {self.what} {name} already")

        def add(thing: Thing) -> Thing:
            self.things[name] = thing if isinstance(thing, str) else self._fitting(name, thing)
            return thing

        return add

    def _fitting(self, name: str, thing: Any) -> Any:
        if not self.fits(thing):
            raise TypeError(f"the {self.what} {name} is not {self.needs}")
        return thing

    def find(self, name: str) -> T | None:
        """Return the thing of a name, or None. Raises PluginError where a package cannot be used.

        Its module is imported if it is not yet.
        """
        thing: Any = self.things.get(name)
        if isinstance(thing, str):
            with code_of(thing):
                module, _, attribute = thing.partition(":")
                thing = import_module(module)
                thing = self.things[name] = getattr(thing, attribute) if attribute else thing
        elif thing is None and self.group is not None and name in entry_points(self.group):
            entry = entry_points(self.group)[name]
            loaded = load(entry)
            with code_of(entry.value):  # its module may have registered it
                thing = self.things.setdefault(name, self._fitting(name, loaded))
        found: T | None = thing
        return found

    def __getitem__(self, name: str) -> T:
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.things

    def __len__(self) -> int:
        return len(self.things)

    def __iter__(self) -> Iterator[str]:
        """Yield the names that are known without looking at what is installed."""
        return iter(self.things)


@cache
def entry_points(group: str) -> dict[str, Any]:
    """Return the entry points of a group by name; installed packages are looked through for it."""
    from importlib import metadata  # takes long, and is seldom needed

    found = metadata.entry_points(group=group)
    return {entry.name: entry for entry in sorted(found, key=lambda e: e.value, reverse=True)}


def load(entry: Any) -> Any:
    """Return what an entry point stands for. Raises PluginError where it cannot be imported."""
    with code_of(entry.value):
        loaded = entry.load()
    PLUGINS.add(entry.module.partition(".")[0])
    return loaded


def blamed(error: BaseException) -> PluginError | None:
    """Return the error of the plug-in whose code an exception came through; None for our own."""
    found, traceback = None, error.__traceback__
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        found = module if module in PLUGINS else found
        traceback = traceback.tb_next
    return PluginError(found, error) if found else None
