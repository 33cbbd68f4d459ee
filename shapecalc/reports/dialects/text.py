"""A dialect's figures in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapecalc.reports.dialects.figures import Figure


def text(tool: str, figures: Sequence[Figure], needs: str = "") -> str:
    """Return every figure as the tool prints it, and below how it comes from ours.

    `needs` are the options that give the sizes that inputs leave open.
    """
    wide = max(len(figure.title) for figure in figures)
    lines = [f"As {tool} prints it"]
    for figure in figures:
        same = f"  as here: {figure.name}" if figure.value is not None and not figure.terms else ""
        lines.append(f"  {figure.title:<{wide}}  {figure.printed}{same}")
        lines += _sum(figure)
    if needs and any(figure.value is None for figure in figures):
        lines.append(f"  ? is not known: every size is needed here, for example {needs}")
    return "\n".join(lines)


def _sum(figure: Figure) -> Iterator[str]:
    if not figure.terms:
        return
    rows = [
        (f"{figure.ours:,}", f"{figure.name} here"),
        *((f"{term.value:+,}", term.why) for term in figure.terms),
        (f"= {figure.value:,}", figure.title),
    ]
    wide = max(len(number) for number, _ in rows)
    for number, what in rows:
        yield f"      {number:>{wide}}  {what}"
