"""Which parameters of a test are quick: as many as are wanted, as different as they can be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.conftest import few


def item(**indices: int) -> Any:
    """Return a test with the numbers of its parameters."""
    name = "-".join(f"{key}{number}" for key, number in indices.items())
    return SimpleNamespace(name=name, callspec=SimpleNamespace(indices=indices))


def test_each_chosen_one_has_new_parameters_as_long_as_there_are_any() -> None:
    items = [item(a=a, b=b) for a in range(3) for b in range(3)]
    chosen = few(items, 3)
    assert len(chosen) == 3
    for key in "ab":
        assert {one.callspec.indices[key] for one in chosen} == {0, 1, 2}
    assert len(few(items, 20)) == 9


def test_the_choice_is_the_same_in_whatever_order_they_come() -> None:
    items = [item(a=a) for a in range(10)]
    assert {one.name for one in few(items, 3)} == {one.name for one in few(items[::-1], 3)}
