"""Elements of HTML. What is not Markup already is text, and is escaped wherever it is put."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from shapecalc.diagnostics import quote

LONGEST = 400  # characters of a text from a file
VOID = ("br", "img", "meta", "wbr")


class Markup(str):
    """HTML: it is put in as it is."""

    __slots__ = ()


NOTHING = Markup("")


def element(tag: str, *children: str, **attributes: str | int | None) -> Markup:
    """Return an element with its children. An attribute that is None is left out; one that is True
    has no value.

    `class_` is class, `aria_label` aria-label.
    """
    words = "".join(
        f" {name.rstrip('_').replace('_', '-')}"
        + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{words}>")
    return Markup(f"<{tag}{words}>{join(children)}</{tag}>")


def join(parts: Iterable[str], between: str = "") -> Markup:
    """Return parts one behind the other."""
    return Markup(escaped(between).join(map(escaped, parts)))


def escaped(text: str) -> Markup:
    """Return text as HTML has it; Markup as it is."""
    return text if isinstance(text, Markup) else Markup(escape(text))


def told(text: str) -> str:
    """Return text of a file without control characters, and of bounded length."""
    return quote(text, LONGEST)


def ascii_only(page: str) -> str:
    """Return a page without a character that depends on the encoding in which it is written."""
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")
