"""TikZ: a scene as a tikzpicture, which needs \\usepackage{tikz} and nothing else.

TeX holds no length above 16,383 pt: a picture that is longer is made smaller as a whole.
"""

from __future__ import annotations

from shapecalc.pictures.palette import LETTERS, PAINTS
from shapecalc.pictures.scene import (
    Circle,
    Group,
    Line,
    Part,
    Point,
    Polygon,
    Rect,
    Scene,
    Strokes,
    Text,
    drawn,
)
from shapecalc.pictures.schemes import Scheme
from shapecalc.tracing import Trace

PX = 0.75  # pt
LONGEST = 14_000.0  # pt
# No larger than a page has room, and else at its own size.
FITTED = "\\adjustbox{max width=\\linewidth, max totalheight=.9\\textheight}"
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
SPECIAL = {
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    "$": "\\$",
    "&": "\\&",
    "#": "\\#",
    "_": "\\_",
    "%": "\\%",
    "^": "\\textasciicircum{}",
    "~": "\\textasciitilde{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    '"': "\\textquotedbl{}",
    "'": "{'}",
    "`": "{`}",
    "-": "{-}",
    "×": "$\\times$",
    "·": "$\\cdot$",
    "–": "--",
    "…": "\\ldots{}",
    "→": "$\\to$",
    "−": "$-$",
    "•": "\\textbullet{}",
}
LETTERS_OF_TEX = range(0xC0, 0x17F)  # accented ones, which every LaTeX has


def escaped(text: str) -> str:
    """Return text as LaTeX prints it: no letter of it is a command; those it has not are `?`."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter in SPECIAL:
        return SPECIAL[letter]
    known = " " <= letter <= "~" or ord(letter) in LETTERS_OF_TEX
    return letter if known else "?"


def file(scene: Scene, trace: Trace, scheme: Scheme) -> str:
    """Return the text of a TeX file with a tikzpicture; `auto` is light."""
    return _Writer(scheme == "dark").document(scene) + "\n"


class _Writer:
    def __init__(self, dark: bool) -> None:
        self.dark = dark
        self.colours: dict[str, str] = {}

    def document(self, scene: Scene) -> str:
        longest = max(scene.width, scene.height)
        self.unit = min(PX * scene.zoom, LONGEST / longest)
        paper = Rect(0, 0, scene.width, scene.height, "paper")
        body = [line for part in (paper, *scene.parts) for line in self.part(part)]
        title = "".join(c if " " <= c <= "~" else "?" for c in scene.title)
        defined = [f"\\definecolor{{{n}}}{{HTML}}{{{c}}}" for c, n in self.colours.items()]
        unit = f"{self.unit:.5g}pt"
        return "\n".join([
            f"% {title}",
            "% In the preamble: \\usepackage{tikz}. With \\usepackage{adjustbox} it fits a page in",
            f"% {FITTED}{{\\input{{...}}}}",
            *defined,
            f"\\begin{{tikzpicture}}[x={unit}, y=-{unit}, line join=round]",
            *body,
            "\\end{tikzpicture}",
        ])  # fmt: skip

    def colour(self, value: str) -> str:
        """Return the name of a colour, which is defined before the picture."""
        key = value.lstrip("#").upper()
        return self.colours.setdefault(key, f"shapecalc{_letters(len(self.colours))}")

    def look(self, role: str) -> str:
        """Return the options that paint a role."""
        paint = PAINTS[role]
        fill = (self.dark and paint.dark_fill) or paint.fill
        stroke = (self.dark and paint.dark_stroke) or paint.stroke
        options = []
        if fill != "none":
            options.append(f"fill={self.colour(fill)}")
            if paint.opacity != 1:
                options.append(f"fill opacity={paint.opacity:g}")
        if stroke != "none" and paint.width:
            options.append(f"draw={self.colour(stroke)}")
            options.append(f"line width={paint.width * self.unit:.3g}pt")
        if paint.dash:
            lengths = [f"{float(n) * self.unit:.3g}pt" for n in paint.dash.split()]
            options.append(f"dash pattern=on {lengths[0]} off {lengths[1]}")
        return ", ".join(options)

    def part(self, part: Part) -> list[str]:
        if isinstance(part, Group):
            return [line for inner in part.parts for line in self.part(inner)]
        if isinstance(part, Text):
            return [self.text(part)]
        look = self.look(part.role)
        if isinstance(part, Polygon):
            return [f"\\path[{look}] {' -- '.join(map(_pair, part.points))} -- cycle;"]
        if isinstance(part, Rect):
            corner = f", rounded corners={part.radius * self.unit:.3g}pt" if part.radius else ""
            ends = _pair((part.x, part.y)), _pair((part.x + part.width, part.y + part.height))
            return [f"\\path[{look}{corner}] {ends[0]} rectangle {ends[1]};"]
        if isinstance(part, Circle):
            radius = f"{part.radius * self.unit:.4g}pt"
            return [f"\\path[{look}] {_pair((part.x, part.y))} circle[radius={radius}];"]
        if isinstance(part, Strokes):
            moves = " ".join(f"{_pair(start)} -- {_pair(end)}" for start, end in part.strokes)
            return [f"\\path[{look}] {moves};"]
        return self.line(part, look)

    def line(self, line: Line, look: str) -> list[str]:
        arrow = drawn(line)
        moves = [_pair(arrow.start)]
        at = arrow.start
        for corner, *behind in arrow.steps:
            if behind:  # a bend of the second degree, as one of the third
                a, b = _towards(at, corner), _towards(behind[0], corner)
                moves.append(f".. controls {_pair(a)} and {_pair(b)} .. {_pair(behind[0])}")
            else:
                moves.append(f"-- {_pair(corner)}")
            at = behind[0] if behind else corner
        found = [f"\\path[{look}] {' '.join(moves)};"]
        if arrow.head:
            head = self.look(f"{line.role}-head")
            found.append(f"\\path[{head}] {' -- '.join(map(_pair, arrow.head))} -- cycle;")
        return found

    def text(self, text: Text) -> str:
        letters = LETTERS[text.letters]
        paint = PAINTS[letters.role]
        colour = self.colour((self.dark and paint.dark_fill) or paint.fill)
        scale = letters.size * self.unit / 10
        font = "\\sffamily\\bfseries" if letters.bold else "\\sffamily"
        options = (
            f"anchor={ANCHORS[text.anchor]}, inner sep=0pt, outer sep=0pt, scale={scale:.4g},"
            f" text={colour}, font=\\fontsize{{10}}{{12}}{font}\\selectfont"
        )
        return f"\\node[{options}] at {_pair((text.x, text.y))} {{{escaped(text.text)}}};"


def _towards(start: Point, end: Point) -> Point:
    return start[0] + (end[0] - start[0]) * 2 / 3, start[1] + (end[1] - start[1]) * 2 / 3


def _pair(point: Point) -> str:
    return f"({point[0]:.1f},{point[1]:.1f})"


def _letters(number: int) -> str:
    """Return a number as letters: TeX's names have no digits."""
    first, last = divmod(number, 26)
    return chr(ord("A") + first) + chr(ord("a") + last)
