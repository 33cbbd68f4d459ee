"""What tests of pages share: a strict reader of HTML, and what a page must keep to."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"meta", "br", "img", "wbr"}
RAW = {"style", "script"}
ELSEWHERE = re.compile(r"https?:|//|@import|url\(", re.IGNORECASE)  # in style sheets and scripts
LOADING = {"src", "srcset", "action", "data", "xlink:href", "poster"}  # attributes
INLINE = "data:image/svg+xml;base64,"  # the picture of a notebook; an image runs no script


class Element(NamedTuple):
    """A start tag: its name and its attributes."""

    tag: str
    attributes: tuple[tuple[str, str | None], ...]


class Reader(HTMLParser):
    """Reads a page, and insists that every element is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.texts: list[str] = []
        self.raw: list[str] = []  # style sheets and scripts
        self.open: list[str] = []
        self.goes_on = False  # a word that may break is one text
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, tuple(attrs)))
        self.goes_on = tag == "wbr"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        self.goes_on = False
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        texts = self.raw if self.open and self.open[-1] in RAW else self.texts
        if self.goes_on:
            texts[-1] += data
        else:
            texts.append(data)

    @property
    def text(self) -> str:
        """All text that is shown."""
        return " ".join(self.texts)

    @property
    def structure(self) -> list[tuple[str, tuple[str, ...]]]:
        """The elements with the names of their attributes, without what they say."""
        return [(tag, tuple(name for name, _ in attributes)) for tag, attributes in self.elements]

    def values(self, name: str) -> list[str]:
        """Return the values of an attribute, wherever it stands."""
        return [v or "" for _, attributes in self.elements for key, v in attributes if key == name]


def read(page: str) -> Reader:
    """Read a page, and check what holds for all of them."""
    reader = Reader(page)
    assert page.isascii()
    assert page.startswith("<!DOCTYPE html>")
    ids = reader.values("id")
    assert len(ids) == len(set(ids))
    for href in reader.values("href"):
        assert href[:1] == "#", href
        assert href[1:] in ids, href
    assert not ELSEWHERE.search("".join(reader.raw))
    names = {name for _, attributes in reader.elements for name, _ in attributes}
    assert not (names - {"src"}) & LOADING
    assert all(source.startswith(INLINE) for source in reader.values("src"))
    assert not [name for name in names if name.startswith("on")]
    return reader
