"""The page as one file, for a learning platform or a memory stick: it opens by a double click."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKED = ("interpreter", "library", "pydantic", "first", "later", "examples", "language")
STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
SCRIPT = re.compile(r'<script type="module" src="([^"]+)"></script>')
# What a page that was opened as a file can do nothing with.
OF_HOSTS = re.compile(r"<meta http-equiv=[^\n]*\n|<link rel=\"manifest\"[^\n]*\n")


def of(page: str, assets: Mapping[str, Any], site: Path, worker: str) -> str:
    """Return a site's page with everything inside; `worker` is a script that is no module."""

    def text(file: str) -> str:
        return (site / file).read_text(encoding="utf-8")

    style, scripts = STYLE.search(page), SCRIPT.findall(page)
    assert style is not None, "the page has a style"
    assert scripts, "the page has scripts"
    page = SCRIPT.sub("", OF_HOSTS.sub("", page))
    page = page.replace(style[0], f"<style>{text(style[1])}</style>")
    inside = [
        _inline("text/plain", "notices", text(assets["notices"])),
        _inline("text/plain", "worker", worker),
    ]
    for name in PACKED:
        raw = (site / assets[name]["file"]).read_bytes()
        inside.append(_inline("text/plain", name, base64.b64encode(raw).decode("ascii")))
    inside += [f'<script type="module">{_safe(text(file))}</script>' for file in scripts]
    head, end = page.rsplit("</body>", 1)
    return head + "\n".join(inside) + "\n</body>" + end


def _inline(kind: str, name: str, text: str) -> str:
    return f'<script type="{kind}" id="inline-{name}">{_safe(text)}</script>'


def _safe(code: str) -> str:
    """Return a script or JSON without what ends the element that it stands in."""
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")
