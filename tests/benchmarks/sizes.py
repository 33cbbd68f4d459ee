"""How long sizes take: the search of those that fit, and traces with names against numbers.

Run by hand: python tests/benchmarks/sizes.py. Processor time, the best of several runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import shapecalc
from shapecalc.solving.fitting import fitting

NETWORKS = Path(__file__).resolve().parents[2] / "specs/networks"
RUNS = 7


def best(work: Callable[[], object]) -> float:
    """Return the least processor time of several runs, in milliseconds."""
    times = []
    for _ in range(RUNS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return 1000 * min(times)


def without_claims(value: Any) -> Any:
    """Return data without its claims, which are made for numbers."""
    if isinstance(value, dict):
        return {key: without_claims(inner) for key, inner in value.items() if key != "expect"}
    return [without_claims(inner) for inner in value] if isinstance(value, list) else value


def main() -> None:
    """Print a line for each network."""
    print(f"{'network':<18}{'sizes':>10}{'numbers':>10}{'names':>10}{'ratio':>8}")
    for name in ("alexnet", "u-net", "squeezenet", "resnet-50", "resnet-152", "yolov3"):
        spec = shapecalc.read(NETWORKS / f"{name}.yaml")
        data = without_claims(spec.document.data)
        (volume,) = spec.inputs.values()
        assert volume is not None
        numbers = shapecalc.read(data)
        names = shapecalc.read({**data, "input": ["H", "W", volume[-1]]})
        sizes = best(lambda spec=spec: fitting(spec))  # type: ignore[misc]
        one = best(lambda spec=numbers: shapecalc.trace(spec))  # type: ignore[misc]
        other = best(lambda spec=names: shapecalc.trace(spec))  # type: ignore[misc]
        print(f"{name:<18}{sizes:>7.1f} ms{one:>7.1f} ms{other:>7.1f} ms{other / one:>8.1f}")


if __name__ == "__main__":
    main()
