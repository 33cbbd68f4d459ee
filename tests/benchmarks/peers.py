"""The two sides that executor.py measures: a training step of the same network, and its memory."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "oracles")]

Work = Callable[[], object]
STATUS = Path("/proc/self/status")


class Network(NamedTuple):
    """A spec file's network: its builder in reference_networks, the builder's argument, a batch."""

    build: str
    arguments: tuple[int, ...]
    batch: int
    input: tuple[int, ...]
    units: int


PHOTO = (3, 224, 224)
NETWORKS = {
    "kth-mnist-convnet": Network("mnist_convnet", (), 32, (1, 28, 28), 10),
    "alexnet": Network("alexnet", (), 1, (3, 227, 227), 1000),
    "vgg-16": Network("vgg16", (), 1, PHOTO, 1000),
    "resnet-50": Network("resnet", (50,), 1, PHOTO, 1000),
    "mobilenet-v2": Network("mobilenet_v2", (), 1, PHOTO, 1000),
    "efficientnet-b0": Network("efficientnet_b0", (), 1, PHOTO, 1000),
    "convnext-tiny": Network("convnext_tiny", (), 1, PHOTO, 1000),
    "shufflenet-v2": Network("shufflenet_v2", (), 1, PHOTO, 1000),
}
STATE = ("weight", "bias", "running_mean", "running_var")


def drawn(seed: int, *shape: int) -> Any:
    """Return standard normal float32 values, the same on every side."""
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def kind_of(layer: Any) -> str:
    """Return the kind of a layer as a spec has it."""
    return layer if isinstance(layer, str) else next(iter(layer))


def traced(network: str | dict[str, Any], leave_out: Sequence[str] = ()) -> Any:
    """Trace a network of specs/networks, or a spec, without some kinds of layers."""
    from shapecalc import trace
    from shapecalc.readers import native

    if isinstance(network, str):
        network = dict(native.read_path(ROOT / "specs" / "networks" / f"{network}.yaml").data)
        del network["expect"]
    network["layers"] = [layer for layer in network["layers"] if kind_of(layer) not in leave_out]
    return trace(network)


def seconds(work: Work) -> float:
    """Return how long a call takes; what it returns is dropped."""
    start = perf_counter()
    work()
    return perf_counter() - start


def alternated(works: Sequence[Work], repeats: int, limit: float = 60) -> list[float]:
    """Return median times of calls that take turns, after one of each that is not counted."""
    times: list[list[float]] = [[] for _ in works]
    start = perf_counter()
    for turn in range(repeats + 1):
        for own, work in zip(times, works, strict=True):
            taken = seconds(work)
            if turn or taken > limit:
                own.append(taken)
        if turn and perf_counter() - start > limit:
            break
    return [median(own) for own in times]


def difference(found: Any, wanted: Any) -> float:
    """Return the largest difference relative to the largest value."""
    return float(np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-30))


def farthest(pairs: Sequence[tuple[Any, Any]]) -> float:
    """Return the largest difference of any two tensors, in the norm.

    Relative to the second of them, or to a thousandth of the largest of all if that is more: a bias
    before a batch norm has no gradient but rounding.
    """
    norms = [float(np.linalg.norm(wanted)) for _, wanted in pairs]
    floor = max(norms) / 1000
    return max(
        float(np.linalg.norm(found - wanted)) / max(norm, floor)
        for (found, wanted), norm in zip(pairs, norms, strict=True)
    )


def counted_faults() -> int:
    """Return how many pages this process has touched first, 0 where nobody says."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def memory_used() -> tuple[int, int]:
    """Return the resident memory in bytes: now (the peak where nobody says), and at its peak."""
    if STATUS.exists():
        text = STATUS.read_text(encoding="ascii")
        now, peak = (int(re.findall(rf"{key}:\s+(\d+)", text)[0]) for key in ("VmRSS", "VmHWM"))
        return now * 1024, peak * 1024
    if sys.platform == "win32":
        import ctypes

        counters = (ctypes.c_size_t * 9)()  # two DWORDs fill the first
        counters[0] = ctypes.sizeof(counters)
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        process = ctypes.c_void_p(kernel.GetCurrentProcess())
        kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), ctypes.sizeof(counters))
        return counters[2], counters[1]
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak *= 1 if sys.platform == "darwin" else 1024
    return peak, peak


def _axes(values: Any) -> list[int]:
    """Return the sizes that are not 1: a dense layer at each position is a 1x1 convolution."""
    return [size for size in values.shape if size != 1]


class Side:
    """One side: a training step that can be repeated, its time and its memory."""

    def step(self, how: str) -> None:
        """Run forward and backward once. `how` is what becomes of the previous gradients."""
        raise NotImplementedError

    def time(self, how: str, steps: int) -> tuple[float, float]:
        """Return the median time of some steps, after one not counted, and page faults a step."""
        work = partial(self.step, how)
        work()
        before = counted_faults()
        return median([seconds(work) for _ in range(steps)]), (counted_faults() - before) / steps

    def processor_time(self, steps: int) -> float:
        """Return the processor time of the quickest of some steps, after one not counted."""
        self.step("fresh")
        times = []
        for _ in range(steps):
            start = process_time()
            self.step("fresh")
            times.append(process_time() - start)
        return min(times)

    def memory(self) -> tuple[int, int, int]:
        """Return bytes of memory before two steps, at their peak, and at the process's peak."""
        before, first = memory_used()
        if STATUS.exists():
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
        self.step("fresh")
        self.step("fresh")
        _, peak = memory_used()
        return before, peak, max(first, peak)


class Ours(Side):
    """shapecalc's executor."""

    def __init__(self, name: str) -> None:
        from shapecalc.executor.session import Session

        self.network = network = NETWORKS[name]
        trace = traced(name, leave_out=("softmax",))
        self.session = Session(trace, dtype="float32", keep="outputs")
        self.engine = self.session.engine
        self.inputs = self.session.inputs(drawn(1, network.batch, *network.input))
        self.upstream = drawn(2, network.batch, network.units)
        (self.index,) = self.session.trace.spec.outputs.values()

    def step(self, how: str) -> None:
        self.engine.forward(self.inputs)
        self.engine.backward({self.index: self.upstream}, inputs_too=False)

    def save(self, folder: str) -> None:
        """Write the parameters for the other side, numbered as the layers that have any."""
        owners = [index for index, own in enumerate(self.engine.parameters) if own]
        for number, index in enumerate(owners):
            kernel = self.engine.steps[index].kernel
            for name, values in self.engine.parameters[index].items():
                np.save(
                    Path(folder, f"{number}.{name}.npy"), kernel.from_kernel_layout(name, values)
                )

    def compare(self, folder: str) -> tuple[float, float]:
        """Return how far output and gradients are from the exact ones, without dropout."""
        nodes = self.session.trace.spec.nodes
        for context, node in zip(self.engine.contexts, nodes, strict=True):
            context.training = node.kind != "dropout"
        self.step("fresh")
        for context in self.engine.contexts:
            context.training = True
        pairs = []
        for number, index in enumerate([i for i, p in enumerate(self.engine.parameters) if p]):
            kernel, own = self.engine.steps[index].kernel, self.engine.parameter_gradients[index]
            for name, values in own.items():
                exact = np.load(Path(folder, f"gradient.{number}.{name}.npy"))
                mine = kernel.from_kernel_layout(name, values)
                assert _axes(mine) == _axes(exact), f"{number}.{name}: {mine.shape}"
                pairs.append((mine, exact.reshape(mine.shape)))
        output = difference(self.session.value(self.index), np.load(Path(folder, "output.npy")))
        return output, farthest(pairs)


class Torch(Side):
    """PyTorch eager, the networks of tests/oracles."""

    def __init__(self, name: str) -> None:
        import reference_networks
        import torch

        network = NETWORKS[name]
        self.torch, self.scale = torch, reference_networks.Scale
        self.model = getattr(reference_networks, network.build)(*network.arguments)
        self.model.train()
        self.x = torch.from_numpy(drawn(1, network.batch, *network.input))
        self.upstream = torch.from_numpy(drawn(2, network.batch, network.units))

    def step(self, how: str) -> None:
        self.model.zero_grad(set_to_none=how == "fresh")
        self.model(self.x).backward(self.upstream)

    def about(self) -> str:
        """Return the version, and the instructions that its own kernels use."""
        capability = self.torch.backends.cpu.get_cpu_capability()
        return f"PyTorch {self.torch.__version__} ({capability})"

    def executed(self, types: tuple[type, ...]) -> list[tuple[Any, tuple[int, ...]]]:
        """Return the modules of some types in the order in which they run, with input shapes."""
        ran: list[tuple[Any, tuple[int, ...]]] = []
        hooks = [
            module.register_forward_hook(lambda m, x, y: ran.append((m, tuple(x[0].shape))))
            for module in self.model.modules()
            if isinstance(module, types)
        ]
        with self.torch.no_grad():
            self.model(self.x)
        for hook in hooks:
            hook.remove()
        return ran

    def load(self, folder: str) -> None:
        """Take over the other side's parameters."""
        files = {path.name for path in Path(folder).glob("[0-9]*")}
        pairs = self._named()
        assert files == {file for file, _ in pairs}, "not the same layers with parameters"
        with self.torch.no_grad():
            for file, values in pairs:
                given = np.load(Path(folder, file), mmap_mode="c")  # malloc learns nothing from it
                assert _axes(given) == _axes(values), f"{file}: {given.shape}"
                values.copy_(self.torch.from_numpy(given).reshape(values.shape))

    def _named(self) -> list[tuple[str, Any]]:
        """Return the parameters and running statistics with the names of their files."""
        nn = self.torch.nn
        types = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.LayerNorm, self.scale)
        modules = [m for m, _ in self.executed(types)]
        return [
            (f"{number}.{name}.npy", getattr(module, name))
            for number, module in enumerate(modules)
            for name in STATE
            if getattr(module, name, None) is not None
        ]

    def check(self, folder: str) -> tuple[float, float]:
        """Write output and gradients of a step in float64, without dropout. Return how far those in
        float32 are from them.
        """
        names = [file for file, values in self._named() if values.requires_grad]
        rates = {m: m.p for m in self.model.modules() if isinstance(m, self.torch.nn.Dropout)}
        for module in rates:
            module.p = 0.0
        output, gradients = self._results(self.x)
        self.model.double()
        exact_output, exact = self._results(self.x.double())
        self.model.float()
        for module, rate in rates.items():
            module.p = rate
        np.save(Path(folder, "output.npy"), exact_output)
        for file, values in zip(names, exact, strict=True):
            np.save(Path(folder, f"gradient.{file}"), values.astype(np.float32))
        return difference(output, exact_output), farthest(list(zip(gradients, exact, strict=True)))

    def _results(self, x: Any) -> tuple[Any, list[Any]]:
        """Return the output and the gradients in the order of execution."""
        self.model.zero_grad()
        y = self.model(x)
        y.backward(self.upstream.to(x.dtype))
        self.x, kept = x, self.x  # finding the order of the layers runs the model
        named = [values.grad.numpy() for _, values in self._named() if values.requires_grad]
        self.x = kept
        return y.detach().numpy(), named
