"""Convolutions and pools of Caffe, with its own rounding at the border.

A pool has ceil((W + 2P - F)/S) + 1 windows. Where any axis is padded, one that would start past the
input and its leading padding is dropped, as under `ceil` here; where none is, Caffe keeps it.
Source: Caffe, base_conv_layer.cpp and pooling_layer.cpp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from shapecalc.diagnostics import Path
from shapecalc.geometry import fit_window
from shapecalc.readers.caffe.building import Building
from shapecalc.readers.caffe.layers import Layer, Malformed, Settings
from shapecalc.readers.items import Sizes
from shapecalc.readers.opaque import UNKNOWN, Opaque

POOLS = ("MAX", "AVE", "STOCHASTIC")
KINDS_OF_POOLS = {"MAX": "max_pool", "AVE": "avg_pool"}
DEPTHWISE = ("convolutiondepthwise", "depthwiseconvolution")
SIZES = {  # our field: Caffe's for all axes, or for two, and its default
    "F": ("kernel_size", ("kernel_h", "kernel_w"), None),
    "S": ("stride", ("stride_h", "stride_w"), 1),
    "P": ("pad", ("pad_h", "pad_w"), 0),
    "dilation": ("dilation", (), 1),
}
MOST = 2**31  # sizes that Caffe can count with


class Window(NamedTuple):
    """What slides: our fields, and where they stand in the file."""

    fields: dict[str, Any]
    places: dict[str, Path]

    def axes(self, name: str, count: int) -> list[int]:
        """Return a field's value for each of two axes."""
        value: Any = self.fields.get(name, SIZES[name][2])
        return value if isinstance(value, list) else [value] * count


def window(settings: Settings) -> Window:
    """Return the fields of a window. Raises Malformed for what are no whole numbers."""
    fields: dict[str, Any] = {}
    places: dict[str, Path] = {}
    for ours, (single, pair, default) in SIZES.items():
        listed = settings.wholes(single)
        if any(name in settings for name in pair):
            one = listed[0] if listed else default
            listed = [size for name in pair if (size := settings.whole(name, one)) is not None]
            places[ours] = settings.where(next(name for name in pair if name in settings))
        elif listed:
            places[ours] = settings.where(single)
        if listed:
            fields[ours] = listed[0] if len(set(listed)) == 1 else listed
    return Window(fields, places)


def axes_of(layer: Layer) -> int | None:
    """Return along how many axes a layer's window slides; None for a layer that has none.

    Where the file has one number for all, there are two of them, as nearly always.
    """
    name = {"pooling": "pooling_param"}.get(layer.kind, "convolution_param")
    if TABLE.get(layer.kind) not in (convolution, pooling):
        return None
    return max(2, len(layer.settings(name).wholes("kernel_size")))


# -- convolutions ----------------------------------------------------------------------------------


def convolution(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a convolution, transposed or not, for each blob that it takes: with the same weights."""
    settings = layer.settings("convolution_param")
    if settings.whole("axis", 1) not in (1, -3) or not sources:
        return building.operation(layer, UNKNOWN, sources)
    kind = "conv_transpose" if layer.kind == "deconvolution" else "conv"
    fields, places = window(settings)
    filters = settings.whole("num_output")
    if filters is not None:
        fields, places["K"] = {"K": filters, **fields}, settings.where("num_output")
    groups = settings.whole("group", 1)
    if layer.kind in DEPTHWISE and filters is not None:
        depth = building.depth(sources[0])
        groups = depth if depth and filters > 0 and filters % depth == 0 else filters
    if groups != 1:
        fields["groups"], places["groups"] = groups, settings.where("group")
    if not settings.truth("bias_term", True):
        fields["bias"] = False
    values: list[str] = []
    for number, source in enumerate(sources[: max(1, len(layer.tops))]):
        value = building.add(
            layer, kind, fields, [source], name=f":{number}" if number else "", places=places,
            share=values[0] if values else None,
        )  # fmt: skip
        values.append(value)
    return values


# -- pools -----------------------------------------------------------------------------------------


def pooling(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a pool; a second blob that comes out has the places of the largest values."""
    settings = layer.settings("pooling_param")
    method = settings.word("pool", POOLS)
    source = sources[0]
    if settings.truth("global_pooling", False):
        kind = {"MAX": "global_max_pool", "AVE": "global_avg_pool"}.get(method)
        if kind is None:
            return building.operation(layer, _whole_slices(building, source), [source])
        return _with_mask(building, layer, building.add(layer, kind, {}, [source]))
    fields, places = window(settings)
    fields.pop("dilation", None)
    fields = {"F": fields.get("F"), "S": 1, **fields}
    if fields["F"] is None:
        raise Malformed("a pool without kernel_size", settings.path)
    if not _rounds_up(settings):
        fields["rounding"] = "floor"
    sides = _border(building, Window(fields, places), source)
    if sides is not None:
        mode = {"mode": "replicate"} if method == "MAX" else {}  # which leaves the largest values
        source = building.add(layer, "pad", {"P": sides, **mode}, [source], name="/pad")
        fields |= {"P": 0, "rounding": "floor"}
    kind = KINDS_OF_POOLS.get(method)
    if kind is None:  # each value of a window with the probability to be drawn
        found = building.as_operation("avg_pool", fields, [source])._replace(parameters={}, macs=0)
        return building.operation(layer, found, [source])
    value = building.add(layer, kind, fields, [source], places=places)
    return _with_mask(building, layer, value, sides is None)


def _rounds_up(settings: Settings) -> bool:
    """Say whether a last window is added for what is left over. Forks have ceil_mode."""
    if "ceil_mode" in settings:
        return settings.truth("ceil_mode", True)
    return settings.word("round_mode", ("CEIL", "FLOOR")) == "CEIL"


def _border(building: Building, slides: Window, source: str) -> list[list[int]] | None:
    """Return what has to stand around the input for Caffe's windows, where a pool here has others.

    None where it has the same, or where the input is not known.
    """
    sizes = building.known_sizes(source)
    spatial = (sizes or ())[1:]
    axes = [slides.axes(name, len(spatial)) for name in ("F", "S", "P")]
    if not spatial or any(len(values) != len(spatial) for values in axes):
        return None
    each = [*zip(spatial, *axes, strict=True)]
    if any(not (0 < F < MOST and 0 < S < MOST and 0 <= P < F) for _, F, S, P in each):
        return None  # the kind says what is wrong
    padded, up = any(axes[2]), slides.fields.get("rounding") != "floor"
    sides: list[list[int]] = []
    other = False
    for W, F, S, P in each:
        fit = fit_window(W, F, S, P, 1, "ceil" if up else "floor")
        count = fit.size
        if up and not padded:  # all that are begun, also past the input
            count = max(count, fit_window(W, F, S, (0, S - 1), 1, "floor").size)
        other = other or count != fit.size or 2 * P > F
        sides.append([P, max((count - 1) * S + F - W - P, 0)])
    return sides if other else None


def _with_mask(building: Building, layer: Layer, value: str, alone: bool = True) -> list[str]:
    """Return the values of a pool: what it gives, and where it found it.

    Unless it is `alone`, an unpooling would give what stands around its input, too.
    """
    values = [value]
    if len(layer.tops) > 1:
        found = Opaque((building.sizes(value),), {}, 0)
        values += building.operation(layer, found, [value], name=":1", tops=len(layer.tops) - 1)
        if alone:
            building.masks[values[1]] = value
    return values


def _whole_slices(building: Building, source: str) -> Opaque:
    sizes, rank = building.sizes(source), building.rank(source)
    if sizes is None or rank is None:
        return Opaque((), {}, 0)
    return Opaque(((sizes[0], *[1] * (rank - 1)),), {}, 0)


# -- back to where a pool came from ----------------------------------------------------------------


def unpooling(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add an unpooling by the places that a pool found, of SegNet's fork or DeconvNet's.

    Without such places, Upsample copies each value.
    """
    upsample = layer.kind == "upsample"
    settings = layer.settings("upsample_param" if upsample else "unpooling_param")
    pool = building.masks.get(sources[1]) if len(sources) > 1 else None
    sizes = building.sizes(sources[0])
    stated = None if sizes is None else _unpooled(settings, sizes, upsample)
    if pool is not None:
        item = building.items.producer(pool)
        before = building.sizes(item.sources[0]) if item is not None and item.sources else None
        if before is None or stated is None or _agree(before, stated):
            return [building.add(layer, "max_unpool", {"of": pool}, sources[:1])]
    if upsample and len(sources) == 1 and type(settings.get("scale")) is int:
        fields, places = {"scale": settings.whole("scale")}, {"scale": settings.where("scale")}
        return [building.add(layer, "upsample", fields, sources, places=places)]
    return building.operation(layer, Opaque((stated,), {}, 0), sources)


def _agree(one: Sizes, other: Sizes) -> bool:
    """Say whether two blobs may have the same sizes."""
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or None in (a, b) for a, b in pairs)


def _unpooled(settings: Settings, sizes: Sizes, upsample: bool) -> Sizes | None:
    """Return the sizes, depth first, that the layer says it gives; None where it says none."""
    spatial = sizes[1:]
    if len(spatial) != 2:
        return None
    if upsample:
        scale = settings.whole("scale", 2) or 2
        ends = [bool(settings.truth(f"pad_out_{side}", False)) for side in "hw"]
        stated = [settings.whole(f"upsample_{side}") for side in "hw"]
        grown = [W and W * scale - end for W, end in zip(spatial, ends, strict=True)]
    else:
        fields, _ = window(settings)
        stated = [settings.whole(f"unpool_{side}", settings.whole("unpool_size")) for side in "hw"]
        F, S, P = (Window(fields, {}).axes(name, 2) for name in ("F", "S", "P"))
        grown = [
            None if W is None or f is None else (W - 1) * s + f - 2 * p
            for W, f, s, p in zip(spatial, F, S, P, strict=True)
        ]
    found = [now if said is None else said for said, now in zip(stated, grown, strict=True)]
    if any(size is not None and not 0 < size < MOST for size in found):
        return None
    return (sizes[0], *found)


TABLE = {
    **dict.fromkeys(("convolution", "deconvolution", *DEPTHWISE), convolution),
    "pooling": pooling,
    "unpooling": unpooling,
    "upsample": unpooling,
}
