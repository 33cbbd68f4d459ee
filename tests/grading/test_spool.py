"""A class in a temporary file: nothing is lost, and it takes no more memory than a few students."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from shapecalc.grading import read_assignment, spool
from shapecalc.grading.attempts import standings
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.marking import Marker
from shapecalc.grading.question import Policy
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.spool import Spool, digest, packed

ASSIGNMENT = read_assignment(
    {
        "spec": {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}]},
        "questions": ["conv1.output", "conv1.parameters"],
    }
)
MARKER = Marker(ASSIGNMENT)


def graded(name: str, identity: str = "", answer: str = "28x28x10", when: str = "") -> Graded:
    marked = MARKER.mark(name, {"conv1.output": answer, "conv1.parameters": 750})
    return Graded(marked, f"{name}.yaml", identity=identity, when=when)


def spooled(*chunks: list[Graded]) -> Spool:
    found = Spool()
    for chunk in chunks:
        found.add(packed(chunk))
    return found


def test_what_is_kept_comes_back_in_order_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 1)  # byte: all goes to the file
    chunks = [[graded(f"s{n}-{m}", answer=f"{n}x{m}x10") for m in range(5)] for n in range(20)]
    kept = spooled(*chunks)
    everybody = [item for chunk in chunks for item in chunk]
    assert list(kept) == list(kept) == everybody
    for one, other in zip(kept, kept, strict=True):  # two readers do not get in each other's way
        assert one == other


def test_who_is_met_again_is_found_across_chunks_whatever_the_case() -> None:
    kept = spooled([graded("Ann", "7"), graded("Bob")], [graded("Eve"), graded("ANN", "8")])
    assert [(place, item.student) for place, item in kept.met_again()] == [(0, "Ann"), (3, "ANN")]
    assert standings(Policy(), kept) == {}  # of one name, and told apart by their numbers


def test_attempts_are_of_one_number_and_name() -> None:
    kept = spooled(
        [graded("Ann", "7", "1x1x1", "2026-11-02 10:00"), graded("Bob"), graded("bob")],
        [graded("Ann", "7", when="2026-11-01 10:00"), graded("Eve", "9"), graded("Eva", "9")],
    )
    kept.standings = standings(Policy(), kept)
    assert [(item.superseded, item.attempts, item.duplicate) for item in kept] == [
        ("", 2, False), ("", 1, True), ("", 1, True),
        ("a later attempt", 2, False), ("", 1, True), ("", 1, True),
    ]  # fmt: skip
    kept.standings = standings(Policy(attempts="highest"), kept)
    assert [item.superseded for item in kept] == [
        "a better attempt", "", "a later attempt".replace("later", "better"), "", "", "",
    ]  # fmt: skip


def test_a_name_without_letters_is_nobodys() -> None:
    assert digest("") == 0
    assert digest("Ann") == digest("aNN") != digest("Anne")
    assert digest("\ud800")  # half a character, from a file's name


@pytest.mark.slow
def test_a_class_of_any_size_takes_as_much_memory() -> None:
    """A list of the same submissions takes some 4 KB of each; what is remembered of answers that
    were marked is full after 1,000.
    """
    peaks = []
    for students in (2000, 6000):
        tracemalloc.start()
        kept = Spool()
        for start in range(0, students, 50):
            kept.add(packed([graded(f"s{n}", answer=f"{n}x1x1") for n in range(start, start + 50)]))
        run = ClassRun(ASSIGNMENT, kept)
        assert run.tally.graded == students
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2_500_000


@pytest.mark.slow
def test_a_list_in_its_place_would_be_noticed() -> None:
    def size(students: int) -> int:
        tracemalloc.start()
        kept = [graded(f"s{n}", answer=f"{n}x1x1") for n in range(students)]
        assert len(kept) == students
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert size(400) - size(200) > 200 * 1000


# -- what is worked out once -----------------------------------------------------------------------


def test_what_is_asked_for_again_and_again_is_made_once() -> None:
    made: list[int] = []

    def make(key: int) -> int:
        made.append(key)
        return key * key

    def asked() -> Iterator[int]:
        for alone in range(100):
            yield 7
            yield 1000 + alone

    squares: Remembered[int, int] = Remembered(10)
    for key in asked():
        assert squares.get(key, lambda key=key: make(key)) == key * key  # type: ignore[misc]
        assert len(squares) <= 20
    assert made.count(7) == 1
    assert squares.get(1000, lambda: make(1000)) == 1_000_000
    assert made.count(1000) == 2  # forgotten


def test_what_could_not_be_made_is_tried_again() -> None:
    things: Remembered[str, float] = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        things.get("a", lambda: 1 / 0)
    assert things.get("a", lambda: 1.0) == 1.0
