"""A change of the data and the edit of the text come to the same, in every layout."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shapecalc.edits import Change, Edit, Unchangeable, changed
from shapecalc.readers import native

pytestmark = pytest.mark.usefixtures("parser")  # both give the same values, faults and places

BLOCK = """\
# a net
input: 32x32x3   # image
layers:
  - conv: {K: 6, F: 5}  # first
  - relu:
  - max_pool: 2
  - conv:
      K: 3   # three
      F: 3
  - name: x
    dense: 10
  -   flatten
  - - a
    - b
# end
"""
JSON = (
    '{"input": [32, 32, 3], "layers": [{"conv": {"K": 6, "F": 5}}, "relu", {"max_pool": 2},'
    ' {"conv": {}}]}\n'
)
FLOW = "input: 3\nlayers: [relu, {dense: 4}, {conv: {}}]\n"
FIRST = ("layers", 0, "conv")
CHANGES = [
    Change("set", "30x30x1", ("input",)),
    Change("set", 7, (*FIRST, "S")),
    Change("set", {"F": 2, "S": 1}, ("layers", 2, "max_pool")),
    Change("set", {"conv": {"K": 1}}, ("layers", 1)),
    Change("set", (1, (2, 3)), (*FIRST, "K")),
    Change("set", 3, ("layers", 1, "relu")),
    Change("set", "text with: a colon", ("name",)),
    Change("set", "- # no", ("name",)),
    Change("set", None, ("input",)),
    Change("set", True, (*FIRST, "K")),
    Change("rename", "conv3", FIRST),
    Change("rename", "yes: no", (*FIRST, "K")),
    Change("rename", "tanh", ("layers", 1)),
    Change("remove", None, (*FIRST, "K")),
    Change("remove", None, (*FIRST, "F")),
    Change("remove", None, ("layers", 3, "conv", "F")),
    Change("remove", None, ("layers", 3)),
    Change("remove", None, ("layers", 6, 0)),
    Change("remove", None, ("layers", 6, 1)),
    Change("insert", "flatten", ("layers", 2)),
    Change("insert", {"conv": {"K": 1, "F": [1, 2]}}, ("layers", 0)),
    Change("insert", "c", ("layers", 6, 1)),
    Change("append", "relu", ("layers",)),
    Change("append", {"conv": {"K": 1}}, ("layers",)),
    Change("append", "z", ("layers", 6)),
    Change("replace", ["a", {"dense": 3}], ("layers", 1)),
    Change("replace", [{"x": 1}, "y"], ("layers", 3)),
]


def plain(value: Any) -> Any:
    """Return data as JSON has it."""
    return json.loads(json.dumps(value))


@pytest.mark.parametrize(
    "change", CHANGES, ids=lambda c: f"{c.action} {'.'.join(map(str, c.path))}"
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("text", [BLOCK, JSON, FLOW], ids=["block", "json", "flow"])
def test_an_edit_reads_as_the_change(text: str, end: str, change: Change) -> None:
    text = text.replace("\n", end)
    document = native.read_text(text, "spec")
    assert document.source is not None
    edit = document.source.edit(change, "title", safe=False)
    try:
        wanted = changed(document.data, change)
    except Unchangeable:
        return
    if change.path == ("layers", 3) and "# three" in text:
        assert edit is None  # a comment stands in the item, and would go with it
        return
    assert edit is not None
    after = edit.applied(text)
    assert plain(document.source.read(after).data) == plain(wanted)
    assert after.count("\r\n") == (after.count("\n") if end == "\r\n" else 0)
    for comment in ("# a net", "# end"):
        assert (comment in after) is (comment in text)


def test_the_text_around_an_edit_stays() -> None:
    source = native.read_text(BLOCK, "spec").source
    assert source is not None
    edit = source.edit(Change("set", 7, (*FIRST, "S")), "S=7", safe=True)
    assert edit == Edit(4, 22, 4, 22, ", S: 7", True, "S=7")
    assert edit.applied(BLOCK) == BLOCK.replace("F: 5}", "F: 5, S: 7}")
    edit = source.edit(Change("set", 7, ("layers", 3, "conv", "S")), "S=7", safe=True)
    assert edit is not None
    assert edit.applied(BLOCK) == BLOCK.replace("      K: 3", "      S: 7\n      K: 3")


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "a\rb"])
def test_a_text_with_other_line_breaks_gets_no_edits(mark: str) -> None:
    source = native.read_text(f"input: 3 #{mark}\n", "spec").source
    assert source is None or source.edit(Change("set", 4, ("input",)), "", safe=True) is None


def test_what_stands_twice_is_changed_twice() -> None:
    text = "a: &x {F: 3}\nb: *x\n"
    document = native.read_text(text, "spec")
    change = Change("set", 5, ("b", "F"))
    assert changed(document.data, change) == {"a": {"F": 5}, "b": {"F": 5}}
    assert document.source is not None
    edit = document.source.edit(change, "", safe=True)
    assert edit is not None
    assert edit.applied(text) == "a: &x {F: 5}\nb: *x\n"
