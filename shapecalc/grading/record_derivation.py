"""How a layer's number follows, for whoever was asked for it: what a report shows beside other
numbers, and what it does not show.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import prod
from types import MappingProxyType

from shapecalc.derivations import Derivation, Operation, plus, times
from shapecalc.grading.enlarged_field import ENLARGING, enlarged_field, enlarges
from shapecalc.grading.flops_derivation import flops_derivations
from shapecalc.grading.merged_field import field_of_merge, widest_branch
from shapecalc.grading.query import Query
from shapecalc.grading.record_numbers import im2col, of_one_output, weight_shape
from shapecalc.grading.values import flat
from shapecalc.grading.weight_axes import weight_axes
from shapecalc.grading.wording import in_a_row
from shapecalc.grading.worked_out import shows
from shapecalc.layers.base import by_axis
from shapecalc.layers.dense import Dense
from shapecalc.layers.normalization import Normalization
from shapecalc.layers.window import Sliding
from shapecalc.quantities import BYTES, OF_OUTPUT
from shapecalc.records import KnownRecord
from shapecalc.reports import sentences

# Of a field and a jump that a window widens: what stands there is the layer's before.
FIELD_FORMULAS = {
    "receptive_field": "field before + (F - 1)*{}",
    "jump": "{} * S",
}
# The jump before a layer, in words that stand on a sheet.
STRIDES = "(product of the strides before)"
APART = "(pixels between neighbours before)"  # where some layer brings them closer
CLOSER = (*ENLARGING, "scattered")  # reasons of such layers

MOST_STEPS = 12  # of a receptive field, that are told from the input on


def record_derivations(
    record: KnownRecord,
    query: Query,
    inputs: Collection[str],
    records: Mapping[str, KnownRecord] = MappingProxyType({}),
) -> list[Derivation]:
    """Return how a layer's number follows; nothing where nothing is to be shown.

    `inputs` are the names of the network's own, `records` all its layers, with which it is told
    from the input on.
    """
    key = query.key
    if query.kind == "shape":
        return _shape(record, query)
    if key in ("K", "depth") and query.kind in ("field", "size"):
        return _depth(record)
    if query.kind == "fits":
        return _strides(record)
    if query.kind in ("field", "size"):
        return sentences.chosen(record, ["output"])
    if key == "input":
        source = (record.sources or ("",))[0]
        return [] if source in inputs else [_said("output_of", record.input, layer=source)]
    if key in ("receptive_field", "jump"):
        return _field(record, key, records)
    if key == "flops":
        macs = record_derivations(record, query._replace(key="macs"), inputs, records)
        return flops_derivations(record.macs or 0, 0, (2, 0), macs, ())
    return _matrix(record, key) or _unflattened(_count(record, key), record, records)


def depth_derivation(record: KnownRecord) -> Derivation | None:
    """Return where the depth of a layer's output comes from, which no formula of a size tells."""
    depth = (record.output or (0,))[-1]
    if getattr(record.layer, "K", None) == depth:
        return _said("number_of_filters", depth)
    if record.input and record.input[0][-1] == depth:
        return _said("depth_kept", depth)
    return None


def _strides(record: KnownRecord) -> list[Derivation]:
    """Return whether the strides of a window are whole on each axis that differs: with nothing
    rounded, whatever the network's `rounding`, which the question is about.
    """
    if not isinstance(record.layer, Sliding) or not record.input:
        return []
    return by_axis([fit.whole_or_not() for fit in record.layer.fits(record.input[0]).axes])


def _said(reason: str, value: object, **given: object) -> Derivation:
    return Derivation("answer", value, reason=reason, given=given)


def _depth(record: KnownRecord) -> list[Derivation]:
    """Return how the depth of the output follows; of a dense layer that is all of it."""
    output = sentences.chosen(record, ["output"])
    told = [d for d in output if d.part == "depth" or isinstance(record.layer, Dense)]
    own = depth_derivation(record)
    return told or ([own] if own else [])


def _shape(record: KnownRecord, query: Query) -> list[Derivation]:
    shape = weight_shape(record, query)
    assert record.layer is not None
    axes = weight_axes(record.layer, record.layer.parameters(record.input or ())[query.key])
    return [_said("axes_of", shape, axes=axes)] if axes else []


def _matrix(record: KnownRecord, key: str) -> list[Derivation]:
    """Return how im2col's matrix and the count without weight sharing follow."""
    if key not in ("im2col", "unshared_parameters"):
        return []
    output = record.output or ()
    weights, biases = of_one_output(record)
    if key == "unshared_parameters":
        each = plus(weights, biases) if biases else weights
        count = prod(output) * (weights + biases)
        return [Derivation(key, count, times(times(*output), each), reason="beside_its_answer")]
    assert record.layer is not None
    one = record.layer.parameters(record.input or ())["weight"].shape[1:]
    sides = {"window": times(*one[1:], one[0]), "positions": times(*output[:-1])}
    return [_said("window_by_positions", im2col(record), **sides)]


def _count(record: KnownRecord, key: str) -> list[Derivation]:
    """Return how a count follows."""
    if key == "macs" and record.macs == 0:
        return [_said("nothing_multiplied", 0)]
    if key in OF_OUTPUT and record.output:
        each = OF_OUTPUT[key]
        factors = (*record.output, *([each] if each > 1 else ()))
        if len(factors) > 1:
            return [Derivation(key, prod(factors), times(*factors), reason="beside_its_answer")]
    if key == "bytes" and record.parameters and record.non_trainable is not None:
        kept = {"parameters": record.parameters, "other": record.non_trainable}
        return [_said("bytes_each", BYTES * sum(kept.values()), **kept, bytes=BYTES)]
    if key == "parameters" and isinstance(record.layer, Normalization):
        scale, shift = record.weights or 0, record.biases or 0
        if scale and scale == shift:
            return [_said("scale_and_shift", scale + shift, each=scale)]
    if key in ("trainable", "frozen") and record.frozen == 0 and record.parameters:
        return [_said("none_frozen", record.parameters)]
    if record.parameters == 0 and key in ("parameters", "weights", "biases", "trainable"):
        return [_said("learns_nothing", 0)]
    if key == "biases" and record.biases == 0:
        return [_said("no_biases", 0)]
    if key == "biases" and record.biases == getattr(record.layer, "K", None):
        return [_said("one_each", record.biases, things="filter")]
    if key == "biases" and isinstance(record.layer, Dense):
        return [_said("one_each", record.biases, things="unit")]
    return sentences.chosen(record, ["weights", "biases", key] if key == "parameters" else [key])


def _unflattened(
    counts: list[Derivation], record: KnownRecord, records: Mapping[str, KnownRecord]
) -> list[Derivation]:
    """Return how a dense layer's count follows with the volume that was flattened in front of it:
    128*(3*3*64) for 128*576.
    """
    source = _before(record, records)
    while source is not None and source.kind == "dropout":
        source = _before(source, records)
    flattens = isinstance(record.layer, Dense) and source is not None and source.kind == "flatten"
    if source is None or not flattens or not source.input or not record.input:
        return counts
    volume, inputs = times(*source.input[0]), record.input[0][-1]
    return [_with_volume(count, volume, inputs) for count in counts]


def _with_volume(count: Derivation, volume: Operation, inputs: int) -> Derivation:
    """Return how a count follows with a volume's sizes for the number of its values."""
    expression = count.expression
    if not isinstance(expression, Operation) or expression.operator != "*":
        return count
    first, *others = expression.operands
    return Derivation(
        count.quantity,
        count.value,
        times(first, *(volume if factor == inputs else factor for factor in others)),
        part=count.part,
        reason=count.reason,
        given=count.given,
        beside=count.beside,
    )


def _before(record: KnownRecord, records: Mapping[str, KnownRecord]) -> KnownRecord | None:
    """Return the layer that a layer takes its one input from; None where it is no such layer."""
    sources = record.sources or ()
    return records.get(sources[0]) if len(sources) == 1 else None


def _field(record: KnownRecord, key: str, records: Mapping[str, KnownRecord]) -> list[Derivation]:
    """Return how a receptive field follows, without the jump, or that jump alone."""
    found = _found(record, key, records)
    reasoned = [d for d in found if d.reason or d.expression is not None]
    before = record.source_fields[0]
    if reasoned and key == "jump" and enlarges(record):
        formula = _jump_before(record, records)
        return [_alone(d, str(d.given["formula"]).format(formula)) for d in reasoned]
    if not reasoned and before is not None and len(record.sources or ()) == 1:
        was = before.sizes() if key == "receptive_field" else before.jumps()
        now = record.receptive_field if key == "receptive_field" else record.jump
        return [_said("field_kept", now)] if was == now else []
    jump = _jump_before(record, records)
    named = FIELD_FORMULAS[key].format(jump)
    if _is_dilated(record):
        named = named.replace("F - 1", "effective F - 1")
    if key == "receptive_field":
        fields = [_from_the_input(_alone(d, named), record, records, jump) for d in reasoned]
        return [told for field in fields for told in _with_branches(field, record, records)]
    jumps = [_alone(d, named) for d in reasoned]
    return jumps if jump == APART else [_of_all_strides(d, record, records) for d in jumps]


def _found(record: KnownRecord, key: str, records: Mapping[str, KnownRecord]) -> list[Derivation]:
    """Return how a layer's receptive field or jump follows from those before."""
    if enlarges(record):
        return enlarged_field(record, key, records)
    found = sentences.chosen(record, [key])
    return _jumps(found) if key == "jump" else found


def _from_the_input(
    field: Derivation, record: KnownRecord, records: Mapping[str, KnownRecord], jump: str
) -> Derivation:
    """Return how a receptive field follows with the steps of the layers before put in, as far as
    these are sums as well: a slip may be in any of them.
    """
    expression = field.expression
    if not isinstance(expression, Operation) or field.reason:
        return field
    steps = [(record, expression), *_steps_before(field, "receptive_field", record, records)]
    dilated = any(_is_dilated(at) for at, _ in steps)
    terms = [term for _, step in reversed(steps) for term in step.operands[1:]]
    start = steps[-1][1].operands[0]
    expression = plus(start, *terms)
    number = field.value if isinstance(field.value, int) else 0
    if not 1 < len(steps) < MOST_STEPS or not shows(expression, number):
        return field
    names = [at.name for at, _ in reversed(steps)]
    begin = "1" if start == 1 else f"field before {names[0]}"
    filters = "effective F" if dilated else "F"
    formula = f"{begin} + the sum of ({filters} - 1)*{jump} over {in_a_row(names)}"
    return _told_by(field, expression, formula)


def _with_branches(
    field: Derivation, record: KnownRecord, records: Mapping[str, KnownRecord]
) -> Iterator[Derivation]:
    """Yield how a receptive field follows, and where the one comes from that it begins with, if a
    merge hands that on.
    """
    yield field
    expression = field.expression
    if not isinstance(expression, Operation) or field.reason:
        return
    steps = [record, *(at for at, _ in _steps_before(field, "receptive_field", record, records))]
    first = steps[min(len(expression.operands) - 1, len(steps)) - 1]
    merge = _merge_before(first, field.part, records)
    found = widest_branch(merge, field.part, expression.operands[0]) if merge else None
    if found:
        working = _working_of_branch(field, records.get(found[0]), records)
        yield field_of_merge(first, field.part, found, working)


def _merge_before(
    at: KnownRecord, part: str | None, records: Mapping[str, KnownRecord]
) -> KnownRecord | None:
    """Return the merge whose field goes into a layer; None where another layer's does."""
    for _ in records:
        source = _before(at, records)
        if source is None or any(d.expression for d in _found(source, "receptive_field", records)):
            return None
        if len(source.sources or ()) > 1:
            return source
        at = source
    return None


def _working_of_branch(
    of: Derivation, branch: KnownRecord | None, records: Mapping[str, KnownRecord]
) -> Operation | None:
    """Return how the field of a branch follows from the input; None where it begins later."""
    if branch is None:
        return None
    own = [d for d in _found(branch, "receptive_field", records) if d.expression is not None]
    told = (d.expression for d in own if d.part == of.part and not d.reason)
    steps = [step for step in told if isinstance(step, Operation)]
    if own and not steps:
        return None
    steps += [step for _, step in _steps_before(of, "receptive_field", branch, records)]
    if not 0 < len(steps) < MOST_STEPS or steps[-1].operands[0] != 1:
        return None
    return plus(1, *(term for step in reversed(steps) for term in step.operands[1:]))


def _of_all_strides(
    jump: Derivation, record: KnownRecord, records: Mapping[str, KnownRecord]
) -> Derivation:
    """Return how a jump follows with the strides of the layers before put in, where these begin at
    the input.
    """
    expression = jump.expression
    if not isinstance(expression, Operation):
        return jump
    steps = [(record, expression), *_steps_before(jump, "jump", record, records)]
    product = times(*(factor for _, step in reversed(steps) for factor in step.operands[1:]))
    number = jump.value if isinstance(jump.value, int) else 0
    if not 1 < len(steps) < MOST_STEPS or not shows(product, number):
        return jump
    names = in_a_row([at.name for at, _ in reversed(steps)])
    return _told_by(jump, product, f"product of the strides of {names}")


def _steps_before(
    of: Derivation, key: str, record: KnownRecord, records: Mapping[str, KnownRecord]
) -> Iterator[tuple[KnownRecord, Operation]]:
    """Yield the layers before whose steps are put in, the last one first: as far as each is the
    number before it with something added to it, or multiplied by it.
    """
    at = record
    for _ in records:  # where two layers have one name, the way goes in a circle
        source = _before(at, records)
        if source is None:
            return
        at = source
        own = [d for d in _found(at, key, records) if d.expression is not None]
        step = next((d.expression for d in own if d.part == of.part and not d.reason), None)
        if isinstance(step, Operation):
            yield at, step
        elif own:
            return


def _told_by(of: Derivation, expression: Operation, formula: str) -> Derivation:
    """Return how a number follows by another arithmetic."""
    return Derivation(
        of.quantity, of.value, expression,
        part=of.part, reason=of.reason, given={**of.given, "formula": formula},
    )  # fmt: skip


def _jump_before(record: KnownRecord, records: Mapping[str, KnownRecord]) -> str:
    """Return what the jump before a layer is, in words: strides alone, unless a layer enlarges."""
    for name, one in records.items():
        if name == record.name:
            break
        if any(d.reason in CLOSER for d in one.derivations):
            return APART
    return STRIDES


def _is_dilated(record: KnownRecord) -> bool:
    return any(size != 1 for size in flat(getattr(record.layer, "dilation", 1)))


def _jumps(fields: Sequence[Derivation]) -> list[Derivation]:
    """Return how the jumps follow that are told beside fields; one for all axes if it is so."""
    told = [(d.part, jump) for d in fields for jump in d.beside if jump.expression is not None]
    if all(jump == told[0][1] for _, jump in told):
        return [jump for _, jump in told[:1]]
    return [jump.of_part(part) if part else jump for part, jump in told]


def _alone(field: Derivation, formula: str) -> Derivation:
    """Return how a receptive field follows, without the jump that it hands on; its arithmetic with
    the formula that names the numbers.
    """
    named = {"formula": formula} if field.expression is not None else {}
    return Derivation(
        field.quantity, field.value, field.expression,
        part=field.part, reason=field.reason, given={**field.given, **named},
    )  # fmt: skip
