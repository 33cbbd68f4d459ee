"""What torch.export.save writes, without PyTorch: programs by hand, and mutated ones."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from random import Random
from typing import Any

import mutations

Json = dict[str, Any]
Shape = Sequence[int | str]  # a text is an expression
FLOAT, LONG = 7, 5  # numbers of data types
SECRET = "/home/somebody/train.py"  # stands in every stack trace
NOW, BEFORE = "now", "before"  # layouts of archives


class Program:
    """A program to be written: what goes in, what it holds, calls in order."""

    def __init__(self, **inputs: Shape) -> None:
        self.tensors: Json = {}
        self.nodes: list[Json] = []
        self.specs: list[Json] = []
        self.numbers: Json = {}
        self.stored: Json = {}
        for name, shape in inputs.items():
            self._tensor(name, shape)
            self.specs.append({"user_input": {"arg": {"as_tensor": {"name": name}}}})

    def held(
        self,
        name: str,
        *shape: int,
        kind: str = "parameter",
        learned: bool = True,
        dtype: int = FLOAT,
        path: str = "",
    ) -> str:
        """Add a parameter, a buffer or a tensor_constant; return the name of its value."""
        value = f"{kind[0]}_{name.replace('.', '_')}"
        self._tensor(value, shape, learned and kind == "parameter", dtype)
        spec: Json = {"arg": {"name": value}, f"{kind}_name": name}
        self.specs.insert(0, {kind: spec})
        number = f"weight_{len(self.stored)}"
        meta = self.tensors[value]
        self.stored[name] = {"path_name": path or number, "tensor_meta": meta}
        return value

    def call(self, operator: str, /, *shapes: Shape, module: str = "", **arguments: Any) -> Any:
        """Add a call of an operator of ATen; return the name of its output, or a list of names."""
        name = operator.partition(".")[0]
        while any(node["name"] == name for node in self.nodes):
            name += "_"
        names = [name] if len(shapes) == 1 else [f"{name}_{n}" for n in range(len(shapes))]
        for output, shape in zip(names, shapes, strict=True):
            self._tensor(output, shape)
        stack = "L__self__,,models.Net"
        if module:
            stack += f";L__self__{module},{module},torch.nn.modules.Part"
        self.nodes.append(
            {
                "name": name,
                "target": f"torch.ops.aten.{operator}",
                "inputs": [
                    {"name": key, "arg": self._value(value), "kind": 1}
                    for key, value in arguments.items()
                ],
                "outputs": [{"as_tensor": {"name": output}} for output in names],
                "metadata": {"nn_module_stack": stack, "stack_trace": f'File "{SECRET}", line 1'},
            }
        )
        return names[0] if len(names) == 1 else names

    def number(self, target: str, /, **arguments: Any) -> str:
        """Add a call that gives a number; return its name."""
        name = f"number_{len(self.numbers)}"
        self.numbers[name] = {"as_expr": {"expr_str": "s0", "hint": {"as_int": 2}}}
        self.nodes.append(
            {
                "name": name,
                "target": target,
                "inputs": [
                    {"name": key, "arg": self._value(value)} for key, value in arguments.items()
                ],
                "outputs": [{"as_sym_int": {"as_name": name}}],
                "metadata": {},
            }
        )
        return name

    def json(self, *outputs: str, version: Any = None) -> Json:
        """Return the program with some outputs."""
        graph = {
            "inputs": [], "outputs": [], "nodes": self.nodes, "tensor_values": self.tensors,
            "sym_int_values": self.numbers, "sym_bool_values": {},
        }  # fmt: skip
        results = [{"user_output": {"arg": {"as_tensor": {"name": name}}}} for name in outputs]
        return {
            "graph_module": {
                "graph": graph,
                "signature": {"input_specs": self.specs, "output_specs": results},
                "module_call_graph": [],
            },
            "opset_version": {"aten": 10},
            "range_constraints": {},
            "schema_version": {"major": 8, "minor": 20} if version is None else version,
        }

    def file(self, *outputs: str, layout: str = NOW) -> bytes:
        """Return the archive."""
        return archive(json.dumps(self.json(*outputs)).encode(), self.stored, layout)

    def _tensor(self, name: str, shape: Shape, learned: bool = False, dtype: int = FLOAT) -> None:
        sizes = [
            {"as_int": s} if isinstance(s, int) else {"as_expr": {"expr_str": s, "hint": None}}
            for s in shape
        ]
        self.tensors[name] = {
            "dtype": dtype, "sizes": sizes, "requires_grad": learned, "device": {"type": "cpu"},
            "strides": [], "storage_offset": {"as_int": 0}, "layout": 7,
        }  # fmt: skip

    def _value(self, value: Any) -> Json:
        if value is None:
            return {"as_none": True}
        if isinstance(value, str):
            if value in self.numbers:
                return {"as_sym_int": {"as_name": value}}
            return {"as_tensor": {"name": value}} if value in self.tensors else {"as_string": value}
        if isinstance(value, bool | int | float):
            return {f"as_{type(value).__name__}": value}
        if any(isinstance(one, str) and one in self.tensors for one in value):
            return {"as_tensors": [{"name": name} for name in value]}
        if any(isinstance(one, str) for one in value):
            mixed = [{"as_name": v} if isinstance(v, str) else {"as_int": v} for v in value]
            return {"as_sym_ints": mixed}
        return {"as_ints": list(value)}


def archive(model: bytes, stored: Json | None = None, layout: str = NOW, values: int = 4) -> bytes:
    """Return the archive of a program's JSON; `values` are the bytes of each weight."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as file:
        if layout == BEFORE:
            file.writestr("serialized_exported_program.json", model)
            file.writestr("serialized_state_dict.pt", b"weights")
            file.writestr("version", "8.2")
            return made.getvalue() if file.close() is None else b""
        for path in dict.fromkeys(entry["path_name"] for entry in (stored or {}).values()):
            file.writestr(f"net/data/weights/{path}", bytes(values))
        config = json.dumps({"config": stored or {}})
        file.writestr("net/data/weights/model_weights_config.json", config)
        file.writestr("net/models/model.json", model)
        file.writestr("net/archive_format", "pt2")
    return made.getvalue()


def convolutional() -> Program:
    """Return a small network of convolutions, a branch and a dense layer."""
    net = Program(x=(1, 3, 8, 10))
    y = net.call("conv2d.default", (1, 4, 8, 10), module="conv", input="x",
                 weight=net.held("conv.weight", 4, 3, 3, 3), bias=net.held("conv.bias", 4),
                 stride=[1, 1], padding=[1, 1])  # fmt: skip
    names = ("weight", "bias"), ("running_mean", "running_var")
    held = {name: net.held(f"bn.{name}", 4) for name in names[0]}
    held |= {name: net.held(f"bn.{name}", 4, kind="buffer") for name in names[1]}
    y = net.call("batch_norm.default", (1, 4, 8, 10), module="bn", input=y, **held, training=False,
                 momentum=0.1, eps=1e-5, cudnn_enabled=True)  # fmt: skip
    y = net.call("relu_.default", (1, 4, 8, 10), module="act", self=y)
    z = net.call("conv2d.padding", (1, 4, 8, 10), module="block.same", input=y,
                 weight=net.held("block.same.weight", 4, 1, 3, 3), bias=None, stride=[1, 1],
                 padding="same", dilation=[1, 1], groups=4)  # fmt: skip
    y = net.call("add.Tensor", (1, 4, 8, 10), self=y, other=z)
    y = net.call("cat.default", (1, 8, 8, 10), tensors=[y, z], dim=1)
    y = net.call("max_pool2d.default", (1, 8, 4, 5), module="pool", self=y, kernel_size=[2, 2])
    y = net.call("adaptive_avg_pool2d.default", (1, 8, 1, 1), self=y, output_size=[1, 1])
    y = net.call("flatten.using_ints", (1, 8), self=y, start_dim=1)
    net.call("linear.default", (1, 5), module="fc", input=y,
             weight=net.held("fc.weight", 5, 8), bias=net.held("fc.bias", 5))  # fmt: skip
    return net


def attentive() -> Program:
    """Return a small network of a table, attention, a recurrent layer and unusual operators."""
    net = Program(ids=(1, 6))
    table = net.held("table.weight", 50, 8)
    y = net.call("embedding.default", (1, 6, 8), module="table", weight=table, indices="ids")
    y = net.call("add.Tensor", (1, 6, 8), self=y, other=net.held("place", 1, 6, 8))
    y = net.call("layer_norm.default", (1, 6, 8), module="norm", input=y, normalized_shape=[8],
                 weight=net.held("norm.weight", 8), bias=net.held("norm.bias", 8))  # fmt: skip
    w, b = net.held("qkv.weight", 24, 8), net.held("qkv.bias", 24)
    y = net.call("linear.default", (1, 6, 24), module="qkv", input=y, weight=w, bias=b)
    parts = net.call("chunk.default", *[(1, 6, 8)] * 3, self=y, chunks=3, dim=-1)
    heads = []
    for part in parts:
        part = net.call("view.default", (1, 6, 2, 4), self=part, size=[1, -1, 2, 4])
        heads.append(net.call("transpose.int", (1, 2, 6, 4), self=part, dim0=1, dim1=2))
    q, k, v = heads
    y = net.call("scaled_dot_product_attention.default", (1, 2, 6, 4), query=q, key=k, value=v)
    y = net.call("transpose.int", (1, 6, 2, 4), self=y, dim0=1, dim1=2)
    y = net.call("reshape.default", (1, 6, 8), self=y, shape=[1, 6, 8])
    rnn = [net.held(f"rnn.{name}", *shape) for name, shape in (
        ("weight_ih_l0", (12, 8)), ("weight_hh_l0", (12, 3)), ("bias_ih_l0", (12,)),
        ("bias_hh_l0", (12,)),
    )]  # fmt: skip
    state = net.call("zeros.default", (1, 1, 3), size=[1, 1, 3])
    y, *_ = net.call("lstm.input", (1, 6, 3), (1, 1, 3), (1, 1, 3), module="rnn", input=y,
                     hx=[state, state], params=rnn, has_biases=True, num_layers=1, dropout=0.0,
                     train=False, bidirectional=False, batch_first=True)  # fmt: skip
    y = net.call("select.int", (1, 3), self=y, dim=1, index=-1)
    net.call("mystery.default", (1, 2), self=y)
    return net


PROGRAMS = (
    convolutional().json("linear"),
    attentive().json("mystery"),
)
OPERATORS = (
    "conv2d.default", "linear.default", "matmul.default", "cat.default", "view.default",
    "permute.default", "split.Tensor", "einsum.default", "pad.default", "slice.Tensor",
    "upsample_bilinear2d.vec", "mean.dim", "gru.input", "convolution.default", "expand.default",
    "group_norm.default", "squeeze.dim", "unbind.int", "stack.default", "prelu.default",
)  # fmt: skip


def exported_file(rng: Random) -> bytes:
    """Return a mutated file."""
    data: Any = rng.choice(PROGRAMS)
    if rng.random() < 0.8:
        data = mutations.mutated(rng, data, PROGRAMS)
        for place in mutations.containers(data):
            if isinstance(place, dict) and "target" in place and rng.random() < 0.05:
                place["target"] = f"torch.ops.aten.{rng.choice(OPERATORS)}"
    raw = archive(mutations.encoded(json.dumps(data)), {}, rng.choice((NOW, NOW, BEFORE)))
    kind = rng.random()
    if kind < 0.1:
        raw = raw[: rng.randint(0, len(raw))]
    elif kind < 0.25:
        raw = mutations.flipped(rng, raw)
    return raw
