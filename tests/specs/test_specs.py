"""The sample files under specs/ say what they expect; these tests hold the package to it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shapecalc import trace
from shapecalc.executor.verify import verify
from shapecalc.layers import KINDS

SPECS = Path(__file__).resolve().parents[2] / "specs"
SOUND_FOLDERS = ("kinds", "lectures", "networks")
SOUND = [path for folder in SOUND_FOLDERS for path in sorted((SPECS / folder).glob("*.yaml"))]
BROKEN = sorted(path for path in (SPECS / "broken").glob("*") if path.is_file())
CODES = (
    [f"SC10{n}" for n in range(1, 10)]
    + [f"SC20{n}" for n in range(1, 10)]
    + ["SC301", "SC302", "SC303"]
    + [f"SC40{n}" for n in range(1, 9)]
    + ["SC410", "SC411"]
)


def label(path: Path) -> str:
    """Return folder and file name, as the test's name shows them."""
    return f"{path.parent.name}/{path.name}"


def load(path: Path) -> dict[str, Any]:
    """Return plain data; numbers such as 1e-4 come out as text, which no claim needs."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def claims(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield each claim under an `expect`: its place, the mapping that holds it and its key."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from claims(item, f"{place}[{index}]")
    elif isinstance(node, dict):
        for key, value in node.items():
            below = f"{place}.{key}" if place else str(key)
            if key == "example":  # verify compares it, with arrays
                continue
            if key != "expect":
                yield from claims(value, below)
                continue
            for name, claimed in value.items():
                if name == "outputs":
                    for output in claimed:
                        yield f"{below}.outputs.{output}", claimed, output
                else:
                    yield f"{below}.{name}", value, name


def expected_findings(path: Path, key: str = "expect") -> list[tuple[str, str]]:
    """Return the (code, where) pairs of a broken file's `# expect:` comments.

    `expect-verify` is what only verify finds.
    """
    text = path.read_bytes().decode("utf-8", errors="replace")
    lines = re.findall(rf"^# {key}: (SC\d{{3}})(?: (\S+))?$", text, flags=re.MULTILINE)
    return sorted((code, where) for code, where in lines)


@pytest.mark.parametrize("folder", [*SOUND_FOLDERS, "broken"])
def test_no_folder_is_empty(folder: str) -> None:
    assert any((SPECS / folder).glob("*.yaml"))


@pytest.mark.quick(36)
@pytest.mark.parametrize("path", SOUND, ids=label)
def test_a_sample_is_sound_and_claims_something(path: Path) -> None:
    result = trace(path).to_dict()
    errors = [item for item in result["diagnostics"] if item["severity"] == "error"]
    assert errors == []
    assert result["complete"] is True
    assert list(claims(load(path))), "a sample without expect proves nothing"


@pytest.mark.quick(25)
@pytest.mark.parametrize("path", BROKEN, ids=label)
def test_a_broken_file_gives_its_findings_and_no_others(path: Path) -> None:
    expected = expected_findings(path)
    verified = expected_findings(path, "expect-verify")
    assert expected or verified, "say what the file must give: # expect: SC201 layers[1].conv"
    traced = trace(path)
    if verified:
        executed = verify(traced).diagnostics
        assert sorted((item.code, item.where or "") for item in executed) == verified
    result = traced.to_dict()
    behind = [more for item in result["diagnostics"] for more in item["consequences"]]
    every = [*result["diagnostics"], *behind]
    assert sorted((item["code"], item["where"] or "") for item in every) == expected
    stopped = any(code.startswith(("SC1", "SC2")) for code, _ in expected)
    assert result["complete"] is not stopped
    for item in result["diagnostics"]:
        assert item["line"] >= 1
        assert item["column"] >= 1
        assert item["message"].strip()
        if item["code"].startswith("SC2"):
            assert (item["hint"] or "").strip()


@pytest.mark.parametrize("path", BROKEN, ids=label)
def test_a_broken_file_says_what_is_wrong_in_its_comment(path: Path) -> None:
    lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    comments = [line for line in lines if line.startswith("#") and "# expect" not in line]
    assert any(len(line) > 10 for line in comments)
    named = re.match(r"sc\d{3}", path.name)
    if named:
        assert named.group().upper() in {
            code for key in ("expect", "expect-verify") for code, _ in expected_findings(path, key)
        }


@pytest.mark.parametrize("code", [code for code in CODES if code != "SC302"])  # no spec is to blame
def test_every_code_has_a_broken_file(code: str) -> None:
    assert any(path.name.startswith(code.lower()) for path in BROKEN)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sample_that_claims_something_about_it(kind: str) -> None:
    path = SPECS / "kinds" / f"{kind.replace('_', '-')}.yaml"
    assert path.is_file()
    spec = load(path)
    kinds_written = [next(iter(layer)) for layer in spec["layers"] if isinstance(layer, dict)]
    assert kind in kinds_written
    if kind == "repeat":  # takes no expect of its own; the totals speak for it
        assert spec["expect"]
        return
    pattern = re.compile(rf"\.{kind}\.expect\.")
    assert any(pattern.search(place) for place, _, _ in claims(spec))


def plus_one(value: Any) -> Any:
    """Return the same claim with its first number off by one."""
    if isinstance(value, bool):
        raise TypeError("a claim is a number, a list of numbers or a volume")
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [value[0] + 1, *value[1:]]
    return re.sub(r"\d+", lambda found: str(int(found.group()) + 1), value, count=1)


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "name",
    [
        "kinds/adaptive-avg-pool.yaml",
        "kinds/conv.yaml",
        "kinds/conv-1d.yaml",
        "kinds/conv-3d.yaml",
        "kinds/conv-transpose.yaml",
        "kinds/max-pool.yaml",
        "kinds/parallel.yaml",
        "kinds/residual.yaml",
        "kinds/upsample.yaml",
        "lectures/kth-mnist-convnet.yaml",
        "lectures/mit-max-pool.yaml",
        "lectures/question-lenet.yaml",
    ],
)
def test_a_planted_error_is_found_where_it_was_planted(name: str) -> None:
    sound = load(SPECS / name)
    places = [place for place, _, _ in claims(sound)]
    assert places
    for index, place in enumerate(places):
        planted = copy.deepcopy(sound)
        _, holder, key = list(claims(planted))[index]
        holder[key] = plus_one(holder[key])
        found = trace(planted).to_dict()["diagnostics"]
        errors = [(item["code"], item["where"]) for item in found if item["severity"] == "error"]
        assert errors == [("SC301", place)]


# What the lectures print, typed from them a second time: file -> layer -> field -> value.
# "totals" stands for the network's sums.
PUBLISHED: dict[str, dict[str, dict[str, Any]]] = {
    "cs231n-six-filters": {"conv1": {"output": [28, 28, 6]}},
    "cs231n-seven-stride-1": {"conv1": {"output": [5, 5, 1]}},
    "cs231n-seven-stride-2": {"conv1": {"output": [3, 3, 1]}},
    "cs231n-seven-padded": {"conv1": {"output": [7, 7, 1]}},
    "cs231n-two-convolutions": {
        "conv1": {"output": [28, 28, 6]},
        "conv2": {"output": [24, 24, 10]},
    },
    "cs231n-conv-10-filters": {"conv1": {"output": [32, 32, 10], "parameters": 760}},
    "cs231n-one-by-one": {"conv1": {"output": [56, 56, 32], "weights": 2048}},
    "cs231n-dense-10": {"flatten1": {"output": [3072]}, "dense1": {"weights": 30720}},
    "cs231n-matrix-product": {"dense1": {"output": [4], "weights": 12}},
    "cs231n-relu-gate": {"relu1": {"output": [4]}},
    "cs231n-sigmoid-circuit": {"dense1": {"weights": 2, "biases": 1}, "sigmoid1": {"output": [1]}},
    "cs231n-assignment-2": {"conv1": {"output": [2, 2, 3], "weights": 144, "biases": 3}},
    "kth-five-by-five": {"conv1": {"output": [28, 28, 1]}},
    "kth-two-filters": {"conv1": {"output": [3, 3, 2]}},
    "kth-one-filter-backward": {"conv1": {"output": [2, 2, 1], "weights": 4}},
    "kth-nine-by-nine-ceil": {
        "conv1": {"output": [7, 7, 3]},
        "max_pool1": {"output": [4, 4, 3]},
    },
    "kth-x-or-o": {"flatten1": {"output": [12]}, "dense1": {"output": [2]}},
    "kth-softmax-regression": {"totals": {"parameters": 7850}},
    "kth-hidden-128": {"totals": {"parameters": 101770}},
    "kth-mnist-convnet": {
        "conv1": {"output": [28, 28, 32], "parameters": 832},
        "max_pool1": {"output": [14, 14, 32], "parameters": 0},
        "conv2": {"output": [14, 14, 64], "parameters": 51264},
        "max_pool2": {"output": [7, 7, 64], "parameters": 0},
        "flatten1": {"output": [3136], "parameters": 0},
        "dense1": {"output": [1024], "parameters": 3212288},
        "dense2": {"output": [10], "parameters": 10250},
    },
    "kth-curve-detector": {"conv1": {"output": [1, 1, 1], "weights": 49}},
    "mit-2d-filter-bias": {"conv1": {"output": [5, 5, 1]}},
    "mit-1d-filter": {"conv1": {"output": [8, 1], "parameters": 4}},
    "mit-dense-10": {"dense1": {"parameters": 110}},
    "mit-2d-filter": {"conv1": {"output": [3, 3, 1]}},
    "mit-2d-filter-padded": {"conv1": {"output": [5, 5, 1]}},
    "mit-max-pool": {
        "dense_windows": {"output": [4, 4, 1]},
        "separate_windows": {"output": [2, 2, 1]},
    },
    "mit-backpropagation-chain": {
        "conv1": {"output": [5, 1], "parameters": 3},
        "dense1": {"parameters": 5},
    },
    "ntnu-two-filters": {
        "conv1": {"output": [3, 3, 2], "weights": 54, "biases": 2, "parameters": 56},
    },
    "ntnu-diagonal-filter": {
        "conv1": {"output": [6, 6, 1]},
        "max_pool1": {"output": [3, 3, 1]},
    },
    "ntnu-max-pool-backward": {"max_pool1": {"output": [2, 2, 1]}},
    "ntnu-first-alexnet-layer": {
        "conv1": {"output": [55, 55, 96], "parameters": 34944, "macs": 105705600 - 290400},
    },
    "ntnu-conv-then-pool": {
        "conv1": {"output": [24, 24, 3]},
        "max_pool1": {"output": [12, 12, 3]},
    },
    "ntnu-dense-on-20x20": {"dense1": {"weights": 4000, "biases": 10}},
    "ntnu-conv-on-20x20": {"conv1": {"weights": 90, "biases": 10}},
    "ntnu-dense-on-200x200": {"dense1": {"weights": 400000, "biases": 10}},
    "sharif-binary-filter": {"conv1": {"output": [3, 3, 1]}},
    "sharif-strided-backward": {"conv1": {"output": [2, 2, 1], "weights": 9}},
    "sharif-same-padding": {
        "conv1": {"output": [17, 17, 1]},
        "conv2": {"output": [9, 9, 1]},
        "conv3": {"output": [5, 5, 1]},
        "conv4": {"output": [2, 2, 1]},
    },
    "question-dense-on-300x300": {"dense1": {"parameters": 27000100}},
    "question-conv-on-300x300": {"conv1": {"parameters": 7600}},
    "question-conv-on-256x256": {"conv1": {"parameters": 18944}},
    "question-strided-conv": {"conv1": {"output": [29, 29, 32]}},
    "question-even-filter": {"conv1": {"output": [40, 40, 32]}},
    "question-padding-1": {"pad1": {"output": [33, 33, 32]}},
    "question-padding-2": {"pad1": {"output": [19, 19, 8]}},
    "question-same-for-7x7": {"conv1": {"output": [63, 63, 32]}, "conv2": {"output": [63, 63, 32]}},
    "question-same-for-5x5": {"conv1": {"output": [121, 121, 32]}},
    "question-pool-by-2": {"max_pool1": {"output": [16, 16, 16]}},
    "question-pool-by-4": {"max_pool1": {"output": [32, 32, 12]}},
    "question-one-neuron": {"conv1": {"weights": 75, "biases": 1}},
    "question-one-neuron-deep": {"conv1": {"weights": 180}},
    "question-keras-mnist": {
        "conv1": {"parameters": 320},
        "conv2": {"parameters": 18496},
        "dense1": {"parameters": 16010},
        "totals": {"parameters": 34826},
    },
    "question-lenet": {
        "conv1": {"parameters": 156},
        "conv2": {"parameters": 2416},
        "dense1": {"parameters": 48120},
        "dense2": {"parameters": 10164},
        "dense3": {"parameters": 850},
        "totals": {"parameters": 61706},
    },
    "question-rounding-down": {"conv1": {"output": [4, 5, 1]}},
    "question-1d-filter": {"every": {"output": [4, 1]}, "second": {"output": [2, 1]}},
    "question-three-3x3": {
        "conv1": {"weights": 9 * 64 * 64},
        "conv2": {"weights": 9 * 64 * 64},
        "three": {"weights": 9 * 64 * 64, "receptive_field": [7, 7]},
        "one": {"weights": 49 * 64 * 64, "receptive_field": [7, 7]},
    },
    "question-two-convolutions": {"totals": {"parameters": 2100}},
}


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_lecture_gets_the_numbers_it_prints(name: str) -> None:
    result = trace(SPECS / "lectures" / f"{name}.yaml").to_dict()
    records = {record["name"]: record for record in result["layers"]}
    records["totals"] = result["totals"]
    for layer, published in PUBLISHED[name].items():
        computed = {field: records[layer][field] for field in published}
        assert computed == published, layer


def test_every_lecture_is_in_the_table() -> None:
    files = {path.stem for path in (SPECS / "lectures").glob("*.yaml")}
    assert files == set(PUBLISHED)
