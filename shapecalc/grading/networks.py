"""The networks that an assignment asks about: files beside it, or written in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any

from shapecalc import network, rules, trace
from shapecalc.diagnostics import Path, quote
from shapecalc.document import Document, Places
from shapecalc.grading.counterparts import Counterparts
from shapecalc.grading.subject import Subject
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace, sizes_needed


class Networks:
    """Traces each network once, wherever it is written again. `add(rule, message, hint, path)`
    takes what is wrong.
    """

    def __init__(
        self,
        document: Document,
        folder: FilePath,
        add: Callable[[Rule, str, str, Path], None],
    ) -> None:
        self.document, self.folder, self.add = document, folder, add
        self.subjects: dict[Any, Subject | None] = {}
        self._counterparts: Counterparts[Subject] = Counterparts()

    def subject(self, spec: Any, path: Path) -> Subject | None:
        """Return the network of a spec: a path beside the assignment, or a network in place."""
        key = _key(spec)
        if key not in self.subjects:
            self.subjects[key] = self._traced(spec, path)
        return self.subjects[key]

    def _traced(self, spec: Any, path: Path) -> Subject | None:
        if isinstance(spec, str):
            try:
                traced = trace(self.folder / spec)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                message = f"the network {quote(spec)} cannot be opened: {reason}"
                self.add(
                    rules.UNUSABLE_NETWORK,
                    message,
                    "a path starts at the assignment's folder",
                    path,
                )
                return None
        elif isinstance(spec, Mapping):
            traced = trace(network.build(self._inner(spec, path)))
        else:
            message = f"spec must be a path or a network, not {quote(spec)}"
            self.add(rules.WRONG_ASSIGNMENT_VALUE, message, "for example spec: alexnet.yaml", path)
            return None
        wrong = [d for d in traced.diagnostics if d.rule.stage == "reading"]
        if wrong:
            first = wrong[0]
            place = f" at {first.line}:{first.column}" if isinstance(spec, str) else ""
            message = f"the network has an error{place}: {first.code} {first.message}"
            self.add(rules.UNUSABLE_NETWORK, message, first.hint, path)
            return None
        if not isinstance(traced, KnownTrace):
            fault = sizes_needed(traced)
            self.add(rules.UNUSABLE_NETWORK, fault.message, "write the sizes in its input", path)
            return None
        return Subject(traced, counterparts=self._counterparts)

    def _inner(self, spec: Mapping[str, Any], path: Path) -> Document:
        """Return a network in place as a document of its own, located in this file."""
        outer = self.document

        def places() -> Places:
            found = outer.places
            assert found is not None
            root = found.root
            for step in path:
                root = root[step]
            return Places(root, found.children)

        return Document(spec, outer.file, [], places if outer.read_places else None)


def _key(spec: Any) -> Any:
    """Return what two ways to write one network have in common."""
    if isinstance(spec, str):
        return FilePath(spec)
    try:
        return repr(spec)
    except RecursionError:  # it is refused where it is read
        return id(spec)
