"""A spec as read: plain data, the faults of reading it, and where each value stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from shapecalc.diagnostics import Diagnostic, Finding, Path, gather, where
from shapecalc.edits import Change, Edit

SPEC = "spec"  # the format of files in the spec language itself

Place = tuple[int, int]  # line and column, both from 1
Span = tuple[int, int, int, int]  # from line and column up to line and column, exclusive


class Original(tuple[str | int, ...]):
    """A path into a file of another format, or the name of a node in it, as a reader's own findings
    have it: all other paths lead into the data that the reader gives.
    """

    __slots__ = ()


@dataclass
class Places:
    """Where the keys and items of every container stand, by the container's identity."""

    root: Any = None
    children: dict[int, dict[Any, Span]] = field(default_factory=dict)

    def find(self, path: Path) -> Span:
        """Return the place of a path: of its last key or item, or of the nearest that is there."""
        place = (1, 1, 1, 1)
        value = self.root
        for step in path:
            children = self.children.get(id(value), {})
            if step not in children:
                break
            place = children[step]
            value = value[step]
        return place


class Directive(NamedTuple):
    """A comment that asks for findings to be left out: where it stands, and the codes it names.

    It speaks for one line, or for the whole file where that is None.
    """

    line: int
    column: int
    end_column: int
    codes: tuple[str, ...]
    speaks_for: int | None


class Source(Protocol):
    """The text of a document."""

    @property
    def text(self) -> str:
        """The whole text."""

    @property
    def editable(self) -> bool:
        """Whether edits are made of it at all."""

    @property
    def takes_comments(self) -> bool:
        """Whether the format has comments."""

    def edit(self, change: Change, title: str, safe: bool) -> Edit | None:
        """Return the edit that makes a change, or None where the text gives no room for it."""

    def read(self, text: str) -> Document:
        """Return the document of another text of the same format."""


@dataclass
class Document:
    """A spec's data. `read_places` is called only once something has to be located.

    What was read from a file of another format is the spec language, too, but for the names: those
    are the file's own, any text, each once. Its `original_path` leads from a path of the data to
    the one in the file itself: where that is a text, `read_places` has its line and column; of
    other files the path is the name of the node.
    """

    data: Any
    file: str | None = None
    findings: list[Finding] = field(default_factory=list)
    read_places: Callable[[], Places] | None = None
    open_source: Callable[[], Source] | None = None
    format: str | None = None  # the name of the reader; None for data that never was a file
    meant: bool = True  # of an unreadable text: whether it is a spec gone wrong
    directives: Callable[[], tuple[Directive, ...]] | None = None  # None where no comment has one
    original_path: Callable[[Path], Path] | None = None  # None where the data is what is written
    # What gives the document with other volumes in the place of inputs', by name, where the data
    # depends on them: a reader works out what the language cannot say, such as what -1 stands for.
    with_inputs: Callable[[Mapping[str, Any]], Document] | None = None
    weights: Any = None  # of a file that holds no network but named tensors: checkpoints.Weights
    own: Any = None  # what its format alone has, for who reports of that format

    @cached_property
    def places(self) -> Places | None:
        """Every value's place, or None for data that never was a file."""
        return self.read_places() if self.read_places else None

    @cached_property
    def source(self) -> Source | None:
        """The text, or None for data that never was a file."""
        return self.open_source() if self.open_source else None

    @property
    def is_native(self) -> bool:
        """Whether the data is what somebody wrote in the spec language, not what a reader made."""
        return self.format in (None, SPEC)

    def original(self, path: Path) -> Path:
        """Return the path in the file itself."""
        if self.original_path is None or isinstance(path, Original):
            return path
        return self.original_path(path)

    def where(self, path: Path) -> str:
        """Return a path as text, as the file itself has it: of a binary one the node's name."""
        return where(self.original(path))

    def locate(self, path: Path) -> Span | tuple[None, None, None, None]:
        """Return where a path begins and ends; nothing where there is no text."""
        if self.places is None:
            return (None, None, None, None)
        return self.places.find(self.original(path))

    def located(self, finding: Finding) -> Diagnostic:
        """Return a finding with its place, as users see it."""
        rule, fault = finding.rule, finding.fault
        span = finding.place + finding.place if finding.place else self.locate(finding.path)
        where, message = self.where(finding.path), fault.message + finding.note
        if self.original_path is not None and self.places is None and where not in message:
            message += f" (in {where})"  # the name of a node is the place in a binary file
        return Diagnostic(
            rule.code, rule.severity, message, fault.hint, finding.layer, where, *span
        )

    def placed(self, findings: Iterable[Finding]) -> list[tuple[Finding, Diagnostic]]:
        """Return findings, each once, with how users see them, in the order of the file."""
        pairs = [(finding, self.located(finding)) for finding in gather(findings)]
        return sorted(pairs, key=lambda pair: pair[1].position)

    def diagnostics(self, findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
        """Return findings as users see them, each once, in the order of the file."""
        return tuple(diagnostic for _, diagnostic in self.placed(findings))

    def moved(self, found: Diagnostic, path: Path) -> Diagnostic:
        """Return a diagnostic about a value, with the place at which the document has it."""
        line, column, *end = self.locate(path)
        return found._replace(
            where=self.where(path), line=line, column=column, end_line=end[0], end_column=end[1]
        )

    @property
    def is_spec(self) -> bool:
        """Whether a file found in a folder is meant as a network, readable or not."""
        if isinstance(self.data, Mapping):
            return not {"layers", "input", "inputs"}.isdisjoint(self.data)
        return self.data is None and self.meant
