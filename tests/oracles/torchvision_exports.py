"""torchvision's classification networks as torch.export saves them, compared with PyTorch itself.

    python tests/oracles/torchvision_exports.py FOLDER [NAME...]

writes FOLDER/NAME.pt2 without values, on the meta device, keeps what is there, and prints a line a
network: every parameter and buffer, and the volume that each call of a module gives.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torchvision_onnx import names, network, size_of

import shapecalc
from shapecalc.tracing import Trace


def on_meta(name: str) -> tuple[Any, Any]:
    """Return a network without values, and its input."""
    size = size_of(name)
    return network(name).to("meta"), torch.zeros(1, 3, size, size, device="meta")


def export(name: str, path: Path) -> tuple[Any, Any]:
    """Write a network unless it is there; return it, and its input."""
    module, image = on_meta(name)
    if not path.exists():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.export.save(torch.export.export(module, (image,)), path)
    return module, image


def calls(module: Any, *inputs: Any) -> tuple[list[tuple[str, tuple[int, ...]]], Any]:
    """Return what each call of a part without parts gives, by its name, and the output."""
    found: list[tuple[str, tuple[int, ...]]] = []

    def noting(name: str) -> Any:
        def note(part: Any, given: Any, output: Any) -> None:
            if hasattr(output, "shape"):
                found.append((name, tuple(output.shape)))

        return note

    hooks = [
        part.register_forward_hook(noting(name))
        for name, part in module.named_modules()
        if name and not [*part.children()]
    ]
    with torch.no_grad():
        output = module(*inputs)
    for hook in hooks:
        hook.remove()
    return found, output


def differences(module: Any, inputs: Sequence[Any], trace: Trace) -> list[str]:
    """Return where a trace is not what PyTorch says of a module."""
    found = []
    learned = {id(p): p for p in module.parameters()}.values()
    buffers = {id(b): b for b in module.buffers() if b.is_floating_point()}.values()
    expected = {
        "trainable": sum(p.numel() for p in learned if p.requires_grad),
        "frozen": sum(p.numel() for p in learned if not p.requires_grad),
        "non_trainable": sum(b.numel() for b in buffers),
    }
    for key, number in expected.items():
        if trace.totals[key] != number:
            found.append(f"{key}: {trace.totals[key]}, not {number}")
    if not trace.complete:
        found.append("not complete")
    found += [f"{d.code} {d.message}" for d in trace.diagnostics if d.code != "SC601"]
    by_name = {record.name: record.output for record in trace.layers}
    known, output = calls(module, *inputs)
    met: dict[str, int] = {}
    for name, shape in known:
        met[name] = met.get(name, 0) + 1
        own = by_name.get(name if met[name] == 1 else f"{name}_{met[name]}")
        if own is not None and own not in _volumes(shape):
            found.append(f"{name}: {own}, not {shape}")
    (first, *_) = trace.outputs.values()
    if hasattr(output, "shape") and first not in _volumes(output.shape):
        found.append(f"output {trace.outputs}, not {tuple(output.shape)}")
    return found


def compared(module: Any, inputs: Sequence[Any], trace: Trace) -> int:
    """Return how many calls of modules are found in a trace by their names."""
    names = {record.name for record in trace.layers}
    return sum(name in names for name, _ in calls(module, *inputs)[0])


def _volumes(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the volumes that a tensor may be: without a batch, the depth from axis 1 or last."""
    _, *rest = shape
    first = (*rest[1:], rest[0]) if rest else (1,)
    return [tuple(rest) or (1,), first, tuple(shape), (*shape[2:], shape[0]) if rest else (1,)]


def main(folder: Path, chosen: Sequence[str]) -> int:
    """Compare networks; return how many are not what PyTorch says."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for name in chosen or names():
        path = folder / f"{name}.pt2"
        module, image = export(name, path)
        trace = shapecalc.trace(path)
        found = differences(module, (image,), trace)
        wrong += bool(found)
        operations = sum(record.kind == "operation" for record in trace.layers)
        print(
            name, f"{len(trace.layers):,} layers, {operations:,} operations,",
            f"{compared(module, (image,), trace):,} calls compared,",
            f"{trace.totals.parameters:,} parameters:", *(found[:5] or ["equal"]), flush=True,
        )  # fmt: skip
    return wrong


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1]), sys.argv[2:])))
