"""What `shapecalc explain` knows: guides to the program, topics of the field, rules and kinds.

A guide or a topic is one Markdown file in guides/ or topics/, and its file name is its name. The
first line is the heading, `# name: what it is about`; a comment below, `<!-- also: a, b -->`, lists
other words that lead there. The pages of rules and layer kinds are their docstrings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import cleandoc
from pathlib import Path

from shapecalc import rules
from shapecalc.checks.pages import codes
from shapecalc.checks.pages import page as rule_page
from shapecalc.diagnostics import quote
from shapecalc.frameworks.elsewhere import NOT_YET
from shapecalc.frameworks.lookups import kinds_meant, spelled, words_of
from shapecalc.layers import ALIASES, KINDS, kinds
from shapecalc.pages.rendering import definitions, fitted, heading, shown
from shapecalc.rules import Rule

HERE = Path(__file__).parent
MOST_NEAR = 3  # names that are offered for a word without a page
MOST_PLACES = 5  # pages that are named because a word stands on them
ALSO = re.compile(r"<!-- also: (.+) -->")


def page(topic: str, width: int | None = None) -> str:
    """Return the page about a guide, a topic, a rule or a layer kind, no wider than `width`.

    Case, hyphens and blanks do not matter, other words for a thing lead to it, and the beginning
    of a code lists the rules. Raises LookupError, which names near words, where there is none.
    """
    word = _normal(topic)
    name = _words().get(word) or _kind(topic.strip())
    if name in _files():
        return shown(_text(name), width)
    if name is not None and name in KINDS:
        return fitted(cleandoc(KINDS[name].__doc__ or ""), width)
    text = rule_page(word.upper())
    if text is not None:
        return fitted(text, width)
    listed = rules.beginning(word.upper())
    if listed and len(word) > 1:
        return definitions({rule.code: _title(rule) for rule in listed}, width)
    found = kinds.find(word)  # of an installed package
    if found is not None:
        return fitted(cleandoc(found.__doc__ or ""), width)
    raise LookupError(_no_page(topic, word))


def contents(width: int | None = None) -> str:
    """Return the list of everything that has a page, with a line each."""
    parts = {
        "Guides": _headings("guides"),
        "Topics": _headings("topics"),
        "Layer kinds": {k: heading(cls.__doc__ or "").rstrip(".") for k, cls in KINDS.items()},
        "Rules": {rule.code: _title(rule) for rule in rules.beginning()},
    }
    listed = [f"{title}\n{definitions(part, width, indent=2)}" for title, part in parts.items()]
    return "\n\n".join([*listed, "`shapecalc explain WORD` prints the page of one of them."])


# -- where things are ------------------------------------------------------------------------------


@cache
def _files() -> Mapping[str, Path]:
    return {path.stem: path for path in sorted(HERE.glob("*/*.md"))}


@cache
def _text(name: str) -> str:
    return _files()[name].read_text(encoding="utf-8")


def _headings(folder: str) -> dict[str, str]:
    paths = _files().items()
    return {name: heading(_text(name)) for name, path in paths if path.parent.name == folder}


@cache
def _words() -> Mapping[str, str]:
    """Return every word that leads to a page of ours or a kind's, with the page's name."""
    found = {_normal(word): name for name in _files() for word in (name, *_also(name))}
    return found | {kind: kind for kind in KINDS} | ALIASES


def _kind(word: str) -> str | None:
    """Return the kind that a word means, as nn.Conv2d does; none where it means several."""
    kinds = {found.kind for found in words_of(word)}
    return kinds.pop() if len(kinds) == 1 else _kinds().get(spelled("".join(word.split())))


@cache
def _kinds() -> Mapping[str, str]:
    """Return the words of other tools for layer kinds, and ours without underscores."""
    return {**kinds_meant(), **{spelled(kind): kind for kind in KINDS}}


def _title(rule: Rule) -> str:
    return f"{rule.title} ({rule.severity})"


def _also(name: str) -> list[str]:
    listed = ALSO.search(_text(name))
    return listed[1].split(", ") if listed else []


def _normal(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", word.strip()).lower()


# -- words without a page --------------------------------------------------------------------------


def _no_page(topic: str, word: str) -> str:
    message = f"there is no page about {quote(topic)!r}"
    if spelled(topic) in NOT_YET:
        return f"{message}: there is no such layer kind yet"
    near = list(dict.fromkeys(_near(word)))[:MOST_NEAR]
    if near:
        *others, last = near
        listed = f"{', '.join(others)} or {last}" if others else last
        return f"{message}. Did you mean {listed}?"
    places = list(_places(topic))
    if places:
        return f"{message}. The word stands on: {', '.join(places[:MOST_PLACES])}."
    return f"{message}; `shapecalc explain` lists all"


def _near(word: str) -> Iterator[str]:
    """Yield the names of pages that sound like a word, the nearest first."""
    from difflib import get_close_matches  # only needed once something is wrong

    known = {**_kinds(), **_words(), **{code.lower(): code for code in codes()}}
    for close in get_close_matches(word[:80], known, n=MOST_NEAR, cutoff=0.7):
        yield known[close]
    if len(word) > 2:
        yield from (name for name in (*_files(), *KINDS) if word in name)


def _places(topic: str) -> Iterator[str]:
    """Yield the names of the pages on which a word stands."""
    whole = re.compile(rf"(?<![\w.]){re.escape(topic.strip())}(?!\w)", re.IGNORECASE)
    if not re.search(r"\w{2}", topic):
        return
    for name in _files():
        if whole.search(_text(name)):
            yield name
    for name, cls in KINDS.items():
        if whole.search(cls.__doc__ or ""):
            yield name
    for code in codes():
        if whole.search(rule_page(code) or ""):
            yield code
