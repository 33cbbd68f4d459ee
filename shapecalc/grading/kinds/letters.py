"""A formula in letters: `formula(conv1.output.width)` is (W - F + 2*P)/S + 1, whatever conv1 has.

The layer's own F, S, P and K become letters, the input is WxWxC, and all else stays as it is. The
formula is the layer's own working with letters in the place of numbers, which are all different; it
is only asked for where it then gives what the layer computes at other numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd

from shapecalc.derivations import Derivation, Expression, Operation, plus, text, times
from shapecalc.diagnostics import quote
from shapecalc.grading.arithmetic import formula_value
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.formula import DIVISIBLE, POINTS, Formula, formula_of
from shapecalc.grading.kinds.flops import convention_in_words
from shapecalc.grading.kinds.kind import Kind
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.record_numbers import one_size
from shapecalc.grading.wording import size_in_words
from shapecalc.layers.base import Layer, aliases
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.dense import Dense
from shapecalc.layers.window import Sliding
from shapecalc.network import NetworkSpec, Node
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace
from shapecalc.walking import walk

# All different, and such that windows fit: 1001 - 70 + 2*29 is a multiple of 23, and so is 70 - 1.
DISTINCT = {"W": 1001, "F": 70, "S": 23, "P": 29, "K": 997, "C": 991}
CONSTANT = 20  # what is smaller is none of them: a dilation, a factor of the formula
WHAT = {
    "parameters": "its number of parameters, biases included",
    "weights": "its number of weights, biases not counted",
    "biases": "its number of biases",
    "macs": "the number of its multiply-accumulates for one example, biases not counted",
    "flops": "the number of its floating-point operations for one example,"
    f" {convention_in_words()}",
    "activations": "the number of values of its output",
}


def letters_of(layer: Layer) -> dict[str, str]:
    """Return the fields of a layer that become letters, by these."""
    words = aliases(type(layer))
    found = {letter: words[letter] for letter in "KFSP" if letter in words}
    if isinstance(getattr(layer, "P", None), str):
        del found["P"]  # a policy, such as same
    return found


def lettered(layers: NamedLayers, query: Query) -> tuple[Layer, int]:
    """Return a layer whose fields have letters, and how many spatial axes it has.

    Raises Unanswerable for another one.
    """
    record = layers.record(query.name)
    layer = record.layer
    if not isinstance(layer, Sliding | ConvTranspose | Dense) or not record.input:
        message = f"{quote(query.path)}: {query.name} is a {record.kind}, and has no such letters"
        raise Unanswerable(message, "ask about a convolution, a pool or a dense layer")
    if isinstance(layer, Dense):
        return layer, 0
    if isinstance(layer.P, str):
        message = (
            f"{quote(query.path)}: the padding of {query.name} is {layer.P}, which is no letter"
        )
        raise Unanswerable(message, "write P as a number in the network")
    return layer, len(record.input[0]) - 1


def at(layers: NamedLayers, query: Query, point: Mapping[str, int]) -> KnownTrace:
    """Return the layer alone with numbers in the place of its letters. Raises Unanswerable."""
    layer, axes = lettered(layers, query)
    fields = {field: point[letter] for letter, field in letters_of(layer).items()}
    volume = (*(point["W"],) * axes, point["C"])
    kind, copy = layers.record(query.name).kind, layer.model_copy(update=fields)
    node = Node(query.name, kind, copy, (0,), ())
    spec = NetworkSpec(layers.trace.spec.document, inputs={"input": volume}, nodes=[node])
    return walk(replace(spec, outputs={query.name: 1}))


def scaled(layer: Layer, point: Mapping[str, int]) -> dict[str, int]:
    """Return a point with depths that a layer's groups divide, which most do anyway."""
    groups: int = getattr(layer, "groups", 1)
    factor = groups // gcd(groups, DIVISIBLE)
    return {letter: n * factor if letter in "KC" else n for letter, n in point.items()}


def number_of(record: KnownRecord, query: Query) -> int | None:
    """Return what the formula is to come to, for a layer with numbers. Raises Unanswerable."""
    if query.key in WHAT:
        found = record.number(query.key)
        return found if isinstance(found, int) else None
    return one_size(record, query)


def _answer(layers: NamedLayers, query: Query) -> Formula:
    layer, _ = lettered(layers, query)
    if query.key not in WHAT:
        one_size(layers.record(query.name), query)  # where it has none, it says so
    groups = getattr(layer, "groups", 1)
    distinct = {letter: n * groups if letter in "KC" else n for letter, n in DISTINCT.items()}
    record = at(layers, query, distinct).layers[0]
    written = _written(layers, query, record)
    try:
        formula = formula_of(written) if written else None
    except ValueError:  # a number, or with signs that formulas have not
        formula = None
    if formula is None or not _right(layers, query, written):
        message = f"{quote(query.path)} has no formula in letters"
        raise Unanswerable(message, "ask for a number that hangs on F, S, P, K or its input")
    return formula


def _right(layers: NamedLayers, query: Query, written: str) -> bool:
    """Say whether a formula gives what the layer computes at every point."""
    layer, _ = lettered(layers, query)
    for point in POINTS:
        numbers = scaled(layer, point)
        found = number_of(at(layers, query, numbers).layers[0], query)
        letters = {letter: Fraction(n) for letter, n in numbers.items()}
        if found is None or formula_value(written, letters) != found:
            return False
    return True


def _written(layers: NamedLayers, query: Query, record: KnownRecord) -> str:
    """Return a number's working with letters in it; empty where there is none."""
    layer, axes = lettered(layers, query)
    if record.output is None:
        return ""
    expressions = {d.quantity: d.expression for d in reversed(record.derivations)}
    names = _names(layer, axes)
    size = expressions.get("output")
    if size is not None:
        names[record.output[0]] = text(_tidy(size), lambda n: _name(n, names))
    expression = _expression(query, record, expressions)
    return "" if expression is None else text(_tidy(expression), lambda n: _name(n, names))


def _names(layer: Layer, axes: int) -> dict[int, str]:
    """Return the letters by the numbers that stand for them."""
    groups = getattr(layer, "groups", 1)
    names = {DISTINCT[letter]: letter for letter in letters_of(layer) if letter != "K"}
    names |= {DISTINCT["W"]: "W"} if axes else {}
    names[DISTINCT["C"] * groups] = "C"
    names[DISTINCT["K"] * groups] = "K"
    if groups > 1:
        names |= {DISTINCT["C"]: f"C/{groups}", DISTINCT["K"]: f"K/{groups}"}
    return names


def _name(number: object, names: Mapping[int, str]) -> str:
    """Return a number of the working by its letter. Raises Unanswerable for another large one."""
    if isinstance(number, int) and number in names:
        return names[number]
    if isinstance(number, int) and abs(number) < CONSTANT:
        return str(number)
    return "?"  # no sign of a formula: there is none then


def _expression(
    query: Query, record: KnownRecord, expressions: Mapping[str, Expression | None]
) -> Expression | None:
    """Return a number's working, down to fields and sizes."""
    key, output = query.key, record.output or ()
    weights = expressions.get("weights")
    if key == "weights":
        return weights
    if key == "biases":
        return record.biases
    if key == "parameters":
        return plus(weights, record.biases) if weights is not None and record.biases else weights
    if key in ("macs", "flops"):
        macs = expressions.get("macs")
        return times(2, macs) if key == "flops" and macs is not None else macs
    if key == "activations":
        return times(*output)
    return expressions.get("output") if key != "depth" else output[-1]


def _tidy(expression: Expression) -> Expression:
    """Return an expression as one writes it: products in one, without factors of 1."""
    if not isinstance(expression, Operation):
        return expression
    operands: Sequence[Expression] = [_tidy(operand) for operand in expression.operands]
    if expression.operator != "*":
        return Operation(expression.operator, *operands)
    factors = [factor for factor in _factors(operands) if factor != 1]
    return times(*factors) if len(factors) > 1 else factors[0] if factors else 1


def _factors(operands: Sequence[Expression]) -> Iterator[Expression]:
    for operand in operands:
        if isinstance(operand, Operation) and operand.operator == "*":
            yield from operand.operands
        else:
            yield operand


def _derivations(layers: NamedLayers, query: Query) -> list[Derivation]:
    return []  # the formula is the working


def _prompt(layers: NamedLayers, query: Query, about: str) -> str:
    layer, axes = lettered(layers, query)
    letters = letters_of(layer)
    *others, last = letters
    fields = f"{', '.join(others)} and {last}" if others else last
    rest = layer.summary(without={*letters.values(), "rounding"})
    volume = "x".join(["W"] * axes + ["C"]) if axes else "C inputs"
    fields += "" if axes else " units"
    kind = layers.record(query.name).kind
    taken = f"In letters, {query.name} is a {kind} with {fields}{f' ({rest})' if rest else ''}"
    what = WHAT.get(query.key) or f"the {size_in_words(query.key)} of its output"
    fits = ", where all windows fit" if axes else ""
    return f"{taken} on {volume}{fits}. What is {what}, as a formula in letters?"


KIND = Kind(_answer, _derivations, _prompt)
