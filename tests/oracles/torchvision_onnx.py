"""torchvision's classification networks as ONNX files, with what PyTorch says of them.

    python tests/oracles/torchvision_onnx.py FOLDER [NAME...]

Weights are left out of the files: what is large is said to stand in another file, which is
never written. facts.json beside them has PyTorch's own numbers: the values of the parameters, those
of the floating-point buffers, and the sizes of the output. What stands in the folder stays. Then
every file is read by shapecalc, and what differs from PyTorch's numbers is printed.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import torch

LEFT_OUT = ("vit_h_14", "regnet_y_128gf")  # 2.5 GB each
PILLOW = ("", ".Image", ".ImageColor", ".ImageDraw", ".ImageEnhance", ".ImageFont", ".ImageOps")
SIZES = {"inception_v3": 299}
AUXILIARY = {"aux_logits": False, "init_weights": False}  # heads that are for training alone
OPTIONS = {"googlenet": AUXILIARY, "inception_v3": AUXILIARY}
WITH_OPERATIONS = ("maxvit", "swin", "vit")  # attention has no kind
SMALL = 1024  # bytes of a tensor that stays in the ONNX file
_LIBRARIES = []


def models() -> Any:
    """Return torchvision.models, whose compiled operators and Pillow may be missing."""
    if "torchvision" not in sys.modules:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _LIBRARIES.append(library)  # what is defined goes with it
        try:
            import PIL  # noqa: F401
        except ImportError:
            for end in PILLOW:
                name = f"PIL{end}"
                sys.modules[name] = MagicMock(__version__="10.0", __name__=name)
    from torchvision import models

    return models


def names() -> list[str]:
    """Return the names of the networks."""
    found = models()
    return [name for name in found.list_models(module=found) if name not in LEFT_OUT]


def network(name: str) -> Any:
    """Return a network with weights that cost little time, in evaluation mode."""
    found = models()
    init = torch.nn.init
    drawn = ("trunc_normal_", "normal_", "kaiming_normal_", "kaiming_uniform_", "xavier_uniform_")
    before = {word: getattr(init, word) for word in drawn}
    try:
        for word in drawn:
            setattr(init, word, lambda tensor, *_, **__: tensor.data.uniform_(-0.02, 0.02))
        return found.get_model(name, weights=None, **OPTIONS.get(name, {})).eval()
    finally:
        for word, function in before.items():
            setattr(init, word, function)


def size_of(name: str) -> int:
    """Return the height and width of a network's input."""
    return SIZES.get(name, 224)


def facts(module: Any, outputs: Any) -> dict[str, Any]:
    """Return PyTorch's own numbers."""
    floating = [b for b in module.buffers() if b.is_floating_point()]
    return {
        "parameters": sum(p.numel() for p in module.parameters()),
        "buffers": sum(b.numel() for b in floating),
        "output": list(outputs.shape),
    }


def export_onnx(name: str, folder: Path) -> dict[str, Any]:
    """Write a network as ONNX, every layer as it is trained; return PyTorch's numbers."""
    import onnx
    from onnx.external_data_helper import set_external_data

    module = network(name)
    size = size_of(name)
    example = torch.zeros(1, 3, size, size)
    stream = io.BytesIO()
    torch.onnx.export(
        module, (example,), stream, dynamo=False, training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False, input_names=["input"], output_names=["output"],
    )  # fmt: skip
    model = onnx.load_model_from_string(stream.getvalue())
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) > SMALL and tensor.data_type == onnx.TensorProto.FLOAT:
            set_external_data(tensor, f"{name}.bin")
            tensor.ClearField("raw_data")
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
    with torch.no_grad():
        return facts(module, module(example))


def export(folder: Path, chosen: list[str]) -> None:
    """Write what the folder does not have yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "facts.json"
    for name in chosen or names():
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if name in known:
            continue
        known[name] = export_onnx(name, folder)
        path.write_text(json.dumps(known, indent=1), encoding="utf-8")
        print(name, known[name], flush=True)


def differences(name: str, folder: Path, known: dict[str, Any]) -> list[str]:
    """Return what shapecalc says otherwise of a file than PyTorch of the network."""
    from shapecalc import trace

    result = trace(folder / f"{name}.onnx")
    operations = sum(layer.kind == "operation" for layer in result.layers)
    pairs = {
        "parameters": (result.totals.parameters, known["parameters"]),
        "statistics": (result.totals.non_trainable, known["buffers"]),
        "output": (result.output, tuple(known["output"][1:])),
        "complete": (result.complete, True),
        "operations": (operations > 0, name.startswith(WITH_OPERATIONS)),
    }
    if name.startswith("swin_v2"):  # a table of coordinates cannot be told from a constant
        del pairs["statistics"]
    return [f"{name}: {what} {one}, not {other}" for what, (one, other) in pairs.items()
            if one != other]  # fmt: skip


def compare(folder: Path, chosen: list[str]) -> int:
    """Print how the files of a folder differ from PyTorch's numbers; return how often."""
    known = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    found = [line for name in chosen or known for line in differences(name, folder, known[name])]
    print(*found, f"{len(chosen or known)} networks, {len(found)} differences", sep="\n")
    return len(found)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    export(Path(sys.argv[1]), sys.argv[2:])
    sys.exit(compare(Path(sys.argv[1]), sys.argv[2:]) > 0)
