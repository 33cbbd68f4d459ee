"""NetworkSpec, and the top level of a spec: inputs, blocks, layers, outputs and claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.diagnostics import (
    MAX_LAYERS,
    Fault,
    Finding,
    Findings,
    Path,
    quote,
    repairable,
)
from shapecalc.document import Document
from shapecalc.edits import Change, Repair, several
from shapecalc.geometry import Rounding
from shapecalc.layers.field_types import NAME, ROUNDING_WORDS, PartialVolume, dashes, one_of
from shapecalc.layers.read_numbers import check_whole
from shapecalc.layers.read_volumes import read_partial_volume, read_stated_volume
from shapecalc.network.blocks import RESERVED, bad_name, read_blocks
from shapecalc.network.expanding import Expander
from shapecalc.network.expansion_limits import ExpansionLimits, SizeEstimate, TooMuch
from shapecalc.network.expectations import NetworkExpectations
from shapecalc.network.layer_item import likely_kind
from shapecalc.network.leaf_layers import MOST_FAULTS, LeafLayers
from shapecalc.network.recursion import find_circles
from shapecalc.network.scopes import Instance, Scope
from shapecalc.network.validation import unknown_key, validate, validate_value, wrong_value
from shapecalc.network.values import Sources, Values
from shapecalc.network.wiring import Node, Wiring
from shapecalc.rules import Rule
from shapecalc.volumes import is_known

if TYPE_CHECKING:
    from shapecalc.network.example import Example
    from shapecalc.network.own_names import OwnNames
    from shapecalc.wildcards import Choice

KEYS = {
    key: key
    for key in (
        "name", "description", "source", "input", "inputs", "batch", "rounding", "blocks",
        "layers", "outputs", "expect", "example",
    )
}  # fmt: skip
NO_NETWORK = {  # what a mapping without layers and input is, by a key of it
    "questions": ("an assignment", "shapecalc grade marks answers by it; audit checks its keys"),
    "answers": ("a student's answers", "shapecalc grade ASSIGNMENT FILE marks them"),
    "student": ("a student's answers", "shapecalc grade ASSIGNMENT FILE marks them"),
}
ROUNDINGS: tuple[Rounding, ...] = ("exact", "floor", "ceil")


@dataclass(frozen=True)
class NetworkSpec:
    """A network as written, expanded and wired. `findings` says what is wrong with it.

    What layers read, and `outputs`, are `values`.
    """

    document: Document
    name: str | None = None
    description: str | None = None
    source: str | None = None
    batch: int = 1
    inputs: Mapping[str, PartialVolume | None] = field(default_factory=dict)
    nodes: Sequence[Node] = ()
    instances: Sequence[Instance] = ()
    outputs: Mapping[str, int | None] = field(default_factory=dict)
    expectations: NetworkExpectations | None = None
    example: Example | None = None
    findings: Sequence[Finding] = ()
    readable: bool = True  # whether there is a list of layers at all
    max_layers: int = MAX_LAYERS  # how many it was allowed
    given: Mapping[str, PartialVolume] = field(default_factory=dict)  # in place of its own inputs
    selected: frozenset[Rule] = frozenset()  # advice that is asked for by its codes
    wild: bool = False  # whether fields say any, and their values are still to be chosen
    choices: Mapping[int, Choice] = field(default_factory=dict)  # by the layers' numbers

    @property
    def file(self) -> str | None:
        """The name of the file the spec came from."""
        return self.document.file

    @property
    def is_open(self) -> bool:
        """Whether an input leaves a size open, or has a name for it."""
        return any(volume is not None and not is_known(volume) for volume in self.inputs.values())

    @property
    def is_named(self) -> bool:
        """Whether an input has a name for a size."""
        volumes = (volume for volume in self.inputs.values() if volume is not None)
        return any(isinstance(size, str) for volume in volumes for size in volume)

    def place_of_input(self, name: str) -> Path:
        """Return where the volume of an input is written."""
        return ("inputs", name) if "inputs" in self.document.data else ("input",)

    @cached_property
    def values(self) -> Values:
        """What the numbers of sources and outputs mean."""
        return Values(len(self.inputs))

    def folded(self, depth: int) -> dict[int, Instance]:
        """Return the outermost instances deeper than `depth`, by the index of their first layer."""
        folds: dict[int, Instance] = {}
        for instance in self.instances:
            level = instance.name.count(".") + 1
            if instance.scope is not None and level > depth and instance.end > instance.first:
                folds.setdefault(instance.first, instance)  # the outer one is listed first
        return folds


def build(document: Document, max_layers: int = MAX_LAYERS, inputs: Any = None) -> NetworkSpec:
    """Return the network of a document, of so many layers at most.

    `inputs` puts other volumes in the place of its own: one for the only input, or a mapping by
    name. Never raises for what is wrong with the document: that is among its findings. Raises
    SpecError for inputs that are no volumes, or not the network's.
    """
    if inputs is not None and document.with_inputs is not None:
        from shapecalc.network.given_inputs import given_volumes, unnamed  # few give any

        made = document.with_inputs(unnamed(given_volumes(inputs, document.data)))
        made.format = document.format
        document = made
    return _Builder(document, max_layers, inputs).build()


def _whole_batch(value: Any) -> int:
    return check_whole(value, 1, "a positive whole number")


class _Builder:
    """Reads the top level of a spec."""

    def __init__(self, document: Document, max_layers: int, given: Any = None) -> None:
        self.document = document
        self.max_layers = max_layers
        self.asked = given
        self.given: Mapping[str, PartialVolume] = {}
        self.findings = Findings(document.findings)
        self.own_names: OwnNames | None = None
        if not document.is_native:
            from shapecalc.network.own_names import OwnNames  # specs have names of ours

            self.own_names = OwnNames()

    def _unreadable(self) -> NetworkSpec:
        return NetworkSpec(self.document, findings=self.findings, readable=False)

    def build(self) -> NetworkSpec:
        data = self.document.data
        if not isinstance(data, Mapping):
            if not self.findings:
                self._report(
                    rules.WRONG_VALUE,
                    f"a spec is a mapping, not {quote(data)}",
                    "for example input: 32x32x3, and layers: [...]",
                )
            return self._unreadable()
        if data.keys().isdisjoint(("layers", "input", "inputs")):
            for key, (what, hint) in NO_NETWORK.items():
                if key in data:
                    self._report(rules.UNREADABLE, f"this is {what}", hint)
                    return self._unreadable()
        for key in data:
            if key not in KEYS:
                self.findings.append(Finding(self._unknown(str(key), data), (str(key),)))
        inputs = self._inputs(data)
        wiring, outputs = self._layers(data, inputs)
        claims = None
        if data.get("expect") is not None:
            claims, found = validate(
                NetworkExpectations, data["expect"], ("expect",), "expect", self.findings
            )
            self.findings.extend(found)
        example = None
        if data.get("example") is not None:
            from shapecalc.network.example import read_example  # few specs have one

            example = read_example(data["example"], self.findings)
            if self.given and self._is_other(data):
                example = None  # its arrays are for the spec's own input
        return NetworkSpec(
            self.document,
            self._text(data, "name"),
            self._text(data, "description"),
            self._text(data, "source"),
            self._batch(data),
            inputs,
            wiring.nodes,
            wiring.instances,
            outputs,
            claims,
            example,
            self.findings.counted(),
            isinstance(data.get("layers"), list | tuple),
            self.max_layers,
            self.given,
            wild=wiring.wild,
        )

    def _is_other(self, data: Mapping[str, Any]) -> bool:
        from shapecalc.network.given_inputs import is_other

        return is_other(data, self.given)

    def _unknown(self, key: str, data: Mapping[str, Any]) -> Fault:
        """Return the fault of a key that is none of a spec, with ours where there is one."""
        from shapecalc.frameworks.elsewhere import TOP_LEVEL  # most keys are known

        fault = unknown_key(key, data, "a spec", KEYS, TOP_LEVEL, (), self.findings)
        renames = [repair.change for repair in fault.repairs if repair.change.value == "input"]
        if not renames:
            return fault
        try:
            read_partial_volume(data[key])
        except PydanticCustomError as error:  # its sizes have to be put in order, too
            repairs = [
                Repair(f"input for {quote(key)}: {r.text}", several(r.change, *renames))
                for r in (error.context or {}).get("repairs", ())
            ]
            return repairable(fault.rule, fault.message, repairs, fault.otherwise)
        return fault

    # -- inputs and small keys -----------------------------------------------------------------

    def _inputs(self, data: Mapping[str, Any]) -> dict[str, PartialVolume | None]:
        if "input" in data and "inputs" in data:
            self._report(
                rules.NAME_USED_TWICE,
                "input and inputs are two words for one field",
                "keep one",
                ("inputs",),
            )
        if self.asked is not None:
            from shapecalc.network.given_inputs import given_volumes  # rarely asked for

            self.given = given_volumes(self.asked, data)
        if "input" in data or ("input" in self.given and "inputs" not in data):
            return {"input": self._volume(data.get("input"), ("input",))}
        if "inputs" not in data:
            if "layers" in data or not self.findings:
                repair = Repair("for example input: 32x32x3", Change("set", "32x32x3", ("input",)))
                fault = repairable(rules.MISSING_FIELD, "a spec needs input", [repair])
                self.findings.append(Finding(fault, ()))
            return {"input": None}
        written = data["inputs"]
        if not isinstance(written, Mapping) or not written:
            fault = wrong_value("inputs", "a mapping of names to volumes", written)
            repair = Repair("write input for inputs", Change("rename", "input"))
            otherwise = "for example inputs: {left: 32x32x3, right: 10}"
            fault = repairable(fault.rule, fault.message, [repair], otherwise)
            self.findings.append(Finding(fault, ("inputs",)))
            return {"input": None}
        if self.own_names is not None:
            shown = self.own_names.shown
            return {shown(str(k)): self._volume(v, ("inputs", str(k))) for k, v in written.items()}
        inputs: dict[str, PartialVolume | None] = {}
        from shapecalc.network.tuples import torn  # few specs have several inputs

        for broken in torn(written):
            if any(found.rule is rules.NAME_USED_TWICE for found in self.document.findings):
                break  # two sizes are equal, and one of them is lost
            self.findings.append(Finding(broken.fault, ("inputs",)))
            written = {k: v for k, v in written.items() if str(k) not in broken.parts}
            written[broken.key] = broken.value
        for key, value in written.items():
            path: Path = ("inputs", str(key))
            if not NAME.fullmatch(str(key)):
                self.findings.append(Finding(bad_name(key, "rename"), path))
            elif key in RESERVED and key != "input":
                self._report(
                    rules.NAME_USED_TWICE, f"{key} is a reserved name", "choose another", path
                )
            inputs[str(key)] = self._volume(value, path)
        return inputs

    def _volume(self, value: Any, path: Path) -> PartialVolume | None:
        if path[-1] in self.given:
            return self.given[str(path[-1])]
        read = read_partial_volume
        if self.own_names is not None:
            if value is None:  # the file does not tell
                return None
            read = read_stated_volume
        volume, found = validate_value(read, value, quote(path[-1]), path)
        self.findings.extend(found)
        return volume

    def _text(self, data: Mapping[str, Any], key: str) -> str | None:
        value = data.get(key)
        if value is None or isinstance(value, str):
            return value
        self.findings.append(Finding(wrong_value(key, "text", value, "write it in quotes"), (key,)))
        return None

    def _batch(self, data: Mapping[str, Any]) -> int:
        batch, found = validate_value(_whole_batch, data.get("batch", 1), "batch", ("batch",))
        self.findings.extend(found)
        return 1 if batch is None else batch

    def _rounding(self, data: Mapping[str, Any]) -> Rounding:
        value = data.get("rounding", "exact")
        for rounding in ROUNDINGS:
            if isinstance(value, str) and rounding == value:
                return rounding
        _, found = validate_value(
            lambda written: one_of(written, ROUNDINGS, ROUNDING_WORDS),
            value,
            "rounding",
            ("rounding",),
            "shapecalc explain rounding says what each does",
        )
        self.findings.extend(found)
        return "exact"

    # -- layers --------------------------------------------------------------------------------

    def _layers(
        self, data: Mapping[str, Any], inputs: Mapping[str, PartialVolume | None]
    ) -> tuple[Wiring, dict[str, int | None]]:
        blocks = read_blocks(data.get("blocks"), self.findings)
        if blocks:
            find_circles(blocks, self.findings)
        limits = ExpansionLimits(self.max_layers)
        wiring = Wiring(self.findings, list(inputs), limits, self.own_names)
        expander = Expander(blocks, LeafLayers(wiring, self._rounding(data)))
        values = wiring.values.inputs
        scope = Scope(inputs=tuple(values) if len(inputs) == 1 else ())
        scope.exact = self.own_names is not None
        scope.names.update(zip(self._input_names(data, inputs), values, strict=True))
        items = data.get("layers")
        if "layers" not in data:
            repair = Repair(
                "for example layers: [{dense: 10}]", Change("set", [{"dense": 10}], ("layers",))
            )
            fault = repairable(rules.MISSING_FIELD, "a spec needs layers", [repair])
            self.findings.append(Finding(fault, ()))
            items = ()
        elif not isinstance(items, list | tuple):
            fault = wrong_value("layers", "a list of layers", items)
            otherwise = "begin each layer with a dash"
            fault = repairable(fault.rule, fault.message, dashes(items), otherwise)
            self.findings.append(Finding(fault, ("layers",)))
            items = ()
        chain = self._expand(expander, items, scope)
        self._rehearse(expander)
        return wiring, self._outputs(data, wiring, scope, chain)

    def _input_names(
        self, data: Mapping[str, Any], inputs: Mapping[str, PartialVolume | None]
    ) -> list[str]:
        """Return the names by which layers take the inputs: a file's own, uncleaned."""
        written = data.get("inputs")
        own = self.own_names is not None and "input" not in data and isinstance(written, Mapping)
        return [*map(str, written)] if own and written else [*inputs]

    def _rehearse(self, expander: Expander) -> None:
        """Find the faults of the blocks that no layer uses: nobody would meet them otherwise."""
        expander.wiring.limits = ExpansionLimits(self.max_layers)
        for block in expander.blocks.values():
            try:
                if not block.used:
                    expander.dry_run(block)
            except TooMuch as limit:
                message = f"the blocks that no layer uses have {limit}"
                self._report(rules.LIMIT_PASSED, message, limit.hint, block.path)
                return

    def _expand(self, expander: Expander, items: Sequence[Any], scope: Scope) -> Sources | None:
        estimate = SizeEstimate(expander.blocks)
        chain: Sources | None = scope.inputs
        for index, item in enumerate(items):
            path: Path = ("layers", index)
            try:
                expander.wiring.limits.need_layers(estimate.item(item))
            except TooMuch as limit:
                self._too_much(limit, item, path, expander, scope)
                if not expander.wiring.limits.layers or len(self.findings) > MOST_FAULTS:
                    return None
                chain = None
                continue
            try:
                chain = expander.item(item, path, scope, chain)
            except TooMuch as limit:  # what could not be foreseen ends the expansion
                self._too_much(limit, item, path, expander, scope)
                return None
        return chain

    def _too_much(
        self, limit: TooMuch, item: Any, path: Path, expander: Expander, scope: Scope
    ) -> None:
        kind = item if isinstance(item, str) else "?"
        if isinstance(item, Mapping) and item:
            kind = quote(likely_kind(item, expander.blocks))
            path = (*path, kind)
        message = f"the network has {limit}"
        self._report(rules.LIMIT_PASSED, message, limit.hint, path)
        expander.depth = 0
        wiring = expander.wiring
        spent = wiring.limits
        wiring.limits = ExpansionLimits(1)  # for the one that stands for them all
        if len(self.findings) <= MOST_FAULTS:
            expander.leaves.unknown(kind, path, scope)
        wiring.limits = spent

    def _outputs(
        self, data: Mapping[str, Any], wiring: Wiring, scope: Scope, chain: Sources | None
    ) -> dict[str, int | None]:
        written = data.get("outputs")
        if written is None:
            if not chain or len(chain) > 1:
                return {}
            return {wiring.name_of(chain[0]): chain[0]}
        if isinstance(written, list | tuple) and not written:
            self._report(
                rules.WRONG_VALUE,
                "outputs must name at least one layer",
                "leave outputs out: the last layer is the output",
                ("outputs",),
            )
        if not isinstance(written, list | tuple):
            written = [written]
        outputs: dict[str, int | None] = {}
        for index, name in enumerate(written):
            path: Path = ("outputs", index) if written is data["outputs"] else ("outputs",)
            if not isinstance(name, str):
                self._report(
                    rules.WRONG_VALUE,
                    f"outputs must list layers' names, not {quote(name)}",
                    "for example outputs: [softmax1]",
                    path,
                )
            elif name in outputs:
                self._report(
                    rules.NAME_USED_TWICE,
                    f"the output {quote(name)} is listed twice",
                    "keep one",
                    path,
                )
            else:
                found = wiring.named(name, path, scope, None)
                if found and len(found) > 1:
                    self._report(
                        rules.NUMBER_OF_SOURCES,
                        f"the output {quote(name)} stands for {len(found)} volumes",
                        "name one of them",
                        path,
                    )
                shown = self.own_names.shown(name) if self.own_names else name
                outputs[shown] = found[0] if found and len(found) == 1 else None
        return outputs

    def _report(self, rule: Rule, message: str, hint: str, path: Path = ()) -> None:
        self.findings.append(Finding(Fault(rule, message, hint), path))
