"""Which of a module's parameters are biases: only the names that PyTorch gives them tell."""

from __future__ import annotations

import re

from shapecalc.quantities import Role

# bias; in_proj_bias of attention; bias_ih_l0 and bias_hh_l0_reverse of recurrent layers
BIAS = re.compile(r"(?:^|[._])bias(?:_[a-z]+_l\d+(?:_reverse)?)?$")


def role_of(name: str) -> Role:
    """Return the role of a parameter by its name, with the modules around it or without."""
    return "bias" if BIAS.search(name) else "weight"
