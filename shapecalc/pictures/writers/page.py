"""HTML: a picture in a page that needs nothing else, with its numbers as a table."""

from __future__ import annotations

from shapecalc.diagnostics import quote
from shapecalc.pictures.palette import DARK_INK, DARK_PAPER, INK, PAPER
from shapecalc.pictures.scene import Scene
from shapecalc.pictures.schemes import Scheme
from shapecalc.pictures.writers import svg
from shapecalc.pictures.writers.svg import escape
from shapecalc.tracing import Trace
from shapecalc.volumes import show

STYLE = """
body{{font:16px/1.5 Helvetica,Arial,'Liberation Sans',sans-serif;margin:0 auto;padding:16px;\
max-width:1600px;color:{ink};background:{paper}}}
figure,.table{{margin:0;overflow-x:auto}}
table{{border-collapse:collapse}}
caption{{text-align:left;font-weight:bold;padding:8px 0}}
th,td{{padding:2px 12px 2px 0;text-align:left;border-bottom:1px solid #8a96a3}}
.n{{text-align:right}}
"""
COLUMNS = (("layer", ""), ("what it is", ""), ("output", "n"), ("parameters", "n"), ("MACs", "n"))


def file(scene: Scene, trace: Trace, scheme: Scheme) -> str:
    """Return a page with a picture, and with the table of the network behind it."""
    picture = svg.write(scene, scheme, "picture-")
    title = escape(quote(trace.name or trace.spec.file or "network", 120))
    dark = scheme == "dark"
    ink, paper = (DARK_INK, DARK_PAPER) if dark else (INK, PAPER)
    style = STYLE.format(ink=ink, paper=paper)
    if scheme == "auto":
        colours = f"body{{color:{DARK_INK};background:{DARK_PAPER}}}"
        style += f"@media screen and (prefers-color-scheme:dark){{{colours}}}\n"
    return "\n".join([
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{title}</h1>",
        f'<figure tabindex="0" aria-label="picture of the network">\n{picture}\n</figure>',
        _table(trace),
        "</main>",
        "</body>",
        "</html>",
        "",
    ])  # fmt: skip


def _table(trace: Trace) -> str:
    heads = "".join(f'<th scope="col"{_class(cls)}>{name}</th>' for name, cls in COLUMNS)
    rows = []
    for record in trace.layers:
        output = "?" if record.output is None else show(record.output)
        cells = (
            quote(record.summary, 200),
            output,
            _number(record.parameters),
            _number(record.macs),
        )
        listed = "".join(
            f"<td{_class(cls)}>{escape(text)}</td>"
            for text, (_, cls) in zip(cells, COLUMNS[1:], strict=True)
        )
        name = escape(quote(record.name, 400))
        rows.append(f'<tr><th scope="row">{name}</th>{listed}</tr>')
    body = "\n".join(rows)
    head = f"<thead><tr>{heads}</tr></thead>"
    table = f"<table>\n<caption>Layers</caption>\n{head}\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<section class="table" tabindex="0" aria-label="layers">\n{table}\n</section>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"
