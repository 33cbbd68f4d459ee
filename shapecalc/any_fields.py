"""Fields that say `any`: the values that fit are found layer by layer, on what comes in.

Values that keep the size come first; the network goes on with the first. Imported only where a
field says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from shapecalc import checks, rules
from shapecalc.any_windows import search, searchable
from shapecalc.diagnostics import LayerError
from shapecalc.fitting_sizes import Search
from shapecalc.geometry import effective
from shapecalc.layers.base import Layer
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.pool import Pool
from shapecalc.layers.window import Sliding
from shapecalc.named_sizes import NamedRecord
from shapecalc.network import NetworkSpec, Node
from shapecalc.open_sizes import without_names
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import Volume
from shapecalc.walking import Walker, walk
from shapecalc.wildcards import PLACEHOLDERS, Beyond, Choice, Value

MOST_LISTED = 64
UNLIMITED = ("F", "S", "dilation")  # in a transposed convolution, which they only enlarge
MOST_TRIED = 20_000  # combinations of values
MOST_OF_ONE = 512  # values of one field
ENDLESS = ("K",)
CLAIMS = frozenset({rules.FALSE_CLAIM})
AT_FAULT = (rules.STRIDE_FIT, rules.TOO_LARGE, rules.POOL_PADDING, rules.OUTPUT_PADDING)


def traced(spec: NetworkSpec) -> Trace:
    """Return the checked trace of a spec with values chosen for the fields that say any."""
    made = chosen(spec)
    if made.is_open and made.choices:  # what they give is told as the network's sizes are written
        records = checks.traced(made).layers
        made = replace(
            made, choices={n: _in_sizes(made.choices[n], records[n]) for n in made.choices}
        )
    return checks.traced(made)


def _in_sizes(choice: Choice, record: LayerRecord) -> Choice:
    """Return a choice with outputs that hold for every size of the network's inputs, or none."""
    values = []
    for place, value in enumerate(choice.values):
        output = record.output if place == 0 else ()
        if place and isinstance(record, NamedRecord) and record.layer is not None:
            output = record.output_of(record.layer.model_copy(update=dict(value.fields)))
        values.append(value._replace(output=output or ()))
    return choice._replace(values=values)


def chosen(spec: NetworkSpec) -> NetworkSpec:
    """Return the spec with values in the place of `any`, and what was to choose from."""
    sized = spec
    if spec.is_open:
        looking = Search(without_names(spec))
        sized = looking.filled(looking.start)
    walker = Walker(sized, {})
    nodes = list(spec.nodes)
    choices: dict[int, Choice] = {}
    depths = _depths(sized)
    wild = [place for place, node in enumerate(nodes) if node.wild]
    alike: dict[int, list[int]] = {}
    for place in wild:
        alike.setdefault(id(nodes[place].layer), []).append(place)
    for place in range(len(nodes)):
        node = nodes[place]
        if node.wild and node.layer is not None and place in wild:
            inputs = _inputs(walker, node)
            choice = None if inputs is None else _choice(node.layer, node.wild, inputs, depths)
            same = alike[id(node.layer)]  # a repeat has one layer several times
            if choice is not None and not choice.values:
                if _is_at_fault(node.layer, inputs or ()):
                    choices[place] = choice  # which says that nothing fits
            elif choice is not None:
                last = wild[-1] == same[-1]
                so_far = replace(sized, nodes=nodes)
                choice = _sound(so_far, same, choice) if last else choice
                choice = _first_without_warning(so_far, same, _cut(choice))
                choices[place] = choice
                made = node.layer.model_copy(update=dict(choice.values[0].fields))
                made.model_fields_set.update(node.wild)
                for other in same:
                    nodes[other] = replace(nodes[other], layer=made, wild=())
                wild = [other for other in wild if other not in same] or [-1]
        walker.record(nodes[place])
    return replace(spec, nodes=nodes, wild=False, choices=choices)


def _inputs(walker: Walker, node: Node) -> list[Volume] | None:
    taken = [walker.volumes[source] for source in node.sources or ()]
    known = [volume for volume in taken if volume is not None]
    return known if known and len(known) == len(taken) else None


def _is_at_fault(layer: Layer, inputs: Sequence[Volume]) -> bool:
    """Say whether a layer is refused for a field that may say any, and not for another one."""
    try:
        layer.volume(inputs)
    except LayerError as error:
        return error.rule in AT_FAULT
    return False


def _depths(spec: NetworkSpec) -> list[int]:
    """Return the depths that are written in a network: K is likely to be one of them."""
    found = [volume[-1] for volume in spec.inputs.values() if volume]
    for node in spec.nodes:
        if node.layer is not None and "K" not in node.wild:
            values = node.layer.values()
            found += [values[key] for key in ("K", "units") if type(values.get(key)) is int]
    return [depth for depth in dict.fromkeys(found) if depth is not None]


def _choice(
    layer: Layer, fields: Sequence[str], inputs: Sequence[Volume], depths: Sequence[int]
) -> Choice:
    """Return the values that a layer takes on its input."""
    volume = inputs[0]
    most = MOST_OF_ONE
    if isinstance(layer, ConvTranspose):  # of several fields without an end each has its share
        most = min(most, int(MOST_TRIED ** (1 / len(fields))))
    ranges = {
        name: list(islice(_values(layer, name, volume, fields, depths), most)) for name in fields
    }
    if searchable(layer, fields):
        assert isinstance(layer, Sliding)
        windows, count = search(layer, fields, ranges, volume, MOST_LISTED)
        found = list(_taken(layer, windows, inputs, fields))
        if "K" in fields and found:
            deep = [{**found[0].fields, "K": K} for K in ranges["K"]]
            depths = [value.fields["K"] for value in _taken(layer, deep, inputs, fields)]
            found = [_deep(value, K, fields) for value in found for K in depths]
            count *= len(depths)
    else:
        updates = (dict(zip(ranges, v, strict=True)) for v in product(*ranges.values()))
        found = list(_taken(layer, islice(updates, MOST_TRIED), inputs, fields))
        count = len(found)
    found.sort(key=lambda value: _rank(value, volume))  # depths stay in their order
    endless = tuple(name for name in fields if name in ENDLESS)
    tried = found[:MOST_OF_ONE]
    cut = [name for name in UNLIMITED if len(ranges.get(name, ())) == most]
    is_unlimited = isinstance(layer, ConvTranspose) and bool(cut)
    searched = tuple((name, min(values), max(values)) for name, values in ranges.items() if values)
    beyond: Beyond = ""
    if is_unlimited and found:
        beyond = "all" if len(fields) == 1 else "some"
    return Choice(tuple(fields), tried, count - len(tried), endless, searched, beyond)


def _cut(choice: Choice) -> Choice:
    """Return a choice with only as many values as are listed."""
    listed = choice.values[:MOST_LISTED]
    return choice._replace(values=listed, more=choice.more + len(choice.values) - len(listed))


def _taken(
    layer: Layer,
    updates: Iterable[Mapping[str, Any]],
    inputs: Sequence[Volume],
    fields: Sequence[str],
) -> Iterator[Value]:
    """Yield the values with which a layer takes its input; none of F or S with which a pool does
    nothing to it.
    """
    chooses = isinstance(layer, Pool) and ("F" in fields or "S" in fields)
    for update in updates:
        made = layer.model_copy(update=dict(update))
        try:
            output = made.volume(inputs)
        except LayerError:
            continue
        spaced = isinstance(made, ConvTranspose) and {"F", "dilation"} <= {*fields}
        if spaced and made.F == 1 < made.dilation:  # type: ignore[attr-defined] # alike
            continue
        if not (chooses and isinstance(made, Pool) and (made.F, made.stride()) == (1, 1)):
            yield Value(update, output)


def _deep(value: Value, K: int, fields: Sequence[str]) -> Value:
    """Return a value with another K, which is the depth of a convolution's output."""
    update = {**value.fields, "K": K}
    return Value({name: update[name] for name in fields}, (*value.output[:-1], K))


def _rank(value: Value, volume: Volume) -> tuple[Any, ...]:
    """Put what keeps the size first, then what keeps the depth, then the smaller values."""
    output = value.output
    kept = len(output) == len(volume) and output[:-1] == volume[:-1]
    sizes = {name: size for name, size in value.fields.items() if name != "K"}
    simple = sum(abs(size - PLACEHOLDERS[name]) for name, size in sizes.items())
    deep = "K" in value.fields and output[-1] != volume[-1]
    return not kept, deep, simple, tuple(sizes.values())


def _values(
    layer: Layer, name: str, volume: Volume, wild: Sequence[str], depths: Sequence[int]
) -> Iterator[int]:
    """Yield the values of a field that may fit: beyond them, none does, or all are alike."""
    spatial = volume[:-1] or (1,)
    fields = {key: _largest(value) for key, value in layer.values().items()}
    fields |= {key: PLACEHOLDERS[key] for key in wild}
    F, dilation = fields.get("F", 1), fields.get("dilation", 1)
    padded = max(spatial) + 2 * fields.get("P", 0)
    if name == "K":
        yield from dict.fromkeys((volume[-1], *depths, *range(1, 2 * volume[-1] + 1)))
    elif isinstance(layer, ConvTranspose) and name != "output_padding":
        yield from _transposed(name, max(spatial), fields, wild)
    elif name == "P":
        span = effective(padded if "F" in wild else F, dilation)
        known = "F" in fields and "F" not in wild
        yield from range(span if known else max(spatial) // 2 + 1)
    elif name == "dilation":
        yield from range(1, max(1, (padded - 1) // max(1, F - 1)) + 1)
    elif name == "output_padding":
        yield from range(max(fields.get("S", 1), dilation) if "S" not in wild else max(spatial))
    else:
        yield from range(1, padded + 1)


def _transposed(name: str, W: int, fields: Mapping[str, int], wild: Sequence[str]) -> range:
    """Return the values of a transposed convolution's field that may fit.

    F, S and dilation enlarge the output without an end, unless nothing depends on them but how
    large an output_padding may be; P leaves at least one value of the largest output.
    """
    F, S, extra = (fields.get(key, 0) for key in ("F", "S", "output_padding"))
    if name == "P":
        known = "F" not in wild and "dilation" not in wild and "S" not in wild
        uncropped = (W - 1) * S + effective(F, fields["dilation"]) + extra
        return range((uncropped - 1) // 2 + 1 if known else W)
    alike = (name == "S" and W == 1) or (name == "dilation" and F == 1 and "F" not in wild)
    return range(1, extra + 2 if alike else MOST_OF_ONE + 1)


def _largest(value: Any) -> int:
    """Return the largest number of a field's value; 0 for what is none."""
    if isinstance(value, tuple | list):
        return max(map(_largest, value), default=0)
    return value if type(value) is int else 0


def _sound(spec: NetworkSpec, places: Sequence[int], choice: Choice) -> Choice:
    """Keep those values with which the whole network fits, where there are such, and of these the
    ones with which the most of its claims hold.
    """
    sound, false = [], []
    for value in choice.values:
        trace = walk(_with(spec, places, value), to_the_end=False)
        if not any(one.rule.stage == "shapes" for one in trace.findings[len(spec.findings) :]):
            sound.append(value)
            found = checks.checked(trace, among=CLAIMS).findings
            false.append(sum(one.rule is rules.FALSE_CLAIM for one in found))
    sound = [value for value, wrong in zip(sound, false, strict=True) if wrong == min(false)]
    if len(sound) in (0, len(choice.values)):
        return choice
    beyond: Beyond = "some" if choice.beyond and _go_on(sound, choice) else ""
    return choice._replace(values=sound, more=0, endless=(), beyond=beyond)


def _with(spec: NetworkSpec, places: Sequence[int], value: Value) -> NetworkSpec:
    """Return a spec in which the layer at some places has a value."""
    layer = spec.nodes[places[0]].layer
    assert layer is not None
    made = layer.model_copy(update=dict(value.fields))
    nodes = list(spec.nodes)
    for place in places:
        nodes[place] = replace(nodes[place], layer=made)
    return replace(spec, nodes=nodes)


def _go_on(sound: Sequence[Value], choice: Choice) -> bool:
    """Say whether values that fit are found in the upper half of what was tried, too; then there
    are likely to be more.
    """
    return any(
        2 * value.fields[name] > max(other.fields[name] for other in choice.values)
        for name in choice.fields
        if name in UNLIMITED
        for value in sound[-1:]
    )


def _first_without_warning(spec: NetworkSpec, places: Sequence[int], choice: Choice) -> Choice:
    """Put the first value in front of which no rule warns, where there is one."""
    names = {spec.nodes[place].name for place in places}
    for value in choice.values:
        found = checks.checked(walk(_with(spec, places, value))).findings
        if not any(one.layer in names and one.rule.severity == "warning" for one in found):
            others = [other for other in choice.values if other is not value]
            return choice._replace(values=[value, *others])
    return choice
