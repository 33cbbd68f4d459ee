"""Sequences and branches of a network, and runs that are drawn once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.pictures.families import family_of
from shapecalc.pictures.network import network_of
from shapecalc.pictures.tree import Branches, Chain, Repeated, Single, folded, tree_of

SPECS = Path(__file__).resolve().parents[2] / "specs"
Shown = list[Any]


def shown(chain: Chain) -> Shown:
    """Return a chain as names, branches as lists of them, runs with their number."""
    found: Shown = []
    for item in chain.items:
        if isinstance(item, Single):
            found.append(item.node.name)
        elif isinstance(item, Repeated):
            found.append((item.times, shown(item.body)))
        else:
            found.append([shown(branch) for branch in item.branches])
            if item.merge is not None:
                found.append(item.merge.node.name)
    return found


def of(layers: list[Any], **more: Any) -> tuple[Shown, list[tuple[str, str]]]:
    trace = shapecalc.trace({"input": "8x8x4", "layers": layers, **more})
    network = network_of(trace)
    tree = tree_of(network)
    edges = []
    for source, item in tree.further:
        last = [*item.nodes()][-1] if isinstance(item, Branches) else next(item.nodes())
        edges.append((network.nodes[source].name, last.node.name))
    return shown(tree.main), edges


CONV: dict[str, Any] = {"K": 4, "F": 3, "P": 1}


def conv(name: str, **more: Any) -> dict[str, Any]:
    return {"conv": CONV | {"name": name} | more}


@pytest.mark.parametrize(
    ("layers", "expected", "edges"),
    [
        ([conv("a"), "relu"], ["input", "a", "relu1"], []),
        (
            [conv("a"), {"residual": {"body": [conv("b")]}}],
            ["input", "a", [["b"], []], "add1"],
            [],
        ),
        (
            [{"residual": {"body": [{"residual": {"body": [conv("a")]}}, conv("b")]}}],
            ["input", [[[["a"], []], "add1", "b"], []], "add2"],
            [],
        ),
        (  # both merges read the same
            [conv("a"), conv("b", **{"from": "input"}), {"add": ["a", "b"]}, {"add": ["a", "b"]}],
            ["input", [[[["a"], ["b"]], "add1"], ["add2"]]],
            [("a", "add2"), ("b", "add2")],
        ),
        (  # the shorter branch is read from outside of it
            [
                conv("a"),
                conv("b"),
                conv("c"),
                conv("d", **{"from": "a"}),
                {"add": ["d", "b"]},
                {"add": ["add1", "c"]},
            ],
            ["input", "a", [[[["d"], ["b"]], "add1"], ["c"]], "add2"],
            [("b", "c")],
        ),
    ],
)
def test_a_network_becomes_sequences_and_branches(
    layers: list[Any], expected: Shown, edges: list[tuple[str, str]]
) -> None:
    assert of(layers) == (expected, edges)


def test_every_layer_is_there_once() -> None:
    for path in sorted((SPECS / "networks").glob("*.yaml")):
        network = network_of(shapecalc.trace(path))
        tree = tree_of(network)
        numbers = [single.number for item in tree.main.items for single in item.nodes()]
        assert sorted(numbers) == [*range(len(network.nodes))], path.name


def test_every_edge_is_there_once() -> None:
    """The ways of the tree and the further edges are the network's own sources."""

    def last(chain: Chain, before: int | None) -> int | None:
        for item in chain.items:
            before = step(item, before)
        return before

    def step(item: Any, before: int | None) -> int | None:
        before = before if item.linked else None
        if isinstance(item, Single):
            edges.extend([] if before is None else [(before, item.number)])
            return item.number
        ends = [last(branch, before) for branch in item.branches]
        if item.merge is None:
            return None
        edges.extend((end, item.merge.number) for end in ends if end is not None)
        return int(item.merge.number)

    for path in sorted((SPECS / "networks").glob("*.yaml")):
        network = network_of(shapecalc.trace(path))
        tree = tree_of(network)
        edges: list[tuple[int, int]] = []
        last(tree.main, None)
        for source, item in tree.further:
            if isinstance(item, Branches):  # stands for every way into it
                continue
            edges.append((source, item.number if isinstance(item, Single) else -1))
        plain = {(s, n) for n, node in enumerate(network.nodes) for s in node.sources}
        if not any(isinstance(item, Branches) for _, item in tree.further):
            assert {*edges} == plain, path.name


def test_runs_are_found() -> None:
    def run(name: str) -> list[int]:
        tree = tree_of(network_of(shapecalc.trace(SPECS / "networks" / f"{name}.yaml")))
        return [i.times for i in folded(tree.main, set()).items if isinstance(i, Repeated)]

    # Table 1 of the ResNet paper: 3, 4, 6 and 3 units; the first of each has another shortcut.
    assert run("resnet-50") == [2, 3, 5, 2]
    assert run("resnet-152") == [2, 7, 35, 2]
    assert run("densenet-121") == [6, 12, 24, 16]  # Table 1 of the DenseNet paper
    assert run("alexnet") == []


def test_a_run_stands_for_all_its_layers() -> None:
    network = network_of(shapecalc.trace(SPECS / "networks" / "resnet-50.yaml"))
    main = folded(tree_of(network).main, set())
    stood_for = [node.name for item in main.items for s in item.nodes() for node in s.like]
    assert sorted(stood_for) == sorted(node.name for node in network.nodes)


def test_every_kind_has_a_family() -> None:
    from shapecalc.layers import CLASSES

    composite = {"residual", "parallel", "repeat", "operation"}
    families = {kind: family_of(kind) for kind in CLASSES if kind not in composite}
    assert not [kind for kind, family in families.items() if family == "other"]
    assert family_of("no_such_kind") == "other"
