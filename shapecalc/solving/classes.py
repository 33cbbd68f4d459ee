"""Classes of sizes: W = step*k + start for a range of k, and splitting them where a layer's answer
is not the same for all.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from math import gcd, lcm
from typing import Any, NamedTuple, NoReturn

from shapecalc.solving.size import Number, Polynomial, Scope, Size, Unsolvable, total

MOST_RESTS = 4096  # classes that one is split into
K: Hashable = "k"


class Split(Exception):
    """Raised where something holds for some sizes of a class; `parts` are the classes instead."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__("split")
        self.parts = parts


class Part(NamedTuple):
    """A part of a class: k = times*j + rest for j from low to high (None: without end)."""

    times: int
    rest: int
    low: int
    high: int | None


class Class(Scope):
    """The sizes W = step*k + start for k from low to high; `high` None: without end.

    It answers what layers ask of the sizes of its volumes, and raises Split where that differs.
    """

    __slots__ = ("high", "low", "start", "step")
    shown = False

    def __init__(self, step: int, start: int, low: int, high: int | None) -> None:
        self.step, self.start, self.low, self.high = step, start, low, high

    @property
    def first(self) -> int:
        """The smallest size."""
        return self.step * self.low + self.start

    @property
    def last(self) -> int | None:
        """The largest size, None where there is none."""
        return None if self.high is None else self.step * self.high + self.start

    @property
    def size(self) -> Size | int:
        """The sizes as one."""
        if self.low == self.high:
            return self.first
        return Size(self, K, self.step, self.start)

    def has(self, W: int) -> bool:
        """Say whether a size belongs to the class."""
        k, left = divmod(W - self.start, self.step)
        return not left and self.low <= k and (self.high is None or k <= self.high)

    def part(self, part: Part) -> Class:
        """Return a part of the class."""
        start = self.start + self.step * part.rest
        return Class(self.step * part.times, start, part.low, part.high)

    def moved(self, size: Any, part: Part, to: Class) -> Any:
        """Return a size of this class as one of its part."""
        if isinstance(size, Polynomial):
            moved: Any = 0
            for monomial, factor in size.terms.items():
                for variable, c, m in monomial:
                    factor = self.moved(Size(self, variable, 1, 0, c, m), part, to) * factor
                moved = factor + moved
            return moved
        if not isinstance(size, Size):
            return size
        M, a, b = part.times, size.a, size.b
        s = part.rest + size.c
        if to.low == to.high:
            return a * ((M * to.low + s) // size.m) + b
        if M % size.m == 0:
            return Size(to, K, a * (M // size.m), b + a * (s // size.m))
        b_, c = divmod(s // M, size.m // M)
        return Size(to, K, a, b + a * b_, c, size.m // M)

    # -- what is asked ---------------------------------------------------------------------------

    def at_least(self, size: Size | Polynomial, least: int) -> bool:
        if isinstance(size, Polynomial):
            return self._polynomial_at_least(size, least)
        if size.a < 0:
            return not self.at_least(-size, 1 - least)
        first = -((size.b - least) // size.a) * size.m - size.c  # the first k for which it is
        if self.low >= first:
            return True
        if self.high is not None and self.high < first:
            return False
        raise Split([Part(1, 0, self.low, first - 1), Part(1, 0, first, self.high)])

    def equals(self, size: Size | Polynomial, other: int) -> bool:
        if isinstance(size, Polynomial):
            # at the sizes between, it grows or falls all the way
            return self.at_least(size, other) and not self.at_least(size, other + 1)
        q, left = divmod(other - size.b, size.a)
        if left:
            return False
        begin = max(self.low, q * size.m - size.c)
        end = q * size.m - size.c + size.m - 1
        if self.high is not None:
            end = min(end, self.high)
        if begin > end:
            return False
        parts = [
            Part(1, 0, low, high)
            for low, high in ((self.low, begin - 1), (begin, end), (end + 1, self.high))
            if high is None or low <= high
        ]
        if len(parts) == 1:
            return True
        raise Split(parts)

    def _polynomial_at_least(self, size: Polynomial, least: int) -> bool:
        """Say whether a number of values is at least so large: it grows with every size."""
        self._split_floors(size)
        signs = {factor > 0 for factor in _shifted(size, self.low)[1:] if factor}
        if signs == {False}:
            return not self._polynomial_at_least(size * -1, 1 - least)
        if len(signs) != 1:
            _unsolvable()
        if _value(size, self.low) >= least:
            return True
        low, high = self.low, self.high
        if high is None:
            high = max(1, low)
            while _value(size, high) < least:
                low, high = high, 2 * high
        elif _value(size, high) < least:
            return False
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _value(size, middle) >= least else (middle, high)
        raise Split([Part(1, 0, self.low, high - 1), Part(1, 0, high, self.high)])

    def _split_floors(self, size: Polynomial) -> None:
        """Split the class so that nothing in a polynomial is rounded."""
        m = lcm(*(m for monomial in size.terms for _, _, m in monomial))
        if m > 1:
            self.split(m)

    def leaves_rest(self, size: Size | Polynomial, divisor: int) -> bool:
        if isinstance(size, Size) and size.m == 1:
            self.split(divisor // gcd(size.a, divisor))
        self.resolve(size, divisor)

    def added(self, one: Size | Polynomial, other: Size | Polynomial) -> Number:
        if isinstance(one, Size) and isinstance(other, Size):
            self.resolve(one, other=other)
        return total(one, other)

    def divided(self, size: Size | Polynomial, divisor: int) -> Number:
        self.resolve(size, divisor)

    def written(self, size: Size | Polynomial, how: str) -> str:
        return "?"

    # -- splitting -------------------------------------------------------------------------------

    def resolve(
        self, size: Size | Polynomial, divisor: int = 1, *, other: Size | None = None
    ) -> NoReturn:
        """Split the class so that a size is rounded nowhere, or leaves one rest everywhere."""
        if isinstance(size, Polynomial):
            self._split_floors(size)
            self.split(divisor)
        m = lcm(size.m, other.m if other is not None else 1)
        self.split(m if m > 1 else divisor // gcd(size.a, divisor))

    def split(self, times: int) -> NoReturn:
        """Split the class by what its k leave over."""
        if times > MOST_RESTS or times < 2:
            raise Unsolvable(f"a stride that leaves over {times:,} different rests")
        raise Split([part for part in map(self._rest, range(times), [times] * times) if part])

    def _rest(self, r: int, times: int) -> Part | None:
        low = -((r - self.low) // times)
        high = None if self.high is None else (self.high - r) // times
        return Part(times, r, low, high) if high is None or low <= high else None


def finer(parts: Sequence[Part], volumes: Iterable[Sequence[Any]], of: Class) -> Sequence[Part]:
    """Return parts that are so fine that every size of some volumes is known in each."""
    times = parts[0].times
    if times == 1:
        return parts
    wanted = times
    floors = {m for volume in volumes for size in volume for m in _floors(size)}
    while True:
        before = wanted
        for m in floors:
            if wanted % m and m % wanted:
                wanted = lcm(wanted, m)
        if wanted == before:
            break
    if wanted == times:
        return parts
    if wanted > MOST_RESTS:
        _unsolvable()
    return [part for r in range(wanted) if (part := of._rest(r, wanted)) is not None]


def _floors(size: Any) -> Iterator[int]:
    """Yield what a size is divided by."""
    if isinstance(size, Size):
        yield size.m
    elif isinstance(size, Polynomial):
        yield from (m for monomial in size.terms for _, _, m in monomial)


def _shifted(size: Polynomial, low: int) -> list[int]:
    """Return the coefficients of a polynomial in k - low, the constant first."""
    found: list[int] = []
    for monomial, factor in size.terms.items():
        powers = [factor]
        for _, c, _ in monomial:  # times (j + low + c)
            up, here = [0, *powers], [factor * (low + c) for factor in powers] + [0]
            powers = [a + b for a, b in zip(up, here, strict=True)]
        found += [0] * (len(powers) - len(found))
        for degree, factor in enumerate(powers):
            found[degree] += factor
    return found


def _value(size: Polynomial, k: int) -> int:
    total = 0
    for monomial, factor in size.terms.items():
        for _, c, m in monomial:
            factor *= (k + c) // m
        total += factor
    return total


def _unsolvable() -> NoReturn:
    raise Unsolvable("sizes that are rounded in several ways at once")
