"""The playground's view of one layer, in a browser: the window moves, and nothing stands still."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.playground.conftest import SPECS, Visits, present, until, write

pytestmark = pytest.mark.slow  # builds the site and starts a browser

ARROWS = (("ArrowRight", "row 0, column 1"), ("ArrowDown", "row 1, column 1"))
NETWORK = """input: 9x9x1
layers:
  - conv: {K: 2, F: 3, dilation: 2, P: 1}
  - max_pool: 2
  - conv_transpose: {K: 2, F: 3, S: 2}
"""


@pytest.fixture
def layer(page: Any) -> Any:
    """Give the page with LeNet-5's first layer to look at, its window in the first corner."""
    page.click("#tab-layer")
    page.select_option("#layer-choice", "0")
    until(page, "document.querySelector('.arithmetic h3')?.innerText.includes('row 0, column 0')")
    return page


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


def test_arrow_keys_move_the_window(layer: Any) -> None:
    assert seen_cells(layer) == [[row, column] for row in range(5) for column in range(5)]
    layer.focus("td.here")
    for key, place in ARROWS:
        layer.keyboard.press(key)
        until(layer, f"document.querySelector('.arithmetic h3').innerText.includes({place!r})")
    assert seen_cells(layer) == [[row, column] for row in range(1, 6) for column in range(1, 6)]
    assert layer.evaluate("document.activeElement.matches('td.here')")
    assert layer.inner_text("td.here") == layer.inner_text(".total code").split(" = ")[1].replace(
        "-", "−"
    )


def test_the_window_stops_at_the_border(layer: Any) -> None:
    layer.focus("td.here")
    layer.keyboard.press("ArrowLeft")
    layer.keyboard.press("ArrowUp")
    layer.wait_for_timeout(300)
    assert "row 0, column 0" in heading(layer)


def test_a_click_moves_the_window(layer: Any) -> None:
    layer.click("[aria-label=Output] tr:nth-child(3) td:nth-child(5)")
    until(layer, "document.querySelector('.arithmetic h3').innerText.includes('row 2, column 4')")
    assert seen_cells(layer)[0] == [2, 4]
    assert "rows 2 to 6 and columns 4 to 8" in layer.inner_text(".facts")


def test_the_numbers_are_those_of_python(layer: Any) -> None:
    for row, column in ((0, 0), (2, 4)):
        layer.click(f"[aria-label=Output] tr:nth-child({row + 1}) td:nth-child({column + 1})")
        until(
            layer,
            f"document.querySelector('.arithmetic h3').innerText.includes('column {column}')",
        )
        told = layer.evaluate(f"window.playground.call('layer', 0, [{row}, {column}])")
        assert layer.inner_text(".total code") == told["total"]
        assert layer.locator(".facts pre").first.inner_text() == "\n".join(told["sizes"])
        lines = layer.locator(".arithmetic li code").all_inner_texts()
        assert lines == [f"{line['text']} = {line['value']}" for line in told["lines"][0]]


def test_a_row_of_the_table_leads_to_its_window(layer: Any) -> None:
    layer.click("#tab-report")
    layer.click("tr.row button >> text=avg_pool2")
    layer.click(".look")
    until(layer, "document.querySelector('.layer-head').innerText.includes('avg_pool')")
    assert layer.input_value("#layer-choice") == "5"
    assert layer.locator("[aria-label=Filter]").count() == 0
    top = "document.getElementById('tabs').getBoundingClientRect().top"
    until(layer, f"{top} < 150")
    assert layer.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_dilation_pools_and_transposed_convolutions(layer: Any) -> None:
    write(layer, NETWORK)
    until(layer, "document.querySelector('.layer-head')?.innerText.includes('dilation=2')")
    assert seen_cells(layer) == [[row, column] for row in (0, 2, 4) for column in (0, 2, 4)]
    layer.select_option("#layer-choice", "1")
    until(layer, present("td.best"))
    layer.select_option("#layer-choice", "2")
    until(layer, "document.querySelector('.layer-head').innerText.includes('conv_transpose')")
    layer.click("[aria-label=Output] tr:nth-child(3) td:nth-child(3)")
    until(layer, "document.querySelector('.arithmetic h3').innerText.includes('row 2, column 2')")
    assert seen_cells(layer) == [[0, 0], [0, 1], [1, 0], [1, 1]]  # of each, one product


def test_separable_and_local_convolutions_and_global_pools(layer: Any) -> None:
    write(
        layer,
        "input: 6x6x2\nlayers:\n  - separable_conv: {K: 2, F: 3}\n"
        "  - local_conv: {K: 2, F: 2}\n  - global_avg_pool\n  - reshape: 1x1x1x2\n"
        "  - conv: {K: 1, F: 1}\n",
    )
    for index, kind, cells in ((0, "separable_conv", 9), (1, "local_conv", 4)):
        layer.select_option("#layer-choice", str(index))
        until(layer, f"document.querySelector('.layer-head').innerText.includes({kind!r})")
        assert len(seen_cells(layer)) == cells
    weights = layer.locator("[aria-label=Filter]").inner_text()
    layer.click("[aria-label=Output] tr:nth-child(2) td:nth-child(2)")
    until(layer, "document.querySelector('.arithmetic h3').innerText.includes('row 1, column 1')")
    assert layer.locator("[aria-label=Filter]").inner_text() != weights
    layer.select_option("#layer-choice", "2")
    until(layer, "document.querySelectorAll('[aria-label=Input] td.seen').length === 9")
    layer.select_option("#layer-choice", "4")
    until(layer, present(".why"))
    assert "this one has three" in layer.inner_text(".why")


def test_a_layer_without_a_window_says_so(layer: Any) -> None:
    layer.select_option("#layer-choice", "1")
    until(layer, present(".why"))
    assert "tanh has no window" in layer.inner_text(".why")


@pytest.mark.parametrize("size", [(1280, 800), (390, 800)])
def test_a_large_filter_leaves_the_output_in_sight(visits: Visits, size: tuple[int, int]) -> None:
    window = visits.open(width=size[0])
    window.set_viewport_size({"width": size[0], "height": size[1]})
    write(window, (SPECS / "networks/alexnet.yaml").read_text(encoding="utf-8"))
    window.click("#tab-layer")
    until(window, present("[aria-label=Filter] tr:nth-child(11) td:nth-child(11)"))
    window.evaluate("document.querySelector('.scene').scrollIntoView({block: 'end'})")
    top, bottom = window.evaluate(
        """["Input", "Output"].map((name) =>
          document.querySelector(`[aria-label=${name}]`).getBoundingClientRect())
          .reduce(([top, bottom], box) => [Math.min(top, box.top), Math.max(bottom, box.bottom)],
            [innerHeight, 0])"""
    )
    header = window.evaluate("document.querySelector('body > header').offsetHeight")
    assert header <= top
    assert bottom <= size[1]
    assert window.inner_text("td.here")  # its number has room


def test_the_window_slides_by_itself_when_asked(layer: Any) -> None:
    layer.click("text=Slide")
    until(layer, "document.querySelector('.arithmetic h3').innerText.includes('column 2')")
    layer.click("text=Stop")
    before = heading(layer)
    layer.wait_for_timeout(1500)
    assert heading(layer) == before


def test_nothing_moves_by_itself_where_that_is_not_wanted(visits: Visits) -> None:
    window = visits.open(reduced_motion="reduce")
    window.click("#tab-layer")
    until(window, present("td.here"))
    moving = "getComputedStyle(document.querySelector('td.here')).transitionDuration"
    assert window.evaluate(moving) in ("0s", "")
