"""Plain layers: a kind's fields against its model, and the layer added to the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc.diagnostics import Finding, Path, quote
from shapecalc.geometry import Rounding
from shapecalc.layers import ALIASES, Layer
from shapecalc.layers.fields import NAME
from shapecalc.network.blocks import COMMON, LONGEST_NAME
from shapecalc.network.budget import Budget, TooMuch
from shapecalc.network.scopes import Scope, Sources
from shapecalc.network.validation import validate
from shapecalc.network.wiring import Node, Wiring
from shapecalc.network.written import Written

NO_FIELDS: Mapping[str, Any] = {}
MOST_VALIDATED = 10_000
MOST_FAULTS = 10_000
COMMON_KEYS = frozenset(COMMON)


class PlainLayers(Wiring):
    """Adds layers that hold no others."""

    def __init__(
        self, rounding: Rounding, findings: list[Finding], inputs: Sequence[str], budget: Budget
    ) -> None:
        super().__init__(findings, inputs, budget)
        self.rounding = rounding
        self.plain: dict[str, Layer] = {}  # kinds written without fields, validated once
        # others by kind and the mapping's identity: repeats and blocks meet one again and again
        self.validated: dict[tuple[str, int], tuple[Any, Layer]] = {}

    def unknown(self, word: str, path: Path, scope: Scope, value: Any = None) -> Sources:
        """Add a layer of which nothing is known, so that totals are not taken for known.

        It keeps the name that its `value` gives it, for those who name it.
        """
        if len(self.findings) > MOST_FAULTS:
            raise TooMuch(f"more than {MOST_FAULTS:,} faults")
        shown = quote(word)
        own = scope.numbered(shown)
        given = value.get("name") if isinstance(value, Mapping) else None
        if isinstance(given, str) and NAME.fullmatch(given) and given not in scope.names:
            own = str(given)[:LONGEST_NAME]
        added = self.add(Node(scope.prefix + own, shown, None, None, path))
        scope.names.setdefault(own, added[0])
        return added

    def layer(
        self,
        word: str,
        cls: type[Layer],
        value: Any,
        path: Path,
        scope: Scope,
        chain: Sources | None,
    ) -> Sources:
        """Add the layer written as `word: value` behind `chain`; return it as a source."""
        kind = ALIASES.get(word, word)
        name = origin = share = claims = None
        fields, known = value, len(self.findings)
        bare = value is not None and not isinstance(value, Mapping)
        if value is None:
            fields = NO_FIELDS
        elif isinstance(value, Mapping):
            if not COMMON_KEYS.isdisjoint(value):
                written = Written(word, value, path)
                fields = self.common(written, scope, cls.has_weights)
                name, origin = written.name, written.origin
                share, claims = written.share, written.claims
        elif cls.merges:
            fields, origin = NO_FIELDS, value
        elif cls.main is not None:
            fields = {cls.main: value}
        layer = self._validated(kind, cls, fields, path, bare)
        number = scope.numbered(kind)
        own = name or number
        sources = self.sources(origin, path, scope, chain, cls.merges, own, bare)
        node = Node(scope.prefix + own, kind, layer, sources, path, claims)
        added = self.add(node)
        if share is not None:
            node.shares = self.shared_layer(share, node, scope)
        self.claim(scope, own, added[0], path, named=name is not None)
        self.belong_to(node.name, known)
        return added

    def _validated(
        self, kind: str, cls: type[Layer], fields: Any, path: Path, bare: bool
    ) -> Layer | None:
        if fields is NO_FIELDS and kind in self.plain:
            return self.plain[kind]
        if (
            kind,
            id(fields),
        ) in self.validated:
            return self.validated[kind, id(fields)][1]
        also = COMMON if cls.has_weights else COMMON[:3]
        layer = validate(cls, fields, path, self.findings, kind, also, bare=bare)
        if layer is None:
            return None
        layer = layer.settled(self.rounding)
        if fields is NO_FIELDS:
            self.plain[kind] = layer
        elif len(self.validated) < MOST_VALIDATED:
            self.validated[kind, id(fields)] = fields, layer
        return layer
