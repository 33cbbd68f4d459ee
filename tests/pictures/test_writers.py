"""SVG, TikZ and the page: well-formed, readable by everyone, closed to what names may hold."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.pictures import STYLES, WRITERS, draw, scene_of, svg
from shapecalc.pictures.palette import LETTERS, PAINTS
from shapecalc.pictures.writers.tikz import FITTED, escaped

SPECS = Path(__file__).resolve().parents[2] / "specs"
ALEXNET = SPECS / "networks" / "alexnet.yaml"
PLANTED = (
    "<script>alert(1)</script>",
    "]]><script>",
    "--><b>",
    "\\input{/etc/passwd}",
    "&#x3c;script&#62;",
    '" onload="alert(1)',
    "' style='",
    "${x}%{y}#1_^~",
    "\x00\x1b[31m\ud800\ufffe",
    "$$\\write18{ls}$$",
)
SVG = "{http://www.w3.org/2000/svg}"


def hostile(planted: str) -> Trace:
    """Return a network of Keras, whose names may be anything, with this one everywhere."""
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 3], "name": "in"}},
        {
            "class_name": "Conv2D",
            "config": {
                "name": planted,
                "filters": 4,
                "kernel_size": [9, 9],
                "strides": [1, 1],
                "padding": "valid",
            },
        },
        {"class_name": planted, "config": {"name": f"{planted} 2"}},
    ]
    return shapecalc.trace(
        {"class_name": "Sequential", "config": {"name": planted, "layers": layers}}
    )


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("planted", PLANTED)
def test_names_cannot_leave_svg(planted: str, style: str) -> None:
    text = draw(hostile(planted), style)
    root = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "style", "g", "text", "rect", "circle", "polygon", "path",
    }  # fmt: skip
    names = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    text.encode("utf-8")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("planted", PLANTED)
def test_names_cannot_leave_a_page(planted: str) -> None:
    tags = Tags()
    tags.feed(draw(hostile(planted), to="html"))
    assert "table" in tags.found
    assert not tags.found & {"script", "b", "iframe", "img"}


def commands(text: str) -> Iterator[str]:
    yield from re.findall(r"\\[a-zA-Z]+", text)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("planted", PLANTED)
def test_names_cannot_leave_tex(planted: str, style: str) -> None:
    sound, text = (draw(hostile(name), style, to="tex") for name in ("name", planted))
    letters = {"\\textbackslash", "\\textless", "\\textgreater", "\\textasciicircum",
               "\\textasciitilde", "\\textquotedbl", "\\ldots"}  # fmt: skip
    assert {*commands(text)} <= {*commands(sound)} | letters
    body = [line for line in text.splitlines() if not line.startswith("%")]
    braces = re.sub(r"\\[{}]", "", "\n".join(body))
    assert braces.count("{") == braces.count("}")
    assert not [line for line in body if re.search(r"(?<!\\)%", line)]


def test_every_letter_of_tex_is_escaped() -> None:
    assert escaped("a_b{c}$\\x%") == "a\\_b\\{c\\}\\$\\textbackslash{}x\\%"
    assert escaped("é×本\n\x00") == "é$\\times$???"
    special = set("\\{}$&#_%^~")
    for letter in map(chr, range(32, 127)):
        assert (escaped(letter) == letter) <= (letter not in special)


# -- SVG ---------------------------------------------------------------------------------------


def test_alexnet_is_small_and_says_what_it_is() -> None:
    text = draw(shapecalc.trace(ALEXNET))
    assert len(text.encode("utf-8")) <= 40_000
    root = ElementTree.fromstring(text)
    assert root.attrib["role"] == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert title.text == "AlexNet"
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]
    assert "conv1 55×55×96" in (desc.text or "")


@pytest.mark.parametrize("style", STYLES)
def test_every_element_has_its_colours_as_attributes(style: str) -> None:
    """librsvg, Inkscape and LaTeX read no style sheet with variables."""
    root = ElementTree.fromstring(svg(shapecalc.trace(ALEXNET), style))
    for element in root.iter():
        if element.tag.removeprefix(SVG) in ("text", "rect", "circle", "polygon", "path"):
            assert element.attrib["fill"]
    sheet = root.find(f"{SVG}style")
    assert sheet is not None
    media, _, inside = (sheet.text or "")[:-1].partition("{")
    assert media.startswith("@media ")
    assert "prefers-color-scheme:dark" in media
    assert all(re.fullmatch(r"\.sc-[\w-]+", rule.split("{")[0]) for rule in inside.split("}")[:-1])
    assert "var(" not in (sheet.text or "")


def test_ids_begin_with_the_prefix() -> None:
    text = svg(shapecalc.trace(ALEXNET), prefix="n7-")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert ids
    assert all(name.startswith("n7-") for name in ids)


def test_a_scheme_that_is_asked_for_has_no_style_sheet() -> None:
    light, dark = (svg(shapecalc.trace(ALEXNET), scheme=s) for s in ("light", "dark"))
    assert "<style" not in light + dark
    assert PAINTS["paper"].fill in light
    assert PAINTS["paper"].dark_fill in dark


# -- contrast ----------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Return the relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("letters", LETTERS)
def test_texts_can_be_read(letters: str, dark: bool) -> None:
    role = LETTERS[letters].role
    on_merge = role.startswith("on-merge")
    grounds = (role.removeprefix("on-"),) if on_merge else ("paper", "card")

    def colour(of: str) -> str:
        paint = PAINTS[of]
        return (dark and paint.dark_fill) or paint.fill

    assert all(contrast(colour(role), colour(ground)) >= 4.5 for ground in grounds)


# -- other programs ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="librsvg is not installed")
@pytest.mark.parametrize("style", STYLES)
def test_librsvg_draws_the_same_picture(tmp_path: Path, style: str) -> None:
    trace = shapecalc.trace(ALEXNET)
    scene = scene_of(trace, style)
    source, target = tmp_path / "a.svg", tmp_path / "a.png"
    source.write_text(draw(trace, style), encoding="utf-8")
    subprocess.run(["rsvg-convert", "-o", target, source], check=True)
    header = target.read_bytes()[16:24]
    size = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")
    assert size == pytest.approx((scene.width, scene.height), abs=1.5)


def has_latex() -> bool:
    if shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None:
        return False
    return subprocess.run(["kpsewhich", "adjustbox.sty"], capture_output=True).returncode == 0


DOCUMENT = r"""\documentclass{article}
\usepackage{tikz}
\usepackage{adjustbox}
\begin{document}
%s
\end{document}
"""


@pytest.mark.slow
@pytest.mark.skipif(not has_latex(), reason="LaTeX or adjustbox is not installed")
def test_latex_draws_every_style_and_what_names_hold(tmp_path: Path) -> None:
    """Each takes a page as the manual says, no more than there is room, be it wide or high."""
    assert FITTED in shapecalc.explain("draw")
    traces = [shapecalc.trace(ALEXNET), shapecalc.trace(SPECS / "networks" / "u-net.yaml")]
    texts = [draw(trace, style, to="tex") for trace in traces for style in STYLES]
    texts += [draw(hostile(planted), to="tex") for planted in PLANTED]
    pages = "\n\\newpage\n".join(f"\\noindent{FITTED}{{{text}}}" for text in texts)
    (tmp_path / "a.tex").write_text(DOCUMENT % pages, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert f"({len(texts)} pages" in done.stdout
    log = (tmp_path / "a.log").read_text(encoding="utf-8", errors="replace")
    assert "Overfull" not in log


# -- what the formats have in common -----------------------------------------------------------


@pytest.mark.parametrize("to", WRITERS)
def test_a_format_ends_in_a_line_break(to: str) -> None:
    assert shapecalc.draw(ALEXNET, to=to).endswith(">\n" if to != "tex" else "}\n")


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(LookupError, match="volumes, graph, field"):
        shapecalc.draw(ALEXNET, style="cubist")
    with pytest.raises(LookupError, match="svg, tex, html"):
        shapecalc.draw(ALEXNET, to="bmp")


def test_a_plug_in_adds_a_style(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(STYLES, "things", dict(STYLES.things))
    plain: Callable[..., object] = scene_of(shapecalc.trace(ALEXNET))._replace

    @STYLES.register("empty")
    def empty(trace: Trace, options: object) -> object:
        return plain(parts=())

    assert "<text" not in shapecalc.draw(ALEXNET, style="empty")
