"""A fault that recurs in a repeat or a block is kept once, and costs no more than a sound layer."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import shapecalc
from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Findings, Later

pytestmark = pytest.mark.slow

Spec = dict[str, Any]
BLOCKS = {
    "piece": {"parameters": {"w": None}, "layers": [{"conv": {"K": "$w", "F": 1, "kernal": 3}}]},
    "sound": {"parameters": {"w": None}, "layers": [{"conv": {"K": "$w", "F": 1}}]},
    "late": {"layers": ["relu", {"max_pool": {"F": 1, "S": 2}}, {"relu": {"from": "relu1"}}]},
    "fine": {"layers": ["relu", {"max_pool": {"F": 1}}, {"relu": {"from": "relu1"}}]},
}


def times(number: int, *layers: Any, input_: str = "8x8x1") -> Spec:
    before = {"conv": {"K": 1, "F": 3, "P": 1, "name": "a"}}
    repeat = {"repeat": {"times": number, "layers": list(layers)}}
    return {"input": input_, "blocks": BLOCKS, "layers": [before, repeat]}


def conv(**fields: Any) -> Spec:
    return {"conv": {"K": 1, "F": 3, "P": 1, **fields}}


# What recurs: its code, the layers with it, and layers alike without it.
RECURRING: dict[str, tuple[str, list[Any], list[Any]]] = {
    "key": ("SC102", [conv(kernal=3)], [conv()]),
    "key of a composite": (
        "SC102",
        [{"residual": {"body": ["relu"], "bod": 3}}],
        [{"residual": {"body": ["relu"]}}],
    ),
    "key beside the kind": ("SC102", [{**conv(), "bias": False}], [conv()]),
    "key of a block": ("SC102", [{"sound": {"w": 1, "v": 2}}], [{"sound": {"w": 1}}]),
    "key in a block": ("SC102", [{"piece": 1}], [{"sound": 1}]),
    "field": ("SC103", [{"conv": {"K": 1}}], [{"conv": {"K": 1, "F": 1}}]),
    "value": ("SC104", [conv(S=0)], [conv(S=1)]),
    "bare value": ("SC104", ["flatten", {"dense": -1}], ["flatten", {"dense": 1}]),
    "value of a claim": ("SC104", [conv(expect={"macs": -1})], [conv(expect={"macs": 576})]),
    "kind": ("SC105", ["convolve"], [conv()]),
    "call": ("SC105", ["Conv2d(1, 1, 3, padding=1)"], [conv()]),
    "name": ("SC106", [{"relu": {"name": "b"}}], ["relu"]),
    "source": ("SC107", [{"relu": {"from": "nothing"}}], [{"relu": {"from": "a"}}]),
    "number of sources": ("SC109", [{"add": ["a"]}], [{"add": ["a", "a"]}]),
    "stride": (
        "SC201",
        [{"max_pool": {"F": 1, "S": 2}}, {"upsample": 2}],
        [{"max_pool": {"F": 2, "S": 2}}, {"upsample": 2}],
    ),
    "stride, on ever larger volumes": (
        "SC201",
        [{"upsample": 2}, {"pad": 2}, {"conv": {"K": 1, "F": 3, "S": 2}}],
        [{"upsample": 2}, {"pad": 2}, {"conv": {"K": 1, "F": 4, "S": 2}}],
    ),
    "stride, in a block": ("SC201", ["late"], ["fine"]),
    "filter": ("SC202", [{"conv": {"K": 1, "F": 99, "from": "a"}}], [{"conv": {"K": 1, "F": 9,
               "P": 4, "from": "a"}}]),
    "padding": (
        "SC203",
        [{"max_pool": {"F": 3, "S": 1, "P": 2, "from": "a"}}],
        [{"max_pool": {"F": 3, "S": 1, "P": 1, "from": "a"}}],
    ),
    "groups": ("SC204", [conv(groups=3, **{"from": "a"})], [conv(**{"from": "a"})]),
    "disagreement": (
        "SC205",
        [{"parallel": {"branches": [[], [{"pad": 1}]], "merge": "add", "from": "a"}}],
        [{"parallel": {"branches": [[], [{"pad": 0}]], "merge": "add", "from": "a"}}],
    ),
    "number of values": (
        "SC207", [{"reshape": {"output": [9], "from": "a"}}],
        [{"reshape": {"output": [64], "from": "a"}}],
    ),
    "shared shapes": ("SC209", [{"conv": {"K": 1, "F": 1, "share": "a"}}], [conv(share="a")]),
    "claim": ("SC301", [conv(expect={"output": 3})], [conv(expect={"output": "8x8x1"})]),
    "claim of a framework's field": ("SC301", [conv(in_channels=9)], [conv(in_channels=1)]),
    "claim of a block": (
        "SC301", [{"sound": {"w": 1, "expect": {"macs": 1}}}],
        [{"sound": {"w": 1, "expect": {"macs": 64}}}],
    ),
    "dropped values": (
        "SC401",
        [{"max_pool": {"F": 3, "S": 2, "rounding": "floor", "from": "a"}}],
        [{"max_pool": {"F": 2, "S": 2, "rounding": "floor", "from": "a"}}],
    ),
    "skipped pixels": (
        "SC402",
        [{"pad": [[0, 1], [0, 1]]}, {"max_pool": {"F": 1, "S": 2}}, {"upsample": 2}],
        [{"pad": [[0, 0], [0, 0]]}, {"max_pool": {"F": 2, "S": 2}}, {"upsample": 2}],
    ),
    "useless bias": ("SC403", [conv(), "batch_norm"], [conv(bias=False), "batch_norm"]),
    "uneven same": ("SC404", [conv(F=2, P="same")], [conv(F=3, P="same")]),
    "dense on a volume": (
        "SC405",
        [{"dense": 4}, {"reshape": [2, 2, 1]}],
        ["flatten", {"dense": 4}, {"reshape": [2, 2, 1]}],
    ),
    "window in the padding": ("SC406", [conv(F=2, P=2)], [conv(F=4, P=3)]),
    "word": ("SC410", [{"Conv2d": {"out_channels": 1, "kernel_size": 1}}], [conv()]),
    "branches": (
        "SC407",
        [{"parallel": {"branches": [[], [conv(F=2, P=[[0, 1], [0, 1]])]], "merge": "add"}}],
        [{"parallel": {"branches": [[], [conv(F=3, P=[[1, 1], [1, 1]])]], "merge": "add"}}],
    ),
}  # fmt: skip


def found(spec: Spec) -> list[Finding]:
    return [f for f in shapecalc.trace(spec).findings if f.path[:2] != ("layers", 0)]


@pytest.mark.parametrize("what", RECURRING)
def test_what_recurs_is_kept_once(what: str) -> None:
    code, faulty, sound = RECURRING[what]
    unused = {f.code for f in found({**times(1, *sound), "layers": ["relu"]})}
    few, many = found(times(3, *faulty)), found(times(300, *faulty))
    assert code in {f.code for f in many}
    assert [f[:2] for f in few] == [f[:2] for f in many]  # the fault, its place
    assert len(many) <= 4 + len(unused)
    assert {f.code for f in found(times(300, *sound))} <= unused | {"SC407", "SC410"}


def calls(spec: Spec) -> int:
    """Count the functions that tracing calls."""
    counted = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        shapecalc.trace(spec)
    finally:
        sys.setprofile(before)
    return counted


def calls_a_time(layers: list[Any]) -> float:
    """Return what one time more of a repeat costs, whatever is done only once."""
    few, many = 200, 400
    shapecalc.trace(times(1, *layers))  # models are built at their first use
    return (calls(times(many, *layers)) - calls(times(few, *layers))) / (many - few)


@pytest.mark.parametrize("what", RECURRING)
def test_what_recurs_costs_no_more_than_twice_a_sound_layer(what: str) -> None:
    _, faulty, sound = RECURRING[what]
    assert calls_a_time(faulty) <= 2 * calls_a_time(sound)


def test_the_call_of_a_function_is_counted() -> None:
    assert calls({"input": 8, "layers": ["relu"] * 20}) > calls({"input": 8, "layers": ["relu"]})


# -- how findings are kept -------------------------------------------------------------------------


def finding(
    layer: str | None, message: str = "wrong", path: tuple[Any, ...] = ("here",)
) -> Finding:
    return Finding(Fault(rules.WRONG_VALUE, message), path, layer)


def test_of_one_code_at_one_place_the_first_layers_findings_are_kept() -> None:
    findings = Findings([finding("a"), finding("a"), finding("a", "otherwise"), finding("b")])
    findings += [finding("b", "again"), finding("c"), finding("c", path=("there",))]
    assert [(f.layer, f.fault.message, f.path, f.more) for f in findings.counted()] == [
        ("a", "wrong", ("here",), 2),
        ("a", "otherwise", ("here",), 2),
        ("c", "wrong", ("there",), 0),
    ]


def test_what_was_read_once_is_met_by_one_layer_after_the_other() -> None:
    findings = Findings()
    read = [finding(None), finding(None)]
    for layer in ("a", "b", "c"):
        findings.extend(read, layer)
    (kept,) = findings.counted()
    assert (kept.layer, kept.more) == ("a", 2)


def test_what_is_met_again_is_counted_for_its_layer() -> None:
    findings = Findings([finding("a")])
    assert findings.again("b", ("here",), rules.WRONG_VALUE)
    assert findings.again("b", ("here",), rules.WRONG_VALUE)
    assert findings.again(None, ("here",), rules.WRONG_VALUE)
    assert not findings.again("b", ("there",), rules.WRONG_VALUE)
    assert not findings.again("b", ("here",), rules.UNKNOWN_KEY)
    (kept,) = findings.counted()
    assert (kept.layer, kept.more) == ("a", 1)


def test_the_words_of_what_is_only_counted_are_not_made() -> None:
    made = []

    def later(layer: str) -> Later:
        def make() -> Finding:
            made.append(layer)
            return finding(layer)

        return Later(rules.WRONG_VALUE, ("here",), layer, make)

    findings = Findings()
    findings.extend(map(later, "abc"))
    assert made == ["a"]
    assert findings.counted()[0].more == 2
