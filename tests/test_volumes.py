"""What was meant by sizes that are no volume: every way in which a shape is pasted."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from shapecalc.volumes import Reading, Volume, doubts, offers, readings, show

IMAGES = [(32, 32, 3), (224, 224, 3), (28, 28, 1), (480, 640, 3), (64, 64, 4)]
MAPS = [(7, 7, 512), (14, 14, 256), (13, 13, 384)]
FILMS = [(16, 112, 112, 3), (8, 64, 64, 1)]


def first(volume: Volume) -> Volume:
    """Return the sizes with the depth first, as PyTorch has them."""
    return (volume[-1], *volume[:-1])


def listed(sizes: Any) -> str:
    return ", ".join(map(str, sizes))


def only(value: Any) -> Volume:
    """Return the one volume that a value can mean."""
    (reading,) = readings(value)
    return reading.volume


# -- a batch in front --------------------------------------------------------------------------


@pytest.mark.parametrize("volume", [*IMAGES, *MAPS, *FILMS], ids=show)
@pytest.mark.parametrize("batch", ["1", "32", "64"])
def test_what_pytorch_prints(volume: Volume, batch: str) -> None:
    sizes = f"{batch}, {listed(first(volume))}"
    for text in (f"torch.Size([{sizes}])", f"Size([{sizes}])", f" torch.Size([{sizes}]) "):
        assert only(text) == volume, text
    printed = [-1, *first(volume)]  # torchsummary
    assert only(printed) == only(str(printed)) == volume


@pytest.mark.parametrize("volume", [*IMAGES, *MAPS, *FILMS, (784,), (10,), (100, 64)], ids=show)
def test_what_keras_prints(volume: Volume) -> None:
    for unknown in ("None", "null", "?"):
        assert only(f"({unknown}, {listed(volume)})") == volume
        assert only(f"TensorShape([{unknown}, {listed(volume)}])") == volume
        assert only(f"tf.TensorShape([{unknown}, {listed(volume)}])") == volume
        assert only([unknown, *volume]) == volume
    assert only([None, *volume]) == volume
    assert only((None, *volume)) == volume
    assert only([[None, *volume]]) == volume  # Keras' input shapes of a model


@pytest.mark.slow
@pytest.mark.parametrize("volume", IMAGES, ids=show)
@pytest.mark.parametrize("batch", ["N", "B", "?", "None", "batch", "batch_size", "-1"])
@pytest.mark.parametrize("cross", ["x", "X", "×", " x ", ",", ", ", "*"])
def test_a_batch_by_any_name_before_either_order(volume: Volume, batch: str, cross: str) -> None:
    assert only(cross.join(map(str, (batch, *first(volume))))) == volume
    assert only(cross.join(map(str, (batch, *volume)))) == volume


@pytest.mark.parametrize("volume", IMAGES, ids=show)
def test_a_tuple_with_a_batch_of_one(volume: Volume) -> None:
    for sizes in ((1, *first(volume)), (1, *volume)):
        for text in (f"({listed(sizes)})", f"shape=({listed(sizes)})", f"[{listed(sizes)}]"):
            (reading,) = readings(text)
            assert (reading.volume, reading.batch) == (volume, "1"), text


def test_a_batch_before_a_vector() -> None:
    for value in (
        "Nx784",
        "None, 784",
        "(1, 784)",
        "torch.Size([64, 784])",
        [None, 784],
        [-1, 784],
    ):
        assert only(value) == (784,)


@pytest.mark.parametrize("volume", IMAGES, ids=show)
def test_other_names_for_the_axes(volume: Volume) -> None:
    H, W, D = volume
    for names in (("height", "width", "channels"), ("H", "W", "C"), ("h", "w", "depth")):
        sizes = dict(zip(names, volume, strict=True))
        assert only(sizes) == volume
        for batch in ("N", "batch", "batch_size"):
            assert only({batch: 8, **sizes}) == volume
    assert readings({"H": H, "W": W}) == ()
    assert readings({"H": H, "W": W, "C": D, "depth": D}) == ()
    assert readings({"H": H, "W": W, "C": 0}) == ()


# -- no batch ----------------------------------------------------------------------------------


@pytest.mark.parametrize("volume", [*IMAGES, *MAPS], ids=show)
def test_other_ways_to_write_a_volume(volume: Volume) -> None:
    H, W, D = volume
    for value in (
        f"({listed(volume)})", f"({listed(volume)},)", listed(volume), f"{H} {W} {D}",
        f"{H}*{W}*{D}", f"{D}@{H}x{W}", f"{D} @ {H} x {W}", f"{H}.0x{W}.0x{D}.0",
        [float(size) for size in volume], [str(size) for size in volume],
        f"Input(shape=({listed(volume)}))", f"input_shape=({listed(volume)})",
    ):  # fmt: skip
        (reading,) = readings(value)
        assert (reading.volume, reading.batch) == (volume, None), value


@pytest.mark.parametrize("volume", IMAGES, ids=show)
def test_an_image_with_its_depth_first(volume: Volume) -> None:
    for value in (f"({listed(first(volume))})", f"torch.Size([{listed(first(volume))}])"):
        (reading,) = readings(value)
        assert (reading.volume, reading.turned) == (volume, True)


# -- what cannot be told -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "volumes"),
    [
        ("(32, 784)", [(784,), (32, 784)]),
        ("(28, 28)", [(28, 28, 1), (28, 28)]),
        ("(16, 112, 112, 3)", [(112, 112, 3), (16, 112, 112, 3)]),
        ("(16, 3, 112, 112)", [(112, 112, 3), (16, 112, 112, 3)]),
        ("(1, 20, 30, 16)", [(20, 30, 16), (30, 16, 20)]),
        ("(None, 10, 64, 64)", [(64, 64, 10), (10, 64, 64)]),
        ("(1, 100, 3)", [(100, 3), (1, 100, 3)]),
        ("(2, 5, 6, 7, 8)", [(5, 6, 7, 8), (2, 5, 6, 7, 8)]),
        ("(2, 4, 5, 6, 7, 8, 9, 10)", [(4, 5, 6, 7, 8, 9, 10), (2, 4, 5, 6, 7, 8, 9, 10)]),
    ],
)
def test_two_readings_are_both_named(value: str, volumes: list[Volume]) -> None:
    found = readings(value)
    assert [reading.volume for reading in found] == volumes
    conditions = [text.partition(" if ")[2] for text, _ in offers(found)]
    assert all(conditions)
    assert len(set(conditions)) == len(conditions)
    for (text, offered), volume in zip(offers(found), volumes, strict=True):
        assert offered == volume
        assert text.startswith(f"write {show(volume)} if ")


@pytest.mark.parametrize(
    ("sizes", "meant"),
    [
        ((1, 16, 112, 112, 3), (16, 112, 112, 3)),
        ((8, 16, 112, 112, 3), (16, 112, 112, 3)),
        ((8, 3, 16, 112, 112), (16, 112, 112, 3)),
        ((1, 2, 4, 5, 6, 3), (2, 4, 5, 6, 3)),
    ],
)
def test_a_batch_before_four_sizes_and_more(sizes: Volume, meant: Volume) -> None:
    for found in (doubts(sizes), readings(f"({listed(sizes)})")):
        (reading,) = found
        assert (reading.volume, reading.batch) == (meant, str(sizes[0]))
    assert only([None, *meant]) == only(f"(None, {listed(meant)})") == meant


def test_five_sizes_and_more_may_be_a_volume() -> None:
    for sizes in ((8, 7, 8, 7, 96), (1, 1, 2, 3, 4), (2, 1, 3, 2, 4), (2, 3, 4, 2, 3, 4)):
        assert doubts(sizes) == ()


def test_one_reading_is_offered_with_its_reason() -> None:
    (offered,) = offers([Reading((32, 32, 3), "1", turned=True)])
    reasons = "the batch is not part of a volume, and the depth comes last"
    assert offered[0] == f"write 32x32x3: {reasons}"
    assert offers([Reading((32, 32, 3))]) == [("write 32x32x3", (32, 32, 3))]
    assert offers([]) == []


@pytest.mark.parametrize(
    ("value", "volumes"),
    [
        ("(None, None, 3)", [(None, None, 3)]), ([None, None, 3], [(None, None, 3)]),
        ("(None, None, None, 3)", [(None, None, 3)]), ([None, None, None, 3], [(None, None, 3)]),
        ("(None, None, None)", [(None, None, None)]), ("-1x-1x-1x3", [(None, None, 3)]),
        ("(None, 3, None, None)", [(None, None, 3)]), ("[1, 3, -1, -1]", [(None, None, 3)]),
        ("(3, None, None)", [(None, None, 3)]), ("(None, 32, None, 3)", [(32, None, 3)]),
        ("(None, None, 40)", [(None, None, 40), (None, 40)]), ("(None, None)", [(None,)]),
        ("(8, None, None, 3)", [(None, None, 3), (8, None, None, 3)]), ("(1, None)", [(None,)]),
        ("(None, None, None, None, 1)", [(None, None, None, 1)]), ("(None, batch, 3)", []),
    ],
)  # fmt: skip
def test_sizes_of_which_some_are_not_known(value: Any, volumes: list[Any]) -> None:
    assert [reading.volume for reading in readings(value)] == volumes


@pytest.mark.parametrize(
    ("volume", "meant"),
    [
        ((None, None, None, 3), (None, None, 3)), ((1, None, None, 3), (None, None, 3)),
        ((3, None, None), (None, None, 3)), ((None, 3, None, None), (None, None, 3)),
        ((None, None, 3), None), ((None, 40), None), ((None,), None), ((8, None, None, 3), None),
        ((1, None, 40), None),
    ],
)  # fmt: skip
def test_a_volume_known_in_part_may_look_as_if_it_had_a_batch(volume: Any, meant: Any) -> None:
    assert [reading.volume for reading in doubts(volume)] == ([] if meant is None else [meant])


@pytest.mark.parametrize(
    "value",
    ["", "x", "3x", "x3", "3xx3", "0x3", "-3x3", "32.5x3", "eight", "None", "?",
     [None], [], [True, 3], [0, 3], [1, [2]], [2**63, 3],
     "9x1x2x3x4x5x6x7x8", "HxWx3",
     "9" * 500, "(" * 500, {"height": 3}, {}, None, True, object(), 0, -1,
     "torch.Size([64, 3, 100])", float("nan"), [float("inf"), 3], "(,)", "()", "[]"],
)  # fmt: skip
def test_where_nothing_can_be_told_nothing_is_made_up(value: Any) -> None:
    assert readings(value) == ()


def test_a_reading_is_always_a_volume_of_the_numbers_that_were_written() -> None:
    numbers = (1, 3, 7, 32)
    for rank in range(1, 6):
        for sizes in product(numbers, repeat=rank):
            for value in (str(sizes), f"torch.Size({list(sizes)})", [None, *sizes], [-1, *sizes]):
                for reading in readings(value):
                    assert 1 <= len(reading.volume) <= 5
                    left = list(sizes)
                    for size in reading.volume[: -1 if reading.grey else None]:
                        left.remove(size)
                    assert len(left) <= 1
            for reading in doubts(sizes):
                assert reading.volume != sizes
