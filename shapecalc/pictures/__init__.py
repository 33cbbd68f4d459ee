"""Pictures: a Trace in, a scene, and the scene as SVG, TikZ or a page.

A style makes a scene of a trace, a writer makes the text of a file of it; each is one file.
Plug-ins add theirs to STYLES and WRITERS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shapecalc.registry import Registry

if TYPE_CHECKING:
    from shapecalc.pictures.options import Options
    from shapecalc.pictures.scene import Scene
    from shapecalc.pictures.schemes import Scheme
    from shapecalc.tracing import Trace

    Style = Callable[[Trace, Options], Scene]
    Writer = Callable[[Scene, Trace, Scheme], str]

LEAST_ZOOM = 0.5  # smaller letters cannot be read

STYLES: Registry[Style] = Registry(
    "style of pictures",
    {
        "volumes": "shapecalc.pictures.styles.volumes.picture:draw",
        "graph": "shapecalc.pictures.styles.graph.picture:draw",
        "field": "shapecalc.pictures.styles.field.picture:draw",
    },
    fits=callable,
    needs="a function of a Trace and Options, which returns a Scene",
)
WRITERS: Registry[Writer] = Registry(  # by the ending of the file
    "format of pictures",
    {
        "svg": "shapecalc.pictures.writers.svg:file",
        "tex": "shapecalc.pictures.writers.tikz:file",
        "html": "shapecalc.pictures.writers.page:file",
    },
    fits=callable,
    needs="a function of a Scene, a Trace and a scheme, which returns text",
)


def draw(
    trace: Trace,
    style: str = "volumes",
    to: str = "svg",
    width: float | None = None,
    depth: int | None = None,
    scheme: Scheme = "auto",
    titles: bool = True,
) -> str:
    """Return a picture as the text of a file: svg, tex (TikZ) or html (a page).

    Raises LookupError for a style or a format that is not known, ValueError for a network with too
    many layers to be drawn.
    """
    write = WRITERS.find(to)
    if write is None:
        raise LookupError(f"there is no format {to!r}, but {', '.join(WRITERS)}")
    return write(scene_of(trace, style, width, depth), trace, scheme)


def scene_of(
    trace: Trace, style: str = "volumes", width: float | None = None, depth: int | None = None
) -> Scene:
    """Return the scene of a network, made smaller where it cannot be wrapped at that width.

    Raises LookupError for a style that is not known, ValueError for a network with too many layers
    to be drawn.
    """
    from shapecalc.pictures.options import Options

    draw = STYLES.find(style)
    if draw is None:
        raise LookupError(f"there is no style {style!r}, but {', '.join(STYLES)}")
    scene = draw(trace, Options(width, depth))
    if width is None or scene.width <= width:
        return scene
    return scene._replace(zoom=max(LEAST_ZOOM, width / scene.width))


def svg(
    trace: Trace,
    style: str = "volumes",
    width: float | None = None,
    depth: int | None = None,
    prefix: str = "",
    scheme: Scheme = "auto",
    titles: bool = True,
) -> str:
    """Return a picture as an svg element, which may stand in a page.

    `width` is the space there is, in px: the picture wraps there where it can. Instances of blocks
    nested deeper than `depth` are drawn as one thing each. All ids begin with `prefix`. The scheme
    is light, dark, or auto: as the reader's system has it. Without `titles` nothing is told where a
    pointer rests.
    """
    from shapecalc.pictures.writers.svg import write

    return write(scene_of(trace, style, width, depth), scheme, prefix, titles)
