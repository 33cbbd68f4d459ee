"""Exporters: a network in, a file's text or bytes out; one file a format.

An exporter is a function of a Trace, registered under its format's name; a plug-in registers its
own in EXPORTERS, or names it as an entry point of the group shapecalc.exporters. It raises
SpecError for a network that the format cannot hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shapecalc.registry import Registry

if TYPE_CHECKING:
    from shapecalc.tracing import Trace

    Exporter = Callable[[Trace], str | bytes]

EXPORTERS: Registry[Exporter] = Registry(
    "format to convert to",
    {
        "json": "shapecalc.exporters.json_spec:export",
        "yaml": "shapecalc.exporters.yaml_spec:export",
    },
    "shapecalc.exporters",
    fits=callable,
    needs="a function of a Trace, which returns text or bytes",
)
