"""A field says `any`: these values fit.

`P: any` asks which padding fits, and so it is with F, S, K, dilation and output_padding; "?" in
quotes means the same. The values that keep the size come first, then the smaller ones, and the
network goes on with the first; one that brings a warning is not the first where another does
without. Where several fields of a layer say so, the values are for all of them together. Behind a
layer the others count, too: of the last layer that says `any`, only values with which the whole
network fits, and most of its claims hold, are listed, if there are some. Where none of those that
were tried fits, it is said which these are.

Advised, since 5 - 1 = 2*2 zeros keep 32 - 5 + 2*2 + 1 = 32:

    input: 32x32x3
    layers:
      - conv: {K: 10, F: 5, P: any}

Good:

    input: 32x32x3
    layers:
      - conv: {K: 10, F: 5, P: 2}
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc import rules
from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Fault, Finding, LayerError, repairable
from shapecalc.edits import Change, Repair
from shapecalc.tracing import Trace
from shapecalc.volumes import show
from shapecalc.wildcards import Choice, Value

MOST_TOLD = 8
OTHERWISE = "another field must change, or what comes in"


def find(trace: Trace) -> Iterator[Finding]:
    """Yield a finding for each layer whose fields say any."""
    for place, choice in trace.spec.choices.items():
        node = trace.spec.nodes[place]
        repairs = [
            Repair(_written(value), Change("field", dict(value.fields)))
            for value in choice.values[:MOST_TOLD]
        ]
        if choice.values:
            fault = Fault(rules.ANY_VALUE, f"{node.name}: {_said(choice)}", "", tuple(repairs))
        else:
            message = f"{node.name}: {_none(choice)}"
            fault = repairable(rules.ANY_VALUE, message, _same(trace, place, choice), OTHERWISE)
        yield Finding(fault, node.path, node.name)


def _same(trace: Trace, place: int, choice: Choice) -> list[Repair]:
    """Return P: same, where a padding was looked for and that is one."""
    layer, inputs = trace.layers[place].layer, trace.layers[place].input
    if "P" not in choice.fields or layer is None or not inputs or None in inputs:
        return []
    try:
        output = layer.model_copy(update={"P": "same"}).volume(inputs)  # type: ignore[arg-type]
    except LayerError:
        return []
    return [Repair(f"P=same gives {show(output)}", Change("field", "same", name="P"))]


def _none(choice: Choice) -> str:
    """Return where nothing was found: no P from 0 to 2 fits."""
    searched = " with ".join(
        f"{name} from {least} to {most}" if least < most else f"{name}={least}"
        for name, least, most in choice.searched
    )
    return f"no {searched} fits" if searched else f"no {' and '.join(choice.fields)} fits"


def _said(choice: Choice) -> str:
    """Return what fits in one sentence, the first with what it gives."""
    told = [_told(value) for value in choice.values[:MOST_TOLD]]
    left = len(choice.values) - len(told) + choice.more
    more = f", and {left:,} more" if left else ""
    if choice.beyond:
        more = ", and all larger ones" if choice.beyond == "all" else ", and more"
    fields = " and ".join(choice.fields)
    any_size = f"; any {choice.endless[0]} fits" if choice.endless == choice.fields else ""
    return f"{fields} that fit: {', '.join(told)}{more}{any_size}"


def _told(value: Value) -> str:
    """Return a value with the volume that it gives, where that is known."""
    gives = f" gives {show(value.output)}" if value.output else ""
    return f"{_written(value)}{gives}"


def _written(value: Value) -> str:
    return " ".join(f"{name}={size}" for name, size in value.fields.items())


CHECK = Check(rules.ANY_VALUE, of_network=find, partial=True)
