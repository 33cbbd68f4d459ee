"""Inputs that leave sizes open: what is known equals the traces of inputs that fit, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from random import Random
from typing import Any

import corpus
import pytest

import shapecalc
from shapecalc import agreement, fitting_sizes, rules
from shapecalc.diagnostics import Fault, LayerError
from shapecalc.executor import run
from shapecalc.grading import read_assignment
from shapecalc.layers import KINDS
from shapecalc.layers.base import Layer
from shapecalc.layers.read_volumes import AXIS_NAMES
from shapecalc.network import Node
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import Volume

SIZES = (*range(1, 10), 12, 15, 16, 17, 23, 24, 31, 32, 33, 48, 64, 65)
PAIRS = ((40, 57), (61, 96), (128, 83), (99, 130), (250, 121), (17, 4), (4, 9), (6, 3), (5, 8))
COUNTED = ("weights", "biases", "non_trainable", "parameters", "macs", "activations")


def concrete(volume: Sequence[int | None], own: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield volumes with other sizes in the place of the open ones: all alike, and all different;
    an open depth goes with a few of them.
    """
    depths = [own[-1]] if volume[-1] is not None else [own[-1], 2, 4, 6, 12]
    spatial = [(n,) * 3 for n in SIZES] + [(w, h, h + 2) for w, h in PAIRS]
    if volume[:-1] == own[:-1]:
        spatial = [(1, 1, 1)]
    for sizes, depth in product(spatial, depths):
        given = (*sizes[: len(volume) - 1], depth)
        yield tuple(g if v is None else v for g, v in zip(given, volume, strict=True))
    yield tuple(own)


def written(volume: Sequence[int | None]) -> dict[str, int | None]:
    """Return a volume by its axes' names: a list that begins with null has a batch, or looks so."""
    return dict(zip(AXIS_NAMES[len(volume) - 1], volume, strict=True))


def values(record: LayerRecord) -> dict[str, Any]:
    """Return everything that a record says, sizes one by one."""
    found: dict[str, Any] = {key: getattr(record, key) for key in COUNTED}
    for key in ("output", "receptive_field", "jump"):
        listed = getattr(record, key)
        found[f"{key} known"] = None if listed is None else len(listed)
        found |= {f"{key} {axis}": size for axis, size in enumerate(listed or ())}
    return found


def refused(trace: Trace) -> set[int]:
    """Return the layers that a size does not suit, and all behind them; what stretches a volume
    that an open size made one pixel is among them.
    """
    named = {f.layer for f in trace.findings if f.rule.structural}
    found: set[int] = set()
    for index, node in enumerate(trace.spec.nodes):
        sources = [trace.spec.values.producer(source) for source in node.sources or ()]
        taken = trace.layers[index].input or ()
        stretched = node.layer is not None and node.layer.merges and len(set(taken)) > 1
        if node.name in named or stretched or any(source in found for source in sources):
            found.add(index)
    return found


def disagreements(spec: dict[str, Any], volume: Sequence[int | None]) -> Iterator[str]:
    """Yield what the trace of a network with open sizes says and other traces do not, and what it
    does not say although they all do.
    """
    opened = shapecalc.trace({**spec, "input": written(volume)})
    traces = [
        shapecalc.trace({**spec, "input": list(sizes)}) for sizes in concrete(volume, spec["input"])
    ]
    behind = [refused(trace) for trace in traces]
    fits = [not refusing for refusing in behind]
    if any(f.rule.structural for f in opened.findings):
        if any(fits):
            yield f"{opened.diagnostics[0].message}, but {traces[fits.index(True)].inputs} fits"
        return
    if not opened.complete:
        yield "it is not complete"
    for index, record in enumerate(opened.layers):
        whole = [values(t.layers[index]) for t, good in zip(traces, fits, strict=True) if good]
        so_far = [
            values(t.layers[index])
            for t, refusing in zip(traces, behind, strict=True)
            if index not in refusing
        ]
        for key, value in values(record).items():
            same = len(so_far) > 1 and len({other.get(key) for other in so_far}) == 1
            if value is None and same and so_far[0].get(key) is not None:
                yield f"{record.name}.{key} is open, and is {so_far[0][key]} at all sizes"
            if value is not None and any(other.get(key) != value for other in whole):
                yield f"{record.name}.{key} is {value}, but {[o.get(key) for o in whole][:8]}"


def networks(count: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield small networks that are sound, with their numbers."""
    number = 0
    while count:
        number += 1
        spec = corpus.network(Random(f"open sizes {number}"))
        spec.pop("example", None)
        if shapecalc.trace(spec).complete and isinstance(spec["input"], list):
            count -= 1
            yield number, spec


def openings(volume: list[int]) -> list[tuple[int | None, ...]]:
    """Return volumes with the spatial sizes left open, the first of them, or the depth as well."""
    spatial, depth = volume[:-1], volume[-1]
    if not spatial:
        return [(None,)]
    found = [(*[None] * len(spatial), depth), (None, *spatial[1:], depth)]
    return [tuple(f) for f in dict.fromkeys([*found, (None,) * len(volume)]) if f.count(None)]


def wrong(count: int) -> Any:
    """Return the first network of which something is said wrongly, or not said; None for none."""
    for number, spec in networks(count):
        for volume in openings(spec["input"]):
            found = list(disagreements(spec, volume))
            if found:
                return number, volume, found
    return None


def test_what_is_known_holds_at_every_size_and_the_rest_at_none() -> None:
    assert wrong(8) is None


@pytest.mark.slow
def test_what_is_known_holds_in_many_networks() -> None:
    assert wrong(400) is None


@pytest.mark.parametrize(
    "agreed",
    [lambda values: values[0], lambda values: None, lambda values: min(values)],
    ids=["the first size for all", "nothing is known", "the smallest size for all"],
)
def test_the_check_finds_a_planted_fault(
    agreed: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement, "agreed", agreed)
    assert wrong(20) is not None


# Other sizes than ours to put in the place of open ones: nothing that is told may depend on them.
OTHERS = {
    "USUAL": (240, 231, 259, 288, 33, 29, 520, 580, 98, 1025, 4100, 16400, *range(1, 65)),
    "DEPTHS": (960, 3, 64, 1, 240, 2, 4, 7, 5040),
    "FAR": (
        (285, 187, 289, 121, 133, 391), (286, 150, 197, 70, 262, 117),
        (1310, 1027, 1013, 770, 710, 1010), (421, 333, 311, 441, 311, 413),
    ),
}  # fmt: skip


def leaks(count: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Yield networks, half of them faulty, of which something else is told with other sizes."""
    for number in range(count):
        rng = Random(f"leaks {number}")
        spec = corpus.network(rng)
        if rng.random() < 0.5:
            spec["layers"].append({"conv": {"K": 3, "F": 2, "S": 2}})
            spec["layers"] += [{"upsample": 2}, {"max_pool": {"F": 1, "S": 2}}]
        if isinstance(spec["input"], list):
            spec["input"] = "x".join(rng.choice(("?", "?", str(n))) for n in spec["input"])
        told = [json.dumps(shapecalc.trace(spec).to_dict())]
        with monkeypatch.context() as patch:
            for name, sizes in OTHERS.items():
                patch.setattr(fitting_sizes, name, sizes)
            told.append(json.dumps(shapecalc.trace(spec).to_dict()))
        if told[0] != told[1]:
            yield number, spec, told


@pytest.mark.slow
def test_nothing_that_is_told_depends_on_the_sizes_that_were_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert next(leaks(20, monkeypatch), None) is None


@pytest.mark.quick(1)
@pytest.mark.parametrize("leaky", ["_masked", "_value"])
def test_the_check_finds_a_planted_leak(leaky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, leaky, lambda values: values[0])
    assert next(leaks(20, monkeypatch), None) is not None


TraceText = Callable[..., Trace]
STRIDES = "{conv: {K: 4, F: 3, S: 2}}, {max_pool: 2}, {conv: {K: 4, F: [5, 3], S: [4, 2]}}"
U_NET = """
  - conv: {K: 4, F: 3}
  - relu: {name: skip}
  - max_pool: 2
  - conv: {K: 8, F: 3}
  - conv_transpose: {K: 4, F: 2, S: 2}
  - crop: {from: skip, P: 2, name: cut}
  - concat: [conv_transpose1, cut]
  - conv: {K: 2, F: 1}
"""


@pytest.mark.parametrize(
    ("layers", "volume", "known"),
    [
        (f"[{STRIDES}, global_avg_pool, {{dense: 3}}]", "?x?x3", {"conv2": (None, None, 4)}),
        (f"[{STRIDES}]", "?x?x3", {"conv2": (None, None, 4)}),
        ("[{conv: {K: 2, F: 16, S: 16}}, {max_pool: {F: 3, S: 3}}]", "?x?x1",
         {"max_pool1": (None, None, 2)}),
        ("[{conv: {K: 2, F: 80, S: 4}}, {max_pool: 4}, {conv: {K: 4, F: 3}}, {max_pool: 4},"
         " {conv: {K: 8, F: 3}}, {max_pool: 4}, {conv: {K: 8, F: 3}}, {max_pool: 4}]", "?x1",
         {"max_pool4": (None, 8)}),
        (U_NET, "?x?x1", {"concat1": (None, None, 8), "conv3": (None, None, 2)}),
        ("[{adaptive_avg_pool: 7x5}, flatten, {dense: 4}]", "?x?x8",
         {"adaptive_avg_pool1": (7, 5, 8), "flatten1": (280,), "dense1": (4,)}),
        ("[flatten, {dense: 4}]", "?x?x8", {"flatten1": (None,), "dense1": (4,)}),
        ("[{transpose: [width, height, depth]}, {conv: {K: 3, F: [2, 3]}}]", "?x32x3",
         {"transpose1": (32, None, 3), "conv1": (31, None, 3)}),
        ("[{max_pool: 2}, {reshape: 7x7x4}, {conv: {K: 2, F: 3}}]", "?x?x4",
         {"max_pool1": (None, None, 4), "reshape1": (7, 7, 4), "conv1": (5, 5, 2)}),
        ("[{group_norm: 6}, {conv: {K: 12, F: 3, groups: 4}}]", "?x?x?",
         {"group_norm1": (None, None, None), "conv1": (None, None, 12)}),
        ("[{dense: 4}, relu]", "'?'", {"relu1": (4,)}),
        ("[{pixel_unshuffle: 4}, {conv: {K: 2, F: 1}}]", "?x?x3", {"conv1": (None, None, 2)}),
        ("[{conv: {K: 4, F: 3, P: 1}}, {slice: {axis: width, start: 2, stop: 7}}]", "?x?x3",
         {"slice1": (None, 5, 4)}),
        ("[{global_avg_pool: {name: gate}}, sigmoid, {multiply: [input, sigmoid1]}]", "?x?x8",
         {"gate": (1, 1, 8), "multiply1": (None, None, 8)}),
    ],
)  # fmt: skip
def test_volumes_known_in_part(
    trace_text: TraceText, layers: str, volume: str, known: dict[str, Any]
) -> None:
    trace = trace_text(f"input: {volume}\nlayers: {layers}\n")
    assert not [d for d in trace.diagnostics if d.severity != "advice"]
    assert {name: trace[name].output for name in known} == known
    assert trace.complete
    sized = shapecalc.trace(trace.spec, inputs=dict(trace.fitting_inputs))
    assert not [d for d in sized.diagnostics if d.severity == "error"]


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("layers", "code", "said"),
    [
        ("[{conv: {K: 3, F: 3}}, {add: [conv1, input]}]", "SC205", "height ? and ?, width ? and ?"),
        ("[{max_pool: 2}, {pad: {P: [[0, 2], [0, 2]], from: input}}, {max_pool: 2},"
         " {concat: [max_pool1, max_pool2]}]", "SC205", "height ? and ?, width ? and ? differ"),
        ("[{max_pool: 2}, {pad: {P: [[0, 2], [0, 2]], from: input}}, {max_pool: 2},"
         " {crop: [[1, 0], [0, 1]]}, {concat: [max_pool1, crop1]}]", None, ""),
        ("[{upsample: 2}, {conv: {K: 1, F: 1, S: 2}}]", "SC201", "+ 1 = ?"),
        ("[{conv: {K: 4, F: 3, groups: 2}}]", "SC204", "does not divide the input's depth 3"),
        ("[flatten, {conv: {K: 3, F: 3}}]", "SC206", "flat vector ?"),
        ("[{adaptive_avg_pool: 2}, {conv: {K: 1, F: 3}}]", "SC202", "padded input 2"),
        ("[{conv: {K: 3, F: 3, P: 1}}, {conv: {K: 4, F: 1, from: input}}, {add: [conv1, conv2]}]",
         "SC205", "depth 3 and 4 differ"),
    ],
)  # fmt: skip
def test_faults_count_where_no_size_avoids_them(
    trace_text: TraceText, layers: str, code: str | None, said: str
) -> None:
    trace = trace_text(f"input: ?x?x3\nlayers: {layers}\n")
    found = [d for d in trace.diagnostics if d.severity == "error"]
    assert [d.code for d in found] == ([] if code is None else [code])
    for one in found:
        assert said in one.message
        ours = {str(n) for volume in trace.fitting_inputs.values() for n in volume[:-1]}
        assert not ours & set(re.findall("[0-9]+", one.message + one.hint))
    assert trace.complete == (code is None)


def test_an_executor_and_homework_say_what_they_need() -> None:
    spec = {"input": "?x?x3", "layers": [{"conv": {"K": 2, "F": 3}}, "flatten", {"dense": 4}]}
    with pytest.raises(shapecalc.SpecError, match=r"input \?x\?x3 leaves some open") as error:
        run(spec)
    assert "--input 224x224x3" in error.value.diagnostics[0].hint
    assert not shapecalc.verify(spec).agrees
    result = run(shapecalc.trace(spec, inputs="5x6x3"), inputs=None)
    assert result.outputs["conv1"].shape == (1, 2, 3, 4)
    assert shapecalc.verify(spec, inputs=[5, 6, 3]).agrees
    assignment = read_assignment({"spec": spec, "questions": ["conv1.output"]})
    assert [d.code for d in assignment.diagnostics] == ["SC504"]


@pytest.mark.parametrize(
    ("inputs", "volume"),
    [
        ("9x9x3", (9, 9, 3)), ([9, 9, 3], (9, 9, 3)), ((None, None, 3), (None, None, 3)), (7, (7,)),
        ({"input": "9x9x3"}, (9, 9, 3)), ({"height": 9, "width": 8, "depth": 3}, (9, 8, 3)),
        ({"input": {"length": None, "depth": 3}}, (None, 3)), ({}, (8, 8, 3)), (None, (8, 8, 3)),
    ],
)  # fmt: skip
def test_inputs_in_python(inputs: Any, volume: Any) -> None:
    spec = {"input": "8x8x3", "layers": ["relu"]}
    assert shapecalc.trace(spec, inputs=inputs).inputs == {"input": volume}
    assert shapecalc.read(spec, inputs=inputs).inputs == {"input": volume}
    assert shapecalc.check(spec, inputs=inputs) == []


@pytest.mark.parametrize("inputs", ["", "8x", {"left": 3}, object(), [None, 8, 8, 3], {1: 2}, -1])
def test_inputs_that_are_none(inputs: Any) -> None:
    with pytest.raises(shapecalc.SpecError) as error:
        shapecalc.trace({"input": "8x8x3", "layers": ["relu"]}, inputs=inputs)
    assert [d.where for d in error.value.diagnostics] == ["inputs"]


def test_a_worked_example_is_for_the_input_that_it_was_written_for() -> None:
    given = {"input": [[1, 2], [3, 4]]}
    spec = {"input": "?x?x1", "layers": ["relu"], "example": {"given": given, "expect": given}}
    assert shapecalc.trace(spec).diagnostics == ()
    assert shapecalc.verify(spec, inputs="2x2x1").agrees
    assert shapecalc.trace({**spec, "input": "2x2x1"}, inputs="3x3x1").diagnostics == ()


def test_a_framework_is_not_asked_for_sizes_nobody_knows() -> None:
    layers = [{"Conv2d": {"in_channels": 4, "out_channels": 8, "kernel_size": 3}}, "Flatten"]
    layers.append({"Linear": {"in_features": 100, "out_features": 2}})
    found = shapecalc.trace({"input": "?x?x3", "layers": layers}).diagnostics
    assert [(d.code, d.where) for d in found if d.severity == "error"] == [
        ("SC301", "layers[0].Conv2d.in_channels")
    ]


def test_the_kinds_of_a_plug_in_are_served_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd(Layer):
        """odd: takes odd sizes alone, and drops the first half of the rows.

        - odd
        """

        def volume(self, inputs: Sequence[Volume]) -> Volume:
            height, width, _ = inputs[0]
            if height % 2 == 0 or width % 2 == 0:
                raise LayerError(Fault(rules.STRIDE_FIT, f"{height}x{width} is not odd"))
            return (height // 2 + 1, width, 7)

    monkeypatch.setitem(KINDS, "odd", Odd)
    trace = shapecalc.trace({"input": "?x?x3", "layers": ["odd", "relu"]})
    assert trace.diagnostics == ()
    assert trace.output == (None, None, 7)
    trace = shapecalc.trace({"input": "?x?x3", "layers": [{"upsample": 2}, "odd"]})
    assert [d.code for d in trace.diagnostics] == ["SC201"]
    assert trace.diagnostics[0].message.startswith("odd1 on ?x?x3: ?x? is not odd; no size")


def test_a_fault_at_the_end_of_a_long_network_takes_bounded_time() -> None:
    layers: list[Any] = [{"repeat": {"times": 3000, "layers": ["relu"]}}]
    layers += [{"upsample": 2}, {"max_pool": {"F": 1, "S": 2}}]
    spec = shapecalc.read({"input": "?x?x3", "layers": layers})
    search = fitting_sizes.Search(spec)
    assert [spec.nodes[index].name for index in search.unavoidable] == ["max_pool1"]
    assert search.spent <= fitting_sizes.MOST_TRIED + len(spec.nodes)
    search.sets()
    assert search.spent <= 3 * fitting_sizes.MOST_TRIED


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("inputs", "layers", "known"),
    [
        ('{a: "?x?x3", b: "?x?x3"}', "[{upsample: {from: b, scale: 2}}, {add: [a, upsample1]}]",
         {"upsample1": (None, None, 3), "add1": (None, None, 3)}),
        ('{a: "?x?x3", b: "?x?x3"}', "[{max_pool: {from: a, F: 3}}, {concat: [b, max_pool1]}]",
         {"max_pool1": (None, None, 3), "concat1": (None, None, 6)}),
        ('{a: "?x?x3", b: 32x16x3}', "[{conv: {from: a, K: 3, F: 3}}, {add: [b, conv1]}, flatten]",
         {"conv1": (None, None, 3), "add1": (32, 16, 3), "flatten1": (1536,)}),
        ('{a: "?x?x3", b: "?x8x3"}', "[{conv: {from: a, K: 3, F: 3}}, {concat: [b, conv1]}]",
         {"conv1": (None, None, 3), "concat1": (None, 8, 6)}),
        ('{a: "?x?x3", b: "?"}', "[{global_avg_pool: {from: a}}, {concat: [b, b]}]",
         {"global_avg_pool1": (1, 1, 3), "concat1": (None,)}),
        ('{a: "?x?x4"}', "[{max_pool: 2}, {reshape: 7x7x4}, global_avg_pool, {dense: 3}]",
         {"max_pool1": (None, None, 4), "reshape1": (7, 7, 4), "dense1": (3,)}),
    ],
)  # fmt: skip
def test_sizes_that_depend_on_each_other(
    trace_text: TraceText, inputs: str, layers: str, known: dict[str, Any]
) -> None:
    trace = trace_text(f"inputs: {inputs}\nlayers: {layers}\n")
    assert trace.diagnostics == ()
    assert {name: trace[name].output for name in known} == known
    fields = [layer.receptive_field for layer in trace if layer.field and layer.field.whole]
    assert {size for field in fields for size in field or ()} <= {None}
    assert trace.complete


def test_what_a_file_states_of_an_operation_is_known_in_part(trace_text: TraceText) -> None:
    trace = trace_text(
        "input: ?x?x3\nlayers:\n  - conv: {K: 4, F: 3, S: 2}\n"
        "  - operation: {what: Lambda, output: [null, null, 4], parameters: {}, macs: 0}\n"
        "  - add: [conv1, operation1]\n"
        "  - operation: {what: LSTM, output: [null, 7], parameters: {w: [3, 4]}, macs: 0}\n"
        "  - conv: {K: 8, F: 3}\n"
    )
    assert trace.diagnostics == ()
    outputs = [layer.output for layer in trace]
    assert outputs == [(None, None, 4)] * 3 + [(None, 7), (None, 8)]
    assert (trace.totals["parameters"], trace.complete) == (112 + 12 + 176, True)
    assert trace["operation1"].to_dict()["fields"]["output"] == [None, None, 4]


def test_no_hint_tells_to_write_a_size_that_is_not_known() -> None:
    layers = [
        {"glu": {"name": "half"}},
        {"concat": {"from": ["half", "input"], "axis": "width"}},
    ]
    (found,) = shapecalc.trace({"input": "?x?x?", "layers": layers}).diagnostics
    assert found.code == "SC205"
    assert "?" not in found.hint


def test_a_walk_ends_at_the_first_layer_that_makes_sizes_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The best multiple of a step is the one that whole walks find, in fewer layers."""
    layers = [{"conv": {"K": 1, "F": n + 2, "S": n % 7 + 2, "from": "input"}} for n in range(40)]
    spec = shapecalc.read({"input": "?x1", "layers": layers})
    walked: list[str] = []

    class Counted(fitting_sizes._Probe):
        def record(self, node: Node) -> None:
            walked.append(node.name)
            super().record(node)

    monkeypatch.setattr(fitting_sizes, "_Probe", Counted)
    search = fitting_sizes.Search(spec)
    for step in (1, 2, 12):
        del walked[:]
        best, refused = search._best_multiple((1,), step)
        assert len(walked) < fitting_sizes.MOST_STRIDE * len(layers) / 2
        whole = fitting_sizes.Search(spec)
        ranks = {
            n: fitting_sizes._rank(whole.refused(whole._towards((1,), n * step)))
            for n in range(1, fitting_sizes.MOST_STRIDE + 1)
        }
        assert best == max(ranks, key=lambda n: (ranks[n], -n))
        assert fitting_sizes._rank(refused) == ranks[best]
