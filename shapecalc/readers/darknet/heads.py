"""Detectors: how many values they must get, and the sizes of images that go with their strides.

Source: Darknet, region_layer.c, yolo_layer.c, gaussian_yolo_layer.c and detection_layer.c.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding
from shapecalc.document import Original
from shapecalc.readers.darknet.network import INPUT, NET, Network
from shapecalc.readers.items import Item, Items

HEADS = ("yolo", "Gaussian_yolo", "region", "detection")
FILTERS = {"conv": "K", "local_conv": "K", "dense": "units"}
STRIDING = ("conv", "local_conv", "max_pool", "avg_pool", "pixel_unshuffle")
ENLARGING = {"upsample": "scale", "pixel_shuffle": "scale", "conv_transpose": "S"}
Jump = tuple[Fraction, Fraction]


def yolo(network: Network) -> None:
    """[yolo]: for each anchor of the mask a box, an objectness, and the classes."""
    _with_mask(network, 5, "(classes {classes} + 5)*{anchors} = {wanted}")


def gaussian_yolo(network: Network) -> None:
    """[Gaussian_yolo]: for each anchor of the mask a box with its deviations beside [yolo]'s."""
    _with_mask(network, 9, "(classes {classes} + 9)*{anchors} = {wanted}")


def _with_mask(network: Network, beside: int, formula: str) -> None:
    section = network.section
    classes = section.whole("classes", 20)
    anchors = section.count("mask", section.whole("num", 1))
    wanted = (classes + beside) * anchors
    _check(network, wanted, formula.format(classes=classes, anchors=anchors, wanted=wanted))
    network.keeping(network.word)


def region(network: Network) -> None:
    """[region]: for each of `num` boxes its coordinates, an objectness, and the classes."""
    section = network.section
    classes, coords = section.whole("classes", 20), section.whole("coords", 4)
    anchors = section.whole("num", 1)
    wanted = anchors * (classes + coords + 1)
    _check(network, wanted, f"{anchors}*(classes {classes} + {coords} + 1) = {wanted}")
    network.keeping(network.word)


def iseg(network: Network) -> None:
    """[iseg]: the classes, and numbers that tell one thing from another."""
    classes, ids = network.section.whole("classes", 20), network.section.whole("ids", 32)
    _check(network, classes + ids, f"classes {classes} + {ids} = {classes + ids}")
    network.keeping(network.word)


def detection(network: Network) -> None:
    """[detection]: a grid of side x side, with `num` boxes and the classes in each cell."""
    section = network.section
    classes, coords = section.whole("classes", 1), section.whole("coords", 1)
    anchors, side = section.whole("num", 1), section.whole("side", 7)
    wanted = side * side * ((1 + coords) * anchors + classes)
    formula = f"{side}*{side}*((1 + {coords})*{anchors} + classes {classes}) = {wanted}"
    volume = network.volume()
    if volume is not None and len(volume) > 1:  # filters alone do not settle it
        values = prod(size for size in volume if size is not None)
        if None not in volume and values != wanted:
            message = f"{network.title} needs {formula} values, and gets {values}"
            hint = f"a [connected] with output={wanted} before it"
            network.fault(rules.FALSE_CLAIM, message, hint)
    else:
        _check(network, wanted, formula, "values")
    network.keeping(network.word)
    network.no_image[network.before] = network.title


def _check(network: Network, wanted: int, formula: str, of: str = "slices") -> None:
    """Find a depth in front that the detector cannot take, with the one that it needs.

    Both may be wrong, what it says of itself and the filters; mostly these were left as they were.
    """
    volume = network.volume()
    depth = None if volume is None else volume[-1]
    if depth is None or depth == wanted:
        return
    item = _in_front(network.items, network.before)
    where: tuple[str, ...] = (network.title,)
    hint = f"the layer before has to give {wanted}"
    if item is not None:
        title, keys = network.keys[item.name]
        key = keys[FILTERS[item.kind]]
        where = (title, key)
        hint = f"write {key}={wanted} in {title}"
    message = f"{network.title} needs {formula} {of}, and gets {depth}"
    fault = Fault(rules.FALSE_CLAIM, message, hint)
    network.findings.append(Finding(fault, Original(where), network.title))


def _in_front(items: Items, value: str) -> Item | None:
    """Return the layer whose filters give a value its depth, if no join stands between."""
    item = items.producer(value)
    while item is not None and item.kind not in FILTERS and len(item.sources) == 1:
        item = items.producer(item.sources[0])
    return item if item is not None and item.kind in FILTERS else None


def check_sizes(network: Network) -> None:
    """Find a width or height of which the strides up to a detector leave a rest.

    Darknet asks for multiples of 32 in front of its detectors; what is asked for here is the
    product of the strides that this network has.
    """
    volume = network.volume(INPUT)
    heads = [network.given[n] for n, word in enumerate(network.words) if word in HEADS]
    if volume is None or len(volume) != 3 or not heads:
        return
    uneven: dict[int, list[tuple[str, int]]] = {}
    for key, W, whole in zip(("height", "width"), volume, _strides(network.items), strict=False):
        if W is not None and W % whole:
            uneven.setdefault(whole, []).insert(0, (key, W))
    for whole, sizes in uneven.items():
        named = " and ".join(f"{key} {W}" for key, W in sizes)
        are = "is no multiple" if len(sizes) == 1 else "are no multiples"
        message = f"{named} {are} of {whole}, the stride of the whole network: the last cells of"
        message += f" {heads[0]} reach past the image"
        if any(item.kind in ENLARGING for item in network.items.listed):
            message += ", and maps that were halved and doubled may not join"
        offers = ", ".join(
            " or ".join(f"{key}={size}" for size in (W - W % whole, W - W % whole + whole) if size)
            for key, W in sizes
        )
        fault = Fault(rules.UNEVEN_SIZE, message, offers)
        network.findings.append(Finding(fault, Original((NET, sizes[0][0]))))


def _strides(items: Items) -> tuple[int, int]:
    """Return the largest product of strides on the way to any value, along height and width."""
    jumps: dict[str, Jump] = {name: (Fraction(1), Fraction(1)) for name in items.inputs}
    for item in items.listed:
        sources = [jumps[source] for source in item.sources] or [(Fraction(1), Fraction(1))]
        jumps[item.name] = tuple(  # type: ignore[assignment]
            max(jump[axis] for jump in sources) * _step(item, axis) for axis in (0, 1)
        )
    down, across = (max(jump[axis] for jump in jumps.values()) for axis in (0, 1))
    return int(down), int(across)


def _step(item: Item, axis: int) -> Fraction:
    """Return how many input pixels lie between outputs next to each other, along an axis."""
    if item.kind in ENLARGING:
        return 1 / Fraction(max(1, item.fields[ENLARGING[item.kind]]))
    step = item.fields.get("S", item.fields.get("scale", 1)) if item.kind in STRIDING else 1
    return Fraction(max(1, step[axis] if isinstance(step, list) else step))
