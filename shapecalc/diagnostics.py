"""Faults and findings: what is wrong, where, and what would work.

A `Fault` is met where only the rule is known; a `Finding` adds the path into the
spec; a `Diagnostic` is what users see, with line and column where the spec came from a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, Self

from shapecalc import rules
from shapecalc.edits import Action, Change, Edit, Repair
from shapecalc.edits import Path as Path
from shapecalc.rules import Rule, Severity

LIMIT = 2**63 - 1  # the largest number a spec may write or a volume may reach
MOST_ADVICE = 3  # findings of one code that a reader is shown
MAX_LAYERS = 100_000  # expanded layers, unless somebody asks for more
MAX_NESTING = 100  # composites and blocks inside one another
QUOTE_LENGTH = 80
MOST_SUGGESTIONS = 100
MOST_COMPARED = 1000


class Fault(NamedTuple):
    """What a rule says: a sentence, and a hint that works (may be empty).

    `repairs` are the changes that the hint speaks of, or the message if there is no hint. Each is
    tried before it is printed; where none works, the hint is `otherwise`.
    """

    rule: Rule
    message: str
    hint: str = ""
    repairs: tuple[Repair, ...] = ()
    otherwise: str = ""

    @property
    def code(self) -> str:
        """The code of the rule."""
        return self.rule.code


def repairable(rule: Rule, message: str, repairs: Sequence[Repair], otherwise: str = "") -> Fault:
    """Return a fault whose hint lists what would work."""
    hint = ", ".join(repair.text for repair in repairs) or otherwise
    return Fault(rule, message, hint, tuple(repairs), otherwise)


class LayerError(Exception):
    """Raised by a layer that cannot take its input.

    `output` holds the volume the walk goes on with, or None where nothing is known. `say` gives a
    fault whose repairs take time to try: a repeat asks for that of its first layer only.
    """

    def __init__(
        self,
        fault: Fault | None = None,
        output: tuple[int, ...] | None = None,
        *,
        rule: Rule | None = None,
        say: Callable[[], Fault] | None = None,
    ) -> None:
        super().__init__(fault.message if fault else rule)
        self.output = output
        self._rule, self._fault, self._say = rule, fault, say

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return self._rule or self.fault.rule

    @property
    def code(self) -> str:
        """The code of the rule."""
        return self.rule.code

    @property
    def fault(self) -> Fault:
        """What is wrong, in words."""
        if self._fault is None:
            assert self._say is not None
            self._fault = self._say()
        return self._fault


class UnknownVolume(LayerError):
    """Raised by a layer whose output nobody can tell, though nothing is wrong."""


class Finding(NamedTuple):
    """A fault at a place of the spec; `layer` is the full name where there is one.

    `place` is line and column where reading knows them and the path does not tell. `more` counts
    the other layers that met it.
    """

    fault: Fault
    path: Path
    layer: str | None = None
    place: tuple[int, int] | None = None
    note: str = ""  # which layers meet the fault, behind the message
    more: int = 0

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return self.fault.rule

    @property
    def code(self) -> str:
        """The code of the rule."""
        return self.fault.rule.code

    @property
    def severity(self) -> Severity:
        """The severity of the rule."""
        return self.fault.rule.severity

    def made(self) -> Finding:
        """Return the finding itself, as `Later` does."""
        return self


class Later(NamedTuple):
    """A finding that takes time to put into words: it is made if it is kept."""

    rule: Rule
    path: Path
    layer: str | None
    made: Callable[[], Finding]
    place: None = None
    more: int = 0


class Diagnostic(NamedTuple):
    """One finding as users and other programs see it (`--format json`)."""

    code: str
    severity: Severity
    message: str
    hint: str
    layer: str | None
    where: str
    line: int | None
    column: int | None
    end_line: int | None = None
    end_column: int | None = None
    edits: tuple[Edit, ...] = ()  # each one mends it; the best first
    consequences: tuple[Diagnostic, ...] = ()  # gone once it is mended

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return rules.of(self.code)

    @property
    def position(self) -> tuple[int, int]:
        """Line and column, to put diagnostics in the order of their file."""
        return self.line or 0, self.column or 0

    @property
    def told(self) -> str:
        """The message, and how much is behind it."""
        count = len(self.consequences)
        if not count:
            return self.message
        claims = all(behind.rule is rules.FALSE_CLAIM for behind in self.consequences)
        what = ("claim" if claims else "finding") + ("" if count == 1 else "s")
        return f"{self.message} (and {count:,} {what} behind it)"

    def to_dict(self) -> dict[str, Any]:
        """Return the record's keys in their documented order."""
        return self._asdict() | {
            "edits": [edit.to_dict() for edit in self.edits],
            "consequences": [behind.to_dict() for behind in self.consequences],
        }


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics in the order of their file, each once."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda found: found.position))


def unfolded(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield every diagnostic, each followed by its consequences as ones of their own."""
    for found in diagnostics:
        yield found._replace(consequences=())
        yield from found.consequences


def chosen(
    diagnostics: Iterable[Diagnostic], wanted: Callable[[Diagnostic], bool]
) -> Iterator[Diagnostic]:
    """Yield the diagnostics that are wanted; what is behind one that is not stands alone."""
    for found in diagnostics:
        behind = tuple(filter(wanted, found.consequences))
        if wanted(found):
            yield found._replace(consequences=behind)
        else:
            yield from behind


class SpecError(ValueError):
    """A spec or array that cannot be used; `.diagnostics` says why, all of it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{d.code} {d.message}" for d in self.diagnostics))


def refusal(fault: Fault, where: str) -> SpecError:
    """Return the error for a faulty array or argument; `where` is its key."""
    layer = where.rpartition(".")[0] or None
    told = (fault.code, fault.rule.severity, fault.message, fault.hint)
    return SpecError([Diagnostic(*told, layer, where, None, None)])


def quote(value: object, length: int = QUOTE_LENGTH) -> str:
    """Return user text safe to print: no control characters, cut at `length` characters.

    Containers are named by their kind and never walked, since they may be huge or cyclic.
    """
    if isinstance(value, str):
        text = str(value[: length + 1])
    elif isinstance(value, list | tuple):
        text = _short_list(value)
    elif isinstance(value, Mapping):
        text = "a mapping"
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > LIMIT:
        text = "a number beyond 2^63"
    elif value is None:
        text = "nothing"
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int | float):
        text = str(value)
    else:
        text = f"a {type(value).__name__}"
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= length else text[: length - 3] + "..."


def _short_list(values: list[Any] | tuple[Any, ...]) -> str:
    scalars = (str, int, float, bool, type(None))
    if len(values) > 6 or not all(isinstance(v, scalars) for v in values):
        return f"a list of {len(values)}"
    return "[" + ", ".join(quote(v, 20) for v in values) + "]"


def some(names: Sequence[str], most: int = 20) -> str:
    """Return names for a message, cut short where there are very many."""
    listed = ", ".join(quote(name) for name in names[:most])
    return f"{listed}, and {len(names) - most:,} more" if len(names) > most else listed


def nearest(word: str, known: Iterable[str], *, beginnings: bool = False) -> str | None:
    """Return the known word that is the same one misspelt, whatever its case, or None.

    With `beginnings` a word may also stand for the whole that it begins: kernal for kernel_size.
    """
    from difflib import get_close_matches  # only needed once something is wrong

    by_case = {name.lower().replace("-", "_"): name for name in known}
    if beginnings:
        for spelled, name in list(by_case.items()):
            by_case.setdefault(spelled.partition("_")[0], name)
    wanted = word[:QUOTE_LENGTH].lower().replace("-", "_")
    close = get_close_matches(wanted, by_case, n=5, cutoff=0.65)
    return next((by_case[name] for name in close if _same_misspelt(wanted, name)), None)


def _same_misspelt(one: str, other: str) -> bool:
    """Say whether two words are one with a slip or two: relu7 is not relu6, nor crop drop."""
    if [c for c in one if c.isdigit()] != [c for c in other if c.isdigit()]:
        return False
    if one[:1].translate(ALIKE) != other[:1].translate(ALIKE) and one[:2] != other[1::-1]:
        return False
    if _has_affix(one, other) or _has_affix(other, one):
        return False
    return _slips(one, other) <= (1 if min(len(one), len(other)) < 6 else 2)


ALIKE = str.maketrans("kqzyw", "ccsiv")  # letters that begin a word with one sound: konv is conv
AFFIXES = ("un", "re", "de")  # unpool is not pool, nor renorm norm


def _has_affix(longer: str, shorter: str) -> bool:
    """Say whether a word is another one with an affix that turns its meaning round."""
    if len(longer) != len(shorter) + 2:
        return False
    return any(
        longer[place : place + 2] in AFFIXES and longer[:place] + longer[place + 2 :] == shorter
        for place in range(len(shorter))
    )


def _slips(one: str, other: str) -> int:
    """Count letters that are missing, too many, wrong, or swapped with the next."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before, above = above, row
    return above[-1]


def suggestion(
    word: str, known: Callable[[], Iterable[str]], findings: Sequence[Finding], otherwise: str
) -> str:
    """Return a hint with the known word nearest to a wrong one.

    Only for the first findings: with thousands of them, looking for each would take minutes.
    """
    close = suggested(word, known, findings)
    return f"did you mean {quote(close)}?" if close else otherwise


def suggested(
    word: str,
    known: Callable[[], Iterable[str]],
    findings: Sequence[Finding],
    *,
    beginnings: bool = False,
) -> str | None:
    """Return the known word nearest to a wrong one, looked for as `suggestion` does."""
    if len(findings) >= MOST_SUGGESTIONS:
        return None
    return nearest(word, islice(known(), MOST_COMPARED), beginnings=beginnings)


def misspelt(fault: Fault, close: str | None, action: Action = "rename") -> Fault:
    """Return a fault with the word that may be meant as its repair.

    The question stays where the word alone mends nothing, since more is wrong behind it.
    """
    if close is None:
        return fault
    question = f"did you mean {quote(close)}?"
    repair = Repair(question, Change(action, close), safe=True)
    return repairable(fault.rule, fault.message, [repair], question)


def where(path: Path) -> str:
    """Return a path as text: `layers[3].conv.S`; hostile keys are cut and cleaned."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{quote(step)}" if text else quote(step)
    return text


class _Met:
    """What was met of one rule at one place."""

    __slots__ = ("kept", "last", "more")

    def __init__(self, first: int, last: str | None, more: int) -> None:
        self.kept = [first]  # where the findings of the first layer stand
        self.last = last
        self.more = more


class Findings(list[Finding]):
    """Findings as they are met. Of one rule at one place, those of the first layer are kept.

    A block or a repeat meets its faults once an instance; a reader wants them once, with the
    first instance's name and how many more there are. Keeping all would take a repeat of 100,000
    faulty layers several times the memory of a sound one.
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        super().__init__()
        self._met: dict[Any, _Met] = {}
        self.extend(findings)

    def append(self, found: Finding | Later, layer: str | None = None) -> None:
        """Keep a finding, or count it; `layer` is who met it, where it was made without one."""
        layer = layer or found.layer
        key = (found.rule, found.path, found.place)
        met = self._met.get(key)
        if met is None:
            self._met[key] = _Met(len(self), layer, found.more)
            super().append(_of_layer(found, layer))
        elif self[met.kept[0]].layer == layer:
            made = _of_layer(found, layer)
            if all(made.fault.message != self[index].fault.message for index in met.kept):
                met.kept.append(len(self))
                super().append(made)
        else:
            self._count(met, layer, found.more)

    def extend(self, findings: Iterable[Finding | Later], layer: str | None = None) -> None:
        """Keep or count several findings."""
        for found in findings:
            self.append(found, layer)

    def __iadd__(self, findings: Iterable[Finding | Later]) -> Self:  # type: ignore[misc, override]
        self.extend(findings)
        return self

    def again(self, layer: str | None, path: Path, rule: Rule) -> bool:
        """Say whether a rule was met at a place; if so, count that a layer met it once more."""
        met = self._met.get((rule, path, None))
        if met is None:
            return False
        self._count(met, layer, 0)
        return True

    def _count(self, met: _Met, layer: str | None, more: int) -> None:
        if layer is None:
            return
        if layer not in (met.last, self[met.kept[0]].layer):
            met.more += 1 + more
        met.last = layer

    def counted(self) -> list[Finding]:
        """Return what was kept, each with the number of other layers that met it."""
        counted = list(self)
        for met in self._met.values():
            if met.more:
                for index in met.kept:
                    counted[index] = counted[index]._replace(more=met.more)
        return counted


def _of_layer(found: Finding | Later, layer: str | None) -> Finding:
    made = found.made()
    return made if made.layer == layer else made._replace(layer=layer)


def briefly(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return findings as people want to read them: of much advice of one code some, and a count."""
    counts = Counter(d.code for d in found if d.severity == "advice")
    met: Counter[str] = Counter()
    shown = []
    for one in found:
        if one.severity == "advice":
            met[one.code] += 1
            if met[one.code] > MOST_ADVICE:
                continue
            more = counts[one.code] - MOST_ADVICE
            if met[one.code] == MOST_ADVICE and more > 0:
                places = "place" if more == 1 else "places"
                one = one._replace(message=f"{one.message} (and in {more:,} more {places})")
        shown.append(one)
    return shown


def gather(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings of one rule at one place but of other layers into the first layer's."""
    return [_told_once(finding) for finding in Findings(findings).counted()]


def _told_once(finding: Finding) -> Finding:
    """Name the first of several layers, and the instance of a fault inside a block."""
    fault, layer = finding.fault, finding.layer
    if finding.more and layer is not None:
        return finding._replace(note=f" (first in {layer}, and in {finding.more:,} more)")
    if layer is not None and finding.path[:1] == ("blocks",) and layer not in fault.message:
        return finding._replace(note=f" (in {layer})")
    return finding
