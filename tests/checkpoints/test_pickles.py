"""Pickles: plain data as Python's own pickle module reads it, and nothing is ever run."""

from __future__ import annotations

import array
import collections
import io
import pickle
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shapecalc.checkpoints.base import Damaged, Unreadable, Unsupported
from shapecalc.checkpoints.pickles import (
    MOST_BYTES,
    MOST_STEPS,
    Global,
    Key,
    Object,
    Persistent,
    read_pickle,
)

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 255, 65536, -(2**31), 2**40, -(2**70), 0.5, -1e300, "", "é",
    "a\nb", "🙂" * 300, b"", b"\0\xff" * 200, (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [],
    [1, [2, [3]]],
    {}, {"a": 1, 2: [3], None: (), b"k": {}}, list(range(3000)), {str(i): i for i in range(3000)},
    collections.OrderedDict([("b", 1), ("a", 2)]), [[]] * 3,
]  # fmt: skip


def read(raw: bytes, **options: Any) -> Any:
    """Return what is read of a pickle."""
    return read_pickle(io.BytesIO(raw), **options)


@pytest.mark.quick(2)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_data_is_read_as_python_reads_it(protocol: int) -> None:
    for value in VALUES:
        assert read(pickle.dumps(value, protocol)) == value or protocol < 3
    plain = [value for value in VALUES if not isinstance(value, bytes | dict)]
    assert read(pickle.dumps(plain, protocol)) == plain


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_sets_are_lists_and_a_stream_is_left_behind_the_pickle(protocol: int) -> None:
    stream = io.BytesIO(pickle.dumps({3}, protocol) + pickle.dumps(frozenset([4]), protocol) + b"x")
    assert read_pickle(stream) == [3]
    assert read_pickle(stream) == [4]
    assert stream.read() == b"x"


class Module:
    """What a file may hold an object of."""

    def __init__(self) -> None:
        self.kernel_size = (3, 3)
        self.me = self


class Items(list):  # type: ignore[type-arg]
    """A list of a class of its own."""


class Slots:
    """An object without a dict."""

    __slots__ = ("a",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_objects_are_what_was_called_and_their_state(protocol: int) -> None:
    found = read(pickle.dumps(Module(), protocol))
    assert isinstance(found, Object)
    assert found.kind == Global(__name__, "Module")
    assert found.attributes["kernel_size"] == (3, 3)
    assert found.attributes["me"] is found
    found = read(pickle.dumps(Items([1, 2]), protocol))
    assert found.kind == Global(__name__, "Items")
    assert found.items == [1, 2] or protocol < 2


def test_the_state_of_slots_is_no_attributes() -> None:
    value = Slots()
    value.a = 1  # type: ignore[attr-defined]
    found = read(pickle.dumps(value, 4))
    assert found.state == (None, {"a": 1})
    assert found.attributes == {}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_kept_outside_is_its_identity(protocol: int) -> None:
    class Pickler(pickle.Pickler):
        def persistent_id(self, value: Any) -> Any:
            return "7" if value is outside else None

    outside = object()
    stream = io.BytesIO()
    Pickler(stream, protocol).dump([outside])
    (found,) = read(stream.getvalue())
    assert isinstance(found, Persistent)
    assert found.identity == "7"
    assert read(stream.getvalue(), persistent=lambda identity: (identity, 1)) == [("7", 1)]


def test_a_maker_makes_of_a_call_what_it_likes() -> None:
    raw = pickle.dumps(array.array("i", [1, 2]), 2)
    (known,) = [read(raw).kind]
    assert read(raw, makers={known: lambda arguments: len(arguments)}) == 2


def test_other_keys_than_texts_and_numbers_are_keys_of_their_own() -> None:
    found = read(pickle.dumps({(1, 2): "a", 0.5: "b", 2**61: "c", "d": "d"}))
    assert [k.value if isinstance(k, Key) else k for k in found] == [(1, 2), 0.5, 2**61, "d"]


# -- nothing is run --------------------------------------------------------------------------------

CREATES = "open({path!r}, 'w').close()"


class Runs:
    """An object whose pickle runs code when Python reads it."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def attacks(path: Path) -> list[bytes]:
    """Return pickles that create a file when Python reads them."""
    code = CREATES.format(path=str(path))
    text = repr(code).encode()
    found = [pickle.dumps(Runs(exec, code), protocol) for protocol in PROTOCOLS]
    unicode = b"X" + struct.pack("<I", len(code)) + code.encode()
    found += [
        b"(S" + text + b"\nibuiltins\nexec\n.",  # INST
        b"(cbuiltins\nexec\nS" + text + b"\no.",  # OBJ
        b"c__builtin__\nexec\n(S" + text + b"\ntR.",  # a module of Python 2
        b"\x80\x02cbuiltins\nexec\n" + unicode + b"\x85R.",
        b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93" + unicode + b"\x85R.",  # by names on the stack
        b"(cbuiltins\nexec\n" + unicode + b"\x85Rl.",  # within a list
        b"c__main__\n__loader__\n(dS'x'\ncbuiltins\nexec\nsb.",  # BUILD of what is imported
    ]
    return found


def test_a_pickle_that_would_create_a_file_does_not(tmp_path: Path) -> None:
    for number, raw in enumerate(attacks(tmp_path / "created")):
        read(raw)
        assert list(tmp_path.iterdir()) == [], number


def test_the_attacks_work_on_python_s_own_reader(tmp_path: Path) -> None:
    path = tmp_path / "created"
    working = 0
    for raw in attacks(path)[:-1]:
        pickle.loads(raw)
        working += path.exists()
        path.unlink()
    assert working == len(attacks(path)) - 1


def test_nothing_is_imported() -> None:
    names = ("antigravity", "this", "wave", "idlelib.idle")
    code = (
        "import io, sys\n"
        "from shapecalc.checkpoints.pickles import read_pickle\n"
        "before = set(sys.modules)\n"
        f"for name in {names}:\n"
        "    read_pickle(io.BytesIO(f'c{name}\\nx\\n(tR.'.encode()))\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_hooks_of_objects_are_not_called() -> None:
    # State for __setstate__, and attributes that would replace methods: all stay what they are.
    found = read(b"cx\nA\n)\x81(d(S'__setstate__'\ncos\nsystem\ntS'k'\nsb.")
    assert isinstance(found, Object)
    found = read(b"cx\nA\n)\x81(dS'attributes'\nK\x01sS'items'\nK\x02sb.")
    assert found.items == []
    assert found.attributes == {"attributes": 1, "items": 2}


# -- damage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"", b".", b"N", b"0.", b"(.", b"(0.", b"t.", b"]t.", b"e.", b"]e.", b"N(Ne.", b"Na.",
        b"NNNs.", b"}(Nu.", b"]NNs.", b"NNb", b"R.", b"NNR.", b"cos\nsystem\nNR.", b"\x81.", b"o.",
        b"(o", b"h\x05.", b"g7\n.", b"gx\n.", b"p-1\n.", b"q\x01.", b"(q\x01.", b"2.", b"(2.",
        b"NN\x93.", b"Q.", b"Ix\n.", b"Fx\n.", b"L1", b"S'a\n.", b"S'a'", b"V\\uzz\n.", b"\xff.",
        b"X\xff\xff\xff\xffab.", b"\x8d" + b"\xff" * 8 + b".", b"B\0\0\0\x80.",
        b"\x8b\xff\xff\xff\xff.",
        b"ccollections\nOrderedDict\n(]Natta.", b"ccollections\nOrderedDict\n((lp0\nNatR.",
        b"I" + b"9" * 5000 + b"\n.", b"p" + b"9" * 400 + b"\n.", b"\x80", b"\x95\xff", b"(((((",
    ],
)  # fmt: skip
def test_a_damaged_pickle_is_refused(raw: bytes) -> None:
    with pytest.raises(Damaged, match=r"at byte \d"):
        read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x82\x01.", b"\x83\x01\0.", b"\x84\x01\0\0\0.",  # of the registry of extensions
        b"\x97.", b"N\x98.",  # buffers that come separately
        b"\x8b" + struct.pack("<i", 200) + b"\x7f" * 200 + b".",  # a huge number
        b"X" + struct.pack("<I", MOST_BYTES) + b"a" * MOST_BYTES + b".",
        pytest.param(b"N0" * (MOST_STEPS // 2) + b"N.", marks=pytest.mark.slow),
    ],
    ids=["ext1", "ext2", "ext4", "buffer", "read-only", "number", "bytes", "steps"],
)  # fmt: skip
def test_what_is_beyond_use_is_refused(raw: bytes) -> None:
    with pytest.raises(Unsupported, match=r"at byte \d"):
        read(raw)


def test_more_steps_than_are_allowed_are_refused() -> None:
    assert read(b"N0" * 50 + b"N.", most_steps=102) is None
    with pytest.raises(Unsupported, match=r"at byte \d"):
        read(b"N0" * 50 + b"N.", most_steps=101)


def test_halves_of_characters_are_replaced() -> None:
    assert read(pickle.dumps("a\ud800")) == "a?"
    assert read(pickle.dumps({"\udfff": 1})) == {"?": 1}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("nested lists", b"]" * 100_000 + b"a" * 99_999 + b"."),
        ("nested tuples as a key", b"})" + b"\x85" * 100_000 + b"Ns."),
        ("doubled tuples as a key", b"})" + b"2\x86" * 300 + b"Ns."),
        ("nested calls", b"cx\nA\n" + b")R" * 100_000 + b"."),
        ("nested states", b"cx\nA\n)Rp0\n" + b"cx\nA\n)R" * 50_000 + b"b" * 50_000 + b"."),
        ("doubled lists", b"]" + b"2a" * 3 + b"".join(
            b"p%d\n0]g%d\nag%d\na" % (i, i, i) for i in range(1000)) + b"."),
        ("equal hashes", b"}(" + b"".join(
            b"L%d\nN" % (i * (2**61 - 1)) for i in range(1, 30_000)) + b"u."),
        ("equal numbers in the memo", b"N" + b"".join(
            b"p%d\n" % (i << 36) for i in range(1, 30_000)) + b"."),
        ("dicts of one list of pairs", b"](" + b"NN\x86" * 1000 + b"ep0\n"
            + b"ccollections\nOrderedDict\ng0\n\x85R0" * 900 + b"."),
    ],
)  # fmt: skip
def test_no_pickle_takes_long(name: str, raw: bytes) -> None:
    start = time.process_time()
    try:
        found: Any = read(raw)
    except Unreadable:
        found = None
    del found
    assert time.process_time() - start < 10, name
