"""Networks of other formats: names and places are the file's own, advice on specs is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

import shapecalc
from shapecalc import checks, rules
from shapecalc.checks.rule import Check, finding
from shapecalc.layers.conv import Conv

Run = Callable[..., Result]
Save = Callable[..., str]

CONV = {"name": "layer1/conv1", "does": "conv", "with": {"K": 4, "F": 3}}
IMAGE = {"image": [8, 8, 3]}


def reported(run: Run, name: str) -> dict[str, Any]:
    """Return the report of a file as JSON has it."""
    report: dict[str, Any] = json.loads(run("report", "--format", "json", name).stdout)
    return report


def codes(report: dict[str, Any]) -> list[str]:
    """Return the codes of what was found."""
    return [found["code"] for found in report["diagnostics"]]


# -- names -----------------------------------------------------------------------------------------

NAMES = ("layer1/conv1", "conv.1", "tf.math.multiply_5", "a b", "input", "loss", "total", "$x", "é")


def test_names_are_the_files_own(run: Run, save: Save) -> None:
    nodes = [{"name": name, "does": "relu"} for name in NAMES]
    report = reported(run, save(*nodes, inputs=IMAGE, gives=["conv.1", "$x"]))
    assert [layer["name"] for layer in report["layers"]] == list(NAMES)
    assert list(report["outputs"]) == ["conv.1", "$x"]
    assert report["format"] == "toy"
    assert codes(report) == []
    assert report["complete"]


def test_sources_are_looked_up_exactly(run: Run, save: Save) -> None:
    nodes = [
        {**CONV, "name": "a.b", "takes": "input"},
        {"name": "a", "does": "relu", "takes": "in/put"},
        {"name": "loss", "does": "add", "takes": ["a.b", "a"]},
    ]
    name = save(*nodes, inputs={"input": [8, 8, 3], "in/put": [6, 6, 4]})
    report = reported(run, name)
    assert [layer["from"] for layer in report["layers"]] == [["input"], ["in/put"], ["a.b", "a"]]
    assert report["output"] == [6, 6, 4]


def test_a_layer_may_be_called_input(run: Run, save: Save) -> None:
    nodes = [{**CONV, "name": "input"}, {"name": "next", "does": "relu", "takes": "input"}]
    report = reported(run, save(*nodes, inputs=IMAGE))
    assert report["output"] == [6, 6, 4]


def test_a_name_that_is_given_twice_is_found(run: Run, save: Save) -> None:
    report = reported(run, save(CONV, CONV, inputs=IMAGE))
    assert codes(report) == ["SC106"]


@pytest.mark.parametrize("name", ["", 3, None])
def test_what_is_no_name_is_found(run: Run, save: Save, name: Any) -> None:
    report = reported(run, save({**CONV, "name": name}, inputs=IMAGE))
    assert codes(report) == ["SC104"]


def test_a_source_that_is_not_there_is_found(run: Run, save: Save) -> None:
    relu = {"name": "x", "does": "relu", "takes": "layer1/cnov1"}
    report = reported(run, save(CONV, relu, inputs=IMAGE))
    assert codes(report) == ["SC107"]
    assert report["diagnostics"][0]["hint"] == "did you mean layer1/conv1?"


def test_hostile_names_are_cleaned_and_told_apart(run: Run, save: Save) -> None:
    names = ["a\x1b[31m", "a\x07[31m", "a?[31m", "\ud800", "\u202egnp", "x" * 1000, "x" * 999]
    nodes = [{"name": name, "does": "relu", "takes": [before]} for before, name in
             zip(["im\nage", *names], names, strict=False)]  # fmt: skip
    name = save(*nodes, inputs={"im\nage": [8, 8, 3]}, gives=names[:2])
    report = reported(run, name)
    assert codes(report) == []
    cut = "x" * 197 + "..."
    shown = ["a?[31m", "a?[31m~2", "a?[31m~3", "?", "?gnp", cut, f"{cut}~2"]
    assert [layer["name"] for layer in report["layers"]] == shown
    assert [layer["from"] for layer in report["layers"]] == [[n] for n in ["im?age", *shown[:-1]]]
    assert list(report["outputs"]) == shown[:2]
    for form in ("table", "markdown", "latex", "csv"):
        assert all(
            c.isprintable() or c == "\n" for c in run("report", "--format", form, name).stdout
        )


@pytest.mark.slow
def test_many_names_that_look_alike_take_no_time(run: Run, save: Save) -> None:
    nodes = [{"name": f"{'x' * 250}{n}", "does": "relu"} for n in range(2000)]
    report = reported(run, save(*nodes, inputs=IMAGE))
    assert len({layer["name"] for layer in report["layers"]}) == 2000


def test_layers_without_names_are_numbered_beside_them(run: Run, save: Save) -> None:
    nodes = [{"name": "relu1", "does": "relu"}, {"name": "relu3", "does": "relu"}]
    report = reported(run, save(*nodes, inputs=IMAGE))
    assert [layer["name"] for layer in report["layers"]] == ["relu1", "relu3"]


# -- places and repairs ----------------------------------------------------------------------------


def test_findings_stand_in_the_file_itself(run: Run, save: Save) -> None:
    wide = {**CONV, "name": "conv/2", "with": {"K": 4, "F": 9}}
    negative = {**CONV, "name": "conv/3", "with": {"K": -4, "F": 1}}
    name = save(CONV, wide, negative, inputs=IMAGE)
    report = reported(run, name)
    large, wrong = sorted(report["diagnostics"], key=lambda found: found["layer"])
    assert (large["code"], wrong["code"]) == ("SC202", "SC104")
    if save.binary:  # type: ignore[attr-defined]
        assert (large["where"], wrong["where"]) == ("conv/2", "conv/3")
        assert (large["line"], wrong["column"]) == (None, None)
    else:
        assert large["where"] == "nodes[1]"
        assert (large["line"], large["column"]) == (3, 3)
        assert wrong["where"] == "nodes[2].with.K"
        written = '  {"name": "conv/3", "does": "conv", "with": {'
        assert (wrong["line"], wrong["column"]) == (4, len(written) + 1)
    told = run("check", name).stdout
    place = "" if save.binary else ":3:3"  # type: ignore[attr-defined]
    assert f"net.toy{place}: SC202 error: conv/2 (K=4 F=9 S=1 P=0)" in told.replace("(F", "(K=4 F")


def test_no_edits_are_offered_and_hints_are_the_same(run: Run, save: Save) -> None:
    strided = {"K": 4, "F": 3, "S": 2, "rounding": "exact"}
    report = reported(run, save({**CONV, "with": strided}, inputs={"input": [8, 8, 3]}))
    (found,) = report["diagnostics"]
    native = shapecalc.check({"input": "8x8x3", "layers": [{"conv": strided}]})
    assert found["code"] == "SC201"
    assert found["hint"] == native[0].hint != ""
    assert found["edits"] == []


def test_claims_of_the_file_are_checked(run: Run, save: Save) -> None:
    assert codes(reported(run, save({**CONV, "shape": [6, 6, 4]}, inputs=IMAGE))) == []
    report = reported(run, save({**CONV, "shape": [6, 6, 5]}, inputs=IMAGE))
    (found,) = report["diagnostics"]
    assert found["code"] == "SC301"
    assert "output 6x6x5 stated in the file, 6x6x4 computed" in found["message"]
    where = "layer1/conv1" if save.binary else "nodes[0].shape"  # type: ignore[attr-defined]
    assert found["where"] == where


def test_no_students_mistake_is_looked_for_behind_what_a_file_states(run: Run, save: Save) -> None:
    relu = {"name": "total", "does": "relu", "shape": [3, 3, 4]}
    report = reported(run, save(CONV, relu, inputs=IMAGE))
    assert codes(report) == ["SC301"]
    done = run("audit", "net.toy")
    assert done.exit_code == 1
    assert "output 3x3x4 stated in the file, 6x6x4 computed" in done.stdout


@pytest.mark.parametrize(
    ("shape", "true"),
    [([None, 6, 4], True), ([None, 6, 5], False), ([None, None, None], True), ([None, 4], False)],
)
def test_claims_are_compared_as_far_as_they_are_known(
    run: Run, save: Save, shape: list[int | None], true: bool
) -> None:
    report = reported(run, save({**CONV, "shape": shape}, inputs=IMAGE))
    assert codes(report) == ([] if true else ["SC301"])


def test_sizes_that_are_left_open_stay_open(run: Run, save: Save) -> None:
    conv = {**CONV, "with": {"K": 4, "F": 3}, "shape": [None, 4]}
    report = reported(run, save(conv, inputs={"sound": [None, 8]}))
    assert report["inputs"] == {"sound": [None, 8]}
    assert report["output"] == [None, 4]
    assert codes(report) == ["SC604"]
    assert report["complete"]


# -- advice on specs -------------------------------------------------------------------------------

DROPPING = {"name": "pool", "does": "max_pool", "with": {"F": 3, "S": 3}}


def test_advice_on_specs_is_left_out_unless_selected(run: Run, save: Save) -> None:
    name = save(DROPPING, inputs=IMAGE)
    assert codes(reported(run, name)) == []
    assert run("check", name).stdout == ""
    assert run("check", "--ignore", "SC1", name).stdout == ""
    assert "SC401 warning: pool" in run("check", "--select", "SC401", name).stdout
    assert "SC401 warning: pool" in run("check", "--select", "SC4", name).stdout
    assert [found.code for found in shapecalc.check(name, select=["SC4"])] == ["SC401"]
    assert shapecalc.check(name) == []


def test_selected_advice_has_its_repairs(run: Run, save: Save) -> None:
    told = run("check", "--select", "SC4", save(DROPPING, inputs={"input": [8, 8, 3]})).stdout
    native = shapecalc.check(
        {"input": "8x8x3", "rounding": "floor", "layers": [{"max_pool": {"F": 3, "S": 3}}]}
    )
    assert native[0].hint in told


def test_rules_of_plug_ins_hold_for_all_files(
    run: Run, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rules.Rule("XY102", "some-filters", "advice")

    def of_layer(record: Any, trace: Any) -> list[Any]:
        return [finding(rule, record, "filters")]

    monkeypatch.setattr(checks, "CHECKS", [*checks.CHECKS, Check(rule, (Conv,), of_layer)])
    monkeypatch.setattr(rules, "_catalogue", {**rules._catalogue, rule.code: rule})
    checks._without.cache_clear()
    try:
        assert "XY102" in run("check", save(CONV, inputs=IMAGE)).stdout
    finally:
        checks._without.cache_clear()


# -- reports and folders ---------------------------------------------------------------------------


def test_the_heading_tells_the_format(run: Run, save: Save) -> None:
    name = save(CONV, inputs=IMAGE, name="net.toy")
    assert run("report", name).stdout.startswith("net.toy (toy): image 8x8x3 (height")
    assert "format" not in shapecalc.trace({"input": 3, "layers": ["relu"]}).to_dict()


def test_folders_are_searched_and_one_bad_file_stops_nothing(
    run: Run, save: Save, tmp_path: Any
) -> None:
    save(CONV, inputs=IMAGE, name="a.toy")
    (tmp_path / "b.toy").write_bytes(b'{"toy": 1, "nodes": [')
    (tmp_path / "c.toyb").write_bytes(b'\x00\xffTOY{"toy": 1}')
    save({**CONV, "with": {"K": 4, "F": 9}}, inputs=IMAGE, name="d.toy")
    (tmp_path / "e.yaml").write_text("input: 3\nlayers: [relu]\n", encoding="utf-8")
    done = run("check", ".")
    assert done.exit_code == 1
    assert "SC603" in done.stdout
    assert "SC202" in done.stdout
    assert done.stderr == "4 files checked, 1 skipped (no layers or input): 2 errors\n"
    assert run("report", ".").stdout.count("layer1/conv1") >= 2
    assert "e.yaml" in run("verify", ".").stdout


def test_no_name_leaves_its_cell(run: Run, save: Save) -> None:
    nodes = [{"name": name, "does": "relu"} for name in ("<lambda>", "a|`b`", "\\input{x}", "=1+1")]
    name = save(*nodes, inputs={"<i>": [8, 8, 3]}, gives=["<lambda>"])
    markdown = run("report", "--format", "markdown", name).stdout
    assert "| \\<lambda> " in markdown
    assert "| a\\|\\`b\\` " in markdown
    assert "## net.toy (toy): \\<i> 8x8x3" in markdown
    assert "Output: \\<lambda> 8x8x3" in markdown
    assert "\\textbackslash{}input\\{x\\}" in run("report", "--format", "latex", name).stdout
    assert "\n'=1+1,relu" in run("report", "--format", "csv", name).stdout
