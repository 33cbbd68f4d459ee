"""From written layers to a flat list: kinds, fields, names, sources, blocks, composites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shapecalc import rules
from shapecalc.diagnostics import MAX_NESTING, Finding, Path, quote
from shapecalc.layers import ALIASES, KINDS, Layer, kinds
from shapecalc.layers.composite import Composite, Parallel, Repeat
from shapecalc.network.blocks import (
    COMMON,
    Block,
    arguments_of,
    given_fields,
)
from shapecalc.network.layer_item import TYPE_KEYS, LayerItem, inner_lists, keys_beside, likely_kind
from shapecalc.network.leaf_layers import COMMON_KEYS, NO_FIELDS, LeafLayers, Read
from shapecalc.network.scopes import Instance, Scope
from shapecalc.network.validation import MISSING, Found, validate
from shapecalc.network.values import Sources
from shapecalc.network.wiring import Node, Wiring

if TYPE_CHECKING:
    from shapecalc.network.shorthands import Meant
    from shapecalc.network.typed_items import Typed

MOST_PATHS = 100_000


class Expander:
    """Expands the layers of one network: blocks, composites and leaf layers to a flat list.

    Leaf layers are read and added by `leaves`; both add to one wiring.
    """

    def __init__(self, blocks: Mapping[str, Block], leaves: LeafLayers) -> None:
        self.blocks = blocks
        self.leaves = leaves
        self.wiring = leaves.wiring
        self.findings = self.wiring.findings
        self.depth = 0
        self.paths: dict[tuple[int, str | int], tuple[Path, Path]] = {}
        self.dry = False  # only faults are wanted: repeat once, leave other blocks alone
        self.aside: set[Path] = set()  # of layers that are repeated 0 times, looked at
        self.inside: set[int] = set()  # identities of the composites that are being expanded

    # -- lists and items ---------------------------------------------------------------------

    def sequence(
        self, items: Sequence[Any], path: Path, scope: Scope, chain: Sources | None
    ) -> Sources | None:
        """Expand layers one after the other; return the last one's output as sources."""
        for index, item in enumerate(items):
            chain = self.item(item, self.step(path, index), scope, chain)
        return chain

    def step(self, path: Path, step: str | int) -> Path:
        """Return a path one step longer; repeats and blocks share those of their layers."""
        known = self.paths.get((id(path), step))
        if known is None:
            known = (*path, step), path  # the shorter one is kept: its identity is the key
            if len(self.paths) < MOST_PATHS:
                self.paths[id(path), step] = known
        return known[0]

    def item(self, item: Any, path: Path, scope: Scope, chain: Sources | None) -> Sources | None:
        """Expand one written layer behind `chain`."""
        if item is MISSING:
            return self.leaves.unknown("?", path, scope)
        place = path
        inside = len(path) > 2  # of a block or another layer, which may be met again
        if inside:
            added = self.leaves.again(item, place, scope, chain)
            if added is not None:
                return added
        if isinstance(item, str):
            kind, value = item, None
        elif isinstance(item, (dict, Mapping)) and item:
            meant = None
            if len(item) > 1 or not TYPE_KEYS.isdisjoint(item):
                meant = self.leaves.once(
                    "type", item, path, scope.owner, lambda: self._typed(item, path)
                )
            if meant is not None:
                kind, value, path = meant.kind, meant.fields, (*path, *meant.steps)
            else:
                kind = likely_kind(item, self.blocks)
                if len(item) > 1:
                    beside = keys_beside(item, kind, self.blocks, path)
                    self.findings.extend(beside, scope.owner)
                value = item[kind]
                kind = kind if isinstance(kind, str) else quote(kind)
                path = self.step(path, kind) if inside else (*path, kind)
        else:
            hint = "for example relu, or dense: 10, or conv: {K: 10, F: 5}"
            self.wiring.report(
                scope.owner,
                rules.WRONG_VALUE,
                f"a layer is a kind or a mapping of one kind, not {quote(item)}",
                hint,
                path,
            )
            return self.leaves.unknown("?", path, scope)
        cls = KINDS.loaded.get(kind) or KINDS.get(kind) or KINDS.get(ALIASES.get(kind, ""))
        if cls is not None:
            if issubclass(cls, Composite):
                return self._composite(LayerItem(kind, value, path), cls, scope, chain)
            own = ALIASES.get(kind, kind)
            added = self.leaves.layer(kind, own, cls, value, path, scope, chain)
            if inside:
                self.leaves.meet(item, place, kind, value, cls)
            return added
        if kind in self.blocks:
            return self._instance(LayerItem(kind, value, path), scope, chain)
        return self._foreign(kind, value, path, scope, chain, (item, place) if inside else None)

    def _typed(self, item: Mapping[Any, Any], path: Path) -> tuple[Typed | None, Found]:
        """Return the kind and the fields of an item with its kind as a value, and what is wrong."""
        from shapecalc.network.typed_items import typed  # few items are written so

        meant = typed(item, self.blocks)
        return meant, () if meant is None else [Finding(meant.fault, (*path, meant.key))]

    def _foreign(
        self, word: str, value: Any, path: Path, scope: Scope, chain: Sources | None,
        met: tuple[Any, Path] | None,
    ) -> Sources:  # fmt: skip
        """Expand a layer whose word is not ours: a framework's, a call of Python, or unknown.

        `met` is the item with its place, where it may be met again.
        """
        from shapecalc.network import translation, unknown_kind  # seldom needed

        kind = translation.kind_of_word(word, value)
        if kind is not None:
            added = self.leaves.layer(word, kind, KINDS[kind], value, path, scope, chain)
            if met is not None:
                self.leaves.meet(*met, word, value, KINDS[kind])
            return added
        cls = kinds.find(word)  # of an installed package
        if cls is not None:
            return self.leaves.layer(word, word, cls, value, path, scope, chain)
        meant = self.leaves.once("", word, path, scope.owner, lambda: self._meant(word, path))
        if meant is not None:
            cls = KINDS[meant.kind]
            return self.leaves.layer(meant.kind, meant.kind, cls, meant.fields, path, scope, chain)
        if not self.findings.again(scope.owner, path, rules.UNKNOWN_KIND):
            fault = unknown_kind.unknown_kind(word, self.blocks, self.findings)
            self.findings.append(Finding(fault, path, scope.owner))
        return self.leaves.unknown(word, path, scope, value)

    def _meant(self, text: str, path: Path) -> tuple[Meant | None, Found]:
        """Return the layer that a text means, as a call of Python does, and what is wrong."""
        from shapecalc.network import shorthands  # seldom needed

        meant = shorthands.layer_meant(text)
        if meant is None:
            return None, ()
        fault = shorthands.offered(f"there is no layer kind {quote(text)}", meant)
        return meant, [Finding(fault, path)]

    # -- composites ----------------------------------------------------------------------------

    def _composite(
        self, written: LayerItem, cls: type[Layer], scope: Scope, chain: Sources | None
    ) -> Sources | None:
        kind, value, path = written.kind, written.value, written.path
        fields: Any = NO_FIELDS if value is None else value
        if isinstance(value, Mapping):
            if cls is not Repeat and not COMMON_KEYS.isdisjoint(value):
                fields = self.leaves.common(written, scope, None, shareable=False)
        elif value is not None and cls.shorthand:
            fields = {cls.shorthand: value}
        also = () if cls is Repeat else COMMON[:-1]
        bare = value is not None and not isinstance(value, Mapping)
        layer = self.leaves.once(
            kind, value, path, scope.owner,
            lambda: validate(cls, fields, path, kind, self.findings, also, bare=bare),
        )  # fmt: skip
        if self.depth >= MAX_NESTING or id(value) in self.inside:
            what = "contain themselves" if id(value) in self.inside else None
            self.wiring.report(
                scope.owner,
                rules.LIMIT_PASSED,
                f"layers {what or f'are nested deeper than {MAX_NESTING}'}",
                "write them one after the other",
                path,
            )
            return self.leaves.unknown(kind, path, scope)
        self.depth += 1
        self.inside.add(id(value))
        try:
            if cls is Repeat and layer is None:  # its layers may have faults of their own
                for items, where in inner_lists("repeat", value, path):
                    self.sequence(
                        items if isinstance(items, list | tuple) else (), where, scope, None
                    )
                return self.leaves.unknown("repeat", path, scope)
            if isinstance(layer, Repeat):
                return self._repeat(layer, value, path, scope, chain)
            return self._merged(written, layer, scope, chain)
        finally:
            self.depth -= 1
            self.inside.discard(id(value))

    def _repeat(
        self, layer: Repeat, value: Any, path: Path, scope: Scope, chain: Sources | None
    ) -> Sources | None:
        inner = self.step(path, "layers")
        if not layer.times:  # nothing is there, but its faults are
            if inner not in self.aside:
                self.aside.add(inner)
                self._aside(layer.layers, inner, scope.owner)
            return chain
        scope.repeats += layer.times > 1
        for done in range(1 if self.dry else layer.times):
            before = len(self.wiring.nodes)
            chain = self.sequence(layer.layers, inner, scope, chain)
            once = len(self.wiring.nodes) - before
            if not once:
                break  # nothing inside, however often
            if not done and not self.dry:
                self.wiring.limits.need_layers(once * (layer.times - 1))
        scope.repeats -= layer.times > 1
        return chain

    def _aside(self, layers: Sequence[Any], path: Path, owner: str | None) -> None:
        """Expand layers that are not part of the network, for the sake of their faults."""
        wiring = Wiring(self.findings, (), self.wiring.limits, self.wiring.own_names)
        aside = Expander(self.blocks, LeafLayers(wiring, self.leaves.rounding))
        aside.depth = self.depth
        aside.dry = True
        aside.sequence(layers, path, Scope(inputs=None, owner=owner, open=True), None)

    def dry_run(self, block: Block) -> None:
        """Find the faults of a block that no layer uses: parameters without a default are open."""
        arguments = {k: MISSING if v is None else v for k, v in block.parameters.items()}
        if not block.broken:
            layers = block.filled(arguments, self.wiring.limits)
            self._aside(layers, (*block.path, "layers"), None)

    def _merged(
        self, written: LayerItem, layer: Layer | None, scope: Scope, chain: Sources | None
    ) -> Sources | None:
        """Expand a residual or parallel: its lists side by side, then the layer that merges."""
        path = written.path
        kind = layer.merge if isinstance(layer, Parallel) else "add"
        if written.kind == "parallel" and layer is None:
            kind = "concat"
        instance = Instance("", written.kind, path, len(self.wiring.nodes), depth=self.depth)
        self.wiring.instances.append(instance)
        title = written.name or written.kind
        sources = self.wiring.sources(written.origin, path, scope, scope.owner, chain, False, title)
        outputs: list[Sources | None] = []
        for items, where in inner_lists(written.kind, written.value, path):
            if isinstance(items, list | tuple):
                outputs.append(self.sequence(items, where, scope, sources))
            elif items is None and written.kind == "residual" and where[-1] == "shortcut":
                outputs.append(sources)
            else:
                outputs.append(None)
                if written.kind == "parallel" and items is not MISSING:
                    self.wiring.report(
                        scope.owner,
                        rules.WRONG_VALUE,
                        f"a branch is a list of layers, not {quote(items)}",
                        "put it into [ ]",
                        where,
                    )
        if written.kind == "residual" and not isinstance(written.value, Mapping):
            outputs.append(sources)  # a bare body has the identity as its shortcut
        joined: Sources | None = None
        if layer is not None and all(output is not None for output in outputs):
            joined = tuple(s for output in outputs for s in output or ())
            self.wiring.limits.spend_sources(len(joined))
        number = scope.numbered(kind)
        own = written.name or number
        if joined is not None and len(joined) < 2:
            self.wiring.report(
                scope.owner,
                rules.NUMBER_OF_SOURCES,
                f"{written.kind} merges two or more branches, and has {len(joined)}",
                "add a branch; [] is the identity",
                path,
            )
            joined = None
        merge = self.leaves.plain.setdefault(kind, Read(KINDS[kind]())).layer if layer else None
        full = self.wiring.full(scope, own)
        added = self.wiring.add(Node(full, kind, merge, joined, path))
        self.wiring.claim(scope, scope.owner, own, added[0], path, named=written.name is not None)
        instance.name, instance.end, instance.sources = (
            full,
            len(self.wiring.nodes),
            added,
        )
        instance.expectations = written.expectations
        if not written.learns:
            self.wiring.freeze(instance)
        return added

    # -- instances of blocks -------------------------------------------------------------------

    def _instance(self, written: LayerItem, scope: Scope, chain: Sources | None) -> Sources | None:
        block, value, path = self.blocks[written.kind], written.value, written.path
        block.used |= not self.dry
        fields = given_fields(block, value)
        if isinstance(value, Mapping) and not COMMON_KEYS.isdisjoint(value):
            written.value = fields
            fields = self.leaves.common(written, scope, None, shareable=True)
        number = scope.numbered(block.name)
        own = written.name or number
        arguments = arguments_of(block, fields, value, path, scope, self.findings)
        sources = chain
        if written.origin is not None:
            sources = self.wiring.resolved(written.origin, (*path, "from"), scope, scope.owner)
        elif chain == ():
            sources = self.wiring.sources(None, path, scope, scope.owner, chain, False, own)
        if self.depth >= MAX_NESTING or block.broken:
            if not block.broken:
                self.wiring.report(
                    scope.owner,
                    rules.LIMIT_PASSED,
                    f"blocks are nested deeper than {MAX_NESTING}",
                    "use fewer levels",
                    path,
                )
            return self.leaves.unknown(block.name, path, scope, value)
        if self.dry:
            return self.leaves.unknown(block.name, path, scope, value)
        name = self.wiring.full(scope, own)
        inner = Scope(f"{name}.", scope, sources, owner=name)
        instance = Instance(
            name,
            block.name,
            path,
            len(self.wiring.nodes),
            scope=inner,
            expectations=written.expectations,
            depth=self.depth + 1,
        )
        self.wiring.instances.append(instance)
        self.depth += 1
        try:
            layers = (
                block.filled(arguments, self.wiring.limits) if block.parameters else block.layers
            )
            output = self.sequence(layers, self.step(block.path, "layers"), inner, sources)
        finally:
            self.depth -= 1
        instance.end, instance.sources = len(self.wiring.nodes), output
        if not written.learns:
            self.wiring.freeze(instance)
        self.wiring.claim(scope, scope.owner, own, instance, path, named=written.name is not None)
        if written.share is not None:
            self.wiring.share_instance(written.share, instance, scope)
        return output
