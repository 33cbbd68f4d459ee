"""What differs between two networks, however they are written and whatever their layers are called.

canonical.py says what a layer computes, apart from how it is written; matching.py pairs the layers
of two networks; difference.py says what differs.
"""

from shapecalc.comparison.difference import Change, Difference, compare

__all__ = ["Change", "Difference", "compare"]
