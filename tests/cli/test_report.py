"""shapecalc report: formats, columns, folding, files, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import shapecalc
from shapecalc.cli.estimates import DIALECTS as OURS
from shapecalc.reports import table
from shapecalc.reports.dialects import DIALECTS

Run = Callable[..., Result]
FORMATS = ("table", "markdown", "latex", "csv", "json")
COLUMNS = (
    "name", "kind", "from", "input", "output", "weights", "biases", "parameters",
    "non_trainable", "macs", "receptive_field", "jump", "shares",
)  # fmt: skip
HOSTILE = "\x1b[31mred\x07\x9b2J\u202e" + "x" * 500


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# -- exit codes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_sound_file_is_0_in_every_format(run: Run, files: Path, form: str) -> None:
    result = run("report", "sound.yaml", "--format", form)
    assert result.exit_code == 0
    assert "conv1" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("form", FORMATS)
def test_a_faulty_file_is_1_and_reported_all_the_same(run: Run, files: Path, form: str) -> None:
    result = run("report", "faulty.yaml", "--format", form)
    assert result.exit_code == 1
    assert "conv1" in result.stdout
    assert "relu1" in result.stdout
    assert "SC201" in result.output  # csv says it on standard error


def test_warnings_and_advice_are_0(run: Run, files: Path) -> None:
    result = run("report", "warned.yaml", "advised.yaml")
    assert result.exit_code == 0
    assert "SC402" in result.stdout
    assert "SC405" in result.stdout


@pytest.mark.parametrize("path", ["missing.yaml", "nul\0.yaml", "no/such/file.yaml"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_path_that_cannot_be_opened_is_2_and_a_line_on_standard_error(
    run: Run, files: Path, path: str, form: str
) -> None:
    result = run("report", path, "--format", form)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert path.replace("\0", "?") in result.stderr
    assert "nothing" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["sound.yaml", "warned.yaml"], 0),
        (["sound.yaml", "faulty.yaml"], 1),
        (["faulty.yaml", "sound.yaml"], 1),
        (["missing.yaml", "sound.yaml"], 2),
        (["faulty.yaml", "missing.yaml", "sound.yaml"], 2),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_all_files_are_processed_and_the_highest_code_wins(
    run: Run, files: Path, names: list[str], code: int, form: str
) -> None:
    result = run("report", *names, "--format", form)
    assert result.exit_code == code
    for name in names:
        assert (name in result.stderr) if name == "missing.yaml" else (name in result.stdout)


@pytest.mark.parametrize(
    "words",
    [[], ["sound.yaml", "--format", "xml"], ["sound.yaml", "--depth", "x"],
     ["sound.yaml", "--depth", "-1"], ["sound.yaml", "--columns", "nme"],
     ["sound.yaml", "--columns", ""], ["sound.yaml", "--columns", ","],
     ["sound.yaml", "--no-such-option"], ["sound.yaml", "--format"]],
)  # fmt: skip
def test_wrong_usage_is_2_and_prints_no_report(run: Run, files: Path, words: list[str]) -> None:
    result = run("report", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_an_unreadable_file_is_opened_and_so_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(bytes(range(256)))
    result = run("report", "binary.yaml")
    assert result.exit_code == 1
    assert "SC101" in result.stdout


# -- standard input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["input: 8x8x1\nlayers: [{conv: {K: 2, F: 3}}]\n",
     '{"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}]}',
     '\n\t{"input": "8x8x1",\n\t"layers": [{"conv": {"K": 2, "F": 3}}]}'],
)  # fmt: skip
def test_a_dash_reads_standard_input(run: Run, text: str) -> None:
    result = run("report", "-", "--format", "json", stdin=text)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["file"] == "-"
    assert report["output"] == [6, 6, 2]


def test_standard_input_may_be_no_spec(run: Run) -> None:
    assert run("report", "-", stdin="").exit_code == 1
    assert run("report", "-", stdin=b"\xff\xfe\x00").exit_code == 1


# -- table, markdown, latex ------------------------------------------------------------------------


def test_the_table_shows_layers_totals_and_findings(run: Run, files: Path) -> None:
    lines = run("report", "faulty.yaml").stdout.splitlines()
    conv = next(line for line in lines if line.startswith("conv1"))
    # (10 - 3)/2 + 1 = 4.5, so 4; 2*9 + 2 parameters; 4*4*2 * 9 MACs
    for cell in ("K=2 F=3 S=2", "4x4x2", "18", "20", "288"):
        assert cell in conv
    total = next(line for line in lines if line.startswith("total"))
    assert "20" in total
    findings = lines.index("Findings")
    assert findings > lines.index(total)
    assert lines[findings + 1].startswith("  SC201 error (line 4")
    assert "S=1 gives 8x8" in "\n".join(lines[findings:])


MARKED = """input: 32x32x3
layers:
""" + "".join(f"  - conv: {{K: 4, F: 3, P: 1}}  # {n}\n  - relu\n" for n in range(20))


@pytest.mark.parametrize("form", ["table", "markdown", "latex", "csv"])
def test_the_faulty_row_of_many_is_marked(run: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "long.yaml").write_text(
        MARKED.replace("P: 1}  # 13", "P: 1, S: 3}  # 13"), encoding="utf-8"
    )
    printed = run("report", "long.yaml", "--format", form).stdout
    table = printed.partition("Findings")[0].splitlines()
    assert ["conv14" in line for line in table if "SC201" in line] == [True]
    (row,) = (line for line in table if "SC201" in line)
    assert row.rstrip(" |\\").endswith("SC201")
    assert "\x1b" not in row


def test_a_network_without_a_finding_has_no_such_column(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sound.yaml").write_text(MARKED, encoding="utf-8")
    assert "found" not in run("report", "sound.yaml").stdout


def test_what_is_not_known_is_a_question_mark_and_never_0(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 8x8x1\nlayers: [{conv: {K: 2, F: 9}}, {dense: 3}]\n")
    lines = run("report", "a.yaml").stdout.splitlines()
    row = next(line for line in lines if line.startswith("conv1"))
    assert "?" in row
    total = next(line for line in lines if line.startswith("total"))
    assert "?" in total
    (parsed, dense) = rows(run("report", "a.yaml", "--format", "csv").stdout)
    assert parsed["output"] == ""
    assert parsed["macs"] == ""
    assert dense["weights"] == ""


def test_markdown_is_a_table_with_one_line_a_row(run: Run, files: Path) -> None:
    lines = run("report", "sound.yaml", "--format", "markdown").stdout.splitlines()
    cells = [line for line in lines if line.startswith("|")]
    assert len(cells) == 1 + 1 + 2 + 1  # heading, rule, two layers, total
    assert len({line.count("|") for line in cells}) == 1


def test_latex_escapes_what_it_must(run: Run, files: Path) -> None:
    text = run("report", "sound.yaml", "--format", "latex").stdout
    assert "\\begin{tabular}" in text
    assert "\\end{tabular}" in text
    assert text.count("\\\\") >= 4
    (files / "b.yaml").write_text("name: 50%_$x\ninput: 4\nlayers: [{relu: {name: a_b}}]\n")
    drawn = run("report", "b.yaml", "--format", "latex").stdout
    body = [line for line in drawn.splitlines() if "&" in line and "relu" in line]
    assert body
    assert all("a\\_b" in line for line in body)


def test_columns_choose_and_order(run: Run, files: Path) -> None:
    result = run("report", "sound.yaml", "--format", "csv", "--columns", "output, name,macs")
    assert list(rows(result.stdout)[0]) == ["output", "name", "macs"]
    assert result.stdout.splitlines()[1] == "6x6x2,conv1,648"  # 6*6*2 * 9


@pytest.mark.quick(1)
@pytest.mark.parametrize("form", FORMATS[:-1])
def test_every_column_can_be_shown(run: Run, files: Path, form: str) -> None:
    for column in COLUMNS:
        result = run("report", "sound.yaml", "--format", form, "--columns", column)
        assert result.exit_code == 0, column
        assert result.stdout.strip()
    assert run("report", "sound.yaml", "--format", form, "--columns", ",".join(COLUMNS)).stdout


def test_explain_derives_every_number_of_every_layer(run: Run, files: Path) -> None:
    text = run("report", "sound.yaml", "--explain").stdout
    assert "(8 - 3 + 2*0)/1 + 1 = 6" in text
    assert "18 + 2 = 20" in text
    assert "conv1" in text
    assert "relu1" in text


NESTED = """
input: 8x8x4
blocks:
  unit: {layers: [{conv: {K: 4, F: 3, P: 1}}, relu]}
  stage: {layers: [unit, unit]}
layers: [stage, {conv: {K: 2, F: 1}}, unit]
"""


@pytest.mark.parametrize(
    ("depth", "names"),
    [
        (None, ["stage1.unit1.conv1", "stage1.unit1.relu1", "stage1.unit2.conv1",
                "stage1.unit2.relu1", "conv1", "unit1.conv1", "unit1.relu1"]),
        (0, ["stage1", "conv1", "unit1"]),
        (1, ["stage1.unit1", "stage1.unit2", "conv1", "unit1.conv1", "unit1.relu1"]),
        (2, ["stage1.unit1.conv1", "stage1.unit1.relu1", "stage1.unit2.conv1",
             "stage1.unit2.relu1", "conv1", "unit1.conv1", "unit1.relu1"]),
    ],
)  # fmt: skip
def test_depth_folds_deeper_instances_into_one_row_each(
    run: Run, tmp_path: Path, depth: int | None, names: list[str]
) -> None:
    (tmp_path / "n.yaml").write_text(NESTED)
    words = ["report", "n.yaml", "--format", "csv"]
    if depth is not None:
        words += ["--depth", str(depth)]
    table_rows = rows(run(*words).stdout)
    assert [row["name"] for row in table_rows] == names
    # A unit on depth 4 has 4*4*9 + 4 = 148, on depth 2 76; the conv between has 10. Sums stay.
    assert sum(int(row["parameters"]) for row in table_rows) == 2 * 148 + 10 + 76
    assert table_rows[-1]["output"] == "8x8x4"


# -- csv -------------------------------------------------------------------------------------------


def test_csv_has_plain_numbers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 227x227x3\nlayers: [{conv: {K: 96, F: 11, S: 4}}]\n")
    (row,) = rows(run("report", "a.yaml", "--format", "csv").stdout)
    assert row["name"] == "conv1"
    assert row["output"] == "55x55x96"
    assert row["parameters"] == "34944"
    assert row["macs"] == "105415200"


@pytest.mark.parametrize("names", [["sound.yaml", "faulty.yaml"], ["missing.yaml", "sound.yaml"]])
def test_csv_of_several_files_has_one_heading_and_names_the_file(
    run: Run, files: Path, names: list[str]
) -> None:
    text = run("report", *names, "--format", "csv").stdout
    parsed = rows(text)
    assert {row["file"] for row in parsed} == {n for n in names if n != "missing.yaml"}
    assert {row["name"] for row in parsed} == {"conv1", "relu1"}
    assert sum(line.startswith("file,") for line in text.splitlines()) == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_csv_cell_starts_a_formula(run: Run, tmp_path: Path, sign: str) -> None:
    kind = json.dumps(f"{sign}1+cmd|' /C calc'!A0")
    source = json.dumps([f"{sign}a", "b"])
    (tmp_path / "f.json").write_text(
        f'{{"input": 8, "layers": [{kind}, {{"relu": {{"name": "-1-1"}}}},'
        f' {{"add": {{"from": ["-1-1", "-1-1"]}}}}, {{"add": {{"from": {source}}}}}]}}'
    )
    columns = ",".join(COLUMNS)
    text = run("report", "f.json", "--format", "csv", "--columns", columns).stdout
    parsed = list(csv.reader(io.StringIO(text)))[1:]
    assert len(parsed) == 4
    for row in parsed:
        for cell in row:
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r"), cell


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not allowed there")
def test_csv_of_several_files_has_the_columns_that_any_of_them_needs(run: Run, files: Path) -> None:
    result = run("report", "sound.yaml", "faulty.yaml", "warned.yaml", "--format", "csv")
    found = [(row["file"], row["name"], row["found"]) for row in rows(result.stdout)]
    assert found == [
        ("sound.yaml", "conv1", ""),
        ("sound.yaml", "relu1", ""),
        ("faulty.yaml", "conv1", "SC201"),
        ("faulty.yaml", "relu1", ""),
        ("warned.yaml", "max_pool1", "SC402"),
    ]


@pytest.mark.parametrize("names", [["faulty.yaml"], ["sound.yaml", "faulty.yaml", "warned.yaml"]])
def test_findings_beside_csv_name_their_file(run: Run, files: Path, names: list[str]) -> None:
    said = run("report", *names, "--format", "csv").stderr.splitlines()
    assert said[0].startswith("faulty.yaml:4:5: SC201 error: conv1 ")
    assert [line.split(":")[0] for line in said if line[0] != " "] == names[-2:][-len(names) :]


def test_no_file_name_starts_a_formula_in_csv(run: Run, files: Path) -> None:
    name = "=1+1.yaml"
    (files / "sound.yaml").rename(files / name)
    text = run("report", name, "faulty.yaml", "--format", "csv").stdout
    cells = {row[0] for row in list(csv.reader(io.StringIO(text)))[1:]}
    assert len(cells) == 2
    assert all(cell[:1] not in ("=", "+", "-", "@") for cell in cells)


# -- json ------------------------------------------------------------------------------------------


def test_json_of_one_file_is_one_object(run: Run, files: Path) -> None:
    result = run("report", "sound.yaml", "--format", "json")
    assert json.loads(result.stdout) == shapecalc.trace("sound.yaml").to_dict()


def test_json_of_several_files_is_json_lines(run: Run, files: Path) -> None:
    names = ["sound.yaml", "faulty.yaml", "missing.yaml", "warned.yaml"]
    result = run("report", *names, "--format", "json")
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["file"] for r in reports] == ["sound.yaml", "faulty.yaml", "warned.yaml"]
    assert all(r["schema"] == "shapecalc.report/1" for r in reports)


def test_json_has_no_nan(run: Run, tmp_path: Path) -> None:
    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    (tmp_path / "a.yaml").write_text("input: .nan\nlayers: [{dropout: .inf}, {upsample: 3}]\n")
    text = run("report", "a.yaml", "--format", "json").stdout
    assert json.loads(text, parse_constant=refuse)["inputs"] == {"input": None}


# -- -o --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-o", "--output"])
@pytest.mark.parametrize("form", FORMATS)
def test_o_writes_what_would_be_printed(run: Run, files: Path, form: str, option: str) -> None:
    printed = run("report", "sound.yaml", "--format", form).stdout
    result = run("report", "sound.yaml", "--format", form, option, "out.txt")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert (files / "out.txt").read_text(encoding="utf-8") == printed


def test_o_keeps_the_exit_code(run: Run, files: Path) -> None:
    assert run("report", "faulty.yaml", "-o", "out.txt").exit_code == 1
    assert run("report", "sound.yaml", "missing.yaml", "-o", "out2.txt").exit_code == 2
    assert "conv1" in (files / "out2.txt").read_text(encoding="utf-8")


def test_o_never_overwrites_silently(run: Run, files: Path) -> None:
    out = files / "out.txt"
    out.write_text("precious")
    result = run("report", "sound.yaml", "-o", "out.txt")
    assert result.exit_code == 2
    assert out.read_text() == "precious"
    assert "out.txt" in result.stderr


def test_o_overwrites_where_that_is_said(run: Run, files: Path) -> None:
    out = files / "out.txt"
    out.write_text("precious")
    assert run("report", "sound.yaml", "-o", "out.txt", "--force").exit_code == 0
    assert "conv1" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_o_never_overwrites_a_spec_that_is_read(run: Run, files: Path, force: list[str]) -> None:
    before = (files / "sound.yaml").read_text()
    for name in ("sound.yaml", "./sound.yaml", str(files / "sound.yaml")):
        assert run("report", "sound.yaml", "-o", name, *force).exit_code == 2
        assert (files / "sound.yaml").read_text() == before


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_o_never_overwrites_a_spec_through_a_link(run: Run, files: Path) -> None:
    before = (files / "sound.yaml").read_text()
    try:
        (files / "link").symlink_to("sound.yaml")
    except OSError:
        pytest.skip("links are not allowed here")
    assert run("report", "sound.yaml", "-o", "link", "--force").exit_code == 2
    assert (files / "sound.yaml").read_text() == before


@pytest.mark.parametrize("target", [".", "missing/out.txt"])
def test_o_that_cannot_be_written_is_2_and_no_traceback(run: Run, files: Path, target: str) -> None:
    result = run("report", "sound.yaml", "-o", target)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.output


def test_o_with_nothing_to_write_leaves_no_file(run: Run, files: Path) -> None:
    assert run("report", "missing.yaml", "-o", "out.txt").exit_code == 2
    assert not (files / "out.txt").exists()


# -- text from files -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS[:-1])
def test_quoted_text_loses_its_control_characters_and_is_cut(
    run: Run, tmp_path: Path, form: str
) -> None:
    spec = {
        "name": HOSTILE,
        "description": HOSTILE,
        HOSTILE: 1,
        "input": 8,
        "layers": [
            HOSTILE,
            {HOSTILE: 1},
            {"relu": {"name": HOSTILE}},
            {"relu": {"from": HOSTILE}},
            {"relu": {HOSTILE: 1}},
            {"dense": HOSTILE},
            {"dense": {"K": 3, "share": HOSTILE}},
        ],
        "outputs": [HOSTILE],
        "expect": {"outputs": {HOSTILE: 8}},
        "rounding": HOSTILE,
    }
    (tmp_path / "h.json").write_text(json.dumps(spec), encoding="utf-8")
    result = run("report", "h.json", "--format", form, "--columns", ",".join(COLUMNS), "--explain")
    assert result.exit_code == 1
    text = result.output.replace("\n", "")
    assert [c for c in text if not c.isprintable()] == []
    assert "x" * 81 not in text


def test_json_escapes_control_characters(run: Run, tmp_path: Path) -> None:
    spec = {"name": HOSTILE, "input": 8, "layers": [HOSTILE]}
    (tmp_path / "h.json").write_text(json.dumps(spec), encoding="utf-8")
    text = run("report", "h.json", "--format", "json").stdout
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text.replace("\n", ""))


def test_a_name_that_looks_like_a_number_stays_as_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 8\nlayers: [{relu: {name: '1e3'}}]\n")
    for form in FORMATS:
        assert "1e3" in run("report", "a.yaml", "--format", form).stdout


def test_a_bar_in_a_text_does_not_break_markdown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 8\nlayers: ['a|b', relu]\n")
    lines = run("report", "a.yaml", "--format", "markdown").stdout.splitlines()
    cells = [line.replace("\\|", "") for line in lines if line.startswith("|")]
    assert len({line.count("|") for line in cells}) == 1


# -- width -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [200, 120, 100, 80, 60, 40])
def test_the_table_is_no_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(NESTED.replace("stage1", "s") + "name: " + "long " * 12 + "\n")
    text = table.render(shapecalc.trace(path), width=width)
    drawn = text.split("\n\n")[1]
    assert "stage1" in drawn or "..." in drawn
    assert max(map(len, drawn.splitlines())) <= width
    assert "8x8x4" in drawn or width < 60


def test_a_wide_terminal_loses_no_column(tmp_path: Path) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(NESTED)
    assert table.render(shapecalc.trace(path), width=500) == table.render(shapecalc.trace(path))


def test_what_is_left_out_for_lack_of_width_is_said(tmp_path: Path) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(NESTED)
    assert "--columns" in table.render(shapecalc.trace(path), width=40)


# -- folders ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(files: Path) -> Path:
    (files / "specs" / "inner").mkdir(parents=True)
    shutil.copy(files / "sound.yaml", files / "specs" / "inner" / "b.yml")
    shutil.copy(files / "faulty.yaml", files / "specs" / "a.yaml")
    (files / "specs" / "settings.yaml").write_text("version: 2\n", encoding="utf-8")
    (files / "specs" / "notes.txt").write_text("input: 3\n", encoding="utf-8")
    return files / "specs"


def test_a_folder_is_reported_file_by_file(run: Run, folder: Path) -> None:
    result = run("report", "specs", "--format", "csv")
    assert result.exit_code == 1
    listed = [row["file"] for row in rows(result.stdout)]
    inner, outer = str(Path("specs", "inner", "b.yml")), str(Path("specs", "a.yaml"))
    assert listed == [outer, outer, inner, inner]
    assert "1 file skipped" in result.stderr
    reports = run("report", "specs", "sound.yaml", "--format", "json").stdout.splitlines()
    assert [json.loads(line)["file"] for line in reports] == [outer, inner, "sound.yaml"]
    assert run("report", "specs/inner", "--format", "csv").stdout.startswith("file,name,")


def test_quiet_says_nothing_of_what_was_skipped(run: Run, folder: Path) -> None:
    assert run("report", "specs").stderr
    for word in ("-q", "--quiet"):
        result = run("report", word, "specs")
        assert (result.exit_code, result.stderr) == (1, "")
        assert result.stdout == run("report", "specs").stdout


def test_a_folder_without_a_network_is_2(run: Run, folder: Path) -> None:
    (folder / "a.yaml").unlink()
    (folder / "inner" / "b.yml").unlink()
    for words in ([], ["-q"], ["-o", "out.txt"]):
        result = run("report", "specs", *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "nothing to report" in result.stderr
    assert not Path("out.txt").exists()


def test_o_never_overwrites_a_spec_of_a_folder(run: Run, folder: Path) -> None:
    result = run("report", "specs", "-o", "specs/a.yaml", "--force")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (folder / "a.yaml").read_bytes() == Path("faulty.yaml").read_bytes()


@pytest.mark.parametrize(
    "words", [("report", "sound.yaml"), ("quiz",), ("grade", "hw.yaml", "ann.yaml")]
)
def test_a_hyphen_is_standard_output(run: Run, files: Path, words: tuple[str, ...]) -> None:
    (files / "hw.yaml").write_text("spec: sound.yaml\nquestions: [conv1.output]\n")
    (files / "ann.yaml").write_text("conv1.output: 6x6x2\n")
    plain = run(*words)
    assert plain.exit_code == 0
    assert run(*words, "-o", "-").stdout == plain.stdout
    assert not (files / "-").exists()


# -- totals ----------------------------------------------------------------------------------------

TWO = """\
inputs: {left: 4x4x1, right: 3}
layers: [{relu: {from: left}}, {dense: {units: 2, from: right}}]
"""


@pytest.fixture
def several(files: Path) -> Path:
    (files / "two.yaml").write_text(f"{TWO}outputs: [relu1, dense1]\n", encoding="utf-8")
    (files / "other.yaml").write_text("version: 2\n", encoding="utf-8")
    (files / "sound.yaml").replace(files / "=sound.yaml")
    return files


def test_totals_have_a_row_a_network(run: Run, several: Path) -> None:
    result = run("report", "--totals", ".", "--format", "csv")
    assert result.exit_code == 1
    assert list(csv.reader(io.StringIO(result.stdout))) == [
        ["file", "layers", "input", "output", "parameters", "macs", "found"],
        ["'=sound.yaml", "2", "8x8x1", "6x6x2", "20", "648", ""],  # 2 * 9 + 2, 36 * 18
        ["advised.yaml", "1", "7x7x8", "3", "1179", "1176", ""],
        ["faulty.yaml", "2", "10x10x1", "4x4x2", "20", "288", "SC201"],
        ["two.yaml", "2", "left 4x4x1, right 3", "relu1 4x4x1, dense1 2", "8", "6", ""],
        ["warned.yaml", "1", "8x8x1", "3x3x1", "0", "0", "SC402"],
    ]
    assert "1 file skipped" in result.stderr
    rows = [json.loads(line) for line in
            run("report", "--totals", ".", "--format", "json").stdout.splitlines()]  # fmt: skip
    assert [row["totals"]["parameters"] for row in rows] == [20, 1179, 20, 8, 0]
    assert rows[2] | {"schema": "shapecalc.totals/1", "layers": 2, "found": ["SC201"]} == rows[2]


def test_totals_are_shown_to_people(run: Run, several: Path) -> None:
    words = ("report", "--totals", "advised.yaml", "two.yaml", "--columns", "file,parameters")
    assert run(*words).stdout.splitlines() == [
        "file          parameters",
        "------------  ----------",
        "advised.yaml       1,179",
        "two.yaml               8",
    ]
    assert "| advised.yaml |        1,179 |" in run(*words, "--format", "markdown").stdout
    assert r"two.yaml     &            8 \\" in run(*words, "--format", "latex").stdout
    unknown = run("report", "--totals", "-", stdin="input: 4\nlayers: [dense: {}]\n")
    assert unknown.stdout.splitlines()[2].split() == ["-", "1", "4", "?", "?", "?", "SC103"]


def test_what_totals_do_not_show_is_wrong_usage(run: Run, several: Path) -> None:
    for words in (("--depth", "1"), ("--explain",), ("--columns", "jump")):
        assert run("report", "--totals", "two.yaml", *words).exit_code == 2, words
    assert run("report", "two.yaml", "--columns", "file").exit_code == 2
    (several / "empty").mkdir()
    assert run("report", "--totals", "empty").exit_code == 2


def test_totals_are_fitted_to_a_terminal(run: Run, several: Path) -> None:
    from shapecalc.reports import totals

    long = several / ("long" * 20 + ".yaml")
    long.write_text("input: 4\nlayers: [relu]\n", encoding="utf-8")
    text = totals.render("table", [totals.row_of(shapecalc.trace(long))], None, 60)
    lines = text.splitlines()
    assert all(len(line) <= 60 for line in lines[:-1])
    assert lines[2].startswith("...")
    assert lines[2].split()[0].endswith("long.yaml")


# -- memory ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_memory_is_in_every_format(run: Run, files: Path, form: str) -> None:
    result = run("report", "sound.yaml", "--memory", "--fit", "1GB", "--format", form)
    assert result.exit_code == 0
    memory = shapecalc.memory("sound.yaml", fit="1GB")
    if form == "json":
        found = json.loads(result.stdout)
        assert found["memory"] == memory.summary()
        layers = {layer["name"]: layer for layer in found["layers"]}
        for name, layer in memory.layers.items():
            assert layers[name]["kept_bytes"] == layer.kept_bytes
            assert layers[name]["output_bytes"] == layer.output_bytes
    elif form == "csv":
        kept = {row["name"]: int(row["kept_bytes"]) for row in rows(result.stdout)}
        assert kept == {name: layer.kept_bytes for name, layer in memory.layers.items()}
    else:
        for line in str(memory).splitlines():
            assert line in result.stdout
        assert memory.fit is not None
        assert f"{memory.fit.batch:,}" in result.stdout


def test_folded_rows_sum_their_bytes(run: Run) -> None:
    path = str(Path(__file__).parents[2] / "specs" / "networks" / "u-net.yaml")
    columns = ("--columns", "name,output_bytes,kept_bytes", "--format", "csv", "--memory")
    whole, folded = (
        rows(run("report", path, *columns, *more).stdout) for more in ((), ("--depth", "0"))
    )
    for key in ("output_bytes", "kept_bytes"):
        assert sum(int(row[key]) for row in whole) == sum(int(row[key]) for row in folded)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--batch", "3"), "--batch is for --memory"),
        (("--fit", "8GiB"), "--fit is for --memory"),
        (("--memory", "--fit", "much"), "no amount of memory"),
        (("--memory", "--batch", "0"), "0"),
        (("--columns", "kept_bytes"), "there with --memory"),
    ],
)
def test_wrong_questions_about_memory_are_wrong_usage(
    run: Run, files: Path, options: tuple[str, ...], said: str
) -> None:
    result = run("report", "sound.yaml", *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_memory_of_faulty_and_unreadable_files_is_no_trouble(run: Run, files: Path) -> None:
    for file in ("faulty.yaml", "warned.yaml"):
        assert "peak of training" in run("report", file, "--memory").stdout


# -- dialects --------------------------------------------------------------------------------------


def test_dialects_are_those_of_the_registry() -> None:
    assert tuple(DIALECTS) == OURS


@pytest.mark.parametrize("tool", OURS)
def test_a_dialect_adds_up(run: Run, tool: str) -> None:
    path = str(Path(__file__).parents[2] / "specs" / "networks" / "squeezenet.yaml")
    result = run("report", path, "--dialect", tool, "--format", "json")
    found = json.loads(result.stdout)["dialect"]
    assert found["tool"] == tool
    for figure in found["figures"]:
        added = figure["ours"]["value"] + sum(term["value"] for term in figure["terms"])
        assert added == figure["value"]
    shown = run("report", path, "--dialect", tool).stdout
    assert f"As {tool} prints it" in shown
    assert all(figure["printed"] in shown for figure in found["figures"])


def test_what_is_not_known_is_no_number_in_a_dialect(run: Run, files: Path) -> None:
    Path("open.yaml").write_text("input: '?x?x3'\nlayers: [{conv: {K: 2, F: 3}}, relu]\n")
    Path("bad.yaml").write_text("layers: 5\n")
    Path("named.yaml").write_text(
        "input: HxWx3\nlayers: [{conv: {K: 2, F: 3}}, batch_norm, relu, {max_pool: 2}]\n"
    )
    for tool in OURS:
        for file in ("open.yaml", "bad.yaml", "faulty.yaml", "named.yaml"):
            assert (
                "internal" not in run("report", file, "--dialect", tool, "--format", "json").output
            )
            result = run("report", file, "--dialect", tool)
            assert f"As {tool} prints it" in result.stdout or file == "bad.yaml"
            assert "internal" not in result.output


def test_dialects_are_for_formats_with_totals(run: Run, files: Path) -> None:
    assert run("report", "sound.yaml", "--dialect", "thop", "--format", "csv").exit_code == 2
    assert run("report", "sound.yaml", "--dialect", "netron").exit_code == 2
    assert "As thop" in run("report", "sound.yaml", "--dialect", "thop", "--format", "latex").stdout
