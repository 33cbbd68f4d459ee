"""The working: the sentences that tell how each number follows, made of derivations.

Nothing reads them back: whoever needs a number behind them asks the derivation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from shapecalc.derivations import Derivation, Operation, text
from shapecalc.geometry import both_sides, decimals
from shapecalc.records import LayerRecord
from shapecalc.volumes import show

COUNTS = ("weights", "biases", "non_trainable", "parameters", "macs", "values")
TITLES = {
    "parameters": "parameters",
    "macs": "MACs",
    "receptive_field": "receptive field",
    "jump": "jump",
    "P": "P",
    "output_padding": "output_padding",
}
MOST_TERMS = 12  # of a sum over layers that are written out
PARAMETERS = {"weight": "weights", "bias": "biases"}  # others are called by their names


def lines(record: LayerRecord) -> list[str]:
    """Return how each number of a layer follows."""
    return [sentence(derivation) for derivation in record.derivations]


def line(record: LayerRecord, quantities: Iterable[str]) -> str:
    """Return how some numbers of a layer follow, in one line; empty where nothing is shown."""
    return "; ".join(map(sentence, chosen(record, quantities)))


def chosen(record: LayerRecord, quantities: Iterable[str]) -> list[Derivation]:
    """Return the derivations of some numbers of a layer; a jump is told with its field."""
    wanted = ["receptive_field" if key == "jump" else key for key in quantities]
    return [derivation for derivation in record.derivations if derivation.quantity in wanted]


def sentence(derivation: Derivation) -> str:
    """Return a derivation as one line: `height: (227 - 11 + 2*0)/4 + 1 = 55`."""
    if derivation.reason:
        said = _SAID[derivation.reason](derivation)
    else:
        said = ", ".join(map(_equation, (derivation, *derivation.beside)))
    if derivation.given.get("owner"):
        part = f"the {derivation.given['part']} " if "part" in derivation.given else ""
        said += f", {part}counted with {derivation.given['owner']}"
    if derivation.quantity in ("output", "receptive_field", "jump") and derivation.part:
        return f"{derivation.part}{' ' if derivation.part == 'depth' else ': '}{said}"
    return said


def _equation(of: Derivation) -> str:
    """Return `MACs = 32*32*10 * 5*5*3 = 768,000`; without a title for sizes.

    A `formula` names the numbers of the arithmetic.
    """
    number = _separated if of.quantity == "parameters" else str
    counted = of.quantity in ("weights", "biases", "non_trainable") and of.part
    title = (
        PARAMETERS.get(counted, counted.replace("_", " "))
        if counted
        else TITLES.get(of.quantity, "")
    )
    sides = [title] if title else []
    if "formula" in of.given:
        sides.append(of.given["formula"])
    if of.expression is not None:
        sides.append(text(of.expression, number))
    return " = ".join([*sides, _value(of)])


def _separated(value: int) -> str:
    return f"{value:,}"


def _short(value: Any) -> str:
    return f"{value + 0.0:.6g}" if isinstance(value, float) else str(value)  # + 0.0: no -0


def _answer(of: Derivation) -> str:
    """Tell how an answer follows, `3*2 + 1 = 7`; a lone number is not said to be itself.

    `formula` names the numbers of the arithmetic, `of` what it is of, where that is not asked for.
    """
    value = f"{of.value:,}" if isinstance(of.value, int) else _short(of.value)
    named = [of.given[key] for key in ("of", "formula") if key in of.given]
    arithmetic = text(of.expression or 0, _short)
    said = " = ".join([*named, value] if arithmetic == value else [*named, arithmetic, value])
    return f"the first value is {said}" if of.given.get("first") else said


def _unchanged(of: Derivation) -> str:
    """Tell that an activation with another rule below a number leaves a value as it is."""
    value = _short(of.value)
    which = f"the first value, {value}," if of.given.get("first") else value
    return f"{which} is not below {_short(of.given['below'])}, so it stays as it is"


def _value(of: Derivation) -> str:
    """Return what a derivation comes to, as its quantity is written."""
    value = of.value
    if of.quantity in COUNTS:
        return _separated(value)
    if of.quantity == "P":
        return both_sides(*value)
    if isinstance(value, tuple):
        return "x".join(f"{v:g}" if isinstance(v, float) else str(v) for v in value)
    fraction = getattr(value, "denominator", 1) != 1
    if of.quantity == "output" and fraction:  # a stride that does not fit
        whole, rest = divmod(value.numerator, value.denominator)
        return decimals(whole, rest, value.denominator)
    return str(value)


def _past_the_input(of: Derivation) -> str:
    """Tell of the last window of `rounding: ceil` that was left out."""
    formula, _ = of.expression.operands  # type: ignore[union-attr]
    return (
        f"{text(formula)} = {of.value + 1}, less the window that would start past the input:"
        f" {of.value}"
    )


def _too_large(of: Derivation) -> str:
    """Tell that a filter does not fit in."""
    padded, span = of.given["padded"], of.given["span"]
    return f"{text(of.expression or 0)}: {padded} is less than {span}"


def _whole_or_not(of: Derivation) -> str:
    """Tell how many strides there are, not rounded, and whether that is a whole number."""
    numerator, denominator = abs(of.value.numerator), of.value.denominator
    sign = "-" if of.value < 0 else ""
    whole, rest = divmod(numerator, denominator)
    number = decimals(whole, rest, denominator) if rest else str(whole)
    said = "not a whole number" if rest else "a whole number"
    return f"{text(of.expression or 0)} = {sign}{number}, {said}"


def _as_many_values(of: Derivation) -> str:
    (before,) = of.beside
    return f"{text(before.expression or 0)} = {of.value} = {text(of.expression or 0)}"


def _units(of: Derivation) -> str:
    flattened = "".join(f"flattened to {_equation(values)} values; " for values in of.beside)
    return f"{flattened}output = units = {of.value}"


def _merged(of: Derivation) -> str:
    return f"{' with '.join(map(show, of.given['inputs']))}, value by value: {show(of.value)}"


def _enlarged(of: Derivation) -> str:
    bound = ", an upper bound" if of.given["bound"] else ""
    return f"receptive field: the jump is divided by {of.given['scale']}{bound}"


def _widest_branch(of: Derivation) -> str:
    """Tell the field that a merge hands on by those of its branches."""
    given = of.given
    worked_out = f"{text(of.expression)} = {of.value}" if of.expression is not None else of.value
    *first, last = (
        f"{name}'s {worked_out if name == given['widest'] else size}"
        for name, size in given["branches"].items()
    )
    whose = f"{', '.join(first)} and {last}" if first else last
    count = given["count"]
    largest = {1: "", 2: "the larger of "}.get(count, "the largest of ")
    if len(given["branches"]) < count:
        largest += f"{count} branches, "
    return f"{of.value} before {given['layer']} is {largest}{whose}"


def _over_values(of: Derivation) -> str:
    """Tell a receptive field by the fields of the values that one output reaches over."""
    given = of.given
    noun = "pixel" if given["pixels"] else "value"
    pixels = f"{given['size']} pixel{'s' if given['size'] != 1 else ''}"
    if given["values"] == 1:
        seen = "" if given["pixels"] else f", which sees {pixels}"
        told = f"one output sees at most one {noun} of {given['layer']}{seen}"
        return f"receptive field = {of.value}: {told}"
    seen = "" if given["pixels"] else f", which see {pixels} each, {given['jump']} apart"
    told = f"one output reaches over at most {given['values']} {noun}s of {given['layer']}{seen}"
    return f"receptive field = {text(of.expression or 0)} = {of.value}: {told}"


def _product(of: Operation, value: int) -> str:
    """Return `2*2*8 = 32`; one number alone as it is."""
    return f"{text(of)} = {value:,}" if len(of.operands) > 1 else f"{value:,}"


def _sum_over_layers(of: Derivation) -> str:
    """Tell a total by its terms, or how many there are."""
    doubled = of.quantity == "flops"
    added = of.expression.operands[1] if doubled else of.expression  # type: ignore[union-attr]
    assert isinstance(added, Operation)
    terms = len(added.operands)
    told = f"the sum over {terms} layers"
    if terms <= MOST_TERMS:
        named = zip(of.given["layers"], added.operands, strict=True)
        told = " + ".join(f"{layer} {count:,}" for layer, count in named)
    return f"2 * ({told})" if doubled else told


def _pixels_seen(of: Derivation) -> str:
    """Tell the first and the last pixel that a unit sees, and what of it lies in the input."""
    first, last = of.given["uncut"]
    told = f"{of.given['name']} {text(of.given['start'])} = {first}"
    told += f" to {text(of.given['end'])} = {last}"
    return (
        told
        if of.value == (first, last)
        else f"{told}, in the input {of.value[0]} to {of.value[1]}"
    )


def _bytes_each(of: Derivation) -> str:
    """Tell which values take bytes: the parameters, and those that are kept besides."""
    other = of.given["other"]
    kept = f" and {other:,} other values" if other else ""
    return f"{of.given['parameters']:,} parameters{kept}, {of.given['bytes']} bytes each"


def _im2col_cell(of: Derivation) -> str:
    """Tell where a value of an im2col matrix is from."""
    given = of.given
    cell = f"row {given['row']} is depth {given['depth']}, place {given['tap']} of a window"
    window = f"column {given['column']} the window at {given['window']}"
    place = given["place"]
    found = "in the padding" if place is None else f"the input at {list(place)}"
    return f"{cell}, {window}: {found}, {_short(of.value)}"


def _by_convention(of: Derivation) -> str:
    """Tell FLOPs as the sum of what is counted; behind its working as `FLOPs = 2 * 750 = 1,500`."""
    mac, bias = of.given["convention"]
    macs, biases, worked_out = of.given["macs"], of.given["biases"], of.given["worked_out"]
    added = "bias" if biases == 1 else "biases"
    told = f"{_times(mac)}{macs:,}{'' if worked_out else ' MACs'}"
    if bias and biases:
        told += f" + {_times(bias)}{biases:,}{'' if worked_out else f' {added} added'}"
    return f"FLOPs = {told} = {of.value:,}" if worked_out else told


def _times(factor: int) -> str:
    return "" if factor == 1 else f"{factor} * "


def _sizes_that_fit(of: Derivation) -> str:
    """Tell which sizes fit beside the one that is the answer."""
    but = f" other than {of.given['but']}" if of.given["but"] else ""
    sizes = "; ".join([*of.given["sizes"], *of.given["constraints"]])
    return f"one of those that fit ({sizes}){but}"


def _always(said: str) -> Callable[[Any], str]:
    return lambda of: said


_SAID: dict[str, Callable[[Derivation], str]] = {
    # sizes
    "kept": lambda of: f"output = input = {show(of.value)}",
    "too_large": _too_large,
    "window_past_the_input": _past_the_input,
    "one_value_a_slice": lambda of: (
        f"each of the {of.value[-1]} slices {show(of.given['slice'])} becomes one value"
    ),
    "sizes_given": lambda of: f"output = {show(of.value[:-1])} as given, depth {of.value[-1]} kept",
    "input_of": lambda of: f"output = {show(of.value)}, the input of {of.given['layer']}",
    "size_given": lambda of: (
        f"as {of.given['layer']} has: {of.value}" if of.given["layer"] else f"as given: {of.value}"
    ),
    "as_many_values": _as_many_values,
    "units": _units,
    "units_at_each_position": lambda of: (
        f"positions {show(of.value[:-1])} kept, depth = units = {of.value[-1]}"
    ),
    "axes": lambda of: f"axes {', '.join(of.given['order'])}: {show(of.value)}",
    "merged": _merged,
    "stated": lambda of: f"output = {show(of.value)} as the file says",
    # counts
    "unknown": _always("parameters: unknown"),
    # answers to questions
    "beside_its_answer": _answer,
    "stays_as_it_is": _unchanged,
    "whole_or_not": _whole_or_not,
    "frozen": lambda of: f"{of.given['layer']} is frozen, and no step changes it",
    "sum_over_layers": _sum_over_layers,
    "by_kind": lambda of: " + ".join(
        f"{count} {kind}"
        for kind, count in zip(of.given["kinds"], of.expression.operands, strict=True)  # type: ignore[union-attr]
    ),
    "sizes_that_fit": _sizes_that_fit,
    "pixels_seen": _pixels_seen,
    "im2col_cell": _im2col_cell,
    "by_convention": _by_convention,
    "biases_added": lambda of: f"biases added = {_product(of.expression, of.value)}",  # type: ignore[arg-type]
    "window_by_positions": lambda of: (
        f"{_product(of.given['window'], of.value[0])} values in a window,"
        f" {_product(of.given['positions'], of.value[1])} positions"
    ),
    "output_of": lambda of: f"the output of {of.given['layer']}",
    "number_of_filters": lambda of: f"the depth is the number of filters, {of.value}",
    "depth_kept": _always("the depth stays as it is"),
    "axes_of": lambda of: f"{' x '.join(of.given['axes'])} = {show(of.value)}",
    "bytes_each": _bytes_each,
    "scale_and_shift": lambda of: (
        f"a scale (gamma) and a shift (beta), {of.given['each']:,} of each:"
        f" 2*{of.given['each']} = {of.value:,}"
    ),
    "one_each": lambda of: f"one for each {of.given['things']}",
    "no_biases": _always("it has no biases"),
    "learns_nothing": _always("it has nothing to learn"),
    "none_frozen": lambda of: f"none of its {of.value:,} parameters is frozen",
    "nothing_multiplied": _always("it has no weights to multiply by"),
    "field_kept": _always("kept as it was before this layer"),
    # receptive fields
    "dense": _always("receptive field: a dense layer sees the whole input"),
    "global_pool": _always("receptive field: a global pool sees the whole input"),
    "whole_statistics": _always(
        "receptive field: the statistics run over the whole input; the jump is kept"
    ),
    "widest_bin": lambda of: f"receptive field: of the widest bin, {show(of.given['bin'])}",
    "over_values": _over_values,
    "widest_branch": _widest_branch,
    "widest_of_outputs": lambda of: (
        f"receptive field = {show(of.value)}, the widest of those of its outputs, which do not all"
        " see equally much"
    ),
    "widest_window": _always("receptive field: of the widest window behind the upsampling"),
    "scattered": _always("receptive field: kept, but neighbours are no longer neighbours"),
    "enlarged": _enlarged,
    "transposed": _always("receptive field: an upper bound, the jump is divided by S"),
    "hull": _always("receptive field: from the first to the last pixel that any branch sees"),
}
