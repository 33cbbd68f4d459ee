"""Random specs: whatever is written, there is a result, and its numbers agree with one another."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

import shapecalc
from shapecalc import Trace, rules
from shapecalc.reports import csv_text, json_text, table

pytestmark = pytest.mark.slow

Spec = dict[str, Any]

settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=150,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,  # `parser` is the same for all examples
    ],
)
FUZZ = settings.get_profile("fuzz")

# -- well-formed specs -----------------------------------------------------------------------------

BARE = (
    "relu", "tanh", "softmax", "gelu", "dropout", "flatten", "batch_norm", "layer_norm",
    "instance_norm", "lrn", "global_avg_pool", "global_max_pool", "prelu", "leaky_relu",
)  # fmt: skip
UNLEARNED = (
    "relu", "tanh", "softmax", "gelu", "dropout", "flatten", "lrn", "global_avg_pool",
    "global_max_pool", "leaky_relu", "max_pool", "avg_pool", "l2_pool", "adaptive_avg_pool",
    "pad", "crop", "upsample", "add", "concat", "multiply",
)  # fmt: skip

small = st.integers(1, 4)
size = st.one_of(small, st.lists(small, min_size=2, max_size=2))
zeros = st.one_of(
    st.integers(0, 2),
    st.sampled_from(["same", "same_lower", "valid", "full"]),
    st.just([[0, 1], [1, 0]]),
)
rounding = st.sampled_from(["exact", "floor"])


def fields(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Spec]:
    return st.fixed_dictionaries(required, optional=optional)


sliding = {"S": size, "P": zeros, "dilation": small, "rounding": rounding}
pools = {"S": size, "P": st.integers(0, 1), "rounding": st.sampled_from(["exact", "floor", "ceil"])}
plain: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(BARE),
    fields({"K": small, "F": size}, {**sliding, "groups": small, "bias": st.booleans()}).map(
        lambda value: {"conv": value}
    ),
    fields({"F": size}, {**sliding, "multiplier": small}).map(lambda v: {"depthwise_conv": v}),
    fields({"K": small, "F": size}, {"S": small, "P": st.integers(0, 1)}).map(
        lambda value: {"conv_transpose": value}
    ),
    st.tuples(st.sampled_from(["max_pool", "avg_pool", "l2_pool"]), fields({"F": size}, pools)).map(
        lambda pair: {pair[0]: pair[1]}
    ),
    st.integers(1, 9).map(lambda units: {"dense": units}),
    small.map(lambda groups: {"group_norm": groups}),
    small.map(lambda border: {"pad": border}),
    small.map(lambda border: {"crop": border}),
    small.map(lambda scale: {"upsample": scale}),
    size.map(lambda output: {"adaptive_avg_pool": output}),
    st.lists(st.integers(1, 6), min_size=1, max_size=3).map(lambda v: {"reshape": v}),
)


def composites(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    layers = st.lists(inner, max_size=3)
    return st.one_of(
        fields({"body": layers}, {"shortcut": layers}).map(lambda v: {"residual": v}),
        fields(
            {"branches": st.lists(layers, min_size=2, max_size=3)},
            {"merge": st.sampled_from(["concat", "add", "multiply"])},
        ).map(lambda value: {"parallel": value}),
        fields({"times": st.integers(0, 3), "layers": layers}, {}).map(lambda v: {"repeat": v}),
        small.map(lambda width: {"piece": {"width": width}}),
        st.just("leaf"),
    )


layers_of_a_net = st.lists(st.recursive(plain, composites, max_leaves=6), max_size=6)
volumes = st.one_of(
    st.integers(1, 60).map(lambda units: [units]),
    st.lists(st.integers(1, 14), min_size=2, max_size=4),
    st.tuples(st.integers(6, 14), st.integers(6, 14), small).map(list),
)
LEAF = {"layers": [{"conv": {"K": 2, "F": 1}}, "relu"]}


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Draw a spec that is written well, though its volumes may not fit."""
    piece = [{"conv": {"K": "$width", "F": 3, "P": 1}}, *draw(st.lists(plain, max_size=2)), "leaf"]
    return {
        "input": draw(volumes),
        "rounding": draw(st.sampled_from(["exact", "floor", "ceil"])),
        "blocks": {
            "leaf": LEAF,
            "piece": {"parameters": {"width": None}, "layers": piece},
        },
        "layers": draw(layers_of_a_net),
    }


def written(layers: list[Any], spec: Spec) -> int:
    """Count the layers that a list expands to, block by block."""
    total = 0
    for item in layers:
        kind, value = (item, None) if isinstance(item, str) else next(iter(item.items()))
        if kind == "residual":
            total += 1 + written(value["body"], spec) + written(value.get("shortcut", []), spec)
        elif kind == "parallel":
            total += 1 + sum(written(branch, spec) for branch in value["branches"])
        elif kind == "repeat":
            total += value["times"] * written(value["layers"], spec)
        elif kind in spec["blocks"]:
            total += written(spec["blocks"][kind]["layers"], spec)
        else:
            total += 1
    return total


def assert_a_result(trace: Trace) -> dict[str, Any]:
    """Insist on what must hold for any spec whatsoever; return the result."""
    result = trace.to_dict()
    text = json.dumps(result, allow_nan=False)
    assert json.loads(text) == result
    assert str(trace)
    for style in ("table", "markdown", "latex"):
        assert table.render(trace, style, explain=True, width=70)
    assert csv_text.render(trace)
    assert json.loads(json_text.render(trace)) == result
    for found in result["diagnostics"]:
        assert found["code"][:2] == "SC"
        assert found["severity"] in ("error", "warning", "advice")
        assert found["message"]
        assert found["severity"] == rules.of(found["code"]).severity
    stopped = any(rules.of(d["code"]).structural for d in result["diagnostics"])
    assert_sums(result, stopped)
    assert_nulls(result)
    if result["complete"]:
        assert not stopped
        if not any(map(unknown, result["inputs"].values())):
            assert None not in result["totals"].values()
            assert None not in result["outputs"].values()
    return result


def assert_sums(result: dict[str, Any], stopped: bool) -> None:
    records = result["layers"]
    for key, total in result["totals"].items():
        if key == "activations":
            terms = [None if unknown(r["output"]) else prod(r["output"]) for r in records]
        else:
            terms = [r[key] for r in records if key == "macs" or r["shares"] is None]
        if total is not None or not stopped:  # layers that cannot be read make sums unknown
            assert total == (None if None in terms else sum(terms)), key


def unknown(volume: list[int | None] | None) -> bool:
    """Say whether a volume, or a size of it, is not known."""
    return volume is None or None in volume


def is_size(value: Any) -> bool:
    return value is None or (type(value) is int and value > 0)


def assert_nulls(result: dict[str, Any]) -> None:
    for record in result["layers"]:
        weights, biases = record["weights"], record["biases"]
        counted = weights is not None and biases is not None
        assert record["parameters"] == (weights + biases if counted else None)
        for volume in (record["output"], *(record["input"] or [])):
            assert volume is None or (volume and all(map(is_size, volume)))
        for key in ("weights", "biases", "non_trainable", "macs"):
            assert record[key] is None or (type(record[key]) is int and record[key] >= 0)
        if record["kind"] in UNLEARNED and record["input"] is not None:
            assert record["parameters"] in (0, None)  # None where the layer's fields are faulty
            assert record["macs"] in (0, None)
        field, jump = record["receptive_field"], record["jump"]
        assert field is None or all(map(is_size, field))
        assert jump is None or (all(v is None or v > 0 for v in jump) and field is not None)
        assert jump is None or len(jump) == len(field)
        if record["input"] is None and record["kind"] not in ("dense", "reshape"):
            assert record["output"] is None or record["kind"] not in ("conv", "max_pool", "relu")


@FUZZ
@given(specs())
@example({"input": [8], "rounding": "exact", "blocks": {"leaf": LEAF}, "layers": []})
def test_a_well_formed_spec_has_a_record_a_layer_and_sums_that_agree(spec: Spec) -> None:
    trace = shapecalc.trace(copy.deepcopy(spec))
    result = assert_a_result(trace)
    event(f"complete: {result['complete']}")
    codes = {d["code"] for d in result["diagnostics"]}
    assert not {c for c in codes if c < "SC2"}, codes  # it is written well
    assert len(result["layers"]) == written(spec["layers"], spec)
    assert result["complete"] is not any("SC2" <= code < "SC3" for code in codes)
    names = [record["name"] for record in result["layers"]]
    assert len(set(names)) == len(names)
    seen = {"input"}
    for record in result["layers"]:
        assert record["from"] is not None
        assert set(record["from"]) <= seen
        seen.add(record["name"])
        if record["kind"] in UNLEARNED:
            assert record["parameters"] == 0
            assert record["non_trainable"] == 0


USED = re.compile(r" \(used in line \d+ as [\w.-]+\)$|; used in line \d+ as [\w.-]+(?=\)$)")


def unfolded(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return diagnostics with their consequences beside them."""
    return [one for first in found for one in (first, *first["consequences"])]


@FUZZ
@given(spec=specs())
def test_tracing_is_the_same_twice_and_from_json(spec: Spec, tmp_path_factory: Any) -> None:
    before = copy.deepcopy(spec)
    result = shapecalc.trace(spec).to_dict()
    assert spec == before
    assert shapecalc.trace(spec).to_dict() == result
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_text(json.dumps(spec), encoding="utf-8")
    read = shapecalc.trace(path).to_dict()
    assert read.pop("file") == str(path)
    result.pop("file")
    assert all(d.pop("line") and d.pop("column") for d in read["diagnostics"])
    for found in unfolded(read["diagnostics"]):  # a mapping has no lines
        found["message"] = USED.sub("", found["message"])
    told = ("code", "severity", "message", "layer", "where")
    for both in (result, read):
        both["diagnostics"] = sorted(
            [tuple(found[key] for key in told) for found in unfolded(both["diagnostics"])], key=str
        )
    assert read == result


@FUZZ
@given(specs())
def test_a_repeat_of_one_and_a_block_change_no_number(spec: Spec) -> None:
    whole = shapecalc.trace(spec).to_dict()
    once = {**spec, "layers": [{"repeat": {"times": 1, "layers": spec["layers"]}}]}
    assert shapecalc.trace(once).to_dict()["layers"] == whole["layers"]
    block = {"layers": spec["layers"]}
    inside = {**spec, "blocks": {**spec["blocks"], "whole": block}, "layers": ["whole"]}
    moved = shapecalc.trace(inside).to_dict()
    assert moved["totals"] == whole["totals"]
    assert moved["output"] == whole["output"]
    for mine, theirs in zip(moved["layers"], whole["layers"], strict=True):
        assert mine["name"] == f"whole1.{theirs['name']}"
        for key in ("input", "output", "weights", "macs", "receptive_field", "jump"):
            assert mine[key] == theirs[key], key


@FUZZ
@given(specs(), st.data())
def test_a_true_claim_is_silent_and_a_false_one_is_found(spec: Spec, data: st.DataObject) -> None:
    result = shapecalc.trace(spec).to_dict()
    assume(result["complete"])
    claims = {**result["totals"], "outputs": result["outputs"]}
    true = shapecalc.trace({**spec, "expect": claims})
    assert "SC301" not in [d.code for d in true.diagnostics]
    key = data.draw(st.sampled_from(sorted(result["totals"])))
    false = shapecalc.trace({**spec, "expect": {**claims, key: claims[key] + 1}})
    assert [d.where for d in false.diagnostics if d.code == "SC301"] == [f"expect.{key}"]


# -- mangled specs ---------------------------------------------------------------------------------

JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**70), 10**40]),
    st.sampled_from([float("nan"), float("inf"), float("-inf"), 0.5, 1e300, -0.0]),
    st.sampled_from(["", "x", "3", "3x3", "0x3", "$width", "$", "input", "conv1", "relu", "leaf",
                     "piece", "same", "conv1.relu1", "\x00", "é", "x" * 300, "8x8x1"]),
    st.sampled_from([[], {}, [[]], [{}], {"": []}, {"conv": None}, ["conv1", "conv1"], [None] * 5]),
    st.sampled_from(["conv", "residual", "repeat", "add", "piece"]).map(lambda kind: {kind: {}}),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.recursive(
        st.one_of(st.none(), st.integers(-3, 9), st.text(max_size=3)),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    ),
)  # fmt: skip
KEYS = (
    "name", "from", "expect", "share", "K", "F", "S", "P", "rounding", "times", "layers", "body",
    "branches", "merge", "output", "parameters", "blocks", "input", "inputs", "outputs", "batch",
    "units", "width", "macs", "receptive_field", "", "<<", "$width",
)  # fmt: skip


def containers(value: Any) -> Iterator[Any]:
    """Yield every list and mapping inside a value."""
    if isinstance(value, list | dict):
        yield value
        for inner in list(value.values() if isinstance(value, dict) else value):
            yield from containers(inner)


def junk(draw: st.DrawFn) -> Any:
    """Draw a value of its own: a later change of it must not change what is drawn next."""
    return copy.deepcopy(draw(JUNK))


def mangle(draw: st.DrawFn, spec: Spec) -> None:
    """Change one place of a spec: delete, replace, add, repeat or move a value."""
    inside = list(containers(spec))
    place = inside[draw(st.integers(0, len(inside) - 1))]
    how = draw(st.sampled_from(["delete", "replace", "add", "double", "move", "shuffle"]))
    if isinstance(place, dict):
        keys = sorted(place, key=str)
        key = draw(st.sampled_from(keys)) if keys else "layers"
        if how == "delete":
            place.pop(key, None)
        elif how == "add":
            place[draw(st.sampled_from(KEYS))] = junk(draw)
        elif how == "move":
            place[draw(st.sampled_from(KEYS))] = place.pop(key, None)
        elif how == "double":
            place[f"{key}2"] = copy.deepcopy(place.get(key))
        else:
            place[key] = junk(draw)
    elif place:
        index = draw(st.integers(0, len(place) - 1))
        if how == "delete":
            del place[index]
        elif how in ("double", "add"):
            place.insert(index, copy.deepcopy(place[index]) if how == "double" else junk(draw))
        elif how == "move":
            place.append(place.pop(index))
        else:
            place[index] = junk(draw)
    else:
        place.append(junk(draw))


@st.composite
def mangled(draw: st.DrawFn) -> Spec:
    """Draw a spec in which a few things are wrong."""
    spec = copy.deepcopy(draw(specs()))
    spec["expect"] = {"output": [3], "parameters": 7, "outputs": {"relu1": 4}}
    spec["outputs"] = ["relu1"]
    if spec["layers"]:
        spec["layers"].insert(0, {"conv": {"K": 2, "F": 1, "name": "a", "expect": {"macs": 3}}})
        spec["layers"].append({"add": {"from": ["a", "input"], "expect": {"output": "2x2x2"}}})
        spec["layers"].append({"conv": {"K": 2, "F": 1, "share": "a", "from": "a"}})
    for _ in range(draw(st.integers(1, 5))):
        mangle(draw, spec)
    return spec


@settings(FUZZ, max_examples=300)
@given(mangled())
def test_a_mangled_spec_has_a_result(spec: Spec) -> None:
    result = assert_a_result(shapecalc.trace(spec))
    event(f"faults: {min(5, len(result['diagnostics']))}")


@FUZZ
@given(st.dictionaries(st.sampled_from([*KEYS, "description", "example", "source"]), JUNK))
def test_junk_under_known_keys_has_a_result(spec: Spec) -> None:
    assert_a_result(shapecalc.trace(spec))


@settings(FUZZ, max_examples=200)
@given(
    st.sampled_from(["conv", "max_pool", "dense", "pad", "reshape", "adaptive_avg_pool", "add",
                     "batch_norm", "group_norm", "residual", "parallel", "repeat", "upsample",
                     "conv_transpose", "avg_pool", "dropout", "lrn", "piece", "crop"]),
    st.dictionaries(
        st.sampled_from([*KEYS, "dilation", "groups", "bias", "eps", "scale", "size", "rate",
                         "output_padding", "count_include_pad", "mode", "shortcut", "affine"]),
        JUNK,
        max_size=6,
    ),
)  # fmt: skip
def test_junk_in_a_layers_fields_has_a_result(kind: str, junk: dict[str, Any]) -> None:
    piece = {"parameters": {"width": 2}, "layers": [{"conv": {"K": "$width", "F": 1}}]}
    layers = ["relu", {kind: junk}, {"tanh": {"from": "relu1"}}]
    trace = shapecalc.trace({"input": [6, 6, 2], "blocks": {"piece": piece}, "layers": layers})
    result = assert_a_result(trace)
    assert result["layers"][0]["output"] == [6, 6, 2]


# -- mangled text ----------------------------------------------------------------------------------

TEXTS = (
    "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n  - relu\n",
    "name: a\ninput: [6, 6, 2]\nblocks:\n  b:\n    parameters: {w: 1}\n    layers:\n"
    "      - conv: {K: $w, F: 1}\nlayers:\n  - b: &x {w: 3}\n  - residual:\n      body: [relu]\n"
    "  - b: *x\noutputs: [add1]\nexpect: {parameters: 9}\n",
    '{"input": 8, "layers": [{"dense": {"K": 3, "name": "a"}}, "relu"], "outputs": ["relu1"]}',
    '{\n\t"input": "4x4x2",\n\t"layers": [{"repeat": {"times": 2, "layers": ["relu"]}}]\n}\n',
)
PIECES = (
    "\t", "\n", " ", ":", ": ", "- ", "[", "]", "{", "}", ",", '"', "'", "#", "&a", "*a", "!", "!!",
    "|", ">", "%", "@", "`", "?", "---", "...", "<<: ", "\\", "\\u0000", "\x00", "\x7f", "\x85",
    "\ufeff", "\ud800", "é", "🎉", "\u2028", "~", "null", "1e999", "0x3", ".nan", "9" * 50, "\r",
)  # fmt: skip


@st.composite
def mangled_text(draw: st.DrawFn) -> bytes:
    """Draw a spec's text with a few pieces cut out, put in, or repeated."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        middle = draw(st.sampled_from([*PIECES, text[start:end] * 3, ""]))
        text = text[:start] + middle + text[end:]
    raw = text.encode("utf-8", "surrogatepass")
    return raw if draw(st.booleans()) else raw.replace(b"\n", b"\r\n")


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("name", ["fuzz.yaml", "fuzz.json"])
@settings(FUZZ, max_examples=250)
@given(raw=mangled_text())
def test_a_mangled_text_has_a_result(name: str, raw: bytes, tmp_path_factory: Any) -> None:
    path: Path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(raw)
    result = assert_a_result(shapecalc.trace(path))
    for found in result["diagnostics"]:  # what begins as a binary format does has no lines
        assert (found["line"] is None and found["code"] == rules.DAMAGED.code) or (
            found["line"] >= 1 and found["column"] >= 1
        )


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("name", ["bytes.yaml", "bytes.json"])
@FUZZ
@given(raw=st.binary(max_size=200))
@example(raw=b"\xef\xbb\xbf")
@example(raw=b"{\xff}")
def test_random_bytes_have_a_result(name: str, raw: bytes, tmp_path_factory: Any) -> None:
    path: Path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(raw)
    result = assert_a_result(shapecalc.trace(path))
    assert not result["complete"]
    assert result["diagnostics"]
    for found in result["diagnostics"]:  # what begins as a binary format does has no lines
        assert (found["line"] is None and found["code"] == rules.DAMAGED.code) or (
            found["line"] >= 1 and found["column"] >= 1
        )
