"""The inputs of a Caffe network: what data layers tell of the size of what they give.

Most tell little: at best the size to which pictures are cut. Source: Caffe, caffe.proto and
data_transformer.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.readers.caffe.layers import Layer, Settings, checked, shape_of
from shapecalc.readers.items import Sizes

OF_PICTURES = ("data", "imagedata", "windowdata", "annotateddata", "denseimagedata", "memorydata")
COLORS = 3
LABEL: Sizes = (1,)  # a number for each example


def given_by(layer: Layer) -> Iterator[tuple[str, Sizes | None]]:
    """Yield the blobs that a layer without any of its own to read gives, with their sizes, depth
    first and without the batch; None where those are not told.
    """
    shapes = _shapes(layer)
    for number, top in enumerate(layer.tops):
        if shapes:
            yield top, shapes[number if len(shapes) > 1 else 0][1:] or (1,)
        elif layer.kind not in OF_PICTURES:
            yield top, None
        elif number:
            yield top, LABEL if number == 1 else None
        else:
            yield top, _picture(layer)


def _shapes(layer: Layer) -> list[tuple[int, ...]]:
    """Return the shapes that are written: one for all blobs, or one for each."""
    for name in ("input_param", "dummy_data_param"):
        settings = layer.settings(name)
        if "shape" in settings:
            found = [shape_of(one) for one in settings.inners("shape")]
            break
        four = [settings.wholes(key) for key in ("num", "channels", "height", "width")]
        if all(four):
            count = max(map(len, four))
            each = ([sizes[min(i, len(sizes) - 1)] for sizes in four] for i in range(count))
            found = [checked(sizes, settings.path) for sizes in each]
            break
    else:
        return []
    return found if len(found) in (1, len(layer.tops)) else found[:1]


def _picture(layer: Layer) -> Sizes:
    """Return the size of the pictures that a layer reads."""
    if layer.kind == "memorydata":
        settings = layer.settings("memory_data_param")
        return tuple(_size(settings, name) for name in ("channels", "height", "width"))
    settings = layer.settings(PARAMS.get(layer.kind, "data_param"))
    transformed = layer.settings("transform_param")
    colored = transformed.truth("force_color", False)
    if layer.kind == "imagedata":
        colored = colored or settings.truth("is_color", True)
    depth = COLORS if colored else 1 if transformed.truth("force_gray", False) else None
    cut = _size(transformed, "crop_size") or _size(settings, "crop_size")
    if cut is not None:
        return (depth, cut, cut)
    resized = transformed.inner("resize_param")
    places = ((settings, ("new_height", "new_width")), (resized, ("height", "width")))
    for where, names in places:
        sizes = [_size(where, name) for name in names]
        if None not in sizes:
            return (depth, *sizes)
    return (depth, None, None)


PARAMS = {"imagedata": "image_data_param", "windowdata": "window_data_param"}


def _size(settings: Settings, name: str) -> int | None:
    """Return a size; 0 stands for none."""
    value = settings.whole(name)
    return value if value is not None and 0 < value < 2**31 else None
