"""Pages as text: what Markdown's signs become, and lines that fit a terminal."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from shapecalc import checks, pages, rules
from shapecalc.layers import KINDS
from shapecalc.pages.rendering import definitions, fitted, heading, shown

FOLDER = Path(pages.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*/*.md"))
CODES = sorted(checks.MODULES.keys() | {rule.code for rule in rules.beginning()})

PAGE = """# name: what it is

<!-- also: other -->

Some **bold** words and `code`, 2\\*3\\*4.

## A part

- one
- two

    indented = code

```console
$ command

printed
```

| a | what |
| --- | --- |
| `x` | one |
| longer | a \\| b |
"""

TEXT = """name: what it is

Some bold words and `code`, 2*3*4.

A part
------

- one
- two

    indented = code

    $ command

    printed

a       what
------  -----
`x`     one
longer  a | b"""


def test_a_page_as_text() -> None:
    assert shown(PAGE) == TEXT
    assert heading(PAGE) == "what it is"


def test_text_that_fits_is_left_as_it_is_written() -> None:
    text = "one line\nand another\n\n    - conv: {K: 10, F: 5}  # code is left alone at any width"
    assert fitted(text, 12) == fitted(text) == text


def test_what_is_indented_in_columns_is_wrapped_in_the_last_one() -> None:
    text = "    a sum of two      `add: [conv1, conv3]`, or one of more\n    one      two"
    assert fitted(text, 48).splitlines() == [
        "    a sum of two      `add: [conv1, conv3]`, or",
        "                      one of more",
        "    one      two",
    ]
    words = "    an accent saved as Latin-1: save the file as UTF-8\n    an empty file"
    assert fitted(words, 40).splitlines() == [
        "    an accent saved as Latin-1: save the",
        "      file as UTF-8",
        "    an empty file",
    ]
    for code in ("net = torch.export.export(model)", "$ shapecalc check some/long/path.yaml"):
        assert fitted(f"    {code}", 20) == f"    {code}"
    numbers = "    total                62,367,776  10,568  62,378,344"
    assert fitted(numbers, 40) == numbers  # there is no room behind the columns before


def test_a_table_too_wide_for_its_columns_is_a_list() -> None:
    table = "| PyTorch | Keras | here |\n| --- | --- | --- |\n| `nn.AdaptiveAvgPool2d(1)` | "
    table += "`GlobalAveragePooling2D()` | `global_avg_pool` |\n| `nn.ReLU()` | | `relu` |\n"
    assert shown(table, 40).splitlines() == [
        "PyTorch",
        "-------",
        "`nn.AdaptiveAvgPool2d(1)`",
        "  Keras: `GlobalAveragePooling2D()`",
        "  here: `global_avg_pool`",
        "`nn.ReLU()`",
        "  here: `relu`",
    ]


def test_a_paragraph_with_a_line_too_long_is_wrapped() -> None:
    assert fitted("a b c d e f\ng h", 7) == "a b c d\ne f g h"
    assert fitted("- a b c d e\n- f g", 7) == "- a b c\n  d e\n- f g"
    assert fitted("dilation*(F-1) twice-as-long", 10) == "dilation*(F-1)\ntwice-as-long"


def test_a_formula_stays_on_one_line() -> None:
    assert fitted("some words and `(a + b)/c`, then more", 20) == (
        "some words and\n`(a + b)/c`, then\nmore"
    )
    assert fitted("- some words `(a + b) - c`", 16) == "- some words `(a\n  + b) - c`"  # too long


def test_a_word_of_a_table_is_not_broken() -> None:
    table = (
        "| k | v |\n| --- | --- |\n| `GlobalAveragePooling2D()` | some words to wrap |\n| a | b |\n"
    )
    rows = shown(table, 46).splitlines()[2:]
    assert rows[0].startswith("`GlobalAveragePooling2D()`  some words")
    assert rows[-1] == "a" + " " * 27 + "b"
    assert "`GlobalAveragePooling2D()`" in shown(table, 20).splitlines()


def test_the_cells_of_a_table_wrap() -> None:
    table = "| k | v |\n| --- | --- |\n| a | some words that are wrapped |\n"
    assert shown(table, 20).splitlines() == [
        "k  v",
        "-  -----------------",
        "a  some words that",
        "   are wrapped",
    ]


def test_definitions_stand_in_two_columns() -> None:
    assert definitions({"a": "one", "bcd": "two"}) == "a    one\nbcd  two"
    assert definitions({"a": "one"}, indent=2) == "  a  one"


def too_wide(text: str, width: int) -> list[str]:
    """Return the lines that do not fit, but for what commands print, which is as it is."""
    code = re.compile(r"(?m)^    \$ .*\n(?:(?:    .*)?\n)*")
    return [line for line in code.sub("", f"{text}\n").splitlines() if len(line) > width]


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", [*NAMES, *KINDS, *CODES])
def test_a_page_fits_a_terminal(name: str, width: int) -> None:
    assert too_wide(pages.page(name, width), width) == []


def test_a_line_too_wide_is_noticed() -> None:
    assert too_wide("word " * 20, 80)
    assert too_wide("    " + "x" * 80, 80)
    assert not too_wide("    $ command\n    " + "x" * 80 + "\n\n    more\n\nend", 80)


@pytest.mark.parametrize("name", [*NAMES, *KINDS])
def test_a_narrow_terminal_loses_nothing(name: str) -> None:
    """A table that becomes a list says the titles of its columns more than once."""
    drawn = re.compile(r"-{2,}|:(?=\s)")
    narrow, wide = (drawn.sub("", pages.page(name, width)) for width in (30, 1000))
    assert Counter(wide.split()) <= Counter(narrow.split())
