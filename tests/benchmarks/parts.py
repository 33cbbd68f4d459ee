"""What executor.py measures of single layers, and of forward passes alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from peers import ROOT, Ours, Torch, Work, alternated, difference, drawn, seconds, traced

# The kind that shapecalc gives to what PyTorch calls so; convolutions of any groups are one kind.
KINDS = {
    "Conv2d": "conv", "Linear": "dense", "BatchNorm2d": "batch_norm", "ReLU": "relu",
    "ReLU6": "relu6", "MaxPool2d": "max_pool", "AdaptiveAvgPool2d": "global_avg_pool",
    "LocalResponseNorm": "lrn", "Dropout": "dropout", "Flatten": "flatten", "Sum": "add",
}  # fmt: skip
NAIVE = {"input": "14x14x6", "layers": [{"conv": {"K": 16, "F": 5}}]}  # LeNet-5's second


# -- layers one by one -------------------------------------------------------------------------


def profile(ours: Ours, repeats: int) -> list[tuple[str, str, str, float, float]]:
    """Return of every layer its name, kind, fields and times forward and backward."""
    times: list[dict[str, list[float]]] = []

    def timed(work: Callable[..., Any], own: list[float]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            start = perf_counter()
            result = work(*arguments)
            own.append(perf_counter() - start)
            return result

        return run

    for step in ours.engine.steps:
        times.append({"forward": [], "backward": []})
        for name, own in times[-1].items():
            setattr(step.kernel, name, timed(getattr(step.kernel, name), own))
    for _ in range(repeats + 1):
        ours.step("fresh")
    return [
        (record.name, record.kind, described(record),
         *(median(own[1:] or [0.0]) for own in both.values()))
        for record, both in zip(ours.session.trace.layers, times, strict=True)
    ]  # fmt: skip


def described(record: Any) -> str:
    """Return a layer's fields and the size of its first input."""
    fields = [word for word in record.summary.split() if word not in ("P=0", "S=1")]
    return f"{' '.join(fields)} on {'x'.join(map(str, record.input[0]))}"


def alone(theirs: Torch, repeats: int) -> list[tuple[str, float]]:
    """Return of every module in order its kind and its own time, forward and backward."""
    times: dict[str, float] = {}
    answers = []
    modules = [
        (KINDS[name], module, shape)
        for module, shape in theirs.executed((object,))
        if (name := type(module).__name__) in KINDS
    ]
    for number, (kind, module, shape) in enumerate(modules):
        key = f"{kind if kind == 'add' else module} {shape} {number == 0}"
        if key not in times:
            times[key] = _time_alone(theirs.torch, kind, module, shape, number > 0, repeats)
        answers.append((kind, times[key]))
    return answers


def _time_alone(
    torch: Any, kind: str, module: Any, shape: tuple[int, ...], inside: bool, repeats: int
) -> float:
    x = torch.randn(shape, requires_grad=inside)
    work = partial(torch.add, torch.randn(shape)) if kind == "add" else module
    with torch.no_grad():
        above = torch.randn_like(work(x))

    def both() -> None:
        module.zero_grad()
        x.grad = None
        work(x).backward(above)

    return alternated([both], repeats)[0]


# -- convolutions against matrix products ------------------------------------------------------


def convolutions(ours: Ours, repeats: int) -> list[tuple[str, int, float, float]]:
    """Return of every convolution that differs: its fields, how often it is there, its time
    forward and backward, and that of the same multiplications as bare matrix products.
    """
    found: dict[tuple[str, bool], list[int]] = {}
    steps = ours.engine.steps
    for index, record in enumerate(ours.session.trace.layers):
        if record.kind == "conv" and getattr(record.layer, "groups", 1) == 1:
            first = steps[index].sources[0] in ours.engine.numbers.inputs
            found.setdefault((described(record), first), []).append(index)
    rows = []
    for (what, first), indices in found.items():
        works = (_convolution(ours, indices[0], first), _products(ours, indices[0], first))
        rows.append((what, len(indices), *alternated(works, repeats)))
    return rows


def _convolution(ours: Ours, index: int, first: bool) -> Work:
    record, kernel = ours.session.trace.layers[index], ours.engine.steps[index].kernel
    context, parameters = ours.engine.contexts[index], ours.engine.parameters[index]
    context.overwrite = False
    x = drawn(3, ours.network.batch, *record.input[0])
    above = drawn(4, ours.network.batch, *record.output)

    def both() -> None:
        _, saved = kernel.forward(context, [x], parameters)
        kernel.backward(context, above, saved, parameters, [not first])

    return both


def _products(ours: Ours, index: int, first: bool) -> Work:
    record = ours.session.trace.layers[index]
    *taps, C, K = ours.engine.parameters[index]["weight"].shape
    rows, values = ours.network.batch * int(np.prod(record.output[:-1])), int(np.prod(taps)) * C
    columns, weight, above = drawn(3, rows, values), drawn(4, values, K), drawn(5, rows, K)
    y, dw = np.empty_like(above), np.empty_like(weight)
    dx = None if first else np.empty_like(columns)

    def three() -> None:
        np.matmul(columns, weight, out=y)
        np.matmul(columns.T, above, out=dw)
        if dx is not None:
            np.matmul(above, weight.T, out=dx)

    return three


# -- verification ------------------------------------------------------------------------------


def verification(name: str) -> tuple[float, float]:
    """Return how long a verification takes, and a warm forward and backward pass in float64."""
    import shapecalc
    from shapecalc.executor.session import Session

    path = ROOT / "specs" / "networks" / f"{name}.yaml"

    def whole() -> None:
        assert shapecalc.verify(path).agrees, f"{name} is not as it is said to be"

    session = Session(shapecalc.trace(path), keep="outputs")
    inputs, outputs = session.inputs(), session.trace.spec.outputs.values()

    def both() -> None:
        session.engine.forward(inputs)
        upstream = {index: np.ones_like(session.engine.values[index]) for index in outputs}
        session.engine.backward(upstream)

    return seconds(whole), alternated([both], 3)[0]


# -- forward passes ----------------------------------------------------------------------------


def against_onnx(name: str, repeats: int) -> tuple[float, float, float]:
    """Return the times of a forward pass here and in onnx's evaluator, and how far they differ."""
    from onnx.reference import ReferenceEvaluator

    from shapecalc.executor.session import Session

    trace = traced(name, leave_out=("lrn",))
    session = Session(trace, training=False, dtype="float32", keep="outputs", backward=False)
    evaluator = ReferenceEvaluator(onnx_model(session))
    x = drawn(1, 1, *session.names.value_shape(0))
    inputs = session.inputs(x)
    works = (partial(session.engine.forward, inputs), partial(evaluator.run, None, {"v0": x}))
    ours, theirs = alternated(works, repeats, limit=40)
    value = session.value(len(session.engine.values) - 1)
    return ours, theirs, difference(value, evaluator.run(None, {"v0": x})[0])


def onnx_model(session: Any) -> Any:
    """Return a chain of layers as an ONNX graph with the session's parameters."""
    from onnx import TensorProto, helper, numpy_helper

    made, constants = [], []
    for index, step in enumerate(session.engine.steps):
        record = session.trace.layers[index]
        assert step.sources == (index,), "a chain is needed"
        names = [f"v{index}"]
        for name, values in session.engine.parameters[index].items():
            array = np.ascontiguousarray(step.kernel.from_kernel_layout(name, values))
            names.append(f"{record.name}.{name}")
            constants.append(numpy_helper.from_array(array, names[-1]))
        kind, fields = onnx_node(record)
        made.append(helper.make_node(kind, names, [f"v{index + 1}"], **fields))
    floats = TensorProto.FLOAT
    given = helper.make_tensor_value_info("v0", floats, [1, *session.names.value_shape(0)])
    wanted = helper.make_tensor_value_info(f"v{len(made)}", floats, None)
    graph = helper.make_graph(made, "network", [given], [wanted], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def onnx_node(record: Any) -> tuple[str, dict[str, Any]]:
    """Return ONNX's name and attributes of a layer."""
    layer, kind = record.layer, record.kind
    plain = {"relu": "Relu", "tanh": "Tanh", "flatten": "Flatten", "dropout": "Identity"}
    if kind in plain:
        return plain[kind], {}
    if kind == "softmax":
        return "Softmax", {"axis": 1}
    if kind == "dense":
        return "Gemm", {"transB": 1}

    def pair(value: Any) -> list[int]:
        return list(value) if isinstance(value, tuple) else [value] * 2

    fields = {"kernel_shape": pair(layer.F), "strides": pair(layer.S or layer.F)}
    if layer.P == "same":
        fields["auto_pad"] = "SAME_UPPER"
    else:
        fields["pads"] = pair(layer.P) * 2
    if kind == "avg_pool":
        fields["count_include_pad"] = int(layer.count_include_pad)
    return {"conv": "Conv", "max_pool": "MaxPool", "avg_pool": "AveragePool"}[kind], fields


def against_loops(repeats: int) -> tuple[float, float, float]:
    """Return the times of a small convolution here and in plain Python, and their difference."""
    from shapecalc.executor.session import Session

    session = Session(traced(NAIVE), dtype="float32", keep="outputs", backward=False)
    (inputs,) = session.inputs(drawn(1, 1, 6, 14, 14))
    weight = session.engine.parameters[0]["weight"].tolist()
    bias = session.engine.parameters[0]["bias"].tolist()
    image, found = inputs[0].tolist(), []

    def loops() -> None:
        found[:] = [[bias.copy() for _ in range(10)] for _ in range(10)]
        for h in range(10):
            for w in range(10):
                for k in range(16):
                    total = bias[k]
                    for i in range(5):
                        for j in range(5):
                            for c in range(6):
                                total += image[h + i][w + j][c] * weight[i][j][c][k]
                    found[h][w][k] = total

    ours, theirs = alternated((partial(session.engine.forward, [inputs]), loops), repeats)
    return ours, theirs, difference(session.value(1), np.array([found]))
