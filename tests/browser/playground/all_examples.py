"""Compare every example as the browser reports it with what Python here says, byte for byte.

Run it from the folder of the repository, with the folder of the built page:

    PYTHONPATH=. python tests/browser/playground/all_examples.py SITE
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import shapecalc
from shapecalc import network, readers
from shapecalc.playground.bridge.report import FILE
from shapecalc.playground.examples import folder, sections

ASK = """async (text) => {
  await playground.call("trace", new TextEncoder().encode(text));
  return playground.call("export", "json");
}"""


def examples() -> list[tuple[str, str]]:
    """Return the file and the text of every example, each once."""
    items = [item for section in sections() for item in section["items"]]  # type: ignore[attr-defined]
    return list({item["file"]: item["text"] for item in items}.items())


def differing(
    page: Any, listed: Iterable[tuple[str, str]], change: Callable[[bytes], bytes] = bytes
) -> list[str]:
    """Return the examples of which the browser's report is another one than Python's."""
    found = []
    for name, text in listed:
        raw = change(text.encode("utf-8"))
        here = shapecalc.trace(network.build(readers.read_bytes(raw, FILE))).to_dict()
        if page.evaluate(ASK, text) != json.dumps(here, indent=2):
            found.append(name)
    return found


def main(site: Path) -> int:
    """Compare all, and print those that differ."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import FLAGS, PROGRAMS
    from tests.browser.playground.conftest import serve, until_live

    program = next(filter(None, map(shutil.which, PROGRAMS)))
    server, url = serve(site)
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=program, args=list(FLAGS)).new_page()
        page.goto(url)
        until_live(page)
        listed = examples()
        found = differing(page, listed)
    server.shutdown()
    for name in found:
        print(f"{name}: the browser says something else")
    print(f"{len(listed)} examples in {folder()}, {len(found)} differ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
