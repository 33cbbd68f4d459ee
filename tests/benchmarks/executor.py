"""How long the executor takes, against PyTorch eager, bare matrix products and plain evaluators.

    python tests/benchmarks/executor.py [SECTION...] [--networks NAME...] [--repeats 7]
    python tests/benchmarks/executor.py --profile resnet-50

Sections: training, processor, convolutions, forward, memory, verify; all of them by default. Run by
hand, on a quiet machine; torch is needed, and onnx for `forward`.

Both sides run float32 forward and backward in training mode on the same weights, input and upstream
gradient (no gradient of the input, no final softmax), with as many threads. Each is a process of
its own, and they take turns with pauses: the workers of OpenBLAS spin on for 50 to 100 ms. Turns
that other processes disturb are repeated. Tables are for the environment as it is found, without
OpenBLAS's core type, and with AVX2 on both sides (equal instructions). `processor` compares kernels
where nobody gains by more threads; other processes change it by some percent, and nothing else
here can be measured beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from statistics import geometric_mean, median
from time import sleep
from typing import Any

from peers import NETWORKS, Ours, Torch
from quiet import Watch
from tabulate import tabulate

SECTIONS = ("training", "processor", "convolutions", "forward", "memory", "verify")
PAUSE = 0.15  # seconds
TURN = 0.2  # seconds that a turn should last at least
CORE = "OPENBLAS_CORETYPE"
AVX2 = {CORE: "Haswell", "ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
VERIFIED = ("resnet-50", "vgg-16", "u-net", "efficientnet-b0", "convnext-tiny", "shufflenet-v2")
CHAINS = ("lenet-5", "kth-mnist-convnet", "alexnet")
# glibc gives no page back and asks for none again: allocations cost next to nothing
KEEPING = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40)}
Environment = dict[str, str]


class Peer:
    """One side in a process of its own; it answers requests."""

    def __init__(self, side: str, name: str, environment: Environment) -> None:
        command = [sys.executable, __file__, "serve", side, name]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, env=environment
        )

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def ask(self, method: str, *arguments: Any) -> Any:
        """Return the answer to a request."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([method, *arguments]), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{method}: the measured process has ended")
        return json.loads(answer)


def serve(side: str, name: str) -> None:
    """Answer requests until there are no more."""
    import parts

    answers, sys.stdout = sys.stdout, sys.stderr
    peer = {"ours": Ours, "torch": Torch}[side](name) if side != "forward" else None
    for line in sys.stdin:
        method, *arguments = json.loads(line)
        if peer is None:
            work = getattr(parts, method)
        else:
            work = getattr(peer, method, None) or partial(getattr(parts, method), peer)
        print(json.dumps(work(*arguments)), file=answers, flush=True)


def environments(threads: int) -> Iterator[tuple[str, Environment]]:
    """Yield the environment as it is, without OpenBLAS's core type where that is set, and one that
    holds both sides to the same instructions.
    """
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    found = os.environ | dict.fromkeys(names, str(threads))
    yield f"{CORE}={found[CORE]}" if CORE in found else f"{CORE} unset", found
    if CORE in found:
        yield f"{CORE} unset", {key: value for key, value in found.items() if key != CORE}
    yield "equal instructions (AVX2)", found | AVX2


def show(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
    """Print a table; the first columns are words, the others numbers."""
    align = ["left"] * left + ["right"] * (len(headers) - left)
    print(f"\n{title}\n")
    print(tabulate(rows, headers=headers, colalign=align, disable_numparse=True), flush=True)


def ms(seconds: float) -> str:
    """Return a time in milliseconds."""
    return f"{seconds * 1e3:,.1f}"


def means(ratios: Sequence[Sequence[float]]) -> list[str]:
    """Return the geometric mean of each column."""
    return [f"{geometric_mean(column):.2f}" for column in zip(*ratios, strict=True)]


# -- sections ----------------------------------------------------------------------------------


def training_row(name: str, repeats: int, environment: Environment) -> list[float]:
    """Return times, page faults and differences of one network.

    Ours; PyTorch with fresh gradients, with gradients kept, and with pages kept.
    """
    with (
        Peer("ours", name, environment) as ours,
        Peer("torch", name, environment) as theirs,
        Peer("torch", name, environment) as kept,
        Peer("torch", name, environment | KEEPING) as keeping,
        tempfile.TemporaryDirectory() as folder,
    ):
        ours.ask("save", folder)
        for peer in (theirs, kept, keeping):
            peer.ask("load", folder)
        differences = [*keeping.ask("check", folder), *ours.ask("compare", folder)]
        sides = ((ours, "fresh"), (theirs, "fresh"), (kept, "kept"), (keeping, "fresh"))
        steps = []
        for peer, how in sides:
            peer.ask("time", how, 1)
            steps.append(max(1, min(20, round(TURN / peer.ask("time", how, 1)[0]))))
        watch = Watch([peer.process.pid for peer, _ in sides])
        times: list[list[float]] = [[] for _ in sides]
        faults: list[list[float]] = [[] for _ in sides]
        for _ in range(repeats):
            for index, (peer, how) in enumerate(sides):
                sleep(PAUSE)
                turn = partial(peer.ask, "time", how, steps[index])
                taken, touched = watch.quietly(turn)
                times[index].append(taken)
                faults[index].append(touched)
    print(f"{name}: {watch.warning()}" if watch.warning() else "", end="", flush=True)
    return [*map(median, times), *map(median, faults), *differences]


def training(names: Sequence[str], repeats: int, threads: int) -> None:
    """Forward and backward against PyTorch."""
    for title, environment in environments(threads):
        rows, ratios, same = [], [], []
        for name in names:
            numbers = training_row(name, repeats, environment)
            own, *others = numbers[:4]
            ratios.append([own / other for other in others])
            shown = [f"{ratio:.2f}" for ratio in ratios[-1]]
            columns = [text for pair in zip(map(ms, others), shown, strict=True) for text in pair]
            rows.append([f"{name}, batch {NETWORKS[name].batch}", ms(own), *columns])
            faults = [f"{number:,.0f}" for number in numbers[4:8]]
            output, gradients, own_output, own_gradients = (f"{d:.0e}" for d in numbers[8:])
            same.append([name, *faults, own_output, output, own_gradients, gradients])
        fresh, kept, pages = means(ratios)
        rows.append(["geometric mean", "", "", fresh, "", kept, "", pages])
        show(
            f"Forward and backward, {threads} threads, {title}: milliseconds",
            ["", "ours", "PyTorch", "ratio", "grads kept", "ratio", "pages kept", "ratio"],
            rows,
        )
        show(
            "Page faults of a step; differences from PyTorch in float64",
            ["", "ours", "PyTorch", "grads kept", "pages kept",
             "output: ours", "PyTorch", "gradients: ours", "PyTorch"],
            same,
        )  # fmt: skip
    print(
        "\nPyTorch: gradients set to None before a step; zeroed and added to (grads kept); set to"
        f"\nNone under {' '.join(f'{k}={v}' for k, v in KEEPING.items())} (glibc)."
        "\nDifferences are without dropout, relative to the whole tensor; of the worst gradient."
        "\nBoth sides should be equally far off: where a relu flips, float32 gradients jump."
    )


def processor(names: Sequence[str], repeats: int, threads: int) -> None:
    """Forward and backward in one thread each, as processor time, pages kept on both sides."""
    *_, (title, environment) = environments(1)
    rows, ratios = [], []
    for name in names:
        with (
            Peer("ours", name, environment | KEEPING) as ours,
            Peer("torch", name, environment | KEEPING) as theirs,
        ):
            turns = [[p.ask("processor_time", 3) for p in (ours, theirs)] for _ in range(repeats)]
        own, other = map(min, zip(*turns, strict=True))
        ratios.append([own / other])
        rows.append([name, ms(own), ms(other), f"{own / other:.2f}"])
    rows.append(["geometric mean", "", "", *means(ratios)])
    headers = ["", "ours", "PyTorch", "ratio"]
    show(f"Processor time of one thread, the quickest step, {title}: milliseconds", headers, rows)


def convolutions(names: Sequence[str], repeats: int, threads: int) -> None:
    """Convolution kernels against their multiplications as bare matrix products."""
    for title, environment in environments(threads):
        rows, totals, layers = [], [], []
        for name in names:
            with Peer("ours", name, environment) as ours:
                found = ours.ask("convolutions", repeats)
            own = sum(times * seconds for _, times, seconds, _ in found)
            bare = sum(times * seconds for _, times, _, seconds in found)
            totals.append([own, bare])
            count = str(sum(times for _, times, *_ in found))
            rows.append([name, count, ms(own), ms(bare), f"{own / bare:.2f}"])
            layers += [
                [name, what, str(times), ms(a), ms(b), f"{a / b:.2f}"]
                for what, times, a, b in sorted(found, key=lambda row: (row[3] - row[2]) * row[1])
            ][:5]
        own, bare = map(sum, zip(*totals, strict=True))
        rows.append(["all", "", ms(own), ms(bare), f"{own / bare:.2f}"])
        rows.append(["geometric mean", "", "", "", *means([[a / b] for a, b in totals])])
        headers = ["", "layers", "ours", "products", "ratio"]
        show(f"Convolutions without depthwise ones, milliseconds, {title}", headers, rows)
        show("Where most is lost", ["", "layer", *headers[1:]], layers, left=2)


def forward(names: Sequence[str], repeats: int, threads: int) -> None:
    """Forward passes at batch 1 against onnx's evaluator, a small layer against Python's loops."""
    title, environment = next(environments(threads))
    rows = []
    with Peer("forward", "", environment) as peer:
        asked = [(f"{name}, onnx evaluator", "against_onnx", name) for name in CHAINS]
        asked.append(("5x5 of 6 on 14x14, Python loops", "against_loops"))
        for what, method, *arguments in asked:
            own, other, off = peer.ask(method, *arguments, repeats)
            rows.append([what, f"{own * 1e3:.3f}", ms(other), f"{other / own:,.0f}", f"{off:.0e}"])
    headers = ["", "ours", "theirs", "times as fast", "difference"]
    show(f"Forward only, batch 1, milliseconds, {title}", headers, rows)
    print("\nWithout lrn: onnx 1.23's evaluator sums squares for the first channel only.")


def memory(names: Sequence[str], repeats: int, threads: int) -> None:
    """Largest resident memory of two training steps."""
    _, environment = next(environments(threads))
    rows = []
    for name in names:
        numbers: list[float] = []
        for side in ("ours", "torch"):
            with Peer(side, name, environment) as peer:
                before, highest, process = peer.ask("memory")
            numbers += [process / 2**20, (highest - before) / 2**20]
        own, own_more, other, other_more = numbers
        values = (own, other, own_more, other_more)
        shown = [f"{value:,.0f}" for value in values]
        shown.insert(2, f"{own / other:.2f}")
        rows.append([name, *shown, f"{own_more / max(other_more, 1):.2f}"])
    headers = ["", "ours", "PyTorch", "ratio", "ours, steps", "PyTorch, steps", "ratio"]
    show("Peak memory in MB: of the process, and more than after import and weights", headers, rows)


def verify(names: Sequence[str], repeats: int, threads: int) -> None:
    """The verification of whole networks, against a warm forward and backward pass in float64."""
    title, environment = next(environments(threads))
    rows = []
    for name in VERIFIED:
        with Peer("forward", "", environment) as peer:
            watch = Watch([peer.process.pid])
            checked, one = watch.quietly(partial(peer.ask, "verification", name))
        rows.append([name, f"{checked:.2f}", f"{one:.2f}", f"{checked / one:.1f}"])
        print(watch.warning(), end="")
    headers = ["", "verify", "a pass", "ratio"]
    show(f"Verification, seconds, {threads} threads, {title}", headers, rows)


def profile(name: str, repeats: int, threads: int) -> None:
    """Where a network loses most against PyTorch's same layer, timed alone."""
    title, environment = next(environments(threads))
    with Peer("ours", name, environment) as peer:
        layers = peer.ask("profile", repeats)
    with Peer("torch", name, environment) as peer:
        others = defaultdict(list)
        for kind, seconds in peer.ask("alone", repeats):
            others[kind].append(seconds)
    kinds: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    rows = []
    for layer, kind, what, onward, back in layers:
        waiting = others["conv" if kind == "depthwise_conv" else kind]
        theirs = waiting.pop(0) if waiting else 0.0
        rows.append((onward + back - theirs, layer, what, onward, back, theirs))
        for index, value in enumerate((1, onward, back, theirs)):
            kinds[kind][index] += value
    others.pop("flatten", None)  # a dense layer flattens its input here
    assert not any(others.values()), f"not the same layers: {dict(others)}"
    headers = ["", "layers", "forward", "backward", "PyTorch's alone", "lost"]
    total = [sum(column) for column in zip(*kinds.values(), strict=True)]
    order = sorted(kinds.items(), key=lambda item: item[1][3] - item[1][1] - item[1][2])
    shown = [
        [kind, f"{count:.0f}", ms(onward), ms(back), ms(theirs), ms(onward + back - theirs)]
        for kind, (count, onward, back, theirs) in [*order, ("all", total)]
    ]
    show(f"{name}: milliseconds by kind, {title}", headers, shown)
    worst = [
        [layer, what, *map(ms, (onward, back, theirs, lost))]
        for lost, layer, what, onward, back, theirs in sorted(rows, reverse=True)[:10]
    ]
    show("Where most is lost", ["", "layer", *headers[2:]], worst, left=2)


def main() -> None:
    """Measure what is asked for and print tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--repeats", type=int, default=7, help="turns of each side")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--profile", choices=NETWORKS, metavar="NETWORK", help="this alone")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    if asked.profile:
        profile(asked.profile, asked.repeats, asked.threads)
        return
    for section in asked.sections or SECTIONS:
        globals()[section](asked.networks, asked.repeats, asked.threads)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:])
    else:
        main()
