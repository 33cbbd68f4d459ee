"""Files of torch.save, in both layouts: names, shapes and types as PyTorch itself loads them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from shapecalc.checkpoints.pickles import Global, Object
from shapecalc.checkpoints.pytorch import StoredTensor, read_saved

torch = pytest.importorskip("torch")

DTYPES = (
    "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
    "complex64", "complex128", "float8_e4m3fn", "uint16", "uint32", "uint64",
)  # fmt: skip


def network() -> Any:
    """Return a network with tied weights, buffers and frozen parameters."""
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1, bias=False),
        torch.nn.BatchNorm2d(8),
        torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(8 * 16, 8 * 16)),
        torch.nn.Linear(8 * 16, 8 * 16),
    )
    net[3].weight = net[2][1].weight
    net[0].weight.requires_grad_(False)
    return net


def saved(value: Any, zipped: bool) -> bytes:
    """Return what torch.save writes."""
    stream = io.BytesIO()
    torch.save(value, stream, _use_new_zipfile_serialization=zipped)
    return stream.getvalue()


def agree(found: Any, tensor: Any) -> None:
    """Compare a tensor that was read with PyTorch's own."""
    assert isinstance(found, StoredTensor)
    assert found.shape == tuple(tensor.shape)
    assert f"torch.{found.dtype}" == str(tensor.dtype)
    assert found.requires_grad == tensor.requires_grad


@pytest.mark.parametrize("zipped", [True, False])
def test_a_state_dict_is_read_as_pytorch_loads_it(zipped: bool) -> None:
    net = network()
    found = read_saved(io.BytesIO(saved(net.state_dict(), zipped)))
    assert found.layout == ("zip" if zipped else "legacy")
    assert list(found.root) == list(net.state_dict())
    for name, tensor in net.state_dict().items():
        agree(found.root[name], tensor)
    tied = [found.root[name].identity for name in ("2.1.weight", "3.weight", "2.1.bias", "3.bias")]
    assert len(set(tied)) == 3


@pytest.mark.parametrize("zipped", [True, False])
def test_types_views_and_wrappers_are_read(zipped: bool) -> None:
    long = torch.arange(24.0)
    values = {
        "views": [long, long[3:7], long.view(2, 3, 4).permute(2, 0, 1), long[:1].expand(5)],
        "empty": torch.zeros(0, 3),
        "scalar": torch.tensor(1.0),
        "parameter": torch.nn.Parameter(torch.ones(2), requires_grad=False),
        "step": 7,
    }
    values |= {name: torch.zeros(3, dtype=getattr(torch, name)) for name in DTYPES}
    found = read_saved(io.BytesIO(saved(values, zipped))).root
    for mine, theirs in zip(found["views"], values["views"], strict=True):
        agree(mine, theirs)
        assert mine.stride == theirs.stride()
    for name in ("empty", "scalar", "parameter", *DTYPES):
        agree(found[name], values[name])
    assert found["parameter"].parameter
    assert found["step"] == 7
    assert len({tensor.storage.key for tensor in found["views"]}) == 1


@pytest.mark.parametrize("zipped", [True, False])
def test_a_whole_module_is_its_classes_and_attributes(zipped: bool) -> None:
    root = read_saved(io.BytesIO(saved(network(), zipped))).root
    assert isinstance(root, Object)
    assert root.kind == Global("torch.nn.modules.container", "Sequential")
    modules = root.attributes["_modules"]
    conv = modules["0"]
    assert conv.kind == Global("torch.nn.modules.conv", "Conv2d")
    assert conv.attributes["kernel_size"] == (3, 3)
    assert conv.attributes["_parameters"]["bias"] is None
    assert not conv.attributes["_parameters"]["weight"].requires_grad
    assert modules["1"].attributes["_buffers"]["running_mean"].shape == (8,)
    weights = [
        m.attributes["_parameters"]["weight"]
        for m in (modules["2"].attributes["_modules"]["1"], modules["3"])
    ]
    assert weights[0].identity == weights[1].identity
    assert weights[0].parameter


def test_the_pickle_of_a_script_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    torch.jit.trace(network().eval(), torch.zeros(1, 3, 4, 4)).save(str(path))
    with path.open("rb") as stream:
        found = read_saved(stream)
    assert found.layout == "TorchScript"
    assert isinstance(found.root, Object)
    first = found.root.attributes["0"]
    agree(first.attributes["weight"], network()[0].weight)
