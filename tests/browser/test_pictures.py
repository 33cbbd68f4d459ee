"""Pictures as Chromium draws them: no texts overlap, nothing is cut off, in any style and width."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.pictures import STYLES, svg
from tests.browser.conftest import Browser
from tests.pictures.networks import HARDEST, MADE, network

pytestmark = pytest.mark.slow  # starts a browser

WIDTHS = (None, 1120, 358)
TEXT = '<text x="20" y="30">one</text>'
BOX = '<rect data-solid="" x="10" y="10" width="100" height="50" fill="none"/>'


def frame(*parts: str) -> str:
    return f'<svg width="200" height="100" viewBox="0 0 200 100">{"".join(parts)}</svg>'


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", [*HARDEST, *MADE])
def test_texts_do_not_overlap_and_nothing_is_cut_off(
    browser: Browser, name: str, style: str
) -> None:
    traced = network(name)
    for width in WIDTHS:
        found = browser.picture_faults(svg(traced, style, width))
        assert found.pop("texts")
        assert not any(found.values()), (width, found)


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ([TEXT, '<text x="24" y="33">two</text>'], "overlaps"),
        ([TEXT, '<text x="190" y="80">beyond</text>'], "outside"),
        ([TEXT, '<rect x="-5" y="1" width="9" height="9"/>'], "outside"),
        ([BOX, '<text x="90" y="40">half in it</text>'], "crossed"),
    ],
)
def test_a_planted_fault_is_found(browser: Browser, parts: list[str], fault: str) -> None:
    assert browser.picture_faults(frame(*parts))[fault]


def test_a_sound_picture_is_sound(browser: Browser) -> None:
    sound: dict[str, Any] = browser.picture_faults(
        frame(BOX, TEXT, '<text x="20" y="75">below</text>')
    )
    assert sound == {"overlaps": [], "crossed": [], "outside": [], "texts": 2}


def test_a_moved_label_of_a_picture_is_found(browser: Browser) -> None:
    drawn = svg(network("alexnet"))
    label = drawn.index(">conv1<")
    start = drawn.rindex("<text", 0, label)
    end = drawn.index("</text>", label) + len("</text>")
    planted = drawn.replace("</svg>", drawn[start:end] + "</svg>")
    assert browser.picture_faults(planted)["overlaps"] == ["conv1 | conv1"]
