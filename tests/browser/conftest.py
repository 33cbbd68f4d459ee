"""What tests of pictures and pages share: a Chromium that measures what it draws.

They are left out where Playwright or the system's Chromium is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MODES = ("light", "dark")
WIDTHS = (390, 1400)


class Browser:
    """A Chromium. Texts and boxes are measured in its own fonts."""

    def __init__(self, chromium: Any) -> None:
        self.chromium = chromium
        self.easel: Any = None  # the window in which pictures are measured

    def show(self, page: str, width: int = 1400, mode: str = "light") -> Any:
        """Show a page of HTML in a window of so many px, in a light or dark mode."""
        shown = self.chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme=mode, offline=True
        )
        shown.set_content(page)
        shown.add_script_tag(content=(HERE / "measuring.js").read_text(encoding="utf-8"))
        return shown

    def picture_faults(self, svg: str) -> dict[str, Any]:
        """Return what overlaps in a picture, or is outside of it, at its own size.

        One window shows all of them: opening it takes longer than to measure most.
        """
        if self.easel is None:
            self.easel = self.show("<!DOCTYPE html><body style='margin:0'>")
        found: dict[str, Any] = self.easel.evaluate(
            "svg => {document.body.innerHTML = svg;"
            " return pictureFaults(document.querySelector('svg'))}",
            svg,
        )
        return found

    def page_faults(self, page: str, width: int, mode: str) -> dict[str, Any]:
        """Return what overlaps on a page whose details are all open, or is outside of it."""
        shown = self.show(page, width, mode)
        try:
            shown.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            found: dict[str, Any] = shown.evaluate("pageFaults()")
        finally:
            shown.close()
        return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium."""
    api = pytest.importorskip("playwright.sync_api")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("there is no Chromium")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield Browser(chromium)
        chromium.close()
