"""Words lead to their pages, and words without one to near ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shapecalc import pages
from shapecalc.checks.pages import codes
from shapecalc.layers import KINDS

FOLDER = Path(pages.__file__).parent
GUIDES = sorted(path.stem for path in FOLDER.glob("guides/*.md"))
TOPICS = sorted(path.stem for path in FOLDER.glob("topics/*.md"))
ASKED = ("padding", "stride", "macs", "receptive_field", "parameters", "memory", "volume",
         "language", "counting", "homework", "verification", "limits", "python")  # fmt: skip


def also(name: str) -> list[str]:
    """Return the other words that a page's own comment lists."""
    (path,) = FOLDER.glob(f"*/{name}.md")
    (listed,) = re.findall(r"<!-- also: (.+) -->", path.read_text(encoding="utf-8"))
    return str(listed).split(", ")


@pytest.mark.parametrize("name", ASKED)
def test_what_users_try_has_a_page(name: str) -> None:
    assert name in (*GUIDES, *TOPICS)


@pytest.mark.quick(10)
@pytest.mark.parametrize("name", [*GUIDES, *TOPICS])
def test_a_page_says_what_it_is_about_and_is_found_by_all_its_words(name: str) -> None:
    text = pages.page(name)
    assert re.match(rf"{name}: [a-z].+[^.]\n\n", text)
    assert "<!--" not in text
    for word in also(name):
        assert pages.page(word) == text, word
        assert pages.page(word.upper().replace(" ", "-")) == text, word


def test_no_word_leads_to_two_places() -> None:
    words = [word for name in (*GUIDES, *TOPICS) for word in (name, *also(name))]
    words += [*KINDS, *codes()]
    folded = [re.sub(r"[ _-]", "", word).lower() for word in words]
    twice = {word for word in folded if folded.count(word) > 1}
    assert twice <= {"zeropadding"}, twice  # one page's, in two ways


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("MACs", "macs"),
        ("FLOPs", "macs"),
        ("receptive-field", "receptive_field"),
        ("Receptive Field", "receptive_field"),
        ("  stride ", "stride"),
        ("verify", "verification"),
        ("grade", "grading"),
        ("check", "check"),
        ("report", "report"),
        ("calc", "report"),
        ("audit", "audit"),
        ("quiz", "quiz"),
        ("keras", "keras"),
        ("expect", "claims"),
        ("max-pool", "max_pool"),
        ("MaxPool", "max_pool"),
        ("max pool", "max_pool"),
        ("fc", "dense"),
        ("Conv2d", "conv"),
        ("nn.Conv2d", "conv"),
        ("keras.layers.Conv2DTranspose", "conv_transpose"),
        ("swish", "silu"),
        ("K", "language"),
        ("S", "stride"),
        ("P", "padding"),
        ("sc201", "SC201"),
    ],
)
def test_other_ways_to_write_a_word(word: str, name: str) -> None:
    assert pages.page(word) == pages.page(name)


def test_the_beginning_of_a_code_lists_the_rules() -> None:
    listed = pages.page("sc2").splitlines()
    assert [line.split()[0] for line in listed] == [c for c in codes() if c.startswith("SC2")]
    assert listed[0] == "SC201  stride does not fit (error)"
    assert len(pages.page("SC").splitlines()) == len(codes())


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("paddin", "padding"),
        ("strid", "stride"),
        ("receptve field", "receptive_field"),
        ("covn", "conv"),
        ("norm", "batch_norm"),
        ("SC210", "SC"),
        ("output_padding", "conv_transpose"),  # a field: it stands on the page of its kind
        ("count_include_pad", "avg_pool"),
        ("--student-regex", "grading"),
        ("forgot_plus_one", "mistakes"),
    ],
)
def test_a_word_without_a_page_names_near_ones(word: str, near: str) -> None:
    with pytest.raises(LookupError, match=near) as raised:
        pages.page(word)
    assert repr(word) in str(raised.value)


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "word", ["", " ", "?", "xyzzy", "\x1b[31m", "a" * 100_000, "$(", "[", "\n"]
)
def test_a_word_that_nothing_is_near_to_is_told_so(word: str) -> None:
    with pytest.raises(LookupError) as raised:
        pages.page(word)
    assert len(str(raised.value)) < 200
    assert str(raised.value).isprintable()


def test_the_contents_have_a_line_for_everything() -> None:
    lines = pages.contents().splitlines()
    for word in (*GUIDES, *TOPICS, *KINDS, *codes()):
        (line,) = (line for line in lines if line.startswith(f"  {word} "))
        assert len(line.split()) > 1
        assert len(line) <= 110


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_contents_fit_a_terminal(width: int) -> None:
    assert max(map(len, pages.contents(width).splitlines())) <= width
