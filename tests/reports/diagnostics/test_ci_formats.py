"""The formats for CI and review: what each has to hold, its limits, and hostile names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft7Validator

from shapecalc.diagnostics import Diagnostic
from shapecalc.edits import Edit
from shapecalc.reports import diagnostics
from shapecalc.reports.diagnostics import junit, sarif
from shapecalc.reports.places import relative
from shapecalc.rules import Severity

EDIT = Edit(4, 12, 4, 13, "3", False, "S=3 does")
ERROR = Diagnostic(
    "SC201", "error", "it does not fit", "S=3 does", "conv1", "layers[0].conv", 4, 5, 4, 9, (EDIT,)
)
TWIN = ERROR._replace(line=9, end_line=9, edits=())
WARNING = Diagnostic("SC402", "warning", "pixels are skipped", "", "conv2", "layers[1].conv", 5, 1)
ADVICE = Diagnostic("SC405", "advice", "it is flattened", "", None, "layers[1]", None, None)
FOUND = [("a.yaml", [WARNING, ERROR, TWIN, ADVICE]), ("clean.yaml", [])]
HOSTILE = "::error::x\r\n::set-env name=A::##[error]a%,:<&>]]>\x00\x1b[2J\ud800.yaml"
OF_OTHERS = ("github", "gitlab", "junit", "sarif", "rdjson")


def rendered(name: str, found: Any = FOUND) -> str:
    return diagnostics.named(name).render(found)


def an(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object with just these properties, all of them."""
    return {
        "type": "object", "required": [*properties], "properties": properties,
        "additionalProperties": False,
    }  # fmt: skip


TEXT = {"type": "string", "minLength": 1}
COUNTED = {"type": "integer", "minimum": 1}
AT = an(line=COUNTED, column=COUNTED)
RANGE = {"type": "object", "required": ["start"], "properties": {"start": AT, "end": AT}}
GITLAB = {"type": "array", "items": an(
    description=TEXT, check_name=TEXT, fingerprint=TEXT,
    severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
    location=an(path={"type": "string", "pattern": "^(?![./])"}, lines=an(begin=COUNTED)),
)}  # fmt: skip
RDJSON = an(source=an(name=TEXT), diagnostics={"type": "array", "items": {
    "type": "object",
    "required": ["message", "severity", "location", "code"],
    "properties": {
        "message": TEXT,
        "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
        "location": an(path=TEXT, range=RANGE),
        "code": an(value=TEXT),
        "suggestions": {"type": "array", "items": an(range=RANGE, text={"type": "string"})},
    },
    "additionalProperties": False,
}})  # fmt: skip


@pytest.mark.parametrize(("name", "schema"), [("gitlab", GITLAB), ("rdjson", RDJSON)])
def test_json_has_what_its_readers_ask_for(name: str, schema: dict[str, Any]) -> None:
    validator = Draft7Validator(schema)
    assert not list(validator.iter_errors(json.loads(rendered(name))))
    assert not list(validator.iter_errors(json.loads(rendered(name, []))))
    assert list(validator.iter_errors({"diagnostics": [{}]}))


def test_gitlab_tells_twins_apart_and_finds_them_again_when_lines_move() -> None:
    prints = [item["fingerprint"] for item in json.loads(rendered("gitlab"))]
    assert len(set(prints)) == len(prints) == 4
    moved = [("a.yaml", [one._replace(line=80) for one in FOUND[0][1]])]
    assert [item["fingerprint"] for item in json.loads(rendered("gitlab", moved))] == prints


def test_github_has_errors_first_and_the_text_behind() -> None:
    lines = rendered("github").splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert [line.split()[0] for line in commands] == ["::error", "::error", "::warning", "::notice"]
    expected = "::error file=a.yaml,line=4,col=5,title=shapecalc SC201::it does not fit%0AS=3 does"
    assert commands[0] == expected
    assert "a.yaml:4:5: SC201 error: it does not fit" in lines


@pytest.mark.parametrize("message", ["x", "a\n::set-output name=x::1", "##[add-path]/tmp"])
def test_nothing_but_our_own_commands_starts_one(message: str) -> None:
    found = ERROR._replace(message=message, hint=message, layer=message)
    for line in rendered("github", [(HOSTILE, [found]), ("-", [found])]).splitlines():
        assert "##[" not in line
        if line.lstrip().startswith("::"):
            assert line.startswith("::error ")
            assert re.fullmatch(r"::error [^:]*::.*", line)


def _cases(text: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text.encode()).iter("testcase"))


@pytest.mark.parametrize(("strict", "failures"), [(False, 2), (True, 3)])
def test_junit_fails_for_errors_and_under_strict_for_warnings(strict: bool, failures: int) -> None:
    text = junit.render_strictly(FOUND) if strict else junit.render(FOUND)
    root = ElementTree.fromstring(text.encode())
    assert (root.get("tests"), root.get("failures")) == ("5", str(failures))
    assert len(list(root.iter("failure"))) == failures
    assert len(list(root.iter("system-out"))) == 4 - failures


# What the schema of Jenkins' xUnit plug-in (junit-10.xsd) allows of what is written here: for each
# element its attributes, the ones it must have first, and its children.
JUNIT = {
    "testsuites": ("", "name time tests failures errors", "testsuite"),
    "testsuite": (
        "name tests failures errors",
        "group time skipped timestamp hostname id package file log url",
        "testsuite properties testcase system-out system-err",
    ),
    "testcase": (
        "name", "time classname group", "skipped error failure system-out system-err",
    ),
    "failure": ("", "type message", ""),
    "system-out": ("", "", ""),
}  # fmt: skip


def against_junit(text: str) -> list[str]:
    """Return what the schema does not allow."""
    wrong = []
    for element in ElementTree.fromstring(text.encode()).iter():
        needed, others, children = (words.split() for words in JUNIT[element.tag])
        wrong += [f"{element.tag} lacks {name}" for name in needed if name not in element.attrib]
        wrong += [
            f"{element.tag} has {name}" for name in element.attrib if name not in needed + others
        ]
        wrong += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
    return wrong


@pytest.mark.parametrize("render", [junit.render, junit.render_strictly])
def test_junit_is_by_the_schema_of_jenkins(render: Callable[[Any], str]) -> None:
    assert against_junit(render(FOUND)) == []
    with_line = render(FOUND).replace("<testcase ", '<testcase line="3" ', 1)
    assert against_junit(with_line) == ["testcase has line"]
    nameless = re.sub(r' name="[^"]*"', "", render(FOUND))
    assert {*against_junit(nameless)} == {"testsuite lacks name", "testcase lacks name"}


def test_junit_has_a_passing_case_for_a_clean_file_and_no_name_twice() -> None:
    cases = _cases(rendered("junit", [("a.yaml", [ERROR, ERROR]), ("clean.yaml", [])]))
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len({*names}) == 3
    assert names[-1] == ("clean.yaml", "check")
    assert not len(cases[-1])


def test_sarif_has_the_rules_that_were_broken_with_their_pages() -> None:
    (run,) = json.loads(rendered("sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["SC201", "SC402", "SC405"]
    assert rules[0]["name"] == "StrideDoesNotFit"  # another text than the id
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning", "note"]
    assert all(len(rule["fullDescription"]["text"]) <= 1024 for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len({*prints}) == 4


def test_sarif_ends_a_place_on_the_line_where_it_begins() -> None:
    found = [ERROR, ERROR._replace(end_line=12)]
    (run,) = json.loads(rendered("sarif", [("a b.yaml", found)]))["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert places[0]["region"] == {"startLine": 4, "startColumn": 5, "endColumn": 9}
    assert places[1]["region"] == {"startLine": 4, "startColumn": 5}
    assert places[0]["artifactLocation"]["uri"] == "a%20b.yaml"


def test_sarif_keeps_to_the_limit_of_results_errors_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    (run,) = json.loads(rendered("sarif"))["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "error"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "2 findings are left out" in notification["message"]["text"]


def test_rdjson_counts_bytes_and_suggests_edits(tmp_path: Path) -> None:
    path = tmp_path / "umlaut.yaml"
    path.write_text("input: 8\nlayers:\n# \u00e4\n  - \u00e4\u00f6: {S: 4}\n", encoding="utf-8")
    (found,) = json.loads(rendered("rdjson", [(str(path), [ERROR])]))["diagnostics"]
    assert found["location"]["range"]["start"] == {"line": 4, "column": 5}
    assert found["location"]["range"]["end"] == {"line": 4, "column": 11}
    (suggestion,) = found["suggestions"]
    assert suggestion["range"]["start"] == {"line": 4, "column": 14}
    assert suggestion["text"] == "3"


@pytest.mark.parametrize("name", OF_OTHERS)
def test_hostile_names_are_harmless(name: str) -> None:
    texts = ERROR._replace(message=HOSTILE, hint=HOSTILE, layer=HOSTILE, where=HOSTILE)
    text = rendered(name, [(HOSTILE, [texts])])
    raw = text.encode("utf-8", "replace").decode()
    assert "\x1b" not in raw
    readers: dict[str, Callable[[str], Any]] = {"junit": ElementTree.fromstring, "github": str}
    readers.get(name, json.loads)(raw)


@pytest.mark.parametrize("severity", ["error", "warning", "advice"])
@pytest.mark.parametrize("name", OF_OTHERS)
def test_every_severity_has_a_word(name: str, severity: Severity) -> None:
    assert rendered(name, [("a.yaml", [ERROR._replace(severity=severity)])])


def test_paths_are_a_repositorys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert relative(str(tmp_path / "nets" / "a.yaml")) == "nets/a.yaml"
    assert relative(str(Path("nets") / ".." / "a.yaml")) == "a.yaml"
    assert relative("-") == "stdin"
