"""A graph of TensorFlow Lite in the spec language: every operator as layers of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from shapecalc.document import Document
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.items import Sizes
from shapecalc.readers.tflite.meanings import MEANINGS, node_of
from shapecalc.readers.tflite.model import Graph
from shapecalc.readers.tflite.translation import Call, Translation


def translated(graph: Graph, file: str | None, given: Mapping[str, Sizes] = NOTHING) -> Document:
    """Return the document of a graph, with other volumes in the place of some of its inputs'."""
    translation = Translation(graph, given, node_of)
    for step in translation.steps:
        if isinstance(step, Call):
            translation.add(step, MEANINGS.get(step.what))
        else:
            translation.measure(step)
    outputs = [translation.values[n] for n in graph.outputs if n in translation.values]
    again = partial(translated, graph, file)
    return translation.network.document("", file, outputs, again)
