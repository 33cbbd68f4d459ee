"""The error function, which NumPy does not have, for whole arrays.

Source: W. J. Cody, "Rational Chebyshev Approximations for the Error Function", Mathematics of
Computation 23 (1969); the coefficients are those of his CALERF (netlib.org/specfun/erf).
"""

from __future__ import annotations

import numpy as np

from shapecalc.executor.buffers import Array

NEAR = 0.46875  # up to here erf itself is approximated, from here on 1 - erf
FAR = 6.0  # from here on erf is 1 to the last bit

# erf(x)/x as a ratio of polynomials in x^2, highest power first.
NEAR_ABOVE = (
    1.85777706184603153e-1,
    3.16112374387056560e00,
    1.13864154151050156e02,
    3.77485237685302021e02,
    3.20937758913846947e03,
)
NEAR_BELOW = (
    1.0,
    2.36012909523441209e01,
    2.44024637934444173e02,
    1.28261652607737228e03,
    2.84423683343917062e03,
)

# (1 - erf(x))*exp(x^2) as a ratio of polynomials in x. Cody uses them up to 4; up to 6 they are
# right to 1e-12 of a value below 2e-8, which is all that erf = 1 - that value needs.
REST_ABOVE = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e00,
    6.61191906371416295e01,
    2.98635138197400131e02,
    8.81952221241769090e02,
    1.71204761263407058e03,
    2.05107837782607147e03,
    1.23033935479799725e03,
)
REST_BELOW = (
    1.0,
    1.57449261107098347e01,
    1.17693950891312499e02,
    5.37181101862009858e02,
    1.62138957456669019e03,
    3.29079923573345963e03,
    4.36261909014324716e03,
    3.43936767414372164e03,
    1.23033935480374942e03,
)


def erf(x: Array) -> Array:
    """Return erf of every value, in the type of x."""
    size = np.abs(x)
    out = np.empty_like(x)
    near = np.flatnonzero(size <= NEAR)
    rest = np.flatnonzero(~(size <= NEAR))  # NaN too, which stays NaN
    flat, flat_out = x.reshape(-1), out.reshape(-1)
    flat_out[near] = _near(flat[near])
    values = flat[rest]
    flat_out[rest] = np.copysign(_rest(np.abs(values)), values)
    return out


def _near(x: Array) -> Array:
    square = x * x
    ratio = _polynomial(NEAR_ABOVE, square)
    ratio /= _polynomial(NEAR_BELOW, square)
    ratio *= x
    return ratio


def _rest(size: Array) -> Array:
    size = np.minimum(size, FAR)
    lacking = _polynomial(REST_ABOVE, size)
    lacking /= _polynomial(REST_BELOW, size)
    lacking *= np.exp(-size * size)
    np.subtract(1, lacking, out=lacking)
    return lacking


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Return the polynomial's values by Horner's rule."""
    total = coefficients[0] * x
    for coefficient in coefficients[1:-1]:
        total += coefficient
        total *= x
    total += coefficients[-1]
    return total
