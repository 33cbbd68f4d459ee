"""Which tensors of what PyTorch saved are the network's."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from torch_files import Call, Name, legacy, module, state_dict, tensor

from shapecalc.checkpoints.base import Unreadable, Unsupported
from shapecalc.checkpoints.pickles import Object
from shapecalc.checkpoints.pytorch import read
from shapecalc.checkpoints.state_dicts import WRAPPERS, state_of
from shapecalc.checkpoints.stored import StoredTensor

STATE = state_dict({"conv.weight": (4, 3, 3, 3), "conv.bias": (4,)})
NAMES = ["conv.weight", "conv.bias"]
OPTIMIZER = {"state": {0: {"exp_avg": tensor((4,), "9")}}, "param_groups": [{"lr": 0.1}]}


def names(value: Any) -> tuple[list[str], str | None]:
    """Return the tensors' names, and the part of the file that they are."""
    found = read(io.BytesIO(legacy(value)), None)
    assert found is not None
    return [tensor.name for tensor in found.tensors], found.within


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_checkpoint_of_a_training_has_the_network_under_a_name(wrapper: str) -> None:
    assert names({"epoch": 7, wrapper: STATE, "optimizer": OPTIMIZER}) == (NAMES, wrapper)


def test_the_network_comes_before_its_average() -> None:
    both = {"ema": state_dict({"average": (1,)}), "model": STATE}
    assert names(both) == (NAMES, "model")
    assert names(both | {"model": None}) == (["average"], "ema")


def test_other_parts_are_listed_by_the_names_that_lead_to_them() -> None:
    parts = {"encoder": STATE, "decoder": {"0": {"bias": tensor((4,), "7")}}, "optim": OPTIMIZER}
    found = ["encoder.conv.weight", "encoder.conv.bias", "decoder.0.bias"]
    assert names(parts) == (found, None)
    assert names([STATE, 5])[0] == ["0.conv.weight", "0.conv.bias"]
    assert names(tensor((2,)))[0] == [""]
    assert names({"epoch": 5}) == ([], None)


def test_a_module_has_its_parameters_buffers_and_modules() -> None:
    conv = module("conv.Conv2d", {"_parameters": {"weight": tensor((4, 3, 1, 1)), "bias": None}})
    mean, gamma = {"running_mean": tensor((4,), "2")}, {"weight": tensor((4,), "1")}
    attributes = {"_parameters": gamma, "_buffers": mean, "_modules": {}, "eps": 1e-5}
    norm = module("batchnorm.BatchNorm2d", attributes)
    net = module("container.Sequential", {"_parameters": {}, "_modules": {"0": conv, "1": norm}})
    expected = ["0.weight", "1.weight", "1.running_mean"]
    assert names(net) == (expected, None)
    assert names({"model": net, "epoch": 1}) == (expected, "model")
    script = Call(Name("__torch__", "Net"), (), {"conv": Call(Name("a", "B"), (), STATE)})
    assert names(script)[0] == ["conv.conv.weight", "conv.conv.bias"]


@pytest.mark.slow
def test_what_contains_itself_or_much_again_and_again_ends() -> None:
    inside: dict[str, Any] = {"w": StoredTensor("float32", (2,))}
    inside["me"] = inside
    assert [tensor.name for tensor in state_of(inside).tensors] == ["w"]
    deep: Any = {"w": StoredTensor("float32", (2,))}
    for _ in range(5000):
        deep = Object("x", state={"a": deep})
    with pytest.raises(Unsupported, match="nested"):
        state_of(deep)
    doubled: Any = []
    for _ in range(60):
        doubled = [doubled, doubled]
    start = time.process_time()
    with pytest.raises(Unsupported, match="far too many"):
        state_of(doubled)
    assert time.process_time() - start < 10


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(Unreadable):
        state_of({"w": StoredTensor("float32", (2**62, 2**62))})
