"""The playground as somebody uses it: editor, findings, repairs, tabs, examples, links, exports."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc.reports import FORMATS, Layout
from tests.browser.conftest import Browser
from tests.browser.playground.conftest import SPECS, Visits, after, until, until_live, write

pytestmark = pytest.mark.slow  # starts a browser

ALEXNET = "broken/alexnet-224-without-padding.yaml"


def spec(name: str) -> str:
    return (SPECS / name).read_text(encoding="utf-8")


def test_a_first_visit_shows_the_prepared_result_before_python_is_up(page: Any) -> None:
    assert page.evaluate("playground.prepared < playground.ready")
    assert page.inner_text("#summary h2") == "LeNet-5"
    assert "61,706" in page.inner_text("#summary")  # LeCun's network as PyTorch counts it
    assert page.locator("#picture svg").count() == 1


def test_a_finding_is_underlined_at_its_place_and_a_click_repairs_it(page: Any) -> None:
    write(page, spec(ALEXNET))
    assert page.inner_text(".cm-lintRange-error") == "conv"
    assert page.inner_text(".finding .place") == "line 6"
    after(page, lambda: page.click(".finding .repairs button:has-text('input: 227x227x3')"))
    assert page.inner_text("#findings").strip() == "✓ Everything fits"
    assert page.inner_text("#status-text") == "No faults found"
    assert "input: 227x227x3" in page.inner_text(".cm-content")
    assert "55×55×96" in page.inner_text("#rows")  # CS231n's AlexNet


def test_the_first_repair_stands_out(page: Any) -> None:
    write(page, spec(ALEXNET))
    look = "(box) => [getComputedStyle(box).backgroundColor, getComputedStyle(box).color].join()"
    first, *others = (one.evaluate(look) for one in page.query_selector_all(".repairs li"))
    assert len(others) > 1
    assert {first} & {*others} == set()
    assert len({*others}) == 1


@pytest.mark.parametrize("width", [320, 390, 820])
def test_on_a_phone_every_button_has_its_word(visits: Visits, width: int) -> None:
    window = visits.open(width=width)
    words = window.evaluate(
        """[...document.querySelectorAll("body > header nav :is(button:not([role=menuitem]))")]
          .map((button) => {
            const box = button.querySelector("span").getBoundingClientRect();
            const inside = box.left >= 0 && box.right <= innerWidth;
            return [button.innerText.trim(), inside && box.width > 10 && box.height > 8];
          })"""
    )
    named = ["Examples", "Open", "Copy link", "Export", "Theme", "Help"]
    assert words == [[name, True] for name in named]
    assert window.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1280])
def test_a_newcomer_finds_a_mistake_repairs_it_and_reads_why(visits: Visits, width: int) -> None:
    window = visits.open(width=width, has_touch=width == 390, is_mobile=width == 390)
    window.click("#open-examples")
    after(window, lambda: window.click("#list section:first-child button:has-text('mistake')"))
    finding = window.locator(".finding.error")
    assert "the stride does not fit" in finding.inner_text()
    assert "#" not in window.inner_text(".cm-content")  # no comment gives it away
    assert window.inner_text("#file") == "alexnet-224-without-padding.yaml"
    finding.get_by_role("button", name="why?").click()
    until(window, "document.getElementById('page').open")
    assert "S must divide W - F + 2P" in window.inner_text("#page-text")
    window.click("#page .icon")
    repair = finding.get_by_role("button", name="input: 227x227x3 gives 55x55")
    assert repair.bounding_box()["height"] >= 24  # WCAG 2.2, target size
    after(window, repair.click)
    assert window.inner_text("#findings").strip() == "✓ Everything fits"
    editing = window.evaluate("document.activeElement.closest('.cm-editor') !== null")
    assert editing == (width == 1280)  # on a phone the keyboard would cover the result


def test_a_page_about_a_rule_keeps_its_columns(page: Any) -> None:
    write(page, spec(ALEXNET))
    page.click(".finding .code")
    until(page, "document.getElementById('page').open")
    assert page.locator("#page-text code").first.inner_text() == "P: same"
    columns = page.locator("#page-text pre", has_text="another S").inner_text().splitlines()
    starts = {line.index(word) for line, word in zip(columns, ("S=3", "P=", "F=12"), strict=False)}
    assert len(starts) == 1


def test_a_place_counts_characters_beyond_the_sixteen_bits_of_a_script(page: Any) -> None:
    write(page, "input: 8x8x3\nlayers: [conv: {K: 2, F: 3, name: a}, 😀😀: {K: 2}]\n")
    assert "😀😀" in page.locator(".cm-lintRange-error").first.inner_text()


def test_a_repair_stands_in_the_tooltip_of_the_underlined_word_too(page: Any) -> None:
    write(page, spec(ALEXNET))
    page.hover(".cm-lintRange-error")
    page.wait_for_selector(".cm-diagnosticAction")
    after(page, lambda: page.locator(".cm-diagnosticAction").first.click())
    assert page.inner_text("#findings").strip() == "✓ Everything fits"


def test_half_typed_text_keeps_the_last_table(page: Any) -> None:
    rows = page.locator("tr.row").count()
    write(page, "input: 32x32x3\nlayers: [conv: {K: 10, F: 5}")
    assert page.locator("tr.row").count() == rows == 13
    assert "SC101" in page.inner_text("#findings")
    write(page, "input: 3\nlayers: [re\x01lu]\n")
    assert "SC101" in page.inner_text("#findings")


def test_a_row_opens_its_working_by_keyboard(page: Any) -> None:
    page.focus("tr.row button")
    page.keyboard.press("Enter")
    page.wait_for_selector("tr.working:has-text('(32 - 5 + 2*0)/1 + 1 = 28')")
    page.keyboard.press("Enter")
    assert page.locator("tr.working").count() == 0


def test_kinds_fields_and_words_are_completed(page: Any) -> None:
    write(page, "input: 8x8x3\nlayers:\n  - ")
    page.keyboard.type("max_")
    page.wait_for_selector(".cm-tooltip-autocomplete")
    assert "max_pool" in page.inner_text(".cm-tooltip-autocomplete")
    write(page, "input: 8x8x3\nlayers:\n  - conv: {K: 2, F: 3, ")
    page.keyboard.type("dil")
    page.wait_for_selector(".cm-tooltip-autocomplete")
    page.wait_for_timeout(150)  # CodeMirror takes nothing in the first moment
    after(page, lambda: page.keyboard.press("Enter"))
    assert "dilation: " in page.inner_text(".cm-content")
    write(page, "input: 8x8x3\nrounding: ")
    page.keyboard.type("f")
    page.wait_for_selector(".cm-tooltip-autocomplete:has-text('floor')")
    page.keyboard.press("Escape")


def test_a_kind_explains_itself_under_the_pointer_and_a_code_by_a_click(page: Any) -> None:
    page.locator(".cm-line span:text-is('avg_pool')").first.hover()
    page.wait_for_selector(".kind-tip")
    assert "(W - F + 2P)/S + 1" in page.inner_text(".kind-tip")
    write(page, spec(ALEXNET))
    page.click(".finding .code")
    until(page, "document.getElementById('page').open")
    assert page.inner_text("#page-title").startswith("SC201")


def test_sizes_that_fit_are_offered_and_written_by_a_click(page: Any) -> None:
    write(page, spec("networks/u-net.yaml"))
    page.click("#tab-sizes")
    page.wait_for_selector("#panel-sizes pre")
    assert "188 + 16k" in page.inner_text("#panel-sizes pre")
    page.fill("#panel-sizes input", "388x388")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-sizes button:has-text('572x572x1')")  # U-Net's paper
    page.fill("#panel-sizes input", "")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-sizes button:has-text('556x556x1')")
    after(page, lambda: page.click("#panel-sizes button:has-text('556x556x1')"))
    assert "input: 556x556x1" in page.inner_text(".cm-content")
    page.fill("#panel-sizes input", "nonsense")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-sizes .empty")


def test_memory_follows_what_is_chosen(page: Any) -> None:
    page.click("#tab-memory")
    page.wait_for_selector("#panel-memory td")
    until(page, "document.querySelectorAll('#panel-memory select')[1].options.length > 1")
    page.locator("#panel-memory select").nth(1).select_option("adam")
    # two moments for each of 61,706 parameters in float32: 493,648 bytes
    page.wait_for_selector("#panel-memory td:has-text('482.08 KiB')")
    page.fill("#panel-memory input[type=text]", "much")
    page.wait_for_selector("#panel-memory .empty")


def test_tabs_obey_the_arrow_keys(page: Any) -> None:
    tabs = page.evaluate("[...document.querySelectorAll('[role=tab]')].map((tab) => tab.id)")
    assert {"tab-report", "tab-layer", "tab-sizes", "tab-memory", "tab-practice"} <= {*tabs}
    page.focus(f"#{tabs[0]}")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == tabs[1]
    first, second = (tab.replace("tab-", "#panel-") for tab in tabs[:2])
    assert page.is_visible(second)
    assert not page.is_visible(first)
    page.keyboard.press("Home")
    assert page.is_visible(first)


def test_examples_are_found_and_loaded(page: Any) -> None:
    page.click("#open-examples")
    page.wait_for_selector("#list li")
    page.fill("#search", "googlenet")
    after(page, lambda: page.click("#list button"))
    assert page.inner_text("#summary h2") == "GoogLeNet"
    assert page.locator("#rows input[type=checkbox]").is_checked()  # its blocks are folded


def test_a_link_carries_the_text(page: Any, browser: Browser, address: str) -> None:
    write(page, "name: Ünï 😀\ninput: 9\nlayers: [dense: 3]\n")
    page.click("#share")
    until(page, "location.hash.length > 3")
    link = page.evaluate("location.href")
    assert page.evaluate("navigator.clipboard.readText()") == link
    other = browser.chromium.new_context().new_page()
    other.goto(link)
    until_live(other)
    assert other.inner_text("#summary h2") == "Ünï 😀"
    assert other.inner_text("#file") == "n.shape.yaml"  # a link has no file: after the network
    other.goto(f"{address}#s=nonsense")
    other.reload()
    until_live(other)
    assert other.inner_text("#summary h2") == "LeNet-5"
    other.context.close()


@pytest.mark.parametrize("form", ["markdown", "latex", "table"])
def test_copies_what_the_command_line_prints(page: Any, form: str) -> None:
    page.click("#open-export")
    page.click(f"[data-copy={form}]")
    page.wait_for_selector("#toast:has-text('Copied')")
    traced = shapecalc.trace(SPECS / "networks/lenet-5.yaml")
    wanted = FORMATS[form].render(traced, Layout(explain=form == "table"))
    assert page.evaluate("navigator.clipboard.readText()") == wanted
    page.wait_for_selector("#toast", state="hidden")


@pytest.mark.parametrize("form", ["yaml", "html", "svg", "tex", "csv", "json"])
def test_saves_what_the_command_line_writes(page: Any, form: str) -> None:
    path = SPECS / "networks/lenet-5.yaml"
    traced = shapecalc.trace(path)
    wanted = {
        "yaml": lambda: path.read_text(encoding="utf-8"),
        "svg": lambda: shapecalc.draw(path, scheme="light"),
        "tex": lambda: shapecalc.draw(path, to="tex", scheme="light"),
    }.get(form, lambda: FORMATS[form].render(traced, Layout()))()
    page.click("#open-examples")
    page.wait_for_selector("#list li")
    page.fill("#search", "lenet")
    after(page, lambda: page.click("#list button"))
    page.click("#open-export")
    with page.expect_download() as download:
        page.click(f"[data-save={form}]")
    assert download.value.suggested_filename == f"lenet-5.{form}"
    written = download.value.path().read_text(encoding="utf-8")
    assert written.replace("lenet-5.yaml", str(path)) == wanted


def test_the_menu_works_by_keyboard(page: Any) -> None:
    page.focus("#open-export")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.copy") == "table"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "open-export"


def test_what_takes_too_long_is_stopped_and_the_page_lives_on(
    browser: Browser, address: str
) -> None:
    context = browser.chromium.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(address)
    until_live(page)
    first = page.evaluate("playground.ready")
    many = "input: 3\nlayers: [repeat: {times: 90000, layers: [relu]}]"
    page.evaluate(
        """text => void playground.call("trace", new TextEncoder().encode(text))
          .catch(error => (playground.refused = error.message))""",
        many,
    )
    page.clock.fast_forward(21_000)
    until(page, f"playground.refused && playground.ready > {first}")
    assert page.evaluate("playground.refused") == "Stopped: it took longer than 20 s."
    write(page, "name: Again\ninput: 3\nlayers: [relu]\n")
    assert page.inner_text("#summary h2") == "Again"
    context.close()


def test_the_picture_takes_the_scheme_that_is_chosen(page: Any) -> None:
    paper = "document.querySelector('#picture svg rect').getAttribute('fill')"
    until(page, f"{paper} === '#ffffff'")
    page.click("#theme")
    page.click("#theme")
    until(page, f"document.documentElement.dataset.theme === 'dark' && {paper} !== '#ffffff'")
    page.click("#theme")


def test_a_click_in_the_picture_leads_to_the_layer(page: Any) -> None:
    box = page.locator("#picture g[data-part=layer]", has_text="conv2").first
    box.locator("[data-solid]").first.click()
    assert "K: 16" in page.inner_text(".cm-activeLine")


def test_the_licences_of_what_it_is_made_of_can_be_read(page: Any) -> None:
    page.click("#open-help")
    page.click("#notices")
    page.wait_for_selector("#page-text:has-text('Mozilla Public License')")
    assert "pydantic-core" in page.inner_text("#page-text")
