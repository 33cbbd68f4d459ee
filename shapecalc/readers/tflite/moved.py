"""Operators that move, join, cut and reduce values. Axes count with the batch, as in the file.

Source: TensorFlow, tensorflow/lite/kernels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from shapecalc.readers.tensors import shapes, windows
from shapecalc.readers.tensors.values import Tensor
from shapecalc.readers.tflite.translation import Call, Given, Meaning, Translation

REFLECT = 0  # the border of MIRROR_PAD; 1 repeats the last value, too


# -- shapes ----------------------------------------------------------------------------------------


def reshape(t: Translation, call: Call) -> Given:
    """A reshape to numbers in a tensor or in the options; -1 is what is left.

    Numbers that are computed are the sizes that the file states.
    """
    x = t.tensor(call, 0)
    if x is None:
        return None
    target: Sequence[int | None] | None = t.numbers(call, 1)
    if target is None and t.number(call, 1) is None:
        target = call.options["shape"]
    if target is None or any(size is not None and (size < -1 or not size) for size in target):
        target = t.stated(call)
    if target is None:
        return None
    if target and target[0] is None:  # the batch
        target = (t.network.batch, *target[1:])
    return shapes.reshape(t.network, call.node, x, shapes.filled_in(t.network, x, target))


def squeeze(t: Translation, call: Call) -> Given:
    """A squeeze of axes of size 1; of all where none is named."""
    x, axes = t.tensor(call, 0), call.options["axes"]
    if x is None:
        return None
    if not axes:  # the batch goes as well
        axes = [n for n, size in enumerate(t.shape(x) or ()) if size == 1]
    return shapes.squeeze(t.network, call.node, x, axes)


def expand_dims(t: Translation, call: Call) -> Given:
    """A new axis of size 1."""
    x, axes = t.tensor(call, 0), t.numbers(call, 1)
    if x is None or axes is None or len(axes) != 1:
        return None
    return shapes.unsqueeze(t.network, call.node, x, axes)


def transpose(t: Translation, call: Call) -> Given:
    """Axes in another order."""
    x, order = t.tensor(call, 0), t.numbers(call, 1)
    return None if x is None or order is None else shapes.transpose(x, order)


def broadcast(t: Translation, call: Call) -> Given:
    """A stretching of axes of size 1."""
    x, shape = t.tensor(call, 0), t.numbers(call, 1) or t.stated(call)
    if x is None or shape is None or any(size is not None and size < 1 for size in shape):
        return None
    return shapes.expanded(t.network, call.node, x, tuple(shape))


# -- joined and cut --------------------------------------------------------------------------------


def concatenation(t: Translation, call: Call) -> Given:
    """Tensors behind each other; with an array among them an operation."""
    tensors = t.tensors(call)
    if not tensors:
        return None
    axis = int(call.options["axis"])
    arrays = [array for n in range(len(call.operator.inputs)) if (array := t.operand(call, n))]
    if not arrays:
        return shapes.concat(t.network, call.node, tensors, axis)
    shape = shapes.joined(t.network, tensors, arrays, axis)
    return t.network.operation(call.node, tensors, [shape], arrays)


def split(t: Translation, call: Call) -> Given:
    """Equal parts of an axis, which stands first."""
    axes, x = t.numbers(call, 0), t.tensor(call, 1)
    at = None if x is None or axes is None or len(axes) != 1 else x.counted(axes[0])
    sizes = None if x is None else t.shape(x)
    count = len(call.operator.outputs)
    if x is None or sizes is None or at is None:
        return None
    size = sizes[at]
    if size is None or size % count:
        return None
    return shapes.split(t.network, call.node, x, at, [size // count] * count)


def split_v(t: Translation, call: Call) -> Given:
    """Parts of given sizes; -1 is what is left."""
    x, parts, axes = t.tensor(call, 0), t.numbers(call, 1), t.numbers(call, 2)
    at = None if x is None or axes is None or len(axes) != 1 else x.counted(axes[0])
    sizes = None if x is None else t.shape(x)
    if x is None or at is None or not parts or sizes is None:
        return None
    size = sizes[at]
    if size is None or len(parts) != len(call.operator.outputs):
        return None
    if parts.count(-1) == 1:
        parts = [size - sum(parts) - 1 if part == -1 else part for part in parts]
    if min(parts) < 1 or sum(parts) != size:
        return None
    return shapes.split(t.network, call.node, x, at, parts)


def cut(t: Translation, call: Call) -> Given:
    """A part of each axis, from a begin on, of a size; -1 is all that is left."""
    x, begins, sizes = t.tensor(call, 0), t.numbers(call, 1), t.numbers(call, 2)
    shape = None if x is None else t.shape(x)
    if x is None or not shape or begins is None or sizes is None:
        return None
    if not len(shape) == len(begins) == len(sizes):
        return None
    ends = [
        size if part == -1 else begin + part
        for begin, part, size in zip(begins, sizes, shape, strict=True)
    ]
    return _cut(t, call, x, begins, ends)


def strided_slice(t: Translation, call: Call) -> Given:
    """A part of each axis; a bit of a mask for each says that its begin or end is left out.

    What takes one place of an axis takes the axis away. Steps above 1, new axes and those that an
    ellipsis stands for have no kind.
    """
    x = t.tensor(call, 0)
    begins, ends, steps = (t.numbers(call, index) for index in (1, 2, 3))
    shape = None if x is None else t.shape(x)
    if x is None or not shape or begins is None or ends is None or steps is None:
        return None
    options = call.options
    if options["ellipsis_mask"] or options["new_axis_mask"] or any(step != 1 for step in steps):
        return None
    if not len(begins) == len(ends) == len(steps) <= len(shape):
        return None
    first, last, gone = [0] * len(shape), list(shape), []
    for axis, (begin, end, size) in enumerate(zip(begins, ends, shape, strict=False)):
        if size is None:
            continue
        if not int(options["begin_mask"]) >> axis & 1:
            first[axis] = min(max(begin + size if begin < 0 else begin, 0), size)
        if not int(options["end_mask"]) >> axis & 1:
            last[axis] = min(max(end + size if end < 0 else end, 0), size)
        if int(options["shrink_axis_mask"]) >> axis & 1:
            last[axis] = first[axis] + 1
            gone.append(axis)
    return _cut(t, call, x, first, last, gone)


def _cut(
    t: Translation,
    call: Call,
    x: Tensor,
    begins: Sequence[int],
    ends: Sequence[int | None],
    gone: Sequence[int] = (),
) -> Given:
    """Add a slice for each axis that is cut, and take axes of one place away.

    The last layer has the operator's name.
    """
    shape = t.shape(x) or ()
    parts = [
        (axis, begin, end)
        for axis, (begin, end, size) in enumerate(zip(begins, ends, shape, strict=True))
        if end is not None and (begin, end) != (0, size)
    ]
    if any(begin < 0 or end <= begin or end > (shape[axis] or 0) for axis, begin, end in parts):
        return None
    if any(axis not in x.axes for axis, _, _ in parts):
        return None
    if not parts and not gone:
        return shapes.identity(t.network, call.node, x)
    for number, (axis, begin, end) in enumerate(parts, 1):
        last = number == len(parts) and not gone
        node = call.node if last else t.step(call, f"cut{number}")
        x = shapes.cut(t.network, node, x, axis, begin, end)
    return shapes.squeeze(t.network, call.node, x, gone) if gone else x


def place(t: Translation, call: Call, axis: int) -> Given:
    """One place of an axis, by its number; the axis goes."""
    x, places, numbers = t.tensor(call, 0), t.array(call, 1), t.numbers(call, 1)
    shape = None if x is None else t.shape(x)
    at = None if x is None else x.counted(axis)
    if x is None or not shape or at is None or places is None or places.shape or not numbers:
        return None
    begins, ends = [0] * len(shape), list(shape)
    begins[at], ends[at] = numbers[0], numbers[0] + 1
    return _cut(t, call, x, begins, ends, [at])


def unpack(t: Translation, call: Call) -> Given:
    """All places of an axis, one an output; the axis goes."""
    x = t.tensor(call, 0)
    shape = None if x is None else t.shape(x)
    at = None if x is None else x.counted(int(call.options["axis"]))
    if x is None or shape is None or at not in x.axes or shape[at] != len(call.operator.outputs):
        return None
    found = []
    for place in range(len(call.operator.outputs)):
        part = shapes.cut(t.network, t.step(call, f"place{place}"), x, at, place, place + 1)
        name = call.node.name + (f":{place}" if place else "")
        outputs = (call.node.outputs[place],)
        node = replace(call.node, name=name, outputs=outputs)
        found.append(shapes.squeeze(t.network, node, part, [at]))
    return found


def pack(t: Translation, call: Call) -> Given:
    """Tensors of one shape, along a new axis."""
    tensors, axis = t.tensors(call), int(call.options["axis"])
    if len(tensors) < len(call.operator.inputs) or not tensors:
        return None
    found = [t.shape(tensor) for tensor in tensors]
    if None in found or any(shape != found[0] for shape in found):
        return None
    parts = [
        shapes.unsqueeze(t.network, t.step(call, f"place{number}"), tensor, [axis])
        for number, tensor in enumerate(tensors)
    ]
    return shapes.concat(t.network, call.node, parts, axis)


# -- positions -------------------------------------------------------------------------------------


def pad(t: Translation, call: Call) -> Given:
    """A border: of zeros, or of the values inside it. Other ones have no kind."""
    x, numbers = t.tensor(call, 0), t.numbers(call, 1)
    if x is None or numbers is None or x.rank is None or len(numbers) != 2 * x.rank:
        return None
    pairs = [(numbers[n], numbers[n + 1]) for n in range(0, len(numbers), 2)]
    if min(numbers, default=0) < 0:
        return None
    if call.what == "PADV2":
        value = t.array(call, 2)
        if value is None or value.values is None or any(value.values):
            return None
    if call.what == "MIRROR_PAD":
        if call.options["mode"] != REFLECT:
            return None
        return windows.pad(t.network, call.node, x, pairs, "reflect")
    return windows.pad(t.network, call.node, x, pairs)


def resize(t: Translation, call: Call, *, mode: str) -> Given:
    """Another height and width. Corners that meet, and what starts at them, have no kind.

    The nearest value is the same at any factor that is whole.
    """
    x = t.image(call, 0)
    stated = t.stated(call)
    numbers: Sequence[int | None] | None = t.numbers(call, 1)
    if numbers is None and stated is not None and len(stated) == 4:
        numbers = stated[1:3]
    sizes = None if x is None else t.shape(x)
    if x is None or numbers is None or len(numbers) != 2 or None in numbers:
        return None
    output = [number for number in numbers if number is not None]
    before = list(sizes[1:3]) if sizes and len(sizes) == 4 else []
    if before == output:
        return shapes.identity(t.network, call.node, x)
    whole = None
    if (
        sizes
        and len(sizes) == 4
        and all(size and not number % size for size, number in zip(sizes[1:3], output, strict=True))
    ):
        whole = [n // (size or 1) for size, n in zip(sizes[1:3], output, strict=True)]
    centred = call.options["half_pixel_centers"] and not call.options["align_corners"]
    first = mode == "nearest" and not call.options["align_corners"] and whole is not None
    if not centred and not first and before != [1, 1]:
        return None
    return windows.upsample(
        t.network, call.node, x, scale=whole, output=None if whole else output, mode=mode,
        depth=-1, shape=stated,
    )  # fmt: skip


def pixel_shuffle(t: Translation, call: Call, *, kind: str) -> Given:
    """Blocks of positions to slices, or back."""
    x, scale = t.image(call, 0), int(call.options["block"])
    if x is None or scale < 1:
        return None
    return windows.pixel_shuffle(
        t.network, call.node, kind, x, scale, "tensorflow", -1, t.stated(call)
    )


def reduced(t: Translation, call: Call, *, function: str) -> Given:
    """The mean, the sum, ... over axes."""
    x, axes = t.tensor(call, 0), t.numbers(call, 1)
    if x is None or axes is None:
        return None
    return shapes.reduced(t.network, call.node, function, x, axes, bool(call.options["keep"]))


MEANINGS: Mapping[str, Meaning] = {
    "RESHAPE": reshape,
    "SQUEEZE": squeeze,
    "EXPAND_DIMS": expand_dims,
    "TRANSPOSE": transpose,
    "BROADCAST_TO": broadcast,
    "CONCATENATION": concatenation,
    "SPLIT": split,
    "SPLIT_V": split_v,
    "SLICE": cut,
    "STRIDED_SLICE": strided_slice,
    "UNPACK": unpack,
    "PACK": pack,
    **dict.fromkeys(("PAD", "PADV2", "MIRROR_PAD"), pad),
    "RESIZE_BILINEAR": partial(resize, mode="bilinear"),
    "RESIZE_NEAREST_NEIGHBOR": partial(resize, mode="nearest"),
    "DEPTH_TO_SPACE": partial(pixel_shuffle, kind="pixel_shuffle"),
    "SPACE_TO_DEPTH": partial(pixel_shuffle, kind="pixel_unshuffle"),
    **{
        name: partial(reduced, function=name.rpartition("_")[2].lower())
        for name in (
            "MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL",
        )
    },
}  # fmt: skip
