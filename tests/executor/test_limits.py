"""What a run refuses before it begins, each with the key or the place that is wrong."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from shapecalc import SpecError, trace
from shapecalc.executor import limits, run
from shapecalc.executor.verify import foreseen, verify
from shapecalc.tracing import known

pytestmark = pytest.mark.slow

Spec = dict[str, Any]


def chain(size: str | int, *layers: Any, **more: Any) -> Spec:
    """Return a spec whose layers follow each other."""
    return {"input": size, "layers": list(layers), **more}


NET = chain("3x3x1", {"conv": {"K": 2, "F": 2}}, {"dense": 3}, "softmax")
PAIR = {"inputs": {"a": 4, "b": 4}, "layers": [{"add": ["a", "b"]}]}
TWO = {"input": 2, "layers": ["relu", {"tanh": {"from": "input"}}], "outputs": ["relu1", "tanh1"]}
MANY = chain(1, {"repeat": {"times": 100_001, "layers": ["relu"]}})
NAN, INF = float("nan"), float("inf")
ONCE: Any = {"batch": 1, "dtype": "float64", "only": None}
X = np.ones((3, 3))
ROWS = [[1, 1, 1], [1, 1, 1]]


class Unreadable:
    """Raises what it likes, as a tensor that records its gradient does."""

    def __array__(self, *how: Any, **more: Any) -> Any:
        raise RuntimeError("not\nnow")


def case(code: str, key: str, said: str, spec: Spec = NET, **how: Any) -> Any:
    """Return what is wrong with a run of a network: the code, the key, and words of the message."""
    return pytest.param(code, key, said, {"spec": spec, **how}, id=f"{code} {key}: {said}")


REFUSED = [
    case("SC104", "input", "3x4, and should be 1x3x3", inputs=np.ones((3, 4))),
    case("SC104", "input", "a single number", inputs=1),
    case("SC104", "input", "9, and should be", inputs=np.ones(9)),
    case("SC104", "input", "2x2x3x3, and should be", inputs=np.ones((2, 2, 3, 3))),
    case("SC104", "input", "nan at [2, 1]", inputs=[*ROWS, [1, NAN, 1]]),
    case("SC104", "input", "inf at [0, 0]", inputs={"input": X * INF}),
    case("SC104", "input", "nan at [2, 0]", inputs=[*ROWS, [None, 1, 1]]),
    case("SC104", "input", "it holds text", inputs=[*ROWS, [1, "x", 1]]),
    case("SC104", "input", "it holds text", inputs=[["1", "2", "3"]] * 3),  # which float() reads
    case("SC104", "input", "it holds text", inputs=np.array([[b"1"] * 3] * 3)),
    case("SC104", "input", "text or complex", inputs=np.array([[1, "2", 3]] * 3, object)),
    case("SC104", "input", "it holds complex numbers", inputs=X + 1j),
    case("SC104", "input", "it holds complex numbers", inputs=[*ROWS, [1, 1, 0j]]),
    case("SC104", "input", "text or complex", inputs=np.array([[1, 0j, 3]] * 3, object)),
    case("SC104", "input", "it holds dates", inputs=np.full((3, 3), "2026-11-27", "M8[D]")),
    case("SC104", "input", "it holds times", inputs=np.full((3, 3), 7, "m8[s]")),
    case("SC104", "input", "it holds records", inputs=np.zeros((3, 3), [("a", float)])),
    case("SC104", "input", "not an array of real numbers", inputs=[*ROWS, [1, 2]]),
    case("SC104", "input", "not an array of real numbers", inputs=object()),
    case("SC104", "input", "not an array of real numbers", inputs=Unreadable()),
    case("SC104", "input", "not an array of real numbers", inputs=[*ROWS, [1, 1, 10**400]]),
    case("SC104", "input", "inf at [0, 0]", inputs=X * 1e300, dtype="float32"),
    case("SC104", "conv1.bias", "it holds complex numbers", parameters={"conv1.bias": [1, 1j]}),
    case("SC104", "dense1", "it holds complex numbers", upstream={"dense1": [1, 1, 1j]}),
    case("SC104", "loss.squared_error", "it holds text", loss={"squared_error": ["0", "1", "0"]}),
    *(case("SC104", "training", f"true or false, not {shown}", training=value)
      for value, shown in (("no", "no"), ("yes", "yes"), (0, "0"), (1, "1"), (None, "nothing"),
                           (np.array([True]), "a ndarray"))),
    case("SC107", "inptu", "no input inptu", inputs={"inptu": X}),
    case("SC107", "conv1", "no input conv1", inputs={"input": X, "conv1": X}),
    case("SC104", "inputs", "a, b", PAIR, inputs=np.ones(4)),
    case("SC104", "b", "should be 4", PAIR, inputs={"a": np.ones(4), "b": np.ones(3)}),
    case("SC104", "a", "examples: {'a': 2, 'b': 3}", PAIR,
         inputs={"a": np.ones((2, 4)), "b": np.ones((3, 4))}),
    case("SC104", "conv1.weight", "should be 2x1x2x2", parameters={"conv1.weight": X}),
    case("SC104", "conv1.weight", "2x2x2, and", parameters={"conv1.weight": np.ones((2, 2, 2))}),
    case("SC104", "conv1.bias", "inf at [1]", parameters={"conv1.bias": [1, INF]}),
    case("SC104", "conv1.bias", "missing", parameters={"conv1.bias": None}),
    case("SC104", "batch_norm1.running_var", "negative", chain(2, "batch_norm"),
         parameters={"batch_norm1.running_var": [1, -1]}),
    case("SC107", "conv1.wieght", "has no wieght", parameters={"conv1.wieght": X}),
    case("SC107", "conv2.bias", "names no", parameters={"conv2.bias": [1, 2]}),
    case("SC107", "conv1", "is a value, not a parameter", parameters={"conv1": X}),
    case("SC107", "input", "is a value, not a parameter", parameters={"input": X}),
    case("SC107", "softmax1.weight", "has no weight", parameters={"softmax1.weight": X}),
    case("SC104", "loss.cross_entropy", "3 is not a class", loss={"cross_entropy": 3}),
    case("SC104", "loss.cross_entropy", "-1 is not a class", loss={"cross_entropy": -1}),
    case("SC104", "loss.cross_entropy", "0.5 is not a class", loss={"cross_entropy": 0.5}),
    case("SC104", "loss.cross_entropy", "5 is not a class: softmax1 has 3",
         inputs=np.ones((2, 3, 3)), loss={"cross_entropy": [2, 5]}),
    case("SC104", "loss.cross_entropy", "2 examples, and", loss={"cross_entropy": [0, 1]}),
    case("SC104", "loss.cross_entropy", "nan", loss={"cross_entropy": NAN}),
    case("SC107", "loss.cross_entropy", "several outputs", TWO, loss={"cross_entropy": 0}),
    case("SC104", "loss.squared_error", "should be 3", loss={"squared_error": [0, 1]}),
    case("SC107", "loss.squared_error", "dense1 is none of",
         loss={"squared_error": {"dense1": [1, 2, 3]}}),
    case("SC104", "loss", "one of squared_error", loss={"mse": [0, 1, 0]}),
    case("SC104", "loss", "not {}", loss={}),
    case("SC104", "loss", "must be", loss={"squared_error": [1, 0, 0], "cross_entropy": 0}),
    case("SC104", "loss", "weight_decay", loss={"svm": 0, "weight_decay": NAN}),
    case("SC106", "upstream", "two sources", loss={"cross_entropy": 0}, upstream={"dense1": [1]}),
    case("SC107", "dense2", "no layer dense2", upstream={"dense2": [1, 1, 1]}),
    case("SC104", "dense1", "should be 3", upstream={"dense1": [1, 1]}),
    case("SC104", "dense1", "nan at [2]", upstream={"dense1": [1, 1, NAN]}),
    case("SC104", "dense1", "2 examples", upstream={"dense1": np.ones((2, 3))}),
    case("SC104", "seed", "not -1", seed=-1),
    case("SC104", "seed", "not 1.5", seed=1.5),
    case("SC104", "seed", "not true", seed=True),
    case("SC104", "seed", "not a bool", seed=np.True_),
    case("SC104", "seed", "beyond", seed=10**30),
    case("SC104", "dtype", "float32 or float64", dtype="float16"),
    case("SC104", "dtype", "float32 or float64", dtype=np.array(["float32", "float64"])),
    case("SC104", "keep", "all or outputs", keep="none"),
    case("SC104", "keep", "all or outputs", keep=["all"]),
    case("SC103", "", "input", {"layers": ["relu"]}),
    case("SC105", "layers[0]", "rellu", chain(4, "rellu")),
    case("SC201", "layers[0].conv", "", chain("10x10x1", {"conv": {"K": 1, "F": 3, "S": 2}})),
    case("SC108", "batch", "more than 16", chain("100000x100000x1", "relu")),
    case("SC108", "batch", "16,764 GiB", chain(1_000_000, {"dense": 1_000_000})),
    case("SC108", "batch", "20,000 examples", chain("1x1x1", {"upsample": 1000}),
         inputs=np.ones((20_000, 1))),
    case("SC108", "layers[0].repeat", "100,000 layers", MANY),
]  # fmt: skip


@pytest.mark.parametrize(("code", "key", "said", "how"), REFUSED)
def test_what_is_wrong_is_refused_by_name(code: str, key: str, said: str, how: Spec) -> None:
    with pytest.raises(SpecError) as caught:
        run(**how)
    (found,) = (d for d in caught.value.diagnostics if d.code == code)
    assert (found.severity, found.where) == ("error", key)
    assert said in found.message
    assert f"{code} {found.message}" in str(caught.value)


def test_what_the_refused_runs_differ_by_is_all_that_is_wrong() -> None:
    assert run(NET, inputs=X, parameters={"conv1.bias": [1, 2]}, loss={"cross_entropy": 2}).loss
    assert run(PAIR, inputs={"a": np.ones(4), "b": np.ones((1, 4))}).outputs
    assert run(NET, upstream={"dense1": [[1, 1, 1]]}, dtype="float32", seed=7).gradients


@pytest.mark.parametrize(
    "x",
    [
        X.astype(np.float16), X.astype(np.longdouble), X.astype(int), X.astype(np.uint8),
        X.astype(bool), X.astype(object), [[Fraction(1)] * 3] * 3, np.asfortranarray(X),
        np.broadcast_to(1.0, (3, 3)),
    ],
    ids=str,
)  # fmt: skip
def test_whatever_holds_real_numbers_is_taken(x: Any) -> None:
    found = run(NET, inputs=x, training=np.True_, seed=np.int64(3))
    plain = run(NET, inputs=X, training=True, seed=3)
    assert np.array_equal(found.outputs["softmax1"], plain.outputs["softmax1"])
    inference = run(chain(40, "dropout"), training=np.False_).outputs
    assert np.array_equal(inference["dropout1"], inference["input"])


@pytest.mark.parametrize(("dtype", "room"), [("float64", 78), ("float32", 39)])
def test_the_room_is_that_of_parameters_and_values(dtype: str, room: int) -> None:
    """3e9 weights and biases each; as many outputs, and half as many for the kernel; or, before
    that, the parameters and the largest of them laid out anew.
    """
    with pytest.raises(SpecError, match=f"about {room} GiB"):
        run(chain(1, {"dense": 3_000_000_000}), dtype=dtype)


@pytest.mark.parametrize(
    ("how", "values"),
    [
        # the input, two outputs, of which two are alive at once; half of a kernel's two
        ({}, 3 + 1),
        ({"keep": "outputs"}, 2 + 1),
        # the gradients of all three, or those that are alive
        ({"upstream": {"relu2": 0}}, 6 + 2),
        ({"upstream": {"relu2": 0}, "keep": "outputs"}, 3 + 2 + 2),
    ],
)
def test_the_batch_counts_and_so_does_what_is_kept(how: Spec, values: int) -> None:
    spec = chain("1000x1000x1", "relu", "relu", batch=3000)  # 1e6 values of 8 bytes each
    gib = values * 3e9 * 8 / 2**30
    with pytest.raises(SpecError, match=f"running 3,000 examples needs about {gib:.0f} GiB"):
        run(spec, **how)


# -- estimates against measurements ----------------------------------------------------------------

MEASURED = """
import re, sys
import yaml
import numpy as np
import shapecalc
from shapecalc.executor import run
from shapecalc.executor.verify import foreseen, verify
from shapecalc.tracing import known

def peak():  # getrusage would count the process before this one, too
    with open("/proc/self/status") as status:
        return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])

trace = shapecalc.trace(yaml.safe_load(sys.argv[2]))
before = peak()
if sys.argv[1] == "verify":
    assert verify(trace).agrees
elif sys.argv[1] == "run":
    upstream = {name: np.ones((v[-1], *v[:-1])) for name, v in trace.outputs.items()}
    run(trace, upstream=upstream)
else:
    run(trace, keep="outputs")
print(peak() - before)
"""
GROWING = "".join(  # no two values are as large: what one leaves free fits no other
    f"{{conv: {{K: 32, F: 1}}}}, {{concat: {{from: [{f'm{i - 1}' if i else 'input'}, conv{i + 1}],"
    f" name: m{i}}}}}, "
    for i in range(20)
)
LARGE = [
    "{input: 900x900x8, layers: [tanh]}",
    "{input: 6000, layers: [{dense: 6000}, relu, {dense: 10}]}",
    "{input: 400x400x16, layers: [{conv: {K: 16, F: 3, P: 1}}, batch_norm, relu, {max_pool: 2},"
    " {residual: [{conv: {K: 16, F: 3, P: 1}}, relu]}]}",
]


@pytest.mark.parametrize("what", ["verify", "run", "forward"])
@pytest.mark.parametrize("text", LARGE)
def test_the_estimate_is_near_what_is_resident(what: str, text: str) -> None:
    measured = measured_peak(what, text)
    assert measured > 100 * 2**20 or what == "forward", "too small to tell"
    traced = trace(yaml.safe_load(text))
    if what == "verify":
        estimate = limits.resident_to_check(traced, 1, 8, range(len(traced.layers)))
    else:
        backward = what == "run"
        estimate = limits.resident(traced, 1, 8, keep_all=backward, backward=backward)
    slack = 20 * 2**20  # what Python and NumPy load meanwhile
    factor = 2 if what == "forward" else 1.5
    assert estimate / factor - slack < measured < estimate * factor + slack, (estimate, measured)


def measured_peak(what: str, text: str) -> int:
    """Return how many bytes some work on a spec has in memory at its height."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux says how much memory a process had")
    command = [sys.executable, "-c", MEASURED, what, text]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_verifying_keeps_little_of_what_no_array_holds() -> None:
    text = f"{{input: 56x56x64, layers: [{GROWING}]}}"
    traced = trace(yaml.safe_load(text))
    estimate = limits.resident_to_check(traced, 1, 8, range(len(traced.layers)))
    assert measured_peak("verify", text) < 1.5 * estimate


def test_values_that_are_dropped_are_not_counted() -> None:
    layers = ["relu"] * 50
    kept = limits.resident(trace(chain("10x10x1", *layers)), 1, 8, keep_all=True, backward=False)
    alive = limits.resident(trace(chain("10x10x1", *layers)), 1, 8, keep_all=False, backward=False)
    assert kept == 8 * (51 + 1) * 100
    assert alive == 8 * (2 + 1) * 100
    # a value that is used again later lives on
    spec = chain("10x10x1", *layers, {"add": ["relu1", "relu50"]})
    more = limits.resident(trace(spec), 1, 8, keep_all=False, backward=False)
    assert more == 8 * (3 + 1.5) * 100


def test_a_pool_counts_its_taps_as_work() -> None:
    assert limits.work_of(trace(chain("10x10x2", {"avg_pool": {"F": 3, "S": 1}}))) == 128 * 6
    large = chain("10x10x2", {"avg_pool": {"F": 10**9, "rounding": "ceil"}})
    assert limits.work_of(trace(large)) == 2 * 20
    assert limits.work_of(trace(chain("8x8x1", {"conv": {"K": 1, "F": 3}}))) == 36 * 9


@pytest.mark.parametrize(
    ("size", "layer", "values"),
    [
        ("227x227x3", {"conv": {"K": 96, "F": 11, "S": 4}}, 363 * 3025),  # X_col of CS231n
        ("8x8x32", {"conv": {"K": 4, "F": 1, "groups": 2}}, 8 * 8 * 32),
        ("8x8x32", {"depthwise_conv": {"F": 3, "multiplier": 2}}, 6 * 6 * 9 * 64),
        ("8x8x32", {"separable_conv": {"K": 5, "F": 3, "multiplier": 2}}, 6 * 6 * 9 * 64),
        ("4x6x6x2", {"conv": {"K": 8, "F": [1, 2, 3]}}, 4 * 5 * 4 * 6 * 2),
        ("8x8x32", {"max_pool": 2}, 0),
        ("8x8x32", {"dense": 5}, 0),
    ],
)
def test_windows_have_so_many_values(size: str, layer: Any, values: int) -> None:
    (record,) = known(trace(chain(size, layer))).layers
    assert limits.window_values(record) == values


def test_few_filters_take_nearly_as_long_as_many() -> None:
    few, many = (
        foreseen(trace(chain("256x256x64", {"conv": {"K": K, "F": 3}})), **ONCE) for K in (1, 16)
    )
    assert many / 2 < few < many


def test_a_path_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run(tmp_path / "none.yaml")


def test_false_claims_do_not_keep_a_network_from_running() -> None:
    assert run(chain(4, "relu", expect={"output": 5})).outputs["relu1"].shape == (1, 4)


# -- networks that are run in part -----------------------------------------------------------------


def refused(layers: list[Any], volume: str = "4", inputs: Any = None) -> list[str]:
    found = verify(trace({"input": volume, "layers": layers}, inputs=inputs))
    return [d.code for d in found.diagnostics if d.severity == "error"]


def test_what_stands_for_an_operation_counts_as_it_is_drawn() -> None:
    def stated(size: int, **known: Any) -> list[Any]:
        fields = {"what": "LSTM", "output": size, "parameters": {}, "macs": 0} | known
        return [{"operation": fields}, "relu"]

    assert refused(stated(5)) == []
    assert refused(stated(10**10)) == ["SC108"]
    assert refused(stated(5, parameters={"w": [10**12]}, macs=10**15)) == []  # it is not run


def test_what_is_left_out_does_not_count() -> None:
    lost = [{"dense": 2}, {"operation": {"what": "Lambda"}}, {"dense": 10**10}]
    assert refused(lost) == []


def test_a_size_in_the_place_of_an_open_one_counts() -> None:
    layers = [{"conv": {"K": 8, "F": 3}}, "relu"]
    assert refused(layers, "?x?x3", inputs="16x16x3") == []
    assert refused(layers, "?x?x3", inputs="60000x60000x3") == ["SC108"]
