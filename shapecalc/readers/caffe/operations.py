"""Layers of Caffe that have no kind here: what comes out of them, as far as the file tells it.

Sizes are in the order of the file, without the batch: depth first. Source: Caffe, and the forks
that have them: SSD, Fast R-CNN, R-FCN, DeepLab.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from shapecalc.readers.caffe.building import Building
from shapecalc.readers.caffe.layers import Layer, Settings
from shapecalc.readers.items import Sizes
from shapecalc.readers.opaque import UNKNOWN, Opaque, Shapes

NOTHING = Opaque((), {}, 0)  # learned or multiplied; what comes out is not known
MOST = 2**31


def operation(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add an operation, with what its type and the file tell of it."""
    formula = FORMULAS.get(layer.kind)
    if formula is None:
        return building.operation(layer, UNKNOWN, sources)
    sizes = [building.sizes(source) for source in sources]
    found = formula(layer, sizes)
    if any(
        output is not None and any(size is not None and not 0 < size < MOST for size in output)
        for output in found.outputs
    ):
        found = found._replace(outputs=())
    return building.operation(layer, found, sources)


def _known(sizes: Sizes | None) -> tuple[int, ...] | None:
    known = tuple(size for size in sizes or () if size is not None)
    return known if sizes is not None and len(known) == len(sizes) else None


# -- recurrent -------------------------------------------------------------------------------------


def lstm(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """An LSTM over T x N x D: four gates, each of its input and of what came before."""
    return _recurrent(layer, inputs, 4, False)


def rnn(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """An RNN over T x N x D, with another layer on what it remembers."""
    return _recurrent(layer, inputs, 1, True)


def _recurrent(layer: Layer, inputs: Sequence[Sizes | None], gates: int, projected: bool) -> Opaque:
    """Return what is known of a layer whose first axis, the file's batch, is time.

    The second blob says where sequences begin, a third one is the same at all times. MACs are
    those of one time step.
    """
    settings = layer.settings("recurrent_param")
    units = settings.whole("num_output")
    sizes = inputs[0] if inputs else None
    if units is None or not 0 < units < MOST or sizes is None:
        return UNKNOWN
    streams = sizes[0] if sizes else None
    deep = _known(sizes[1:])
    still = _known(inputs[2]) if len(inputs) > 2 else None
    output = (streams, units)
    if deep is None or (len(inputs) > 2 and still is None):
        return Opaque((output,))
    rows = gates * units
    parameters: Shapes = {
        "weight_x": [rows, prod(deep)],
        "bias": [rows],
        "weight_h": [rows, units],
    }
    if still is not None:
        parameters["weight_static"] = [rows, prod(still)]
    weights = rows * (prod(deep) + units)
    if projected:
        parameters |= {"weight_o": [units, units], "output_bias": [units]}
        weights += units * units
    static = rows * prod(still) if still is not None else 0
    macs = None if streams is None else streams * (weights + static)
    return Opaque((output,), parameters, macs)


def embed(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """A row of a table for each whole number."""
    settings = layer.settings("embed_param")
    units, rows = settings.whole("num_output"), settings.whole("input_dim")
    if units is None or rows is None or not (0 < units < MOST and 0 < rows < MOST):
        return UNKNOWN
    parameters = {"weight": [rows, units]}
    if settings.truth("bias_term", True):
        parameters["bias"] = [units]
    sizes = inputs[0] if inputs else None
    return Opaque((None if sizes is None else (*sizes, units),), parameters, 0)


def parameter(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """A blob that is learned."""
    shape = layer.settings("parameter_param").inner("shape").wholes("dim")
    return Opaque((), {"weight": shape}, 0) if all(size > 0 for size in shape) else UNKNOWN


# -- regions and boxes -----------------------------------------------------------------------------


def roi_pooling(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """A region of interest, as large as the file says; the batch is that of the regions."""
    settings = layer.settings(ROI_PARAMS[layer.kind])
    height, width = settings.whole("pooled_h", 1), settings.whole("pooled_w", 1)
    sizes = inputs[0] if inputs else None
    return Opaque(((sizes[0] if sizes else None, height, width),), {}, 0)


def psroi_pooling(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """A region of interest, every part of it from slices of its own."""
    settings = layer.settings("psroi_pooling_param")
    group = settings.whole("group_size")
    return Opaque(((settings.whole("output_dim"), group, group),), {}, 0)


def prior_box(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """Two rows: the corners of the boxes around each position, and their variances."""
    settings = layer.settings("prior_box_param")
    ratios = {1.0}
    for ratio in settings.numbers("aspect_ratio"):
        ratios |= {ratio, 1 / ratio if settings.truth("flip", True) and ratio else ratio}
    counts = [len(settings.numbers(name)) for name in ("min_size", "max_size")]
    boxes = len({round(ratio, 6) for ratio in ratios}) * counts[0] + counts[1]
    sizes = _known(inputs[0]) if inputs else None
    if sizes is None or len(sizes) != 3:
        return Opaque(((2, None),), {}, 0)
    return Opaque(((2, sizes[1] * sizes[2] * boxes * 4),), {}, 0)


def detection_output(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """A row of seven numbers for each box that is found, nobody knows how many."""
    return Opaque(((1, None, 7),), {}, 0)


# -- other shapes ----------------------------------------------------------------------------------


def arg_max(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """The places of the largest values, or those values."""
    settings = layer.settings("argmax_param")
    top, values = settings.whole("top_k", 1) or 1, settings.truth("out_max_val", False)
    sizes = inputs[0] if inputs else None
    axis = settings.whole("axis")
    if axis is None:
        front = (2 if values else 1, top)
        return Opaque((None if sizes is None else front + (1,) * max(0, len(sizes) - 2),), {}, 0)
    if sizes is None:
        return NOTHING
    axis += len(sizes) if axis < 0 else -1
    if not 0 <= axis < len(sizes):
        return NOTHING
    return Opaque(((*sizes[:axis], top, *sizes[axis + 1 :]),), {}, 0)


def interp(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """Bilinear, with the corners on corners: to given sizes, by factors, or as large as a blob."""
    settings = layer.settings("interp_param")
    sizes = inputs[0] if inputs else None
    if sizes is None or len(sizes) != 3:
        return NOTHING
    if len(inputs) > 1:
        like = inputs[1]
        return Opaque((None if like is None else (sizes[0], *like[1:]),), {}, 0)
    border = (settings.whole("pad_beg", 0) or 0) + (settings.whole("pad_end", 0) or 0)
    stated = settings.whole("height"), settings.whole("width")
    each = [
        _resized(settings, size, border) if given is None else given
        for size, given in zip(sizes[1:], stated, strict=True)
    ]
    return Opaque(((sizes[0], *each),), {}, 0)


def _resized(settings: Settings, size: int | None, border: int) -> int | None:
    if size is None:
        return None
    size += border
    shrink, zoom = settings.whole("shrink_factor"), settings.whole("zoom_factor")
    if shrink is not None and shrink > 0:
        size = (size - 1) // shrink + 1
    return size + (size - 1) * (zoom - 1) if zoom is not None and zoom > 0 else size


def tile(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """The same several times along an axis."""
    settings = layer.settings("tile_param")
    axis, times = settings.whole("axis", 1) or 0, settings.whole("tiles", 1) or 1
    sizes = inputs[0] if inputs else None
    if sizes is None:
        return NOTHING
    axis += len(sizes) if axis < 0 else -1
    if not 0 <= axis < len(sizes):
        return NOTHING
    along = sizes[axis]
    more = None if along is None else along * times
    return Opaque(((*sizes[:axis], more, *sizes[axis + 1 :]),), {}, 0)


def pyramid(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """A spatial pyramid: bins of 1x1, 2x2, 4x4 and so on, joined."""
    height = layer.settings("spp_param").whole("pyramid_height")
    sizes = inputs[0] if inputs else None
    if not sizes or sizes[0] is None or height is None or not 0 < height < 16:
        return NOTHING
    return Opaque(((sizes[0] * sum(4**level for level in range(height)),),), {}, 0)


def without_parameters(layer: Layer, inputs: Sequence[Sizes | None]) -> Opaque:
    """Nothing is learned; what comes out depends on the values."""
    return NOTHING


Formula = Callable[[Layer, Sequence[Sizes | None]], Opaque]
ROI_PARAMS = {"roipooling": "roi_pooling_param", "roialign": "roi_align_param"}
FORMULAS: dict[str, Formula] = {
    **dict.fromkeys(ROI_PARAMS, roi_pooling),
    **dict.fromkeys(("filter", "im2col", "batchreindex", "proposal"), without_parameters),
    "argmax": arg_max,
    "detectionoutput": detection_output,
    "embed": embed,
    "interp": interp,
    "lstm": lstm,
    "parameter": parameter,
    "priorbox": prior_box,
    "psroipooling": psroi_pooling,
    "rnn": rnn,
    "spp": pyramid,
    "tile": tile,
}
