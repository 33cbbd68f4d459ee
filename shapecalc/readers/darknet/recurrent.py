"""Recurrent sections, as operations: what a step takes, what is kept, and the output.

Each is made of dense layers or convolutions with biases, and a batch norm each where they have one.
Source: Darknet, rnn_layer.c, gru_layer.c, lstm_layer.c, crnn_layer.c and conv_lstm_layer.c.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

from shapecalc.geometry import fit_window
from shapecalc.readers.darknet.layers import PER_MAC, XNOR
from shapecalc.readers.darknet.network import Network, Stored, Term
from shapecalc.readers.items import Sizes
from shapecalc.readers.opaque import UNKNOWN, Opaque, Shapes

Parts = Sequence[tuple[str, list[int]]]  # layers inside, with the shape of their weight
GRU = ("input_z", "input_r", "input_h", "state_z", "state_r", "state_h")
LSTM = ("wf", "wi", "wg", "wo", "uf", "ui", "ug", "uo")  # the state's, then the input's
PEEPHOLES = ("vf", "vi", "vo")


def rnn(network: Network) -> None:
    """Three dense layers: input to hidden, hidden to hidden, hidden to output."""
    inputs, hidden, output = _values(network), _size(network, "hidden"), _size(network, "output")
    _dense(
        network,
        [
            ("input", [hidden, inputs]),
            ("self", [hidden, hidden]),
            ("output", [output, hidden]),
        ],
        output,
    )


def gru(network: Network) -> None:
    """Three gates, each with a dense layer on the input and one on the state."""
    inputs, output = _values(network), _size(network, "output")
    shapes = [[output, inputs if name.startswith("input") else output] for name in GRU]
    _dense(network, list(zip(GRU, shapes, strict=True)), output)
    network.no_image[network.before] = network.title


def lstm(network: Network) -> None:
    """Four gates, each with a dense layer on the state and one on the input."""
    inputs, output = _values(network), _size(network, "output")
    shapes = [[output, inputs if name.startswith("u") else output] for name in LSTM]
    _dense(network, list(zip(LSTM, shapes, strict=True)), output)


def crnn(network: Network) -> None:
    """Three convolutions: input to hidden, hidden to hidden, hidden to output."""
    section = network.section
    first = "output_filters" in section.options  # as Redmon's Darknet has it: 3x3, padded
    output = section.whole("output_filters" if first else "output", 1)
    hidden = section.whole("hidden_filters" if first else "hidden", 1)

    def parts(depth: int, F: int, groups: int) -> Parts:
        return [
            ("input", [hidden, depth // groups, F, F]),
            ("self", [hidden, hidden // groups, F, F]),
            ("output", [output, hidden // groups, F, F]),
        ]

    _convolutions(network, output, parts, padded=first)


def conv_lstm(network: Network) -> None:
    """Four gates, each with a convolution on the state and one on the input, some with a third."""
    section = network.section
    output, narrow = section.whole("output", 1), section.whole("bottleneck") != 0

    def parts(depth: int, F: int, groups: int) -> Parts:
        own, given = [output, output // groups, F, F], [output, depth // groups, F, F]
        states = dict.fromkeys(LSTM[:4], own)
        if narrow:
            states = {"wf": [output, 2 * output // groups, F, F]}
        peep = dict.fromkeys(PEEPHOLES, own) if section.whole("peephole") else {}
        return list((peep | states | dict.fromkeys(LSTM[4:], given)).items())

    _convolutions(network, output, parts)
    elementwise = 12.0 if section.whole("peephole") else 9.0
    network.terms.append(Term(network.before, "activations", elementwise))


def _size(network: Network, key: str) -> int:
    return network.section.whole(key, 1)


def _values(network: Network) -> int:
    """Return how many values come in; 0 where that is not known."""
    volume = network.volume()
    return 0 if volume is None else prod(size or 0 for size in volume)


def _dense(network: Network, parts: Parts, output: int) -> None:
    known = all(min(shape) > 0 for _, shape in parts)
    _add(network, parts if known else None, (output,) if output > 0 else None, 1, dense=True)


def _convolutions(
    network: Network,
    output: int,
    parts: Callable[[int, int, int], Parts],
    *,
    padded: bool = False,
) -> None:
    """Add an operation of convolutions, which keep width and height unless they have a stride."""
    section, volume = network.section, network.volume()
    if volume is not None and len(volume) == 1:
        volume = (1, 1, *volume)
    xnor = section.whole("xnor") != 0
    F, groups = section.whole("size", 3), 1 if xnor else section.whole("groups", 1)
    P = F // 2 if padded or section.whole("pad") else section.whole("padding")
    step = section.whole("stride", 1)
    positions: Sizes = (None, None)
    if volume is not None and min(F, step) > 0 and P >= 0:
        positions = tuple(
            None if W is None else fit_window(W, F, step, P, 1, "floor").size or None
            for W in volume[:2]
        )
    listed = None
    if volume is not None and volume[-1] is not None and min(F, groups) > 0:
        listed = parts(volume[-1], F, groups)
        if any(min(shape) < 1 for _, shape in listed):
            listed = None
    size = prod(positions) if None not in positions else None  # type: ignore[arg-type]
    result = (*positions, output) if output > 0 else None
    _add(network, listed, result, size, dense=False)
    network.terms.append(Term(network.before, "macs", PER_MAC * (XNOR if xnor else 1)))


def _add(
    network: Network, parts: Parts | None, output: Sizes | None, positions: int | None, dense: bool
) -> None:
    """Add the operation: a batch norm has a scale for every bias, and two statistics."""
    if parts is None:
        found = UNKNOWN if output is None else Opaque((output,))
        network.opaque(network.word, found)
        return
    normal = network.section.whole("batch_normalize") != 0
    learned: Shapes = {}
    statistics: Shapes = {}
    order: list[str] = []
    for name, shape in parts:
        learned |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
        own: Mapping[str, list[int]] = {}
        if normal:
            learned[f"{name}.scale"] = shape[:1]
            own = {f"{name}.{key}": shape[:1] for key in ("running_mean", "running_var")}
            statistics |= own
        rest = [f"{name}.scale", *own] if normal else []
        weight = f"{name}.weight"
        order += [f"{name}.bias", *([weight, *rest] if dense else [*rest, weight])]
    macs = None if positions is None else positions * sum(prod(shape) for _, shape in parts)
    value = network.opaque(network.word, Opaque((output,), learned, macs, statistics))
    network.stored += [Stored(value, name) for name in order]
