"""Recurrent layers of Keras: their outputs, parameters and MACs by formula."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.readers.items import Sizes
from shapecalc.readers.keras.opaque import Config, Formula, inner_of, product, whole
from shapecalc.readers.opaque import UNKNOWN, Opaque, Shapes

GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4, "CuDNNGRU": 3, "CuDNNLSTM": 4}
STATES = {"LSTM": 2, "CuDNNLSTM": 2}


def recurrent(class_name: str) -> Formula:
    """With g gates of u units on D values: D*g*u and u*g*u weights, g*u biases.

    A GRU that resets after the product, and CuDNN's layers, have two sets of biases. Sources:
    Keras, layers.LSTM and layers.GRU.
    """
    gates = GATES[class_name]

    def numbers(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
        units = whole(config.get("units"))
        volume = inputs[0] if inputs else None
        length, depth = volume if volume is not None and len(volume) == 2 else (None, None)
        outputs = _sequence(config, length, units)
        outputs += ((units,),) * (STATES.get(class_name, 1) if config.get("return_state") else 0)
        if units is None or depth is None:
            return Opaque(outputs)
        twice = class_name.startswith("CuDNN") or config.get("reset_after") is True
        shapes: Shapes = {
            "kernel": [depth, gates * units],
            "recurrent_kernel": [units, gates * units],
        }
        macs = product(length, (depth + units) * gates * units)
        if config.get("use_bias", True):
            shapes["bias"] = [2, gates * units] if twice else [gates * units]
        return Opaque(outputs, shapes, macs)

    return numbers


def _sequence(config: Config, length: int | None, units: int | None) -> tuple[Sizes | None, ...]:
    return ((length, units) if config.get("return_sequences") else (units,),)


CELLS = {"SimpleRNNCell": "SimpleRNN", "GRUCell": "GRU", "LSTMCell": "LSTM"}


def rnn(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Cells on a sequence, each on what the one before gives at the same step."""
    cell = inner_of(config, "cell")
    if cell is None:
        return UNKNOWN
    stacked = cell[1].get("cells") if cell[0] == "StackedRNNCells" else None
    listed = [{"cell": one} for one in stacked] if isinstance(stacked, list) else [config]
    cells = [inner_of(one, "cell") for one in listed]
    volume = inputs[0] if inputs else None
    shapes: Shapes | None = {}
    macs: int | None = 0
    states: tuple[Sizes | None, ...] = ()
    for number, one in enumerate(cells):
        if one is None or one[0] not in CELLS:
            return UNKNOWN
        returned = {"return_sequences": True, "return_state": True}
        found = recurrent(CELLS[one[0]])({**one[1], **returned}, [volume])
        volume, *own = found.outputs
        states += tuple(own)
        macs = None if macs is None or found.macs is None else macs + found.macs
        if shapes is not None and found.parameters is not None:
            front = f"cell_{number}." if len(cells) > 1 else ""
            shapes |= {f"{front}{name}": shape for name, shape in found.parameters.items()}
        else:
            shapes = None
    if volume is None:
        return UNKNOWN
    outputs = _sequence(config, *volume)
    return Opaque(outputs + (states if config.get("return_state") else ()), shapes, macs)


def bidirectional(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """A layer forward and one backward, whose outputs are joined or added."""
    forward = inner_of(config)
    backward = inner_of(config, "backward_layer") or forward
    if forward is None or backward is None:
        return UNKNOWN
    both = [recurrent(name)(inner, inputs) for name, inner in (forward, backward) if name in GATES]
    if len(both) < 2:
        return UNKNOWN
    one, other = both
    mode = config.get("merge_mode")
    states = (*one.outputs[1:], *other.outputs[1:])
    last, behind = one.outputs[0], other.outputs[0]
    if mode is None:
        outputs: tuple[Sizes | None, ...] = (last, behind, *states)
    elif mode == "concat" and last is not None and behind is not None:
        depth = None if last[-1] is None or behind[-1] is None else last[-1] + behind[-1]
        outputs = ((*last[:-1], depth), *states)
    else:
        outputs = (last, *states)
    if one.parameters is None or other.parameters is None:
        return Opaque(outputs)
    shapes = {f"forward_{name}": shape for name, shape in one.parameters.items()}
    shapes |= {f"backward_{name}": shape for name, shape in other.parameters.items()}
    macs = None if one.macs is None or other.macs is None else one.macs + other.macs
    return Opaque(outputs, shapes, macs)
