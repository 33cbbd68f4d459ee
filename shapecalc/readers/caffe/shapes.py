"""What changes the axes of a blob, joins blobs or takes them apart, and InnerProduct.

Axes are numbered as in the file: 0 is the batch, 1 the depth, negative ones count from the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding
from shapecalc.document import Original
from shapecalc.readers.caffe.building import Building
from shapecalc.readers.caffe.layers import Layer, Malformed, Settings
from shapecalc.readers.items import Sizes, turned_back
from shapecalc.readers.opaque import UNKNOWN, Opaque

GIVEN = Opaque((), {}, 0)  # nothing is learned; what comes out is not known
REST = -1  # of a shape: what is left


def inner_product(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add an InnerProduct: of all values of an example, or of those from a later axis on."""
    settings = layer.settings("inner_product_param")
    source = sources[0]
    axis = building.axis(source, settings.whole("axis", 1) or 0, settings.where("axis"))
    units = settings.whole("num_output")
    fields: dict[str, Any] = {} if units is None else {"units": units}
    places = {"units": settings.where("num_output")}
    if not settings.truth("bias_term", True):
        fields["bias"] = False
    if axis == 1:
        return [building.add(layer, "dense", fields, [source], 1, places=places)]
    sizes = building.known_sizes(source)
    if not axis or sizes is None:
        return building.operation(layer, UNKNOWN, sources)
    if axis < len(sizes):
        sizes = (*sizes[: axis - 1], prod(sizes[axis - 1 :]))
        output = {"output": list(turned_back(sizes))}
        source = building.add(layer, "reshape", output, [source], len(sizes), name="/flattened")
    rank = len(sizes)
    to_last = [rank - 1, *range(rank - 1)]  # the depth, which the file has first
    source = building.add(layer, "transpose", {"axes": to_last}, [source], name="/turned")
    fields["flatten"] = False
    value = building.add(layer, "dense", fields, [source], places=places)
    back = [*range(1, rank), 0]
    return [building.add(layer, "transpose", {"axes": back}, [value], name="/turned_back")]


# -- one blob in another shape ---------------------------------------------------------------------


def flatten(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Flatten, which may join some axes only."""
    settings = layer.settings("flatten_param")
    source = sources[0]
    first = building.axis(source, settings.whole("axis", 1) or 0, settings.where("axis"))
    last = building.axis(source, settings.whole("end_axis", -1) or 0, settings.where("end_axis"))
    rank = building.rank(source)
    if first == 1 and (last == rank or settings.whole("end_axis", -1) == -1):
        return [building.add(layer, "flatten", {}, [source], 1)]
    sizes = building.known_sizes(source)
    if not first or not last or sizes is None:
        return building.operation(layer, GIVEN, sources)
    joined = sizes[first - 1 : last]
    return _reshaped(building, layer, source, (*sizes[: first - 1], prod(joined), *sizes[last:]))


def reshape(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Reshape: 0 keeps a size, -1 is what is left.

    One that takes the batch apart, or joins it with something, is not known.
    """
    settings = layer.settings("reshape_param")
    source = sources[0]
    sizes = building.sizes(source)
    dims = settings.inner("shape").wholes("dim")
    if sizes is None:
        return building.operation(layer, GIVEN, sources)
    rank = len(sizes)
    start = settings.whole("axis", 0) or 0
    start += rank + 2 if start < 0 else 0
    count = settings.whole("num_axes", -1)
    end = rank + 1 if count is None or count < 0 else start + count
    if not 0 <= start <= end <= rank + 1:
        raise Malformed(f"there are no such axes of {rank + 1}", settings.path)
    made = _dims(settings, dims, (None, *sizes)[start:end], bool(start))
    found = None if made is None else (*(None, *sizes)[:start], *made, *(None, *sizes)[end:])[1:]
    target = None if found is None else _left_over(found, sizes)
    if target is None or None in target or None in sizes:
        return building.operation(layer, GIVEN._replace(outputs=(_open(target),)), sources)
    return _reshaped(building, layer, source, tuple(size for size in target if size is not None))


def _dims(
    settings: Settings, dims: Sequence[int], replaced: Sizes, within: bool
) -> list[int | None] | None:
    """Return the sizes in the place of those that are replaced; -1 is left in.

    Of the batch, which is in front unless the axes are `within` an example, None is returned where
    it is not kept.
    """
    made: list[int | None] = []
    for index, size in enumerate(dims):
        if size < REST:
            raise Malformed(f"{size} is no size", settings.where("shape"))
        if size == 0 and index >= len(replaced):
            raise Malformed(f"there is no axis {index} whose size is kept", settings.where("shape"))
        made.append(replaced[index] if size == 0 else size)
    if dims.count(REST) > 1:
        raise Malformed("-1 stands for one size only", settings.where("shape"))
    if within:
        return made
    if not dims or (dims[0] == REST and len(dims) == 1):
        return None
    return made


def _left_over(found: Sequence[int | None], sizes: Sizes) -> Sizes | None:
    """Return sizes with what -1 stands for; None where they are not those of an example."""
    if None in sizes or None in found:
        return tuple(None if size == REST else size for size in found)
    values, given = prod(sizes), prod(size for size in found if size != REST)  # type: ignore[arg-type,misc]
    if REST not in found:
        return tuple(found) if given == values else None
    if not given or values % given:
        return None
    return tuple(values // given if size == REST else size for size in found)


def _open(target: Sizes | None) -> Sizes | None:
    return None if target is None else tuple(None if size == REST else size for size in target)


def _reshaped(building: Building, layer: Layer, source: str, sizes: tuple[int, ...]) -> list[str]:
    """Add a reshape to sizes in the order of the file, which is the order of the values here."""
    output = [*turned_back(sizes or (1,))]
    return [building.add(layer, "reshape", {"output": output}, [source], len(output))]


def permute(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add SSD's Permute: axes that are not named follow in their order."""
    settings = layer.settings("permute_param")
    order = settings.wholes("order")
    rank = building.rank(sources[0])
    if rank is None and order:
        rank = max(order)
    if rank is None:
        return building.operation(layer, GIVEN, sources)
    order += [axis for axis in range(rank + 1) if axis not in order]
    if sorted(order) != list(range(rank + 1)):
        raise Malformed(f"order is none of {rank + 1} axes", settings.where("order"))
    if order[0] != 0:
        return building.operation(layer, GIVEN, sources)
    inner = turned_back(tuple(order[1:]))  # in our order, each by its number in the file
    axes = [rank - 1 if axis == 1 else axis - 2 for axis in inner if axis is not None]
    if axes == [*range(rank)]:
        return [building.add(layer, "identity", {}, sources[:1], rank)]
    return [building.add(layer, "transpose", {"axes": axes}, sources[:1], rank)]


def channel_shuffle(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add ShuffleNet's layer."""
    settings = layer.settings("shuffle_channel_param")
    fields = {"groups": settings.whole("group", 1)}
    places = {"groups": settings.where("group")}
    return [building.add(layer, "channel_shuffle", fields, sources[:1], places=places)]


def padding(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add V0's padding layer, which is a part of the convolution behind it in later versions."""
    settings = layer.settings("")
    fields, places = {"P": settings.whole("pad", 0)}, {"P": settings.where("pad")}
    return [building.add(layer, "pad", fields, sources[:1], places=places)]


def split(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Split, which gives its blob several times under other names."""
    value = building.add(layer, "identity", {}, sources[:1])
    return [value] * max(1, len(layer.tops))


def reduction(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Reduction of all axes from one on; the mean of every slice has a kind."""
    settings = layer.settings("reduction_param")
    method = settings.word("operation", ("SUM", "SUM", "ASUM", "SUMSQ", "MEAN"))
    source = sources[0]
    axis = building.axis(source, settings.whole("axis", 0) or 0, settings.where("axis"))
    rank = building.rank(source)
    positions = axis == 2 and rank not in (1, None)
    if positions and method == "MEAN" and settings.number("coeff", 1) == 1:
        return [building.add(layer, "global_avg_pool", {"keep": False}, [source], 1)]
    sizes = building.sizes(source)
    if axis is not None and axis < 2:
        return building.operation(layer, Opaque(((1,),), {}, 0), sources)
    output = None if sizes is None or axis is None else sizes[: axis - 1]
    return building.operation(layer, Opaque((output,), {}, 0), sources)


# -- several blobs ---------------------------------------------------------------------------------


def concat(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Concat along the depth or an axis behind it."""
    settings = layer.settings("concat_param")
    name = "concat_dim" if "concat_dim" in settings else "axis"
    axis = building.axis(sources[0], settings.whole(name, 1) or 0, settings.where(name))
    if len(sources) == 1:
        return [building.add(layer, "identity", {}, sources)]
    if not axis:  # along the batch, or not known
        found = GIVEN if axis is None else Opaque((), {}, 0, keeps=True)
        return building.operation(layer, found, sources)
    places = {"axis": settings.where(name)}
    fields = {} if axis == 1 else {"axis": axis - 2}
    return [building.add(layer, "concat", fields, sources, places=places)]


def slice_(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add the parts of a Slice: at its points, or equal ones."""
    settings = layer.settings("slice_param")
    source, count = sources[0], len(layer.tops)
    name = "slice_dim" if "slice_dim" in settings else "axis"
    axis = building.axis(source, settings.whole(name, 1) or 0, settings.where(name))
    points = settings.wholes("slice_point")
    if count == 1:
        return [building.add(layer, "identity", {}, [source])]
    if points and len(points) != count - 1:
        message = f"{count} parts take {count - 1} slice_point, and there are {len(points)}"
        raise Malformed(message, settings.where("slice_point"))
    if not axis:
        found = Opaque((building.sizes(source),) * count if axis == 0 else (), {}, 0)
        return building.operation(layer, found, sources)
    along = {} if axis == 1 else {"axis": axis - 2}
    places = {"start": settings.where("slice_point"), "stop": settings.where("slice_point")}
    values = []
    for part, top in enumerate(layer.tops):
        fields: dict[str, Any] = {**along, "part": part + 1, "of": count}
        if points:
            fields = dict(along)
            if part:
                fields["start"] = points[part - 1]
            if part < len(points):
                fields["stop"] = points[part]
        values.append(building.add(layer, "slice", fields, [source], name=f"/{top}", places=places))
    return values


def crop(building: Building, layer: Layer, sources: Sequence[str]) -> list[str]:
    """Add a Crop to the sizes of its second blob, from an axis on, at an offset."""
    settings = layer.settings("crop_param")
    if len(sources) != 2:
        raise Malformed("a Crop takes two blobs", layer.path)
    source, like = sources
    axis = building.axis(source, settings.whole("axis", 2) or 0, settings.where("axis"))
    offsets = settings.wholes("offset")
    sizes, others = building.known_sizes(source), building.known_sizes(like)
    if not axis or axis < 2:
        return building.operation(layer, GIVEN, sources)
    if sizes is None or others is None or len(sizes) != len(others):
        return [building.add(layer, "crop", {"like": like}, [source])]
    count = len(sizes) + 1 - axis
    if len(offsets) not in (0, 1, count):
        raise Malformed(f"{count} axes take {count} offsets, or one", settings.where("offset"))
    offsets = offsets * count if len(offsets) == 1 else offsets or [0] * count
    pads: list[list[int]] = [[0, 0] for _ in range(axis - 2)]
    for number, offset in enumerate(offsets, axis - 1):
        pads.append([offset, sizes[number] - others[number] - offset])
    if min(map(min, pads)) < 0:
        _not_in(building, layer, settings, sizes, others, offsets)
        return building.operation(layer, Opaque(((sizes[0], *others[1:]),), {}, 0), sources)
    return [building.add(layer, "crop", {"P": pads}, [source])]


def _not_in(
    building: Building, layer: Layer, settings: Settings, sizes: Sizes, others: Sizes, offsets: Any
) -> None:
    """Report a part that does not lie in its blob."""
    at = " and ".join(map(str, dict.fromkeys(offsets)))
    message = f"{layer.name}: {_crossed(others)} from {at} on is no part of {_crossed(sizes)}"
    fault = Fault(rules.TOO_LARGE, message, "Caffe refuses such a crop")
    path = settings.where("offset") if "offset" in settings else layer.path
    building.findings.append(Finding(fault, Original(path), layer.name))


def _crossed(sizes: Sizes) -> str:
    return "x".join(map(str, sizes[1:]))


Function = Callable[[Building, Layer, Sequence[str]], list[str]]
TABLE: dict[str, Function] = {
    "innerproduct": inner_product,
    "channelshuffle": channel_shuffle,
    "concat": concat,
    "crop": crop,
    "flatten": flatten,
    "padding": padding,
    "permute": permute,
    "reduction": reduction,
    "reshape": reshape,
    "shufflechannel": channel_shuffle,
    "slice": slice_,
    "split": split,
}
