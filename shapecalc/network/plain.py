"""Plain layers: a kind's fields against its model, and the layer added to the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc.diagnostics import Findings, Path, quote
from shapecalc.geometry import Rounding
from shapecalc.layers import ALIASES, Layer
from shapecalc.layers.fields import NAME
from shapecalc.network.blocks import COMMON, LONGEST_NAME
from shapecalc.network.budget import Budget, TooMuch
from shapecalc.network.scopes import Scope, Sources
from shapecalc.network.wiring import MOST_VALIDATED, Node, Wiring
from shapecalc.network.written import Written

NO_FIELDS: Mapping[str, Any] = {}
MOST_FAULTS = 10_000
COMMON_KEYS = frozenset(COMMON)


class PlainLayers(Wiring):
    """Adds layers that hold no others."""

    def __init__(
        self, rounding: Rounding, findings: Findings, inputs: Sequence[str], budget: Budget
    ) -> None:
        super().__init__(findings, inputs, budget)
        self.rounding = rounding
        self.plain: dict[str, Layer] = {}  # kinds written without fields, validated once
        self.settled: dict[int, tuple[Layer, Layer]] = {}  # with the network's rounding

    def unknown(self, word: str, path: Path, scope: Scope, value: Any = None) -> Sources:
        """Add a layer of which nothing is known, so that totals are not taken for known.

        It keeps the name that its `value` gives it, for those who name it.
        """
        if len(self.findings) > MOST_FAULTS:
            raise TooMuch(f"{MOST_FAULTS:,} faults")
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
        fields, mark = value, self.findings.mark()
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
        layer = self._layer(kind, cls, fields, path, bare, value)
        number = scope.numbered(kind)
        own = name or number
        sources = self.sources(origin, path, scope, chain, cls.merges, own, bare)
        node = Node(scope.prefix + own, kind, layer, sources, path, claims)
        added = self.add(node)
        if share is not None:
            node.shares = self.shared_layer(share, node, scope)
        self.claim(scope, own, added[0], path, named=name is not None)
        self.findings.belong_to(node.name, mark)
        return added

    def _layer(
        self, kind: str, cls: type[Layer], fields: Any, path: Path, bare: bool, value: Any
    ) -> Layer | None:
        if fields is NO_FIELDS and kind in self.plain:
            return self.plain[kind]
        also = COMMON if cls.has_weights else COMMON[:3]
        layer = self.validated(cls, fields, path, kind, also, bare=bare, written=(value, path))
        if layer is None:
            return None
        if id(layer) not in self.settled:  # one object for all layers written at one place
            if len(self.settled) >= MOST_VALIDATED:
                return layer.settled(self.rounding)
            self.settled[id(layer)] = layer, layer.settled(self.rounding)
        settled = self.settled[id(layer)][1]
        if fields is NO_FIELDS:
            self.plain[kind] = settled
        return settled
