"""Files of Darknet, mutated: sections in any order, options and numbers that few expect."""

from __future__ import annotations

from random import Random

import mutations

SECTIONS = (
    "convolutional", "conv", "maxpool", "max", "avgpool", "local_avgpool", "route", "shortcut",
    "upsample", "reorg", "reorg3d", "yolo", "region", "detection", "Gaussian_yolo", "connected",
    "local", "crop", "dropout", "softmax", "cost", "batchnorm", "normalization", "activation",
    "rnn", "gru", "lstm", "crnn", "conv_lstm", "sam", "scale_channels", "deconvolutional",
    "implicit", "history", "silence", "l2norm", "logistic", "iseg", "contrastive", "net", "mystery",
)  # fmt: skip
KEYS = (
    "filters", "size", "stride", "stride_x", "stride_y", "pad", "padding", "dilation", "groups",
    "group_id", "batch_normalize", "activation", "layers", "from", "output", "hidden", "classes",
    "mask", "num", "coords", "side", "share_index", "antialiasing", "xnor", "weights_type",
    "maxpool_depth", "out_channels", "extra", "reverse", "crop_height", "crop_width", "alpha",
    "probability", "scale", "atoms", "history_size", "peephole", "bottleneck", "width", "height",
    "channels", "inputs", "stopbackward", "spatial", "tree", "output_filters",
)  # fmt: skip
VALUES = (
    "0", "1", "2", "3", "4", "-1", "-2", "-4", "8", "0,1", "-1,-2", "-1,0#,2", "leaky", "linear",
    "mish", "ramp", "normalize_channels", "per_channel", "per_feature", ".5", "1e300", "9" * 50,
    "-" + "9" * 5000, "", "#", "2147483647", "99999999", "0x10", "nan", "416#608", "1,", ",",
)  # fmt: skip
SOUND = """[net]
width=24
height=32
channels=3
[convolutional]
batch_normalize=1
filters=4
size=3
stride=2
pad=1
activation=leaky
[maxpool]
size=2
stride=1
[route]
layers=-1,0
groups=2
[convolutional]
filters=4
size=1
[shortcut]
from=-3
weights_type=per_channel
[crnn]
hidden=4
output=8
pad=1
[upsample]
[yolo]
classes=3
mask=0
[connected]
output=5
[lstm]
output=3
"""


def darknet_file(rng: Random) -> str:
    """Return the text of a file that is mostly one of Darknet's."""
    lines = SOUND.split("\n") if rng.random() < 0.5 else _written(rng)
    for _ in range(rng.randrange(6)):
        at = rng.randrange(1, len(lines))
        change = rng.randrange(5)
        if change == 0:
            del lines[at]
        elif change == 1:
            lines.insert(at, f"[{rng.choice(SECTIONS)}]")
        elif change == 2:
            lines.insert(at, f"{rng.choice(KEYS)}={rng.choice(VALUES)}")
        elif change == 3:
            lines[at] = f"{lines[at].partition('=')[0]}={rng.choice(VALUES)}"
        else:
            lines.insert(at, rng.choice(mutations.PIECES) + lines[at])
        if len(lines) < 2:
            break
    return "\n".join(lines)


def _written(rng: Random) -> list[str]:
    lines = SOUND.split("\n")[:4]
    for _ in range(rng.randrange(1, 12)):
        lines.append(f"[{rng.choice(SECTIONS)}]")
        lines += [
            f"{rng.choice(KEYS)}={rng.choice(VALUES)}" for _ in range(rng.choice((0, 1, 2, 5)))
        ]
    return lines
