"""Measure every picture, and every page in both modes.

Run it from the folder of the repository: PYTHONPATH=. python tests/browser/all_networks.py

Prints what overlaps or is cut off, and how many pictures were sound.
"""

from __future__ import annotations

import shutil
import sys
from itertools import product

from playwright.sync_api import sync_playwright

from shapecalc import trace
from shapecalc.pictures import STYLES, svg
from shapecalc.reports import FORMATS, Layout
from tests.browser.conftest import FLAGS, MODES, PROGRAMS, WIDTHS, Browser
from tests.pictures.networks import MADE, PATHS


def main() -> int:
    """Measure all; return 1 where something is wrong."""
    wrong = measured = 0
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    traces = [(path.stem, trace(path)) for path in PATHS]
    traces += [(name, trace(spec)) for name, spec in MADE.items()]
    with sync_playwright() as playwright:
        browser = Browser(playwright.chromium.launch(executable_path=program, args=list(FLAGS)))
        for name, traced in traces:
            for style in STYLES:
                for width in (None, 1120, 358):
                    drawn = svg(traced, style, width)
                    for mode in MODES:
                        faults = browser.picture_faults(drawn, mode)
                        faults.pop("texts")
                        measured += 1
                        if any(faults.values()):
                            wrong += 1
                            print(name, style, width, mode, faults, flush=True)
            page = FORMATS["html"].render(traced, Layout())
            for width, mode in product(WIDTHS, MODES):
                faults = browser.page_faults(page, width, mode)
                measured += 1
                if faults["overlaps"] or faults["outside"]:
                    wrong += 1
                    print(
                        name, width, mode, faults["overlaps"][:5], faults["outside"][:5], flush=True
                    )
    print(f"{measured:,} measured, {wrong:,} with faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
