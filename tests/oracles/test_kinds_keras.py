"""Keras 3 as a second opinion on `same` and `valid`, strides included.

Keras runs on PyTorch here, on zeros. Each test fails with the list of the points that differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import pytest

pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported
keras = pytest.importorskip("keras")

Build = Callable[[], Any]
Case = tuple[dict[str, Any], tuple[int, ...], Build]
PADDINGS = ("same", "valid")


def opinion(build: Build, volume: Sequence[int]) -> tuple[tuple[int, ...] | None, int | None]:
    """Return Keras' output volume and number of parameters, or None twice if it refuses."""
    try:
        layer = build()
        result = layer(keras.ops.zeros((1, *volume)))
    except (RuntimeError, ValueError):
        return None, None
    if 0 in result.shape:
        return None, None
    return tuple(result.shape[1:]), layer.count_params()


def compare(ask: Any, cases: Iterable[Case], least: int) -> None:
    """Fail with every case in which the two differ, and if there are fewer cases than meant."""
    differing = []
    compared = 0
    for layer, volume, build in cases:
        ours = ask(volume, layer, "floor")
        theirs = opinion(build, volume)
        compared += 1
        if (ours.output, ours.parameters) != theirs:
            differing.append((layer, volume, ours, theirs))
    assert compared >= least, f"only {compared} cases"
    assert not differing, "\n".join(
        [f"{len(differing)} of {compared} differ", *(str(item) for item in differing[:20])]
    )


def per_rank(stem: str, volume: Sequence[int]) -> Any:
    """Return Keras' class for one to three axes: Conv1D, MaxPooling2D."""
    return getattr(keras.layers, stem.format(len(volume) - 1))


def test_conv(ask: Any) -> None:
    cases: list[Case] = []
    grid = product(range(1, 9), range(1, 5), range(1, 5), (1, 2), PADDINGS)
    for size, F, S, dilation, padding in grid:
        if S > 1 and dilation > 1:
            continue  # Keras refuses the two together, PyTorch and we do not
        written = {"K": 3, "F": F, "S": S, "dilation": dilation, "P": padding}
        cases.append(
            (
                {"conv": written},
                (size, 2),
                lambda F=F, S=S, dilation=dilation, padding=padding: keras.layers.Conv1D(
                    3, F, strides=S, padding=padding, dilation_rate=dilation
                ),
            )
        )
    compare(ask, cases, least=320)


def test_conv_on_more_axes(ask: Any) -> None:
    cases: list[Case] = []
    for volume, F, S, padding, groups in product(
        ((6, 7, 4), (3, 5, 4, 4)), (2, 3), (1, 2, 3), PADDINGS, (1, 2)
    ):
        written = {"K": 6, "F": F, "S": S, "P": padding, "groups": groups, "bias": False}
        kind = per_rank("Conv{}D", volume)
        cases.append(
            (
                {"conv": written},
                volume,
                lambda kind=kind, F=F, S=S, padding=padding, groups=groups: kind(
                    6, F, strides=S, padding=padding, groups=groups, use_bias=False
                ),
            )
        )
    for F, S, padding in product(([2, 3], [3, 5]), ([1, 2], [3, 2]), PADDINGS):
        written = {"K": 6, "F": F, "S": S, "P": padding}
        cases.append(
            (
                {"conv": written},
                (6, 7, 4),
                lambda F=F, S=S, padding=padding: keras.layers.Conv2D(
                    6, F, strides=S, padding=padding
                ),
            )
        )
    compare(ask, cases, least=56)


def test_depthwise_conv(ask: Any) -> None:
    cases: list[Case] = []
    for volume, F, S, padding, multiplier in product(
        ((7, 3), (6, 7, 3)), range(1, 5), range(1, 4), PADDINGS, (1, 2)
    ):
        written = {"F": F, "S": S, "P": padding, "multiplier": multiplier}
        kind = per_rank("DepthwiseConv{}D", volume)
        cases.append(
            (
                {"depthwise_conv": written},
                volume,
                lambda kind=kind, F=F, S=S, padding=padding, multiplier=multiplier: kind(
                    F, strides=S, padding=padding, depth_multiplier=multiplier
                ),
            )
        )
    compare(ask, cases, least=96)


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pools(ask: Any, kind: str) -> None:
    stem = {"max": "MaxPooling{}D", "avg": "AveragePooling{}D"}[kind]
    cases: list[Case] = []
    volumes: list[tuple[int, ...]] = [(size, 2) for size in range(1, 9)]
    for volume, F, S, padding in product(
        [*volumes, (5, 6, 2), (3, 4, 5, 2)], range(1, 5), (None, 1, 2, 3), PADDINGS
    ):
        written = {"F": F, "P": padding} | ({} if S is None else {"S": S})
        module = per_rank(stem, volume)
        cases.append(
            (
                {f"{kind}_pool": written},
                volume,
                lambda module=module, F=F, S=S, padding=padding: module(
                    F, strides=S, padding=padding
                ),
            )
        )
    compare(ask, cases, least=320)


def test_conv_transpose(ask: Any) -> None:
    cases: list[Case] = []
    for size, F, S, padding in product(range(1, 7), range(1, 6), range(1, 5), PADDINGS):
        if padding == "valid" and S > F:
            continue  # Keras fills the gap after the last value: (W - 1)*S + S instead of + F
        written = {"K": 3, "F": F, "S": S, "P": padding}
        cases.append(
            (
                {"conv_transpose": written},
                (size, 2),
                lambda F=F, S=S, padding=padding: keras.layers.Conv1DTranspose(
                    3, F, strides=S, padding=padding
                ),
            )
        )
    for F, S, padding in product((2, 3, 4), (1, 2), PADDINGS):
        written = {"K": 3, "F": F, "S": S, "P": padding}
        cases.append(
            (
                {"conv_transpose": written},
                (3, 4, 2),
                lambda F=F, S=S, padding=padding: keras.layers.Conv2DTranspose(
                    3, F, strides=S, padding=padding
                ),
            )
        )
    compare(ask, cases, least=200)


def test_a_planted_difference_is_reported(ask: Any) -> None:
    layer = {"conv": {"K": 3, "F": 3, "P": "same"}}
    wrong = [(layer, (6, 2), lambda: keras.layers.Conv1D(3, 3, padding="valid"))]
    with pytest.raises(AssertionError, match="1 of 1 differ"):
        compare(ask, wrong, least=1)


def test_the_exceptions_are_still_exceptions(ask: Any) -> None:
    """Points that the grids leave out: if Keras changes its mind, they can go in."""
    dilated = {"K": 3, "F": 2, "S": 2, "dilation": 2, "P": "same"}
    build = lambda: keras.layers.Conv1D(3, 2, strides=2, dilation_rate=2, padding="same")  # noqa: E731
    assert opinion(build, (8, 2)) == (None, None)
    assert ask((8, 2), {"conv": dilated}).output == (4, 3)

    gaps = {"K": 3, "F": 2, "S": 3, "P": "valid"}
    build = lambda: keras.layers.Conv1DTranspose(3, 2, strides=3, padding="valid")  # noqa: E731
    assert opinion(build, (5, 2))[0] == (15, 3)
    assert ask((5, 2), {"conv_transpose": gaps}).output == (14, 3)
