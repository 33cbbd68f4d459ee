"""The sections with one input: convolutions, pools, dense layers and what keeps a volume.

Source: Darknet, parser.c and the files of its layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from shapecalc import rules
from shapecalc.readers.darknet.activations import LINEAR, LOGISTIC, activate
from shapecalc.readers.darknet.network import BATCH_NORM, Network, Stored, Term
from shapecalc.readers.opaque import Opaque

PER_MAC = 2.0  # what Darknet counts for a multiplication with its addition
XNOR = 1 / 32  # of that: it compares 32 signs at once
NO_WEIGHTS: dict[str, list[int]] = {}


def need_image(network: Network) -> None:
    """Make what stands before an image, which some layers need.

    What a dense layer gives is one of 1x1. Of a flat input, and behind a softmax or a detector,
    Darknet has none: that is a finding.
    """
    volume, before = network.volume(), network.before
    flat = volume is not None and len(volume) == 1
    whose = network.no_image.get(before)
    if whose is None and flat and before in network.items.inputs:
        whose = "[net]"
    if whose is not None:
        message = f"{network.title} must get an image, and {whose} gives none"
        hint = "Darknet stops there: Layer before it must output image"
        if whose == "[net]":
            hint += "; [net] needs height, width and channels"
        network.fault(rules.RANK, message, hint)
    if flat and volume is not None and volume[0] is not None:
        network.add("image", "reshape", {"output": [1, 1, volume[0]]})


def strides(network: Network) -> tuple[int, int]:
    """Return the strides along height and width; below 1 they are not used."""
    section = network.section
    both = section.whole("stride", 1)
    down, across = section.whole("stride_y", -1), section.whole("stride_x", -1)
    return (both if down < 1 else down), (both if across < 1 else across)


def window(
    network: Network, F: int, steps: tuple[int, int], before: int, total: int, span: int
) -> dict[str, Any]:
    """Return the fields of a window with zeros in front, and so many in all, on either axis.

    A window that is too large by less than the stride is there once (`shortfalls`): zeros behind
    make room for it.
    """
    pads = [[before, total - before + short] for short in shortfalls(network, span - total, steps)]
    fields: dict[str, Any] = {"F": F}
    if steps != (1, 1):
        fields["S"] = _per_axis(steps)
    if any(pad != [before, before] for pad in pads):
        fields["P"] = pads
    elif before:
        fields["P"] = before
    return fields


def shortfalls(network: Network, least: int, steps: tuple[int, int]) -> list[int]:
    """Return by how much height and width fall short of what a window needs; 0 if nothing fits.

    Darknet divides as C does, towards 0: (W + padding - size)/stride + 1 is 1 where W + padding is
    less than the size, by less than the stride.
    """
    volume = network.volume() or (None, None, None)
    shorts = (0 if W is None else least - W for W in volume[:2])
    return [short if 0 < short < step else 0 for short, step in zip(shorts, steps, strict=False)]


def _per_axis(values: Sequence[int]) -> int | list[int]:
    return values[0] if len(set(values)) == 1 else list(values)


def window_keys(network: Network) -> dict[str, str]:
    """Return which options tell the fields of a window."""
    options = network.section.options
    own = next((key for key in ("stride_y", "stride_x") if key in options), "stride")
    pad = "pad" if "pad" in options and "padding" not in options else "padding"
    F = "size" if "size" in options else "stride"  # a pool's size is its stride unless written
    return {"K": "filters", "F": F, "S": own, "P": pad, "share": "share_index"}


def blur(network: Network, steps: tuple[int, int]) -> None:
    """Add the blur that has the stride of an antialiased layer.

    Its fixed filter [1 2 1], down and across, is two means of 2x2 in a row; `antialiasing=2` is
    one. Darknet stores no weights of it, and counts nothing.
    """
    S = _per_axis(steps)
    keys = {"S": window_keys(network)["S"]}
    if network.section.whole("antialiasing") == 2:
        network.add("blur", "avg_pool", {"F": 2, "S": S}, keys=keys)
        return
    network.add("mean", "avg_pool", {"F": 2, "S": 1, "P": 1})
    network.add("blur", "avg_pool", {"F": 2, "S": S}, keys=keys)


def normalize(network: Network, owner: str | None = None) -> str:
    """Add a batch norm, which has the weights of another layer's if that is named."""
    name = network.add(BATCH_NORM, "batch_norm")
    if owner is not None:
        item = network.items.producer(name)
        assert item is not None
        item.beside["share"] = owner
    return name


def weighted(
    network: Network, word: str, kind: str, fields: Mapping[str, Any], *, weights_last: bool = True
) -> str:
    """Add a layer with weights and its batch norm; return the layer's name.

    A batch norm's shift takes the place of the bias. Files have the biases first, then what else
    the batch norm has, and the weights last; of dense layers the weights second.
    """
    normal = network.section.whole("batch_normalize") != 0 or network.section.whole("cbn") != 0
    keys = {**window_keys(network), "units": "output", "groups": "groups", "dilation": "dilation"}
    name = network.add(word, kind, {**fields, **({"bias": False} if normal else {})}, keys=keys)
    owner = _shared(network, name)
    norm = None
    if normal:
        theirs = None if owner is None else owner.replace(word, BATCH_NORM, 1)
        norm = normalize(network, theirs if theirs in network.items.ranks else None)
    if owner is None:
        bias = Stored(norm or name, "bias")
        rest = [Stored(norm, key) for key in ("weight", "running_mean", "running_var") if norm]
        weight = Stored(name, "weight")
        network.stored += [bias, *rest, weight] if weights_last else [bias, weight, *rest]
    return name


def _shared(network: Network, name: str) -> str | None:
    """Let a convolution have the weights of an earlier one, if it says so; return that one."""
    section = network.section
    item = network.items.producer(name)
    if item is None or item.kind != "conv" or "share_index" not in section.options:
        return None
    written = section.whole("share_index")
    number = written + network.number if written < 0 else written
    owner = f"conv_{number}"
    theirs = network.items.producer(owner) if owner in network.items.ranks else None
    if theirs is None or number >= network.number:
        message = f"{network.title}: share_index {written} is no earlier convolution"
        network.fault(rules.NO_SUCH_NAME, message, "number one that stands before", "share_index")
        return None
    while "share" in theirs.beside:  # who shares itself stores nothing
        theirs = network.items.producer(theirs.beside["share"]) or theirs
    item.beside["share"] = theirs.name
    return theirs.name


def convolutional(network: Network) -> None:
    """A convolution: (W + 2*padding - size)/stride + 1, floored, `dilation` left out of it.

    Darknet multiplies the padding by the dilation when it runs: with zeros behind, up to the size
    that it has worked out without, the filter spans dilation*(size - 1) + 1 here, too.
    """
    need_image(network)
    section = network.section
    K, F, steps = section.whole("filters", 1), section.whole("size", 1), strides(network)
    dilation = 1 if F == 1 else section.whole("dilation", 1)
    padding = F // 2 if section.whole("pad") else section.whole("padding")
    blurred = section.whole("antialiasing") != 0
    wider = (dilation - 1) * (F - 1)
    total = 2 * padding + wider
    before = max(0, min(padding * dilation, total)) if padding >= 0 else padding
    fields = {"K": K} | window(network, F, (1, 1) if blurred else steps, before, total, F + wider)
    fields |= {"dilation": dilation} if dilation != 1 else {}
    xnor = section.whole("xnor") != 0
    groups = 1 if xnor else section.whole("groups", 1)  # Darknet has no groups with xnor
    fields |= {"groups": groups} if groups != 1 else {}
    name = weighted(network, "conv", "conv", fields)
    network.terms.append(Term(name, "macs", PER_MAC * (XNOR if xnor else 1)))
    activate(network, LOGISTIC)
    if blurred:
        blur(network, steps)


def deconvolutional(network: Network) -> None:
    """A transposed convolution: (W - 1)*stride + size - 2*padding."""
    need_image(network)
    section = network.section
    F, S = section.whole("size", 1), section.whole("stride", 1)
    padding = F // 2 if section.whole("pad") else section.whole("padding")
    fields = {"K": section.whole("filters", 1), "F": F, "S": S, "P": padding}
    weighted(network, "deconv", "conv_transpose", fields)
    activate(network, LOGISTIC)


def local(network: Network) -> None:
    """Filters of their own at every position: ((W - 1) or, without pad, (W - size))/stride + 1."""
    need_image(network)
    section = network.section
    F, S = section.whole("size", 1), section.whole("stride", 1)
    total = F - 1 if section.whole("pad") else 0
    fields = {"K": section.whole("filters", 1)}
    fields |= window(network, F, (S, S), total // 2, total, F)
    name = network.add("local", "local_conv", fields, keys=window_keys(network))
    network.stored += [Stored(name, "bias"), Stored(name, "weight")]
    activate(network, LOGISTIC)


def connected(network: Network) -> None:
    """A dense layer on all values."""
    fields = {"units": network.section.whole("output", 1)}
    weighted(network, "connected", "dense", fields, weights_last=False)
    activate(network, LOGISTIC)


def maxpool(network: Network) -> None:
    """A max pool: (W + padding - size)/stride + 1, floored; the padding is that of both sides.

    It is size - 1 unless written, the smaller half in front.
    """
    need_image(network)
    section = network.section
    if section.whole("maxpool_depth"):
        _over_depth(network)
        return
    blurred = section.whole("antialiasing") != 0
    name = _pool(network, "maxpool", "max_pool", blurred)
    size = section.whole("size", section.whole("stride", 1))
    network.terms.append(Term(name, "activations", float(min(size, 2**31) ** 2)))
    if blurred:
        blur(network, strides(network))


def local_avgpool(network: Network) -> None:
    """A mean in windows like a max pool's, of the values that are inside."""
    need_image(network)
    name = _pool(network, "local_avgpool", "avg_pool", blurred=False)
    size = network.section.whole("size", network.section.whole("stride", 1))
    network.terms.append(Term(name, "activations", float(min(size, 2**31) ** 2)))


def _pool(network: Network, word: str, kind: str, blurred: bool) -> str:
    section = network.section
    F = section.whole("size", section.whole("stride", 1))
    total = section.whole("padding", F - 1)
    steps = (1, 1) if blurred else strides(network)
    shorts = shortfalls(network, F - total, steps)
    fields: dict[str, Any] = {"F": F, "S": _per_axis(steps)}
    if any(shorts):  # a smaller window sees as much
        fields["F"] = [F - short for short in shorts]
    before, behind = total // 2, total - total // 2
    if behind:
        fields["P"] = before if before == behind else [[before, behind]] * 2
    if kind == "avg_pool" and "P" in fields:
        fields["count_include_pad"] = False
    return network.add(word, kind, fields, keys=window_keys(network))


def _over_depth(network: Network) -> None:
    """Add a maximum over every so many slices: W and H are kept, out_channels are left."""
    volume, left = network.volume(), network.section.whole("out_channels", 1)
    output = None if volume is None or left < 1 else (*volume[:-1], left)
    name = network.opaque("maxpool", Opaque((output,), NO_WEIGHTS, 0))
    size = network.section.whole("size", network.section.whole("stride", 1))
    if volume is not None and volume[-1] is not None and left > 0:
        factor = float(min(size, 2**31) ** 2) * volume[-1] / left
        network.terms.append(Term(name, "activations", factor))


def avgpool(network: Network) -> None:
    """The mean of each slice."""
    need_image(network)
    network.add("avgpool", "global_avg_pool")


def upsample(network: Network) -> None:
    """Each value `stride` times in a row and column; a negative stride adds up blocks instead."""
    need_image(network)
    S, scale = network.section.whole("stride", 2), network.section.real("scale", 1.0)
    keys = {"scale": "stride", "F": "stride", "weight": "scale"}
    if S < 0:
        network.add("upsample", "avg_pool", {"F": -S}, keys=keys)
        scale *= float(min(S * S, 2**62))
    else:
        network.add("upsample", "upsample", {"scale": S}, keys=keys)
    if scale != 1:
        network.add("scale", "scale", {"weight": scale}, keys=keys)


def reorg(network: Network) -> None:
    """Blocks of stride x stride positions into the depth, or with `reverse` out of it.

    [reorg3d] orders slices as TensorFlow's space_to_depth does. [reorg] mixes them otherwise, which
    no size depends on. With `extra` it is flat, and longer by so much.
    """
    need_image(network)
    section = network.section
    extra, volume = section.whole("extra"), network.volume()
    if extra:
        known = volume is not None and None not in volume
        values = prod(size or 0 for size in volume or ()) + extra if known else None
        value = network.opaque("reorg", Opaque(((values,),), NO_WEIGHTS, 0))
        network.no_image[value] = network.title
        return
    kind = "pixel_shuffle" if section.whole("reverse") else "pixel_unshuffle"
    fields = {"scale": section.whole("stride", 1), "order": "tensorflow"}
    network.add("reorg", kind, fields, keys={"scale": "stride"})


def crop(network: Network) -> None:
    """The middle of an image, of crop_height x crop_width."""
    need_image(network)
    section, volume = network.section, network.volume()
    wanted = section.whole("crop_height", 1), section.whole("crop_width", 1)
    keys = {"P": "crop_height"}
    pads = []
    for W, size in zip((volume or (None, None))[:2], wanted, strict=True):
        if W is None:
            depth = None if volume is None else volume[-1]
            known = min(wanted) > 0
            output = (*wanted, depth) if known else None
            network.opaque("crop", Opaque((output,), NO_WEIGHTS, 0))
            return
        off = W - size
        pads.append([off // 2, off - off // 2])
    network.add("crop", "crop", {"P": pads}, keys=keys)


def normalization(network: Network) -> None:
    """Local response normalization; alpha is not divided by the size, as it is here."""
    section = network.section
    size = section.whole("size", 5)
    fields = {
        "size": size,
        "alpha": section.real("alpha", 1e-4) * min(size, 2**31),
        "beta": section.real("beta", 0.75),
        "k": section.real("kappa", 1.0),
    }
    keys = {"size": "size", "alpha": "alpha", "beta": "beta", "k": "kappa"}
    network.add("lrn", "lrn", fields, keys=keys)


def batchnorm(network: Network) -> None:
    """A batch norm by itself."""
    name = normalize(network)
    parts = ("bias", "weight", "running_mean", "running_var")
    network.stored += [Stored(name, part) for part in parts]


def dropout(network: Network) -> None:
    """Dropout."""
    fields = {"rate": network.section.real("probability", 0.5)}
    network.add("dropout", "dropout", fields, keys={"rate": "probability"})


def softmax(network: Network) -> None:
    """Softmax over all values, in groups, or along the depth alone (`spatial`)."""
    section, volume = network.section, network.volume()
    flat = volume is not None and set(volume[:-1]) <= {1}
    plain = section.whole("groups", 1) == 1 and "tree" not in section.options
    if plain and (flat or section.real("spatial", 0.0)):
        value = network.add("softmax", "softmax")
    else:
        value = network.keeping("softmax")
    network.no_image[value] = network.title


def activation(network: Network) -> None:
    """An activation by itself."""
    name = network.section.text("activation", LINEAR)
    activate(network)
    if name == LINEAR:
        network.add("activation", "identity")


def logistic(network: Network) -> None:
    """Sigmoid, with its loss."""
    network.add("logistic", "sigmoid")


def l2norm(network: Network) -> None:
    """Vectors along the depth, divided by their lengths."""
    network.add("l2norm", "l2_normalize")


def passing(network: Network) -> None:
    """What passes its input on: [empty], [silence]."""
    network.add(network.word, "identity")


def loss(network: Network) -> None:
    """A loss, which is no output of the network: what it judges is."""
    value = network.add(network.word, "identity")
    network.losses.add(value)
    network.no_image[value] = network.title
