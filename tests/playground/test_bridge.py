"""What the page asks of shapecalc, asked by Python: the same functions run in the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.edits import Edit, edited
from shapecalc.playground.bridge import CALLS, Refused, answer

SPECS = Path(__file__).resolve().parents[2] / "specs"


def traced(text: str) -> dict[str, Any]:
    found: dict[str, Any] = CALLS["trace"](text.encode("utf-8"))
    return found


def spec(name: str) -> str:
    return (SPECS / name).read_text(encoding="utf-8")


SHOWN = {"name", "kind", "output", "parameters", "macs", "receptive_field", "shares"}


def test_a_result_has_the_reports_own_numbers_and_where_they_are_written() -> None:
    text = spec("networks/lenet-5.yaml")
    found = traced(text)
    report = shapecalc.trace(SPECS / "networks/lenet-5.yaml").to_dict()
    for index, (row, layer) in enumerate(zip(found["layers"], report["layers"], strict=True)):
        assert {key: row[key] for key in SHOWN} == {key: layer[key] for key in SHOWN}
        assert CALLS["working"](index) == layer["derivation"]
        line, column = row["place"]
        assert text.splitlines()[line - 1][column - 1 :].startswith(row["kind"])
    assert json.loads(CALLS["export"]("json"))["totals"] == report["totals"]


def test_blocks_are_given_with_their_rows() -> None:
    found = traced(spec("networks/resnet-50.yaml"))
    stage = next(group for group in found["groups"] if group["name"] == "stage1")
    names = [layer["name"] for layer in found["layers"][stage["first"] : stage["end"]]]
    assert names
    assert all(name.startswith("stage1.") for name in names)


def test_very_many_layers_are_counted_and_not_all_sent() -> None:
    found = traced("input: 3\nlayers: [repeat: {times: 2000, layers: [relu]}]\n")
    assert found["count"] == 2000
    assert len(found["layers"]) == 1500
    assert len(found["groups"]) <= 1500


def test_a_text_that_cannot_be_read_leaves_the_network_before_it_to_be_asked_about() -> None:
    traced("input: 8x8x3\nlayers: [flatten, dense: 5]\n")
    assert not traced("input: 8x8x3\nlayers: [flatten, dense:")["readable"]
    assert "5*192 = 960" in CALLS["working"](1)[1]
    with pytest.raises(Refused, match="no such layer"):
        CALLS["working"](2)


def test_an_edit_of_a_finding_repairs_the_text() -> None:
    text = spec("broken/alexnet-224-without-padding.yaml")
    (finding,) = traced(text)["findings"]
    for edit in finding["edits"]:
        left = traced(edited(text, [Edit(**edit)]))["findings"]
        assert all(found["severity"] != "error" for found in left), edit["title"]


def test_inputs_that_fit_are_offered_with_what_writes_them() -> None:
    text = spec("networks/u-net.yaml").partition("expect:\n")[0]
    traced(text)
    # U-Net's paper: 572x572 gives 388x388; four poolings by 2 ask for steps of 16
    assert [offer["text"] for offer in CALLS["sizes"]("")["offers"]] == ["556x556x1", "588x588x1"]
    (offer,) = CALLS["sizes"]("388 x 388")["offers"]
    assert offer["text"] == "572x572x1"
    (edit,) = offer["edits"]
    assert "input: 572x572x1" in edited(text, [Edit(**edit)])


def test_of_several_inputs_all_are_written() -> None:
    text = "inputs: {a: 9x9x2, b: 9x9x2}\nlayers:\n  - add: [a, b]\n  - max_pool: {F: 3, S: 2}\n"
    traced(text)
    offers = CALLS["sizes"]("")["offers"]
    assert [offer["text"] for offer in offers] == ["a: 7x7x2, b: 7x7x2", "a: 11x11x2, b: 11x11x2"]
    changed = edited(text, [Edit(**edit) for edit in offers[0]["edits"]])
    assert list(traced(changed)["inputs"].values()) == [[7, 7, 2], [7, 7, 2]]


@pytest.mark.parametrize("wanted", ["x", "0x3", "3x3x3x3", "5000000000", "1x1"])
def test_an_output_that_cannot_be_is_refused_in_words(wanted: str) -> None:
    traced("input: 9x9x2\nlayers: [conv: {K: 1, F: 3}, max_pool: 2, conv: {K: 1, F: 2, S: 2}]\n")
    traced(spec("networks/u-net.yaml"))
    with pytest.raises(Refused):
        CALLS["sizes"](wanted)


def test_where_nothing_fits_there_is_nothing_to_click() -> None:
    traced("input: 8x8x1\nlayers: [max_pool: 2, flatten, reshape: [3, 5]]\n")
    found = CALLS["sizes"]("")
    assert isinstance(found["text"], str)
    traced("layers: [relu]\n")
    assert CALLS["sizes"]("") == CALLS["sizes"]("3x3")
    assert CALLS["sizes"]("")["offers"] == []


def test_memory_is_that_of_the_command() -> None:
    traced(spec("networks/lenet-5.yaml"))
    rows = {name: size for name, size, _ in CALLS["memory"](2, "float16", "adam", "")["rows"]}
    expected = shapecalc.memory(
        SPECS / "networks/lenet-5.yaml", batch=2, dtype="float16", optimizer="adam"
    )
    assert all(size in str(expected) for size in rows.values())
    assert CALLS["memory"](None, "float32", "sgd", "8GiB")["remarks"][0].endswith("141,777")
    for asked in (
        (None, "float32", "sgd", "much"),
        (0, "float32", "sgd", ""),
        (1, "int3", "sgd", ""),
    ):
        with pytest.raises(Refused):
            CALLS["memory"](*asked)


@pytest.mark.slow
def test_a_picture_that_cannot_be_drawn_is_refused() -> None:
    traced("input: 3\nlayers: [repeat: {times: 20000, layers: [relu]}]\n")
    with pytest.raises(Refused, match="no picture"):
        CALLS["picture"]("volumes", 700, "light")


def test_a_word_without_a_page_is_refused() -> None:
    assert CALLS["explain"]("SC201").startswith("SC201")
    assert json.loads(answer("explain", "nonsenseword") or "")["refused"]


@pytest.mark.parametrize("name", ["cifar.onnx", "cifar-keras.json"])
def test_a_network_of_a_framework_becomes_a_spec_of_the_same_size(name: str) -> None:
    path = SPECS / "frameworks" / name
    opened = CALLS["open"](name, path.read_bytes())
    assert opened["format"] in ("onnx", "keras")
    found = traced(opened["text"])
    assert found["findings"] == []
    assert found["totals"]["parameters"] == shapecalc.trace(path).totals["parameters"]


def test_a_spec_is_opened_as_it_is_written() -> None:
    text = "# mine\ninput: 3\nlayers: [relu]\n"
    assert CALLS["open"]("a.yaml", text.encode("utf-8-sig"))["text"] == text
    broken = "input: 3\nlayers: [rleu\n"
    assert CALLS["open"]("a.yaml", broken.encode())["text"] == broken


@pytest.mark.parametrize("start", [b"\x00\xff", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"\x80\x05."])
def test_what_is_no_network_is_refused_in_words(start: bytes) -> None:
    with pytest.raises(Refused, match=r"thing\.bin.*\w"):
        CALLS["open"]("thing.bin", start + bytes(range(256)))


def test_a_file_that_is_refused_tells_what_would_work() -> None:
    with pytest.raises(Refused, match=r"is Python source\.\nShapecalc runs no code: write the"):
        CALLS["open"]("net.py", b"import torch\n\nclass Net(torch.nn.Module): ...\n")
    with pytest.raises(Refused, match=r"in parts\.\nOpen those files one by one"):
        CALLS["open"]("a.json", json.dumps({"weight_map": {"a": "1.safetensors"}}).encode())


def test_a_part_that_is_not_there_yet_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from shapecalc.playground import bridge

    def missing(*values: object) -> None:
        raise ImportError("not there", name="shapecalc.readers.keras")

    monkeypatch.setitem(bridge.CALLS.things, "trace", missing)
    monkeypatch.setattr(bridge, "find_spec", lambda name: None)
    assert answer("trace", b"") is None
    monkeypatch.setattr(bridge, "find_spec", lambda name: object())  # all of it is there
    with pytest.raises(ImportError):
        answer("trace", b"")


@pytest.mark.parametrize("name", ["net.onnx", "net.cfg", "net.pt2", "net.h5"])
def test_a_text_is_no_file_of_a_format_by_its_name(name: str) -> None:
    """What stands in the editor is not to give way to junk."""
    with pytest.raises(Refused, match=f"no file of the format that {name[3:]} stands for"):
        CALLS["open"](name, b"junk")
