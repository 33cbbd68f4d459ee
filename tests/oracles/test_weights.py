"""Weight files that PyTorch and Keras write, against networks: what fits, and one changed layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import checkpoints

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

SPECS = Path(__file__).resolve().parents[2] / "specs"
LAYERS = """\
input: 16x16x3
layers:
  - conv: {K: 8, F: 3}
  - batch_norm
  - depthwise_conv: {F: 3}
  - separable_conv: {K: 4, F: 3}
  - conv_transpose: {K: 5, F: 3}
  - dense: 10
"""


def model(filters: int = 8, units: int = 10, window: int = 3) -> Any:
    """Return the network of LAYERS as a model of Keras."""
    L = keras.layers
    return keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            L.Conv2D(filters, 3, name="first"),
            L.BatchNormalization(),
            L.DepthwiseConv2D(3),
            L.SeparableConv2D(4, window),
            L.Conv2DTranspose(5, 3),
            L.Flatten(),
            L.Dense(units, name="head"),
        ]
    )


def found(network: Path, weights: Path) -> list[str]:
    """Return what is found of the weights, in short."""
    told = shapecalc.check(network, weights=weights)
    return [f"{one.code} {one.layer}: {one.hint}" for one in told if one.code.startswith("SC7")]


def saved(made: Any, folder: Path, ending: str) -> Path:
    """Save a model's weights, with the state of an optimizer where the file has room for it."""
    made.compile("adam", "mse")
    path = folder / f"net{ending}"
    if ending == ".weights.h5":
        made.save_weights(path)
    else:
        made.save(path)
    return path


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("ending", [".weights.h5", ".h5", ".keras"])
@pytest.mark.parametrize("own", [True, False])
def test_weights_of_keras_fit_their_network_and_a_spec(
    tmp_path: Path, ending: str, own: bool
) -> None:
    network = tmp_path / ("net.json" if own else "net.yaml")
    network.write_text(model().to_json() if own else LAYERS, encoding="utf-8")
    first, head = ("first", "head") if own else ("conv1", "dense1")
    separable = "separable_conv2d" if own else "separable_conv1"
    assert found(network, saved(model(), tmp_path, ending)) == []
    (told,) = found(network, saved(model(units=7), tmp_path, ending))
    assert told == f"SC703 {head}: units=7 would fit"
    (told,) = found(network, saved(model(filters=6), tmp_path, ending))
    assert told.startswith(f"SC703 {first}: K=6 would fit; so would ")
    told = found(network, saved(model(window=5), tmp_path, ending))[0]
    assert told.rpartition("_")[0] == separable.rpartition("_")[0] or separable in told
    assert "F=5 would fit" in told


@pytest.mark.filterwarnings("ignore")
def test_what_is_listed_are_keras_own_variables(tmp_path: Path) -> None:
    made = model()
    shapes = sorted(tuple(variable.shape) for variable in made.variables)
    for ending in (".weights.h5", ".h5", ".keras"):
        read = checkpoints.read_path(saved(made, tmp_path, ending))
        assert read is not None
        assert sorted(tensor.shape for tensor in read.checkpoint.tensors) == shapes


def test_resnet_18_of_torchvision_with_one_changed_layer(tmp_path: Path) -> None:
    models = pytest.importorskip("torchvision_onnx").models()
    network, path = SPECS / "networks" / "resnet-18.yaml", tmp_path / "net.pth"
    net = models.resnet18()
    torch.save(net.state_dict(), path)
    assert found(network, path) == []
    net.layer3[0].conv2 = torch.nn.Conv2d(256, 256, 5, padding=2, bias=False)
    torch.save(
        {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in net.state_dict().items()}}, path
    )
    assert found(network, path) == ["SC703 halve2.pair1.conv2: F=5 would fit"]
    net = models.resnet18(num_classes=10)
    torch.save(net, path, _use_new_zipfile_serialization=False)
    assert found(network, path) == ["SC703 dense1: units=10 would fit"]


def test_safetensors_of_pytorch(tmp_path: Path) -> None:
    library = pytest.importorskip("safetensors.torch")
    tensors = {"b.weight": torch.zeros(2, 3, dtype=torch.bfloat16), "a": torch.tensor(1.0)}
    library.save_file(tensors, tmp_path / "w.safetensors")
    read = checkpoints.read_path(tmp_path / "w.safetensors")
    assert read is not None
    listed = {tensor.name: (tensor.shape, tensor.dtype) for tensor in read.checkpoint.tensors}
    assert listed == {"b.weight": ((2, 3), "bfloat16"), "a": ((), "float32")}
