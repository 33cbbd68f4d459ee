"""The class on one screen: each question's verdicts, causes and commonest answers, and the scores.

An answer that has no cause is where a misconception may be missing, or the question unclear.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from statistics import median
from types import MappingProxyType
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.comparison import each_right, ways_to_read
from shapecalc.grading.differences import first_wrong
from shapecalc.grading.exports import number, two_decimals
from shapecalc.grading.exports.feedback import (
    explained,
    of_columns,
    of_hanging,
    of_mean,
    of_times,
    reason,
    who_did,
)
from shapecalc.grading.graded import ClassRun
from shapecalc.grading.marks import Mark, Verdict
from shapecalc.grading.question import Question
from shapecalc.grading.shortened import shortened
from shapecalc.grading.turned_arrays import is_turned
from shapecalc.grading.values import index
from shapecalc.grading.written_numbers import Unreadable

SCHEMA = "shapecalc.grade-summary/1"
VERDICTS: tuple[Verdict, ...] = (
    "right",
    "partly right",
    "followed through",
    "wrong",
    "blank",
    "needs a look",
)
HEADERS = ("question", "right", "follows", "partly", "wrong", "blank", "to look at", "mean", "of")
COMMONEST = 3  # causes, and answers, that are named of a question
MOST_ANSWERS = 2000  # of a question, that are counted
BINS = 10  # of the histogram
WIDEST = 40  # signs of its longest bar
LONGEST = 40  # characters of an id, with what is asked, or of an answer
SCREEN, LEAST = 100, 12  # characters of a line of the table; of what is asked, to be shown


class _Question:
    """How one question went, counted mark by mark."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.points, self.count = 0.0, 0
        self.verdicts: Counter[Verdict] = Counter()
        self.causes: Counter[str] = Counter()
        self.perhaps: Counter[str] = Counter()
        self.words: dict[str, str] = {}  # of a cause, as students are told it, if all alike
        self.matters: Counter[str] = Counter()  # of answers without a cause
        self.counts: Counter[Verdict] = Counter()  # of answers that nothing explains
        self.answers: dict[Verdict, Commonest] = {"wrong": Commonest(), "needs a look": Commonest()}

    def add(self, mark: Mark) -> None:
        self.points += mark.points
        self.count += 1
        self.verdicts[mark.verdict] += 1
        name = mark.misconception
        if name:
            self.causes[name] += 1
            self.perhaps[name] += mark.perhaps
            told = mark.matter or explained(name)
            self.words[name] = told if self.words.get(name, told) == told else explained(name)
        elif mark.matter:
            self.matters[mark.matter] += 1
        elif mark.verdict in self.answers:
            self.counts[mark.verdict] += 1
        self.add_answer(mark)

    def add_answer(self, mark: Mark) -> None:
        """Count an answer that nothing explains, or that was not read."""
        if not (mark.misconception or mark.matter) and mark.verdict in self.answers:
            written = " ".join(mark.answer.split())
            self.answers[mark.verdict].add(mark.meant or written, written, mark.unfollowed)

    @property
    def rough(self) -> bool:
        """Whether some answers were met oftener than is known."""
        return any(answers.rough for answers in self.answers.values())

    def count_again(self) -> None:
        """Begin to count the answers that are likely the commonest, and no others."""
        for answers in self.answers.values():
            answers.count_again()

    def first_wrong(self, answers: Mapping[str, int], others: Mapping[str, str]) -> dict[str, str]:
        """Return where the first wrong value is of lists that are too long to be shown, but for
        `others`.
        """
        found = {}
        for text in (one for one in answers if one not in others):  # in their order
            at = _first_wrong(self.question, text) if len(text) > LONGEST else []
            if any(at):
                found[text] = index(at)
        return found

    def summary(self) -> dict[str, Any]:
        unexplained = dict(self.answers["wrong"].most_common(BINS))
        unfollowed = self.answers["wrong"].unfollowed(BINS)
        verdicts = {verdict.replace(" ", "_"): self.verdicts[verdict] for verdict in VERDICTS}
        return {
            "id": self.question.id,
            "asked": self.question.query.path,
            "points": self.question.points,
            "mean": round(self.points / self.count, 6) if self.count else None,
            **verdicts,
            "causes": dict(self.causes.most_common()),
            "perhaps": {name: self.perhaps[name] for name in self.causes if self.perhaps[name]},
            "explanations": {name: self.words[name] for name, _ in self.causes.most_common()},
            "matters": dict(self.matters.most_common(BINS)),
            "without_cause": self.counts["wrong"],
            "waiting": self.verdicts["needs a look"] - self.counts["needs a look"],
            "unexplained": unexplained,
            "first_wrong": self.first_wrong(unexplained, unfollowed),
            "first_unfollowed": unfollowed,
            "unread": dict(self.answers["needs a look"].most_common(BINS)),
        }


class Commonest:
    """The commonest of any number of texts, of which only so many are kept.

    Each time there are more, every count is lessened by one and those that were 1 go (Misra and
    Gries, Finding repeated elements, 1982): what is left are the commonest, and a second count of
    them alone is exact.
    """

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self.most = most
        self.rough = False  # whether some counts are too small
        self._counts: Counter[str] = Counter()
        self._written: dict[str, str] = {}  # as all wrote it so far; the text itself where not all
        self._at: dict[str, str] = {}  # where it does not follow from own answers, if all alike
        self._only: frozenset[str] | None = None

    def add(self, text: str, written: str = "", at: str = "") -> None:
        """Count a text, which somebody wrote in a way of their own, and which does not follow from
        their own answers `at` a place.
        """
        if self._only is None or text in self._only:
            self._counts[text] += 1
            if self._written.setdefault(text, written) != written:
                self._written[text] = text
            if self._at.setdefault(text, at) != at:
                self._at[text] = ""
        if len(self._counts) > self.most:
            self.rough = True
            self._counts = Counter({t: n - 1 for t, n in self._counts.items() if n > 1})
            self._written = {t: self._written[t] for t in self._counts}
            self._at = {t: self._at[t] for t in self._counts}

    def count_again(self) -> None:
        """Begin anew, with the texts that are likely the commonest and no others."""
        self._only = frozenset(text for text, _ in self._counts.most_common(self.most // 10))
        self._counts = Counter()
        self._written, self._at = {}, {}

    def most_common(self, count: int) -> list[tuple[str, int]]:
        """Return the commonest, as they were written, with how often they were met."""
        return [(self._written[text] or text, n) for text, n in self._counts.most_common(count)]

    def unfollowed(self, count: int) -> dict[str, str]:
        """Return where the same do not follow from own answers, of which only some do not."""
        first = self._counts.most_common(count)
        return {self._written[text] or text: self._at[text] for text, _ in first if self._at[text]}


def summary_of(class_run: ClassRun) -> dict[str, Any]:
    """Return the summary as JSON has it."""
    tally, scores = class_run.tally, array("d")
    questions = [_Question(question) for question in class_run.assignment.questions]
    for item in class_run.marked:
        scores.append(item.score)
        for question, mark in zip(questions, item.marked.marks, strict=True):
            question.add(mark)
    rough = [place for place, question in enumerate(questions) if question.rough]
    for place in rough:
        questions[place].count_again()
    for item in class_run.marked if rough else ():
        for place in rough:
            questions[place].add_answer(item.marked.marks[place])
    return {
        "submissions": tally.counted,
        "graded": tally.marked,
        "mean": class_run.mean,
        "median": round(median(scores), 6) if scores else None,
        "histogram": _histogram(scores, class_run.possible),
        "misconceptions": dict(tally.misconceptions.most_common()),
        "mistaken_students": dict(tally.mistaken.most_common()),
        "tables": [{"file": file, **told._asdict()} for file, told in tally.tables.items()],
        "questions": [question.summary() for question in questions],
    }


def _histogram(scores: Sequence[float], possible: float) -> list[dict[str, Any]]:
    """Return how many have a score from each tenth of the points up to the next."""
    counts = [0] * BINS
    for score in scores:
        share = score / possible if possible else 0.0
        counts[min(BINS - 1, max(0, int(share * BINS + 1e-9)))] += 1
    edges = [round(possible * n / BINS, 6) for n in range(BINS + 1)]
    return [
        {"from": edges[n], "to": edges[n + 1], "count": count} for n, count in enumerate(counts)
    ]


def render(class_run: ClassRun) -> str:
    """Return the summary for the terminal."""
    whole = summary_of(class_run)
    parts = [_head(class_run, whole)]
    if whole["graded"]:
        parts += [_bars(whole), _table(whole)]
        parts += filter(None, (_details(n, asked) for n, asked in enumerate(whole["questions"], 1)))
    return "\n\n".join(parts) + "\n"


def _head(class_run: ClassRun, whole: dict[str, Any]) -> str:
    lines = [quote(class_run.assignment.title, 100)] if class_run.assignment.title else []
    word = "submission" if whole["submissions"] == 1 else "submissions"
    lines.append(f"{whole['graded']:,} of {whole['submissions']:,} {word} graded")
    if whole["graded"]:
        lines[-1] += (
            f"; mean {two_decimals(whole['mean'])}, median {two_decimals(whole['median'])}"
            f" of {number(class_run.possible)} points"
        )
    tally = class_run.tally
    lines += filter(None, [of_mean(class_run), of_hanging(class_run)])
    lines += [
        f"not gradable: {item.student}: {reason(item)}  [{item.file}]"
        for item in class_run.counted
        if not item.gradable
    ]
    uncounted = tally.graded - tally.counted
    if uncounted:
        lines.append(f"attempts not counted: {uncounted:,}")
    if tally.skipped:
        lines.append(f"files and rows skipped: {tally.skipped:,}")
    return "\n".join([*lines, *of_columns(class_run), *of_times(class_run)])


def _bars(whole: dict[str, Any]) -> str:
    from tabulate import tabulate

    most = max(part["count"] for part in whole["histogram"])
    width = min(most, WIDEST)
    rows = [
        (f"{part['from']:g} to {'' if part is whole['histogram'][-1] else 'under '}{part['to']:g}",
         "#" * -(-part["count"] * width // most), str(part["count"]))
        for part in whole["histogram"]
    ]  # fmt: skip
    table: str = tabulate(
        [(label, f"{bar} {count}".strip()) for label, bar, count in rows],
        ("points", "submissions"),
        colalign=("right", "left"),
        disable_numparse=True,
    )
    return table


def _table(whole: dict[str, Any]) -> str:
    """Return a row a question, whose name has the room that the numbers leave of a screen."""
    questions = whole["questions"]
    numbers = [
        [asked["right"], asked["followed_through"], asked["partly_right"], asked["wrong"],
         asked["blank"], asked["needs_a_look"], two_decimals(asked["mean"]),
         number(asked["points"])]
        for asked in questions
    ]  # fmt: skip
    width = len(str(len(questions)))
    room = SCREEN - len(_ruled([["", *HEADERS[1:]], *(["", *row] for row in numbers)])[1])
    rows = [
        [f"{n:<{width}}  {_named(asked, room - width - 2)}", *row]
        for n, (asked, row) in enumerate(zip(questions, numbers, strict=True), 1)
    ]
    return "\n".join(_ruled([[*HEADERS], *rows]))


def _ruled(rows: Sequence[Sequence[object]]) -> list[str]:
    """Return a table's lines, with a rule below the first, and columns as wide as they have to be:
    headings that tabulate is told to be headings have two more signs each.
    """
    from tabulate import SEPARATING_LINE, tabulate

    head, *others = rows
    align = ("left", *["right"] * (len(head) - 1))
    lines = tabulate(
        [head, SEPARATING_LINE, *others], tablefmt="simple", colalign=align, disable_numparse=True
    ).splitlines()
    return lines[1:-1]


def _details(place: int, asked: dict[str, Any]) -> str:
    """Return a question's causes, and the commonest answers without one."""
    words, doubts = asked["explanations"], asked["perhaps"]
    lines = [
        *_commonest([*asked["causes"].items()], "other causes", words=words, doubts=doubts),
        *_commonest([*asked["matters"].items()], "other faults"),
    ]
    for key, whole, why in (
        ("unexplained", asked["without_cause"], "no cause known"),
        ("unread", asked["needs_a_look"] - asked["waiting"], "needs a look"),
    ):
        at = {text: f", first wrong at {where}" for text, where in asked["first_wrong"].items()} | {
            text: f", first that does not follow at {where}"
            for text, where in asked["first_unfollowed"].items()
        }
        said = [(f"{_said(a)}{at.get(a, '')}, {why}", count) for a, count in asked[key].items()]
        lines += _commonest(said, f"other answers, {why}", whole)
    return "\n".join([f"{place}  {_named(asked)}", *lines]) if lines else ""


def _named(asked: dict[str, Any], most: int = LONGEST) -> str:
    """Return a question's id, and what is asked where there is room: `q3` alone says nothing."""
    id_, path = quote(asked["id"], LONGEST), " ".join(asked["asked"].split())
    room = most - len(id_) - 2
    return id_ if asked["id"] == path or room < LEAST else f"{id_}  {quote(path, room)}"


def _commonest(
    counts: Sequence[tuple[str, int]],
    others: str,
    whole: int = 0,
    *,
    words: Mapping[str, str] = MappingProxyType({}),
    doubts: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[str]:
    """Yield the commonest of what was told or answered, in `words` where it is a name, and how many
    more students there are, of those that are counted here or of a `whole` number; `doubts` are
    those who are told that it may be so.
    """
    few = len(counts) <= COMMONEST + 2  # which take hardly more room than their number
    first = counts if few else counts[:COMMONEST]
    for text, count in first:
        yield f"  {who_did(words.get(text, text), count, count, doubts.get(text, 0))}"
    more = max(whole, sum(count for _, count in counts)) - sum(count for _, count in first)
    if more:
        yield f"  {more:,} more: {others}"


def _first_wrong(question: Question, text: str) -> list[int]:
    """Return the place of the first wrong value of an array; nothing for another answer."""
    with suppress(Unreadable):
        value = ways_to_read(question, text)[0].value
        good = [] if is_turned(question, value) else each_right(question, value)
        return first_wrong(question.right, good)
    return []


def _said(answer: str) -> str:
    return f'"{shortened(answer, LONGEST)}"' if answer else "no answer was found"


def render_json(class_run: ClassRun) -> str:
    """Return the summary as one JSON object."""
    whole = {"schema": SCHEMA, **summary_of(class_run)}
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


SUMMARIES: Mapping[str, Callable[[ClassRun], str]] = {"table": render, "json": render_json}
