"""Practice in the playground, in a browser: answers, teachers' links and pages around it."""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import MODES
from tests.browser.playground.conftest import Visits, after, choose_file, present, until

pytestmark = pytest.mark.slow  # builds the site and starts a browser

DRAWN = "#practice=1.1.3"  # first a conv of 20 filters of 2x2 on 33x33x3: 32x32x20; 240 + 20
CARD = ".question"


@pytest.fixture
def drawn(visits: Visits) -> Any:
    """Open questions of a fixed seed."""
    window = visits.open(DRAWN)
    until(window, present(CARD))
    return window


def answer(window: Any, number: int, text: str) -> str:
    """Answer a question of the card, and return what is said."""
    item = window.locator(".item").nth(number)
    item.locator("input").fill(text)
    item.locator("input").press("Enter")
    until(window, f"document.querySelectorAll('.item')[{number}].querySelector('.verdict')")
    window.wait_for_timeout(300)
    said: str = item.locator(".verdict").inner_text()
    return said


def test_a_right_answer(drawn: Any) -> None:
    assert answer(drawn, 0, "32x32x20") == "✓ Right"
    assert drawn.get_attribute(".steps [aria-current]", "aria-label") == "Question 1: Not answered"
    assert answer(drawn, 1, "260") == "✓ Right"
    assert drawn.get_attribute(".steps [aria-current]", "aria-label") == "Question 1: Right"


def test_a_wrong_answer_is_explained_and_may_be_mended(drawn: Any) -> None:
    assert answer(drawn, 1, "240") == "◐ Partly right The biases were forgotten."
    item = drawn.locator(".item").nth(1)
    item.locator("text=Show the working").click()
    until(drawn, present(".shown-working"))
    assert "240 + 20 = 260" in item.inner_text()
    assert "2*2*3*20 = 240" in item.inner_text()
    assert "✓ Right" in answer(drawn, 1, "260")


def test_the_next_question_and_how_it_went(drawn: Any) -> None:
    answer(drawn, 0, "32x32x20")
    answer(drawn, 1, "250")
    answer(drawn, 1, "260")
    for _ in range(3):
        drawn.click(".next")
    assert drawn.inner_text(".practice h3").startswith("2 of ")
    assert "right, 1 of them at the first try" in drawn.inner_text(".practice h3")
    assert "not answered" in drawn.inner_text(".outcome")
    drawn.click("text=The same again")
    until(drawn, present(CARD))
    assert drawn.input_value(".item input") == ""


def test_levels_and_yes_or_no(visits: Visits) -> None:
    window = visits.open()
    window.click("#tab-practice")
    until(window, present(CARD))
    window.click("text=Level 2")
    until(
        window,
        "document.querySelector('.practice-tools [aria-pressed=true]').innerText == 'Level 2'",
    )
    window.goto(visits.address + "#practice=2.0.20")
    until(window, "document.querySelectorAll('.steps li').length == 20")
    for _ in range(20):
        if window.locator(".item .choice").count():
            break
        window.click(".next")
    window.click(".item .choice button >> nth=1")
    until(window, present(".verdict"))
    assert window.get_attribute(".item .choice button >> nth=1", "aria-pressed") == "true"
    assert window.inner_text(".verdict").split()[1] in ("Right", "Not")


def set_for_class(visits: Visits) -> tuple[Any, str]:
    """Hide two numbers of the first example as a teacher does; return the window and the link."""
    window = visits.open(permissions=["clipboard-read", "clipboard-write"])
    window.click("#tab-practice")
    until(window, present(CARD))
    window.click("text=Set for a class")
    window.click("#set-network")
    until(window, present("tbody .hides"))
    window.click("[aria-label^='Hide conv1, output']")
    window.click("[aria-label^='Hide conv1, parameters']")
    window.fill("#set-further", "total.parameters")
    window.fill("#set-title", "Week <b>3</b>")
    until(window, "!document.querySelector('.setting .primary').disabled")  # all is checked
    link: str = window.input_value("#set-link")
    return window, link


def test_a_teachers_link_hides_numbers(visits: Visits) -> None:
    window, link = set_for_class(visits)
    window.click("text=Copy code to embed")
    until(window, "!document.querySelector('#toast').hidden")
    code = window.evaluate("navigator.clipboard.readText()")
    assert code.startswith("<iframe ")
    assert "?embed#sheet=" in code

    window = visits.open(link.removeprefix(visits.address))
    until(window, present(".set"))
    assert window.inner_text(".practice-title") == "Week <b>3</b>"
    assert not window.is_visible("#editor")
    assert "28x28x6" not in window.inner_text("body")  # neither there nor behind tanh1
    assert "61,706" not in window.inner_text("body")
    window.fill("#answer-1", "28x28x6")
    window.fill("#answer-2", "150")
    window.fill("#answer-3", "61705")  # who has the total right has counted the biases
    window.click(".set .primary")
    until(window, "document.querySelector('.score').innerText == '1 of 3 right'")
    assert "the biases were forgotten" in window.inner_text(".remarks").lower()
    assert window.get_attribute("#answer-2", "aria-invalid") == "true"


def test_the_dialog_says_what_cannot_be_asked(visits: Visits) -> None:
    window, _ = set_for_class(visits)
    window.fill("#set-further", "conv9.output")
    until(window, "document.querySelector('.setting [role=status]').innerText.includes('conv9')")
    assert window.input_value("#set-link") == ""
    assert window.is_disabled(".setting .primary")


def test_the_dialog_stays_where_it_is_while_somebody_types(visits: Visits) -> None:
    window, _ = set_for_class(visits)
    place = "JSON.stringify(document.querySelector('#set-further').getBoundingClientRect())"
    before = window.evaluate(place)
    window.fill("#set-further", "nothing like that\nnor like that")
    until(window, "document.querySelector('.says').innerText")
    assert window.evaluate(place) == before
    window.fill("#set-further", "total.parameters")
    assert window.is_disabled(".setting .primary")  # the link at hand would lack what is typed
    until(window, "!document.querySelector('.says').innerText")
    assert window.evaluate(place) == before


def test_a_network_that_is_opened_is_shown_and_not_left_behind_the_questions(page: Any) -> None:
    page.click("#tab-practice")
    until(page, present(CARD))
    after(page, lambda: choose_file(page, "net.yaml", b"name: Opened\ninput: 3\nlayers: [relu]\n"))
    assert page.is_visible("#summary h2:has-text('Opened')")
    page.click("#tab-memory")
    after(page, lambda: choose_file(page, "net.yaml", b"name: Another\ninput: 3\nlayers: [relu]\n"))
    assert page.is_visible("#panel-memory")  # which is about the network, too


@pytest.mark.parametrize("link", ["#practice=9.9.9", "#practice=x", "#sheet=zzzz", "#sheet="])
def test_a_broken_link_says_so(visits: Visits, link: str) -> None:
    window = visits.open(link)
    until(window, present("[role=alert]"))
    assert "no questions that can be read" in window.inner_text("[role=alert]")


FRAME = """<iframe src="{}" title="questions" width="380" height="560"></iframe>"""


def test_questions_fit_a_frame(visits: Visits, tmp_path: Path) -> None:
    window = visits.browser.chromium.new_page(viewport={"width": 600, "height": 700})
    text = FRAME.format(f"{visits.address}?embed{DRAWN}")
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    course = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)  # another origin
    threading.Thread(target=course.serve_forever, daemon=True).start()
    window.goto(f"http://127.0.0.1:{course.server_address[1]}/")
    frame = window.frame_locator("iframe")
    frame.locator(CARD).wait_for()
    assert not frame.locator("header").first.is_visible()
    assert not frame.locator("#editor").is_visible()
    body = next(one for one in window.frames if one.parent_frame is not None)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert body.evaluate(wide)
    window.close()
    course.shutdown()


def test_a_network_fits_a_frame_and_leads_to_the_whole_page(visits: Visits) -> None:
    window = visits.open("?embed", width=380)
    assert not window.is_visible("body > header")
    window.hover(".onward")
    until(window, "document.querySelector('.onward').href.includes('#s=')")
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")


def opened(visits: Visits, state: str, width: int, mode: str) -> Any:
    """Open a state of the page that is looked at."""
    path = {"layer": "", "drawn": DRAWN, "setting": ""}[state]
    window = visits.open(path, width, mode)
    if state == "layer":
        window.click("#tab-layer")
        until(window, present("td.here"))
    elif state == "drawn":
        until(window, present(CARD))
        answer(window, 0, "32x32x20")
        answer(window, 1, "240")
        window.click("text=Show the working >> nth=1")
        until(window, present(".shown-working"))
    else:
        window.click("#tab-practice")
        until(window, present(CARD))
        window.click("text=Set for a class")
        window.click("#set-network")
        until(window, present("tbody .hides"))
    return window


@pytest.mark.parametrize("state", ["layer", "drawn", "setting"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(visits: Visits, axe: str, state: str, mode: str, width: int) -> None:
    window = opened(visits, state, width, mode)
    window.evaluate(axe)
    found = window.evaluate("axe.run()")["violations"]
    assert [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found] == []
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_axe_finds_nothing_on_a_set_sheet(visits: Visits, axe: str) -> None:
    window, link = set_for_class(visits)
    for width in (390, 1280):
        window = visits.open(link.removeprefix(visits.address), width, "dark")
        until(window, present(".set"))
        window.fill("#answer-1", "30x30x6")
        window.click(".set .primary")
        until(window, present(".remarks .verdict"))
        window.evaluate(axe)
        found = window.evaluate("axe.run()")["violations"]
        assert [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found] == []
