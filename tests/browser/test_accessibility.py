"""Pages are valid HTML, and axe finds nothing on them, in both modes.

html-validate and axe-core come from npm, of fixed versions, into a temporary folder.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.browser.conftest import MODES, Browser
from tests.browser.test_pages import PAGES

pytestmark = pytest.mark.slow  # starts a browser

LOOKED_AT = [("several", 1400), ("several", 390), ("diff", 390), ("draw", 390)]
RULES = {"extends": ["html-validate:recommended"]}


def violations(browser: Browser, axe: str, page: str, width: int, mode: str) -> list[str]:
    """Return what axe finds on a page, whatever its impact."""
    shown = browser.show(page, width, mode)
    try:
        shown.evaluate(axe)
        found = shown.evaluate("axe.run()")
    finally:
        shown.close()
    return [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found["violations"]]


@pytest.mark.parametrize(("name", "width"), LOOKED_AT)
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing(browser: Browser, axe: str, name: str, width: int, mode: str) -> None:
    assert violations(browser, axe, PAGES[name](), width, mode) == []


def test_axe_finds_what_is_planted(browser: Browser, axe: str) -> None:
    page = PAGES["diff"]()
    pale = page.replace("--soft: #586472", "--soft: #b8c4d2")
    assert any("color-contrast" in item for item in violations(browser, axe, pale, 1400, "light"))
    unnamed = page.replace("<title>", "<title hidden>", 1).replace(' lang="en"', "")
    assert any("html-has-lang" in item for item in violations(browser, axe, unnamed, 1400, "light"))


def validated(packages: Path, folder: Path, pages: dict[str, str]) -> str:
    """Return what html-validate says of pages; nothing where they are valid."""
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    config = folder / "rules.json"
    config.write_text(json.dumps(RULES), encoding="utf-8")
    program = packages / "html-validate" / "bin" / "html-validate.mjs"
    done = subprocess.run(
        ["node", str(program), "--config", str(config), *map(str, folder.glob("*.html"))],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == (1 if done.stdout else 0)
    return done.stdout


def test_pages_are_valid(packages: Path, tmp_path: Path) -> None:
    assert validated(packages, tmp_path, {name: make() for name, make in PAGES.items()}) == ""


def test_what_is_not_valid_is_found(packages: Path, tmp_path: Path) -> None:
    page = PAGES["diff"]()
    assert validated(packages, tmp_path, {"planted": page.replace("<p ", "<p><ul></ul></p><p ", 1)})
