"""What people write in other ways than a spec has it: what is offered in its place, and works.

Every kind of slip stands here in all its spellings: what is one thing gets an edit that gives a
sound network, what may be several or nothing gets none.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import Diagnostic
from tests.repairs.test_edits import cut, failures

NAME = "spec.yaml"


def spec(item: str, volume: str = "16x16x3") -> str:
    """Return a spec of one layer, as its item is written."""
    return f"input: {volume}\nlayers:\n  - {item}\n"


@pytest.fixture
def errors_of(tmp_path: Path) -> Callable[[str], list[Diagnostic]]:
    """Return what gives the errors and warnings of a text; all its edits have to work."""

    def found(text: str) -> list[Diagnostic]:
        path = tmp_path / NAME
        assert list(failures(text, path)) == []
        path.write_text(text, encoding="utf-8", newline="")
        return [d for d in shapecalc.trace(path).diagnostics if d.severity != "advice"]

    return found


def mended(text: str, found: Diagnostic) -> list[str]:
    """Return the line that each edit leaves, without the dash."""
    return [
        cut(text, edit).split("\n")[found.edits[0].line - 1].strip(" -") for edit in found.edits
    ]


ONE_THING = [
    # a shorthand that cannot be the main field
    ("conv: [32, 3]", "conv: {K: 32, F: 3}"),
    ("conv: [32, 3, 3]", "conv: {K: 32, F: 3}"),
    ("conv: [32, [3, 5]]", "conv: {K: 32, F: [3, 5]}"),
    ("conv: [8]", "conv: {K: 8, F: 3}"),
    ('conv: "8"', "conv: {K: 8, F: 3}"),
    ("conv: 8 3", "conv: {K: 8, F: 3}"),
    ("conv: 8, 3", "conv: {K: 8, F: 3}"),
    ("conv: (8, 3)", "conv: {K: 8, F: 3}"),
    ('conv: "[8, 3]"', "conv: {K: 8, F: 3}"),
    ("conv: F=3", "conv: {K: 16, F: 3}"),
    ("conv: K=8", "conv: {K: 8, F: 3}"),
    ("conv: K=8 F=3", "conv: {K: 8, F: 3}"),
    ('conv: "K: 8, F: 3"', "conv: {K: 8, F: 3}"),
    ("conv: 8 filters of 3x3", "conv: {K: 8, F: 3}"),
    ("conv: 8 filters 3x5", "conv: {K: 8, F: [3, 5]}"),
    ("conv: 8@3x3", "conv: {K: 8, F: 3}"),
    ("conv_transpose: 8 3", "conv_transpose: {K: 8, F: 3}"),
    ("conv: {K=32, F=3}", "conv: {K: 32, F: 3}"),
    ("conv: {K:32, F:3}", "conv: {K: 32, F: 3}"),
    ("conv: {K: 32, F=3}", "conv: {K: 32, F: 3}"),
    ("conv: {K: 32, F=3x5, name: a}", "conv: {K: 32, F: 3x5, name: a}"),
    ("conv: {K: [8], F: 3}", "conv: {K: 8, F: 3}"),
    ("dense: [10]", "dense: 10"),
    ("dense: units=10", "dense: {units: 10}"),
    ("max_pool: 2, 2", "max_pool: {F: 2, S: 2}"),
    ("max_pool: [2, 2, 0]", "max_pool: {F: 2, S: 2, P: 0}"),
    ('max_pool: {F: "2, 4"}', "max_pool: {F: [2, 4]}"),
    ("conv2d: [16, 5]", "conv: {K: 16, F: 5}"),
    # numbers in another dress
    ('conv: {K: 8, F: 3, S: "1"}', "conv: {K: 8, F: 3, S: 1}"),
    ('conv: {K: 8, F: 3, S: "0"}', "conv: {K: 8, F: 3, S: 1}"),
    ("conv: {K: 8, F: 3, S: 0}", "conv: {K: 8, F: 3, S: 1}"),
    ('conv: {K: 8, F: ["3", 5]}', "conv: {K: 8, F: [3, 5]}"),
    ("conv: {K: 8, F: 3.0}", "conv: {K: 8, F: 3}"),
    ('conv: {K: 8, F: 3, P: "1"}', "conv: {K: 8, F: 3, P: 1}"),
    ("dense: -3", "dense: 3"),
    ('dense: "10"', "dense: 10"),
    ('dropout: "0.5"', "dropout: 0.5"),
    ("dropout: 50%", "dropout: 0.5"),
    ('dropout: "50"', "dropout: 0.5"),
    ("dropout: 50", "dropout: 0.5"),
    ('leaky_relu: "0.2"', "leaky_relu: 0.2"),
    ('batch_norm: {eps: "1e-3"}', "batch_norm: {eps: 0.001}"),
    # other tools' names of fields
    ("conv: {K: 8, F: 3, pad: 1}", "conv: {K: 8, F: 3, P: 1}"),
    ("conv: {K: 8, size: 3}", "conv: {K: 8, F: 3}"),
    ("conv: {K: 8, filter_size: 3}", "conv: {K: 8, F: 3}"),
    ("conv: {K: 8, kernel: 3}", "conv: {K: 8, F: 3}"),
    ("conv: {K: 8, kernelSize: 3}", "conv: {K: 8, kernel_size: 3}"),
    ("conv: {n_filters: 8, F: 3}", "conv: {K: 8, F: 3}"),
    ("conv: {num_output: 8, F: 3}", "conv: {K: 8, F: 3}"),
    ("max_pool: {window: 2}", "max_pool: {F: 2}"),
    ("max_pool: {F: 2, step: 2}", "max_pool: {F: 2, S: 2}"),
    ("dense: {neurons: 10}", "dense: {units: 10}"),
    ("dropout: {prob: 0.5}", "dropout: {rate: 0.5}"),
    ("adaptive_avg_pool: {size: 2}", "adaptive_avg_pool: {output: 2}"),
    ("repeat: {n: 2, layers: [relu]}", "repeat: {times: 2, layers: [relu]}"),
    ("repeat: {times: 2, layers: relu}", "repeat: {times: 2, layers: [relu]}"),
    ("residual: {body: relu}", "residual: {body: [relu]}"),
    ("max_pool: {F: 3, rounding: down}", "max_pool: {F: 3, rounding: floor}"),
    ("conv: {K: 8, F: 3, name: a b}", "conv: {K: 8, F: 3, name: a_b}"),
    # the kind as a value
    ("{type: conv, K: 8, F: 3}", "conv: {K: 8, F: 3}"),
    ("{name: a, kind: conv, K: 8, F: 3}", "conv: {name: a, K: 8, F: 3}"),
    ("{layer: relu}", "relu"),
    ("{class_name: Dense, config: {units: 10}}", "Dense: {units: 10}"),
]


@pytest.mark.quick(13)
@pytest.mark.parametrize(("item", "meant"), ONE_THING)
def test_what_is_one_thing_is_offered_and_gives_a_sound_network(
    errors_of: Callable[[str], list[Diagnostic]], item: str, meant: str, tmp_path: Path
) -> None:
    text = spec(item)
    (found,) = [d for d in errors_of(text) if d.code.startswith("SC1")]
    assert mended(text, found) == [meant]
    after = shapecalc.trace({"input": "16x16x3", "layers": _layers(tmp_path, meant)})
    assert [d for d in after.diagnostics if d.code.startswith("SC1")] == []


def _layers(folder: Path, item: str) -> Any:
    path = folder / "meant.yaml"
    path.write_text(spec(item), encoding="utf-8")
    return shapecalc.read(path).document.data["layers"]


NOT_TOLD = [
    "conv: [3, 8, 3]",  # 8 filters on depth 3, or 3 filters of 8x3
    "conv: [8, 3, 2, 1]",
    "conv: 8x3",
    "conv: 3x3x8",
    "conv: eight",
    "conv: [0, 3]",
    "conv: []",
    "conv: true",
    "conv2d: [32, 3, 3]",  # Keras' stride 3, or PyTorch's 3 filters
    "nn.Conv2d: [8, 3]",
    "dense: [768, 10]",
    "dense: 0",
    'dense: "0"',
    "max_pool: 0",
    'max_pool: {F: "0"}',
    "max_pool: {F: [2, 0]}",
    "conv: {K: 8, F: 3x0}",
    "conv: {K: 0, F: 3}",
    "conv: {K: 8, F: 3, S: 0.5}",
    "dropout: 1",
    "dropout: 1.5",
    "dropout: half",
    "upsample: half",
]


@pytest.mark.parametrize("item", NOT_TOLD)
def test_what_may_be_several_things_or_none_gets_no_edit(
    errors_of: Callable[[str], list[Diagnostic]], item: str
) -> None:
    (found,) = errors_of(spec(item))
    assert found.code == "SC104"
    assert found.edits == ()
    assert found.hint
    assert "write " not in found.hint


def test_a_window_or_a_size_and_a_stride_are_both_offered(
    errors_of: Callable[[str], list[Diagnostic]],
) -> None:
    text = spec("max_pool: 4, 2")
    (found,) = errors_of(text)
    assert mended(text, found) == ["max_pool: {F: 4, S: 2}", "max_pool: [4, 2]"]


@pytest.mark.parametrize("key", ["input_shape", "input_size", "Input_Shape", "inputShape"])
@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("28x28x1", "28x28x1"), ("[28, 28, 1]", "[28, 28, 1]"), ("(28, 28, 1)", "28x28x1"),
        ("(None, 28, 28, 1)", "28x28x1"), ("784", "784"),
    ],
)  # fmt: skip
def test_an_input_by_another_name_keeps_its_value(
    errors_of: Callable[[str], list[Diagnostic]], key: str, value: str, meant: str
) -> None:
    text = f"{key}: {value}\nlayers:\n  - relu\n"
    (found,) = errors_of(text)
    assert mended(text, found) == [f"input: {meant}"]
    assert [d.code for d in found.consequences] == ["SC103"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("input: 4\nlayers: relu\n", "layers: [relu]"),
        ("input: 4x4x3\nlayers:\n  conv: {K: 3, F: 3}\n  relu:\n", "[{conv: {K: 3, F: 3}}, relu]"),
        ("input: 4\nlayers: {dense: 10}\n", "layers: [{dense: 10}]"),
        ("input: 32x32x3\nrounding: down\nlayers:\n  - max_pool: 3\n", "rounding: floor"),
        ("input: 4\nbatch_size: 3\nlayers: [relu]\n", "batch: 3"),
        ("input: 4\nbatch: 64.0\nlayers: [relu]\n", "batch: 64"),
        ("input: 4\nlayers: [relu]\nexample: {lr: 0.1}\n", "example: {rate: 0.1}"),
        ("input: 4\nlayers: [relu]\nexpect: {output=4}\n", "expect: {output: 4}"),
        ("inputs: {a b: 4}\nlayers: [relu]\n", "inputs: {a_b: 4}"),
    ],
)
def test_the_top_level_is_mended(
    errors_of: Callable[[str], list[Diagnostic]], text: str, meant: str
) -> None:
    (found,) = errors_of(text)
    assert mended(text, found) == [meant]


NOT_THE_SAME = [
    "batch_renorm", "BatchRenormalization", "lp_pool", "lp_pooling", "mix_pool", "mixed_pool",
    "depool", "repad", "re_dense",
]  # fmt: skip


@pytest.mark.parametrize("word", NOT_THE_SAME)
def test_a_word_that_means_another_thing_is_not_offered_as_ours(
    errors_of: Callable[[str], list[Diagnostic]], word: str
) -> None:
    (found,) = errors_of(spec(f"{word}: 2"))
    assert found.code == "SC105"
    assert found.message.startswith(f"there is no layer kind {word}")
    assert found.edits == ()
    assert "did you mean" not in found.hint


def test_a_layer_is_not_offered_beside_itself(
    errors_of: Callable[[str], list[Diagnostic]],
) -> None:
    text = "input: 8x8x3\nlayers:\n  - relu\n  - tanh\n  - add: [relu1, {}]\n"
    for wrong in ("rleu1", "relu2", "relu11"):
        (found,) = errors_of(text.replace("{}", wrong))
        assert found.code == "SC107"
        assert found.edits == ()
    assert errors_of(text.replace("relu1, {}", "rleu1, rleu1"))[0].edits == ()
    (found,) = errors_of(text.replace("{}", "tnah1"))
    assert mended(text.replace("{}", "tnah1"), found) == ["add: [relu1, tanh1]"]


@pytest.mark.parametrize(
    ("volume", "item", "meant"),
    [
        ("4x3", "max_pool: {F: 2, dilation: 5, P: 1, S: 1}", "dilation: 4"),
        ("8x8x3", "max_pool: {F: 2, dilation: 9, P: 2, S: 1}", "dilation: 8"),
        ("4x4x3", "conv: {K: 2, F: 2, P: 3}", "P: 1"),
    ],
)
def test_a_padding_of_no_use_is_mended(
    errors_of: Callable[[str], list[Diagnostic]], volume: str, item: str, meant: str
) -> None:
    text = spec(item, volume)
    (found,) = errors_of(text)
    assert found.code == "SC406"
    assert meant in mended(text, found)[0]


def test_what_cannot_be_read_is_not_behind_what_does_not_fit(
    errors_of: Callable[[str], list[Diagnostic]],
) -> None:
    text = spec("max_pool: F=3 S=2")
    found = errors_of(text)
    assert [d.code for d in found] == ["SC104", "SC201"]
    assert found[0].edits


def test_a_finding_that_stays_is_not_folded(errors_of: Callable[[str], list[Diagnostic]]) -> None:
    """The missing F may be added: what is wrong with K is wrong still, at another place."""
    found = errors_of(spec("{type: conv, K: 8, F: 3, strid: 2}"))
    assert [d.message for d in found] == [
        "the kind is a key of its own, and not the value of type",
        "conv has no field strid",
    ]


def test_a_word_of_a_framework_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / NAME
    for item in ("activation: relu", "Activation: relu"):
        text = spec(item)
        path.write_text(text, encoding="utf-8")
        (found,) = shapecalc.trace(path).diagnostics
        word = item.partition(":")[0]
        assert found.message == f"relu1: {word} is a word of Keras"
        assert mended(text, found) == ["relu"]


@pytest.mark.parametrize(
    ("merge", "meant"),
    [
        ("concat: [a, flatten1]", "concat: [a_flat, flatten1]"),
        ("concat: {from: [flatten1, a], name: c}", "concat: {from: [flatten1, a_flat], name: c}"),
    ],
)
def test_a_volume_that_is_joined_with_a_flat_vector_is_flattened(
    errors_of: Callable[[str], list[Diagnostic]], merge: str, meant: str, tmp_path: Path
) -> None:
    layers = ["conv: {K: 8, F: 3, name: a}", "flatten", merge]
    text = "input: 8x8x3\nlayers:\n" + "".join(f"  - {item}\n" for item in layers)
    (found,) = errors_of(text)
    assert found.code == "SC205"
    after = cut(text, found.edits[0])
    assert after.endswith(f"  - flatten: {{name: a_flat, from: a}}\n  - {meant}\n")
    path = tmp_path / NAME
    path.write_text(after, encoding="utf-8")
    assert shapecalc.trace(path).output == (2 * 6 * 6 * 8,)


@pytest.mark.parametrize("rounding", ["exact", "floor"])
def test_the_shortcut_of_a_bare_body_gets_the_stride(
    errors_of: Callable[[str], list[Diagnostic]], rounding: str, tmp_path: Path
) -> None:
    size = 57 if rounding == "exact" else 56
    text = (
        f"input: {size}x{size}x64\nrounding: {rounding}\nlayers:\n  - residual:\n"
        "      - conv: {K: 128, F: 3, S: 2, P: 1}\n      - conv: {K: 128, F: 3, P: 1}\n"
    )
    (found,) = errors_of(text)
    (edit,) = [e for e in found.edits if e.title.startswith("conv: {K: 128, F: 1, S: 2}")]
    path = tmp_path / NAME
    path.write_text(cut(text, edit), encoding="utf-8")
    assert shapecalc.trace(path).output == ((size + 1) // 2, (size + 1) // 2, 128)
