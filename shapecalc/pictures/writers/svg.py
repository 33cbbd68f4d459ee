"""SVG: a scene as an element that stands by itself or inside a page.

Every element has its colours as attributes, so that librsvg, Inkscape and LaTeX read them; a style
sheet only turns them dark where the reader prefers that. It has selectors of classes alone, whose
names begin as no page's own do.
"""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.pictures.palette import LETTERS, PAINTS, Paint
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

FONTS = "Helvetica, Arial, 'Liberation Sans', sans-serif"
NAMESPACE = "http://www.w3.org/2000/svg"
# By hand: the modules html and xml.sax take longer to import than a picture to draw.
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escape(text: str) -> str:
    """Return text as it stands between tags, or in the quotes of an attribute."""
    return text.translate(ESCAPES)


def escaped(text: str) -> str:
    """Return text as SVG has it: without control characters, which XML does not allow."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
    return escape(text)


def write(scene: Scene, scheme: Scheme = "auto", prefix: str = "", titles: bool = True) -> str:
    """Return a scene as an svg element; its ids begin with a prefix, so that a page may have many.

    `auto` is light, and dark where the reader's system is.
    """
    return _Writer(scheme, prefix, titles).document(scene)


def file(scene: Scene, trace: Trace, scheme: Scheme) -> str:
    """Return the text of an SVG file."""
    return write(scene, scheme) + "\n"


class _Writer:
    def __init__(self, scheme: Scheme, prefix: str, titles: bool) -> None:
        self.scheme, self.prefix, self.titles = scheme, prefix, titles
        self.used: dict[str, Paint] = {}

    def document(self, scene: Scene) -> str:
        width, height = number(scene.width), number(scene.height)
        paper = self.part(Rect(0, 0, scene.width, scene.height, "paper"))
        body = "\n".join(self.part(part) for part in scene.parts)
        title, description = f"{self.prefix}title", f"{self.prefix}desc"
        opening = _tag(
            "svg",
            xmlns=NAMESPACE,
            viewBox=f"0 0 {width} {height}",
            width=number(scene.width * scene.zoom),
            height=number(scene.height * scene.zoom),
            role="img",
            aria_labelledby=f"{title} {description}",
            font_family=FONTS,
            stroke_linejoin="round",
        )
        return "\n".join([
            opening,
            f'<title id="{title}">{escaped(scene.title)}</title>',
            f'<desc id="{description}">{escaped(scene.description)}</desc>',
            *([self.style()] if self.scheme == "auto" else []),
            paper,
            body,
            "</svg>",
        ])  # fmt: skip

    def style(self) -> str:
        """Return the style sheet for readers that prefer a dark scheme."""
        rules = []
        for role, paint in self.used.items():
            dark = []
            if paint.dark_fill:
                dark.append(f"fill:{paint.dark_fill}")
            if paint.dark_stroke:
                dark.append(f"stroke:{paint.dark_stroke}")
            if dark:
                rules.append(f".{_class(role)}{{{';'.join(dark)}}}")
        return f"<style>@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"

    def look(self, role: str) -> dict[str, str]:
        """Return the attributes that paint a role."""
        paint = PAINTS[role]
        self.used[role] = paint
        dark = self.scheme == "dark"
        look = {"fill": (dark and paint.dark_fill) or paint.fill}
        if paint.opacity != 1:
            look["fill-opacity"] = number(paint.opacity)
        if paint.width:
            look["stroke"] = (dark and paint.dark_stroke) or paint.stroke
            look["stroke-width"] = number(paint.width)
        if paint.dash:
            look["stroke-dasharray"] = paint.dash
        if self.scheme == "auto" and (paint.dark_fill or paint.dark_stroke):
            look["class"] = _class(role)
        return look

    def part(self, part: Part) -> str:
        if isinstance(part, Group):
            return self.group(part)
        if isinstance(part, Text):
            letters = LETTERS[part.letters]
            weight = "bold" if letters.bold else None
            anchor = None if part.anchor == "start" else part.anchor
            return _tag(
                "text",
                escaped(part.text),
                x=number(part.x),
                y=number(part.y),
                text_anchor=anchor,
                font_size=number(letters.size),
                font_weight=weight,
                **self.look(letters.role),
            )
        look = self.look(part.role)
        marked = {"data-solid": ""} if part.solid else {}
        if isinstance(part, Polygon):
            listed = " ".join(map(pair, part.points))
            return _tag("polygon", "", points=listed, **look, **marked)
        if isinstance(part, Rect):
            return _tag(
                "rect",
                "",
                x=number(part.x),
                y=number(part.y),
                width=number(part.width),
                height=number(part.height),
                rx=number(part.radius) if part.radius else None,
                **look,
                **marked,
            )
        if isinstance(part, Circle):
            place = {"cx": number(part.x), "cy": number(part.y), "r": number(part.radius)}
            return _tag("circle", "", **place, **look, **marked)
        if isinstance(part, Strokes):
            moves = "".join(f"M{pair(start)}L{pair(end)}" for start, end in part.strokes)
            return _tag("path", "", d=moves, **look)
        return self.line(part, look)

    def line(self, line: Line, look: dict[str, str]) -> str:
        arrow = drawn(line)
        moves = [f"M{pair(arrow.start)}", *map(_step, arrow.steps)]
        path = _tag("path", "", d="".join(moves), **look)
        if not arrow.head:
            return path
        points = " ".join(map(pair, arrow.head))
        return path + _tag("polygon", "", points=points, **self.look(f"{line.role}-head"))

    def group(self, group: Group) -> str:
        title = f"<title>{escaped(group.title)}</title>" if group.title and self.titles else ""
        inside = "".join(self.part(part) for part in group.parts)
        meaning = {"data-part": group.meaning} if group.meaning else {}
        return _tag("g", title + inside, **meaning)


def number(value: float) -> str:
    """Return a coordinate with one digit behind the point, where it has any."""
    text = f"{value:.1f}" if abs(value) >= 1 or not value else f"{value:.2f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def pair(point: Point) -> str:
    """Return a point as coordinates."""
    return f"{number(point[0])},{number(point[1])}"


def _step(points: Iterable[Point]) -> str:
    corner, *behind = points
    return f"Q{pair(corner)} {pair(behind[0])}" if behind else f"L{pair(corner)}"


def _class(role: str) -> str:
    return f"sc-{role}"


def _tag(name: str, content: str | None = None, **attributes: str | None) -> str:
    """Return an element; only its start tag where there is no content at all."""
    listed = "".join(
        f' {key.replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if content is None:
        return f"<{name}{listed}>"
    if content:
        return f"<{name}{listed}>{content}</{name}>"
    return f"<{name}{listed}/>"
