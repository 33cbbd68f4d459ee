"""For every rule that has fixes: a file before and after, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

import shapecalc
from shapecalc.cli.fixes import traced_again
from shapecalc.fixing import Fixed, fixed

BROKEN = Path(__file__).resolve().parents[2] / "specs" / "broken"
SAFE, UNSAFE = False, True
# By code: a broken spec, which fixes are asked for, what goes, and what stands in its place.
FIXES = {
    "SC102": ("sc102-example-key", SAFE, "expected:", "expect:"),
    "SC103": ("sc103-body", UNSAFE, "shortcut: []}", "shortcut: [], body: [relu]}"),
    "SC104": ("sc104-bias-no", SAFE, "bias: no}", "bias: false}"),
    "SC105": ("sc105-misspelt-kind", SAFE, "- convv:", "- conv:"),
    "SC106": (
        "sc106-name-twice",
        UNSAFE,
        "}\n  - conv: {name: features",
        "}\n  - conv: {name: features_2",
    ),
    "SC107": ("sc107-of-a-conv", UNSAFE, "max_unpool: conv1", "max_unpool: max_pool1"),
    "SC201": ("sc201-stride", UNSAFE, "S: 2}", "S: 2, P: [[0, 1], [0, 1]]}"),
    "SC202": ("sc202-crop", UNSAFE, "crop: 4", "crop: 3"),
    "SC203": ("sc203-pool-padding", UNSAFE, "P: 2}", "P: 1}"),
    "SC204": ("sc204-depth", UNSAFE, "groups: 3}", "groups: 2}"),
    "SC205": ("sc205-add", UNSAFE, "name: five, K: 5", "name: five, K: 4"),
    "SC206": ("sc206-conv2d-on-a-sequence", SAFE, "- Conv2d:", "- conv:"),
    "SC207": ("sc207-reshape", UNSAFE, "output: 7x7x64", "output: 50x60"),
    "SC208": ("sc208-output-padding", UNSAFE, "output_padding: 2", "output_padding: 1"),
    "SC209": ("sc209-share", UNSAFE, "K: 3, F: 5", "K: 3, F: 3"),
    "SC301": ("sc301-forgot-biases", UNSAFE, "parameters: 7500", "parameters: 7600"),
    "SC401": ("sc401-conv-floor", UNSAFE, "S: 2}", "S: 2, P: [[0, 1], [0, 0]]}"),
    "SC402": ("sc402-stride-skips", UNSAFE, "F: 2, S: 3}", "F: 3, S: 3, P: [[0, 1], [0, 1]]}"),
    "SC403": ("sc403-bias-before-batch-norm", UNSAFE, "F: 3}", "F: 3, bias: false}"),
    "SC404": ("sc404-same-pads-one-side", UNSAFE, "P: same}", "P: [[0, 1], [0, 1]]}"),
    "SC405": ("sc405-dense-on-volume", UNSAFE, "  - dense", "  - flatten\n  - dense"),
    "SC406": ("sc406-window-in-padding", UNSAFE, "P: 2}", "P: 1}"),
    "SC408": ("sc408-depth-first", UNSAFE, "input: 3x224x224", "input: 224x224x3"),
    "SC409": ("sc409-useless-ignore", SAFE, "  # shapecalc: ignore[SC402]", ""),
    "SC410": ("sc410-conv2d", SAFE, "- Conv2d:", "- conv:"),
    "SC412": ("sc412-any-padding", UNSAFE, "P: any}", "P: 2}"),
}
# Edits that an editor may offer, and that --fix does not make: they are examples, not repairs.
EXAMPLES = {"SC411"}


def mended(path: Path, code: str, unsafe: bool) -> Fixed:
    """Return a file with the fixes of one code made."""
    trace = shapecalc.trace(path)
    done = fixed(
        trace, lambda found: found.code == code, unsafe, lambda text: traced_again(trace, text)
    )
    assert done is not None
    return done


@pytest.mark.parametrize("code", FIXES)
def test_a_fix_changes_this_and_nothing_else(code: str) -> None:
    name, unsafe, old, new = FIXES[code]
    path = BROKEN / f"{name}.yaml"
    before = path.read_bytes().decode()
    assert before.count(old) == 1
    done = mended(path, code, unsafe)
    assert done.text == before.replace(old, new)
    assert code not in {found.code for found in done.trace.diagnostics}
    if unsafe:
        assert mended(path, code, SAFE).text == before  # what changes a network is asked for


def test_every_rule_with_fixes_is_shown() -> None:
    offered = {
        found.code
        for path in BROKEN.glob("*.yaml")
        for found in shapecalc.check(path)
        if found.edits
    }
    assert offered == set(FIXES) | EXAMPLES
    for code in EXAMPLES:
        for path in BROKEN.glob(f"{code.lower()}*.yaml"):
            assert mended(path, code, UNSAFE).fixes == 0
