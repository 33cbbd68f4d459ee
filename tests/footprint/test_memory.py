"""Memory of small networks, counted by hand; tests/oracles compares with PyTorch's own."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc import SpecError, memory
from shapecalc.cli.memory_options import DTYPES, MOST_EXAMPLES, OPTIMIZERS
from shapecalc.footprint import read_bytes
from shapecalc.footprint.estimate import DTYPES as KNOWN_DTYPES
from shapecalc.footprint.estimate import MOST_EXAMPLES as MOST
from shapecalc.footprint.estimate import OPTIMIZERS as KNOWN_OPTIMIZERS
from shapecalc.layers import KINDS, Layer
from shapecalc.layers.composite import Composite
from shapecalc.layers.operation import Operation

# conv 4x4x1 -> 4x4x2 with 20 parameters, relu, max pool -> 2x2x2, dense 3 with 27 parameters
NET: dict[str, Any] = {
    "input": "4x4x1",
    "layers": [{"conv": {"K": 2, "F": 3, "P": 1}}, "relu", {"max_pool": 2}, {"dense": 3}],
}
INPUT, CONV, POOL, DENSE = 16, 32, 8, 3  # values of an example
PARAMETERS = 20 + 27


def test_what_is_kept() -> None:
    found = memory(NET, batch=5)
    # the input for the convolution, the relu's output, the pool's indices, its output for the dense
    assert found.kept == 5 * (4 * (INPUT + CONV + POOL) + 8 * POOL)
    assert found.layers["conv1"] == (5 * 4 * CONV, 0)
    assert found.layers["relu1"] == (5 * 4 * CONV, 5 * 4 * CONV)
    assert found.layers["max_pool1"] == (5 * 4 * POOL, 5 * (4 + 8) * POOL)
    assert found.layers["dense1"] == (5 * 4 * DENSE, 0)


def test_a_factor_is_kept_for_the_gradient_of_the_other_one() -> None:
    """Of a*x only a's gradient is asked for, which takes x: 8*8*4 values of 4 bytes."""
    layers = [{"conv": {"name": "a", "K": 4, "F": 3, "P": 1}}, {"multiply": ["a", "input"]}]
    assert memory({"input": "8x8x4", "layers": layers}).kept == 1024
    layers.insert(1, {"conv": {"name": "b", "K": 4, "F": 3, "P": 1, "from": "input"}})
    layers[-1] = {"multiply": ["a", "b"]}
    assert memory({"input": "8x8x4", "layers": layers}).kept == 3 * 1024


def test_the_peak_moment_by_moment() -> None:
    """While the pool's backward runs there are: all that is kept but what the dense layer alone
    needed, the gradients of the pool's output and of its input, and those of the dense layer.
    """
    found = memory(NET, batch=5, optimizer="adam")
    assert (found.peak_layer, found.peak_pass) == ("relu1", "backward")
    assert found.parameters == found.gradients == 4 * PARAMETERS
    assert found.optimizer_state == 2 * 4 * PARAMETERS
    output = 5 * 4 * DENSE  # the caller has it
    # relu backward: input, relu's output, the upstream gradient and the new one
    assert found.peak == 4 * (3 * PARAMETERS + 27) + output + 5 * 4 * (INPUT + 3 * CONV)


def test_inference_keeps_nothing() -> None:
    found = memory(NET, batch=5)
    assert found.inference_peak == 4 * PARAMETERS + 5 * 4 * (INPUT + 2 * CONV)
    assert found.inference_peak_layer == "relu1"


@pytest.mark.parametrize(
    ("dtype", "parameters", "kept"),
    [
        ("float32", 4, 4 * (INPUT + CONV + POOL) + 8 * POOL),
        ("float16", 2, 2 * (INPUT + CONV + POOL) + 8 * POOL),
        ("bfloat16", 2, 2 * (INPUT + CONV + POOL) + 8 * POOL),
        ("mixed", 4, 2 * (INPUT + CONV + POOL) + 8 * POOL),
    ],
)
def test_precisions(dtype: str, parameters: int, kept: int) -> None:
    found = memory(NET, dtype=dtype, optimizer="momentum")
    assert (found.parameters, found.kept) == (parameters * PARAMETERS, kept)
    assert found.optimizer_state == found.gradients == parameters * PARAMETERS


@pytest.mark.quick(1)
@pytest.mark.parametrize("limit", [600, 3_000, 10_000, 54_321])
def test_the_largest_batch_is_the_last_that_fits(limit: int) -> None:
    found = memory(NET, fit=limit).fit
    assert found is not None
    peaks = [memory(NET, batch=batch).peak or 0 for batch in range(1, 200)]
    assert found.batch == sum(peak <= limit for peak in peaks)


def test_the_network_s_own_batch_counts() -> None:
    assert memory({**NET, "batch": 7}).batch == 7
    assert memory({**NET, "batch": 7}, batch=2) == memory(NET, batch=2)


def test_what_is_not_known_is_none() -> None:
    for change in (
        {"input": "?x?x1"},
        {"input": "HxWx1"},
        {"layers": [{"operation": {"what": "LSTM", "output": 5}}]},
    ):
        found = memory({**NET, **change}, fit="1GiB")
        assert (found.peak, found.kept, found.inference_peak) == (None, None, None)
        assert found.fit is not None
        assert found.fit.batch is None
        assert "?" in str(found)
    nothing = memory({"layers": 5})
    assert nothing.parameters is None
    with pytest.raises(SpecError):
        memory(NET, inputs="zero")


def test_a_kind_of_which_nobody_has_said_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KINDS["max_pool"], "kept", Layer.kept)
    assert memory(NET).kept is None


def test_every_kind_says_what_it_keeps() -> None:
    for kind, cls in KINDS.items():
        if not issubclass(cls, Composite | Operation):
            assert cls.keeps is not None or cls.kept is not Layer.kept, kind


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8GiB", 8 * 2**30), ("8 GB", 8 * 10**9), ("1.5gib", 3 * 2**29), (1000, 1000),
        ("24G", 24 * 10**9), ("512Mi", 2**29), ("0.5kB", 500), ("8B", 8), ("2000000", 2_000_000),
    ],
)  # fmt: skip
def test_amounts_of_memory(text: str | int, number: int) -> None:
    assert read_bytes(text) == number


@pytest.mark.parametrize(
    "text", ["", "8XB", "-1GB", "0B", "0", "nan", "1e9", "9" * 40, "8 GiB 3", "٣GB"]
)
def test_no_amounts_of_memory(text: str) -> None:
    with pytest.raises(ValueError, match="no amount of memory"):
        read_bytes(text)


@pytest.mark.parametrize("text", ["8", "8192", " 24 ", "1.5"])
def test_a_small_number_needs_a_unit(text: str) -> None:
    with pytest.raises(ValueError, match=r"has no unit: write .*GiB"):
        read_bytes(text)


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        ("8G", "8 GB (8,000,000,000 bytes, that is 7.45 GiB)"),
        ("1500MB", "1.5 GB (1,500,000,000 bytes, that is 1.40 GiB)"),
        ("8GiB", "8.00 GiB (8,589,934,592 bytes)"),
        ("1234567", "1.18 MiB (1,234,567 bytes)"),
        (600, "600 bytes"),
    ],
)
def test_what_the_limit_was_understood_as_is_told(fit: str | int, said: str) -> None:
    assert f"fits in {said}:" in str(memory(NET, fit=fit))


def test_wrong_words_are_refused() -> None:
    for wrong in ({"dtype": "int8"}, {"optimizer": "lion"}, {"batch": 0}, {"batch": 10**30}):
        with pytest.raises(ValueError, match=r"none of|1 to"):
            memory(NET, **wrong)


def test_the_options_are_those_of_the_estimate() -> None:
    assert list(KNOWN_DTYPES) == list(DTYPES)
    assert list(KNOWN_OPTIMIZERS) == list(OPTIMIZERS)
    assert MOST == MOST_EXAMPLES


def test_shared_weights_and_views_count_once() -> None:
    shared = {"conv": {"K": 1, "F": 3, "P": 1, "share": "conv1"}}
    spec = {"input": "4x4x1", "layers": [{"conv": {"K": 1, "F": 3, "P": 1}}, shared, "flatten"]}
    found = memory(spec)
    assert found.parameters == found.gradients == 4 * 10
    assert found.kept == 4 * (16 + 16)  # the inputs of both
    assert found.layers["flatten1"].kept_bytes == 0
