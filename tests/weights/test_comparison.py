"""A network against a weight file: what belongs together, and what is told where it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import shapecalc
from shapecalc import Trace
from shapecalc.checkpoints import Weights
from shapecalc.checkpoints.base import Checkpoint, Tensor
from shapecalc.diagnostics import Finding
from shapecalc.tracing import known
from shapecalc.weights.comparison import findings
from shapecalc.weights.matching import match
from shapecalc.weights.sides import owners_of

SPECS = Path(__file__).resolve().parents[2] / "specs"
Shape = tuple[int, ...]
LENET = {"input": "32x32x1", "layers": [
    {"conv": {"K": 6, "F": 5}}, "tanh", {"avg_pool": 2}, {"conv": {"K": 16, "F": 5}}, "tanh",
    {"avg_pool": 2}, {"dense": 120}, {"dense": 84}, {"dense": 10},
]}  # fmt: skip


def held(trace: Trace, names: Sequence[str] | None = None) -> dict[str, Shape]:
    """Return what a network keeps, by its own names, or by others for its layers."""
    owners = [owner for owner in owners_of(known(trace).layers) if not owner.shared]
    return {
        f"{owner.name if names is None else names[number]}.{name}": shape
        for number, owner in enumerate(owners)
        for name, shape in owner.shapes.items()
    }


def in_keras(shapes: Mapping[str, Shape], kinds: Mapping[str, str]) -> dict[str, Shape]:
    """Return what Keras has of the same layers: slashes, its own names, the filters last."""
    turned = {}
    for name, shape in shapes.items():
        layer, _, part = name.rpartition(".")
        depthwise = part == "depthwise" or kinds[layer] == "depthwise_conv"
        own = {"weight": "kernel", "depthwise": "depthwise_kernel", "pointwise": "pointwise_kernel"}
        key = f"{layer}/{own.get(part, part)}:0"
        if len(shape) > 2 and depthwise:  # on a volume of depth 8
            turned[key] = (*shape[2:], 8, shape[0] // 8)
        elif len(shape) > 1:
            turned[key] = (*shape[2:], shape[1], shape[0])
        else:
            turned[key] = shape
    return turned


def told(
    trace: Trace, shapes: Mapping[str, Shape], layout: str = "pytorch", ordered: bool = True
) -> list[Finding]:
    """Return what is found between a network and tensors of these shapes."""
    tensors = tuple(Tensor(name, shape, "float32") for name, shape in shapes.items())
    return findings(
        trace, Weights("safetensors", Checkpoint(tensors, layout, ordered)), "net.weights"
    )


def traced(data: Mapping[str, Any], *layers: Any) -> Trace:
    """Return the trace of a spec, with other layers if there are any."""
    return shapecalc.trace({**data, **({"layers": [*layers]} if layers else {})})


def lines(found: Sequence[Finding]) -> list[str]:
    """Return findings in short: code, layer, hint."""
    return [f"{one.rule.code} {one.layer}: {one.fault.hint}" for one in found]


# -- sound -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SPECS.glob("kinds/*.yaml")), ids=lambda path: path.stem)
def test_every_kind_fits_its_own_parameters(path: Path) -> None:
    trace = shapecalc.trace(path)
    shapes = held(trace)
    assert told(trace, shapes) == []
    numbers = [f"a{number}" for number in range(len(trace.layers))]
    assert told(trace, held(trace, numbers)) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(SPECS.glob("networks/*.yaml")), ids=lambda path: path.stem)
def test_every_network_fits_its_own_parameters(path: Path) -> None:
    trace = shapecalc.trace(path, inputs=None)
    if trace.fitting_inputs:
        trace = shapecalc.trace(path, inputs=dict(trace.fitting_inputs))
    numbers = [f"features.{number}" for number in range(len(trace.layers))]
    assert told(trace, held(trace)) == []
    assert told(trace, held(trace, numbers)) == []
    turned = dict(reversed(held(trace, numbers).items()))
    assert told(trace, turned, ordered=False) == []


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.", "module.model.", "net.a."])
def test_what_wraps_all_names_does_not_matter(prefix: str) -> None:
    trace = traced(LENET)
    shapes = {f"{prefix}{name}": shape for name, shape in reversed(held(trace).items())}
    assert told(trace, shapes) == []
    assert told(trace, {**shapes, f"{prefix}conv1.num_batches_tracked": ()}) == []


def test_names_of_one_s_own_leave_order_and_shape() -> None:
    trace = traced(LENET)
    names = ["features.0", "features.3", "classifier.0", "classifier.2", "classifier.4"]
    assert told(trace, held(trace, names)) == []
    some = ["conv1", "conv2", "conv3", "fc1", "fc2"]  # conv3 is dense1
    assert told(trace, held(trace, some)) == []


def test_names_in_the_order_of_the_alphabet_leave_the_order_of_those_alike(resnet: Trace) -> None:
    """As safetensors files have them: bn1, bn2, conv1, conv2, downsample.0 in each block."""
    names = sorted(RESNET_18)
    assert lines(told(resnet, {name: RESNET_18[name] for name in names}, ordered=False)) == []
    for name in ("layer3.0.conv2.weight", "conv1.weight", "layer4.0.downsample.0.weight"):
        K, C, F, _ = RESNET_18[name]
        shapes = {**RESNET_18, name: (K, C, F + 2, F + 2)}
        (found,) = told(resnet, {key: shapes[key] for key in names}, ordered=False)
        assert found.fault.hint == f"F={F + 2} would fit"
        assert name in found.fault.message or name == "conv1.weight"


def test_layers_in_another_order_are_found_by_their_shapes() -> None:
    trace = traced(LENET)
    shapes = held(trace, ["a", "b", "c", "d", "e"])
    order = sorted(shapes, key=lambda name: "dbeca".index(name[0]))
    assert told(trace, {name: shapes[name] for name in order}) == []


def test_what_is_shared_needs_no_tensors_and_may_have_them() -> None:
    layers = [{"dense": {"name": "a", "units": 8}}, "relu", {"dense": {"units": 8, "share": "a"}}]
    trace = traced({"input": 8}, *layers)
    own = {"a.weight": (8, 8), "a.bias": (8,)}
    assert told(trace, own) == []
    assert told(trace, own | {"dense2.weight": (8, 8), "dense2.bias": (8,)}) == []


def test_a_tensor_under_a_second_name_is_not_unexpected() -> None:
    trace = traced({"input": 8}, {"dense": 4})
    tensors = (
        Tensor("fc.weight", (4, 8), "float32", None, 1), Tensor("fc.bias", (4,), "float32"),
        Tensor("tied.weight", (4, 8), "float32", None, 1),
    )  # fmt: skip
    weights = Weights("pytorch", Checkpoint(tensors, "pytorch"))
    assert findings(trace, weights, "net.pth") == []


@pytest.mark.parametrize(("dtype", "told"), [("int64", 0), ("bool", 0), ("int32", 2)])
def test_tables_of_positions_and_masks_are_no_parameters(dtype: str, told: int) -> None:
    names = ("dense1.index", "attention.index")
    tensors = [Tensor("dense1.weight", (4, 8), "float32"), Tensor("dense1.bias", (4,), "float32")]
    tensors += [Tensor(name, (49, 49), dtype) for name in names]
    weights = Weights("pytorch", Checkpoint(tuple(tensors), "pytorch"))
    found = findings(traced({"input": 8}, {"dense": 4}), weights, "net.pth")
    assert [one.rule.code for one in found] == ["SC702"] * told


def test_sizes_that_are_open_do_not_matter() -> None:
    trace = traced({"input": "?x?x3"}, {"conv": {"K": 4, "F": 3}}, {"conv": {"K": 2, "F": 3}})
    shapes = {"conv1.weight": (4, 3, 3, 3), "conv1.bias": (4,), "conv2.weight": (2, 4, 3, 3)}
    assert lines(told(trace, shapes)) == ["SC701 conv2: bias=false would fit"]


OPEN = "?x?x3"
UNKNOWN = {"conv": {"K": 2, "F": 3}}, "flatten", {"dense": 4}  # of a size that is open


def test_what_depends_on_an_open_size_is_not_compared() -> None:
    trace = traced({"input": OPEN}, *UNKNOWN)
    shapes = {
        "conv1.weight": (2, 3, 3, 3),
        "conv1.bias": (2,),
        "fc.weight": (4, 77),
        "fc.bias": (4,),
    }
    for name in ("fc", "dense1"):
        called = {key.replace("fc", name): shape for key, shape in shapes.items()}
        assert not told(trace, called)
        assert not told(trace, in_keras(called, {"conv1": "conv", name: "dense"}), "keras")


def test_what_is_not_expected_is_told_where_all_that_is_open_has_its_own() -> None:
    trace = traced({"input": OPEN}, *UNKNOWN)
    shapes = {"conv1.weight": (2, 3, 5, 5), "conv1.bias": (2,), "dense1.weight": (4, 77),
              "dense1.bias": (4,), "other.weight": (9, 9, 9)}  # fmt: skip
    assert lines(told(trace, shapes)) == [
        "SC703 conv1: F=5 would fit",
        "SC702 None: the weights may be those of another network",
    ]


def test_what_is_known_in_part_behind_an_operation_is_compared(tmp_path: Path) -> None:
    """Masking keeps its volume, of whatever length; what a convolution keeps depends on 12."""
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, None, 12]}},
        {"class_name": "Masking", "config": {"name": "mask"}},
        {"class_name": "Conv1D", "config": {"name": "c", "filters": 4, "kernel_size": [3]}},
    ]
    path = tmp_path / "net.json"
    model = {"class_name": "Sequential", "config": {"name": "net", "layers": layers}}
    path.write_text(json.dumps(model), encoding="utf-8")
    trace = shapecalc.trace(path)
    assert not told(trace, {"c/kernel:0": (3, 12, 4), "c/bias:0": (4,)}, "keras")
    found = told(trace, {"c/kernel:0": (3, 12, 5), "c/bias:0": (5,)}, "keras")
    assert lines(found) == ["SC703 c: K=5 would fit"]


# -- one changed layer -----------------------------------------------------------------------------

CONV = {"K": 16, "F": 3}
CHANGED: list[
    tuple[str, Any, Any, str]
] = [  # a layer, another one, the field that tells them apart
    ("conv", CONV, {**CONV, "K": 24}, "K=24"),
    ("conv", CONV, {**CONV, "F": 5}, "F=5"),
    ("conv", CONV, {**CONV, "F": [1, 3]}, "F=1x3"),
    ("conv", CONV, {**CONV, "groups": 4}, "groups=4"),
    ("conv", CONV, {**CONV, "K": 32, "F": 1}, "K=32 F=1"),
    ("conv", {**CONV, "groups": 8}, CONV, "groups=1"),
    ("depthwise_conv", {"F": 3}, {"F": 5}, "F=5"),
    ("depthwise_conv", {"F": 3}, {"F": 3, "multiplier": 2}, "multiplier=2"),
    ("conv_transpose", {"K": 4, "F": 2}, {"K": 6, "F": 2}, "K=6"),
    ("conv_transpose", {"K": 4, "F": 2}, {"K": 4, "F": 4}, "F=4"),
    ("separable_conv", CONV, {**CONV, "K": 20}, "K=20"),
    ("separable_conv", CONV, {**CONV, "F": 5}, "F=5"),
    ("separable_conv", CONV, {**CONV, "multiplier": 2}, "multiplier=2"),
    ("dense", {"units": 10}, {"units": 12}, "units=12"),
]


@pytest.mark.parametrize("layout", ["pytorch", "keras"])
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(("kind", "ours", "theirs", "field"), CHANGED)
def test_one_changed_layer_is_told_with_the_field_that_would_fit(
    kind: str, ours: Any, theirs: Any, field: str, named: bool, layout: str
) -> None:
    def network(fields: Any) -> Trace:
        changed = {kind: {"name": "changed", **fields}}
        first, last = {"conv": {"K": 8, "F": 3}}, {"dense": {"units": 3, "name": "last"}}
        return traced({"input": "20x20x2"}, first, changed, "global_avg_pool", "flatten", last)

    trace, other = network(ours), network(theirs)
    names = None if named else ["a", "b", "c"]
    shapes = held(other, names)
    if layout == "keras":
        letters = dict(
            zip(names or ["conv1", "changed", "last"], ["conv", kind, "dense"], strict=True)
        )
        shapes = in_keras(shapes, letters)
    found = told(trace, shapes, layout)
    assert {one.layer for one in found} == {"changed"}
    assert found[0].rule.code == "SC703"
    assert found[0].fault.hint.startswith(f"{field} would fit")
    assert told(other, shapes, layout) == []


def test_what_follows_from_a_changed_layer_is_told_with_it() -> None:
    other = traced({**LENET, "layers": [{"conv": {"K": 7, "F": 5}}, *LENET["layers"][1:]]})
    (found,) = told(traced(LENET), held(other))
    assert found.layer == "conv1"
    assert found.fault.hint == "K=7 would fit; so would conv2 then"
    assert "weight is [6, 1, 5, 5], and [7, 1, 5, 5] in net.weights;" in found.fault.message


def test_several_changed_layers_are_told_each() -> None:
    layers = [{"conv": {"K": 7, "F": 5}}, *LENET["layers"][1:-1], {"dense": 11}]
    found = told(traced(LENET), held(traced({**LENET, "layers": layers})))
    expected = [
        "SC703 conv1: K=7 would fit; so would conv2 then",
        "SC703 dense3: units=11 would fit",
    ]
    assert lines(found) == expected


def test_another_input_is_told_where_no_field_would_fit() -> None:
    (found,) = told(traced({**LENET, "input": "32x32x3"}), held(traced(LENET)))
    assert found.fault.hint == "groups=3 would fit, or an input of depth 1"
    norm = traced({"input": "4x4x8"}, "batch_norm")
    (found,) = told(norm, dict.fromkeys(held(norm), (6,)))
    assert found.fault.hint == "the weights are for an input of depth 6, and 8 comes in"


def test_a_bias_too_many_or_too_few_is_told_with_its_switch() -> None:
    plain = traced({"input": "8x8x1"}, {"conv": {"K": 4, "F": 3}})
    without = traced({"input": "8x8x1"}, {"conv": {"K": 4, "F": 3, "bias": False}})
    assert lines(told(plain, held(without))) == ["SC701 conv1: bias=false would fit"]
    assert lines(told(without, held(plain))) == ["SC702 conv1: bias=true would fit"]


@pytest.mark.parametrize("number", range(5))
def test_a_missing_layer_and_an_unexpected_one(number: int) -> None:
    trace = traced(LENET)
    name = ["conv1", "conv2", "dense1", "dense2", "dense3"][number]
    shapes = held(trace)
    less = {key: shape for key, shape in shapes.items() if not key.startswith(f"{name}.")}
    assert [one.partition(":")[0] for one in lines(told(trace, less))] == [f"SC701 {name}"]
    (found,) = told(trace, {**shapes, "head.weight": (9, 9, 9), "head.bias": (9,)})
    assert found.rule.code == "SC702"
    assert found.fault.message == "no layer has head.weight [9, 9, 9], head.bias [9] of net.weights"


def test_a_great_many_unexpected_layers_are_counted() -> None:
    shapes = {f"head{number}.table": (9, 9, 9) for number in range(500)}
    found = told(traced(LENET), held(traced(LENET)) | shapes)
    assert len(found) == 12
    assert "489 further tensors" in found[-1].fault.message


@pytest.mark.slow
def test_a_file_of_another_network_takes_no_time() -> None:
    many = [{"conv": {"K": 1 + number % 7, "F": 3, "P": 1}} for number in range(600)]
    trace = traced({"input": "8x8x3"}, *many)
    shapes = {f"l{number}.weight": (9, 9, 5 - number % 3, 3) for number in range(3000)}
    assert len(told(trace, shapes)) > 600


def test_darknet_is_compared_by_how_many_values_there_are() -> None:
    trace = traced(LENET)
    for values, code in ((61706, None), (61705, "SC701"), (61707, "SC702")):
        tensor = Tensor("all values", (values,), "float32")
        weights = Weights("darknet", Checkpoint((tensor,), "darknet"))
        found = findings(trace, weights, "net.weights")
        assert [one.rule.code for one in found] == ([code] if code else [])


CFG = """\
[net]
height=8
width=8
channels=3
[convolutional]
filters=4
size=3
batch_normalize=1
[convolutional]
filters=2
"""


def test_a_beginning_of_darknets_values_is_told_by_its_last_layer(tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    path.write_text(CFG, encoding="utf-8")
    first, second = 4 * 4 + 4 * 3 * 9, 2 + 2 * 4  # four values a slice, and the filters
    ends = "they end with conv_0: they are the beginning of the network"
    other = "give the weights of this network, or change the layer"
    for values, hint in ((first, ends), (first + 2, other), (first - 1, other), (0, other)):
        tensor = Tensor("all values", (values,), "float32")
        weights = Weights("darknet", Checkpoint((tensor,), "darknet"))
        (found,) = findings(shapecalc.trace(path), weights, "net.weights")
        assert found.fault.hint == hint
    whole = Weights("darknet", Checkpoint((tensor._replace(shape=(first + second,)),), "darknet"))
    assert findings(shapecalc.trace(path), whole, "net.weights") == []


# -- ResNet-18 -------------------------------------------------------------------------------------


def resnet_18() -> dict[str, Shape]:
    """Return the shapes of the network's state dict, by torchvision's names."""
    found: dict[str, Shape] = {}

    def conv(name: str, K: int, C: int, F: int) -> None:
        found[f"{name}.weight"] = (K, C, F, F)

    def norm(name: str, D: int) -> None:
        found.update(
            {f"{name}.{part}": (D,) for part in ("weight", "bias", "running_mean", "running_var")}
        )
        found[f"{name}.num_batches_tracked"] = ()

    conv("conv1", 64, 3, 7)
    norm("bn1", 64)
    before = 64
    for stage, width in enumerate((64, 128, 256, 512), 1):
        for block in range(2):
            at = f"layer{stage}.{block}"
            conv(f"{at}.conv1", width, before, 3)
            norm(f"{at}.bn1", width)
            conv(f"{at}.conv2", width, width, 3)
            norm(f"{at}.bn2", width)
            if before != width:
                conv(f"{at}.downsample.0", width, before, 1)
                norm(f"{at}.downsample.1", width)
            before = width
    return found | {"fc.weight": (1000, 512), "fc.bias": (1000,)}


RESNET_18 = resnet_18()
CONVS = [name for name, shape in RESNET_18.items() if len(shape) == 4]


@pytest.fixture(scope="module")
def resnet() -> Trace:
    return shapecalc.trace(SPECS / "networks" / "resnet-18.yaml")


def test_resnet_18_of_torchvision_fits_the_spec(resnet: Trace) -> None:
    assert sum(len(shape) > 0 for shape in RESNET_18.values()) == 102
    assert told(resnet, RESNET_18) == []


@pytest.mark.quick(4)
@pytest.mark.parametrize("number", range(len(CONVS)))
def test_each_changed_convolution_of_resnet_18_is_told_apart(resnet: Trace, number: int) -> None:
    K, C, F, _ = RESNET_18[CONVS[number]]
    (found,) = told(resnet, {**RESNET_18, CONVS[number]: (K, C, F + 2, F + 2)})
    convs = [record.name for record in resnet if record.kind == "conv"]
    assert (found.rule.code, found.layer) == ("SC703", convs[number])
    assert found.fault.hint == f"F={F + 2} would fit"
    assert CONVS[number] in found.fault.message or number == 0  # which is called conv1 in both


def test_another_classifier_of_resnet_18_is_told_apart(resnet: Trace) -> None:
    (found,) = told(resnet, {**RESNET_18, "fc.weight": (10, 512), "fc.bias": (10,)})
    assert (found.layer, found.fault.hint) == ("dense1", "units=10 would fit")


def test_a_file_of_yaml_is_as_good_as_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(yaml.safe_dump(LENET), encoding="utf-8")
    trace = shapecalc.trace(tmp_path / "net.yaml")
    assert told(trace, held(trace)) == []


# -- batch norms that were folded ------------------------------------------------------------------

FOLDED = [{"conv": {"K": 4, "F": 3, "name": "a"}}, "relu", {"conv": {"K": 8, "F": 3, "name": "b"}},
          {"dense": {"units": 5, "name": "fc"}}]  # fmt: skip
NORM = ("weight", "bias", "running_mean", "running_var")


def unfolded(*depths: int) -> dict[str, Shape]:
    """Return what PyTorch keeps of FOLDED with batch norms of these depths."""
    shapes = {
        "a.weight": (4, 1, 3, 3),
        "b.weight": (8, 4, 3, 3),
        "fc.weight": (5, 128),
        "fc.bias": (5,),
    }
    for number, depth in enumerate(depths):
        shapes |= {f"norm{number}.{name}": (depth,) for name in NORM}
    return shapes


def test_folded_norms_are_told_once() -> None:
    (found,) = told(traced({"input": "8x8x1"}, *FOLDED), unfolded(4, 8))
    assert found.rule.code == "SC702"
    assert found.fault.message == (
        "no layer has the 2 batch norms of net.weights, which has no biases for a, b"
    )
    assert "folded" in found.fault.hint


def test_beside_folded_norms_the_rest_is_told() -> None:
    other = unfolded(4, 8) | {"fc.weight": (7, 128), "fc.bias": (7,), "unused.weight": (7, 7)}
    found = told(traced({"input": "8x8x1"}, *FOLDED), other)
    assert [one.rule.code for one in found] == ["SC702", "SC703", "SC702"]


@pytest.mark.parametrize("depths", [(4,), (4, 4), (8, 16), ()])
def test_biases_that_no_norm_gives_are_missing(depths: tuple[int, ...]) -> None:
    found = told(traced({"input": "8x8x1"}, *FOLDED), unfolded(*depths))
    assert [one.rule.code for one in found][:2] == ["SC701", "SC701"]


def test_norms_of_which_the_network_has_some_were_not_folded() -> None:
    layers = [*FOLDED[:2], {"batch_norm": {"name": "norm0"}}, *FOLDED[2:]]
    found = told(traced({"input": "8x8x1"}, *layers), unfolded(4, 8))
    assert "SC701" in {one.rule.code for one in found}


def test_layers_named_after_modules_in_a_file_of_onnx_are_found_by_name() -> None:
    """The exporter of PyTorch writes the path of modules in front of each operation."""
    paths = {"/stem/stem.0/Conv": "stem.0", "/l1/l1.0/down/down.1/Conv": "l1.0.down.1",
             "/fc/Gemm": "fc"}  # fmt: skip
    layers = [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 4, "F": 3}}, {"dense": 5}]
    trace = traced({"input": "8x8x4"}, *layers)
    owners = owners_of(known(trace).layers)
    named = [
        replace(owner, record=owner.record._replace(name=path))
        for owner, path in zip(owners, paths, strict=True)
    ]
    tensors = [Tensor("other.weight", (5, 64), "float32")]
    tensors += [Tensor(f"{path}.weight", (9, 9), "float32") for path in reversed(paths.values())]
    found = match(named, Checkpoint(tuple(tensors), "pytorch", True))
    assert {pair.owner.name: ".".join(pair.module.path) for pair in found.pairs} == paths
