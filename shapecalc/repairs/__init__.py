"""Repairs: what would mend a finding, tried out, and what would be gone with it.

Every repair is made in the data, and the network is read, traced and checked anew. It is offered
if its finding is gone and no new fault of reading came up; those that leave the fewest errors in
the network come first. A finding that is gone once an earlier one is mended is its consequence.
"""

from shapecalc.repairs.diagnose import diagnose

__all__ = ["diagnose"]
