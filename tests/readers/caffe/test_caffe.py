"""Caffe's three dialects, phases, inputs, blobs and outputs; every file written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from caffe_files import layer

import shapecalc
from shapecalc import network
from shapecalc.readers import read_bytes, read_path
from shapecalc.tracing import Trace

INPUT = 'input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\n'
CONV = """
layer {
  name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 }
}
"""


def traced(text: str, inputs: Any = None) -> Trace:
    """Return the trace of a file."""
    return shapecalc.trace(network.build(read_bytes(text.encode(), "net.prototxt"), inputs=inputs))


def codes(trace: Trace) -> list[tuple[str, int | None]]:
    return [(found.code, found.line) for found in trace.diagnostics]


# -- dialects --------------------------------------------------------------------------------------

V1 = """
layers {
  name: "conv" type: CONVOLUTION bottom: "data" top: "conv" blobs_lr: 1 blobs_lr: 2
  convolution_param { num_output: 4 kernel_size: 3 }
}
layers { name: "relu" type: RELU bottom: "conv" top: "conv" }
layers { name: "fc" type: INNER_PRODUCT bottom: "conv" top: "fc"
  inner_product_param { num_output: 5 } }
layers { name: "loss" type: SOFTMAX_LOSS bottom: "fc" bottom: "label" }
"""
V0 = """
layers { layer { name: "conv" type: "conv" num_output: 4 kernelsize: 3 blobs_lr: 1. }
  bottom: "data" top: "conv" }
layers { layer { name: "relu" type: "relu" } bottom: "conv" top: "conv" }
layers { layer { name: "fc" type: "innerproduct" num_output: 5 } bottom: "conv" top: "fc" }
layers { layer { name: "loss" type: "softmax_loss" } bottom: "fc" bottom: "label" }
"""
V2 = V1.replace("layers", "layer").replace("CONVOLUTION", '"Convolution"')
V2 = V2.replace("RELU", '"ReLU"').replace("INNER_PRODUCT", '"InnerProduct"')
V2 = V2.replace("SOFTMAX_LOSS", '"SoftmaxWithLoss"')


@pytest.mark.parametrize("text", [V0, V1, V2], ids=["V0", "V1", "V2"])
def test_all_dialects_are_one(text: str) -> None:
    trace = traced(INPUT + text)
    assert [(r.name, r.kind, r.output, r.parameters) for r in trace] == [
        ("conv", "conv", (6, 6, 4), 4 * 3 * 9 + 4),
        ("relu", "relu", (6, 6, 4), 0),
        ("fc", "dense", (5,), 5 * 144 + 5),
    ]
    assert trace.inputs == {"data": (8, 8, 3)}
    assert trace.outputs == {"fc": (5,)}
    assert trace.complete
    assert trace.diagnostics == ()


def test_one_file_holds_several_dialects_in_order() -> None:
    first, second, third = (
        'layers { layer { name: "a" type: "pool" pool: AVE kernelsize: 2 stride: 2 }'
        ' bottom: "data" top: "a" }\n',
        'layer { name: "b" type: "InnerProduct" bottom: "a" top: "b"'
        " inner_product_param { num_output: 2 } }\n",
        'layers { name: "c" type: TANH bottom: "b" top: "c" }\n',
    )
    trace = traced(INPUT + first + second + third)
    assert [(r.name, r.kind, r.output) for r in trace] == [
        ("a", "avg_pool", (4, 4, 3)), ("b", "dense", (2,)), ("c", "tanh", (2,))
    ]  # fmt: skip


def test_settings_of_v0() -> None:
    trace = traced(
        INPUT
        + 'layers { layer { name: "pad" type: "padding" pad: 2 } bottom: "data" top: "pad" }\n'
        + 'layers { layer { name: "c" type: "conv" num_output: 6 kernelsize: 5 group: 3 stride: 2'
        + ' biasterm: false } bottom: "pad" top: "c" }\n'
        + 'layers { layer { name: "n" type: "lrn" local_size: 3 alpha: 0.1 } bottom: "c" top: "n" }'
        + 'layers { layer { name: "d" type: "dropout" dropout_ratio: 0.25 } bottom: "n" top: "n" }'
        + 'layers { layer { name: "j" type: "concat" concat_dim: 2 } bottom: "n" bottom: "c"'
        + ' top: "j" }\n'
    )
    assert [(r.kind, r.output, r.parameters) for r in trace] == [
        ("pad", (12, 12, 3), 0),
        ("conv", (4, 4, 6), 6 * 25),
        ("lrn", (4, 4, 6), 0),
        ("dropout", (4, 4, 6), 0),
        ("concat", (8, 4, 6), 0),
    ]
    assert trace["n"].layer.values()["alpha"] == 0.1
    assert trace["d"].layer.values()["rate"] == 0.25


# -- recognised by the bytes -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["net.prototxt", "net.prototxt.txt", "net.pt", "NET.PROTOTXT"])
@pytest.mark.parametrize(
    "text",
    [
        INPUT + CONV,
        "# a comment\r\n" + (INPUT + CONV).replace("\n", "\r\n"),
        "\ufeff" + INPUT + CONV,
        INPUT + V0,
        INPUT + 'layers {\n # first\n # second\n\n  bottom: "data" top: "x" type: RELU\n}\n',
        INPUT + CONV.replace("layer {", "layer: {"),
        INPUT + CONV.replace("layer {\n", "layer <").replace("}\n}", "} >"),
        'layer {\n  include { phase: TEST }\n name: "d" type: "Data" top: "data" }\n' + CONV,
    ],
)
def test_a_network_is_told_by_its_bytes(name: str, text: str) -> None:
    document = read_bytes(text.encode(), name)
    assert document.format == "caffe"
    assert document.findings == []


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    "text",
    [
        "input: 8x8x3\nlayers:\n  - relu\n",
        "input: 8\nlayers: [{dense: {name: relu, units: 3}}]\n",
        '{"input": 8, "layers": [{"dense": {"name": "a"}}]}',
        "layer:\n  name: conv\n",
        "layers: {name: x}\n",
        "base_lr: [0.1]\nlayers: [relu]\ninput: 8\n",
    ],
)
def test_other_texts_are_not_taken(text: str) -> None:
    assert read_bytes(text.encode(), "net.yaml").format == "spec"


@pytest.mark.parametrize("name", ["solver.prototxt", "solver.pt"])
@pytest.mark.parametrize("net", ["net", "train_net"])
def test_a_solver_is_named(name: str, net: str) -> None:
    text = f'{net}: "train.prototxt"\nbase_lr: 0.01\nlr_policy: "step"\nsolver_mode: GPU\n'
    document = read_bytes(text.encode(), name)
    (found,) = document.findings
    assert (found.rule.code, found.fault.message) == ("SC101", "this is a Caffe solver")
    assert "net" in found.fault.hint
    assert not document.is_spec


def test_in_a_folder_other_texts_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "solver.prototxt").write_text('net: "a"\nbase_lr: 0.1\n', "utf-8")
    (tmp_path / "labels.prototxt").write_text('item { name: "cat" label: 1 }\n', "utf-8")
    (tmp_path / "notes.prototxt").write_text("hello world\n", "utf-8")
    (tmp_path / "empty_net.prototxt").write_text('name: "nothing"\n', "utf-8")
    (tmp_path / "net.prototxt").write_text(INPUT + CONV, "utf-8")
    meant = [path.name for path in sorted(tmp_path.iterdir()) if read_path(path).is_spec]
    assert meant == ["net.prototxt"]


# -- inputs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ('input: "data" input_dim: 10 input_dim: 3 input_dim: 5 input_dim: 7', (5, 7, 3)),
        ('input: "data" input_shape { dim: 1 dim: 3 dim: 5 dim: 7 }', (5, 7, 3)),
        ('input: "data" input_shape { dim: [2, 9] }', (9,)),
        ('input: "data" input_shape { dim: 4 }', (1,)),
        ('input: "data" input_shape { dim: 1 dim: 2 dim: 3 dim: 4 dim: 5 }', (3, 4, 5, 2)),
        ('input: "data"', None),
        (layer("Input", "", "data", "input_param { shape { dim: 1 dim: 3 dim: 5 dim: 7 } }"),
         (5, 7, 3)),
        (layer("Input", "", "data", "input_param { shape: { dim: 1 dim: 6 } }"), (6,)),
        (layer("data", "", "data", "input_param { shape { dim: 1 dim: 3 dim: 5 dim: 7 } }"),
         (5, 7, 3)),
        (layer("MemoryData", "", "data label", "memory_data_param { batch_size: 9 channels: 3"
               " height: 5 width: 7 }"), (5, 7, 3)),
        (layer("DummyData", "", "data", "dummy_data_param { shape { dim: 9 dim: 3 dim: 7 } }"),
         (7, 3)),
        (layer("DummyData", "", "data", "dummy_data_param { num: 9 channels: 3 height: 5"
               " width: 7 }"), (5, 7, 3)),
        (layer("Data", "", "data label", "transform_param { crop_size: 227 }"), (227, 227, None)),
        (layer("Data", "", "data label", "transform_param { force_color: true }"),
         (None, None, 3)),
        (layer("Data", "", "data label", "transform_param { force_gray: 1 crop_size: 9 }"),
         (9, 9, 1)),
        (layer("Data", "", "data label", "data_param { crop_size: 9 }"), (9, 9, None)),
        (layer("Data", "", "data label"), (None, None, None)),
        (layer("ImageData", "", "data label", "image_data_param { new_height: 5 new_width: 7 }"),
         (5, 7, 3)),
        (layer("ImageData", "", "data label", "image_data_param { is_color: false }"),
         (None, None, None)),
        (layer("AnnotatedData", "", "data label", "transform_param { resize_param { height: 300"
               " width: 200 } }"), (300, 200, None)),
        (layer("HDF5Data", "", "data label"), None),
        (layer("Python", "", "data label"), None),
        ('layers { layer { name: "d" type: "data" cropsize: 11 } top: "data" }',
         (11, 11, None)),
    ],
)  # fmt: skip
def test_inputs(text: str, volume: Any) -> None:
    trace = traced(
        text + "\n" + layer("InnerProduct", rest="inner_product_param { num_output: 2 }")
    )
    assert trace.inputs == {"data": volume}
    asked = [found for found in trace.diagnostics if found.code == "SC604"]
    assert bool(asked) is (volume is None or None in volume)


def test_one_shape_or_one_for_each_blob() -> None:
    shape = "shape { dim: 1 dim: 3 dim: 4 dim: 4 }"
    both = layer("Eltwise", "a b", "sum")
    trace = traced(layer("Input", "", "a b", f"input_param {{ {shape} }}") + both)
    assert trace.inputs == {"a": (4, 4, 3), "b": (4, 4, 3)}
    rest = f"dummy_data_param {{ {shape} shape {{ dim: 2 dim: 7 }} }}"
    trace = traced(layer("DummyData", "", "a b", rest) + layer("Concat", "a b"))
    assert trace.inputs == {"a": (4, 4, 3), "b": (7,)}
    rest = "dummy_data_param { num: 1 num: 1 channels: 3 channels: 5 height: 2 width: 6 }"
    trace = traced(layer("DummyData", "", "a b", rest) + layer("Concat", "a b"))
    assert trace.inputs == {"a": (2, 6, 3), "b": (2, 6, 5)}


def test_an_input_size_is_asked_for_and_given() -> None:
    text = layer("Data", "", "data label") + CONV + layer("InnerProduct", "conv", "fc",
           "inner_product_param { num_output: 5 }")  # fmt: skip
    trace = traced(text)
    (found,) = trace.diagnostics
    assert (found.code, found.line) == ("SC604", 1)
    assert "--input" in found.hint
    assert trace["conv"].output == (None, None, 4)
    assert trace["fc"].output == (5,)
    for given in ("28x28x1", {"data": "28x28x1"}):
        trace = traced(text, given)
        assert trace["fc"].parameters == 26 * 26 * 4 * 5 + 5
        assert trace.complete
        assert trace.diagnostics == ()


def test_a_part_of_a_network_asks_for_what_comes_in() -> None:
    trace = traced(CONV)
    assert trace.inputs == {"data": (None, None, None)}  # a window slides over it
    assert codes(trace) == [("SC604", 3)]
    assert traced(CONV, "8x8x3")["conv"].output == (6, 6, 4)
    cube = CONV.replace("kernel_size: 3", "kernel_size: 3 kernel_size: 3 kernel_size: 1")
    assert traced(cube).inputs == {"data": (None, None, None, None)}
    assert traced(layer("InnerProduct", rest="inner_product_param { num_output: 2 }")).inputs == {
        "data": None
    }


def test_what_an_input_is_follows_from_layers_behind() -> None:
    text = (
        layer("Python", "", "a b")
        + layer("Power", "a", "a")
        + layer("Concat", "a b", "both")
        + layer("Pooling", "both", "pool", "pooling_param { kernel_size: 2 }")
    )
    assert traced(text).inputs == {"a": (None, None, None), "b": (None, None, None)}


# -- phases and stages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "there"),
    [
        ("", True),
        ("include { phase: TEST }", True),
        ("include { phase: TRAIN }", False),
        ("include { phase: 1 }", True),
        ("include { phase: TRAIN } include { phase: TEST }", True),
        ("exclude { phase: TEST }", False),
        ("exclude { phase: TRAIN }", True),
        ('include { phase: TEST stage: "deploy" }', False),
        ('include { not_stage: "deploy" }', True),
        ('exclude { stage: "deploy" }', True),
        ("include { min_level: 1 }", False),
        ("include { max_level: 0 }", True),
        ("include { }", True),
    ],
)
def test_layers_of_other_phases_are_not_there(rule: str, there: bool) -> None:
    trace = traced(INPUT + CONV + layer("ReLU", "conv", "relu", rule))
    assert ("relu" in trace) is there


def test_the_state_of_the_file_has_stages_and_a_level() -> None:
    text = INPUT + CONV + layer("ReLU", "conv", "relu", 'include { stage: "deploy" min_level: 2 }')
    assert "relu" not in traced(text)
    assert "relu" in traced('state { level: 2 stage: "deploy" stage: "x" }\n' + text)


def test_one_name_in_two_phases() -> None:
    text = (
        layer("Data", "", "data label", "include { phase: TRAIN } transform_param { crop_size: 9 }")
        + layer(
            "Data", "", "data label", "include { phase: TEST } transform_param { crop_size: 7 }"
        )
        + CONV
    )
    assert traced(text).inputs == {"data": (7, 7, None)}


def test_data_of_another_phase_is_taken_where_there_is_no_other() -> None:
    text = layer("Data", "", "data", "include { phase: TRAIN } transform_param { crop_size: 9 }")
    assert traced(text + CONV).inputs == {"data": (9, 9, None)}


# -- blobs and outputs -----------------------------------------------------------------------------


def test_layers_in_place_change_what_later_ones_read() -> None:
    text = (
        INPUT + CONV
        + 'layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }\n'
        + 'layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }\n'
        + layer("Eltwise", "conv conv", "twice")
    )  # fmt: skip
    trace = traced(text)
    assert trace["bn"].sources == ("conv",)
    assert trace["relu"].sources == ("bn",)
    assert trace["twice"].sources == ("relu", "relu")
    assert trace.outputs == {"twice": (6, 6, 4)}


def test_names_stay_the_files_own() -> None:
    text = (INPUT + CONV).replace('name: "conv"', 'name: "res2a/branch 1 (3x3)"')
    again = CONV.replace('"conv"', '"other"').replace(
        'name: "other"', 'name: "res2a/branch 1 (3x3)"'
    )
    trace = traced(text + again)
    assert [record.name for record in trace] == ["res2a/branch 1 (3x3)", "res2a/branch 1 (3x3)_2"]
    assert traced(INPUT + CONV.replace('name: "conv"', ""))["Convolution"].output == (6, 6, 4)


def test_outputs_are_what_nothing_reads() -> None:
    text = (
        layer("Data", "", "data label", "transform_param { crop_size: 8 force_color: true }")
        + CONV
        + layer("InnerProduct", "conv", "fc", "inner_product_param { num_output: 5 }")
        + layer("SoftmaxWithLoss", "fc label", "loss")
        + layer("Accuracy", "fc label", "acc", "include { phase: TEST }")
    )
    trace = traced(text)
    assert trace.outputs == {"fc": (5,)}
    assert trace.inputs == {"data": (8, 8, 3)}  # the label is read by what measures alone
    assert [record.name for record in trace] == ["conv", "fc"]
    assert trace.complete
    silence = 'layer { name: "silence" type: "Silence" bottom: "extra" }'
    silent = traced(text + layer("ReLU", "conv", "extra") + silence)
    assert silent.outputs == {"fc": (5,)}
    assert "extra" in silent


@pytest.mark.parametrize(
    ("measure", "left_out"),
    [
        (layer("ContrastiveLoss", "conv conv", "loss"), True),
        (layer("MyOwnLoss", "conv", "loss"), True),
        (layer("Python", "conv", "loss", "loss_weight: 1"), True),
        (layer("CenterLoss", "conv", "loss", "param { lr_mult: 1 }"), False),  # it learns
        (layer("Python", "conv", "loss"), False),
        (layer("EuclideanLoss", "conv conv", "loss") + layer("Power", "loss", "half"), False),
    ],
)
def test_losses(measure: str, left_out: bool) -> None:
    trace = traced(INPUT + CONV + measure)
    assert ("loss" not in trace) is left_out
    if left_out:
        assert trace.outputs == {"conv": (6, 6, 4)}


def test_the_softmax_of_a_loss_may_be_read() -> None:
    trace = traced(INPUT + CONV + layer("SoftmaxWithLoss", "conv conv", "loss prob"))
    assert trace.outputs == {"conv": (6, 6, 4), "loss": (6, 6, 4)}
    assert trace.layers[-1].kind == "softmax"


# -- shared and frozen parameters ------------------------------------------------------------------

SHARED = (
    'param { name: "w" } param { name: "b" } convolution_param { num_output: 4 kernel_size: 3 }'
)


def test_shared_parameters_count_once() -> None:
    twice = layer("Convolution", "data", "one", SHARED) + layer(
        "Convolution", "data", "two", SHARED
    )
    trace = traced(INPUT + twice)
    assert trace.totals.parameters == 112
    assert trace["two"].shares == "one"
    assert trace.totals.macs == 2 * 36 * 4 * 27
    v1 = 'param: "w" param: "b" convolution_param { num_output: 4 kernel_size: 3 }'
    old = "".join(
        f'layers {{ name: "{n}" type: CONVOLUTION bottom: "data" top: "{n}" {v1} }}\n' for n in "ab"
    )
    assert traced(INPUT + old).totals.parameters == 112


def test_one_shared_parameter() -> None:
    other = SHARED.replace('param { name: "b" }', "param { lr_mult: 2 }")
    trace = traced(
        INPUT
        + layer("Convolution", "data", "one", SHARED)
        + layer("Convolution", "data", "two", other)
    )
    assert trace.totals.parameters == 112 + 4
    assert trace["two"].shared == "one.weight"
    alone = SHARED.replace('param { name: "b" }', "").replace("4", "4 bias_term: false")
    trace = traced(
        INPUT
        + layer("Convolution", "data", "one", SHARED)
        + layer("Convolution", "data", "two", alone)
    )
    assert trace.totals.parameters == 112


def test_parameters_of_several_layers() -> None:
    """A weight of one layer and a bias of another: an operation, which has the same totals."""
    first = 'param { name: "w" } convolution_param { num_output: 4 kernel_size: 3 }'
    second = first.replace('"w"', '"v"').replace("}", '} param { name: "b" }', 1)
    trace = traced(
        INPUT
        + layer("Convolution", "data", "one", first)
        + layer("Convolution", "data", "two", second)
        + layer("Convolution", "data", "three", SHARED)
    )
    assert trace.totals.parameters == 2 * 112
    assert trace["three"].kind == "operation"
    assert (trace["three"].output, trace["three"].macs) == ((6, 6, 4), 36 * 4 * 27)


def test_shared_parameters_of_other_shapes_are_a_fault() -> None:
    other = SHARED.replace("kernel_size: 3", "kernel_size: 5")
    trace = traced(
        INPUT
        + layer("Convolution", "data", "one", SHARED)
        + layer("Convolution", "data", "two", other)
    )
    assert [code for code, _ in codes(trace)] == ["SC209"]


@pytest.mark.parametrize(
    ("rates", "frozen"),
    [
        ("", False),
        ("param { lr_mult: 0 } param { lr_mult: 0 }", True),
        ("param { lr_mult: 0 }", False),  # the bias learns
        ("param { lr_mult: 0 } param { lr_mult: 1 }", False),
        ("param { lr_mult: 0 decay_mult: 0 } param { lr_mult: 0.0 }", True),
        ("blobs_lr: 0 blobs_lr: 0", True),
        ("blobs_lr: 1 blobs_lr: 2", False),
    ],
)
def test_frozen_layers(rates: str, frozen: bool) -> None:
    trace = traced(INPUT + CONV.replace("convolution_param", f"{rates} convolution_param"))
    assert trace["conv"].frozen == (112 if frozen else 0)
    assert trace["conv"].parameters == 112


# -- faults at their places ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (CONV.replace("num_output: 4", ""), "SC103", 3),
        (CONV.replace("num_output: 4", "num_output: 0"), "SC104", 5),
        (CONV.replace("num_output: 4", "num_output: -4"), "SC104", 5),
        (CONV.replace("num_output: 4", 'num_output: "many"'), "SC603", 5),
        (CONV.replace("kernel_size: 3", "kernel_size: 9"), "SC202", 3),
        (CONV.replace("kernel_size: 3", "kernel_size: 3 group: 2"), "SC204", 3),
        (CONV.replace("kernel_size: 3", "kernel_size: 3\nstride: 0"), "SC104", 6),
        (CONV.replace("kernel_size: 3", "kernel_size: 3\nbias_term: maybe"), "SC603", 6),
        (CONV.replace("bottom", "#"), "SC603", 3),
        (CONV.replace('type: "Convolution"', ""), "SC603", 3),
        (CONV.replace('bottom: "data"', '\n bottom: "dta"'), "SC107", 5),
        (CONV.replace('bottom: "data"', "bottom: data_1 top: { }"), "SC603", 4),
        (CONV.replace("}\n}", "}"), "SC603", 6),
        (CONV + "layer { x: /a }", "SC603", 7),
        (CONV + "layer: 5", "SC603", 7),
        (CONV + layer("Softmax", "conv", "p", "softmax_param { axis: 9 }"), "SC603", 7),
        (CONV + layer("ReLU", "conv", "r", "include { phase: NIGHT }"), "SC603", 7),
        (CONV + layer("ReLU", "conv", "r", "include: 5"), "SC603", 7),
    ],
)
def test_faults_are_at_their_lines(text: str, code: str, line: int) -> None:
    found = [d for d in traced(INPUT + text).diagnostics if d.severity == "error"]
    assert [(d.code, d.line) for d in found] == [(code, line)]
    assert found[0].hint


@pytest.mark.parametrize(
    "text",
    [
        'input: "data" input_dim: 1 input_dim: 3',
        'input: "data" input_dim: 1 input_dim: 3 input_dim: 0 input_dim: 3',
        'input: "data" input_dim: 1 input_dim: 3 input_dim: -1 input_dim: 3',
        'input: "data" input_shape { }',
        'input: "data" input_shape { dim: 1 } input_shape { dim: 1 }',
        'input: "data" input_shape { dim: 99999999999999999999999999 }',
        'input: ""',
        'input: "data" input_shape: 5',
        f'input: "data" input_shape {{ {"dim: 1 " * 20} }}',
        f'input: "{"x" * 2000}"',
    ],
)
def test_impossible_inputs_are_damage(text: str) -> None:
    assert codes(traced(f"\n{text}\n{CONV}")) == [("SC603", 2)]


def test_what_is_missing_is_named_with_what_is_near() -> None:
    (found,) = (d for d in traced(INPUT + CONV + layer("ReLU", "cnov")).diagnostics
                if d.severity == "error")  # fmt: skip
    assert found.code == "SC107"
    assert "cnov" in found.message
    assert "conv" in found.hint
