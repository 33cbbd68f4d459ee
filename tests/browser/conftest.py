"""What tests of pictures and pages share: a Chromium that measures what it draws.

They are left out where Playwright or the system's Chromium is missing.
"""

from __future__ import annotations

import shutil
import subprocess
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
PACKAGES = ("axe-core@4.14.1", "html-validate@10.17.0")


class Browser:
    """A Chromium. Texts and boxes are measured in its own fonts."""

    def __init__(self, chromium: Any) -> None:
        self.chromium = chromium
        self.windows: dict[tuple[int, str], Any] = {}  # to measure in: opening one takes long

    def show(self, page: str, width: int = 1400, mode: str = "light") -> Any:
        """Show a page of HTML in a new window of so many px, in a light or dark mode."""
        shown = self.chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme=mode, offline=True
        )
        shown.set_content(page)
        return shown

    def measured(self, page: str, width: int, mode: str, expression: str) -> dict[str, Any]:
        """Show a page in the window of that width and mode, and return what is measured there."""
        window = self.windows.get((width, mode))
        if window is None:
            window = self.windows[width, mode] = self.show("", width, mode)
        window.set_content(page)
        window.add_script_tag(content=(HERE / "measuring.js").read_text(encoding="utf-8"))
        found: dict[str, Any] = window.evaluate(expression)
        return found

    def picture_faults(self, svg: str, mode: str = "light") -> dict[str, Any]:
        """Return what overlaps in a picture, or is outside of it, at its own size."""
        page = f"<!DOCTYPE html><body style='margin:0'>{svg}"
        return self.measured(page, 1600, mode, "pictureFaults(document.querySelector('svg'))")

    def page_faults(self, page: str, width: int, mode: str) -> dict[str, Any]:
        """Return what overlaps on a page whose details are all open, or is outside of it."""
        opened = "document.querySelectorAll('details').forEach(d => d.open = true)"
        return self.measured(page, width, mode, f"{opened}, pageFaults()")


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


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the two, and return the folder that they are in."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm")
    folder = tmp_path_factory.mktemp("npm")
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefix", str(folder)]
    subprocess.run([npm, "install", *options, *PACKAGES], check=True, timeout=120, cwd=folder)
    return folder / "node_modules"


@pytest.fixture(scope="session")
def axe(packages: Path) -> str:
    """Return axe's program."""
    return (packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
