"""Files of torch.save: both layouts, and what is said of broken ones."""

from __future__ import annotations

import io
import zipfile
from random import Random
from typing import Any

import pytest
from torch_files import Call, Kept, Name, dumps, legacy, module, state_dict, tensor, zipped

from shapecalc.checkpoints.base import Damaged, Unreadable, Unsupported
from shapecalc.checkpoints.pickles import Global, Object
from shapecalc.checkpoints.pytorch import Saved, StoredTensor, claims, read_saved

STATE = state_dict({"conv.weight": (4, 3, 3, 3), "conv.bias": (4,), "steps": ()})
UTILS = "torch._utils"


def read(raw: bytes) -> Saved:
    """Return what is read of a file."""
    return read_saved(io.BytesIO(raw))


def call(name: str, *arguments: Any) -> Call:
    """Return a call of one of PyTorch's functions that make tensors."""
    return Call(Name(UTILS, name), arguments)


def storage(key: Any = "0", values: Any = 108, kind: str = "FloatStorage") -> Kept:
    """Return a storage."""
    return Kept(("storage", Name("torch", kind), key, "cpu", values))


@pytest.mark.parametrize("write", [zipped, legacy])
def test_a_state_dict_is_its_tensors(write: Any) -> None:
    raw = write(STATE)
    assert claims(raw[:300], "net.pt")
    root = read(raw).root
    assert {name: found.shape for name, found in root.items()} == {
        "conv.weight": (4, 3, 3, 3), "conv.bias": (4,), "steps": (),
    }  # fmt: skip
    assert {found.dtype for found in root.values()} == {"float32"}


@pytest.mark.parametrize("write", [zipped, legacy])
def test_modules_are_objects_with_their_attributes(write: Any) -> None:
    layer = module(
        "conv.Conv2d", {"stride": (2, 2), "_parameters": {"weight": STATE["conv.weight"]}}
    )
    found = read(write(layer)).root
    assert isinstance(found, Object)
    assert found.kind == Global("torch.nn.modules.conv", "Conv2d")
    assert found.attributes["stride"] == (2, 2)
    assert found.attributes["_parameters"]["weight"].shape == (4, 3, 3, 3)


def test_a_class_that_is_kept_with_its_source_is_its_name() -> None:
    kept = Kept(("module", Name("torch.nn.modules.linear", "Linear"), "/home/x/linear.py", "class"))
    assert read(legacy([Call(kept)])).root[0].kind == Global("torch.nn.modules.linear", "Linear")


@pytest.mark.parametrize(
    ("made", "dtype", "shape"),
    [
        (call("_rebuild_tensor", storage(), 0, (4, 27), (27, 1)), "float32", (4, 27)),
        (call("_rebuild_parameter", tensor((2,)), True, None), "float32", (2,)),
        (call("_rebuild_qtensor", storage(kind="QInt8Storage"), 0, (3,), (1,), (), False, None),
         "qint8", (3,)),
        (call("_rebuild_meta_tensor_no_storage", Name("torch", "half"), (10**6,), (1,), True),
         "float16", (10**6,)),
        (call("_rebuild_tensor_v3", storage(kind="UntypedStorage"), 0, (3,), (1,), True, None,
              Name("torch", "float8_e5m2"), None), "float8_e5m2", (3,)),
        (Call(Name("torch._tensor", "_rebuild_from_type_v2"),
              (Name(UTILS, "_rebuild_tensor_v2"), Name("mine", "T"), tensor((5,)).arguments, {})),
         "float32", (5,)),
    ],
)  # fmt: skip
def test_all_that_pytorch_makes_tensors_by_is_read(made: Call, dtype: str, shape: Any) -> None:
    found = read(legacy({"x": made})).root["x"]
    assert isinstance(found, StoredTensor)
    assert (found.dtype, found.shape) == (dtype, shape)


def test_tied_tensors_have_one_identity_and_views_their_own() -> None:
    views = [tensor((4,), values=8), tensor((4,), values=8), tensor((2, 2), values=8)]
    found = read(zipped(views)).root
    assert found[0].identity == found[1].identity != found[2].identity


# -- damage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        call("_rebuild_tensor_v2"), call("_rebuild_tensor_v2", 1, 2, 3, 4),
        call("_rebuild_tensor_v2", storage(), 0, (109,), (1,), False, None),
        call("_rebuild_tensor_v2", storage(), 100, (9,), (1,), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (2,), (108,), False, None),
        call("_rebuild_tensor_v2", storage(), -1, (2,), (1,), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (-2,), (1,), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (2**63,), (0,), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (2**62, 2**62), (0, 0), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (2.5,), (1,), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (True,), (1,), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (2,), (1, 1), False, None),
        call("_rebuild_tensor_v2", storage(), 0, (1,) * 65, (1,) * 65, False, None),
        call("_rebuild_tensor_v2", storage(values=-1), 0, (), (), False, None),
        call("_rebuild_tensor_v2", storage(values="8"), 0, (), (), False, None),
        call("_rebuild_tensor_v2", storage(key=None), 0, (), (), False, None),
        Call(Name("torch", "Size"), (5,)),
    ],
)  # fmt: skip
def test_impossible_tensors_are_refused(made: Call) -> None:
    with pytest.raises(Damaged):
        read(dumps_legacy(made))


def dumps_legacy(value: Any) -> bytes:
    """Return an old file with more than the values it needs."""
    whole = legacy({})
    head = whole[: whole.rindex(dumps({}) + dumps([]))]
    return head + dumps(value) + dumps(["0"]) + bytes(10_000)


def test_types_that_are_not_known_are_refused() -> None:
    for made in (
        call("_rebuild_tensor_v2", storage(kind="StrangeStorage"), 0, (), (), False, None),
        call("_rebuild_meta_tensor_no_storage", Name("os", "system"), (), (), False),
    ):
        with pytest.raises(Unsupported):
            read(dumps_legacy(made))


def test_the_small_pickles_in_front_stay_small() -> None:
    with pytest.raises(Unsupported, match="1,000 steps"):
        read(legacy(STATE).replace(dumps({"little_endian": True}), dumps(list(range(2000)))))


def test_values_that_are_not_there_are_missed() -> None:
    with pytest.raises(Damaged, match="cut short"):
        read(legacy(STATE)[:-1])
    raw = zipped(STATE)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[: 500 if "pkl" in name else 400])
    with pytest.raises(Damaged, match=r"net/data/0 are fewer"):
        read(stream.getvalue())
    with pytest.raises(Damaged, match=r"no values net/data/1"):
        read(raw.replace(b"net/data/1", b"net/dato/1"))


@pytest.mark.parametrize(
    "raw",
    [
        zipped(STATE).replace(b"data.pkl", b"dota.pkl"),
        zipped(STATE, extra={"x/data.pkl": b"N."}).replace(b"net/x/", b"netxx/"),
        zipped(STATE)[:-40], zipped(STATE)[:200], b"PK\x03\x04", b"",
        dumps(5), legacy(STATE).replace(dumps(1001), dumps(1002)),
        legacy(STATE)[:100], legacy(STATE).replace(dumps(["0", "1", "2"]), dumps("no")),
        legacy(STATE).replace(dumps(["0", "1", "2"]), dumps(["0"])),
    ],
)  # fmt: skip
def test_broken_files_are_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw)


@pytest.mark.parametrize("write", [zipped, legacy])
def test_mutated_files_are_read_or_refused(write: Any) -> None:
    raw, random = write([STATE, module("conv.Conv2d", {"a": 1})]), Random(5)
    read_ones = 0
    for _ in range(600):
        changed = bytearray(raw)
        for _ in range(random.randint(1, 3)):
            changed[random.randrange(len(changed))] = random.randrange(256)
        if random.random() < 0.2:
            del changed[random.randrange(len(changed)) :]
        try:
            read(bytes(changed))
            read_ones += 1
        except Unreadable:
            pass
    assert 100 < read_ones < 600
