"""Modules that torch.save wrote whole: a Sequential is a network, another class is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from torch_files import Call, Name, legacy, module, tensor, zipped

import shapecalc
from shapecalc import Trace, network, readers

WRITERS = [zipped, legacy]


def traced(value: Any, write: Callable[[Any], bytes] = zipped, inputs: Any = None) -> Trace:
    """Return the trace of what was saved."""
    document = readers.read_bytes(write(value), "net.pt")
    return shapecalc.trace(network.build(document, inputs=inputs))


def part(name: str, parameters: dict[str, Any] | None = None, **attributes: Any) -> Call:
    """Return a module of torch.nn."""
    kept = {"training": True, "_parameters": parameters or {}, "_buffers": {}, "_modules": {}}
    return module(name, {**kept, **attributes})


def sequence(*parts: Any) -> Call:
    inside = {str(number): one for number, one in enumerate(parts)}
    return part("container.Sequential", _modules=inside)


def conv(K: int, D: int, **changes: Any) -> Call:
    fields = {
        "in_channels": D, "out_channels": K, "kernel_size": (3, 3), "stride": (1, 1),
        "padding": (1, 1), "dilation": (1, 1), "groups": 1, "padding_mode": "zeros",
    }  # fmt: skip
    weight = Call(Name("torch._utils", "_rebuild_parameter"), (tensor((K, D, 3, 3)), True, {}))
    return part("conv.Conv2d", {"weight": weight, "bias": None}, **{**fields, **changes})


def linear(units: int, inputs: int, learned: bool = True, **more: Any) -> Call:
    def kept(*shape: int, key: str) -> Call:
        return Call(Name("torch._utils", "_rebuild_parameter"), (tensor(shape, key), learned, {}))

    both = {"weight": kept(units, inputs, key=f"w{units}"), "bias": kept(units, key=f"b{units}")}
    return part("linear.Linear", both | more, in_features=inputs, out_features=units)


def foreign(kind: str, attributes: dict[str, Any]) -> Call:
    """Return a module of a class of somebody's own."""
    cls = (Name("models", kind), Name("builtins", "object"), None)
    return Call(Name("copy_reg", "_reconstructor"), cls, attributes)


POOL = part("pooling.MaxPool2d", kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
FLATTEN = part("flatten.Flatten", start_dim=1, end_dim=-1)
NET = sequence(conv(4, 3), part("activation.ReLU", inplace=True), sequence(POOL), FLATTEN,
               linear(5, 64))  # fmt: skip


@pytest.mark.parametrize("write", WRITERS)
def test_a_sequential_is_a_network(write: Callable[[Any], bytes]) -> None:
    trace = traced(NET, write)
    assert trace.inputs == {"input": (None, None, 3)}
    assert [found.code for found in trace.diagnostics] == ["SC604"]
    trace = traced(NET, write, inputs="8x8x3")
    assert [(record.name, record.kind) for record in trace.layers] == [
        ("0", "conv"), ("1", "relu"), ("2.0", "max_pool"), ("3", "flatten"), ("4", "dense"),
    ]  # fmt: skip
    assert trace.totals.parameters == 4 * 27 + 5 * 64 + 5
    assert trace.complete
    assert not trace.diagnostics


def test_stored_weights_of_another_size_are_found() -> None:
    (found,) = traced(NET, inputs="10x8x3").diagnostics
    assert (found.code, found.layer) == ("SC301", "4")


def test_one_in_a_training_s_checkpoint_is_found() -> None:
    assert traced({"epoch": 3, "model": NET}, inputs="8x8x3").complete


def test_layers_without_a_kind_are_operations() -> None:
    odd = part("linear.Bilinear", {"weight": tensor((2, 3, 4), "o")})
    other = foreign("Layer", {"_parameters": {"a": tensor((7,), "a")}, "_modules": {}})
    normed = linear(3, 3, weight_g=tensor((3, 1), "g"))
    trace = traced(sequence(linear(3, 3), odd, other, normed, FLATTEN))
    assert [record.kind for record in trace.layers[1:4]] == ["operation"] * 3
    assert {found.code for found in trace.diagnostics} == {"SC602"}


def test_frozen_layers_are_frozen() -> None:
    totals = traced(sequence(linear(4, 4, learned=False), linear(2, 4))).totals
    assert (totals.trainable, totals.frozen) == (10, 20)


@pytest.mark.parametrize(
    "attributes",
    [{"kernel_size": None}, {"kernel_size": ((3,), 3)}, {"stride": "x"}, {"groups": 2**80},
     {"padding": (1,) * 100}, {"out_channels": -1}, {"dilation": {}}],
)  # fmt: skip
def test_attributes_of_another_kind_are_no_crash(attributes: dict[str, Any]) -> None:
    trace = traced(sequence(conv(4, 3, **attributes)), inputs="8x8x3")
    assert trace.diagnostics


def test_a_sequential_inside_itself_ends() -> None:
    net = sequence()
    for _ in range(120):
        net = sequence(net)
    (found,) = traced(net).diagnostics
    assert found.code == "SC603"


# -- what is no Sequential -------------------------------------------------------------------------


def test_a_module_of_another_class_is_named() -> None:
    own = foreign("Net", {"_parameters": {}, "_modules": {"fc": linear(2, 3)}})
    (found,) = traced(own).diagnostics
    assert found.code == "SC101"
    assert "Net" in found.message
    assert "torch.export.save(torch.export.export(" in found.hint


def test_a_state_dict_alone_is_a_weight_file() -> None:
    state = {"0.weight": tensor((4, 3)), "_modules.weight": tensor((4, 3), "1")}
    (found,) = traced(state).diagnostics
    assert "weight file" in found.message


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_in_a_pickle_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Any], bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = Call(Name("posix", "system"), ("touch ran",))
    made = Call(Name("builtins", "open"), ("opened", "w"))
    hidden = part("activation.ReLU", inplace=ran, made=made)
    trace = traced(sequence(linear(3, 3), hidden, ran, made), write)
    assert trace.diagnostics
    assert [*tmp_path.iterdir()] == []


def test_a_pickle_that_is_cut_short_is_refused() -> None:
    raw = zipped(NET)
    for end in range(0, len(raw), 97):
        document = readers.read_bytes(raw[:end], "net.pt")
        assert shapecalc.trace(network.build(document)).diagnostics
