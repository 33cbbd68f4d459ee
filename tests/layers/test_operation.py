"""Operations: known by their names, nothing of them is computed."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc.layers.base import field_words
from shapecalc.layers.operation import Operation

Fields = dict[str, Any]


def traced(*layers: Any, volume: Any = "8x8x3") -> shapecalc.Trace:
    """Return the trace of some layers."""
    return shapecalc.trace({"input": volume, "layers": list(layers)})


def test_what_is_left_out_is_not_known() -> None:
    record = traced("operation").layers[0]
    numbers = (record.output, record.parameters, record.non_trainable, record.macs)
    assert numbers == (None, None, None, None)
    assert record.derivation == ["parameters: unknown"]


def test_none_is_written_as_such() -> None:
    trace = traced({"operation": {"output": 3, "parameters": {}, "macs": 0}})
    assert trace.complete
    assert trace.diagnostics == ()
    assert dict(trace.totals) == {
        "weights": 0, "biases": 0, "parameters": 0, "trainable": 0, "frozen": 0,
        "non_trainable": 0, "macs": 0, "activations": 3,
    }  # fmt: skip


def test_parameters_are_counted_by_their_roles() -> None:
    arrays = {
        "kernel": [3, 3, 8, 8], "scale": [], "none": [0, 5],
        "moving": {"shape": [8], "role": "statistic"}, "b": {"shape": [8], "role": "bias"},
    }  # fmt: skip
    record = traced({"operation": {"parameters": arrays}}).layers[0]
    assert (record.weights, record.biases, record.non_trainable) == (3 * 3 * 8 * 8 + 1, 8, 8)


def test_the_working_names_the_arrays_as_the_file_does() -> None:
    arrays = {"kernel": [3, 4], "moving": {"shape": [8], "role": "statistic"}}
    fields = {"output": "4x4x2", "parameters": arrays, "macs": 1800}
    assert traced({"operation": fields}).layers[0].derivation == [
        "output = 4x4x2 as the file says",
        "kernel = 3*4 = 12",
        "moving = 8",
        "parameters = 12",
        "MACs = 1,800",
    ]


def test_counts_are_known_whatever_comes_in() -> None:
    unknown = {"operation": {"name": "a"}}
    known = {"operation": {"output": "4x4x2", "parameters": {"w": [7]}, "macs": 9}}
    record = traced(unknown, known).layers[1]
    assert (record.input, record.output, record.parameters, record.macs) == (None, (4, 4, 2), 7, 9)


def test_an_output_that_is_known_in_part_is_no_volume_to_go_on_with() -> None:
    trace = traced({"operation": {"output": [None, None, 64]}}, {"conv": {"K": 2, "F": 1}})
    assert trace.layers[1].biases == 2
    assert trace.layers[1].output is None


@pytest.mark.parametrize(
    ("origin", "sources"), [([], ()), ("input", ("input",)), (["input", "input"], ("input",) * 2)]
)
def test_any_number_of_sources(origin: Any, sources: tuple[str, ...]) -> None:
    record = traced({"operation": {"from": origin, "output": 5, "parameters": {"w": [3]}}}).layers[
        0
    ]
    assert record.sources == sources
    assert record.parameters == 3
    assert "output = 5 as the file says" in record.derivation


def test_without_sources_it_may_stand_first_behind_several_inputs() -> None:
    spec = {"inputs": {"a": 3, "b": 4}, "layers": [{"operation": {"output": 5}}]}
    assert shapecalc.trace(spec).layers[0].sources == ()


def test_a_source_that_is_not_there_is_found() -> None:
    (found,) = traced({"operation": {"from": ["nothing"], "output": 5}}).diagnostics
    assert found.code == "SC107"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"parameters": [3]}, "SC104"),
        ({"parameters": {"w": 3}}, "SC104"),
        ({"parameters": {"w": [-1]}}, "SC104"),
        ({"parameters": {"w": [True]}}, "SC104"),
        ({"parameters": {"w": [None]}}, "SC104"),
        ({"parameters": {"w": [1] * 33}}, "SC104"),
        ({"parameters": {"w": {"role": "bias"}}}, "SC104"),
        ({"parameters": {"w": {"shape": [3], "role": "buffer"}}}, "SC104"),
        ({"parameters": {"w": {"shape": [3], "rolle": "bias"}}}, "SC104"),
        ({"parameters": {"w": [2**63]}}, "SC108"),
        ({"parameters": {"w": [2**62, 2], "v": [2]}}, "SC108"),
        ({"macs": -1}, "SC104"),
        ({"macs": 2**63}, "SC108"),
        ({"macs": "3"}, "SC104"),
        ({"output": [None, -1]}, "SC104"),
        ({"output": [None] * 9}, "SC104"),
        ({"what": 3}, "SC104"),
        ({"parameters_": {}}, "SC102"),
        ({"macs_": 3}, "SC102"),
    ],
)
def test_a_wrong_value_is_found(fields: Fields, code: str) -> None:
    (found,) = traced({"operation": fields}).diagnostics
    assert found.code == code


def test_numbers_beyond_all_bounds_take_no_time() -> None:
    arrays = {f"w{n}": [2**63 - 1] * 32 for n in range(1000)}
    (found,) = traced({"operation": {"parameters": arrays}}).diagnostics
    assert found.code == "SC108"


def test_fields_have_the_names_of_the_language() -> None:
    assert field_words(Operation) == ["what", "output", "parameters", "macs"]
    record = traced({"operation": {"what": "LSTM\x1b", "macs": 3}}).layers[0]
    assert record.to_dict()["fields"] == {"what": "LSTM\x1b", "macs": 3}
    assert record.summary == "operation LSTM?"


def test_nothing_is_known_of_what_it_sees() -> None:
    trace = traced({"operation": {"output": "8x8x3"}}, {"conv": {"K": 2, "F": 3}}, "flatten")
    assert [record.receptive_field for record in trace.layers] == [None] * 3


def test_two_operations_share_weights() -> None:
    fields = {"output": 3, "parameters": {"w": [3, 3]}, "macs": 0}
    twin = {"operation": {**fields, "name": "b", "share": "a"}}
    trace = traced({"operation": {**fields, "name": "a"}}, twin)
    assert trace.totals["parameters"] == 9
    assert trace.diagnostics == ()
