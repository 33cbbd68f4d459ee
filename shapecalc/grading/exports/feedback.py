"""What the exporters tell alike: a mark in words, and how much was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from shapecalc import rules
from shapecalc.diagnostics import quote, some
from shapecalc.grading.combinations import OR
from shapecalc.grading.exports import number
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.marks import Mark, Verdict, title
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.moments import days_late, moment, shown_deadline, time_late
from shapecalc.grading.question import Policy
from shapecalc.grading.regex import regex
from shapecalc.grading.submission_file import FOR_THE_AUTHOR
from shapecalc.grading.wording import questions_by

MOST_COLUMNS = 12  # that are named
# A word of an answer, but no letter of a formula and no function. Of an answer with one such word,
# `60 parameters`, is still seen where it ends if no quotes are round it.
WORD = regex(r"(?<![\w.])(?:[^\W\d_]{2,}|[Ia])(?![\w(])")
FEWEST_WORDS = 2
UNMATCHED = (
    "Your file could not be matched to the questions, so it is not marked yet:"
    " your teacher has to look at it"
)

VERDICTS: Mapping[Verdict, str] = {
    "right": "Right",
    "partly right": "Partly right",
    "followed through": "Follows from an earlier slip",
    "wrong": "Not right",
    "blank": "No answer",
    "needs a look": "To be looked at",
}


def feedback(mark: Mark) -> str:
    """Return what a student is told about one answer, which is repeated where it is not right."""
    if mark.verdict == "right":
        return mark.feedback
    if mark.verdict == "blank":
        return f"{points(mark)}. {mark.feedback}".rstrip()
    credit = f", {points(mark)}" if not mark.unread else ""
    quoted = mark.unread or len(WORD.findall(mark.answer)) >= FEWEST_WORDS
    answer = f'"{mark.answer}"' if quoted else mark.answer
    given = f" Your answer: {_stopped(answer)}" if mark.answer else ""
    return f"{VERDICTS[mark.verdict]}{credit}.{given} {mark.feedback}".rstrip()


def _stopped(text: str) -> str:
    """Return a text with a full stop, if neither it nor what it quotes at its end has one."""
    return text if text.rstrip("\"'`").endswith((".", "!", "?")) else f"{text}."


def points(mark: Mark) -> str:
    """Return `0.5 of 1 point`."""
    return f"{number(mark.points)} of {number(mark.possible)} {_word(mark.possible)}"


def reached(graded: Graded) -> str:
    """Return the score in words, or why there is none."""
    if not graded.gradable:
        return f"not gradable: {reason(graded)}"
    possible = graded.marked.possible
    said = f"{number(graded.score)} of {number(possible)} {_word(possible)}"
    if graded.penalty:
        said += f" ({number(graded.marked.score)}, less {number(graded.penalty)} for being late)"
    unread = graded.marked.unread
    looks = "answer needs" if unread == 1 else "answers need"
    return said + (f"; {unread} {looks} a look" if unread else "")


def told(graded: Graded) -> str:
    """Return what a student is told first: the score, or why the file could not be read."""
    if graded.gradable:
        return reached(graded)
    if FOR_THE_AUTHOR in graded.marked.reason:
        return f"{UNMATCHED}."
    return f"Your file could not be read, so it is not marked yet: {reason(graded)}."


def format_error(graded: Graded) -> str:
    """Return why a student's file could not be read, without what its author has to write."""
    return UNMATCHED if FOR_THE_AUTHOR in graded.marked.reason else graded.marked.reason


def reason(graded: Graded) -> str:
    """Return why there are no marks, without the code of the rule."""
    return quote(without_code(graded.marked.reason), 1000)


def without_code(text: str) -> str:
    """Return what is told, without the code of its rule."""
    for rule in (rules.UNREADABLE_ANSWERS, rules.ANSWER_TO_NO_QUESTION):
        if text.startswith(f"{rule.code} "):
            return text.removeprefix(f"{rule.code} ")
    return text


def explained(name: str) -> str:
    """Return what a misconception is, or several: with commas all of them, with `or` one."""
    known = {item.name: item.of_all or item.explanation for item in misconceptions()}
    if OR in name:
        return ", or ".join(known.get(one, one).partition(";")[0] for one in name.split(OR))
    return "; and ".join(known.get(one, one) for one in name.split(", "))


def who_did(told: str, count: int, answers: int, perhaps: int) -> str:
    """Return how many students made a mistake, with how many `answers` where some made it several
    times, and how many of these are told of it only as possible.
    """
    if perhaps == answers:
        perhaps, told = 0, f"perhaps {told}"
    more = [f"{answers:,} answers"] if answers > count else []
    more += [f"{perhaps:,} perhaps"] if perhaps else []
    counted = f" ({', '.join(more)})" if more else ""
    return f"{students(count)}{counted}: {told}"


def of_mean(class_run: ClassRun) -> str:
    """Return what a mean leaves out, in a sentence; empty where everything is marked."""
    unread = class_run.tally.unread
    if not unread:
        return ""
    looks = "1 answer needs a look and counts" if unread == 1 else None
    return f"{looks or f'{unread:,} answers need a look and count'} as 0 points in the mean"


def of_hanging(class_run: ClassRun) -> str:
    """Return whose points may change with an answer that needs a look; empty where nobody's do."""
    count, who = class_run.tally.hanging, class_run.tally.with_hanging
    if not count:
        return ""
    if count == 1:
        return f"1 answer may follow from one that needs a look: its points may change ({who})"
    return (
        f"{count:,} answers may follow from one that needs a look: their points may change ({who})"
    )


def students(count: int) -> str:
    """Return `1 student` or `5 students`."""
    return f"{count:,} {'student' if count == 1 else 'students'}"


def lateness(graded: Graded, policy: Policy) -> str:
    """Return when a submission was handed in that is late, by how much, and what that costs; as how
    many days it counts only where each day costs something.
    """
    due, late, days = policy.due, policy.late, 0
    said = "It was handed in late"
    if due is not None and graded.when:
        with suppress(ValueError):
            handed_in = moment(graded.when)
            days = days_late(due, handed_in)
            said = f"It was handed in at {shown_deadline(handed_in)}"
            said += f", {time_late(due, handed_in)} late" if days else ""
    if due is not None:
        said += f": it was due by {shown_deadline(due)}"
    if not late.share:
        return f"{said}."
    lost = f"{late.lost(max(1, days)) * 100:.4g} % of the points reached"
    most = f", {late.most * 100:.4g} % at most" if late.most < 1 else ""
    each = f" ({late.share * 100:.4g} % for each day that has begun{most})" if late.each_day else ""
    later = ", and of those that are still to be given" if graded.marked.unread else ""
    counted = f" counts as {days:,} {'day' if days == 1 else 'days'} and" if days else ""
    return f"{said}. That{counted if late.each_day else ''} costs {lost}{each}{later}."


def of_whole(graded: Graded, policy: Policy) -> Iterator[str]:
    """Yield what a platform shows above the answers: the score, why it is less, what is noted."""
    yield told(graded)
    if graded.late:
        yield lateness(graded, policy)
    yield from _notes(graded)


def letter(graded: Graded, policy: Policy) -> Iterator[str]:
    """Yield the lines that one student is given."""
    yield f"{graded.student}: {told(graded)}"
    if graded.late:
        yield lateness(graded, policy)
    if graded.duplicate:
        yield "There is another submission under this name or number; both are marked."
    if graded.attempts > 1:
        yield f"One of your {graded.attempts} attempts counts: this one."
    marks = graded.marked.marks if graded.gradable else ()
    for place, mark in enumerate(marks, 1):
        yield ""
        yield f"{title(place, mark)}: {feedback(mark)}"
    if graded.notes:
        yield ""
    yield from _notes(graded)


def _notes(graded: Graded) -> Iterator[str]:
    """Yield what is noted of the whole, in sentences."""
    for note in map(without_code, graded.notes):
        yield _stopped(note)


def one_line(graded: Graded, policy: Policy) -> str:
    """Return what being late costs, what went wrong, what was read with care, and what is noted of
    the whole, for a cell of a table.
    """
    if not graded.gradable:
        return reason(graded)
    late = [lateness(graded, policy)] if graded.late and policy.late.share else []
    marks = enumerate(graded.marked.marks, 1)
    said = (f"{title(n, m)}: {feedback(m)}" for n, m in marks if m.verdict != "right" or m.note)
    return " | ".join([*late, *said, *_notes(graded)])


def of_columns(class_run: ClassRun) -> Iterator[str]:
    """Yield what the author has to know of tables' columns: which questions have none, say."""
    numbers = {q.id: number for number, q in enumerate(class_run.assignment.questions, 1)}
    for file, told in class_run.tally.tables.items():
        if told.missing:
            asked = questions_by([numbers[id_] for id_ in told.missing])
            whose = "its" if len(told.missing) == 1 else "their"
            example = f"--columns '{quote(told.missing[0])}=ITS COLUMN' names one"
            yield f"{file}: no column was found for {asked}: {whose} answers need a look; {example}"
        yield from (f"{file}: `columns` names {n}, which is no column here" for n in told.absent)
        yield from (f"{file}: {said}" for said in told.in_sentences)
        if told.ignored:
            yield f"{file}: columns that answer no question: {some(told.ignored, MOST_COLUMNS)}"


def of_times(class_run: ClassRun) -> Iterator[str]:
    """Yield that it is not known of some when they were handed in, where a due date is set."""
    count = class_run.tally.timeless.count
    if class_run.assignment.policy.due is not None and count:
        whose = (
            "submission does not say when it was" if count == 1 else "submissions do not say when"
        )
        whose += " handed in and counts" if count == 1 else " they were handed in and count"
        who = class_run.tally.timeless
        said = "in a file, `submitted: 2026-11-20 17:00` says it"
        yield f"{count:,} {whose} as in time ({who}); {said}"


def _word(possible: float) -> str:
    return "point" if possible == 1 else "points"
