"""Files of Caffe: pieces to write them of, and networks of all three dialects, mutated."""

from __future__ import annotations

import re
from random import Random

import mutations

TYPES = (
    "Convolution", "Deconvolution", "ConvolutionDepthwise", "Pooling", "InnerProduct", "BatchNorm",
    "BN", "Scale", "Bias", "Eltwise", "Concat", "Slice", "Crop", "Reshape", "Permute", "Flatten",
    "Reduction", "LRN", "Softmax", "LSTM", "RNN", "Embed", "PriorBox", "ROIPooling", "ArgMax",
    "Interp", "Upsample", "Normalize", "Python", "Data", "DummyData", "Split", "Silence",
    "SoftmaxWithLoss", "Tile", "SPP", "Parameter", "ShuffleChannel", "Power", "PReLU", "MVN", "4",
)  # fmt: skip
NUMBERS = ("0", "-1", "1", "2", "3", "7", "1000", "2147483648", "9223372036854775808", "9" * 50,
           "0.5", "-2.5", "1e300", "nan", "-inf", "true", "MAX", '"x"', "0x7f", "{ }")  # fmt: skip
NUMBER = re.compile(r"(?<=: )-?[0-9][0-9.]*")
TOKEN = re.compile(r'"[^"]*"|[\w.]+|[{}:\[\]<>]')


def image(*sizes: int, depth: int = 2) -> str:
    """Return an input of so many positions along each axis."""
    dims = " ".join(f"dim: {size}" for size in (1, depth, *sizes))
    return f'input: "data" input_shape {{ {dims} }}\n'


def layer(kind: str, bottom: str = "data", top: str = "out", rest: str = "") -> str:
    """Return a layer of V2 on a line of its own, called like its first top."""
    bottoms = " ".join(f'bottom: "{name}"' for name in bottom.split())
    tops = " ".join(f'top: "{name}"' for name in top.split())
    return f'layer {{ name: "{top.split()[0]}" type: "{kind}" {bottoms} {tops} {rest} }}\n'


V2 = (
    image(9, 8, depth=4)
    + layer("Convolution", "data", "c", 'param { name: "w" lr_mult: 0 } convolution_param {'
            " num_output: 4 kernel_size: 3 pad: 1 group: 2 }")
    + layer("BatchNorm", "c", "c")
    + layer("Scale", "c", "c", "scale_param { bias_term: true }")
    + layer("PReLU", "c", "c")
    + layer("Pooling", "c", "p q", "pooling_param { kernel_size: 3 stride: 3 }")
    + layer("Upsample", "p q", "u", "upsample_param { upsample_h: 9 upsample_w: 8 }")
    + layer("Eltwise", "u c", "e", "eltwise_param { operation: SUM coeff: 1 coeff: -0.5 }")
    + layer("Slice", "e", "s t", "slice_param { axis: 1 slice_point: 1 }")
    + layer("Concat", "s t", "j", "concat_param { axis: 1 }")
    + layer("Crop", "j p", "k", "crop_param { axis: 2 offset: 1 }")
    + layer("Permute", "k", "m", "permute_param { order: 0 order: 2 order: 3 order: 1 }")
    + layer("Reshape", "m", "r", "reshape_param { shape { dim: 0 dim: -1 dim: 4 } }")
    + layer("InnerProduct", "r", "i", "inner_product_param { num_output: 5 axis: 2 }")
    + layer("LSTM", "i data", "l", "recurrent_param { num_output: 3 }")
    + layer("Reduction", "l", "d", "reduction_param { axis: 1 }")
    + layer("Accuracy", "d data", "a", "include { phase: TEST }")
)  # fmt: skip
V1 = """
layers { name: "d" type: DATA top: "data" top: "label" transform_param { crop_size: 12 }
  include { phase: TRAIN } }
layers { name: "d" type: DATA top: "data" top: "label" transform_param { crop_size: 12 }
  include: { phase: TEST } }
layers { name: "c" type: CONVOLUTION bottom: "data" top: "c" blobs_lr: 0 blobs_lr: 0 param: "w"
  convolution_param { num_output: 4 kernel_h: 3 kernel_w: 2 stride: 2 } }
layers { name: "n" type: LRN bottom: "c" top: "n" lrn_param { local_size: 3 } }
layers { name: "f" type: INNER_PRODUCT bottom: "n" top: "f"
  inner_product_param { num_output: 5 } }
layers { name: "l" type: SOFTMAX_LOSS bottom: "f" bottom: "label" }
"""
V0 = """
input: 'data' input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8  # a comment
layers { layer { name: "p" type: "padding" pad: 1 } bottom: "data" top: "p" }
layers { layer { name: "c" type: "conv" num_output: 4 kernelsize: 3 } bottom: "p" top: "c" }
layers < layer < name: "o" type: "pool" pool: AVE kernelsize: 3 stride: 2 > bottom: "c" top: "o" >
layers { layer { name: "i" type: "innerproduct" num_output: 5 } bottom: "o" top: "i" }
"""
NETS = (V2, V1, V0)


def prototxt(rng: Random) -> bytes:
    """Return a mutated file."""
    text = rng.choice(NETS)
    for _ in range(rng.choice((1, 1, 2, 4))):
        text = rng.choice((_number, _type, _moved, _without, _deeper))(rng, text)
    raw = mutations.encoded(text)
    kind = rng.random()
    if kind < 0.1:
        return raw[: rng.randint(0, len(raw))]
    if kind < 0.25:
        return mutations.flipped(rng, raw)
    return mutations.file_of(rng, raw) if kind < 0.3 else raw


def _number(rng: Random, text: str) -> str:
    """Put another value in the place of a number."""
    places = [*NUMBER.finditer(text)]
    if not places:
        return text
    place = rng.choice(places)
    return text[: place.start()] + rng.choice(NUMBERS) + text[place.end() :]


def _type(rng: Random, text: str) -> str:
    """Put another type in the place of a layer's."""
    places = [*re.finditer(r'type: "?(\w+)"?', text)]
    if not places:
        return text
    place = rng.choice(places)
    return f'{text[: place.start()]}type: "{rng.choice(TYPES)}"{text[place.end() :]}'


def _moved(rng: Random, text: str) -> str:
    """Repeat a token in another place, often a blob's name."""
    places = [*TOKEN.finditer(text)]
    if not places:
        return text
    what, where = rng.choice(places)[0], rng.choice(places)
    return text[: where.start()] + what + text[where.end() :]


def _without(rng: Random, text: str) -> str:
    """Leave out a line, or write it twice."""
    lines = text.splitlines(keepends=True)
    at = rng.randrange(len(lines) or 1)
    return "".join([*lines[:at], *lines[at : at + 1] * rng.choice((0, 2)), *lines[at + 1 :]])


def _deeper(rng: Random, text: str) -> str:
    """Put something deep, or something long, in the place of a token."""
    places = [*TOKEN.finditer(text)]
    if not places:
        return text
    where = rng.choice(places)
    what = rng.choice(("a { " * 300, "[" * 300, "x" * 3000, '"' + "y" * 3000 + '"', "a: 1 " * 300))
    return text[: where.start()] + what + text[where.end() :]
