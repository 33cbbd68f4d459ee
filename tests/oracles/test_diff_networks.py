"""ResNet-50 as our spec, as Keras and torchvision have it, and in four formats: what differs."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import shapecalc

pytest.importorskip("torch")
if find_spec("torchvision") is None:  # which may be without its operators, and fail to import
    pytest.skip("torchvision is not installed", allow_module_level=True)
SPEC = Path(__file__).parents[2] / "specs" / "networks" / "resnet-50.yaml"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give the files that Keras and torchvision write of their own networks, without weights."""
    keras = pytest.importorskip("keras")
    pytest.importorskip("onnx")
    import torchvision_exports
    import torchvision_onnx

    folder = tmp_path_factory.mktemp("resnet")
    torchvision_exports.export("resnet50", folder / "resnet50.pt2")
    torchvision_onnx.export_onnx("resnet50", folder)
    model = keras.applications.ResNet50(weights=None)
    (folder / "resnet50.json").write_text(model.to_json(), encoding="utf-8")
    return {path.suffix: path for path in folder.iterdir()}


def changes(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layers that differ in more than their names."""
    return [layer for layer in found["layers"] if layer["change"] != "renamed"]


@pytest.mark.parametrize("ending", [".pt2", ".onnx"])
def test_torchvisions_is_the_same_but_for_the_softmax(files: dict[str, Path], ending: str) -> None:
    found = shapecalc.diff(SPEC, files[ending]).to_dict()
    (softmax,) = changes(found)
    assert (softmax["change"], softmax["old"]) == ("removed", "softmax1")
    # torchvision flattens 2,048 values and gives no 1,000 probabilities
    assert found["totals"] == {"activations": [37_560_784, 37_560_784 + 2048 - 1000]}


def test_one_network_in_two_formats_is_the_same(files: dict[str, Path]) -> None:
    assert shapecalc.diff(files[".pt2"], files[".onnx"]).same


def test_keras_has_biases_another_epsilon_and_the_stride_elsewhere(files: dict[str, Path]) -> None:
    found = shapecalc.diff(SPEC, files[".json"]).to_dict()
    fields = Counter(
        (layer["new"].rpartition("_")[2], field, *map(str, values))
        for layer in changes(found)
        for field, values in layer.get("fields", {}).items()
    )
    assert fields == {
        ("conv", "bias", "False", "True"): 53,
        ("bn", "eps", "1e-05", "1.001e-05"): 53,
        ("conv", "S", "1", "2"): 3,  # in the first units of three stages: in the 1x1 convolution,
        ("conv", "S", "2", "1"): 3,  # and not in the 3x3
        ("pool", "P", "1", "0"): 1,
    }
    assert [layer["new"] for layer in changes(found) if layer["change"] == "added"] == ["pool1_pad"]
    assert not [layer for layer in changes(found) if layer["change"] == "removed"]
    # Keras' summary: 25,636,712 parameters, of which 53,120 are the statistics of batch norms
    assert found["totals"]["parameters"] == [25_557_032, 25_636_712 - 53_120]
