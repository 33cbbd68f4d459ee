"""The playground's view of one layer, in a browser: the window moves, and nothing stands still."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.playground.conftest import Visits, present, until, write

pytestmark = pytest.mark.slow  # builds the site and starts a browser

ARROWS = (("ArrowRight", "row 0, column 1"), ("ArrowDown", "row 1, column 1"))
NETWORK = """input: 9x9x1
layers:
  - conv: {K: 2, F: 3, dilation: 2, P: 1}
  - max_pool: 2
  - conv_transpose: {K: 2, F: 3, S: 2}
"""


@pytest.fixture
def window(visits: Visits) -> Any:
    """Open LeNet-5's first layer."""
    window = visits.open()
    window.click("#tab-layer")
    until(window, present("td.here"))
    return window


def heading(window: Any) -> str:
    text: str = window.inner_text(".arithmetic h3")
    return text


def seen_cells(window: Any) -> list[list[int]]:
    """Return row and column of the cells that the window lies on."""
    found: list[list[int]] = window.evaluate(
        "[...document.querySelectorAll('[aria-label=Input] td.seen')]"
        ".map(cell => [cell.parentElement.rowIndex, cell.cellIndex])"
    )
    return found


def test_arrow_keys_move_the_window(window: Any) -> None:
    assert seen_cells(window) == [[row, column] for row in range(5) for column in range(5)]
    window.focus("td.here")
    for key, place in ARROWS:
        window.keyboard.press(key)
        until(window, f"document.querySelector('.arithmetic h3').innerText.includes({place!r})")
    assert seen_cells(window) == [[row, column] for row in range(1, 6) for column in range(1, 6)]
    assert window.evaluate("document.activeElement.matches('td.here')")
    assert window.inner_text("td.here") == window.inner_text(".total code").split(" = ")[1].replace(
        "-", "−"
    )


def test_the_window_stops_at_the_border(window: Any) -> None:
    window.focus("td.here")
    window.keyboard.press("ArrowLeft")
    window.keyboard.press("ArrowUp")
    window.wait_for_timeout(300)
    assert "row 0, column 0" in heading(window)


def test_a_click_moves_the_window(window: Any) -> None:
    window.click("[aria-label=Output] tr:nth-child(3) td:nth-child(5)")
    until(window, "document.querySelector('.arithmetic h3').innerText.includes('row 2, column 4')")
    assert seen_cells(window)[0] == [2, 4]
    assert "rows 2 to 6 and columns 4 to 8" in window.inner_text(".facts")


def test_the_numbers_are_those_of_python(window: Any) -> None:
    for row, column in ((0, 0), (2, 4)):
        window.click(f"[aria-label=Output] tr:nth-child({row + 1}) td:nth-child({column + 1})")
        until(
            window,
            f"document.querySelector('.arithmetic h3').innerText.includes('column {column}')",
        )
        told = window.evaluate(f"window.playground.call('layer', 0, [{row}, {column}])")
        assert window.inner_text(".total code") == told["total"]
        assert window.locator(".facts pre").first.inner_text() == "\n".join(told["sizes"])
        lines = window.locator(".arithmetic li code").all_inner_texts()
        assert lines == [f"{line['text']} = {line['value']}" for line in told["lines"][0]]


def test_a_row_of_the_table_leads_to_its_window(window: Any) -> None:
    window.click("#tab-report")
    window.click("tr.row button >> text=avg_pool2")
    window.click(".look")
    until(window, "document.querySelector('.layer-head').innerText.includes('avg_pool')")
    assert window.input_value("#layer-choice") == "5"
    assert window.locator("[aria-label=Filter]").count() == 0


def test_dilation_pools_and_transposed_convolutions(window: Any) -> None:
    write(window, NETWORK)
    until(window, "document.querySelector('.layer-head')?.innerText.includes('dilation=2')")
    assert seen_cells(window) == [[row, column] for row in (0, 2, 4) for column in (0, 2, 4)]
    window.select_option("#layer-choice", "1")
    until(window, present("td.best"))
    window.select_option("#layer-choice", "2")
    until(window, "document.querySelector('.layer-head').innerText.includes('conv_transpose')")
    window.click("[aria-label=Output] tr:nth-child(3) td:nth-child(3)")
    until(window, "document.querySelector('.arithmetic h3').innerText.includes('row 2, column 2')")
    assert seen_cells(window) == [[0, 0], [0, 1], [1, 0], [1, 1]]  # of each, one product


def test_a_layer_without_a_window_says_so(window: Any) -> None:
    window.select_option("#layer-choice", "1")
    until(window, present(".why"))
    assert "tanh has no window" in window.inner_text(".why")


def test_the_window_slides_by_itself_when_asked(window: Any) -> None:
    window.click("text=Slide")
    until(window, "document.querySelector('.arithmetic h3').innerText.includes('column 2')")
    window.click("text=Stop")
    before = heading(window)
    window.wait_for_timeout(1500)
    assert heading(window) == before


def test_nothing_moves_by_itself_where_that_is_not_wanted(visits: Visits) -> None:
    window = visits.open(reduced_motion="reduce")
    window.click("#tab-layer")
    until(window, present("td.here"))
    moving = "getComputedStyle(document.querySelector('td.here')).transitionDuration"
    assert window.evaluate(moving) in ("0s", "")
