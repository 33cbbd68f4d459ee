"""Whose a file is: platforms' names, a regex of one's own, folders, and what is left out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shapecalc.grading.presets import PRESETS, Preset, by_regex, find
from shapecalc.grading.submission_file import Found

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")


def plant(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("q1: 1\n")


def search(*paths: Path | str, preset: Preset | None = None) -> tuple[list[Found], list[str]]:
    """Return what is found, and what is complained about."""
    complaints: list[str] = []
    found = find(
        [str(path) for path in paths], preset, lambda path, error: complaints.append(f"{error}")
    )
    return found, complaints


def whose(*paths: Path | str, preset: Preset | None = None) -> list[tuple[str, str, bool, bool]]:
    """Return of each file the student, the identity, whether it is late and whether refused."""
    found, complaints = search(*paths, preset=preset)
    assert complaints == []
    return [
        (f.student or f.otherwise, f.identity, f.late, bool(f.reason))
        for f in found
        if not f.skipped
    ]


def passed_over(*paths: Path | str, preset: Preset | None = None) -> dict[str, str]:
    """Return the reasons why files are skipped, by their names."""
    found, _ = search(*paths, preset=preset)
    return {Path(f.path).name: f.reason for f in found if f.skipped}


# -- without a preset ------------------------------------------------------------------------------


def test_a_folder_holds_answer_files_and_nothing_hidden(tmp_path: Path) -> None:
    plant(tmp_path, "b.yml", "a.yaml", "c.json", "d.csv", "E.YAML", "f.txt", ".g.yaml", ".h/i.yaml",
          "j/.k/l.yaml", "README")  # fmt: skip
    assert [name for name, *_ in whose(tmp_path)] == ["E", "README", "a", "b", "c", "d", "f"]
    assert passed_over(tmp_path) == {".g.yaml": "hidden", ".h": "hidden", ".k": "hidden"}


@pytest.mark.parametrize("names", [("ann", "bob", "eve"), ("bob", "ann", "eve")])
def test_a_file_of_another_ending_comes_where_its_student_does(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    notebook, *others = names
    plant(tmp_path, f"{notebook}.ipynb", *(f"{name}.yaml" for name in others))
    assert [name for name, *_ in whose(tmp_path)] == ["ann", "bob", "eve"]
    plant(tmp_path / "in", f"{notebook}/hw.ipynb", *(f"{name}/hw.yaml" for name in others))
    assert [name for name, *_ in whose(tmp_path / "in")] == ["ann", "bob", "eve"]


def test_in_a_folder_of_folders_the_first_names_the_student(tmp_path: Path) -> None:
    plant(tmp_path, "ann/hw.yaml", "bob/deep/er/hw.yaml", "eve.yaml")
    assert [name for name, *_ in whose(tmp_path)] == ["eve", "ann", "bob"]


def test_files_called_alike_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    plant(tmp_path, "ann/hw.yaml", "bob/hw.yaml", "eve.yaml")
    files = [tmp_path / "ann/hw.yaml", tmp_path / "bob/hw.yaml", tmp_path / "eve.yaml"]
    assert [name for name, *_ in whose(*files)] == ["ann", "bob", "eve"]
    assert [name for name, *_ in whose(tmp_path / "ann", tmp_path / "bob")] == ["ann", "bob"]


def test_a_path_that_is_missing_is_complained_about_and_the_rest_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "a.yaml")
    found, complaints = search(tmp_path / "no.yaml", tmp_path / "a.yaml", "nul\0", tmp_path / "x")
    assert [item.otherwise for item in found] == ["a"]
    assert len(complaints) == 3


@POSIX
def test_no_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    plant(tmp_path, "in/ann/hw.yaml", "out/secret.yaml")
    (tmp_path / "in" / "evil").symlink_to(tmp_path / "out", target_is_directory=True)
    (tmp_path / "in" / "round").symlink_to(tmp_path / "in", target_is_directory=True)
    assert [name for name, *_ in whose(tmp_path / "in")] == ["ann"]
    assert passed_over(tmp_path / "in") == dict.fromkeys(["evil", "round"], "a link to a folder")
    found, _ = search(tmp_path / "in" / "evil")  # from a pattern such as in/*
    assert [Path(item.path).name for item in found] == ["evil"]


def test_folders_nested_without_end_are_left(tmp_path: Path) -> None:
    plant(tmp_path, f"{'d/' * 60}hw.yaml", "a.yaml")
    assert [name for name, *_ in whose(tmp_path)] == ["a"]
    assert list(passed_over(tmp_path).values()) == ["more than 40 folders deep"]


def test_beside_a_students_answers_other_files_are_passed_over(tmp_path: Path) -> None:
    plant(tmp_path, "ann/hw.yaml", "ann/sketch.png", "bob/hw.pdf", "bob/more.pdf", "Thumbs.db")
    (tmp_path / "eve").mkdir()
    assert whose(tmp_path) == [
        ("ann", "", False, False),
        ("bob", "", False, False),  # read, to say what it is
        ("eve", "", False, True),
    ]
    assert passed_over(tmp_path) == {
        "sketch.png": "beside an answer file",
        "more.pdf": "beside hw.pdf",
        "Thumbs.db": "left by an operating system",
    }


def test_the_assignment_is_no_submission(tmp_path: Path) -> None:
    plant(tmp_path, "hw.yaml", "ann.yaml")
    own = str(tmp_path / "hw.yaml")
    found = find([str(tmp_path)], None, lambda path, error: None, own)
    assert [(item.otherwise, item.reason) for item in found] == [
        ("ann", ""),
        ("hw", "the assignment"),
    ]


# -- platforms -------------------------------------------------------------------------------------


def test_moodle(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "Ann Lee_657737_assignsubmission_file_/hw.yaml",
        "Bob_van_Dyk_657738_assignsubmission_file_/sub/hw.json",
        "Eve_1_assignsubmission_onlinetext_/onlinetext.html",
        "Zoe_2_assignsubmission_file_hw.yaml",
        "stray.yaml",
    )
    assert whose(tmp_path, preset=PRESETS["moodle"]) == [
        ("Zoe", "2", False, False),
        ("stray", "", False, True),
        ("Ann Lee", "657737", False, False),
        ("Bob_van_Dyk", "657738", False, False),
        ("Eve", "1", False, False),
    ]
    assert whose(tmp_path) == whose(tmp_path, preset=PRESETS["moodle"])  # it is recognized


def test_anonymous_students_of_moodle_are_told_apart(tmp_path: Path) -> None:
    plant(tmp_path, "Participant_7_assignsubmission_file_/hw.yaml",
          "Participant_8_assignsubmission_file_/hw.yaml")  # fmt: skip
    assert [name for name, *_ in whose(tmp_path)] == ["Participant 7", "Participant 8"]


def test_github_classroom_and_nbgrader(tmp_path: Path) -> None:
    plant(tmp_path / "gh", "hw1-ann/hw.yaml", "hw1-bob-lee/hw.yaml", "hw1-ann/.git/config")
    found = whose(tmp_path / "gh", preset=PRESETS["github-classroom"])
    assert [name for name, *_ in found] == ["ann", "bob-lee"]
    plant(tmp_path / "submitted", "ann/hw1/hw.yaml")
    stamp = tmp_path / "submitted" / "ann" / "hw1" / "timestamp.txt"
    stamp.write_text("2015-02-02 15:58:23.948203 America/Los_Angeles")
    found_there, _ = search(tmp_path / "submitted")
    assert [(f.otherwise, f.when, f.skipped) for f in found_there] == [
        ("ann", "2015-02-02 15:58:23.948203", False),
        ("ann", "", True),
    ]


def test_moodle_by_its_students_folders_or_files(tmp_path: Path) -> None:
    plant(tmp_path, "Ann_7_assignsubmission_file_/Bob_8_assignsubmission_file_/hw.yaml")
    folder = tmp_path / "Ann_7_assignsubmission_file_"
    (file,) = folder.rglob("*.yaml")
    for path in (tmp_path, folder, file):  # what is inside an own folder, its student chose
        assert whose(path, preset=PRESETS["moodle"]) == [("Ann", "7", False, False)]


def test_canvas(tmp_path: Path) -> None:
    plant(
        tmp_path / "hw_2024_10_export",
        "leeann_123_456_hw.yaml",
        "leebob_LATE_124_457_my_hw_1_2_x.json",
        "leecat_125_458_hw.pdf",
        "leecat_125_459_hw-1.yaml",
        "leedan_126_460_hw.pdf",
        "other.yaml",
    )
    expected = [
        ("leeann", "123", False, False),
        ("leebob", "124", True, False),
        ("leecat", "125", False, False),
        ("leedan", "126", False, False),
        ("other", "", False, True),
    ]
    folder = tmp_path / "hw_2024_10_export"
    assert whose(folder, preset=PRESETS["canvas"]) == expected
    assert whose(folder / "leeann_123_456_hw.yaml", preset=PRESETS["canvas"]) == expected[:1]


METADATA = """---
submission_1:
  :submitters:
  - :name: Ann Lee
    :sid: '100'
    :email: ann@example.org
  - :name: Bob
    :sid:
    :email: bob@example.org
  :created_at: 2024-03-01 10:00:00.000000000 Z
  :score: 0.0
  :history: []
submission_2:
  :submitters:
  - :name: "Eve\\e[31m"
    :email: eve@example.org
submission_3:
  :submitters: nobody
submission_4:
  :submitters:
  - :name: Dan
"""


def test_gradescope(tmp_path: Path) -> None:
    plant(tmp_path, "submission_1/hw.yaml", "submission_2/submission_metadata.yml",
          "submission_3/hw.yaml", "submission_4/hw.pdf", "submission_9/hw.yaml")  # fmt: skip
    (tmp_path / "submission_metadata.yml").write_text(METADATA)
    assert whose(tmp_path, preset=PRESETS["gradescope"]) == [
        ("Ann Lee", "100", False, False),
        ("Bob", "bob@example.org", False, False),
        ("Eve?[31m", "eve@example.org", False, False),
        ("submission_3", "", False, True),
        ("Dan", "", False, False),
        ("submission_9", "", False, True),
    ]


@pytest.mark.parametrize("text", [None, "", "- 1\n", "a: [", "a: !ruby/object:X {}\n"])
def test_a_gradescope_export_needs_its_metadata(tmp_path: Path, text: str | None) -> None:
    plant(tmp_path, "submission_1/hw.yaml")
    if text is not None:
        (tmp_path / "submission_metadata.yml").write_text(text)
    found, complaints = search(tmp_path, preset=PRESETS["gradescope"])
    assert found == []
    assert len(complaints) == 1
    assert "submission_metadata.yml" in complaints[0]


# -- a regex ---------------------------------------------------------------------------------------


def test_a_regex_names_the_student_in_the_path_below_the_folder(tmp_path: Path) -> None:
    plant(tmp_path, "g1/hw-ann.yaml", "g2/hw-bob.yaml", "g2/else.yaml", "g2/hw-bob.pdf",
          "g3/hw-eve.pdf")  # fmt: skip
    preset = by_regex(r"^g\d/hw-(?P<student>\w+)\.")
    assert whose(tmp_path, preset=preset) == [
        ("ann", "", False, False),
        ("g2", "", False, True),
        ("bob", "", False, False),
        ("eve", "", False, False),
    ]


@pytest.mark.parametrize("text", ["(", "hw", "(?P<name>x)", "(?P<student>", "x{99999999999}"])
def test_a_regex_that_cannot_name_anybody_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"student|regular"):
        by_regex(text)
