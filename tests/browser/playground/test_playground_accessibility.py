"""axe finds nothing on the playground, in both schemes, narrow and wide, nor in its dialogs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import MODES, Browser
from tests.browser.playground.conftest import SPECS, until, until_live, write

pytestmark = pytest.mark.slow  # starts a browser

FOUND = """axe.run(document, {resultTypes: ["violations"]}).then(
  ({violations}) => violations.map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 160)}`))"""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, address: str, axe: str, mode: str, width: int) -> None:
    context = browser.chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=mode
    )
    page = context.new_page()
    page.goto(address)
    until_live(page)
    page.evaluate(axe)
    for name in ("networks/resnet-50.yaml", "broken/alexnet-224-without-padding.yaml"):
        write(page, (SPECS / name).read_text(encoding="utf-8"))
        for tab in page.query_selector_all("[role=tab]"):
            tab.click()
            page.wait_for_timeout(400)
            assert page.evaluate(FOUND) == [], (name, tab.inner_text())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.click("#tab-report")
    for button in ("#open-examples", "#open-help"):
        page.click(button)
        until(page, "document.querySelector('dialog[open]')")
        page.wait_for_timeout(300)
        assert page.evaluate(FOUND) == [], button
        page.keyboard.press("Escape")
    context.close()


def test_axe_finds_what_is_planted(window: Any, axe: str) -> None:
    window.evaluate(axe)
    window.evaluate("document.getElementById('theme').removeAttribute('aria-label')")
    window.evaluate("document.getElementById('theme').removeAttribute('title')")
    assert any("button-name" in found for found in window.evaluate(FOUND))
