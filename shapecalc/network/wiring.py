"""The flat list of layers, and how their names, sources and shared weights are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import (
    Fault,
    Finding,
    Findings,
    Path,
    misspelt,
    quote,
    repairable,
    some,
    suggested,
)
from shapecalc.edits import Change, Repair
from shapecalc.layers import Layer
from shapecalc.layers.field_types import read_truth
from shapecalc.network.expansion_limits import ExpansionLimits
from shapecalc.network.expectations import LayerExpectations
from shapecalc.network.scopes import Instance, Scope
from shapecalc.network.validation import MISSING, validate_value, wrong_value
from shapecalc.network.values import Sources, Values
from shapecalc.rules import Rule

if TYPE_CHECKING:
    from shapecalc.network.own_names import OwnNames
    from shapecalc.network.translation import Translation


class SharedParameter(NamedTuple):
    """One parameter that a layer has from another, `transposed`: its first two axes swapped."""

    owner: int  # index of the layer whose it is
    name: str
    transposed: bool = False


@dataclass(slots=True)
class Node:
    """One layer of the flat network. `layer` is None where its spec is faulty."""

    name: str
    kind: str
    layer: Layer | None
    sources: Sources | None  # the values it reads; None where they are not known
    path: Path
    expectations: LayerExpectations | None = None
    shares: int | None = None  # index of the layer whose weights are used, all of them
    shares_one: SharedParameter | None = None
    learns: bool = True  # False where it, or a group around it, is not trainable
    translation: Translation | None = None  # where it is written in a framework's words
    wild: tuple[str, ...] = ()  # fields that say any


class Wiring:
    """The flat list of layers so far, and how names and sources are settled.

    Faults are gathered in `findings`, never raised. Each comes with the `layer` that it is about:
    the full name of a layer, or of the instance around a group; None outside of any.
    """

    def __init__(
        self,
        findings: Findings,
        inputs: Sequence[str],
        limits: ExpansionLimits,
        own_names: OwnNames | None = None,
    ) -> None:
        self.limits = limits
        self.own_names = own_names  # of a file of another format
        self.findings = findings
        self.inputs = inputs
        self.values = Values(len(inputs))
        self.coming = self.values.of_layers()
        self.nodes: list[Node] = []
        self.wild = False  # whether a field of some layer says any
        self.instances: list[Instance] = []

    def add(self, node: Node) -> Sources:
        """Add a layer to the flat list; return it as a source. Raises TooMuch."""
        self.limits.spend_layer(node.name)
        self.nodes.append(node)
        return (next(self.coming),)

    def full(self, scope: Scope, name: str) -> str:
        """Return a layer's name with those of the instances around it, as it is shown."""
        full = scope.prefix + name
        return self.own_names.shown(full) if self.own_names else full

    def claim(
        self,
        scope: Scope,
        layer: str | None,
        name: str,
        target: int | Instance,
        path: Path,
        *,
        named: bool,
    ) -> None:
        """Give a name to a layer or instance, once."""
        if named and scope.repeats:
            place = (*path, "name")
            if not self.findings.again(layer, place, rules.NAME_USED_TWICE):
                message = f"{self.full(scope, name)} would name several layers of a repeat"
                hint = "put the layers into a block: each instance has names of its own"
                self.report(layer, rules.NAME_USED_TWICE, message, hint, place)
        elif name in scope.names:
            message = f"{self.full(scope, name)} is the name of an earlier layer"
            if named:
                free = scope.free(name)
                repair = Repair(f"{quote(free)} is free", Change("set", free))
                fault = repairable(rules.NAME_USED_TWICE, message, [repair])
                self.findings.append(Finding(fault, (*path, "name"), layer))
            else:
                hint = f"rename the layer called {quote(name)}"
                self.report(layer, rules.NAME_USED_TWICE, message, hint, path)
        else:
            scope.names[name] = target
            if named:
                scope.written.add(name)

    def sources(
        self,
        origin: Any,
        path: Path,
        scope: Scope,
        layer: str | None,
        chain: Sources | None,
        merges: bool,
        name: str,
        bare: bool = False,
    ) -> Sources | None:
        """Return the sources of a layer, checked for their number; None where unknown."""
        sources = (
            chain
            if origin is None
            else self.resolved(origin, path if bare else (*path, "from"), scope, layer)
        )
        if sources is None or (len(sources) > 1 if merges else len(sources) == 1):
            if merges and sources:
                self.limits.spend_sources(len(sources))
            return sources
        if merges:
            names = [quote(name) for name in islice(reversed(scope.names), 2)]
            wanted = "two or more sources"
            hint = f"for example from: [{names[1]}, {names[0]}]" if len(names) == 2 else ""
        elif not sources:
            wanted, hint = "one source", f"say from which input: {some(self.inputs)}"
        else:
            wanted, hint = "one source", "join them first with concat or add"
        got = ", ".join(self.name_of(s) for s in sources[:6]) or "none"
        self.report(
            layer,
            rules.NUMBER_OF_SOURCES,
            f"{self.full(scope, name)} takes {wanted}, and gets {got}",
            hint,
            path,
        )
        return None

    def any_sources(
        self, origin: Any, path: Path, scope: Scope, layer: str | None, chain: Sources | None
    ) -> Sources | None:
        """Return the sources of a layer that takes any number of them, or none with `from: []`."""
        if origin is None:
            sources = chain
        elif isinstance(origin, list | tuple) and not origin:
            sources = ()
        else:
            sources = self.resolved(origin, (*path, "from"), scope, layer)
        if sources:
            self.limits.spend_sources(len(sources))
        return sources

    def resolved(self, origin: Any, path: Path, scope: Scope, layer: str | None) -> Sources | None:
        """Return what `from` names, written at `path`; None, with findings, if that is nothing."""
        if origin is MISSING:
            return None
        if isinstance(origin, str):
            return self.named(origin, path, scope, layer)
        if not isinstance(origin, list | tuple) or not origin:
            self.report(
                layer,
                rules.WRONG_VALUE,
                f"from must be a layer's name or a list of them, not {quote(origin)}",
                "for example from: conv1",
                path,
            )
            return None
        self.limits.spend_sources(len(origin))
        found: list[Sources | None] = []
        beside = [name for name in origin if isinstance(name, str)]
        for index, name in enumerate(origin):
            if isinstance(name, str):
                found.append(self.named(name, (*path, index), scope, layer, beside))
            else:
                found.append(None)
                if name is not MISSING:
                    self.report(
                        layer,
                        rules.WRONG_VALUE,
                        f"from must list names, not {quote(name)}",
                        "write it in quotes",
                        (*path, index),
                    )
        if any(sources is None for sources in found):
            return None
        return tuple(source for sources in found for source in sources or ())

    def named(
        self,
        name: str,
        path: Path,
        scope: Scope,
        layer: str | None,
        beside: Sequence[str] = (),
    ) -> Sources | None:
        """Return what one name means; None, with a finding, if that is nothing.

        What is named `beside` it is not offered in its place: nobody means a layer twice.
        """
        try:
            found = scope.find(name)
        except KeyError:
            if self.findings.again(layer, path, rules.NO_SUCH_NAME):
                return None
            message = f"no earlier layer is called {quote(name)}"
            fault = Fault(rules.NO_SUCH_NAME, message, "only earlier layers can be named")
            twice = beside.count(name) > 1
            others = () if twice else (other for other in scope.known() if other not in beside)
            close = suggested(name, lambda: others, self.findings)
            self.findings.append(Finding(misspelt(fault, close, "set"), path, layer))
            return None
        if isinstance(found, Instance):
            return found.sources
        return (found,) if isinstance(found, int) else found

    def share(self, share: Any, node: Node, scope: Scope) -> None:
        """Note whose weights a layer uses: all of a layer's, or one; the first owner's if they
        chain.
        """
        path = (*node.path, "share")
        if isinstance(share, Mapping):
            node.shares_one = self._shared_parameter(share, node, path, scope)
            return
        found = self._shared_layer(share, node, path, scope)
        if found is None:
            return
        one = self.nodes[found].shares_one
        if one is not None:
            owner = self.nodes[one.owner].name
            message = f"{node.name} cannot share all of {quote(share)}: its {one.name} is {owner}'s"
            hint = f"share: {{{one.name}: {owner}}} shares that alone"
            self.report(node.name, rules.SHARED_SHAPES, message, hint, path)
            return
        node.shares = self._owner(found)

    def _shared_parameter(
        self, share: Mapping[Any, Any], node: Node, path: Path, scope: Scope
    ) -> SharedParameter | None:
        """Return the one parameter that `share: {weight: OTHER}` names."""
        names = [key for key in share if key != "transposed"]
        turned = self._transposed(share.get("transposed", False), node, (*path, "transposed"))
        if turned is None:
            return None
        if len(names) != 1 or not isinstance(names[0], str):
            fault = wrong_value("share", "one parameter and the layer that it is of", dict(share))
            fault = fault._replace(hint="for example share: {weight: enc}")
            self.findings.append(Finding(fault, path, node.name))
            return None
        (name,) = names
        other = self._shared_layer(share[name], node, (*path, name), scope)
        if other is None:
            return None
        before = self.nodes[other].shares_one
        if before is not None and before.name == name:
            return before._replace(transposed=before.transposed ^ turned)
        return SharedParameter(self._owner(other), str(name), turned)

    def _transposed(self, value: Any, node: Node, path: Path) -> bool | None:
        """Return whether a shared parameter is transposed; None where that is not said well."""
        if value is MISSING:
            return False
        turned, found = validate_value(read_truth, value, "transposed", path)
        self.findings.extend(found, node.name)
        return turned

    def _shared_layer(self, share: Any, node: Node, path: Path, scope: Scope) -> int | None:
        """Return the index of the layer that is named."""
        if share is MISSING:
            return None
        if not isinstance(share, str):
            message = f"share must be a layer's name, not {quote(share)}"
            self.report(node.name, rules.WRONG_VALUE, message, "", path)
            return None
        sources = self.named(share, path, scope, node.name)
        found = self.values.producer(sources[0]) if sources and len(sources) == 1 else None
        if found is None and sources:
            self.report(
                node.name,
                rules.NO_SUCH_NAME,
                f"{quote(share)} is not an earlier layer with weights",
                "share names a layer of the same kind",
                path,
            )
        return found

    def _owner(self, index: int) -> int:
        owner = self.nodes[index].shares
        return index if owner is None else owner

    def share_instance(self, share: Any, instance: Instance, scope: Scope) -> None:
        """Pair the weights of two instances of one block, layer by layer."""
        path = (*instance.path, "share")
        try:
            other = scope.find(share) if isinstance(share, str) else None
        except KeyError:
            self.named(share, path, scope, scope.owner)  # reports it, with the nearest name
            return
        if not isinstance(other, Instance) or other.kind != instance.kind or other is instance:
            if share is not MISSING:
                self.report(
                    scope.owner,
                    rules.NO_SUCH_NAME,
                    f"{quote(share)} is not an earlier instance of {instance.kind}",
                    f"share names another {instance.kind}",
                    path,
                )
            return
        own = self._with_weights(instance)
        theirs = self._with_weights(other)
        single = next((self.nodes[i].name for i in (*own, *theirs) if self.nodes[i].shares_one), "")
        if single:
            message = f"{instance.name} cannot share {other.name}: {single} shares one parameter"
            hint = "instances that share do so as a whole: write share on the layers"
            self.report(scope.owner, rules.SHARED_SHAPES, message, hint, path)
            return
        if [self.nodes[i].kind for i in own] != [self.nodes[i].kind for i in theirs]:
            self.report(
                scope.owner,
                rules.SHARED_SHAPES,
                f"{instance.name} and {other.name} have different layers",
                "give both the same parameters",
                path,
            )
            return
        for mine, owner in zip(own, theirs, strict=True):
            self.nodes[mine].shares = self._owner(owner)

    def freeze(self, instance: Instance) -> None:
        """Note that no layer inside an instance learns."""
        for node in self.nodes[instance.first : instance.end]:
            node.learns = False

    def _with_weights(self, instance: Instance) -> list[int]:
        span = range(instance.first, instance.end)
        return [i for i in span if (layer := self.nodes[i].layer) and layer.has_weights]

    def report(self, layer: str | None, rule: Rule, message: str, hint: str, path: Path) -> None:
        """Add a finding about a layer at a path."""
        self.findings.append(Finding(Fault(rule, message, hint), path, layer))

    def name_of(self, source: int) -> str:
        """Return the name of what gives a value."""
        layer = self.values.producer(source)
        return quote(self.inputs[source]) if layer is None else self.nodes[layer].name
