"""How layers are joined, checked in a pass through the network, whatever the layers compute.

What comes back to a value is the sum of what its consumers give, a parameter's gradient the sum of
what the layers give that share it, and what a layer takes is what another one has made, which
nobody has written over. Sums are compared along one random direction of each value or parameter: a
wrong one differs there, and the right one by rounding alone.
"""

from __future__ import annotations

from collections import defaultdict

from shapecalc.executor.buffers import Array
from shapecalc.executor.engine import Engine
from shapecalc.executor.pattern import Pattern

JOINED = 1e-9  # the relative error of a sum that passes

Name = tuple[int, str]  # a parameter, by its owner and its name there


class _Sum:
    """A sum, and the sum of its terms' sizes."""

    def __init__(self) -> None:
        self.value = self.size = 0.0

    def add(self, term: float) -> None:
        self.value += term
        self.size += abs(term)

    def error(self, found: float) -> float:
        """Return the relative error of what is said to be the sum; infinite for no number."""
        scale = self.size + abs(found)
        error = abs(self.value - found) / scale if scale else 0.0
        return error if error == error else float("inf")


class JoinsCheck:
    """Compares what is given with what comes. `inputs` and `parameters` are the largest errors."""

    def __init__(self, engine: Engine, pattern: Pattern) -> None:
        self.engine, self.pattern = engine, pattern
        self.inputs = self.parameters = 0.0
        self._made: dict[int, float] = {}
        self._given: dict[int, _Sum] = defaultdict(_Sum)
        self._learned: dict[Name, _Sum] = defaultdict(_Sum)

    def made(self, value: int, array: Array) -> None:
        """Note a value as it is made: the network's input, or a layer's output."""
        self._made[value] = self.pattern.dot(value, array)

    def taken(self, value: int, array: Array) -> None:
        """Compare a value as a layer takes it."""
        if self.pattern.dot(value, array) != self._made[value]:
            self.inputs = float("inf")

    def gave(self, value: int, gradient: Array) -> float:
        """Note what a consumer gives back; return it along the value's direction."""
        part = self.pattern.dot(value, gradient)
        self._given[value].add(part)
        return part

    def learned(self, name: Name, part: float) -> None:
        """Note what a layer gives for a parameter, along the parameter's direction."""
        self._learned[name].add(part)

    def came(self, value: int, gradient: Array) -> None:
        """Compare the gradient that comes to a value with what has been given."""
        error = self._given.pop(value, _Sum()).error(self.pattern.dot(value, gradient))
        self.inputs = max(self.inputs, error)

    def summed(self, name: Name, part: float) -> None:
        """Compare the gradient of a parameter, along its direction."""
        self.parameters = max(self.parameters, self._learned.pop(name, _Sum()).error(part))

    def ended(self) -> None:
        """Compare what was given and came to nobody."""
        if any(one.size for one in self._given.values()):
            self.inputs = float("inf")
        if any(one.size for one in self._learned.values()):
            self.parameters = float("inf")

    @property
    def hold(self) -> bool:
        """Say whether all sums are right."""
        return max(self.inputs, self.parameters) <= JOINED
