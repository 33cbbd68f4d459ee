"""What the page asks of its host: nothing once it is loaded, and no host at all as one file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shapecalc.playground.build import ONE_FILE, build
from tests.browser.conftest import Browser
from tests.browser.playground.conftest import serve, until, until_live, write

pytestmark = pytest.mark.slow  # starts a browser

MOST = 10_000_000  # bytes of a first visit


def test_a_first_visit_is_small_and_asks_nobody_else(browser: Browser, address: str) -> None:
    context = browser.chromium.new_context(service_workers="block")
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    until_live(page)
    assert {urlsplit(answer.url).netloc for answer in answers} == {urlsplit(address).netloc}
    assert sum(len(answer.body()) for answer in answers) <= MOST
    context.close()


def test_it_works_offline_once_it_was_loaded(browser: Browser, address: str) -> None:
    context = browser.chromium.new_context()
    page = context.new_page()
    page.goto(address)
    until(page, "window.playground?.offline && navigator.serviceWorker.controller")
    context.set_offline(True)
    page.goto(address)
    until_live(page)
    page.click("#open-examples")
    page.wait_for_selector("#list li")
    page.keyboard.press("Escape")
    write(page, '{"class_name": "Sequential", "config": []}')  # needs what is fetched later
    assert "SC101" in page.inner_text("#findings")
    context.close()


def test_a_site_without_a_part_says_so(browser: Browser, site: Path, tmp_path: Path) -> None:
    for path in site.rglob("*"):
        if path.is_file() and not path.name.startswith("pydantic-"):
            target = tmp_path / path.relative_to(site)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    server, url = serve(tmp_path)
    page = browser.chromium.new_page()
    page.goto(url)
    until(page, "/could not be started/.test(document.getElementById('status-text').textContent)")
    page.close()
    server.shutdown()


def test_nothing_of_the_builder_is_in_the_page(site: Path) -> None:
    for path in site.rglob("*"):
        if path.suffix in (".html", ".js", ".txt", ".css"):
            text = path.read_text(encoding="utf-8")
            assert str(Path.home()) not in text, path
            assert not re.search(r"/tmp/|site-packages/shapecalc", text), path


def test_one_file_opens_without_a_host(browser: Browser, tmp_path: Path) -> None:
    build(tmp_path / "one", single=True)
    page = browser.chromium.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "one" / ONE_FILE).as_uri())
    until_live(page)
    write(page, "name: Alone\ninput: 9\nlayers: [dense: 3]\n")
    assert page.inner_text("#summary h2") == "Alone"
    page.click("#open-examples")
    page.wait_for_selector("#list li")
    assert said == []
    page.close()
