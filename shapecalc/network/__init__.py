"""The network of a spec: blocks and composites unfolded, names given, sources found."""

from shapecalc.network.expectations import Claims, LayerClaims, NetworkClaims
from shapecalc.network.scopes import Group
from shapecalc.network.spec import NetworkSpec, build
from shapecalc.network.wiring import Node

__all__ = ["Claims", "Group", "LayerClaims", "NetworkClaims", "NetworkSpec", "Node", "build"]
