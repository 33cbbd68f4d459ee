"""Files of other formats as specs of a person: the same network, with its repeats and blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.exporters.yaml_spec import export
from shapecalc.exporters.yaml_spec import proof as proofs
from shapecalc.exporters.yaml_spec.graph import Chains
from shapecalc.exporters.yaml_spec.proof import is_same

Flat = Callable[..., Trace]
Flattened = Callable[[Trace], Trace]
SPECS = Path(__file__).resolve().parents[2] / "specs"
SLOW = 100  # layers
SOUND = [
    path
    for folder in ("kinds", "lectures", "networks")
    for path in sorted((SPECS / folder).glob("*.yaml"))
]


def large(path: Path) -> bool:
    """Say whether a spec is of a whole network, which takes longer."""
    small = ("resnet-50", "u-net", "segnet", "alexnet")
    return path.parent.name == "networks" and path.stem not in small


@pytest.mark.quick(29)
@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=[pytest.mark.slow] * large(p), id=p.stem) for p in SOUND],
)
def test_every_spec_without_its_structure_is_the_same_network_again(
    path: Path, flattened: Flattened, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = flattened(shapecalc.trace(path))
    proved = []
    monkeypatch.setattr(
        "shapecalc.exporters.yaml_spec.is_same",
        lambda *args: proved.append(is_same(*args)) or proved[-1],  # type: ignore[func-returns-value]
    )
    text = export(trace)
    assert proved == [True]  # with all its structure, at the first attempt
    assert export(trace) == text
    assert len(text.splitlines()) <= len(path.read_text(encoding="utf-8").splitlines()) + 15


@pytest.mark.parametrize("path", sorted((SPECS / "frameworks").iterdir()), ids=lambda p: p.name)
def test_files_of_frameworks_are_the_same_networks_as_specs(path: Path, tmp_path: Path) -> None:
    trace = shapecalc.trace(path)
    text = str(shapecalc.convert(path, to="yaml"))
    assert text.startswith(f"# From {path.name}, whose")
    again = written(tmp_path, text)
    assert (again.totals, again.output) == (trace.totals, trace.output)
    assert "name: conv_1" in text or path.suffix != ".json"
    assert len(text.splitlines()) < 25


def written(tmp_path: Path, text: str) -> Trace:
    """Trace a text that was written."""
    path = tmp_path / "written.yaml"
    path.write_text(text, encoding="utf-8")
    return shapecalc.trace(path)


def test_resnet_50_reads_like_the_one_of_a_person(flattened: Flattened, tmp_path: Path) -> None:
    trace = shapecalc.trace(SPECS / "networks" / "resnet-50.yaml")
    text = export(flattened(trace))
    assert len(text.splitlines()) <= 45
    assert "  - stage: {K1: 128, K2: 512, times: 3}\n" in text.replace("  # stage2", "")
    again = written(tmp_path, text)
    assert again.totals == trace.totals
    assert {found.code for found in again.diagnostics} == {"SC402"}  # as in the person's


# -- what is written -------------------------------------------------------------------------------


def chain(*layers: Any) -> list[Any]:
    """Return layers with names of a framework's own."""
    return [{kind: {"name": f"{kind}_{n}", **fields}} for n, (kind, fields) in enumerate(layers)]


CONV = ("conv", {"K": 8, "F": 3, "S": 1, "P": "same", "dilation": 1, "groups": 1, "bias": True})
RELU: tuple[str, dict[str, Any]] = ("relu", {})


def test_fields_that_say_nothing_are_left_out(foreign: Flat) -> None:
    layers = [
        ("conv", {"K": 8, "F": [3, 3], "S": [1, 1], "P": "valid", "bias": True}),
        ("conv", {"K": 8, "F": 1, "P": "same", "bias": False}),
        ("max_pool", {"F": 2, "S": 2, "P": "valid"}),
        ("relu", {"max": 6.0}),
        ("pad", {"P": [[1, 1], [1, 1]]}),
        ("pad", {"P": [[0, 1], [0, 1]]}),
        ("batch_norm", {"eps": 1e-5}),
        ("dropout", {"rate": 0.5}),
        ("flatten", {}),
        ("reshape", {"output": [4, 36, 2]}),
        ("dense", {"units": 3, "bias": True}),
    ]
    assert export(foreign(chain(*layers))) == (
        "input: 8x8x4\n"
        "rounding: floor\n"
        "layers:\n"
        "  - conv: {K: 8, F: 3}\n"
        "  - conv: {K: 8, F: 1, bias: false}\n"
        "  - max_pool: 2\n"
        "  - relu6\n"
        "  - pad: 1\n"
        "  - pad: [[0, 1], [0, 1]]\n"
        "  - batch_norm\n"
        "  - dropout\n"
        "  - flatten\n"
        "  - reshape: 4x36x2\n"
        "  - dense: 3\n"
        "expect: {output: 3, parameters: 1243, non_trainable: 16, macs: 13536}\n"
    )


def test_runs_are_repeats_and_pieces_are_blocks(foreign: Flat) -> None:
    layers = []
    for K in (8, 16, 32, 64):
        for _ in range(2):
            layers += [("conv", {"K": K, "F": 3, "P": 1}), ("batch_norm", {}), RELU]
        layers.append(("max_pool", {"F": 2}))
    trace = foreign(chain(*layers), {"input": [32, 32, 3]}, "folder/net.toy", name="Net")
    assert export(trace) == (
        "# From net.toy, whose own names stand in the comments.\n"
        "name: Net\n"
        "input: 32x32x3\n"
        "rounding: floor\n"
        "blocks:\n"
        "  conv_norm_relu:\n"
        "    parameters: {K: null}\n"
        "    layers: [{conv: {K: $K, F: 3, P: 1}}, batch_norm, relu]\n"
        "layers:\n"
        "  - repeat: {times: 2, layers: [{conv_norm_relu: 8}]}  # conv_0 to relu_5\n"
        "  - max_pool: 2\n"
        "  - repeat: {times: 2, layers: [{conv_norm_relu: 16}]}  # conv_7 to relu_12\n"
        "  - max_pool: 2\n"
        "  - repeat: {times: 2, layers: [{conv_norm_relu: 32}]}  # conv_14 to relu_19\n"
        "  - max_pool: 2\n"
        "  - repeat: {times: 2, layers: [{conv_norm_relu: 64}]}  # conv_21 to relu_26\n"
        "  - max_pool: 2\n"
        "expect: {output: 2x2x64, parameters: 74088, non_trainable: 480, macs: 3465216}\n"
    )


def test_names_are_kept_where_they_say_something(foreign: Flat, tmp_path: Path) -> None:
    layers = [
        {"conv": {"name": "stem/conv", "K": 8, "F": 3}},
        {"relu": {"name": "re_lu_17"}},
        {"conv": {"name": "conv1", "K": 4, "F": 1}},
        {"conv": {"name": "7", "K": 3, "F": 1}},
        {"dense": {"name": "fc6", "units": 2}},
        {"relu": {"name": "fc6/relu"}},
        {"dense": {"name": "input", "units": 2}},
    ]
    text = export(foreign(layers, {"image": [8, 8, 4]}))
    assert "  - conv: {name: stem_conv, K: 8, F: 3}\n  - relu\n" in text
    assert "  - conv: {K: 4, F: 1}\n  - conv: {K: 3, F: 1}\n" in text
    assert "  - dense: {name: fc6, units: 2}\n  - relu\n" in text
    assert "  - dense: {name: input_2, units: 2}\n" in text
    assert not [d for d in written(tmp_path, text).diagnostics if d.severity == "error"]


def test_names_that_are_needed_never_collide(foreign: Flat, tmp_path: Path) -> None:
    """conv2 is what the language would call the second convolution; here the third has the name."""
    layers = [
        {"conv": {"name": "conv9", "K": 4, "F": 1}},
        {"conv": {"name": "conv_2", "from": "conv9", "K": 4, "F": 1}},
        {"conv": {"name": "conv2", "from": "conv9", "K": 4, "F": 1}},
        {"conv": {"name": "relu61", "from": "conv9", "K": 4, "F": 1}},
        {"subtract": {"name": "add1", "from": ["conv_2", "conv2"]}},
        {"subtract": {"name": "last", "from": ["add1", "relu61"]}},
        {"concat": {"name": "all", "from": ["conv9", "conv2", "relu61", "last", "add1"]}},
    ]
    again = written(tmp_path, export(foreign(layers)))
    assert not [d for d in again.diagnostics if d.severity == "error"]
    assert again.output == (8, 8, 20)


def test_several_inputs_outputs_shared_and_frozen_layers(foreign: Flat) -> None:
    layers = [
        {"conv": {"name": "a", "from": "left in", "K": 4, "F": 3, "trainable": False}},
        {"conv": {"name": "b", "from": "right/in", "K": 4, "F": 3, "share": "a"}},
        {"max_pool": {"name": "p", "F": 2}},
        {"max_unpool": {"name": "u", "from": "p", "of": "p"}},
        {"crop": {"name": "c", "from": "a", "like": "p"}},
        {"dense": {"name": "d1", "from": "u", "units": 7}},
        {"dense": {"name": "d2", "units": 144, "bias": False,
                   "share": {"weight": "d1", "transposed": True}}},
        {"operation": {"name": "lonely", "from": [], "what": "Constant", "output": [3],
                       "parameters": {"w": [3]}, "macs": 0}},
    ]  # fmt: skip
    trace = foreign(layers, {"left in": [8, 8, 4], "right/in": [8, 8, 4]}, outputs=["d2", "c"])
    text = export(trace)
    assert "inputs: {left_in: 8x8x4, right_in: 8x8x4}\n" in text
    assert "  - conv: {name: a, from: left_in, K: 4, F: 3, trainable: false}\n" in text
    assert "  - conv: {name: b, from: right_in, K: 4, F: 3, share: a}\n" in text
    assert "  - max_unpool: {name: u, of: p}\n" in text
    assert "share: {weight: d1, transposed: true}" in text
    assert "outputs: [d2, c]\n" in text


def test_open_sizes_stay_open(foreign: Flat, tmp_path: Path) -> None:
    trace = foreign(chain(CONV, RELU), {"input": [None, None, 3]})
    text = export(trace)
    assert "input: ?x?x3\n" in text
    assert written(tmp_path, text).output == trace.output == (None, None, 8)


@pytest.mark.parametrize("sizes", [[None], [7], [None, 3], [None, 9, 9, 3], [5, None, 9, 3]])
def test_inputs_of_every_rank_stay_what_they_are(
    sizes: list[int | None], foreign: Flat, tmp_path: Path
) -> None:
    trace = foreign(chain(RELU, ("tanh", {})), {"input": sizes})
    text = export(trace)
    assert "  - relu\n  - tanh\n" in text
    assert [*written(tmp_path, text).inputs.values()] == [tuple(sizes)]


def test_an_input_without_axes_is_refused(foreign: Flat) -> None:
    with pytest.raises(shapecalc.SpecError, match="SC604"):
        export(foreign(chain(RELU), {"input": None}))


def test_unsound_networks_are_written_as_they_are(foreign: Flat) -> None:
    unknown = foreign([{"nothing": {"name": "x"}}, {"relu": {"name": "y", "from": "missing"}}])
    assert "  - nothing: {name: x}\n" in export(unknown)
    misfit = foreign(chain(("conv", {"K": 4, "F": 30}), RELU))
    assert "F: 30" in export(misfit)


def test_names_of_scopes_are_without_what_says_nothing(foreign: Flat) -> None:
    layers = [
        {"conv": {"name": "/stem/stem.0/first/Conv", "K": 4, "F": 3}},
        {"relu": {"name": "/stem/stem.0/Relu"}},
        {"conv": {"name": "/twice/Conv", "K": 4, "F": 1}},
        {"conv": {"name": "/twice/Conv_1", "K": 5, "F": 1}},
        {"relu": {"name": "/Relu"}},
    ]
    text = export(foreign(layers))
    assert "  - conv: {name: stem_0_first, K: 4, F: 3}\n  - relu: {name: stem_0}\n" in text
    assert "{name: twice_Conv, K: 4, F: 1}" in text
    assert "{name: twice_Conv_1, K: 5, F: 1}\n  - relu\n" in text


def test_comments_are_one_line_and_silence_nothing(foreign: Flat, tmp_path: Path) -> None:
    """Names are any text; what stands behind a # is still a comment, and never an order to us."""
    layers = []
    for size in range(9):
        name = f"a{size}\n- dense: 3\u2028\x85 # shapecalc: ignore-file[SC402] " + "x" * 300
        layers += [
            {"conv": {"name": f"{name}/conv", "K": size + 1, "F": 1, "S": 2}},
            {"batch_norm": {"name": f"{name}/norm"}},
            {"relu": {"name": f"{name}/act"}},
        ]
    text = export(foreign(layers, {"input": [2000, 2000, 3]}, "x\n# shapecalc: ignore-file[SC402]"))
    assert text.count("#") > 5
    again = written(tmp_path, text)
    assert len(again) == 27
    assert "SC402" in {found.code for found in again.diagnostics}


# -- closed branches -------------------------------------------------------------------------------


def branched(*, leak: bool = False) -> list[Any]:
    """Return a residual written flat; with a `leak`, something else takes a layer inside."""
    layers = [
        {"conv": {"name": "stem", "K": 4, "F": 1}},
        {"conv": {"name": "one", "from": "stem", "K": 4, "F": 1}},
        {"relu": {"name": "act", "from": "one"}},
        {"conv": {"name": "two", "from": "act", "K": 4, "F": 1}},
        {"add": {"name": "sum", "from": ["stem", "two"]}},
    ]
    extra = [{"concat": {"name": "end", "from": ["sum", "act"]}}] if leak else []
    return layers + extra


def test_closed_branches_become_composites(foreign: Flat) -> None:
    text = export(foreign(branched()))
    assert "  - residual: [{conv: {K: 4, F: 1}}, relu, {conv: {K: 4, F: 1}}]" in text


def test_branches_that_others_look_into_stay_layers(foreign: Flat) -> None:
    text = export(foreign(branched(leak=True)))
    assert "residual" not in text
    assert "  - add: {name: sum, from: [stem, two]}\n" in text
    assert "  - concat: {name: end, from: [sum, act]}\n" in text


def test_a_value_added_to_itself_stays_an_add(foreign: Flat) -> None:
    layers = [{"relu": {"name": "a"}}, {"add": {"name": "b", "from": ["a", "a"]}}]
    assert "  - relu: {name: a}\n  - add: {name: b, from: [a, a]}\n" in export(foreign(layers))


def dense_layers(count: int) -> list[Any]:
    """Return layers that each take all outputs before them, joined anew every time."""
    layers: list[Any] = []
    outputs = ["input"]
    for number in range(1, count + 1):
        if number > 1:
            layers.append({"concat": {"name": f"join{number}", "from": [*outputs]}})
        layers += [
            {"relu": {"name": f"dense{number}.act"}},
            {"conv": {"name": f"dense{number}.conv", "K": 8, "F": 3, "P": 1}},
        ]
        outputs.append(f"dense{number}.conv")
    return [*layers, {"concat": {"name": "all", "from": outputs}}]


def test_what_is_joined_anew_each_time_is_joined_step_by_step(foreign: Flat) -> None:
    text = export(foreign(dense_layers(9)))
    assert "times: 9" in text
    assert "parallel" in text
    assert len(text.splitlines()) < 12


def test_another_order_is_not_joined_step_by_step(foreign: Flat, tmp_path: Path) -> None:
    layers = dense_layers(3)
    layers[-1]["concat"]["from"].reverse()
    trace = foreign(layers)
    text = export(trace)
    assert "from: [dense3_conv, dense2_conv, dense1_conv, input]" in text
    assert written(tmp_path, text).totals == trace.totals


# -- the proof -------------------------------------------------------------------------------------

PLANTED = (
    ("K: 4", "K: 5"),
    ("F: 1", "F: 1, bias: false"),
    ("relu", "tanh"),
    ("relu", "relu, relu"),
    ("input: 8x8x4", "input: 8x8x5"),
    ("eps: 0.001", "eps: 0.002"),
    ("from: left", "from: middle"),
    ("outputs: [end", "outputs: [left"),
    ("share: left", "trainable: true"),
    ("subtract: [end, left]", "subtract: [left, end]"),
)
SPEC = """\
input: 8x8x4
layers:
  - conv: {name: left, K: 4, F: 1}
  - relu: {name: middle}
  - conv: {name: right, from: left, K: 4, F: 1, share: left}
  - batch_norm: {name: end, eps: 0.001}
  - subtract: [end, left]
outputs: [end, subtract1]
"""


def test_the_proof_finds_every_planted_difference(tmp_path: Path) -> None:
    trace = written(tmp_path, SPEC)
    assert is_same(SPEC, trace, range(5))
    for old, new in PLANTED:
        assert old in SPEC
        assert not is_same(SPEC.replace(old, new), trace, range(5)), (old, new)
    assert not is_same(SPEC, trace, [1, 0, 2, 3, 4])
    assert not is_same(SPEC, trace, [0, 0, 2, 3, 4])


def test_the_proof_knows_what_a_joined_value_holds(tmp_path: Path) -> None:
    layers = "  - relu: {name: a}\n  - tanh: {name: b, from: input}\n  - concat: [a, b]\n"
    flat = f"input: 8x8x4\nlayers:\n{layers}  - concat: [a, b, input]\n"
    trace = written(tmp_path, flat)
    good = flat.replace("[a, b, input]", "[concat1, input]")
    assert is_same(good, trace, range(4))
    for wrong in ("[input, concat1]", "[concat1, a]", "[b, a, input]"):
        assert not is_same(flat.replace("[a, b, input]", wrong), trace, range(4)), wrong


def test_what_is_not_proved_is_written_flatter(
    foreign: Flat, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = foreign(branched())
    attempts: list[str] = []

    def refuses(times: int) -> Callable[..., bool]:
        def check(text: str, *args: Any) -> bool:
            attempts.append(text)
            return len(attempts) > times and proofs.is_same(text, *args)

        return check

    monkeypatch.setattr("shapecalc.exporters.yaml_spec.is_same", refuses(1))
    flat = export(trace)
    assert "residual" in attempts[0]
    assert flat == attempts[1]
    assert "residual" not in flat
    attempts.clear()
    monkeypatch.setattr("shapecalc.exporters.yaml_spec.is_same", refuses(2))
    assert "  - add: {name: sum, from: [stem, two]}\n" in export(trace)
    assert len(attempts) == 2


def test_chains_take_every_layer_once(foreign: Flat) -> None:
    from shapecalc.exporters.yaml_spec.elements import leaves
    from shapecalc.exporters.yaml_spec.reading import flat_of

    flat = flat_of(foreign(branched(leak=True)).spec)
    assert flat is not None
    order = [i for chain in Chains(flat).listed() for i in leaves(chain.elements)]
    assert sorted(order) == list(range(6))


# -- specs -----------------------------------------------------------------------------------------


def test_a_spec_in_yaml_is_returned_as_it_stands(tmp_path: Path) -> None:
    text = "# mine\ninput:   8x8x4\nlayers: [relu]   # short\n"
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    assert shapecalc.convert(path, to="yaml") == text
    assert shapecalc.convert(path, to="yaml", inputs="6x6x4") == "input: 6x6x4\nlayers:\n  - relu\n"


def test_a_spec_in_json_keeps_its_structure(tmp_path: Path) -> None:
    path = SPECS / "networks" / "resnet-50.yaml"
    json = tmp_path / "spec.json"
    json.write_text(str(shapecalc.convert(path)), encoding="utf-8")
    text = shapecalc.convert(json, to="yaml")
    assert "      - conv: {K: $width, F: 3, S: $S, P: 1, bias: false}\n" in str(text)
    again = written(tmp_path, str(text))
    assert [record.name for record in again] == [record.name for record in shapecalc.trace(path)]
    assert again.totals == shapecalc.trace(path).totals


@pytest.mark.slow
@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_every_spec_as_data_is_the_same_again(path: Path, tmp_path: Path) -> None:
    trace = shapecalc.trace(path)
    text = shapecalc.convert(trace.spec.document.data, to="yaml")
    again = written(tmp_path, str(text))
    assert again.to_dict()["layers"] == trace.to_dict()["layers"]
    assert again.totals == trace.totals
    assert [d.code for d in again.diagnostics] == [d.code for d in trace.diagnostics]


def test_values_that_no_file_has_are_refused() -> None:
    with pytest.raises(shapecalc.SpecError, match="YAML"):
        shapecalc.convert({"input": 3, "layers": ["relu"], "source": object()}, to="yaml")
    nested: list[Any] = ["relu"]
    for _ in range(5000):
        nested = [nested]
    with pytest.raises(shapecalc.SpecError, match="YAML"):
        shapecalc.convert({"input": 3, "layers": ["relu"], "source": nested}, to="yaml")


# -- hostile networks ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [300, pytest.param(5000, marks=pytest.mark.slow)])
def test_long_networks_of_every_shape_are_written(size: int, foreign: Flat, tmp_path: Path) -> None:
    kinds = ("relu", "tanh", "batch_norm", "sigmoid", "gelu", "elu")
    skips: list[Any] = [{"relu": {"name": "n0"}}, {"relu": {"name": "n1"}}]
    skips += [
        {"add": {"name": f"n{i}", "from": [f"n{i - 1}", f"n{i // 2}"]}}
        for i in range(3, min(size, 600))
    ]
    skips[2]["add"]["from"] = ["n0", "n1"]
    equal = chain(*[RELU] * size)
    mixed = chain(*[(kinds[(i * i * 7 + i // 3) % 6], {}) for i in range(size)])
    sizes = chain(*[("conv", {"K": 1 + i * i % 37, "F": 1}) for i in range(size)])
    for layers in (skips, equal, mixed, sizes):
        trace = foreign(layers)
        assert len(written(tmp_path, export(trace))) == len(trace)
