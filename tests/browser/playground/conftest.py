"""What tests of the playground share: the built page, served as strictly as a host can, and a
Chromium that has it open.
"""

from __future__ import annotations

import functools
import http.server
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shapecalc.playground.build import build
from shapecalc.playground.packages import BuildError, look_for_node
from tests.browser.conftest import Browser

SPECS = Path(__file__).resolve().parents[3] / "specs"
BUILT = "SHAPECALC_PLAYGROUND"  # a folder with the page, where it was built before
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self';"
    " connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
LONGEST = 60  # seconds until the page has to answer, on a busy machine


class Host(http.server.SimpleHTTPRequestHandler):
    """A static host with the page's policy as a header on every file, and nothing guessed."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def serve(site: Path) -> tuple[http.server.ThreadingHTTPServer, str]:
    """Serve a folder; return the server and its address."""
    host = functools.partial(Host, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/"


def until(page: Any, condition: str) -> None:
    """Wait for a condition. Its policy does not let the page evaluate one itself."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if page.evaluate(f"!!({condition})"):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{condition}: {page.inner_text('#status-text')}")


def present(selector: str) -> str:
    """Return the condition that something is on the page."""
    return f"document.querySelector({selector!r})"


def until_live(page: Any) -> None:
    """Wait for the first result that the page worked out itself, and for its words."""
    until(page, "window.playground?.first && playground.language")


def after(page: Any, act: Callable[[], object]) -> None:
    """Do something that changes the text, and wait for the new result."""
    before = page.evaluate("playground.traced")
    act()
    until(page, f"playground.traced > {before}")


def write(page: Any, text: str) -> None:
    """Put a text into the editor as somebody would, and wait for its result."""

    def act() -> None:
        page.click(".cm-content")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(text)

    after(page, act)


def choose_file(page: Any, name: str, data: bytes) -> None:
    """Choose a file by the button."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.set_input_files("#file-input", [file])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the page."""
    if os.environ.get(BUILT):
        return Path(os.environ[BUILT])
    try:
        look_for_node()
    except BuildError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("playground") / "site"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the page."""
    server, url = serve(site)
    yield url
    server.shutdown()


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[Any]:
    """Open the page once for the tests of a module; whatever the console says is a fault."""
    context = browser.chromium.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    until_live(page)
    yield page
    assert said == []
    context.close()


class Visits:
    """Opens addresses of the page, in windows of any kind; what their consoles say is kept."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.said: list[str] = []
        self.contexts: list[Any] = []

    def open(self, path: str = "", width: int = 1280, mode: str = "light", **options: Any) -> Any:
        """Open an address in a window of its own, and wait until Python has answered."""
        context = self.browser.chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=mode, **options
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(self.address + path)
        until_live(page)
        return page


@pytest.fixture
def visits(browser: Browser, address: str) -> Iterator[Visits]:
    """Open windows for one test. Whatever a console says is a fault."""
    found = Visits(browser, address)
    yield found
    for context in found.contexts:
        context.close()
    assert found.said == []


@pytest.fixture
def page(window: Any) -> Any:
    """Give the page with LeNet-5 in it."""
    for dialog in window.query_selector_all("dialog[open]"):
        dialog.evaluate("dialog => dialog.close()")
    window.click("#tab-report")
    text = (SPECS / "networks/lenet-5.yaml").read_text(encoding="utf-8")
    if window.evaluate("playground.text()") != text:
        write(window, text)
    return window
