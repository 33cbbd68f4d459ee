"""shapecalc calc: a network typed on the command line, with its working."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

import shapecalc
from shapecalc.cli.files import exit_code, max_layers_option
from shapecalc.cli.report import format_option, render, room
from shapecalc.frameworks.lookups import words_of
from shapecalc.layers import ALIASES, KINDS, kind_of, kinds
from shapecalc.layers.base import field_words
from shapecalc.readers.yaml_text import read_yaml
from shapecalc.reports import Layout

if TYPE_CHECKING:
    from shapecalc.tracing import Trace

# Words or numbers with commas between them, but not 1,000.
LISTED = re.compile(r"(?![0-9]{1,3}(?:,[0-9]{3})+$)-?\w+(?:,-?\w+)+")


@click.command("calc")
@click.argument("words", nargs=-1, required=True, metavar="VOLUME KIND [VALUE] [FIELD=VALUE]...")
@click.option(
    "--rounding",
    type=click.Choice(("exact", "floor", "ceil")),
    default="exact",
    show_default=True,
    help="What to do where a stride does not fit.",
)
@format_option
@max_layers_option
@click.pass_context
def command(
    ctx: click.Context, words: tuple[str, ...], rounding: str, form: str, max_layers: int
) -> None:
    """Work out a network typed here: a volume, then layers, each a kind, the value of its main
    field, and field=value pairs.

    \b
    shapecalc calc 32x32x3 conv K=10 F=5 P=2 relu max_pool 2 dense 10
    shapecalc calc 8x6x3 transpose axes=depth,height,width
    """
    layers = layers_of(words[1:])
    spec = {"input": value_of(words[0]), "layers": layers, "rounding": rounding}
    trace = _in_our_words(shapecalc.trace(spec, max_layers=max_layers))
    click.echo(render(trace, form, Layout(explain=True, width=room(None))))
    ctx.exit(exit_code(trace))


def _in_our_words(trace: Trace) -> Trace:
    """Return a trace whose hints say what is typed here, and not what a spec has."""
    found = trace.diagnostics
    if not found:
        return trace
    from shapecalc.cli.calc_words import in_calc_words  # most networks are sound

    kinds = frozenset((*KINDS, *ALIASES))
    said = tuple(one._replace(hint=in_calc_words(one.hint, kinds)) for one in found)
    return replace(trace, diagnose=lambda _: said)


def layers_of(words: tuple[str, ...]) -> list[Any]:
    """Return the layers that the words describe, as a spec would hold them."""
    layers: list[tuple[str, Any]] = []
    for word in words:
        key, equals, text = word.partition("=")
        kind, value = layers[-1] if layers else ("", None)
        if equals:
            if not layers:
                raise click.UsageError(f"{word!r} comes before any layer kind")
            if value is not None and not isinstance(value, dict):
                value = {_main(kind): value}
            if key in (value or {}):
                raise click.UsageError(f"{key} is given twice for {kind}")
            layers[-1] = (kind, {**(value or {}), key: _field_of(text)})
        elif layers and value is None and not _is_kind(word) and _takes(kind, word):
            layers[-1] = (kind, _field_of(word))
        elif not word[:1].isalpha():
            more = _in_order(kind, value, word)
            if more is None:
                raise click.UsageError(
                    f"{word!r} is neither a layer kind nor field=value{_named(kind, value, word)}"
                )
            layers[-1] = (kind, more)
        else:
            layers.append((word, None))
    return [kind if value is None else {kind: value} for kind, value in layers]


def _in_order(kind: str, value: Any, word: str) -> Any:
    """Return the values of a framework's call, as in Conv2d 3 8 3; None where it has no order."""
    if kind_of(kind) is not None or not words_of(kind) or isinstance(value, dict):
        return None
    if value is None:
        return value_of(word)
    return [*(value if isinstance(value, list) else [value]), value_of(word)]


def _named(kind: str, value: Any, word: str) -> str:
    """Return how two bare values of a kind are written with the names of their fields."""
    known = kind_of(kind)
    if known is None or value is None or isinstance(value, dict):
        return ""
    main = KINDS[known].shorthand
    second = next((field for field in field_words(KINDS[known]) if field != main), None)
    if main is None or second is None:
        return ""
    try:
        KINDS[known].model_validate({main: value, second: value_of(word)})
    except (ValidationError, click.UsageError):  # dense 10 5: it has no second number
        return ""
    return f"; write {kind} {main}={value} {second}={word}"


def _is_kind(word: str) -> bool:
    return kind_of(word) is not None or bool(words_of(word)) or kinds.find(word) is not None


def _main(kind: str) -> str | None:
    """Return the field that a bare value is for; of a framework's layer, its own."""
    words = words_of(kind) if kind_of(kind) is None else ()
    cls = KINDS.get(kind_of(kind) or (words[0].kind if words else ""))
    return (words[0].shorthand if words else None) or (cls.shorthand if cls else None)


def _takes(kind: str, word: str) -> bool:
    """Say whether a word is the value of the kind before it; what is no kind may take a number."""
    return _main(kind) is not None or (not _is_kind(kind) and not word[:1].isalpha())


def _field_of(text: str) -> Any:
    """Return a field's value, of which commas make a list: axes=depth,height,width."""
    return value_of(f"[{text}]" if LISTED.fullmatch(text) else text)


def value_of(text: str) -> Any:
    """Return a value as YAML reads it: a number, a list, a word; ? needs no quotes here."""
    if text == "?":
        return text
    document = read_yaml(text)
    if document.findings:
        raise click.UsageError(f"{text!r}: {document.findings[0].fault.message}")
    return document.data
