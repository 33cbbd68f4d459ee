"""Blocks that use themselves, directly or by way of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import MAX_NESTING, Fault, Finding, Findings, Path
from shapecalc.network.blocks import Block
from shapecalc.network.layer_item import INNER, inner_lists


def _uses(layers: Any, path: Path, seen: set[int], depth: int = 0) -> Iterator[tuple[str, Path]]:
    """Yield every kind that a list of layers names, composites looked into, each list once."""
    if not isinstance(layers, list | tuple) or depth > MAX_NESTING or id(layers) in seen:
        return
    seen.add(id(layers))
    for index, item in enumerate(layers):
        if isinstance(item, str):
            yield item, (*path, index)
        elif isinstance(item, Mapping):
            for kind, value in item.items():
                here: Path = (*path, index, str(kind))
                yield str(kind), here
                if kind in INNER:
                    for inner, where in inner_lists(kind, value, here):
                        yield from _uses(inner, where, seen, depth + 1)


def find_circles(blocks: Mapping[str, Block], findings: Findings) -> None:
    """Report each use of a block from which the block itself is reached again."""
    uses = {
        name: [
            use for use in _uses(block.layers, (*block.path, "layers"), set()) if use[0] in blocks
        ]
        for name, block in blocks.items()
    }
    forward = {name: {kind for kind, _ in found} for name, found in uses.items()}
    circular = _without_ends(_without_ends(forward, blocks), blocks)
    for name in circular:
        blocks[name].broken = True
        for kind, path in uses[name]:
            if kind in circular:
                own = "itself" if kind == name else f"{kind}, which uses {name} again"
                message = f"the block {name} uses {own}: it would never end"
                hint = "repeat: {times: 3, layers: [...]} writes a piece several times"
                findings.append(Finding(Fault(rules.NO_SUCH_NAME, message, hint), path))


def _without_ends(
    arrows: Mapping[str, set[str]], order: Mapping[str, Block]
) -> dict[str, set[str]]:
    """Return the arrows turned round, without the blocks from which no circle is reached."""
    turned: dict[str, set[str]] = {name: set() for name in order if name in arrows}
    for name, targets in arrows.items():
        for target in targets:
            turned[target].add(name)
    left = {name: len(targets) for name, targets in arrows.items()}
    ends = [name for name, count in left.items() if not count]
    while ends:
        end = ends.pop()
        del left[end]
        for name in turned[end]:
            left[name] -= 1
            if not left[name]:
                ends.append(name)
    return {name: users & left.keys() for name, users in turned.items() if name in left}
