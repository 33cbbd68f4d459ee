"""The class on one screen: each question's verdicts, causes and commonest answers, and the scores.

An answer that has no cause is where a misconception may be missing, or the question unclear.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from tabulate import tabulate

from shapecalc.diagnostics import quote
from shapecalc.grading.exports import number
from shapecalc.grading.exports.feedback import reason
from shapecalc.grading.graded import ClassRun
from shapecalc.grading.marks import Mark, Verdict
from shapecalc.grading.misconceptions import misconceptions

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
BINS = 10  # of the histogram
WIDEST = 40  # signs of its longest bar
LONGEST = 40  # characters of an id or an answer


def summary_of(class_run: ClassRun) -> dict[str, Any]:
    """Return the summary as JSON has it."""
    scores = [item.score for item in class_run.marked]
    return {
        "submissions": len(class_run.counted),
        "graded": len(class_run.marked),
        "mean": class_run.mean,
        "median": round(median(scores), 6) if scores else None,
        "histogram": _histogram(scores, class_run.possible),
        "misconceptions": dict(class_run.misconceptions.most_common()),
        "questions": [
            _question(place, class_run) for place in range(len(class_run.assignment.questions))
        ],
    }


def _question(place: int, class_run: ClassRun) -> dict[str, Any]:
    """Return how one question went."""
    marks = [item.marked.marks[place] for item in class_run.marked]
    question = class_run.assignment.questions[place]
    verdicts = Counter(mark.verdict for mark in marks)
    causes = Counter(mark.misconception for mark in marks if mark.misconception)
    return {
        "id": question.id,
        "points": question.points,
        "mean": round(sum(mark.points for mark in marks) / len(marks), 6) if marks else None,
        **{verdict.replace(" ", "_"): verdicts[verdict] for verdict in VERDICTS},
        "causes": dict(causes.most_common()),
        "unexplained": dict(_answers(marks, "wrong").most_common(BINS)),
        "unread": dict(_answers(marks, "needs a look").most_common(BINS)),
    }


def _answers(marks: Sequence[Mark], verdict: Verdict) -> Counter[str]:
    """Return the answers with a verdict that have no cause."""
    return Counter(
        " ".join(mark.answer.split())
        for mark in marks
        if mark.verdict == verdict and not mark.misconception
    )


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
    lines.append(f"{whole['graded']:,} of {whole['submissions']:,} submissions graded")
    if whole["graded"]:
        lines[-1] += (
            f"; mean {whole['mean']:.2f}, median {whole['median']:.2f}"
            f" of {number(class_run.possible)} points"
        )
    unread = sum(item.marked.unread for item in class_run.marked)
    if unread:
        looks = (
            "answer needs a look: it counts" if unread == 1 else "answers need a look: they count"
        )
        lines.append(f"{unread:,} {looks} as 0 points until then")
    lines += [
        f"not gradable: {item.student}: {reason(item)}  [{item.file}]"
        for item in class_run.counted
        if not item.gradable
    ]
    uncounted = len(class_run.graded) - len(class_run.counted)
    if uncounted:
        lines.append(f"attempts not counted: {uncounted:,}")
    if class_run.skipped:
        lines.append(f"files and rows skipped: {len(class_run.skipped):,}")
    return "\n".join(lines)


def _bars(whole: dict[str, Any]) -> str:
    most = max(part["count"] for part in whole["histogram"])
    width = min(most, WIDEST)
    rows = [
        (f"{part['from']:g} to {part['to']:g}", "#" * -(-part["count"] * width // most),
         str(part["count"]))
        for part in whole["histogram"]
    ]  # fmt: skip
    return tabulate(
        [(label, f"{bar} {count}".strip()) for label, bar, count in rows],
        ("points", "submissions"),
        colalign=("right", "left"),
        disable_numparse=True,
    )


def _table(whole: dict[str, Any]) -> str:
    rows = [
        [f"{n}  {quote(asked['id'], LONGEST)}", asked["right"],
         asked["followed_through"], asked["partly_right"], asked["wrong"], asked["blank"],
         asked["needs_a_look"], f"{asked['mean']:.2f}", f"{number(asked['points'])}"]
        for n, asked in enumerate(whole["questions"], 1)
    ]  # fmt: skip
    return tabulate(rows, HEADERS, colalign=("left", *["right"] * 8), disable_numparse=True)


def _details(place: int, asked: dict[str, Any]) -> str:
    """Return a question's causes, and the commonest answers without one."""
    explained = {item.name: item.explanation for item in misconceptions()}
    lines = [
        f"  {count:,} x {'; and '.join(explained.get(n, n) for n in name.split(', '))} ({name})"
        for name, count in list(asked["causes"].items())[:COMMONEST]
    ]
    for key, why in (("unexplained", "no cause known"), ("unread", "could not be read")):
        lines += [
            f"  {count:,} x {quote(answer, LONGEST)}: {why}"
            for answer, count in list(asked[key].items())[:COMMONEST]
        ]
    return "\n".join([f"{place}  {quote(asked['id'], LONGEST)}", *lines]) if lines else ""


def render_json(class_run: ClassRun) -> str:
    """Return the summary as one JSON object."""
    whole = {"schema": SCHEMA, **summary_of(class_run)}
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


SUMMARIES: Mapping[str, Callable[[ClassRun], str]] = {"table": render, "json": render_json}
