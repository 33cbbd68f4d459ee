"""shapecalc audit: answer keys and printed numbers against the computed ones."""

from __future__ import annotations

from pathlib import Path

import click

from shapecalc.cli.files import FAULTY, OK, UNUSABLE, complain, read, say
from shapecalc.cli.findings import Printer, format_option
from shapecalc.cli.search import Search


@click.command("audit")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@format_option("How to print what is wrong.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], form: str) -> None:
    """Check printed numbers against computed ones: the keys of an assignment, or the expect and
    example of a spec. A misprint is shown with the mistake that explains it, if one does. PATH is
    a file, a folder, or - for standard input.
    """
    from shapecalc.grading.audit import audit_document

    search = Search(paths, "Auditing")
    code, printed, misprints, files = OK, 0, 0, 0
    printer = Printer(form)
    for path in search.files():
        try:
            result = audit_document(read(path), Path(path).parent)
        except (OSError, ValueError) as error:
            complain(path, error)
            code = UNUSABLE
            continue
        if result.foreign and path in search.found_in_folder:
            continue
        files += 1
        printed += result.printed
        misprints += result.misprints
        errors = [d for d in result.diagnostics if d.severity == "error"]
        code = max(code, FAULTY if errors else OK)
        printer.add(path, errors)
        for said in result.doubts:
            say(path, said)
    printer.end()
    wrong = f"{misprints:,} {'misprint' if misprints == 1 else 'misprints'}"
    numbers = f"{printed:,} printed {'value' if printed == 1 else 'values'}"
    count = f"{files:,} {'file' if files == 1 else 'files'}"
    click.echo(f"{count}, {numbers} checked: {wrong}", err=True)
    if not files and code == OK:
        code = UNUSABLE
    ctx.exit(max(code, search.code))
