"""Answer files: raw answers by question id, or why there are none.

YAML and JSON hold one student's answers, in a mapping; a CSV may hold a whole class.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shapecalc.diagnostics import quote
from shapecalc.grading.answer_tables import read_table
from shapecalc.grading.submission_file import (
    MOST_NOTES,
    Found,
    NotGradable,
    Submission,
    clean,
    internal_error,
    notes_on,
    opened,
    refused,
)
from shapecalc.readers import foreign, native

ENDINGS = (".yaml", ".yml", ".json", ".csv")
MOST_BYTES = 1024 * 1024  # of a YAML or JSON file; a CSV is of a whole class
MOST_VALUES = 100_000  # of a YAML or JSON file, which takes PyYAML half a second


def read_submissions(found: Found, ids: Collection[str]) -> list[Submission]:
    """Return what a file holds: one submission, or a CSV's many. Never raises.

    `ids` are the questions'; a key such as `student` is an answer if a question is called so.
    """
    try:
        if found.reason:
            raise NotGradable(found.reason)
        if found.path.lower().endswith(".csv"):
            return list(read_table(found, ids))
        return [_read_mapping(found, ids)]
    except NotGradable as error:
        return [refused(found, str(error))]
    except Exception as error:  # one broken file must not stop the others
        reason = internal_error("reading", error)
        return [refused(found, "")._replace(reason=reason, failed=True)]


def _read_mapping(found: Found, ids: Collection[str]) -> Submission:
    with opened(found.path, MOST_BYTES) as file:
        raw = file.read(MOST_BYTES + 1)
    kind = foreign.binary(raw)
    if kind is not None:
        mend = f": {kind.hint}" if kind.hint == foreign.UTF_8 else ", not answers"
        raise NotGradable(f"{kind.name}{mend}")
    if b"\0" in raw:
        raise NotGradable("a binary file, not text")
    if not raw.strip():
        raise NotGradable("the file is empty")
    if sum(map(raw.count, (b",", b"\n", b"[", b"{"))) > MOST_VALUES:
        raise NotGradable(f"more than {MOST_VALUES:,} values")
    document = native.read_bytes(raw, found.path)
    data = document.data
    if data is None and document.findings:
        first = document.findings[0]
        at = f"line {first.place[0]}: " if first.place else ""
        raise NotGradable(f"{at}{first.fault.message}")
    if not isinstance(data, Mapping):
        raise NotGradable(f"not a mapping of question ids to answers, but {quote(data)}")
    twice = [finding.fault.message for finding in document.findings[:MOST_NOTES]]
    student = "" if "student" in ids else clean(data.get("student"))
    answers = {key: value for key, value in data.items() if key in ids or key != "student"}
    if "answers" not in ids and isinstance(answers.get("answers"), Mapping):
        answers |= answers.pop("answers")
    known = {key: answers[key] for key in answers if key in ids}
    if not known:
        raise NotGradable("none of its keys is the id of a question")
    notes = [*twice, *notes_on((key for key in answers if key not in ids), ids)]
    whose = clean(found.student) or student or clean(found.otherwise)
    return Submission(
        whose, known, quote(found.path, 400), "", tuple(notes), clean(found.identity), found.late
    )
