"""A spec as read: plain data, the faults of reading it, and where each value stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from shapecalc.diagnostics import Diagnostic, Finding, Path, gather, where
from shapecalc.edits import Change, Edit

Place = tuple[int, int]  # line and column, both from 1
Span = tuple[int, int, int, int]  # from line and column up to line and column, exclusive


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


class Source(Protocol):
    """The text of a document."""

    @property
    def text(self) -> str:
        """The whole text."""

    @property
    def editable(self) -> bool:
        """Whether edits are made of it at all."""

    def edit(self, change: Change, title: str, safe: bool) -> Edit | None:
        """Return the edit that makes a change, or None where the text gives no room for it."""

    def read(self, text: str) -> Document:
        """Return the document of another text of the same format."""


@dataclass
class Document:
    """A spec's data. `read_places` is called only once something has to be located."""

    data: Any
    file: str | None = None
    findings: list[Finding] = field(default_factory=list)
    read_places: Callable[[], Places] | None = None
    open_source: Callable[[], Source] | None = None
    format: str | None = None  # the name of the reader; None for data that never was a file
    meant: bool = True  # of an unreadable text: whether it is a spec gone wrong

    @cached_property
    def places(self) -> Places | None:
        """Every value's place, or None for data that never was a file."""
        return self.read_places() if self.read_places else None

    @cached_property
    def source(self) -> Source | None:
        """The text, or None for data that never was a file."""
        return self.open_source() if self.open_source else None

    def locate(self, path: Path) -> Span | tuple[None, None, None, None]:
        """Return where a path begins and ends; nothing where there is no file."""
        return self.places.find(path) if self.places else (None, None, None, None)

    def located(self, finding: Finding) -> Diagnostic:
        """Return a finding with its place, as users see it."""
        rule, fault = finding.rule, finding.fault
        span = finding.place + finding.place if finding.place else self.locate(finding.path)
        return Diagnostic(
            rule.code, rule.severity, fault.message + finding.note, fault.hint, finding.layer,
            where(finding.path), *span,
        )  # fmt: skip

    def placed(self, findings: Iterable[Finding]) -> list[tuple[Finding, Diagnostic]]:
        """Return findings, each once, with how users see them, in the order of the file."""
        pairs = [(finding, self.located(finding)) for finding in gather(findings)]
        return sorted(pairs, key=lambda pair: pair[1].position)

    def diagnostics(self, findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
        """Return findings as users see them, each once, in the order of the file."""
        return tuple(diagnostic for _, diagnostic in self.placed(findings))

    def moved(self, found: Diagnostic, path: Path) -> Diagnostic:
        """Return a diagnostic about a value, with the place at which the document has it."""
        line, column, end_line, end_column = self.locate(path)
        return found._replace(
            where=where(path), line=line, column=column, end_line=end_line, end_column=end_column
        )

    @property
    def is_spec(self) -> bool:
        """Whether a file found in a folder is meant as a network, readable or not."""
        if isinstance(self.data, Mapping):
            return not {"layers", "input", "inputs"}.isdisjoint(self.data)
        return self.data is None and self.meant
