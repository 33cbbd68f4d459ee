"""ResNet-50 as its authors' Caffe file has it becomes a spec of a page."""

from __future__ import annotations

from pathlib import Path

import pytest

import shapecalc

STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))  # blocks and depth: He et al., 2015, table 1


class Prototxt:
    """A prototxt, layer by layer."""

    def __init__(self) -> None:
        self.lines = ['name: "ResNet-50"', 'input: "data"']
        self.lines += [f"input_dim: {size}" for size in (1, 3, 224, 224)]

    def add(self, name: str, kind: str, bottoms: list[str], top: str, more: str = "") -> None:
        """Add a layer."""
        taken = " ".join(f'bottom: "{bottom}"' for bottom in bottoms)
        self.lines.append(f'layer {{ name: "{name}" type: "{kind}" {taken} top: "{top}" {more} }}')

    def conv(self, name: str, bottom: str, sizes: tuple[int, int, int, int], bias: bool) -> str:
        """Add a convolution of K, F, S and P with its norm, in place; return its name."""
        K, F, S, P = sizes
        fields = f"num_output: {K} kernel_size: {F} stride: {S} pad: {P}"
        fields += "" if bias else " bias_term: false"
        self.add(name, "Convolution", [bottom], name, f"convolution_param {{ {fields} }}")
        self.add(f"bn_{name}", "BatchNorm", [name], name)
        self.add(f"scale_{name}", "Scale", [name], name, "scale_param { bias_term: true }")
        return name

    def relu(self, name: str) -> None:
        """Add a relu in place."""
        self.add(f"{name}_relu", "ReLU", [name], name)


def resnet_50() -> str:
    """Return the file. The first convolution has a bias, as in the authors' own."""
    net = Prototxt()
    net.relu(net.conv("conv1", "data", (64, 7, 2, 3), True))
    net.add("pool1", "Pooling", ["conv1"], "pool1", "pooling_param { kernel_size: 3 stride: 2 }")
    last = "pool1"
    for stage, (blocks, K) in enumerate(STAGES, 2):
        for block in range(blocks):
            tag, S = f"res{stage}{'abcdef'[block]}", 2 if block == 0 and stage > 2 else 1
            shortcut = last
            if not block:
                shortcut = net.conv(f"{tag}_branch1", last, (4 * K, 1, S, 0), False)
            net.relu(net.conv(f"{tag}_branch2a", last, (K, 1, S, 0), False))
            net.relu(net.conv(f"{tag}_branch2b", f"{tag}_branch2a", (K, 3, 1, 1), False))
            body = net.conv(f"{tag}_branch2c", f"{tag}_branch2b", (4 * K, 1, 1, 0), False)
            net.add(tag, "Eltwise", [shortcut, body], tag)
            net.relu(tag)
            last = tag
    pool = "pooling_param { kernel_size: 7 stride: 1 pool: AVE }"
    net.add("pool5", "Pooling", [last], "pool5", pool)
    net.add("fc1000", "InnerProduct", ["pool5"], "fc", "inner_product_param { num_output: 1000 }")
    return "\n".join(net.lines) + "\n"


@pytest.mark.slow
def test_resnet_50_of_caffe_is_a_page_and_the_same_network(tmp_path: Path) -> None:
    file, spec = tmp_path / "resnet-50.prototxt", tmp_path / "resnet-50.yaml"
    file.write_text(resnet_50(), encoding="utf-8")
    text = shapecalc.convert(file, to="yaml")
    assert isinstance(text, str)
    spec.write_text(text, encoding="utf-8")
    assert shapecalc.trace(file).totals.parameters == 25_557_096  # the published caffemodel's
    assert shapecalc.diff(file, spec).same
    assert len(text.splitlines()) <= 80
    assert not [found for found in shapecalc.check(spec) if found.severity == "error"]
