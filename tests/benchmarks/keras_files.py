"""How long Keras' files take to read, against Keras itself and against what must be paid anyway.

    python tests/benchmarks/keras_files.py [--runs 9]

Run by hand, on a quiet machine; Keras with PyTorch behind it, and h5py, are needed.

- A cold report of ResNet-50's JSON against Keras that loads it and prints its summary.
- Reading that JSON, against json.loads of it and the trace of the network together.
- Files of 500 MB, of which nearly all is weights, against their architecture alone; and the memory.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

from report import WATCH, in_turns, peak_megabytes
from tabulate import tabulate

os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from shapecalc import trace  # noqa: E402 - the path is needed first
from shapecalc.readers import read_path  # noqa: E402

KERAS = (
    "import sys, keras\n"
    "from pathlib import Path\n"
    "keras.models.model_from_json(Path(sys.argv[1]).read_text(encoding='utf-8')).summary()\n"
)
UNITS = 11_180  # 11,180 x 11,180 weights of four bytes are 500 MB
Row = tuple[str, str, str, str]


def report(path: Path) -> list[str]:
    """Return the command that reports on a file."""
    return [sys.executable, "-m", "shapecalc", "report", str(path)]


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Return the median processor time of some work."""
    times = []
    for _ in range(runs):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times) * 1000


def against_keras(path: Path, runs: int) -> Row:
    """Compare a cold report with Keras' own summary."""
    times = in_turns(
        {"ours": report(path), "keras": [sys.executable, "-c", KERAS, str(path)]}, runs
    )
    ours, theirs = times["ours"], times["keras"]
    ratio = f"{theirs / ours:.1f} times as long"
    return "ResNet-50 JSON, cold", f"{ours:.3f} s", f"Keras: {theirs:.3f} s", ratio


def against_its_parts(path: Path, runs: int) -> Row:
    """Compare reading with json.loads and the trace."""
    text = path.read_text(encoding="utf-8")
    document = read_path(path)
    loads = milliseconds(lambda: json.loads(text), runs)
    reading = milliseconds(lambda: read_path(path), runs)
    both = milliseconds(lambda: trace(path), runs)
    traced = both - reading
    assert document.format == "keras"
    parts = f"json.loads {loads:.1f} ms, trace {traced:.1f} ms"
    return "reading it", f"{reading:.1f} ms", parts, f"{reading / (loads + traced):.2f} of both"


def large(folder: Path, runs: int) -> list[Row]:
    """Compare files of 500 MB with their architecture."""
    import keras

    stack = [keras.layers.Dense(UNITS), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((UNITS,)), *stack])
    alone = folder / "architecture.json"
    alone.write_text(model.to_json(), encoding="utf-8")
    rows = []
    for ending in ("keras", "h5"):
        path = folder / f"large.{ending}"
        model.save(path)
        megabytes = path.stat().st_size / 1e6
        times = in_turns({"file": report(path), "alone": report(alone)}, runs)
        ratio = f"{times['file'] / times['alone']:.2f} of it"
        what = f".{ending} of {megabytes:.0f} MB, {peak_megabytes(report(path)):.0f} MB of memory"
        rows.append((what, f"{times['file']:.3f} s", f"alone: {times['alone']:.3f} s", ratio))
        path.unlink()
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    import keras

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "resnet50.json"
        model = keras.applications.ResNet50(weights=None)
        path.write_text(model.to_json(), encoding="utf-8")
        del model
        rows = [against_keras(path, runs), against_its_parts(path, runs), *large(folder, runs)]
    print(tabulate(rows, headers=("what", "time", "against", "ratio"), disable_numparse=True))
    print(WATCH.warning())


if __name__ == "__main__":
    main()
