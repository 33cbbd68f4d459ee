"""A formula without the brackets that it stands in, `(3*3*4 + 1 = 37)`, whole or as far as `=`."""

from __future__ import annotations

MOST = 20  # brackets that are taken away
DEEPER = {"(": 1, "[": 1, ")": -1, "]": -1}


def without_outer_brackets(formula: str) -> str:
    """Return a formula without the brackets around all of it, and without one at its beginning or
    end that has no counterpart in it.
    """
    for _ in range(MOST):
        left = _left_open(formula)
        if left > 0 and formula.startswith(("(", "[")):
            formula = formula[1:].lstrip()
        elif left < 0 and formula.endswith((")", "]")):
            formula = formula[:-1].rstrip()
        elif left == 0 and formula.startswith(("(", "[")) and is_enclosed(formula):
            formula = formula[1:-1].strip()
        else:
            break
    return formula


def _left_open(formula: str) -> int:
    return sum(DEEPER.get(character, 0) for character in formula)


def is_enclosed(formula: str) -> bool:
    """Say whether a formula begins with a bracket that is closed at its very end."""
    depth = 0
    for at, character in enumerate(formula):
        depth += DEEPER.get(character, 0)
        if depth == 0:
            return at == len(formula) - 1
    return False
