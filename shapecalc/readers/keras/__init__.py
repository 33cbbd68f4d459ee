"""Keras' files: bytes in, one graph of layers out, whatever version and form wrote them.

Read are the JSON of Keras 1, 2 and 3 (also as text within JSON), YAML of to_yaml(), model.json of
TensorFlow.js, .keras archives and .h5 files. Nothing of a file is executed or imported: lambdas and
classes of users stay a name with its configuration.

`read` gives a Model as it is written; `flatten` (in walk.py) its calls in the order of computing.
"""

from shapecalc.readers.keras.graph import (
    Claim,
    Endpoint,
    Graph,
    Layer,
    Malformed,
    Node,
    NoLayers,
    TensorRef,
)
from shapecalc.readers.keras.model import Model, read, read_bytes
from shapecalc.readers.keras.walk import Call, Flattened, Tensor, flatten

__all__ = [
    "Call", "Claim", "Endpoint", "Flattened", "Graph", "Layer", "Malformed", "Model", "NoLayers",
    "Node", "Tensor", "TensorRef", "flatten", "read", "read_bytes",
]  # fmt: skip
