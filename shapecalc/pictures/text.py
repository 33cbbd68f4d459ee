"""Text of a picture: how wide it is, how it is cut, how numbers and volumes are written in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from shapecalc.diagnostics import quote
from shapecalc.volumes import PartialVolume, plain

# Widths in thousandths of the size, of the characters from the blank to the tilde.
# Source: Adobe Font Metrics of Helvetica and Helvetica-Bold; Arial and Liberation Sans have them.
REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    *(556,) * 10, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    *(556,) * 10, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
SIGNS = {"×": 584, "·": 278, "–": 556, "…": 1000, "→": 1000, "−": 584, "‖": 500, "⌀": 800}
WIDE, OTHER = 1000, 700  # a Chinese sign; a letter that Helvetica has or borrows

MOST_LETTERS = 26  # of a name in a picture; the whole name stands in its title


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is in Helvetica, in the unit of its size."""
    widths = BOLD if bold else REGULAR
    total = 0
    for letter in text:
        place = ord(letter) - 32
        if 0 <= place < len(widths):
            total += widths[place]
        elif letter in SIGNS:
            total += SIGNS[letter]
        else:
            total += WIDE if unicodedata.east_asian_width(letter) in "WF" else OTHER
    return total * size / 1000


def cut(name: str, most: int = MOST_LETTERS) -> str:
    """Return a name without control characters, its middle left out where it is long."""
    shown = quote(name, 400)
    if len(shown) <= most:
        return shown
    front = (most - 1) // 2
    return f"{shown[:front]}…{shown[front + 1 - most :]}"


def fitting(text: str, size: float, room: float, bold: bool = False) -> str:
    """Return a text cut at its end so that it is no wider than the room there is."""
    if width_of(text, size, bold) <= room:
        return text
    while text and width_of(f"{text}…", size, bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, size: float, room: float) -> list[str]:
    """Return a text as lines no wider than the room, broken at blanks."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(fitting(word, size, room))
    return lines


def volume_text(volume: PartialVolume | None) -> str:
    """Return a volume as `27×27×256`, a flat one with separators: `4,096`; unknown sizes as `?`,
    those that depend on the input's as they are written.
    """
    if volume is None:
        return "?"
    if len(volume) == 1 and plain(volume[0]) is not None:
        return f"{volume[0]:,}"
    sizes = ["?" if size is None else str(size) for size in volume]
    return (" × " if any(" " in size for size in sizes) else "×").join(sizes)


def short(count: int | None) -> str:
    """Return a count in three digits: `62.4 M`; a formula as it is written."""
    if count is None:
        return "?"
    if plain(count) is None:
        return str(count)
    for letter, unit in (("P", 10**15), ("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= unit:
            return f"{float(f'{count / unit:.3g}'):g} {letter}"
    return str(count)


def one_or_range(counts: Sequence[int | None]) -> str:
    """Return what layers of a run have each: one number, or from the least to the most."""
    known = [count for count in map(plain, counts) if count is not None]
    if len(known) < len(counts):
        return "?" if None in counts else fitting(str(counts[0]), 9, 90)
    least, most = short(min(known)), short(max(known))
    return least if least == most else f"{least} – {most}"


def share(part: int, whole: int) -> str:
    """Return a part in per cent: `39%`, `<1%`."""
    hundredths = 100 * part / whole if whole else 0.0
    return f"{hundredths:.0f}%" if hundredths >= 0.95 or not part else "<1%"
