"""Every count of a layer: its name, its title, how it is asked for, and how it adds up.

A new count is one entry here: it is then a column of the report, a key of JSON and csv, a total,
a claim under `expect`, and something that questions ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from typing import Any, Literal, NamedTuple

Role = Literal["weight", "bias", "statistic"]  # what a parameter is: the last is not learned


BYTES = 4  # of a value in single precision, in which weights are stored unless somebody says so


class Quantity(NamedTuple):
    """A count of a layer, for one example."""

    key: str
    title: str  # of its column
    of: Callable[[Any], int | None]  # from a layer's record; None where it is not known
    # The question about a layer; {included} and {excluded} are told of its biases, {counting} tells
    # how FLOPs are counted.
    asked: str
    drawn: str  # the same question in a quiz, about {name}
    summed: str  # what it is of a whole network, behind "How many"
    weighty: bool = False  # it belongs to weights: layers that share them have it once
    reported: bool = True  # in reports and totals; otherwise it may be claimed and asked for
    usual: bool = False  # a report has its column unless others are asked for
    role: Role | None = None  # the parameters that it counts
    # The total, from those of the quantities before, where no layer is frozen: nearly always.
    unfrozen: Callable[[Mapping[str, int | None]], int | None] | None = None


def _flops(record: Any) -> int | None:
    return None if record.macs is None else 2 * record.macs


def _bytes(record: Any) -> int | None:
    kept = record.parameters, record.non_trainable
    return None if None in kept else BYTES * sum(kept)


def _output_bytes(record: Any) -> int | None:
    return None if record.activations is None else BYTES * record.activations


def _none_frozen(totals: Mapping[str, int | None]) -> int | None:
    return None if totals["parameters"] is None else 0


_ALL = (
    Quantity(
        "weights",
        "weights",
        attrgetter("weights"),
        "How many weights does it have{excluded}?",
        "How many weights does {name} have, biases not counted?",
        "weights does the whole network have",
        weighty=True,
        usual=True,
        role="weight",
    ),
    Quantity(
        "biases",
        "biases",
        attrgetter("biases"),
        "How many biases does it have?",
        "How many biases does {name} have?",
        "biases does the whole network have",
        weighty=True,
        usual=True,
        role="bias",
    ),
    Quantity(
        "parameters",
        "parameters",
        attrgetter("parameters"),
        "How many parameters does it have{included}?",
        "How many parameters does {name} have, biases included?",
        "parameters does the whole network have{included}",
        weighty=True,
        usual=True,
    ),
    Quantity(
        "trainable",
        "trainable",
        attrgetter("trainable"),
        "How many of its parameters are trained?",
        "How many of the parameters of {name} are trained?",
        "parameters does training change in the whole network",
        weighty=True,
        unfrozen=itemgetter("parameters"),
    ),
    Quantity(
        "frozen",
        "frozen",
        attrgetter("frozen"),
        "How many of its parameters are frozen?",
        "How many of the parameters of {name} are frozen?",
        "frozen parameters does the whole network have",
        weighty=True,
        unfrozen=_none_frozen,
    ),
    Quantity(
        "non_trainable",
        "non-trainable",
        attrgetter("non_trainable"),
        "How many non-trainable values does it have?",
        "How many non-trainable values does {name} have?",
        "non-trainable values does the whole network have",
        weighty=True,
        role="statistic",
    ),
    Quantity(
        "macs",
        "MACs",
        attrgetter("macs"),
        "How many multiply-accumulates does it take for one example{excluded}?",
        "How many multiply-accumulates does {name} take for one input, biases not counted?",
        "multiply-accumulates does the whole network take for one example{excluded}",
        usual=True,
    ),
    Quantity(
        "activations",
        "activations",
        attrgetter("activations"),
        "How many values does its output have?",
        "How many values does the output of {name} have?",
        "values do the outputs of all layers have together, for one example",
    ),
    Quantity(
        "flops",
        "FLOPs",
        _flops,
        "How many floating-point operations does it take for one example, {counting}?",
        "How many floating-point operations does {name} take for one input, {counting}?",
        "floating-point operations does the whole network take for one example, {counting}",
        reported=False,
    ),
    Quantity(
        "bytes",
        "bytes",
        _bytes,
        "How many bytes do its parameters and other kept values take in single precision, four"
        " each?",
        "How many bytes do the parameters and other kept values of {name} take in single precision,"
        " four each?",
        "bytes do the parameters and other kept values of the whole network take in single"
        " precision, four each",
        reported=False,
    ),
    Quantity(
        "output_bytes",
        "output bytes",
        _output_bytes,
        "How many bytes do the values of its output take in single precision, four each, for one"
        " example?",
        "How many bytes do the values of the output of {name} take in single precision, four each,"
        " for one input?",
        "bytes do the values of all layers' outputs take together in single precision, four each,"
        " for one example",
        reported=False,
    ),
)
# Counts of an output's values, with what each of these is.
OF_OUTPUT = {"activations": 1, "output_bytes": BYTES}
QUANTITIES = {quantity.key: quantity for quantity in _ALL}
ROLES: dict[Role, str] = {quantity.role: quantity.key for quantity in _ALL if quantity.role}
REPORTED = tuple(quantity for quantity in _ALL if quantity.reported)
