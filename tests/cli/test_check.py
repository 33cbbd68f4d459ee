"""shapecalc check: files and folders, formats, which codes count, exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import shapecalc
from shapecalc import readers

Run = Callable[..., Result]
Spawn = Callable[..., subprocess.CompletedProcess[bytes]]
SOUND = "input: 8\nlayers: [relu]\n"


def items(result: Result) -> list[dict[str, Any]]:
    loaded = json.loads(result.stdout)
    assert isinstance(loaded, list)
    return loaded


# -- text ------------------------------------------------------------------------------------------


def test_a_finding_is_path_line_column_code_message_and_its_hint(run: Run, files: Path) -> None:
    result = run("check", "faulty.yaml")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    assert re.match(r"faulty\.yaml:4:5: SC201 .*conv1.*4\.5", lines[0])
    assert lines[1].startswith(" ")
    assert "S=1 gives 8x8" in lines[1]


def test_nothing_found_prints_nothing_on_standard_output(run: Run, files: Path) -> None:
    result = run("check", "sound.yaml")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr  # a summary is a message


def test_findings_are_on_standard_output_and_messages_are_not(run: Run, files: Path) -> None:
    result = run("check", "faulty.yaml", "missing.yaml", "warned.yaml")
    assert {line.split(":")[0] for line in result.stdout.splitlines() if line[0] != " "} == {
        "faulty.yaml",
        "warned.yaml",
    }
    assert "missing.yaml" in result.stderr


def test_every_line_is_located_even_for_a_file_that_is_no_yaml(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "b.yaml").write_text("")
    (tmp_path / "c.yaml").write_text("- a\n- b\n")
    (tmp_path / "d.yaml").write_text("a: [\n")
    result = run("check", "a.yaml", "b.yaml", "c.yaml", "d.yaml")
    assert result.exit_code == 1
    found = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert len(found) >= 4
    assert all(re.match(r"[a-d]\.yaml:\d+:\d+: SC1\d\d ", line) for line in found)


# -- json ------------------------------------------------------------------------------------------

KEYS = [
    *("file", "code", "severity", "message", "hint", "layer", "where", "line", "column"),
    *("end_line", "end_column", "edits", "consequences"),
]


def test_json_is_one_array_and_each_item_has_its_file(run: Run, files: Path) -> None:
    names = ["faulty.yaml", "sound.yaml", "warned.yaml", "advised.yaml"]
    result = run("check", "--format", "json", *names)
    assert result.exit_code == 1
    found = items(result)
    assert [(item["file"], item["code"], item["severity"]) for item in found] == [
        ("faulty.yaml", "SC201", "error"),
        ("warned.yaml", "SC402", "warning"),
        ("advised.yaml", "SC405", "advice"),
    ]
    assert all(list(item) == KEYS for item in found)


def test_json_of_nothing_is_an_empty_array(run: Run, files: Path) -> None:
    result = run("check", "--format", "json", "sound.yaml")
    assert result.exit_code == 0
    assert items(result) == []


def test_json_is_an_array_even_where_a_path_is_missing(run: Run, files: Path) -> None:
    result = run("check", "--format", "json", "missing.yaml")
    assert result.exit_code == 2
    assert items(result) == []


def test_a_dash_reads_standard_input(run: Run) -> None:
    result = run("check", "-", stdin="input: 8\nlayers: [reul]\n")
    assert result.exit_code == 1
    assert result.stdout.startswith("-:2:10: SC105 ")
    assert run("check", "-", stdin=SOUND).exit_code == 0


# -- exit codes ------------------------------------------------------------------------------------


@pytest.mark.quick(10)
@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (["sound.yaml"], 0, []),
        (["faulty.yaml"], 1, ["SC201"]),
        (["warned.yaml"], 0, ["SC402"]),
        (["advised.yaml"], 0, ["SC405"]),
        (["missing.yaml"], 2, []),
        (["faulty.yaml", "missing.yaml"], 2, ["SC201"]),
        (["missing.yaml", "faulty.yaml"], 2, ["SC201"]),
        # --strict: warnings fail, advice does not
        (["--strict", "warned.yaml"], 1, ["SC402"]),
        (["--strict", "advised.yaml"], 0, ["SC405"]),
        (["--strict", "sound.yaml"], 0, []),
        # --select and --ignore decide the exit code too
        (["--select", "SC201", "faulty.yaml"], 1, ["SC201"]),
        (["--select", "SC2", "faulty.yaml"], 1, ["SC201"]),
        (["--select", "SC", "faulty.yaml"], 1, ["SC201"]),
        (["--select", "sc201", "faulty.yaml"], 1, ["SC201"]),
        (["--select", "SC1", "faulty.yaml"], 0, []),
        (["--select", "SC1,SC2", "faulty.yaml"], 1, ["SC201"]),
        (["--select", "SC1", "--select", "SC4", "faulty.yaml", "warned.yaml"], 0, ["SC402"]),
        (["--ignore", "SC201", "faulty.yaml"], 0, []),
        (["--ignore", "SC2", "faulty.yaml", "warned.yaml"], 0, ["SC402"]),
        (["--ignore", "SC202", "faulty.yaml"], 1, ["SC201"]),
        (["--select", "SC2", "--ignore", "SC201", "faulty.yaml"], 0, []),
        (["--strict", "--ignore", "SC4", "warned.yaml"], 0, []),
        (["--strict", "--select", "SC405", "warned.yaml", "advised.yaml"], 0, ["SC405"]),
        (["--select", "SC1", "missing.yaml", "faulty.yaml"], 2, []),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_options_decide_what_is_shown_and_the_exit_code(
    run: Run, files: Path, words: list[str], code: int, shown: list[str], form: str
) -> None:
    result = run("check", "--format", form, *words)
    assert result.exit_code == code
    if form == "json":
        assert [item["code"] for item in items(result)] == shown
    else:
        assert re.findall(r": (SC\d{3}) ", result.stdout) == shown


@pytest.mark.parametrize(
    "words",
    [[], ["--select", "SC9", "sound.yaml"], ["--ignore", "E501", "sound.yaml"],
     ["--select", "SC2011", "sound.yaml"], ["--format", "xml", "sound.yaml"],
     ["--no-such-option", "sound.yaml"], ["--select"]],
)  # fmt: skip
def test_wrong_usage_is_2(run: Run, files: Path, words: list[str]) -> None:
    result = run("check", *words)
    assert result.exit_code == 2
    assert result.stdout == ""


# -- folders ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of specs, hidden ones, other files, and folders in it."""
    root = tmp_path / "specs"
    faulty = "input: 8\nlayers: [reul]\n"
    for name, text in {
        "a.yaml": SOUND,
        "b.yml": faulty,
        "c.json": '{"input": 8, "layers": ["reul"]}',
        "deep/er/d.shape.yaml": faulty,
        "E.YAML": faulty,
        "settings.yaml": "version: 2\njobs: []\n",
        "list.json": "[1, 2, 3]",
        ".hidden.yaml": faulty,
        ".git/x.yaml": faulty,
        "deep/.cache/y.yaml": faulty,
        "notes.txt": faulty,
        "z.yaml.bak": faulty,
        "only-input.yaml": "input: 8\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_folder_is_searched_for_specs_that_are_not_hidden(run: Run, folder: Path) -> None:
    result = run("check", "--format", "json", "specs")
    assert result.exit_code == 1
    found = {Path(item["file"]).relative_to("specs").as_posix() for item in items(result)}
    assert found == {"b.yml", "c.json", "deep/er/d.shape.yaml", "E.YAML", "only-input.yaml"}


def test_files_without_layers_and_input_are_skipped_and_counted(run: Run, folder: Path) -> None:
    result = run("check", "specs")
    assert "settings.yaml" not in result.stdout
    assert "list.json" not in result.stdout
    assert re.search(r"\b6\b", result.stderr)  # checked: a, b, c, d, E, only-input
    assert re.search(r"\b2\b.*skipped", result.stderr)


def test_a_file_that_is_named_is_never_skipped(run: Run, folder: Path) -> None:
    result = run("check", "specs/settings.yaml")
    assert result.exit_code == 1
    assert "SC103" in result.stdout
    assert run("check", "specs/.hidden.yaml").exit_code == 1


def test_a_hidden_folder_that_is_named_is_searched(run: Run, folder: Path) -> None:
    assert run("check", "specs/.git").exit_code == 1


def test_an_unreadable_file_of_a_folder_counts_as_a_spec(run: Run, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text("input: [\n")
    result = run("check", "specs")
    assert result.exit_code == 1
    assert "SC101" in result.stdout


@pytest.mark.parametrize("names", [[], ["notes.txt", ".hidden.yaml"], ["settings.yaml"]])
def test_a_folder_in_which_nothing_is_found_is_2(
    run: Run, tmp_path: Path, names: list[str]
) -> None:
    (tmp_path / "specs").mkdir()
    for name in names:
        (tmp_path / "specs" / name).write_text("version: 2\n")
    result = run("check", "specs")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_a_folder_and_a_file_may_be_mixed(run: Run, folder: Path, files: Path) -> None:
    result = run("check", "--format", "json", "sound.yaml", "specs", "faulty.yaml")
    assert [item["file"] for item in items(result)][-1] == "faulty.yaml"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "paths",
    [
        ("specs", "specs/b.yml", "specs/../specs/b.yml"),
        ("specs/b.yml", "specs", "./specs", "specs/deep"),
    ],
)
def test_a_file_that_is_found_twice_is_checked_once(
    run: Run, folder: Path, paths: tuple[str, ...]
) -> None:
    result = run("check", "--format", "json", *paths)
    named = [Path(item["file"]).resolve() for item in items(result)]
    assert named.count((folder / "b.yml").resolve()) == 1
    assert len(named) == len(items(run("check", "--format", "json", "specs")))


def test_a_file_that_is_named_beside_its_folder_is_not_skipped(run: Run, folder: Path) -> None:
    result = run("check", "specs", "specs/settings.yaml")
    assert result.stdout.count("SC103") == run("check", "specs").stdout.count("SC103") + 1


def test_a_folder_is_reported_in_the_same_order_every_time(run: Run, folder: Path) -> None:
    first = run("check", "specs").stdout
    assert first == run("check", "specs").stdout
    names = [line.split(":")[0] for line in first.splitlines() if not line.startswith(" ")]
    assert len(names) == len(set(names))


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_that_goes_round_does_not_hang(run: Run, folder: Path) -> None:
    (folder / "deep" / "round").symlink_to(folder, target_is_directory=True)
    (folder / "dangling.yaml").symlink_to(folder / "nowhere.yaml")
    result = run("check", "specs")
    assert result.exit_code == 2
    assert "dangling.yaml" in result.stderr


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read_is_2(run: Run, folder: Path) -> None:
    locked = folder / "locked"
    locked.mkdir(mode=0o000)
    try:
        result = run("check", "specs")
        assert result.exit_code == 2
        assert "locked" in result.stderr
    finally:
        locked.chmod(0o700)


def test_many_files_are_all_checked_without_a_bar_in_a_pipe(run: Run, tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    for index in range(120):
        (tmp_path / "specs" / f"{index:03}.yaml").write_text(SOUND)
    result = run("check", "specs")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "120" in result.stderr
    assert "%" not in result.stderr


# -- colours and quoting ---------------------------------------------------------------------------


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False),
        ({"NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True),  # an empty NO_COLOR says nothing
    ],
)
def test_a_pipe_gets_no_colour_unless_it_is_forced(
    spawn: Spawn, files: Path, env: dict[str, str], coloured: bool
) -> None:
    result = spawn("check", "faulty.yaml", env=env)
    assert result.returncode == 1
    assert (b"\x1b[" in result.stdout) is coloured
    assert b"SC201" in result.stdout


@pytest.mark.quick(1)
@pytest.mark.parametrize("env", [{}, {"FORCE_COLOR": "1"}])
def test_json_has_no_colour(spawn: Spawn, files: Path, env: dict[str, str]) -> None:
    result = spawn("check", "--format", "json", "faulty.yaml", env=env)
    assert json.loads(result.stdout)[0]["code"] == "SC201"


def test_quoted_text_loses_its_control_characters_and_is_cut(run: Run, tmp_path: Path) -> None:
    hostile = "\x1b]0;title\x07\x1b[2J\u202e" + "x" * 500
    spec = {"input": hostile, hostile: 1, "layers": [hostile, {hostile: {}}, {"dense": hostile}]}
    (tmp_path / "h.json").write_text(json.dumps(spec), encoding="utf-8")
    result = run("check", "h.json")
    assert result.exit_code == 1
    assert all(c.isprintable() for c in result.stdout.replace("\n", ""))
    assert "x" * 81 not in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not allowed there")
def test_a_files_name_loses_its_control_characters_too(run: Run, tmp_path: Path) -> None:
    name = "a\x1b[31m\nb.yaml"
    (tmp_path / name).write_text("input: 8\nlayers: [reul]\n")
    result = run("check", name, "missing\x1b[31m.yaml")
    assert result.exit_code == 2
    assert "\x1b" not in result.output


@pytest.mark.parametrize("word", ["-q", "--quiet"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_quiet_prints_findings_only(run: Run, files: Path, word: str, form: str) -> None:
    names = ["sound.yaml", "faulty.yaml", "warned.yaml"]
    loud = run("check", *names, "--format", form)
    quiet = run("check", word, *names, "--format", form)
    assert loud.stderr
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (loud.exit_code, loud.stdout, "")
    assert run("check", word, "sound.yaml").output == ""
    missing = run("check", word, "missing.yaml")
    assert missing.exit_code == 2
    assert "missing.yaml" in missing.stderr


SAVED_MODEL = b"\x08\x01\x12\xd6\x9c\x01\x0a\x93"
LLAMA = b'{"model_type": "llama", "hidden_size": 2048}'
ANSWERS = b"student: Ada\nconv1: 28x28x6\n"
ASSIGNMENT = b"spec: sound.yaml\nquestions: [conv1.output]\n"


def test_files_of_other_kinds_are_skipped_and_counted_in_a_folder(run: Run, files: Path) -> None:
    for name, content in {
        "saved_model.yaml": SAVED_MODEL, "llama.json": LLAMA, "answers.yaml": ANSWERS,
        "hw.yaml": ASSIGNMENT,
    }.items():  # fmt: skip
        (files / name).write_bytes(content)
    result = run("check", ".")
    assert "4 files checked, 4 skipped (no layers or input)" in result.stderr
    assert not any(name in result.output for name in ("saved", "llama", "answers", "hw"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SAVED_MODEL, "this is a TensorFlow SavedModel"),
        (LLAMA, "this is a Hugging Face model's configuration"),
        (ANSWERS, "this is a student's answers"),
        (ASSIGNMENT, "this is an assignment"),
    ],
)
@pytest.mark.parametrize("command", ["check", "report", "verify"])
def test_a_file_of_another_kind_is_named(
    run: Run, files: Path, content: bytes, said: str, command: str
) -> None:
    (files / "some.yaml").write_bytes(content)
    result = run(command, "some.yaml")
    assert result.exit_code == 1
    assert "SC101" in result.stdout
    assert said in result.stdout
    assert "?" not in result.stdout
    assert len(result.stdout.splitlines()) < 8


# -- formats for CI, files, counts -----------------------------------------------------------------


@pytest.mark.parametrize("form", ["github", "gitlab", "junit", "sarif", "rdjson"])
def test_a_format_for_ci_has_the_findings_of_all_files(run: Run, files: Path, form: str) -> None:
    result = run("check", "faulty.yaml", "sound.yaml", "--format", form)
    assert result.exit_code == 1
    assert result.stdout.count("does not fit") or "SC201" in result.stdout


def test_the_environment_chooses_the_format(
    run: Run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHAPECALC_FORMAT", "json")
    assert items(run("check", "faulty.yaml"))[0]["code"] == "SC201"
    assert run("check", "faulty.yaml", "--format", "text").stdout.startswith("faulty.yaml:")


@pytest.mark.parametrize("form", ["text", "sarif"])
def test_findings_go_to_a_file_that_is_not_overwritten(run: Run, files: Path, form: str) -> None:
    result = run("check", "faulty.yaml", "--format", form, "-o", "found.txt")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "SC201" in (files / "found.txt").read_text(encoding="utf-8")
    assert run("check", "faulty.yaml", "-o", "found.txt").exit_code == 2
    assert run("check", "faulty.yaml", "-o", "found.txt", "--force").exit_code == 1
    assert run("check", "faulty.yaml", "-o", "faulty.yaml", "--force").exit_code == 2


def test_exit_zero_forgives_what_is_found_and_not_what_cannot_be_opened(
    run: Run, files: Path
) -> None:
    assert run("check", "faulty.yaml", "--exit-zero").exit_code == 0
    assert run("check", "faulty.yaml", "missing.yaml", "--exit-zero").exit_code == 2


def test_statistics_count_codes_instead_of_listing(run: Run, files: Path) -> None:
    result = run("check", "faulty.yaml", "--statistics")
    assert result.exit_code == 1
    assert result.stdout == "1  SC201  stride does not fit\n"


def test_the_guide_names_every_ending_that_is_looked_for_in_folders(run: Run) -> None:
    text = run("explain", "check").stdout
    assert [ending for ending in readers.endings() if ending not in text] == []


def test_a_fault_of_our_own_stops_no_other_file(
    run: Run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced = shapecalc.trace

    def broken(spec: Any, **how: Any) -> Any:
        if spec.document.file == "advised.yaml":
            raise ZeroDivisionError("spoilt\nhere")
        return traced(spec, **how)

    monkeypatch.setattr(shapecalc, "trace", broken)
    result = run("check", "advised.yaml", "faulty.yaml", "-q")
    assert result.exit_code == 2
    assert result.stdout.startswith("faulty.yaml:4:5: SC201 error")
    said = "internal error, please report it (ZeroDivisionError: spoilt here)"
    assert result.stderr == f"shapecalc: advised.yaml: {said}\n"
