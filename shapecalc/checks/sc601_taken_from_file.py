"""Output volumes are taken from a file of another format, and not computed.

The file has operations that shapecalc has no kind for. Of these it believes what the file says: the
output volume, the arrays that are kept, the MACs. All that follows is computed from there. verify
does not run them.

Advised, in a model of Keras: "the output volume of 1 of 4 layers is taken from the file, not
computed: drop (SpatialDropout2D)".

Good: nothing has to be done. A number that matters can be checked by hand.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc import rules
from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Fault, Finding, some
from shapecalc.tracing import Trace

MOST_NAMES = 6
HINT = "a number that matters can be checked by hand"


def find(trace: Trace) -> Sequence[Finding]:
    """Return one finding, at the first layer whose output was taken from the file."""
    taken = [record for record in trace.layers if not record.computed]
    if not taken:
        return ()
    volumes, are = ("volume", "is") if len(taken) == 1 else ("volumes", "are")
    message = (
        f"the output {volumes} of {len(taken):,} of {len(trace.layers):,} layers {are} taken from"
        f" the file, not computed: {some([record.title for record in taken], MOST_NAMES)}"
    )
    return (Finding(Fault(rules.TAKEN_FROM_FILE, message, HINT), taken[0].path, taken[0].name),)


CHECK = Check(rules.TAKEN_FROM_FILE, of_network=find)
