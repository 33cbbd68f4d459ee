"""Files of PyTorch that are damaged, hostile, of another kind: each is refused in a line."""

from __future__ import annotations

import copy
import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from exported_files import BEFORE, Program, archive, attentive, convolutional

import shapecalc
from shapecalc import network, readers
from shapecalc.diagnostics import Diagnostic
from shapecalc.readers import pytorch

SOUND = convolutional().file("linear")


def findings(raw: bytes, name: str = "net.pt2") -> tuple[Diagnostic, ...]:
    """Return what is found in a file."""
    return shapecalc.trace(network.build(readers.read_bytes(raw, name))).diagnostics


def damaged(raw: bytes) -> str:
    """Return the one message of a file that is damaged."""
    (found,) = findings(raw)
    assert found.code == "SC603"
    return found.message


def members(**named: bytes) -> bytes:
    """Return an archive of members, in a folder; _ is /, __ a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in named.items():
            file.writestr(f"net/{name.replace('__', '.').replace('_', '/')}", raw)
    return made.getvalue()


def changed(*path: Any, value: Any) -> bytes:
    """Return a sound program with one value of it changed."""
    data = copy.deepcopy(convolutional().json("linear"))
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return archive(json.dumps(data).encode())


GRAPH = ("graph_module", "graph")


# -- archives --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["net.pt2", "net.zip", "net", "net.pt"])
def test_a_file_is_told_by_its_members(name: str) -> None:
    assert findings(SOUND, name) == ()
    assert pytorch.claims(SOUND[: 2**16], name)


def test_both_layouts_are_told_by_their_members(tmp_path: Path) -> None:
    path = tmp_path / "net.whatever"
    path.write_bytes(convolutional().file("linear", layout=BEFORE))
    assert shapecalc.trace(path).spec.document.format == "pytorch"


def test_files_are_found_in_folders() -> None:
    assert ".pt2" in readers.endings()


@pytest.mark.parametrize("end", [5, 31, 60, len(SOUND) // 2, len(SOUND) - 30, len(SOUND) - 1])
def test_an_archive_that_is_cut_short_is_damaged(end: int) -> None:
    assert damaged(SOUND[:end]).startswith("a damaged archive")


def test_two_members_of_one_name_are_refused() -> None:
    raw = members(models_model__json=b"{}", models_model__jsom=b"{}")
    assert "one name" in damaged(raw.replace(b".jsom", b".json"))


@pytest.mark.slow
def test_a_bomb_takes_no_memory() -> None:
    raw = members(models_model__json=bytes(400_000_000))
    tracemalloc.start()
    assert "larger than" in damaged(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000_000


def test_weights_are_not_read() -> None:
    """One that lies about its size, and what is no weight at all: nobody looks."""
    net = convolutional()
    raw = bytearray(archive(json.dumps(net.json("linear")).encode(), net.stored, values=1000))
    place = raw.index(bytes(1000))
    raw[place : place + 1000] = b"\xff" * 1000  # its checksum is wrong now
    assert findings(bytes(raw)) == ()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (members(models_a__json=b"{}", models_b__json=b"{}"), "holds 2 networks"),
        (members(archive_format=b"pt2", data_aotinductor_a__so=b""), "holds no graph"),
    ],
    ids=["several", "compiled"],
)
def test_an_archive_of_no_one_network_is_named(raw: bytes, said: str) -> None:
    (found,) = findings(raw.replace(b"net/archive/format", b"net/archive_format"))
    assert (found.code, said in found.message) == ("SC101", True)
    assert "torch.export.save" in found.hint


def test_an_archive_of_others_is_left_to_others() -> None:
    (found,) = findings(members(photo__jpg=b"data/weights/"))
    assert found.message == "this is a ZIP archive"


# -- programs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "said"),
    [({"major": 9, "minor": 0}, "schema version 9"), (1, "schema version 1"), (None, "none"),
     ({"major": "8"}, "schema version 8"), ({"major": True}, "schema version true")],
)  # fmt: skip
def test_a_version_that_is_not_known_is_refused(version: Any, said: str) -> None:
    assert said in damaged(changed("schema_version", value=version))


@pytest.mark.parametrize(
    "text", [b"{", b"[1, 2", b'{"a": }', b"\xff\xfe", b"[" * 5000, b'"a"', b"7"]
)
def test_json_that_is_none_is_damaged(text: bytes) -> None:
    assert damaged(archive(text))


def test_a_key_that_stands_twice_is_refused() -> None:
    text = json.dumps(convolutional().json("linear"))
    assert "twice" in damaged(archive(text.replace('"nodes"', '"inputs": [], "nodes"', 1).encode()))


@pytest.mark.parametrize(
    ("path", "value", "said", "node"),
    [
        ((*GRAPH, "nodes"), {}, "no list", ""),
        ((*GRAPH, "nodes", 0), 5, "no mapping", ""),
        ((*GRAPH, "nodes", 1, "inputs"), None, "no list", "batch_norm"),
        ((*GRAPH, "nodes", 1, "target"), [], "no name", "batch_norm"),
        ((*GRAPH, "nodes", 1, "inputs", 0, "arg"), {"as_tensor": {"name": "relu"}},
         "which nothing before it gives", "batch_norm"),
        ((*GRAPH, "nodes", 2, "outputs", 0), {"as_tensor": {"name": "conv2d"}},
         "is there already", "relu_"),
        ((*GRAPH, "tensor_values", "conv2d", "sizes"), [{"as_int": -4}], "a size of conv2d is -4",
         "conv2d"),
        ((*GRAPH, "tensor_values", "conv2d", "sizes"), [{"as_int": 2**64}], "beyond", "conv2d"),
        ((*GRAPH, "tensor_values", "conv2d", "sizes"), [{"as_int": 1}] * 65, "65 axes", "conv2d"),
        ((*GRAPH, "tensor_values"), {}, "nothing is said of the size of", "fc.bias"),
        (("graph_module", "signature", "output_specs"),
         [{"user_output": {"arg": {"as_tensor": {"name": "gone"}}}}], "comes from no node", ""),
        (("graph_module",), None, "no mapping", ""),
    ],
)  # fmt: skip
def test_a_program_that_does_not_hold_together_is_damaged(
    path: tuple[Any, ...], value: Any, said: str, node: str
) -> None:
    (found,) = findings(changed(*path, value=value))
    assert (found.code, found.where) == ("SC603", node)
    assert said in found.message
    assert "torch.export.save" in found.hint


def test_names_of_the_file_are_printed_without_control_characters() -> None:
    net = Program(x=(1, 4))
    y = net.call("relu.default", (1, 4), module="\x1b[31mred\n", self="x")
    net.nodes[0]["inputs"][0]["arg"] = {"as_tensor": {"name": "\x1b[31m\x07"}}
    (found,) = findings(net.file(y))
    assert found.message.isprintable()


def test_very_many_layers_of_one_name_take_no_long() -> None:
    net = Program(x=(1, 4))
    y = "x"
    for number in range(1000):
        net.tensors[f"r{number}"] = net.tensors["x"]
        node = {
            "name": f"r{number}", "target": "torch.ops.aten.relu.default",
            "inputs": [{"name": "self", "arg": {"as_tensor": {"name": y}}}],
            "outputs": [{"as_tensor": {"name": f"r{number}"}}],
            "metadata": {"nn_module_stack": "a,act,torch.nn.ReLU"},
        }  # fmt: skip
        net.nodes.append(node)
        y = f"r{number}"
    trace = shapecalc.trace(network.build(readers.read_bytes(net.file(y), "net.pt2")))
    assert trace.layers[-1].name == "act_1000"


def test_every_value_may_be_another_one() -> None:
    """Each value of a program in turn: findings, and never an exception."""
    values: tuple[Any, ...] = (None, -1, "\x00", [], {})
    programs = ((convolutional().json("linear"), 29), (attentive().json("mystery"), 41))
    for data, every in programs:
        places = [*_places(data)]
        for number, (container, key) in enumerate(places[::every]):
            kept = container[key]
            container[key] = values[number % len(values)]
            findings(archive(json.dumps(data).encode()))
            container[key] = kept
        assert len(places) > 500


def _places(data: Any) -> Any:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield data, key
        if isinstance(value, dict | list):
            yield from _places(value)
