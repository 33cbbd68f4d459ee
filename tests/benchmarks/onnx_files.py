"""How long ONNX files take to read, against onnx and against what a file has in it.

    python tests/benchmarks/onnx_files.py [--runs 9]

Run by hand, on a quiet machine; onnx, PyTorch and torchvision are needed.

- A cold report of a network against onnx that loads it and infers its shapes: with the weights in
  the file, as people have them, and without.
- Reading a file, a node.
- A file of 1 GB, of which nearly all is weights, against its twin of 1 MB; and the memory.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from math import prod
from pathlib import Path
from time import process_time

from report import WATCH, in_turns, peak_megabytes
from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fuzz"), str(ROOT / "tests" / "oracles")]

import torchvision_onnx  # noqa: E402 - the path is needed first
from onnx_files import block, graph, model, node, number  # noqa: E402

from shapecalc import collector  # noqa: E402
from shapecalc.readers import read_path  # noqa: E402
from shapecalc.readers.onnx.messages import read_model  # noqa: E402

ONNX = (
    "import sys, onnx\n"
    "model = onnx.load(sys.argv[1], load_external_data=False)\n"
    "onnx.shape_inference.infer_shapes(model)\n"
)
NETWORKS = ("resnet50", "swin_t", "vit_b_16", "vgg16")
LAYERS = 10
Row = tuple[str, str, str, str]


def report(path: Path) -> list[str]:
    """Return the command that reports on a file."""
    return [sys.executable, "-m", "shapecalc", "report", str(path)]


def against_onnx(path: Path, runs: int) -> Row:
    """Compare a cold report with onnx that loads a file and infers its shapes."""
    times = in_turns({"ours": report(path), "onnx": [sys.executable, "-c", ONNX, str(path)]}, runs)
    ours, theirs = times["ours"], times["onnx"]
    ratio = f"{theirs / ours:.2f} times as long"
    what = f"{path.stem} of {path.stat().st_size / 1e6:.1f} MB, cold"
    return what, f"{ours:.3f} s", f"onnx: {theirs:.3f} s", ratio


def with_weights(path: Path, folder: Path) -> Path:
    """Write a file again, its weights inside: zeros."""
    import onnx

    made = onnx.load(str(path), load_external_data=False)
    for tensor in made.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            tensor.ClearField("external_data")
            tensor.data_location = onnx.TensorProto.DEFAULT
            tensor.raw_data = bytes(4 * prod(tensor.dims))
    found = folder / path.name
    found.write_bytes(made.SerializeToString())
    return found


def a_node(path: Path, runs: int) -> Row:
    """Return the least time that reading took, a node: others may use the machine, too."""
    found = read_model(path.read_bytes()).graph
    assert found is not None
    times = []
    for _ in range(runs):
        with collector.paused():  # as in a command, and in trace()
            start = process_time()
            read_path(path)
            times.append(process_time() - start)
    each = min(times) / len(found.nodes) * 1e6
    what = f"{len(found.nodes):,} nodes"
    return f"{path.stem}, reading", f"{min(times) * 1000:.1f} ms", what, f"{each:.1f} us a node"


def written(path: Path, megabytes: int) -> None:
    """Write a chain of dense layers whose weights take some megabytes, zeros that a disk skips."""
    side = int((megabytes * 1e6 / 4 / LAYERS) ** 0.5)
    size = 4 * side * side
    nodes = [node("Gemm", [f"x{n}", f"w{n}"], [f"x{n + 1}"], f"dense{n}") for n in range(LAYERS)]
    content = graph(nodes, {"x0": ("N", side)}, {f"x{LAYERS}": ("N", side)})
    heads = []
    for n in range(LAYERS):
        head = number(1, side) * 2 + number(2, 1) + block(8, f"w{n}")
        raw = bytes([9 << 3 | 2]) + length(size)
        heads.append(bytes([5 << 3 | 2]) + length(len(head) + len(raw) + size) + head + raw)
    end = model(b"")[len(model(b"", None)) :]
    total = len(content) + sum(map(len, heads)) + LAYERS * size
    with path.open("wb") as stream:
        stream.write(number(1, 9) + bytes([7 << 3 | 2]) + length(total) + content)
        for head in heads:
            stream.write(head)
            stream.seek(size, 1)
        stream.write(end)


def length(size: int) -> bytes:
    """Return a number, seven bits a byte."""
    return number(0, size)[1:]


def large(folder: Path, runs: int) -> Row:
    """Compare a file of 1 GB with its twin."""
    paths = {megabytes: folder / f"of_{megabytes}.onnx" for megabytes in (1, 1000)}
    for megabytes, path in paths.items():
        written(path, megabytes)
        assert read_path(path).data["layers"]
    times = in_turns({str(n): report(path) for n, path in paths.items()}, runs)
    what = f"1 GB, {peak_megabytes(report(paths[1000])):.0f} MB of memory"
    ratio = f"{times['1000'] / times['1']:.2f} of it"
    return what, f"{times['1000']:.3f} s", f"1 MB: {times['1']:.3f} s", ratio


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--folder", type=Path, help="where exports of torchvision stand already")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = asked.folder or Path(name)
        if asked.folder is None:
            torchvision_onnx.export(folder, list(NETWORKS))
        paths = [folder / f"{network}.onnx" for network in NETWORKS]
        rows = [against_onnx(path, asked.runs) for path in paths]
        inside = Path(name) / "inside"
        inside.mkdir()
        rows += [against_onnx(with_weights(path, inside), asked.runs) for path in paths]
        rows += [a_node(path, 3 * asked.runs) for path in paths]
        rows.append(large(Path(name), asked.runs))
    print(tabulate(rows, headers=("what", "time", "against", "ratio"), disable_numparse=True))
    print(WATCH.warning())


if __name__ == "__main__":
    main()
