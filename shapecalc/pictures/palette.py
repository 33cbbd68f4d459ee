"""How the parts of a picture look: the one place of colours, strokes and sizes of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Paint(NamedTuple):
    """How one role of a scene is painted; a dark colour of None is the light one.

    Sizes are in px. `opacity` is the fill's.
    """

    fill: str = "none"
    dark_fill: str | None = None
    stroke: str = "none"
    dark_stroke: str | None = None
    width: float = 0.0
    opacity: float = 1.0
    dash: str = ""


class Letters(NamedTuple):
    """How one role of text is set."""

    size: float
    bold: bool = False
    role: str = "ink"


INK, DARK_INK = "#1f2933", "#e8ecf1"
SOFT, DARK_SOFT = "#5f6b79", "#a3afbc"
EDGE, DARK_EDGE = "#1f2933", "#0b0e12"
LINE, DARK_LINE = "#9aa5b1", "#6b7988"
PAPER, DARK_PAPER = "#ffffff", "#14181d"
CARD, DARK_CARD = "#ffffff", "#1d232b"
FAULT, DARK_FAULT = "#b3261e", "#ff8a80"
SKIP, DARK_SKIP = "#c2487f", "#e07aa8"

# What a family of kinds is called in a legend, and its colour.
FAMILIES: Mapping[str, tuple[str, str]] = {
    "input": ("input", "#d5dbe2"),
    "conv": ("convolution", "#5b8fd6"),
    "pool": ("pooling", "#e8835c"),
    "dense": ("dense", "#4fae8c"),
    "norm": ("normalization", "#a38bd4"),
    "act": ("activation", "#f2c14e"),
    "merge": ("merge", "#e486b2"),
    "shape": ("reshaping", "#aeb6c0"),
    "drop": ("dropout", "#8f99a5"),
    "block": ("block", "#7fb3bf"),
    "other": ("other", "#c3a27a"),
}
DARK_INPUT = "#8a96a3"
FIELDS = ("#3b78cc", "#d9622f", "#2f9470", "#8a6cc9", "#b98a12", "#c2487f")

PAINTS: Mapping[str, Paint] = {
    **{
        family: Paint(colour, DARK_INPUT if family == "input" else None, EDGE, DARK_EDGE, 0.6)
        for family, (_, colour) in FAMILIES.items()
    },
    **{
        f"mark-{family}": Paint(colour, DARK_INPUT if family == "input" else None)
        for family, (_, colour) in FAMILIES.items()
    },
    "paper": Paint(PAPER, DARK_PAPER),
    "card": Paint(CARD, DARK_CARD, LINE, DARK_LINE, 1),
    "frame": Paint("none", None, LINE, DARK_LINE, 1, dash="4 3"),
    "faulty": Paint("none", None, FAULT, DARK_FAULT, 1.8),
    "merge-faulty": Paint(FAULT, DARK_FAULT, EDGE, DARK_EDGE, 0.6),
    "unknown": Paint("none", None, SOFT, DARK_SOFT, 1, dash="3 3"),
    "sign": Paint(FAULT, DARK_FAULT),
    "bang": Paint("none", None, "#ffffff", "#14181d", 1.6),
    "lit": Paint("#ffffff", opacity=0.4),
    "dim": Paint("#000000", opacity=0.13),
    "stripe": Paint("none", None, "#ffffff", None, 1.3),
    "seam": Paint("none", None, EDGE, DARK_EDGE, 0.6),
    "flow": Paint("none", None, LINE, DARK_LINE, 1.4),
    "flow-head": Paint(LINE, DARK_LINE),
    "skip": Paint("none", None, SKIP, DARK_SKIP, 1.5),
    "skip-head": Paint(SKIP, DARK_SKIP),
    "ring-skip": Paint(PAPER, DARK_PAPER, SKIP, DARK_SKIP, 1.2),
    "ring-flow": Paint(PAPER, DARK_PAPER, SOFT, DARK_SOFT, 1.2),
    "ray": Paint("none", None, "#5f6b79", "#c9d4df", 0.6, dash="2 2"),
    "patch": Paint("#ffffff", None, EDGE, DARK_EDGE, 0.6, 0.55),
    "operator": Paint("none", None, "#14181d", None, 1.8),
    "operator-faulty": Paint("none", None, "#ffffff", "#14181d", 1.8),
    "bracket": Paint("none", None, SOFT, DARK_SOFT, 1),
    "axis": Paint("none", None, LINE, DARK_LINE, 0.6),
    "macs": Paint("#3b5266", "#c9d4df"),
    "parameters": Paint("#a8b4c0", "#5f7183"),
    "pixel": Paint("#eef1f5", "#232b34", LINE, DARK_LINE, 0.4),
    "padding": Paint("none", None, LINE, DARK_LINE, 0.8),
    "border": Paint("none", None, INK, DARK_INK, 1.6),
    "outside": Paint("none", None, FAULT, DARK_FAULT, 1.2, dash="3 2"),
    "cut": Paint(FAULT, DARK_FAULT, opacity=0.16),
    "first": Paint("none", None, INK, DARK_INK, 1.2),
    "beyond": Paint("none", None, FAULT, DARK_FAULT, 1.8),
    "field-other": Paint(SOFT, DARK_SOFT, SOFT, DARK_SOFT, 0.8, 0.3),
    "grid": Paint("none", None, LINE, DARK_LINE, 0.4),
    "tick": Paint("none", None, INK, DARK_INK, 1),
    **{
        f"field-{number}": Paint(colour, None, colour, None, 1.6, 0.14)
        for number, colour in enumerate(FIELDS)
    },
    **{
        f"leader-{number}": Paint("none", None, colour, None, 0.8)
        for number, colour in enumerate(FIELDS)
    },
    "leader-input": Paint("none", None, INK, DARK_INK, 0.8),
    **{f"swatch-{number}": Paint(colour) for number, colour in enumerate(FIELDS)},
    # Text.
    "ink": Paint(INK, DARK_INK),
    "soft": Paint(SOFT, DARK_SOFT),
    "alarm": Paint(FAULT, DARK_FAULT),
    "on-merge": Paint("#14181d"),
    "on-merge-faulty": Paint("#ffffff", "#14181d"),
}  # fmt: skip

LETTERS: Mapping[str, Letters] = {
    "title": Letters(15, bold=True),
    "name": Letters(11, bold=True),
    "volume": Letters(10.5),
    "note": Letters(10, role="soft"),
    "small": Letters(9, role="soft"),
    "small-name": Letters(10, bold=True),
    "number": Letters(10, bold=True),
    "fault": Letters(10, role="alarm"),
    "ring": Letters(8.5, bold=True),
    "fault-name": Letters(11, bold=True, role="alarm"),
    "caption": Letters(10, bold=True, role="soft"),
    "badge": Letters(9, bold=True, role="alarm"),
    "operator-word": Letters(7.5, bold=True, role="on-merge"),
    "operator-word-faulty": Letters(7.5, bold=True, role="on-merge-faulty"),
}
