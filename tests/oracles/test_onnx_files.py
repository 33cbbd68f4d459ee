"""ONNX files against onnx itself, which reads them, and PyTorch, which wrote them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.readers.onnx import constants
from shapecalc.readers.onnx.messages import read_model
from shapecalc.readers.onnx.model import Graph, Tensor
from shapecalc.tracing import Trace

onnx = pytest.importorskip("onnx")
torch = pytest.importorskip("torch")
if find_spec("torchvision") is None:
    pytest.skip("torchvision is not installed", allow_module_level=True)

import numpy as np  # noqa: E402 - after the packages that may be missing
import torchvision_onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from torch import nn  # noqa: E402

# The hardest: tables of positions and masks (Swin), shape arithmetic, arrays through an Identity,
# channel shuffles, pools that round up, concatenations, depthwise and grouped convolutions.
SAMPLE = ("densenet121", "googlenet", "shufflenet_v2_x0_5", "swin_v2_t", "vit_b_32")


# -- the files themselves --------------------------------------------------------------------------


def made_by_onnx() -> onnx.ModelProto:
    """Return a model with a bit of everything."""
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    inner = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["z"])], "inner", [],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [2])],
    )  # fmt: skip
    nodes = [
        helper.make_node("Op", ["x", "", "w"], ["y"], name="all", i=-3, f=0.25, s="text",
                         ints=[1, -2, 2**40], floats=[0.5, 1.5], strings=["a", "b"],
                         t=numpy_helper.from_array(array), g=inner, domain="some.where"),
        helper.make_node("Constant", [], ["k"], value_ints=[1, 2, 3]),
    ]  # fmt: skip
    tensors = [
        helper.make_tensor("raw", TensorProto.INT64, [2], np.array([1, -1]).tobytes(), raw=True),
        helper.make_tensor("listed", TensorProto.INT64, [3], [1, -5, 2**40]),
        helper.make_tensor("half", TensorProto.FLOAT16, [2], [0.5, -2.0]),
        helper.make_tensor("truth", TensorProto.BOOL, [2], [True, False]),
        helper.make_tensor("double", TensorProto.DOUBLE, [1], [0.1]),
        helper.make_tensor("small", TensorProto.INT8, [2], [-3, 4]),
        helper.make_tensor("scalar", TensorProto.FLOAT, [], [2.5]),
        numpy_helper.from_array(np.zeros((40, 50), np.float32), "w"),
    ]
    graph = helper.make_graph(
        nodes, "mine",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, None])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        initializer=tensors,
        value_info=[helper.make_tensor_value_info("k", TensorProto.INT64, [3])],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)])


def test_a_model_of_onnx_is_read_as_onnx_reads_it() -> None:
    theirs = made_by_onnx()
    ours = read_model(theirs.SerializeToString())
    assert ours.opsets == {"": 19}
    assert ours.graph is not None
    same_graph(ours.graph, theirs.graph)
    for name, tensor in ours.graph.initializers.items():
        proto = next(one for one in theirs.graph.initializer if one.name == name)
        if tensor.values is not None:
            expected = numpy_helper.to_array(proto).ravel().astype(float).tolist()
            assert [float(value) for value in tensor.values] == pytest.approx(expected)
        assert (tensor.values is None) == (name == "w")


def same_graph(ours: Graph, theirs: Any) -> None:
    """Compare a graph with the one that onnx reads."""
    assert ours.name == theirs.name
    assert len(ours.nodes) == len(theirs.node)
    for one, other in zip(ours.nodes, theirs.node, strict=True):
        assert (one.name, one.op, one.domain) == (other.name, other.op_type, other.domain)
        assert (one.inputs, one.outputs) == (list(other.input), list(other.output))
        assert one.attributes.keys() == {attribute.name for attribute in other.attribute}
        for attribute in other.attribute:
            same_value(one.attributes[attribute.name], helper.get_attribute_value(attribute))
    assert {name: (t.shape, t.data_type) for name, t in ours.initializers.items()} == {
        t.name: (tuple(t.dims), t.data_type) for t in theirs.initializer
    }
    for mine, values in (
        (ours.inputs, theirs.input), (ours.outputs, theirs.output), (ours.stated, theirs.value_info)
    ):  # fmt: skip
        assert [value.name for value in mine] == [value.name for value in values]
        for value, proto in zip(mine, values, strict=True):
            assert value.shape == shape_of(proto.type.tensor_type)


def shape_of(proto: Any) -> tuple[int | str | None, ...] | None:
    if not proto.HasField("shape"):
        return None
    return tuple(
        size.dim_value if size.HasField("dim_value") else size.dim_param or None
        for size in proto.shape.dim
    )


def same_value(ours: Any, theirs: Any) -> None:
    """Compare an attribute's value."""
    if isinstance(theirs, onnx.GraphProto):
        same_graph(ours, theirs)
    elif isinstance(theirs, onnx.TensorProto):
        assert isinstance(ours, Tensor)
        assert (ours.shape, ours.data_type) == (tuple(theirs.dims), theirs.data_type)
    elif isinstance(theirs, list):
        for one, other in zip(ours, theirs, strict=True):
            same_value(one, other)
    elif isinstance(theirs, bytes):
        assert ours == theirs.decode()
    else:
        assert ours == pytest.approx(theirs)


# -- networks of PyTorch's exporter ----------------------------------------------------------------


class Everything(nn.Module):
    """Layers that exporters write as several nodes, differently in each version."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
        self.norm, self.groups = nn.LayerNorm(16), nn.GroupNorm(4, 16)
        self.one, self.two = nn.Linear(16, 32), nn.Linear(32, 16)
        self.instances, self.slopes = nn.InstanceNorm2d(16, affine=True), nn.PReLU(16)
        self.up = nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x: Any) -> Any:
        x = nn.functional.hardsigmoid(nn.functional.hardswish(self.conv(x)))
        batch, depth, height, width = x.shape
        x = x.view(batch, 2, depth // 2, height, width).transpose(1, 2).reshape(x.shape)
        x = self.norm(x.permute(0, 2, 3, 1))
        x = self.two(nn.functional.gelu(self.one(x))).permute(0, 3, 1, 2)
        x = self.slopes(self.instances(self.groups(x)))
        x = nn.functional.pixel_unshuffle(self.up(nn.functional.pixel_shuffle(x, 2)), 2)
        x = nn.functional.interpolate(x, scale_factor=2)
        return x.mean((2, 3)), x.softmax(1)


class Recurrent(nn.Module):
    """An embedding, recurrent layers of all kinds, attention."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(50, 12)
        self.lstm = nn.LSTM(12, 7, 2, bidirectional=True, batch_first=True)
        self.gru, self.rnn = nn.GRU(14, 5, batch_first=True), nn.RNN(5, 8, batch_first=True)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, x: Any) -> Any:
        return self.encoder(self.rnn(self.gru(self.lstm(self.table(x))[0])[0])[0])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The exporter warns of much."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def exported(tmp_path: Path, module: nn.Module, example: Any, **options: Any) -> Trace:
    """Return the trace of a module's file."""
    stream = io.BytesIO()
    torch.onnx.export(module, (example,), stream, dynamo=False, **options)
    path = tmp_path / "net.onnx"
    path.write_bytes(stream.getvalue())
    return trace(path)


def learned(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("folding", [True, False])
@pytest.mark.parametrize("opset", [11, 13, 17, 20])
def test_layers_of_several_nodes(tmp_path: Path, opset: int, folding: bool) -> None:
    module = Everything().eval()
    example = torch.zeros(1, 3, 8, 8)
    result = exported(tmp_path, module, example, opset_version=opset, do_constant_folding=folding)
    assert result.complete
    assert result.totals.parameters == learned(module)
    assert not [layer.name for layer in result.layers if layer.kind == "operation"]
    kinds = {layer.kind for layer in result.layers}
    assert {
        "layer_norm", "group_norm", "gelu", "channel_shuffle", "pixel_shuffle", "pixel_unshuffle",
        "hard_sigmoid", "instance_norm", "prelu", "global_avg_pool",
    } <= kinds  # fmt: skip
    assert [*result.outputs.values()] == [(24,), (32, 32, 24)]
    assert not result.diagnostics


@pytest.mark.parametrize("open_", [False, True])
@pytest.mark.parametrize("folding", [True, False])
def test_recurrent_layers_and_attention(tmp_path: Path, folding: bool, open_: bool) -> None:
    module = Recurrent().eval()
    with torch.no_grad():  # arrays with equal values would be merged
        for parameter in module.parameters():
            parameter.uniform_(-0.1, 0.1)
    named = {"input_names": ["x"], "dynamic_axes": {"x": {0: "batch"}}} if open_ else {}
    result = exported(
        tmp_path, module, torch.zeros(1, 9, dtype=torch.long), opset_version=14,
        do_constant_folding=folding, **named,
    )  # fmt: skip
    assert result.complete
    assert result.totals.parameters == learned(module)
    assert result.output == (9, 8)
    steps = 9 * (2 * (28 * 12 + 28 * 7) + 2 * (28 * 14 + 28 * 7) + 15 * (14 + 5) + 8 * (5 + 8))
    recurrent = [layer for layer in result.layers if (layer.macs or 0) and layer.kind == "operation"
                 and layer.parameters]  # fmt: skip
    assert sum(layer.macs or 0 for layer in recurrent) == steps


def test_another_size_than_the_file_s(tmp_path: Path) -> None:
    module = Everything().eval()
    axes = {"x": {0: "batch", 2: "height", 3: "width"}}
    result = exported(
        tmp_path, module, torch.zeros(1, 3, 8, 8), opset_version=17, input_names=["x"],
        dynamic_axes=axes,
    )  # fmt: skip
    assert [found.code for found in result.diagnostics if found.code == "SC604"]
    given = trace(tmp_path / "net.onnx", inputs={"x": "12x10x3"})
    assert given.complete
    assert given.totals.parameters == learned(module)
    assert [*given.outputs.values()] == [(24,), (48, 40, 24)]


# -- torchvision -----------------------------------------------------------------------------------


def compared(name: str, folder: Path) -> None:
    """Compare a network's report with PyTorch."""
    facts = torchvision_onnx.export_onnx(name, folder)
    assert not torchvision_onnx.differences(name, folder, facts)
    result = trace(folder / f"{name}.onnx")
    assert not [found for found in result.diagnostics if found.code != "SC601"]


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_networks_of_torchvision(tmp_path: Path, name: str) -> None:
    compared(name, tmp_path)


def test_a_network_of_torchvision(tmp_path: Path) -> None:
    compared("mobilenet_v3_small", tmp_path)


@pytest.mark.slow
def test_the_comparison_finds_a_wrong_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrays that the exporter merged, counted by their values and not by their names."""
    monkeypatch.setattr(
        constants.Known, "viewed",
        lambda known, array, _: constants.Known(
            array, known.key, known.own, known.counts, known.weighs
        ),
    )  # fmt: skip
    with pytest.raises(AssertionError):
        compared("mobilenet_v3_small", tmp_path)
