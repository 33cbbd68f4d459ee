"""The network of a spec: blocks and composites unfolded, names given, sources found."""

from shapecalc.network.expectations import Expectations, LayerExpectations, NetworkExpectations
from shapecalc.network.scopes import Instance
from shapecalc.network.spec import NetworkSpec, build
from shapecalc.network.wiring import Node

__all__ = [
    "Expectations",
    "Instance",
    "LayerExpectations",
    "NetworkExpectations",
    "NetworkSpec",
    "Node",
    "build",
]
