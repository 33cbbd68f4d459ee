"""YOLOv3 and its small sister as files of Darknet, and as specs/networks has them: one network.

The files are put together here. What Darknet prints of them, and the length of the weights that
their authors gave out, are published with them.
"""

from __future__ import annotations

from math import prod
from pathlib import Path

import pytest

import shapecalc
from shapecalc.reports.dialects.darknet import bflops

SPECS = Path(__file__).resolve().parents[3] / "specs" / "networks"
NET = "[net]\nwidth=416\nheight=416\nchannels=3\n"
BOXES = "[convolutional]\nsize=1\nstride=1\npad=1\nfilters=255\nactivation=linear\n"


def conv(filters: int, size: int, stride: int = 1) -> str:
    """Return a convolution with batch norm and a leaky slope."""
    return (
        f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\nstride={stride}\n"
        "pad=1\nactivation=leaky\n"
    )


def pool(stride: int) -> str:
    """Return a pool of 2x2."""
    return f"[maxpool]\nsize=2\nstride={stride}\n"


def yolo(mask: str, num: int = 9) -> str:
    """Return a detector with the filters before it."""
    return f"{BOXES}[yolo]\nmask={mask}\nclasses=80\nnum={num}\n"


def up(filters: int, layer: int) -> str:
    """Return what goes back to the narrow layer, doubles it and joins it with an earlier one."""
    back = f"[route]\nlayers=-4\n{conv(filters, 1)}[upsample]\nstride=2\n"
    return f"{back}[route]\nlayers=-1,{layer}\n"


def yolov3() -> str:
    """Return the 107 sections of YOLOv3."""
    text = NET + conv(32, 3)
    for filters, times in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        text += conv(filters, 3, 2)
        block = conv(filters // 2, 1) + conv(filters, 3) + "[shortcut]\nfrom=-3\n"
        text += (block + "activation=linear\n") * times
    text += (conv(512, 1) + conv(1024, 3)) * 3 + yolo("6,7,8")
    text += up(256, 61) + (conv(256, 1) + conv(512, 3)) * 3 + yolo("3,4,5")
    return text + up(128, 36) + (conv(128, 1) + conv(256, 3)) * 3 + yolo("0,1,2")


def yolov3_tiny() -> str:
    """Return the 24 sections of YOLOv3-tiny."""
    text = NET
    for filters in (16, 32, 64, 128, 256):
        text += conv(filters, 3) + pool(2)
    text += conv(512, 3) + pool(1) + conv(1024, 3) + conv(256, 1) + conv(512, 3)
    return text + yolo("3,4,5", 6) + up(128, 8) + conv(256, 3) + yolo("0,1,2", 6)


@pytest.mark.parametrize(
    ("name", "text", "printed", "stored"),
    [
        ("yolov3", yolov3(), "65.879", 248_007_048),
        ("yolov3-tiny", yolov3_tiny(), "5.571", 35_434_956),
    ],
)
def test_a_file_and_the_spec_are_one_network(
    tmp_path: Path, name: str, text: str, printed: str, stored: int
) -> None:
    path = tmp_path / f"{name}.cfg"
    path.write_text(text, encoding="utf-8")
    read, written = shapecalc.trace(path), shapecalc.trace(SPECS / f"{name}.yaml")
    assert {found.code for found in read.diagnostics} == {"SC601"}  # of the detectors
    assert read.complete
    rows = [
        [
            (record.kind, record.output, record.weights, record.non_trainable, record.macs)
            for record in trace
            if record.kind not in ("identity", "operation")  # routes of one layer, detectors
        ]
        for trace in (read, written)
    ]
    assert rows[0] == rows[1]
    assert [*read.outputs.values()] == [*written.outputs.values()]
    keys = "parameters", "non_trainable", "macs"
    assert [read.totals[key] for key in keys] == [written.totals[key] for key in keys]
    assert f"{bflops(read):.3f}" == printed
    arrays = read.spec.document.own.arrays(read)
    values = sum(prod(array.shape or ()) for array in arrays)
    assert None not in [array.shape for array in arrays]
    assert 20 + 4 * values == stored
