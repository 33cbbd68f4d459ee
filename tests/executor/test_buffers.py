"""The pool of memory: blocks are used again, and never while any view of them lives."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from shapecalc.executor import run
from shapecalc.executor.buffers import LOOSE, SMALL, Array, Buffers, same_memory

LARGE = SMALL  # float64 values: eight times what the pool begins at


def address(array: Array) -> int:
    """Return where an array's values begin."""
    found: int = array.__array_interface__["data"][0]
    return found


# -- arrays as NumPy's -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (5,), (64, 64), (7, 3, 50, 60), (LARGE,)])
def test_an_array_has_its_shape_and_type_and_can_be_written(
    shape: tuple[int, ...], dtype: str
) -> None:
    buffers = Buffers(dtype)
    for array in (buffers.empty(shape), buffers.zeros(list(shape)), buffers.copy(np.ones(shape))):
        assert array.shape == shape
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.flags.writeable
        assert array.flags.aligned
    array = buffers.empty(shape)
    array[...] = np.arange(array.size).reshape(shape)
    assert array.ravel().tolist() == [*range(array.size)]


def test_zeros_are_zeros_whatever_the_memory_held() -> None:
    buffers = Buffers("float64")
    dirty = buffers.empty((LARGE,))
    dirty.fill(np.nan)
    before = address(dirty)
    del dirty
    zeros = buffers.zeros((LARGE,))
    assert address(zeros) == before
    assert not zeros.any()


def test_a_copy_is_contiguous_and_of_the_pools_type() -> None:
    values = np.arange(40_000, dtype=np.float32).reshape(100, 400).T
    copied = Buffers("float64").copy(values)
    assert copied.flags.c_contiguous
    assert copied.dtype == np.float64
    assert np.array_equal(copied, values)
    assert not np.shares_memory(copied, values)


# -- memory is used again --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shapes",
    [
        [(LARGE,), (LARGE,)],
        [(LARGE,), (2, LARGE // 2)],
        [(100, 1000), (1000, 100), (10, 10, 1000)],
        [(LARGE,), (int(LARGE / LOOSE) + 600,)],  # a block may be somewhat too large
    ],
)
def test_freed_memory_is_used_again(shapes: list[tuple[int, ...]]) -> None:
    buffers = Buffers("float64")
    seen = set()
    for shape in shapes:
        array = buffers.empty(shape)
        seen.add(address(array))
        del array
    assert len(seen) == 1


@pytest.mark.parametrize("size", [LARGE // 2, int(LARGE / LOOSE) - 600, LARGE + 1000])
def test_a_block_that_does_not_fit_is_left_for_another_time(size: int) -> None:
    buffers = Buffers("float64")
    first = buffers.empty((LARGE,))
    before = address(first)
    del first
    other = buffers.empty((size,))
    assert address(other) != before
    again = buffers.empty((LARGE,))
    assert address(again) == before


def test_the_best_fit_is_taken() -> None:
    buffers = Buffers("float64")
    sizes = [LARGE + 4096, LARGE, LARGE + 2048]
    arrays = [buffers.empty((size,)) for size in sizes]
    places = dict(zip(sizes, map(address, arrays), strict=True))
    arrays.clear()
    arrays = [buffers.empty((size,)) for size in (LARGE - 1000, LARGE + 2048, LARGE + 1000)]
    assert list(map(address, arrays)) == [places[n] for n in (LARGE, LARGE + 2048, LARGE + 4096)]


def test_two_arrays_that_live_together_have_memory_of_their_own() -> None:
    buffers = Buffers("float64")
    arrays = [buffers.empty((LARGE,)) for _ in range(5)]
    assert len({address(a) for a in arrays}) == 5
    del arrays
    assert len({address(buffers.empty((LARGE,))) for _ in range(20)}) == 1


def test_small_arrays_are_numpys_own() -> None:
    buffers = Buffers("float64")
    array = buffers.empty((SMALL // 8 - 1,))
    assert array.base is None
    assert buffers.empty((SMALL // 8,)).base is not None


# -- never while a view lives ----------------------------------------------------------------------

VIEWS: dict[str, Callable[[Array], Any]] = {
    "itself": lambda a: a,
    "slice": lambda a: a[3:5],
    "last value": lambda a: a[-1:],
    "slice of a slice": lambda a: a[::2][5:][1:3],
    "backwards": lambda a: a[::-1],
    "reshaped": lambda a: a.reshape(2, -1),
    "transposed": lambda a: a.reshape(-1, 8).T,
    "axis moved": lambda a: np.moveaxis(a.reshape(4, 4, -1), -1, 1),
    "other type": lambda a: a.view(np.uint8),
    "ravel": lambda a: a.reshape(2, -1).ravel(),
    "split": lambda a: np.split(a, 4)[2],
    "broadcast": lambda a: np.broadcast_to(a[:8], (5, 8)),
    "windows": lambda a: sliding_window_view(a, 3),
    "strides": lambda a: as_strided(a, (4, 4), (8, 8)),
    "memoryview": lambda a: a.data,
    "asarray": lambda a: np.asarray(a.data),
    "from buffer": lambda a: np.frombuffer(a),
    "flat iterator": lambda a: a.flat,
}


@pytest.mark.parametrize("name", VIEWS)
def test_memory_is_not_used_again_while_a_view_lives(name: str) -> None:
    buffers = Buffers("float64")
    array = buffers.zeros((LARGE,))
    before = address(array)
    view = VIEWS[name](array)
    del array
    others = [buffers.empty((LARGE,)) for _ in range(3)]
    for other in others:
        other.fill(1)
    assert before not in map(address, others)
    assert not np.asarray(view).any()
    del view
    assert address(buffers.empty((LARGE,))) == before


def test_no_live_array_is_ever_written_over() -> None:
    pick = random.Random(0)
    buffers = Buffers("float32")
    live: list[tuple[int, Array]] = []
    places = set()
    for number in range(2000):
        array = buffers.empty((pick.choice((9000, 10_000, 11_000, 20_000, 100)),))
        array.fill(number)
        places.add(address(array))
        live.append((number, array[pick.randrange(50) :: pick.choice((1, 2, 7))]))
        while len(live) > 12:
            kept, view = live.pop(pick.randrange(len(live)))
            assert (view == kept).all()
    assert len(places) < 200, "and memory was used again"


def test_memory_taken_back_too_early_is_noticed() -> None:
    """A planted fault: a block goes back to the pool while an array lives."""
    buffers = Buffers("float64")
    array = buffers.zeros((LARGE,))
    block: Any = array
    while isinstance(block, np.ndarray):
        block = block.base
    buffers.take_back(block.memory)
    other = buffers.empty((LARGE,))
    assert np.shares_memory(array, other)
    assert same_values(array, 0)
    other.fill(1)
    assert not same_values(array, 0)


def same_values(array: Array, value: float) -> bool:
    return bool((array == value).all())


def test_an_array_outlives_its_pool() -> None:
    array = Buffers("float64").zeros((LARGE,))
    others = [np.ones(LARGE) for _ in range(5)]
    assert same_values(array, 0)
    array += 1
    assert all(same_values(other, 1) for other in others)


def test_a_long_chain_needs_the_memory_of_a_few_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh: list[bool] = []
    fitting = Buffers._fitting

    def counting(self: Buffers, size: int) -> Array | None:
        found = fitting(self, size)
        fresh.append(found is None)
        return found

    monkeypatch.setattr(Buffers, "_fitting", counting)
    layers = [layer for _ in range(20) for layer in ({"conv": {"K": 4, "F": 3, "P": 1}}, "gelu")]
    run({"input": "40x40x4", "layers": layers}, keep="outputs")
    assert len(fresh) > 40
    assert sum(fresh) < 10


# -- views of one block ----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10, LARGE])
def test_views_of_one_array_have_the_same_memory(size: int) -> None:
    buffers = Buffers("float64")
    one, other = buffers.empty((size,)), buffers.empty((size,))
    assert same_memory(one, one)
    assert same_memory(one[1:], one.reshape(2, -1).T)
    assert same_memory(one[:2], one[-2:])
    assert not same_memory(one, other)
    assert not same_memory(one[1:], other[1:])
    assert not same_memory(one, one.copy())


def test_no_more_free_memory_is_kept_than_there_is_room_for() -> None:
    buffers = Buffers("float64")
    buffers.room = 2 * 8 * 2**16
    arrays = [buffers.empty((2**16,)) for _ in range(3)]
    blocks = {array.ctypes.data for array in arrays}
    del arrays
    assert sum(memory.nbytes for free in buffers._free.values() for memory in free) == buffers.room
    again = [buffers.empty((2**16,)) for _ in range(2)]
    assert {array.ctypes.data for array in again} <= blocks
    buffers.let_go()
    del again
    assert buffers.empty((2**16,)).size == 2**16
