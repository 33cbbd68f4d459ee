"""Findings that comments of the file ask to be left out, and comments that are of no use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from shapecalc import rules
from shapecalc.checks.pages import codes as all_codes
from shapecalc.diagnostics import Diagnostic, Fault, chosen, in_order, quote
from shapecalc.document import Directive, Document
from shapecalc.edits import Change, Edit, Repair
from shapecalc.rules import Rule

NOT_JUDGED = ("execution", "homework", "weights")  # stages that only some commands look at
IGNORES = re.compile(r"#[ \t]*shapecalc:[ \t]*ignore[ \t]*\[([^\]\n]*)\]")
WRITE = "ignore[SC402] names the codes that are to be left out"


def left_out(found: Iterable[Diagnostic], document: Document) -> tuple[Diagnostic, ...]:
    """Return the findings of a file without those that its comments silence.

    Comments that silence nothing are found themselves.
    """
    assert document.directives is not None
    directives = document.directives()
    silences = _Silences(directives)
    found = list(found)
    rest = list(chosen(found, lambda diagnostic: not silences.silenced(diagnostic)))
    # Behind an error layers have no volumes, and most rules have not looked at them.
    seen_all = all(one.severity != "error" or one.rule is rules.FALSE_CLAIM for one in found)
    source = document.source
    lines = source.text.split("\n") if source is not None and source.editable else None
    for directive in directives:
        line = None if lines is None else lines[directive.line - 1]
        rest += _useless(directive, silences.used[directive], line, seen_all)
    return in_order(rest)


def with_comments(text: str, found: Iterable[Diagnostic]) -> str:
    """Return a text with comments that silence findings, each at the end of its line.

    A comment that is there already gets their codes, too.
    """
    lines = text.split("\n")
    wanted: defaultdict[int, list[str]] = defaultdict(list)
    for diagnostic in found:
        if diagnostic.line is not None and diagnostic.rule.stage != "reading":
            wanted[diagnostic.line].append(diagnostic.code)
    for number, codes in wanted.items():
        line, end = lines[number - 1], ""
        if line.endswith("\r"):
            line, end = line[:-1], "\r"
        there = IGNORES.search(line)
        if there:
            codes = [*filter(None, map(str.strip, there[1].split(","))), *codes]
            line = line[: there.start(1)] + ", ".join(dict.fromkeys(codes)) + line[there.end(1) :]
        else:
            listed = ", ".join(dict.fromkeys(codes))
            line = f"{line.rstrip()}  # shapecalc: ignore[{listed}]"
        lines[number - 1] = line + end
    return "\n".join(lines)


class _Silences:
    """Which findings are silenced, and by which codes of which comments."""

    def __init__(self, directives: Sequence[Directive]) -> None:
        self.used: defaultdict[Directive, set[str]] = defaultdict(set)
        self._of_line: defaultdict[int | None, list[Directive]] = defaultdict(list)
        self._done: dict[tuple[int | None, Rule], bool] = {}
        for directive in directives:
            self._of_line[directive.speaks_for].append(directive)

    def silenced(self, found: Diagnostic) -> bool:
        """Say whether a comment speaks of a finding."""
        if found.rule.stage == "reading":
            return False
        there, anywhere = (self._speaks(line, found.rule) for line in (found.line, None))
        return there or anywhere

    def _speaks(self, line: int | None, rule: Rule) -> bool:
        """Say whether a comment for a line silences a rule; each rule is looked for once."""
        if (line, rule) not in self._done:
            self._done[line, rule] = False
            for directive in self._of_line.get(line, ()):
                for code in directive.codes:
                    if rule in rules.beginning(code.upper()):
                        self.used[directive].add(code)
                        self._done[line, rule] = True
        return self._done[line, rule]


def _useless(
    directive: Directive, used: set[str], line: str | None, seen_all: bool
) -> Iterable[Diagnostic]:
    """Yield what is wrong with a comment, which has an edit where its line is given."""
    kept = [code for code in directive.codes if code in used or not _is_judged(code, seen_all)]
    if not directive.codes:
        yield _finding(directive, "the comment names no code", WRITE, kept, line)
    for code in dict.fromkeys(directive.codes):
        if code in kept:
            continue
        known = all_codes(code.upper())
        if not known:
            message, hint = f"{quote(code)} is neither a code nor the beginning of one", WRITE
        elif all(rules.of(one).stage == "reading" for one in known):
            message, hint = f"{code} cannot be ignored: the spec is not readable with it", ""
        else:
            where = "in this file" if directive.speaks_for is None else "there"
            message, hint = f"{code} is not found {where}: the comment silences nothing", ""
        yield _finding(directive, message, hint, kept, line)


def _is_judged(code: str, seen_all: bool) -> bool:
    """Say whether a code is none, cannot be ignored, or is of rules that have looked."""
    stages = {rules.of(one).stage for one in all_codes(code.upper())}
    if not seen_all:
        return stages <= {"reading"}
    return not stages or not stages <= {*NOT_JUDGED}


def _finding(
    directive: Directive, message: str, hint: str, kept: Sequence[str], line: str | None
) -> Diagnostic:
    """Return what is wrong with a comment, with the edit that leaves the codes that are of use."""
    rule, end = rules.UNUSED_IGNORE, (directive.line, directive.end_column)
    told = Fault(rule, message, hint).hint if hint else ""
    edits: tuple[Edit, ...] = ()
    if line is not None:
        repair = _repair(directive, kept, line)
        start = directive.column if kept else len(line[: directive.column - 1].rstrip()) + 1
        edit = Edit(directive.line, start, *end, repair.change.value, repair.safe, repair.text)
        told, edits = told or repair.text, (edit,)
    return Diagnostic(
        rule.code, rule.severity, message, told, None, "", directive.line, directive.column, *end,
        edits,
    )  # fmt: skip


def _repair(directive: Directive, kept: Sequence[str], line: str) -> Repair:
    """Return what becomes of a comment: the codes that are of use, or nothing."""
    if not kept:
        return Repair("leave it out", Change("set", ""), safe=True)
    written = line[directive.column - 1 : directive.end_column - 1]
    text = f"{written.partition('[')[0]}[{', '.join(kept)}]"
    return Repair(f"{', '.join(kept)} is of use", Change("set", text), safe=True)
