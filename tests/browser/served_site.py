"""The playground as a host serves it: built once, with headers as strict as they can be.

Set PLAYGROUND_SITE to a folder to test what was built there.
"""

from __future__ import annotations

import functools
import http.server
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shapecalc.playground.build import build
from shapecalc.playground.packages import BuildError
from tests.browser.conftest import Browser

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self';"
        " connect-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
        " manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}
LONGEST = 20.0  # seconds for the first answer of Python


class _Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


class Site:
    """The served site, opened in windows of a Chromium. What a console says is kept."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.said: list[str] = []

    def open(self, path: str = "", width: int = 1280, mode: str = "light", **options: Any) -> Any:
        """Open an address of the site in a new window, and wait until Python has answered."""
        window = self.browser.chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme=mode, **options
        )
        window.on("console", self._heard)
        window.on("pageerror", lambda error: self.said.append(str(error)))
        window.goto(self.url + path)
        until(window, "window.playground?.first")
        return window

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)


def until(window: Any, what: str) -> None:
    """Wait until something holds on a page. The policy forbids what Playwright waits by itself."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if window.evaluate(f"Boolean({what})"):
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {LONGEST:.0f} s: {what}")


def seen(selector: str) -> str:
    """Return the expression that something is on the page."""
    return f"document.querySelector({selector!r})"


@pytest.fixture(scope="session")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Build the site and serve it."""
    given = os.environ.get("PLAYGROUND_SITE")
    folder = Path(given) if given else tmp_path_factory.mktemp("site")
    if not given:
        try:
            build(folder)
        except BuildError as error:
            pytest.skip(str(error))
    handler = functools.partial(_Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(browser, f"http://127.0.0.1:{server.server_address[1]}/")
    server.shutdown()


@pytest.fixture
def site(served: Site) -> Iterator[Site]:
    """Hand out the site, and see that no console had anything to say."""
    served.said.clear()
    yield served
    assert not served.said, served.said
