"""What other tools print of a network, and why it is not what is printed here.

A dialect is one file with a function that returns the tool's figures for a trace; a plug-in
registers its own in DIALECTS, or names it as an entry point of the group shapecalc.dialects. The
network is taken as a user of the tool writes it: with the modules of torch.nn or Keras, one a
layer, and merges by operators and torch.cat; one example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.registry import Registry
from shapecalc.tracing import example_inputs

if TYPE_CHECKING:
    from shapecalc.reports.dialects.figures import Figure
    from shapecalc.tracing import Trace

    Dialect = Callable[[Trace], Sequence[Figure]]


class Asked(NamedTuple):
    """A tool by its name, and its figures of a network."""

    tool: str
    figures: Sequence[Figure]
    needs: str = ""  # the options that give the sizes that inputs leave open

    def __str__(self) -> str:
        from shapecalc.reports.dialects.text import text

        return text(self.tool, self.figures, self.needs)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"tool": self.tool, "figures": [figure.to_dict() for figure in self.figures]}


def asked(tool: str, trace: Trace) -> Asked:
    """Return what a tool prints of a network. Raises KeyError for one that is not known."""
    return Asked(tool, DIALECTS[tool](trace.in_numbers), example_inputs(trace))


DIALECTS: Registry[Dialect] = Registry(
    "dialect",
    {
        "torchinfo": "shapecalc.reports.dialects.torchinfo:figures",
        "keras": "shapecalc.reports.dialects.keras:figures",
        "fvcore": "shapecalc.reports.dialects.fvcore:figures",
        "thop": "shapecalc.reports.dialects.thop:figures",
        "ptflops": "shapecalc.reports.dialects.ptflops:figures",
        "darknet": "shapecalc.reports.dialects.darknet:figures",
    },
    "shapecalc.dialects",
    fits=callable,
    needs="a function of a Trace, which returns figures",
)
