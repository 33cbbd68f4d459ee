"""shapecalc expect: what is computed, written into specs as claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import click

from shapecalc import rules
from shapecalc.cli.files import FAULTY, UNUSABLE, exit_code, max_layers_option
from shapecalc.cli.findings import tell
from shapecalc.cli.fixes import difference, traced_again, write_back
from shapecalc.cli.search import Search
from shapecalc.diagnostics import quote
from shapecalc.document import Source
from shapecalc.edits import Change, Unchangeable
from shapecalc.repairs.claims import computed
from shapecalc.repairs.written import resolved
from shapecalc.tracing import Trace
from shapecalc.volumes import PartialVolume, show

TOTALS = ("parameters", "non_trainable", "macs")
NO_ROOM = "no claims can be written into it"
OF_LAYERS = ("parameters", "macs")


@click.command("expect")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--layers", is_flag=True, help="Claims of every layer, too.")
@click.option("--update", is_flag=True, help="Let claims that are false say what is computed.")
@click.option("--diff", is_flag=True, help="Show what would be written, and write nothing.")
@max_layers_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    layers: bool,
    update: bool,
    diff: bool,
    max_layers: int,
) -> None:
    """Write what is computed into specs, under expect, where no claim is made: the output and the
    totals. From then on check finds what changes them.
    """
    if "-" in paths and not diff:
        raise click.UsageError("standard input cannot be written to: --diff shows the claims")
    search = Search(paths, "Writing", quiet=True)
    code, changed = 0, 0
    for path, trace in search.traces(max_layers):
        claimed = _updated(trace) if update else trace
        text = _claimed(claimed, layers=layers)
        source = trace.spec.document.source
        if text is None or source is None:
            why = "a spec with errors gets no claims" if exit_code(claimed) else NO_ROOM
            click.echo(f"shapecalc: {quote(path, 400)}: {why}", err=True)
            tell(path, claimed.diagnostics, err=True)
            code = max(code, FAULTY)
        elif text != source.text:
            changed += 1
            if diff:
                click.echo(difference(path, source.text, text), nl=False)
            elif not write_back(path, source.text, text):
                code = UNUSABLE
    files = f"{changed:,} {'file' if changed == 1 else 'files'}"
    click.echo(f"{files} {'would be ' if diff else ''}changed", err=True)
    ctx.exit(max(code, search.code))


def _updated(trace: Trace) -> Trace:
    """Return the trace of a spec whose false claims say what is computed."""
    source = trace.spec.document.source
    if source is None or not source.editable or not trace.spec.readable:
        return trace
    for finding in trace.findings:
        if finding.rule is rules.FALSE_CLAIM:
            for repair in computed(trace, finding):
                change = repair.change.at(finding.path) if not repair.change.path else repair.change
                source = _with(source, change)
    return traced_again(trace, source.text)


def _claimed(trace: Trace, *, layers: bool) -> str | None:
    """Return a spec's text with claims; None where it has errors, or takes none.

    Of a network with an error only a part is computed, and that may change once it is mended.
    """
    source = trace.spec.document.source
    if source is None or not source.editable or exit_code(trace):
        return None
    for change in [*(_of_layers(trace) if layers else ()), *_of_network(trace)]:
        source = _with(source, change)
    return source.text


def _with(source: Source, change: Change) -> Source:
    """Return a text with a change made; as it is where there is no room for it."""
    if change.path == ("expect",) and source.takes_comments:
        end = "\r\n" if "\r\n" in source.text else "\n"
        block = "".join(f"  {key}: {_scalar(value)}{end}" for key, value in change.value.items())
        front = "" if source.text.endswith("\n") else end
        text = f"{source.text}{front}expect:{end}{block}"
        wanted = {**source.read(source.text).data, "expect": change.value}
        if source.read(text).data == wanted:  # unless the text is one in brackets
            return _read(source, text)
    edit = source.edit(change, "claim what is computed", True)
    return source if edit is None else _read(source, edit.applied(source.text))


def _read(source: Source, text: str) -> Source:
    found = source.read(text).source
    assert found is not None
    return found


def _scalar(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_scalar(one)}" for key, one in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) and not value[0].isdigit() else str(value)


def _of_network(trace: Trace) -> Iterator[Change]:
    """Yield the claims about the network that are not made."""
    made = trace.spec.expectations
    given = {} if made is None else made.given()
    claims: dict[str, Any] = {}
    if not {"output", "outputs"} & given.keys():
        volumes = trace.outputs
        if all(volume is not None and _is_plain(volume) for volume in volumes.values()):
            listed = {name: _written(volume) for name, volume in volumes.items() if volume}
            claims |= {"output": next(iter(listed.values()))} if len(listed) == 1 else {}
            claims |= {"outputs": listed} if len(listed) > 1 else {}
    for key in TOTALS:
        number = trace.totals[key]
        if key not in given and isinstance(number, int) and (number or key == "parameters"):
            claims[key] = number
    written = trace.spec.document.data.get("expect")
    yield from _changes(claims, ("expect",), isinstance(written, dict))


def _is_plain(volume: Sequence[object]) -> bool:
    """Say whether a volume can be written as a claim: no size of it depends on a name."""
    return all(size is None or isinstance(size, int) for size in volume)


def _of_layers(trace: Trace) -> Iterator[Change]:
    """Yield the claims that layers do not make: those that are written once for one layer."""
    times = Counter(node.path for node in trace.spec.nodes)
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        if times[node.path] > 1 or record.output is None or node.path[:1] != ("layers",):
            continue
        given = {} if node.expectations is None else node.expectations.given()
        left_out = "output" in given or not _is_plain(record.output)
        claims = {} if left_out else {"output": _written(record.output)}
        for key in OF_LAYERS:
            number = record.number(key)
            if key not in given and number and isinstance(number, int):
                claims[key] = number
        if claims and not given:
            with suppress(Unchangeable):
                yield resolved(trace, record.name, Change("field", claims, node.path, "expect"))
        else:
            yield from _changes(claims, (*node.path, "expect"), True)


def _changes(claims: dict[str, Any], path: tuple[str | int, ...], there: bool) -> Iterator[Change]:
    if claims and not there:
        yield Change("set", claims, path)
        return
    for key, value in claims.items():
        yield Change("set", value, (*path, key))


def _written(volume: PartialVolume) -> Any:
    return show(volume) if len(volume) > 1 else volume[0]
