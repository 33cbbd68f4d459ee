"""Layers that hold no others: their fields against the kind's model, and what stands beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Finding, Path, quote
from shapecalc.geometry import Rounding
from shapecalc.layers import ALIASES, Layer
from shapecalc.layers.field_types import read_truth
from shapecalc.network.blocks import COMMON, name_fault
from shapecalc.network.expansion_limits import TooMuch
from shapecalc.network.expectations import LayerExpectations
from shapecalc.network.layer_item import LayerItem
from shapecalc.network.scopes import Scope
from shapecalc.network.validation import MISSING, Found, Result, validate, validate_value
from shapecalc.network.values import Sources
from shapecalc.network.wiring import Node, Wiring

if TYPE_CHECKING:
    from shapecalc.network.translation import Translation

NO_FIELDS: Mapping[str, Any] = {}
MOST_FAULTS = 10_000
MOST_READ = 10_000
SCALARS = frozenset((int, float, bool, str))
COMMON_KEYS = frozenset(COMMON)


class Read(NamedTuple):
    """A layer as read, None where its fields are wrong, and how it was put into our words."""

    layer: Layer | None
    translation: Translation | None = None
    wild: tuple[str, ...] = ()  # fields that say any


# Layers that were read, by all that is written of them: a network has most of them several times,
# and so have the networks that one process reads.
_alike: dict[Any, Read] = {}


class LeafLayers:
    """Reads layers that hold no others, and adds them to a wiring."""

    def __init__(self, wiring: Wiring, rounding: Rounding) -> None:
        self.wiring = wiring
        self.findings = wiring.findings
        self.rounding = rounding
        self.plain: dict[str, Read] = {}  # words written without fields, read once
        # What was written is known by its identity: repeats and blocks meet it again and again.
        self.sound: dict[tuple[str, int], tuple[Any, Any]] = {}
        self.faulty: dict[tuple[str, int, int], tuple[Any, Path, Any, Found]] = {}
        self.met: dict[tuple[int, int], tuple[Any, Path, Node]] = {}  # items, with their places

    def once(
        self,
        what: str,
        value: Any,
        place: Path,
        layer: str | None,
        read: Callable[[], tuple[Result, Found]],
    ) -> Result:
        """Read a value that is written at a place, as `what`, once; its findings are met again."""
        known = self.sound.get((what, id(value)))
        if known is not None:
            sound: Result = known[1]
            return sound
        met = self.faulty.get((what, id(value), id(place))) if self.faulty else None
        if met is not None:
            self.findings.extend(met[3], layer)
            faulty: Result = met[2]
            return faulty
        result, found = read()
        if not found:
            if len(self.sound) < MOST_READ:
                self.sound[what, id(value)] = value, result
            return result
        if len(self.faulty) < MOST_READ:
            self.faulty[what, id(value), id(place)] = value, place, result, found
        self.findings.extend(found, layer)
        return result

    def common(
        self, written: LayerItem, scope: Scope, number: str | None, shareable: bool
    ) -> dict[str, Any]:
        """Take name, from, expect, trainable and share out of a layer's mapping; return the fields.

        `number` is the name of a layer that is given none; None for a group, whose faults are
        those of the instance around it.
        """
        fields = dict(written.value)
        path = written.path
        name = fields.pop("name", None)
        misnamed = None
        if "name" in written.value and name is not MISSING:
            misnamed = name_fault(name, self.wiring.own_names is not None)
            if misnamed is None:
                written.name = str(name)
        layer = scope.owner
        if number is not None:
            layer = self.wiring.full(scope, written.name or number)
        if misnamed is not None:
            self.findings.append(Finding(misnamed, (*path, "name"), layer))
        written.origin = fields.pop("from", None)
        if "from" in written.value and written.origin is None:
            self.wiring.report(
                layer,
                rules.WRONG_VALUE,
                "from must be a layer's name or a list of them, not nothing",
                "leave from out: a layer takes the one before it",
                (*path, "from"),
            )
        if "expect" in fields:
            claims = fields.pop("expect")
            place = (*path, "expect")
            written.expectations = self.once(
                "expect", claims, path, layer,
                lambda: validate(self._claims_model(), claims, place, "expect", self.findings),
            )  # fmt: skip
        if "trainable" in fields:
            written.learns = self._truth(fields.pop("trainable"), (*path, "trainable"), layer)
        if shareable:
            written.share = fields.pop("share", None)
        return fields

    def _claims_model(self) -> type[LayerExpectations]:
        if self.wiring.own_names is None:
            return LayerExpectations
        from shapecalc.network.own_names import StatedExpectations  # specs are written by people

        return StatedExpectations

    def _truth(self, value: Any, place: Path, layer: str | None) -> bool:
        """Return what `trainable` says; a layer learns where that is not known."""
        if isinstance(value, bool) or value is MISSING:
            return value is not False
        said, found = validate_value(read_truth, value, "trainable", place)
        self.findings.extend(found, layer)
        return said is not False

    def unknown(self, word: str, path: Path, scope: Scope, value: Any = None) -> Sources:
        """Add a layer of which nothing is known, so that totals are not taken for known.

        It keeps the name that its `value` gives it, for those who name it.
        """
        if len(self.findings) > MOST_FAULTS:
            raise TooMuch(f"{MOST_FAULTS:,} faults")
        shown = quote(word)
        own = scope.numbered(shown)
        given = self._name_in(value) if isinstance(value, Mapping) else None
        if given is not None and given not in scope.names:
            own = given
        added = self.wiring.add(Node(self.wiring.full(scope, own), shown, None, None, path))
        scope.names.setdefault(own, added[0])
        return added

    def _name_in(self, fields: Mapping[str, Any]) -> str | None:
        """Return the name that a layer's fields give it, None where it is none."""
        name = fields.get("name")
        if not isinstance(name, str) or name_fault(name, self.wiring.own_names is not None):
            return None
        return str(name)

    def again(self, item: Any, place: Path, scope: Scope, chain: Sources | None) -> Sources | None:
        """Add the layer of an item that was met at its place before; None where it was not."""
        known = self.met.get((id(item), id(place)))
        if known is None:
            return None
        node, wiring = known[2], self.wiring
        own = scope.numbered(node.kind)
        full = wiring.full(scope, own)
        sources = wiring.sources(None, node.path, scope, full, chain, False, own)
        added = wiring.add(
            Node(
                full, node.kind, node.layer, sources, node.path,
                translation=node.translation, wild=node.wild,
            )
        )  # fmt: skip
        wiring.claim(scope, full, own, added[0], node.path, named=False)
        return added

    def meet(self, item: Any, place: Path, word: str, value: Any, cls: type[Layer]) -> None:
        """Note the last layer, if it can be added `again`: nothing is wrong with its fields, and
        the item names nothing.
        """
        if cls.any_sources or cls.merges or cls.reference is not None:
            return
        if isinstance(value, Mapping) and not COMMON_KEYS.isdisjoint(value):
            return
        read = word in self.plain if value is None else (word, id(value)) in self.sound
        if read and len(self.met) < MOST_READ:
            self.met[id(item), id(place)] = item, place, self.wiring.nodes[-1]

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
        learns = True
        fields = value
        number = scope.numbered(kind)
        bare = value is not None and not isinstance(value, Mapping)
        if value is None:
            fields = NO_FIELDS
        elif isinstance(value, (dict, Mapping)):  # what nearly all are is asked first
            if not COMMON_KEYS.isdisjoint(value):
                written = LayerItem(word, value, path)
                fields = self.common(written, scope, number, cls.has_weights)
                name, origin = written.name, written.origin
                share, claims, learns = written.share, written.expectations, written.learns
        elif cls.merges:
            fields, origin = NO_FIELDS, value
        elif cls.shorthand is None and isinstance(value, list | tuple) and not value:
            fields = NO_FIELDS  # Flatten: [], as if it were called
        elif cls.shorthand is not None or word != kind:
            fields = {cls.shorthand: value}
        own = name or number
        wiring = self.wiring
        full = scope.prefix + own if wiring.own_names is None else wiring.full(scope, own)
        if fields is NO_FIELDS and word in self.plain:
            layer, translation, wild = self.plain[word]
        elif (word, id(value)) in self.sound:
            layer, translation, wild = self.sound[word, id(value)][1]
        else:
            layer, translation, wild = self.once(
                word, value, path, full,
                lambda: self._read(word, kind, cls, fields, path, bare),
            )  # fmt: skip
        if cls.any_sources:
            sources = wiring.any_sources(origin, path, scope, full, chain)
        else:
            sources = wiring.sources(origin, path, scope, full, chain, cls.merges, own, bare)
        if cls.reference is not None and layer is not None:
            from shapecalc.network import references  # few layers name another one

            layer, sources = references.joined(wiring, layer, sources, path, scope, full, bare)
        node = Node(
            full, kind, layer, sources, path, claims, None, None, learns, translation, wild,
        )  # fmt: skip
        added = wiring.add(node)
        if share is not None:
            wiring.share(share, node, scope)
        wiring.claim(scope, full, own, added[0], path, named=name is not None)
        return added

    def _read(
        self, word: str, kind: str, cls: type[Layer], fields: Any, path: Path, bare: bool
    ) -> tuple[Read, Found]:
        """Return the layer that fields make, with their translation if they are not in our words.

        Behind it is what is wrong.
        """
        key = _content(fields)
        alike = _alike.get((cls, word, bare, self.rounding, key)) if key is not None else None
        found: Found = ()
        if alike is not None:
            read = alike
        else:
            read, found = self._newly_read(word, kind, cls, fields, path, bare)
            plain = read.layer is not None and read.translation is None and not read.wild
            if key is not None and plain and not found:
                if len(_alike) >= MOST_READ:
                    _alike.clear()
                _alike[cls, word, bare, self.rounding, key] = read
        if fields is NO_FIELDS and read.layer is not None and not found:
            self.plain[word] = read
        return read, found

    def _newly_read(
        self, word: str, kind: str, cls: type[Layer], fields: Any, path: Path, bare: bool
    ) -> tuple[Read, Found]:
        layer = translation = None
        found: Found = ()
        if word == kind or word in ALIASES:
            layer, found = self._validated(kind, cls, fields, path, bare)
            if layer is None or found:
                wild, filled = self._without_any(cls, fields)
                if wild:
                    layer, found = self._validated(kind, cls, filled, path, bare)
                    if layer is not None:
                        return Read(layer.with_rounding(self.rounding), None, wild), found
        if isinstance(fields, Mapping) and (layer is None or found):
            layer, translation, found = self._in_other_words(
                word, kind, cls, fields, path, bare, layer, found
            )
        if layer is None:
            return Read(None, translation), found
        return Read(layer.with_rounding(self.rounding), translation), found

    def _without_any(
        self, cls: type[Layer], fields: Any
    ) -> tuple[tuple[str, ...], Mapping[str, Any]]:
        """Return which fields say any, and all fields with values in their place."""
        from shapecalc.network.wildcards import without_any  # most values are written

        filled, wild = without_any(cls, fields)
        self.wiring.wild = self.wiring.wild or bool(wild)
        return wild, filled

    def _in_other_words(
        self,
        word: str,
        kind: str,
        cls: type[Layer],
        fields: Mapping[str, Any],
        path: Path,
        bare: bool,
        layer: Layer | None,
        found: Found,
    ) -> tuple[Layer | None, Translation | None, Found]:
        """Read a layer that is not in our words; `layer` and `found` are what it is in them."""
        from shapecalc.network import shorthands, translation  # not needed by who writes in ours

        tried = translation.translate(word, kind, fields, bare)
        ambiguous = tried.foreign and bare and shorthands.is_ambiguous(word, kind, *fields.values())
        if ambiguous:
            layer = None
        elif tried.foreign:
            layer, found = self._translated(tried, cls, path, bare)
        if layer is None and bare and fields:
            (value,) = fields.values()
            if ambiguous or any(one.rule is rules.WRONG_VALUE for one in found):
                layer, found = self._meant_by(word, kind, cls, value, path, found)
                return layer, None, found
        return layer, tried if tried.foreign else None, found

    def _meant_by(
        self, word: str, kind: str, cls: type[Layer], value: Any, path: Path, found: Found
    ) -> tuple[Layer | None, Found]:
        """Say in one finding what a bare value means that is no main field; go on with that."""
        from shapecalc.network import shorthands, tuples

        value = tuples.without_tuples(value)
        meant = shorthands.fields_meant(word, kind, value)
        if meant is None and kind not in shorthands.FILTERS:
            return None, found  # what is said of the main field is all there is to say
        if meant is None:
            return None, [Finding(shorthands.not_told(word, kind, value), path)]
        message = f"{quote(word)} takes fields, not {quote(value)}"
        sizes = shorthands.windows(kind, value)
        offer = Finding(shorthands.offered(message, meant, word, sizes), path)
        if sizes:
            return None, [offer]
        layer, behind = self._validated(kind, cls, meant.fields, path, False)
        return layer, [offer, *behind]

    def _validated(
        self, kind: str, cls: type[Layer], fields: Any, path: Path, bare: bool
    ) -> tuple[Layer | None, Found]:
        also = COMMON if cls.has_weights else COMMON[:-1]
        return validate(cls, fields, path, kind, self.findings, also, bare=bare)

    def _translated(
        self, translation: Translation, cls: type[Layer], path: Path, bare: bool
    ) -> tuple[Layer | None, Found]:
        faults = [
            Finding(fault, path if bare or not key else (*path, key))
            for fault, key in translation.faults
        ]
        also = COMMON if cls.has_weights else COMMON[:-1]
        layer, found = validate(
            cls, translation.fields, path, translation.kind, self.findings, also, bare=bare,
            written=translation.written,
        )  # fmt: skip
        if translation.stops:  # what is said to be missing may be what could not be read
            behind = [one for one in found if one.rule is not rules.MISSING_FIELD]
            return None, [*faults, *behind]
        return layer, [*faults, *found]


def _content(fields: Any) -> Any:
    """Return what tells fields from others; None where a value is more than a number or text."""
    if not isinstance(fields, (dict, Mapping)):
        return None
    values = tuple(fields.values())
    types = tuple(map(type, values))  # 1, 1.0 and true are equal
    return (tuple(fields), values, types) if SCALARS.issuperset(types) else None
