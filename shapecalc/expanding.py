"""From written layers to a flat list: kinds, fields, names, sources, blocks, composites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapecalc.blocks import (
    COMMON,
    RESERVED,
    Block,
    bad_name,
    given_fields,
    inner_lists,
    scoped,
)
from shapecalc.diagnostics import MAX_NESTING, Fault, Finding, Path, nearest, quote
from shapecalc.expectations import LayerClaims
from shapecalc.geometry import Rounding
from shapecalc.layers import ALIASES, FOREIGN, KINDS, Layer, kind_of
from shapecalc.layers.composite import Composite, Parallel, Repeat, Residual
from shapecalc.layers.fields import NAME
from shapecalc.scopes import Group, Scope, Sources
from shapecalc.validation import MISSING, unknown_key, validate

NO_FIELDS: Mapping[str, Any] = {}


@dataclass(slots=True)
class Node:
    """One layer of the flat network. `layer` is None where its spec is faulty."""

    name: str
    kind: str
    layer: Layer | None
    sources: Sources | None  # indices of volumes; None where they are not known
    path: Path
    claims: LayerClaims | None = None
    shares: int | None = None  # index of the layer whose weights are used


@dataclass(slots=True)
class Written:
    """One item of a list of layers, taken apart."""

    kind: str  # as written
    value: Any
    path: Path
    name: str | None = None
    origin: Any = None  # `from`
    claims: LayerClaims | None = None
    share: Any = None


class Expander:
    """Expands the layers of one network; faults are gathered in `findings`, never raised."""

    def __init__(
        self,
        blocks: Mapping[str, Block],
        rounding: Rounding,
        findings: list[Finding],
        inputs: Sequence[str],
    ) -> None:
        self.blocks = blocks
        self.rounding = rounding
        self.findings = findings
        self.inputs = inputs
        self.offset = len(inputs)  # node i has volume i + offset
        self.nodes: list[Node] = []
        self.groups: list[Group] = []
        self.plain: dict[str, Layer] = {}  # kinds written without fields, validated once
        self.depth = 0

    # -- lists and items ---------------------------------------------------------------------

    def sequence(
        self, items: Sequence[Any], path: Path, scope: Scope, chain: Sources | None
    ) -> Sources | None:
        """Expand layers one after the other; return the last one's output as sources."""
        for index, item in enumerate(items):
            chain = self.item(item, (*path, index), scope, chain)
        return chain

    def item(self, item: Any, path: Path, scope: Scope, chain: Sources | None) -> Sources | None:
        """Expand one written layer behind `chain`."""
        if item is MISSING:
            return None
        if isinstance(item, str):
            kind, value = item, None
        elif isinstance(item, Mapping) and item:
            kind = self._kind_key(item, path)
            value = item[kind]
            kind = kind if isinstance(kind, str) else quote(kind)
            path = (*path, kind)
        else:
            hint = "for example relu, or dense: 10, or conv: {K: 10, F: 5}"
            self._report("SC104", f"a layer is a kind or a mapping of one kind, not {quote(item)}",
                         hint, path)
            return None
        cls = KINDS.get(kind) or KINDS.get(ALIASES.get(kind, ""))
        if cls is not None:
            if issubclass(cls, Composite):
                return self._composite(Written(kind, value, path), cls, scope, chain)
            return self._layer(kind, cls, value, path, scope, chain)
        if kind in self.blocks:
            return self._instance(Written(kind, value, path), scope, chain)
        return self._unknown(kind, path, scope)

    def _kind_key(self, item: Mapping[Any, Any], path: Path) -> Any:
        """Return the key that is the kind; report every key beside it."""
        if len(item) == 1:
            return next(iter(item))
        known = [k for k in item if isinstance(k, str) and (kind_of(k) or k in self.blocks)]
        chosen = known[0] if known else next(iter(item))
        for key in item:
            if key == chosen:
                continue
            if key in known:
                fault = Fault("SC102", f"{quote(key)} stands beside {quote(chosen)} in one item",
                              "begin each layer with a dash of its own")
            else:
                fault = Fault("SC102", f"{quote(key)} stands beside the kind {quote(chosen)}",
                              f"indent it: it belongs among the fields of {quote(chosen)}")
            self.findings.append(Finding(fault, (*path, str(key))))
        return chosen

    def _unknown(self, word: str, path: Path, scope: Scope) -> Sources:
        shown = quote(word)
        plain = word.lower().replace("_", "").replace("-", "")
        close = FOREIGN.get(plain) or nearest(word, [*KINDS, *ALIASES, *self.blocks])
        hint = f"did you mean {close}?" if close else f"kinds are {', '.join(KINDS)}"
        if word[:1] == "$":
            self._report("SC107", f"{shown} is no parameter here", "parameters belong in blocks",
                         path)
        else:
            self._report("SC105", f"there is no layer kind {shown}", hint, path)
        node = Node(scope.prefix + scope.numbered(shown), shown, None, None, path)
        return self._add(node)

    # -- one layer ---------------------------------------------------------------------------

    def _layer(
        self, word: str, cls: type[Layer], value: Any, path: Path, scope: Scope,
        chain: Sources | None,
    ) -> Sources:
        kind = ALIASES.get(word, word)
        name = origin = share = claims = None
        fields = value
        if value is None:
            fields = NO_FIELDS
        elif isinstance(value, Mapping):
            if not COMMON_KEYS.isdisjoint(value):
                written = Written(word, value, path)
                fields = self._common(written, scope, cls.has_weights)
                name, origin = written.name, written.origin
                share, claims = written.share, written.claims
        elif cls.main == "from":
            fields, origin = NO_FIELDS, value
        elif cls.main is not None:
            fields = {cls.main: value}
        layer = self._validated(kind, cls, fields, path)
        if layer is not None:
            layer = layer.settled(self.rounding)
        number = scope.numbered(kind)
        own = name or number
        sources = self._sources(origin, path, scope, chain, cls.merges, own)
        node = Node(scope.prefix + own, kind, layer, sources, path, claims)
        added = self._add(node)
        self._claim(scope, own, added[0], path, named=name is not None)
        if share is not None:
            node.shares = self._shared_layer(share, node, scope)
        return added

    def _validated(self, kind: str, cls: type[Layer], fields: Any, path: Path) -> Layer | None:
        if fields is NO_FIELDS and kind in self.plain:
            return self.plain[kind]
        layer = validate(
            cls, fields, path, self.findings, kind, COMMON if cls.has_weights else COMMON[:3]
        )
        if layer is not None and fields is NO_FIELDS:
            self.plain[kind] = layer
        return layer

    def _add(self, node: Node) -> Sources:
        self.nodes.append(node)
        return (len(self.nodes) - 1 + self.offset,)

    def _claim(
        self, scope: Scope, name: str, target: int | Group, path: Path, *, named: bool
    ) -> None:
        """Give a name to a layer or group, once."""
        if named and scope.repeats:
            self._report("SC106", f"{name} would name several layers of a repeat",
                         "put the layers into a block: each instance has names of its own",
                         (*path, "name"))
        elif name in scope.names:
            hint = f"{scope.numbered(name)} is free" if named else f"rename the layer called {name}"
            self._report("SC106", f"{scope.prefix}{name} is the name of an earlier layer", hint,
                         (*path, "name") if named else path)
        else:
            scope.names[name] = target

    # -- what every layer may say --------------------------------------------------------------

    def _common(self, written: Written, scope: Scope, shareable: bool) -> dict[str, Any]:
        """Take name, from, expect and share out of a layer's mapping; return the fields."""
        fields = dict(written.value)
        path = written.path
        name = fields.pop("name", None)
        if "name" in written.value and name is not MISSING:
            if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > 200:
                self.findings.append(Finding(bad_name(name), (*path, "name")))
            elif name in RESERVED:
                self._report("SC106", f"{name} is a reserved name", "choose another",
                             (*path, "name"))
            else:
                written.name = str(name)
        written.origin = fields.pop("from", None)
        if "from" in written.value and written.origin is None:
            self._report("SC104", "from must be a layer's name or a list of them, not nothing",
                         "leave from out: a layer takes the one before it", (*path, "from"))
        if "expect" in fields:
            written.claims = validate(
                LayerClaims, fields.pop("expect"), (*path, "expect"), self.findings, "expect"
            )
        if shareable:
            written.share = fields.pop("share", None)
        return fields

    def _sources(
        self, origin: Any, path: Path, scope: Scope, chain: Sources | None, merges: bool, name: str
    ) -> Sources | None:
        """Return the sources of a layer, checked for their number; None where unknown."""
        sources = chain if origin is None else self.resolved(origin, path, scope)
        if sources is None or (len(sources) > 1 if merges else len(sources) == 1):
            return sources
        if merges:
            wanted, hint = "two or more sources", "for example from: [conv1, conv2]"
        elif not sources:
            wanted, hint = "one source", f"say from which input: {', '.join(self.inputs)}"
        else:
            wanted, hint = "one source", "join them first with concat or add"
        got = ", ".join(self.name_of(s) for s in sources[:6]) or "none"
        self._report("SC109", f"{scope.prefix}{name} takes {wanted}, and gets {got}", hint, path)
        return None

    def resolved(self, origin: Any, path: Path, scope: Scope, key: str = "from") -> Sources | None:
        """Return what `from` names; None, with findings, where a name means nothing."""
        if origin is MISSING:
            return None
        path = (*path, key)
        if isinstance(origin, str):
            return self.named(origin, path, scope)
        if not isinstance(origin, list | tuple) or not origin:
            self._report("SC104", f"{key} must be a layer's name or a list of them, not"
                         f" {quote(origin)}", "for example from: conv1", path)
            return None
        found: list[Sources | None] = []
        for index, name in enumerate(origin):
            if isinstance(name, str):
                found.append(self.named(name, (*path, index), scope))
            else:
                found.append(None)
                if name is not MISSING:
                    self._report("SC104", f"{key} must list names, not {quote(name)}",
                                 "write it in quotes", (*path, index))
        if any(sources is None for sources in found):
            return None
        return tuple(source for sources in found for source in sources or ())

    def named(self, name: str, path: Path, scope: Scope) -> Sources | None:
        try:
            found = scope.find(name)
        except KeyError:
            close = nearest(name, scope.known())
            hint = f"did you mean {close}?" if close else "only earlier layers can be named"
            self._report("SC107", f"no earlier layer is called {quote(name)}", hint, path)
            return None
        if isinstance(found, Group):
            return found.sources
        return (found,) if isinstance(found, int) else found

    def _shared_layer(self, share: Any, node: Node, scope: Scope) -> int | None:
        """Return the index of the layer whose weights are used, the first owner if they chain."""
        if share is MISSING:
            return None
        path = (*node.path, "share")
        if not isinstance(share, str):
            self._report("SC104", f"share must be a layer's name, not {quote(share)}", "", path)
            return None
        sources = self.named(share, path, scope)
        if not sources or sources[0] < self.offset or self.nodes[sources[0] - self.offset] is node:
            if sources:
                self._report("SC107", f"{quote(share)} is no earlier layer with weights",
                             "share names a layer of the same kind", path)
            return None
        return self._owner(sources[0] - self.offset)

    def _owner(self, index: int) -> int:
        owner = self.nodes[index].shares
        return index if owner is None else owner

    # -- composites ----------------------------------------------------------------------------

    def _composite(
        self, written: Written, cls: type[Layer], scope: Scope, chain: Sources | None
    ) -> Sources | None:
        kind, value, path = written.kind, written.value, written.path
        fields: Any = NO_FIELDS if value is None else value
        if isinstance(value, Mapping):
            if cls is not Repeat and not COMMON_KEYS.isdisjoint(value):
                fields = self._common(written, scope, shareable=False)
        elif value is not None and cls.main:
            fields = {cls.main: value}
        also = () if cls is Repeat else COMMON[:3]
        layer = validate(cls, fields, path, self.findings, kind, also)
        if self.depth >= MAX_NESTING:
            self._report("SC108", f"layers are nested deeper than {MAX_NESTING}",
                         "write them one after the other", path)
            return None
        self.depth += 1
        try:
            if isinstance(layer, Repeat):
                return self._repeat(layer, value, path, scope, chain)
            return self._merged(written, layer, scope, chain)
        finally:
            self.depth -= 1

    def _repeat(
        self, layer: Repeat, value: Any, path: Path, scope: Scope, chain: Sources | None
    ) -> Sources | None:
        inner = (*path, "layers")
        if not layer.times:  # nothing is there, but its faults are
            self._aside(layer.layers, inner)
            return chain
        scope.repeats += layer.times > 1
        for _ in range(layer.times):
            before = len(self.nodes)
            chain = self.sequence(layer.layers, inner, scope, chain)
            if len(self.nodes) == before:
                break  # nothing inside, however often
        scope.repeats -= layer.times > 1
        return chain

    def _aside(self, layers: Sequence[Any], path: Path) -> None:
        """Expand layers that are not part of the network, for the sake of their faults."""
        aside = Expander(self.blocks, self.rounding, self.findings, ())
        aside.depth = self.depth
        aside.sequence(layers, path, Scope(inputs=None, open=True), None)

    def rehearse(self, block: Block) -> None:
        """Find the faults of a block that no layer uses: parameters without a default are open."""
        arguments = {k: MISSING if v is None else v for k, v in block.parameters.items()}
        if not block.broken:
            self._aside(block.filled(arguments), (*block.path, "layers"))

    def _merged(
        self, written: Written, layer: Layer | None, scope: Scope, chain: Sources | None
    ) -> Sources | None:
        """Expand a residual or parallel: its lists side by side, then the layer that merges."""
        path = written.path
        kind = layer.merge if isinstance(layer, Parallel) else "add"
        if written.kind == "parallel" and layer is None:
            kind = "concat"
        group = Group("", written.kind, path, len(self.nodes), depth=self.depth)
        self.groups.append(group)
        title = written.name or written.kind
        sources = self._sources(written.origin, path, scope, chain, False, title)
        outputs: list[Sources | None] = []
        for items, where in inner_lists(written.kind, written.value, path):
            if isinstance(items, list | tuple):
                outputs.append(self.sequence(items, where, scope, sources))
            elif items is None and written.kind == "residual" and where[-1] == "shortcut":
                outputs.append(sources)
            else:
                outputs.append(None)
                if written.kind == "parallel" and items is not MISSING:
                    self._report("SC104", f"a branch is a list of layers, not {quote(items)}",
                                 "put it into [ ]", where)
        if written.kind == "residual" and not isinstance(written.value, Mapping):
            outputs.append(sources)  # a bare body has the identity as its shortcut
        joined: Sources | None = None
        if layer is not None and all(output is not None for output in outputs):
            joined = tuple(s for output in outputs for s in output or ())
        number = scope.numbered(kind)
        own = written.name or number
        if joined is not None and len(joined) < 2:
            self._report("SC109", f"{written.kind} merges two or more branches, and has"
                         f" {len(joined)}", "add a branch; [] is the identity", path)
            joined = None
        merge = self.plain.setdefault(kind, KINDS[kind]()) if layer is not None else None
        added = self._add(Node(scope.prefix + own, kind, merge, joined, path))
        self._claim(scope, own, added[0], path, named=written.name is not None)
        group.name, group.end, group.sources = scope.prefix + own, len(self.nodes), added
        group.claims = written.claims
        return added

    # -- instances of blocks -------------------------------------------------------------------

    def _instance(self, written: Written, scope: Scope, chain: Sources | None) -> Sources | None:
        block, value, path = self.blocks[written.kind], written.value, written.path
        block.used = True
        fields = given_fields(block, value)
        if isinstance(value, Mapping) and not COMMON_KEYS.isdisjoint(value):
            written.value = fields
            fields = self._common(written, scope, shareable=True)
        number = scope.numbered(block.name)
        own = written.name or number
        arguments = self._arguments(block, fields, value, path, scope)
        sources = chain
        if written.origin is not None:
            sources = self.resolved(written.origin, path, scope)
        elif chain == ():
            sources = self._sources(None, path, scope, chain, False, own)
        if self.depth >= MAX_NESTING or block.broken:
            if not block.broken:
                self._report("SC108", f"blocks are nested deeper than {MAX_NESTING}",
                             "use fewer levels", path)
            return None
        inner = Scope(f"{scope.prefix}{own}.", scope, sources)
        group = Group(scope.prefix + own, block.name, path, len(self.nodes), scope=inner,
                      claims=written.claims, depth=self.depth + 1)
        self.groups.append(group)
        self.depth += 1
        try:
            layers = block.filled(arguments) if block.parameters else block.layers
            output = self.sequence(layers, (*block.path, "layers"), inner, sources)
        finally:
            self.depth -= 1
        group.end, group.sources = len(self.nodes), output
        self._claim(scope, own, group, path, named=written.name is not None)
        if written.share is not None:
            self._share_instance(written.share, group, scope)
        return output

    def _arguments(
        self, block: Block, fields: Mapping[str, Any], value: Any, path: Path, scope: Scope
    ) -> dict[str, Any]:
        arguments = dict(block.parameters)
        for key, given in fields.items():
            if key in arguments:
                if given is not None:
                    arguments[key] = scoped(given, scope)
            elif not key or not isinstance(value, Mapping):
                self._report("SC104", f"the block {block.name} has no parameters and takes no"
                             f" value, not {quote(given)}", "leave the value out", path)
            else:
                words = {name: name for name in block.parameters}
                fault = unknown_key(key, fields, f"the block {block.name}", words, {}, COMMON)
                self.findings.append(Finding(fault, (*path, key)))
        missing = [name for name, argument in arguments.items() if argument is None]
        for name in missing:
            arguments[name] = MISSING
        if missing:
            shown = ", ".join(missing)
            given = ", ".join(f"{name}: ..." for name in missing)
            self._report("SC103", f"the block {block.name} needs {shown}",
                         f"for example {block.name}: {{{given}}}", path)
        return arguments

    def _share_instance(self, share: Any, group: Group, scope: Scope) -> None:
        """Pair the weights of two instances of one block, layer by layer."""
        path = (*group.path, "share")
        try:
            other = scope.find(share) if isinstance(share, str) else None
        except KeyError:
            self.named(share, path, scope)  # reports it, with the nearest name
            return
        if not isinstance(other, Group) or other.kind != group.kind or other is group:
            if share is not MISSING:
                self._report("SC107", f"{quote(share)} is no earlier instance of {group.kind}",
                             f"share names another {group.kind}", path)
            return
        own = self._with_weights(group)
        theirs = self._with_weights(other)
        if [self.nodes[i].kind for i in own] != [self.nodes[i].kind for i in theirs]:
            self._report("SC209", f"{group.name} and {other.name} have different layers",
                         "give both the same parameters", path)
            return
        for mine, owner in zip(own, theirs, strict=True):
            self.nodes[mine].shares = self._owner(owner)

    def _with_weights(self, group: Group) -> list[int]:
        span = range(group.first, group.end)
        return [i for i in span if (layer := self.nodes[i].layer) and layer.has_weights]

    # -- small things --------------------------------------------------------------------------

    def _report(self, code: str, message: str, hint: str, path: Path) -> None:
        self.findings.append(Finding(Fault(code, message, hint), path))

    def name_of(self, source: int) -> str:
        """Return the name of an input or a layer by its index among the volumes."""
        if source < self.offset:
            return self.inputs[source]
        return self.nodes[source - self.offset].name


COMMON_KEYS = frozenset(COMMON)
