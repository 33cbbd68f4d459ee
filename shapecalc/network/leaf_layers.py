"""Plain layers: a kind's fields against its model, and the layer added to the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import NOTHING_MET, Finding, Findings, Path, quote
from shapecalc.geometry import Rounding
from shapecalc.layers import ALIASES, Layer
from shapecalc.layers.field_types import NAME
from shapecalc.network.blocks import COMMON, LONGEST_NAME
from shapecalc.network.expansion_limits import ExpansionLimits, TooMuch
from shapecalc.network.layer_item import LayerItem
from shapecalc.network.scopes import Scope
from shapecalc.network.validation import validate
from shapecalc.network.values import Sources
from shapecalc.network.wiring import Node, Wiring

if TYPE_CHECKING:
    from shapecalc.network.translation import Translation

NO_FIELDS: Mapping[str, Any] = {}
MOST_FAULTS = 10_000
COMMON_KEYS = frozenset(COMMON)


class Read(NamedTuple):
    """A layer as read, None where its fields are wrong, and how it was put into our words."""

    layer: Layer | None
    translation: Translation | None = None


class LeafLayers(Wiring):
    """Adds layers that hold no others."""

    def __init__(
        self, rounding: Rounding, findings: Findings, inputs: Sequence[str], limits: ExpansionLimits
    ) -> None:
        super().__init__(findings, inputs, limits)
        self.rounding = rounding
        self.plain: dict[str, Read] = {}  # words written without fields, read once

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
        kind: str,
        cls: type[Layer],
        value: Any,
        path: Path,
        scope: Scope,
        chain: Sources | None,
    ) -> Sources:
        """Add the layer written as `word: value` behind `chain`; return it as a source."""
        name = origin = share = claims = None
        fields, mark = value, self.findings.mark() if self.findings else NOTHING_MET
        bare = value is not None and not isinstance(value, Mapping)
        if value is None:
            fields = NO_FIELDS
        elif isinstance(value, (dict, Mapping)):  # what nearly all are is asked first
            if not COMMON_KEYS.isdisjoint(value):
                written = LayerItem(word, value, path)
                fields = self.common(written, scope, cls.has_weights)
                name, origin = written.name, written.origin
                share, claims = written.share, written.expectations
        elif cls.merges:
            fields, origin = NO_FIELDS, value
        elif cls.shorthand is None and isinstance(value, list | tuple) and not value:
            fields = NO_FIELDS  # Flatten: [], as if it were called
        elif cls.shorthand is not None or word != kind:
            fields = {cls.shorthand: value}
        if fields is NO_FIELDS and word in self.plain:
            layer, translation = self.plain[word]
        elif (word, id(value)) in self.sound:
            layer, translation = self.sound[word, id(value)][1]
        else:
            layer, translation = self.once(
                word, value, path, lambda: self._read(word, kind, cls, fields, path, bare)
            )
        number = scope.numbered(kind)
        own = name or number
        sources = self.sources(origin, path, scope, chain, cls.merges, own, bare)
        node = Node(scope.prefix + own, kind, layer, sources, path, claims, None, translation)
        added = self.add(node)
        if share is not None:
            node.shares = self.shared_layer(share, node, scope)
        self.claim(scope, own, added[0], path, named=name is not None)
        if self.findings:
            self.findings.belong_to(node.name, mark)
        return added

    def _read(
        self, word: str, kind: str, cls: type[Layer], fields: Any, path: Path, bare: bool
    ) -> Read:
        """Return the layer that fields make, and their translation if they are not in our words."""
        mark = self.findings.mark()
        layer = translation = None
        if word == kind or word in ALIASES:
            layer = self._validated(kind, cls, fields, path, bare)
        if isinstance(fields, Mapping) and (layer is None or self.findings.mark() != mark):
            layer, translation = self._in_other_words(
                word, kind, cls, fields, path, bare, layer, mark
            )
        if layer is None:
            return Read(None, translation)
        read = Read(layer.with_rounding(self.rounding), translation)
        if fields is NO_FIELDS and self.findings.mark() == mark:
            self.plain[word] = read
        return read

    def _in_other_words(
        self,
        word: str,
        kind: str,
        cls: type[Layer],
        fields: Mapping[str, Any],
        path: Path,
        bare: bool,
        layer: Layer | None,
        mark: Any,
    ) -> tuple[Layer | None, Translation | None]:
        """Read a layer that is not in our words; `layer` is what it comes to in them."""
        from shapecalc.network import shorthands, translation  # not needed by who writes in ours

        tried = translation.translate(word, kind, fields, bare)
        ambiguous = tried.foreign and bare and shorthands.is_ambiguous(word, kind, *fields.values())
        if ambiguous:
            layer = None
        elif tried.foreign:
            self.findings.take_back(mark)
            layer = self._translated(tried, cls, path, bare)
        if layer is None and bare and fields:
            (value,) = fields.values()
            found = self.findings[mark[0] :]
            if ambiguous or any(one.rule is rules.WRONG_VALUE for one in found):
                return self._meant_by(word, kind, cls, value, path, mark), None
        return layer, tried if tried.foreign else None

    def _meant_by(
        self, word: str, kind: str, cls: type[Layer], value: Any, path: Path, mark: Any
    ) -> Layer | None:
        """Say in one finding what a bare value means that is no main field; go on with that."""
        from shapecalc.network import shorthands, tuples

        value = tuples.without_tuples(value)
        meant = shorthands.fields_meant(word, kind, value)
        if meant is None and kind not in shorthands.FILTERS:
            return None  # what is said of the main field is all there is to say
        self.findings.take_back(mark)
        if meant is None:
            self.findings.append(Finding(shorthands.not_told(word, kind, value), path))
            return None
        message = f"{quote(word)} takes fields, not {quote(value)}"
        sizes = shorthands.windows(kind, value)
        self.findings.append(Finding(shorthands.offered(message, meant, word, sizes), path))
        return None if sizes else self._validated(kind, cls, meant.fields, path, False)

    def _validated(
        self, kind: str, cls: type[Layer], fields: Any, path: Path, bare: bool
    ) -> Layer | None:
        also = COMMON if cls.has_weights else COMMON[:3]
        return validate(cls, fields, path, self.findings, kind, also, bare=bare)

    def _translated(
        self, translation: Translation, cls: type[Layer], path: Path, bare: bool
    ) -> Layer | None:
        for fault, key in translation.faults:
            place = path if bare or not key else (*path, key)
            self.findings.append(Finding(fault, place))
        also = COMMON if cls.has_weights else COMMON[:3]
        found = Findings()
        layer = validate(
            cls, translation.fields, path, found, translation.kind, also, bare=bare,
            written=translation.written,
        )  # fmt: skip
        if translation.stops:  # what is said to be missing may be what could not be read
            found = Findings(one for one in found if one.rule is not rules.MISSING_FIELD)
        self.findings += found
        return None if translation.stops else layer
