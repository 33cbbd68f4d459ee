"""Every repair of specs with one wrong number: applied, it mends, and does no harm elsewhere.

A number of a spec is changed: a stride, a filter, a padding, K, the input. Whatever is offered then
must be read, leave no new error and no new warning, and no single pixel of an axis that had more;
what mends skipped pixels leaves the network's outputs as they are. Of a spec that claims its
output the first offer comes to that; of others nobody can tell which number is the wrong one.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

import shapecalc
from shapecalc import Diagnostic, Trace, network, rules
from shapecalc.diagnostics import unfolded
from shapecalc.readers.native import read_text
from shapecalc.repairs import effects, trial

SPECS = Path(__file__).resolve().parents[2] / "specs"
FILES = [
    path
    for pattern in ("broken/sc2*.yaml", "broken/sc4*.yaml", "lectures/*.yaml", "networks/*.yaml")
    for path in sorted(SPECS.glob(pattern))
]
MOST_LAYERS = 60  # each repair is tried anew, by the network's whole length
CHANGES = 2  # of each spec
NUMBERS = {
    "F", "S", "P", "K", "dilation", "units", "scale", "output_padding", "max_pool", "avg_pool",
    "crop", "pad", "upsample",
}  # fmt: skip
ADVICE_OF_ROUNDING = "SC401"  # rounding drops values, which is what it is chosen for
SHORTCUT = "SC402"  # a projection skips pixels, which is usual


def without_claims(value: Any) -> Any:
    """Return data without what is claimed of the network as it was."""
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key not in ("expect", "example")}
        return {str(key): without_claims(inner) for key, inner in kept.items()}
    return [without_claims(inner) for inner in value] if isinstance(value, list) else value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every number that may be wrong."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, found in inner:
        if isinstance(found, dict | list):
            yield from places(found, (*path, key))
        elif (type(found) is int and key in NUMBERS) or (
            key == "input" and str(found).replace("x", "").isdigit() and "x" in str(found)
        ):
            yield (*path, key)


def wrong(data: Any, path: tuple[Any, ...], rng: Random) -> Any:
    """Return the data with another number at a path, or another size in all axes of the input."""
    changed = copy.deepcopy(data)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    old = inner[path[-1]]
    if path[-1] == "input":
        *sizes, depth = map(int, old.split("x"))
        by = rng.choice([step for step in (-3, -1, 1, 2, 3, 7, 16) if min(sizes) + step > 0])
        inner[path[-1]] = "x".join(str(size) for size in (*(size + by for size in sizes), depth))
    else:
        least = 0 if path[-1] in ("P", "output_padding", "crop", "pad") else 1
        values = {old - 1, old + 1, 2 * old, least} - {old}
        inner[path[-1]] = rng.choice(sorted(value for value in values if value >= least))
    return changed


def traced(text: str) -> Trace:
    document = read_text(text, "a.json")
    document.format = "spec"
    return shapecalc.trace(network.build(document))


def of(trace: Trace, severity: str) -> list[Diagnostic]:
    return [found for found in unfolded(trace.diagnostics) if found.severity == severity]


def harm(before: Trace, found: Diagnostic, title: str, after: Trace) -> list[str]:
    """Return what an edit did that no repair may do."""
    errors, left = (
        [one for one in of(trace, "error") if one.rule is not rules.FALSE_CLAIM]
        for trace in (before, after)
    )
    told = []
    if Counter(e.code for e in left if e.rule.stage == "reading") - Counter(
        e.code for e in errors if e.rule.stage == "reading"
    ):
        told.append("cannot be read")
    if len(left) > len(errors) or (found.severity == "error" and len(left) == len(errors)):
        told.append("as many errors as before")
    known = {record.name: record.output for record in before.layers if record.output is not None}
    there = {(w.code, at) for w in of(before, "warning") for at in (w.layer, w.where)}
    for warning in of(after, "warning"):
        usual = warning.code == SHORTCUT and not warning.edits and "shortcut" in warning.hint
        usual = usual or (warning.code == ADVICE_OF_ROUNDING and found.severity == "error")
        new = there.isdisjoint((warning.code, at) for at in (warning.layer, warning.where))
        if new and warning.layer in known and not usual:
            told.append(f"warns of {warning.code}")
    for record in after.layers:
        was, now = known.get(record.name), record.output
        if was is None or now is None or len(was) != len(now):
            continue
        if any(new == 1 != old for new, old in zip(now[:-1], was[:-1], strict=True)):
            told.append(f"leaves one pixel in {record.name}")
    if found.code == SHORTCUT and after.outputs != before.outputs:
        told.append("changes the output")
    return told


def claims_its_output(data: Any) -> bool:
    """Say whether a spec claims what its only output is."""
    claims = data.get("expect")
    return isinstance(claims, dict) and "output" in claims


def try_all(data: Any, rng: Random, tried: Counter[str], changes: int = CHANGES) -> None:
    """Change numbers of a spec, one at a time, and apply whatever is offered."""
    right = traced(json.dumps(data))
    numbers = list(places(without_claims(data)))
    for path in rng.sample(numbers, min(changes, len(numbers))):
        text = json.dumps(wrong(data, path, rng))
        before = traced(text)
        for found in before.diagnostics:
            if found.severity == "advice" or found.rule.stage not in ("shapes", "advice"):
                continue
            for number, edit in enumerate(found.edits):
                after = traced(edit.applied(text))
                assert not (bad := harm(before, found, edit.title, after)), (path, edit.title, bad)
                tried["offers"] += 1
                first = number == 0 and found.severity == "error" and not of(right, "error")
                if first and claims_its_output(data) and len(before.diagnostics) == 1:
                    assert after.outputs == right.outputs, (path, found.hint)
                    tried["as claimed"] += 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_what_is_offered_mends_and_does_no_harm(seed: int) -> None:
    tried = Counter[str]()
    for path in FILES:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or len(shapecalc.trace(path).layers) > MOST_LAYERS:
            continue
        data = data if claims_its_output(data) else without_claims(data)
        try_all(data, Random(f"{seed} {path.name}"), tried)
    assert tried["offers"] > 200
    assert tried["as claimed"] > 5


@pytest.mark.parametrize(
    ("spec", "said"),
    [("sc205-residual", "leaves one pixel"), ("sc402-stride-skips", "changes the output")],
)
def test_a_repair_that_does_harm_is_noticed(
    spec: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "effects", lambda *_: effects.Effects(True))
    data = yaml.safe_load((SPECS / "broken" / f"{spec}.yaml").read_text(encoding="utf-8"))
    data = without_claims(data)
    with pytest.raises(AssertionError, match=said):
        any(try_all(data, Random(seed), Counter()) for seed in range(20))  # type: ignore[func-returns-value]
