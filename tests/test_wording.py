"""No code reads a sentence of ours back: other words for working and hints change nothing else.

Every sentence made of a derivation, every hint and every repair's text is turned round; the rest
of what reports, checks, verifications and marks say must stay as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.diagnostics import Fault
from shapecalc.edits import Repair
from shapecalc.grading import class_run, exports, read_assignment
from shapecalc.grading.presets import find
from shapecalc.reports import sentences

SPECS = Path(__file__).resolve().parents[1] / "specs"
FILES = [path for path in sorted(SPECS.glob("*/*.*")) if path.suffix in (".yaml", ".json")]
TRACED = [path for path in FILES if path.parent.name != "homework"]
EXECUTED = [SPECS / "kinds" / f"{kind}.yaml" for kind in ("conv", "max-pool", "dense", "add")]
ASSIGNMENTS = sorted(SPECS.glob("homework/*/assignment.yaml"))
CHANGED = ("derivation", "hint", "title", "working")  # sentences of ours, every one
TEXTS = (*CHANGED, "feedback")  # told to people, in JSON as well


def turned(text: str) -> str:
    """Return other words, as many letters, nothing that begins or ends as before."""
    return f"~{text[::-1]}~" if text else text


@contextmanager
def reworded(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Turn round all sentences of derivations, hints and repairs."""
    sentence, fault, repair = sentences.sentence, Fault.__new__, Repair.__new__

    def other_fault(
        cls: type[Fault],
        rule: Any,
        message: str,
        hint: str = "",
        repairs: Any = (),
        otherwise: str = "",
    ) -> Any:
        return fault(cls, rule, message, turned(hint), repairs, turned(otherwise))

    def other_repair(cls: type[Repair], text: str, *rest: Any, **named: Any) -> Any:
        return repair(cls, turned(text), *rest, **named)

    with patch.context() as within:
        within.setattr(sentences, "sentence", lambda derivation: turned(sentence(derivation)))
        within.setattr(Fault, "__new__", other_fault)
        within.setattr(Repair, "__new__", other_repair)
        yield


def without_texts(value: Any) -> Any:
    """Return JSON without what is told to people."""
    if isinstance(value, dict):
        return {key: without_texts(inner) for key, inner in value.items() if key not in TEXTS}
    return [without_texts(inner) for inner in value] if isinstance(value, list | tuple) else value


def texts(value: Any) -> Iterator[Any]:
    """Yield what `without_texts` leaves out, but feedback: a part of it is no derivation's."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in CHANGED and inner:
                yield inner
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def compare(make: Callable[[], Any], patch: pytest.MonkeyPatch) -> None:
    """Make something in our words and in others, and compare all but the words."""
    ours = make()
    with reworded(patch):
        others = make()
    assert without_texts(others) == without_texts(ours)
    pairs = list(zip(texts(ours), texts(others), strict=True))
    same = [one for one, other in pairs if one == other]
    assert not same, same[:3]  # or the words were not changed at all


def identity(path: Path) -> str:
    """Return a file's folder and name."""
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.slow
@pytest.mark.parametrize("path", TRACED, ids=identity)
def test_reports_and_findings_stay(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(lambda: shapecalc.trace(path).to_dict(), monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("path", EXECUTED, ids=identity)
def test_verifications_stay(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(lambda: shapecalc.verify(path, batch=2).to_dict(), monkeypatch)


@pytest.mark.quick(1)
@pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda path: path.parent.name)
def test_marks_stay(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers, points and the mistakes that are named."""

    def marks() -> Any:
        found = find([str(path.parent / "submissions")], None, pytest.fail)
        run = class_run.grade(read_assignment(path), found)
        told = json.loads(exports.render("json", run))
        del told["assignment"]["title"]  # its author's
        return told

    compare(marks, monkeypatch)


# -- planted faults ----------------------------------------------------------------------------


def test_a_reader_of_our_words_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {"input": "8x8x3", "layers": [{"conv": {"K": 2, "F": 3}}]}

    def read_back() -> Any:
        (record,) = shapecalc.trace(spec).layers
        return {"size": record.derivation[0].rpartition(" = ")[2]}

    with pytest.raises(AssertionError):
        compare(read_back, monkeypatch)


def test_words_that_stay_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match="as ever"):
        compare(lambda: {"hint": "as ever"}, monkeypatch)
