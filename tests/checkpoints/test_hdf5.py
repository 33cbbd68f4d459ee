"""HDF5 files built byte by byte: what is read of them, and what is said of broken ones."""

from __future__ import annotations

import base64
import contextlib
import io
import struct
import tracemalloc
import zlib

import pytest
from hdf5_files import FLOAT32, TEXT, UNDEFINED, Builder, attribute, fixed, link, shape
from hypothesis import given, settings
from hypothesis import strategies as st

from shapecalc.checkpoints.hdf5 import Damaged, Dataset, HDF5File, Unreadable, Unsupported, is_hdf5

CONFIG = '{"class_name": "Sequential", "config": "é"}'


def old_file() -> bytes:
    """Return a file as Keras writes it."""
    made = Builder(96)
    weights = ("kernel:0", "bias:0")
    names = attribute("weight_names", fixed(8), shape(2), b"kernel:0bias:0\0\0")
    conv = made.group({name: made.dataset(3, 3, 16) for name in weights}, [names])
    empty = made.group({})
    layers = [
        attribute("layer_names0", fixed(8), shape(1), b"conv\0\0\0\0"),
        attribute("layer_names1", fixed(8), shape(1), b"flat    "),
    ]
    top = made.group({"conv": conv, "flat": empty}, layers)
    number = attribute(
        "epochs",
        struct.pack("<B3sI HH", 0x10, b"\x08\0\0", 4, 0, 32),
        shape(),
        struct.pack("<i", -7),
    )
    config = made.long_text("model_config", CONFIG.encode())
    root = made.group({"model_weights": top, "top_level_model_weights": empty}, [config, number])
    return made.old(root)


def new_file() -> bytes:
    """Return a file as h5py writes it with libver="latest"."""
    made = Builder(48)
    layout = struct.pack("<BB", 3, 1) + UNDEFINED + struct.pack("<Q", 24)
    data = made.new_header([(1, shape(2, 3, version=2)), (3, FLOAT32), (8, layout)], split=1)
    info = 2, struct.pack("<BB", 0, 0) + UNDEFINED * 2
    group = made.new_header([info, (10, bytes(2)), link("0", data)])
    config = made.long_text("model_config", CONFIG.encode())
    return made.new(made.new_header([info, (10, bytes(2)), config, link("vars", group)], split=2))


# Written by h5py with libver="latest": nine attributes a0 to a8 and model_config at the root, nine
# datasets k0 to k8 of shapes (0, 3) to (8, 3) in the group layers. Both kinds have heaps.
DENSE = (
    "c-rk*TSyd982-=f?4?cff_FtX+h|F_^)6+bZn~}_C~BD^-Zf24u`)v>sUFfIBEotoij*V}5kc}H!${KXL8^!Hp{ED}"
    "t@I`8!EEj`JCh-8k^|>^`7iU${Byo@IA`XZUT22G(->mZ7!1H;jf2g?##SyL5^R5+=gcS|P&*=grA!`10uX?|FOUEu"
    "h`lR~V6DyvsEfMhs<U<NCnx;4XYN6Ou_65QUq0?AaOMNuQ3QB{qQ4qArRzCM_kxS%VBBCuQgSETO%}@9%zQ4|x1`Ko"
    "<jkPnh^k0+FVtEl2)+hi#qsu4wWE+?0snpoT&-9yA3DJzT)7a+<~bwS#g+c+_M%(|Ro9nhnrR6Dz6R#+f^rZOw{zAK"
    ";k+a<+<5u`?2{z=BW@gqIZ5K<-1lxMr5|cz6Q9VtJrE#a3{3Vsh9pVZiOch|@Ib<t365HVFOtOgwTEki;c@AB4F5Z1"
    "9m>mPMv1rUSmK9%SGOzwofp;&0|NsC0|NsC0|NsC14C_K_93B@-Ed?#BNHOnOV2qAM>nthqv(|@>{cisWTxJLK*Da8"
    "M#kl1jUON%Qv|oCW`aNi1fHWjE!75%(Ll99gZQmH;pTf=zbnSH`ulP%kgV;<4J|xWq=kNTcuuYbA!|F~h8968(xR@o"
    ">yBItjlAt{Xkk{77C({~mgQQIvbK|MXkk^67Ei17b#g7VvbJm8&>~euTCD8Yz3M0|%oNUSPy+$CnAtM=;;EQ*S3Ze!"
    "I+;{DH>7i_NV@X*vLQygC2qY(9SHhpXL|ho2y8?;y-X^-8`2f2NV=UbOkIETy(N*(Ad|}AhIExGk}f+c-~)3CtA}+?"
    "VLP~Q9e!8}>pkK6q-`6lNJ{QRoSF!1k$i4pVA9T<!fI*WcA!sTZ6>}3UuCSga+W=X<=^kmr?4jB%9AiQ9|Eq{KHD_K"
    "oWg1c+tO{|Po+HJ+tr#(sA1e0`?M2M8Ml2Zrxaos*K4Sx7upzi^x462IKsGn#>E-PX52aJ%US4V+!i~z2$76?b8kT&"
    "{^{9ra5yvU!haWyj!SEC2#6-@et&*+5lyjK0b&qW7$^qu6+vQ<&=f2NiDyE@AZaXA43a;Gi9w1b9QVS1?*9?#3{sxE"
    "`bI;o0v`0dRb>Tl1HU$;xlDi}Csx5h3QnAYLnt`$3XVp>Nl<V|1t(F#(JDAe3XV>}Nmg+53QmfGBd(*K;74;>T5Ic?"
    "D{5L#)Hfc3VCu)3UUIwzl?;L!6Xfsba}12l!Y_0(Op5"
)


def opened(raw: bytes) -> HDF5File:
    """Open bytes."""
    return HDF5File(io.BytesIO(raw))


def everything(raw: bytes) -> object:
    """Read all that can be read."""
    file = opened(raw)
    found = list(file.datasets())
    groups = ["", *file.members()]
    return found, [file.attributes(group) for group in groups], file.attribute("model_config")


# -- sound files -----------------------------------------------------------------------------------


def test_attributes_of_a_file_of_old() -> None:
    file = opened(old_file())
    assert file.attributes() == {"model_config": CONFIG, "epochs": -7}
    assert file.attribute("model_config") == CONFIG
    assert file.attribute("keras_version") is None
    assert file.attribute("weight_names", "model_weights/conv") == ("kernel:0", "bias:0")


def test_an_attribute_in_numbered_parts_is_joined() -> None:
    file = opened(old_file())
    assert file.attribute("layer_names", "model_weights") == ("conv", "flat    ")
    made = Builder(96)
    parts = [made.long_text(f"model_config{i}", t) for i, t in enumerate((b'{"a"', b": 1}"))]
    assert opened(made.old(made.group({}, parts))).attribute("model_config") == '{"a": 1}'


def test_datasets_of_a_file_of_old() -> None:
    assert list(opened(old_file()).datasets()) == [
        Dataset("model_weights/conv/bias:0", (3, 3, 16), "float32"),
        Dataset("model_weights/conv/kernel:0", (3, 3, 16), "float32"),
    ]
    assert opened(old_file()).members() == ["model_weights", "top_level_model_weights"]


def test_a_file_of_new_with_headers_in_several_blocks() -> None:
    file = opened(new_file())
    assert file.attribute("model_config") == CONFIG
    assert list(file.datasets()) == [Dataset("vars/0", (2, 3), "float32")]
    assert "vars" in file
    assert "vars/0" in file
    assert "vars/1" not in file


def dense() -> bytes:
    """Return a file with heaps."""
    return zlib.decompress(base64.b85decode("".join(DENSE)))


def test_many_attributes_and_links_in_heaps() -> None:
    file = opened(dense())
    numbered = {f"a{i}": i for i in range(9)}
    assert file.attributes() == numbered | {"model_config": "{}"}
    assert list(file.datasets("layers")) == [
        Dataset(f"layers/k{i}", (i, 3), "float32") for i in range(9)
    ]


def test_a_file_behind_a_block_of_its_user() -> None:
    raw = bytes(1024) + old_file()
    assert everything(raw) == everything(old_file())


def test_a_path_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        opened(old_file()).attributes("optimizer_weights")
    with pytest.raises(KeyError):
        list(opened(old_file()).datasets("model_weights/dense"))


def test_the_beginning_tells() -> None:
    assert is_hdf5(old_file()[:8])
    assert not is_hdf5(b"PK\x03\x04 and so on")


class Counting(io.RawIOBase):
    """A file of a terabyte that begins with some bytes, counting what is read."""

    size = 1 << 40

    def __init__(self, head: bytes) -> None:
        self.head, self.at, self.count = head, 0, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (self.size if whence == 2 else 0)
        return self.at

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size < 1 << 20, "far too much at once"
        self.count += size
        piece = self.head[self.at : self.at + size]
        self.at += size
        return piece + bytes(size - len(piece))


def test_values_are_never_read() -> None:
    made = Builder(96)
    root = made.group(
        {"w": made.dataset(1 << 19, 1 << 19)}, [made.long_text("model_config", b"{}")]
    )
    stream = Counting(made.old(root))
    file = HDF5File(stream)  # type: ignore[arg-type]
    assert list(file.datasets()) == [Dataset("w", (1 << 19, 1 << 19), "float32")]
    assert file.attribute("model_config") == "{}"
    assert stream.count < 10_000


# -- broken files ----------------------------------------------------------------------------------

FILES = {"old": old_file(), "new": new_file(), "dense": dense()}


@pytest.mark.parametrize("name", FILES)
def test_every_beginning_of_a_file_is_read_or_refused(name: str) -> None:
    raw = FILES[name]
    refused = 0
    for end in range(0, len(raw), 1 if len(raw) < 4000 else 13):
        try:
            everything(raw[:end])
        except Unreadable:
            refused += 1
    assert refused > 90


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from([0, 1, 2, 16, 255, None])),
        min_size=1,
        max_size=6,
    ),
)
def test_mutated_files_are_read_or_refused(
    name: str, changes: list[tuple[float, int | None]]
) -> None:
    raw = bytearray(FILES[name])
    for where, value in changes:
        at = int(where * len(raw))
        raw[at] = raw[at] ^ 0x41 if value is None else value
    try:
        everything(bytes(raw))
    except Unreadable:
        pass
    except KeyError:  # a member whose name holds a slash
        assert any("/" in member for member in opened(bytes(raw)).members())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_behind_a_superblock_are_read_or_refused(junk: bytes) -> None:
    made = Builder(96)
    root = made.add(junk)
    with contextlib.suppress(Unreadable, KeyError):
        everything(made.old(root))


def test_other_files_are_refused() -> None:
    for raw in (b"", b"{}", b"PK\x03\x04", bytes(5000)):
        with pytest.raises(Damaged):
            opened(raw)


def test_the_error_says_what_and_where() -> None:
    raw = bytearray(old_file())
    at = raw.index(b"SNOD")
    raw[at] = 0
    with pytest.raises(
        Damaged, match=rf"here should be a node of a group, and is not at byte {at:,}"
    ) as caught:
        everything(bytes(raw))
    assert caught.value.offset == at


def test_a_tree_that_leads_to_itself() -> None:
    raw = bytearray(old_file())
    at = raw.index(b"TREE")
    raw[at + 5] = 1  # a level above the leaves
    raw[at + 32 : at + 40] = struct.pack("<Q", at)
    with pytest.raises(Damaged, match=r"leads back to itself|out of order"):
        everything(bytes(raw))


def test_a_header_that_goes_on_with_itself() -> None:
    made = Builder(96)
    block = made.add(bytes(24))
    made.raw[block : block + 24] = struct.pack("<HHB3xQQ", 0x10, 16, 0, block, 24)
    root = made.header([(0x10, struct.pack("<QQ", block, 24))])
    with pytest.raises(Damaged, match="an object's header leads back to itself"):
        everything(made.old(root))


def test_a_group_that_contains_itself_is_walked_once() -> None:
    made = Builder(48)
    child = made.new_header([link("back", 0), link("w", 0)])
    layout = struct.pack("<BB", 3, 1) + UNDEFINED + struct.pack("<Q", 24)
    data = made.new_header([(1, shape(2, version=2)), (3, FLOAT32), (8, layout)])
    root = made.new_header([link("child", child)])
    raw = made.new(root)
    target = struct.pack("<BBB", 1, 0, 4) + b"back"
    raw = raw.replace(target + bytes(8), target + struct.pack("<Q", root))
    raw = raw.replace(b"\1\0\1w" + bytes(8), b"\1\0\1w" + struct.pack("<Q", data))
    assert list(opened(raw).datasets()) == [Dataset("child/w", (2,), "float32")]


def test_groups_in_groups_without_end() -> None:
    made = Builder(48)
    group = made.new_header([])
    for _ in range(500):
        group = made.new_header([link("g", group)])
    with pytest.raises(Unsupported, match="nested deeper than 100"):
        everything(made.new(group))


@pytest.mark.parametrize(
    ("type_", "space", "data", "message"),
    [
        (FLOAT32, shape(1 << 60), bytes(16), "fewer than its"),
        (fixed(8), shape(2), bytes(15), None),  # filled up to 16 bytes, so all is there
        (fixed(8), shape(3), bytes(16), "fewer than its 3 values"),
        (fixed(0), shape(1 << 60), b"", "without a size"),
        (FLOAT32[:4], shape(), b"", "cut short"),
        (b"\x91" + FLOAT32[1:], shape(), b"", "version 9"),
        (FLOAT32, shape(*[1] * 40), bytes(8), "40 axes"),
        (TEXT, shape(), struct.pack("<IQI", 5, 1 << 50, 1), "beyond the end"),
        (TEXT, shape(), struct.pack("<IQI", 5, 8, 1), "should be a heap of texts"),
        (struct.pack("<B3sI", 0x18, b"\2\0\0", 1) * 50, shape(), bytes(8), "no whole numbers"),
    ],
)
def test_attributes_that_lie(type_: bytes, space: bytes, data: bytes, message: str | None) -> None:
    made = Builder(96)
    raw = made.old(made.group({}, [attribute("model_config", type_, space, data)]))
    if message is None:
        assert opened(raw).attribute("model_config") == ("", "")
        return
    with pytest.raises(Damaged, match=message):
        opened(raw).attribute("model_config")


def test_a_text_longer_than_its_place_and_one_that_is_not_there() -> None:
    made = Builder(96)
    heap = made.texts(b"abc")
    for length, index, message in ((9, 1, "a text of 9 bytes in 3"), (3, 2, "no text 2")):
        data = struct.pack("<IQI", length, heap, index)
        raw = made.old(made.group({}, [attribute("a", TEXT, shape(), data)]))
        with pytest.raises(Damaged, match=message):
            opened(raw).attributes()


def test_one_large_text_many_times_over() -> None:
    """Each of 3,000 elements is the same text of a megabyte."""
    made = Builder(96)
    heap = made.texts(b"x" * 1_000_000)
    data = struct.pack("<IQI", 1_000_000, heap, 1) * 3000
    raw = made.old(made.group({}, [attribute("a", TEXT, shape(3000), data)]))
    tracemalloc.start()
    with pytest.raises(Unsupported, match="too large"):
        opened(raw).attribute("a")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000
    assert opened(raw).attributes() == {"a": None}


@pytest.mark.slow
def test_work_is_bounded() -> None:
    """Four groups of a hundred thousand names each."""
    made = Builder(48)
    target = made.new_header([])
    names = b"".join(
        struct.pack("<BHB", 6, 15, 0)
        + struct.pack("<BBB", 1, 0, 4)
        + struct.pack(">I", n)
        + struct.pack("<Q", target)
        for n in range(100_000)
    )
    header = b"OHDR" + struct.pack("<BBI", 2, 2, len(names)) + names + bytes(4)
    groups = [made.add(header) for _ in range(4)]
    root = made.new_header([link(f"g{i}", group) for i, group in enumerate(groups)])
    with pytest.raises(Unsupported, match="too much time or memory"):
        everything(made.new(root))


def test_a_block_of_gigabytes_is_not_asked_for() -> None:
    made = Builder(96)
    root = made.add(struct.pack("<BBHII4x", 1, 0, 1, 1, 0xFFFFFFF0))
    with pytest.raises(Unsupported, match="too large to be read"):
        HDF5File(Counting(made.old(root))).attributes()  # type: ignore[arg-type]
