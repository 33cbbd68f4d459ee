"""Pages as Chromium shows them, narrow and wide, light and dark: nothing overlaps, all is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import shapecalc
from shapecalc import trace
from shapecalc.reports import FORMATS, Layout, diagnostics
from shapecalc.reports.html import difference, verification
from tests.browser.conftest import MODES, WIDTHS, Browser
from tests.pictures.networks import SPECS, network

pytestmark = pytest.mark.slow  # starts a browser


def report(name: str) -> str:
    return FORMATS["html"].render(network(name), Layout())


def checked() -> str:
    form = diagnostics.named("html")
    traces = [trace(path) for path in sorted((SPECS / "broken").glob("sc2*.yaml"))]
    made = [form.of_file(t.spec.file, t.diagnostics, t) for t in traces]  # type: ignore[attr-defined]
    page: str = form.render_files(made)  # type: ignore[attr-defined]
    return page


def several() -> str:
    whole = FORMATS["html"].whole
    assert whole is not None
    paths = [SPECS / "networks/lenet-5.yaml", SPECS / "broken/sc205-add.yaml"]
    return whole((trace(path), Layout(file=str(path))) for path in paths)


def verified() -> str:
    broken = SPECS / "broken" / "cs231n-matrix-product-misprint.yaml"
    return verification.render(
        [shapecalc.verify(broken), shapecalc.verify(SPECS / "kinds/conv.yaml")]
    )


def differing() -> str:
    networks = SPECS / "networks"
    return difference.render(shapecalc.diff(networks / "alexnet.yaml", networks / "zfnet.yaml"))


PAGES: dict[str, Callable[[], str]] = {
    "alexnet": lambda: report("alexnet"),
    "names": lambda: report("names"),
    "named sizes": lambda: report("named sizes"),
    "huge": lambda: report("huge"),
    "several": several,
    "check": checked,
    "verify": verified,
    "diff": differing,
    "draw": lambda: shapecalc.draw(SPECS / "networks/lenet-5.yaml", style="graph", to="html"),
}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overlaps_or_is_outside(browser: Browser, name: str) -> None:
    page = PAGES[name]()
    for width in WIDTHS:
        for mode in MODES[: 1 if width == WIDTHS[0] else 2]:
            found = browser.page_faults(page, width, mode)
            assert found["texts"] > 20
            assert found["overlaps"] == [], (width, mode)
            assert found["outside"] == [], (width, mode)
            for picture in found["pictures"]:
                assert not picture["overlaps"], (width, mode)
                assert not picture["outside"], (width, mode)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_planted_fault_is_found(browser: Browser, width: int) -> None:
    page = report("alexnet")
    overlapping = page.replace("</h1>", '</h1><p style="margin-top:-1.6rem">planted</p>')
    assert browser.page_faults(overlapping, width, "light")["overlaps"]
    wide = page.replace("<h1>", '<h1 style="width:2000px">')
    assert browser.page_faults(wide, width, "light")["outside"]


def test_the_modes_differ_and_print_is_light(browser: Browser) -> None:
    page = report("alexnet")
    papers = []
    for mode in MODES:
        shown = browser.show(page, mode=mode)
        papers.append(shown.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert papers == ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]
    shown.emulate_media(media="print")
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == papers[0]
    assert shown.evaluate("getComputedStyle(document.querySelector('rect')).fill") == papers[0]


def test_a_click_sorts_and_a_third_one_restores(browser: Browser) -> None:
    shown = browser.show(report("alexnet"))
    first = "document.querySelector('.layers tbody tr').innerText"
    written = shown.evaluate(first)
    shown.get_by_role("button", name="MACs").click()
    assert shown.evaluate(first).startswith("conv2")  # 447,897,600
    assert shown.locator("th[aria-sort=descending]").inner_text().startswith("MACs")
    shown.get_by_role("button", name="MACs").click()
    shown.get_by_role("button", name="MACs").click()
    assert shown.evaluate(first) == written


def test_a_page_works_without_scripts_and_asks_for_nothing(browser: Browser) -> None:
    context = browser.chromium.new_context(java_script_enabled=False)
    asked: list[str] = []
    shown = context.new_page()
    shown.on("request", lambda request: asked.append(request.url))
    shown.set_content(report("alexnet"))
    shown.get_by_text("conv K=256 F=5 S=1 P=2", exact=True).click()
    assert shown.locator("details[open] pre").get_by_text("MACs = 27*27*256 * 5*5*96").is_visible()
    assert asked == []
    context.close()
