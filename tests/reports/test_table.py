"""The table: what stands in it, how it is fitted, folded and escaped."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shapecalc import Trace, network, trace
from shapecalc.readers import read_bytes
from shapecalc.reports import table
from shapecalc.reports.columns import COLUMNS, default_columns

NETWORKS = Path(__file__).resolve().parents[2] / "specs" / "networks"
LENET: dict[str, Any] = {
    "name": "LeNet-5",
    "input": "32x32x1",
    "layers": [
        {"conv": {"K": 6, "F": 5}},
        {"max_pool": 2},
        {"conv": {"name": "second", "K": 16, "F": 5}},
        {"max_pool": 2},
        "flatten",
        {"dense": 120},
        {"dense": 84},
        {"dense": 10},
    ],
}
HOSTILE = "a|b & 50% $x$ #_{}~^\\<b>*`"


def cells(text: str) -> list[dict[str, str]]:
    """Read the table of a report back: a mapping of titles to cells for every line of it."""
    lines = text.splitlines()
    rule = next(index for index, line in enumerate(lines) if re.fullmatch(r"-+(  -+)*", line))
    spans = [match.span() for match in re.finditer("-+", lines[rule])]
    found = []
    for line in lines[rule - 1 :]:
        if not line:
            break
        found.append([line[start:end].strip() for start, end in spans])
    titles = found[0]
    rows = [row for row in found[1:] if not re.fullmatch("-+", row[0])]
    return [dict(zip(titles, row, strict=True)) for row in rows]


def number(cell: str) -> int:
    """Return a cell's number."""
    return int(cell.replace(",", ""))


# -- content -----------------------------------------------------------------------------------


def test_the_table_holds_every_layer_and_the_totals() -> None:
    rows = cells(table.render(trace(LENET)))
    assert [row["layer"] for row in rows] == [
        *("conv1", "max_pool1", "second", "max_pool2", "flatten1", "dense1", "dense2", "dense3"),
        "total",
    ]
    assert rows[0] == {
        "layer": "conv1",
        "what it is": "conv K=6 F=5 S=1 P=0",
        "output": "28x28x6",
        "weights": "150",
        "biases": "6",
        "parameters": "156",
        "MACs": "117,600",
    }
    assert [row["output"] for row in rows] == [
        *("28x28x6", "14x14x6", "10x10x16", "5x5x16", "400", "120", "84", "10", ""),
    ]
    assert [row["parameters"] for row in rows] == [
        *("156", "0", "2,416", "0", "0", "48,120", "10,164", "850", "61,706"),
    ]
    assert (rows[-1]["weights"], rows[-1]["biases"]) == ("61,470", "236")
    # 28*28*6*25 + 10*10*16*150 + 400*120 + 120*84 + 84*10
    assert rows[-1]["MACs"] == "416,520"


def test_the_lines_around_the_table() -> None:
    text = table.render(trace(LENET))
    first, *_ = text.splitlines()
    assert first == "LeNet-5: input 32x32x1 (height x width x depth)"
    assert "Output: dense3 10" in text
    assert "61,706 parameters" in text
    assert "416,520 multiply-accumulates (MACs)" in text
    # 4704 + 1176 + 1600 + 400 + 400 + 120 + 84 + 10
    assert "8,494 activations" in text
    assert "Findings" not in text
    assert "Working" not in text


@pytest.mark.parametrize(
    ("volume", "axes"),
    [
        ("10x3", "(length x depth)"),
        ("4x6x3", "(height x width x depth)"),
        ("5x4x6x3", "(frames x height x width x depth)"),
    ],
)
def test_the_axes_are_named(volume: str, axes: str) -> None:
    text = table.render(trace({"input": volume, "layers": ["relu"]}))
    assert text.splitlines()[0] == f"network: input {volume} {axes}"


def test_str_of_a_trace_is_the_table() -> None:
    traced = trace(LENET)
    assert str(traced) == table.render(traced)


def test_every_column_can_be_shown() -> None:
    spec = {
        "inputs": {"left": "8x8x2", "right": "4x4x2"},
        "layers": [
            {"conv": {"name": "a", "K": 2, "F": 3, "P": 1, "from": "left"}},
            {"conv": {"name": "b", "K": 2, "F": 3, "P": 1, "from": "right", "share": "a"}},
            {"upsample": {"scale": 2, "from": "b"}},
            {"add": ["a", "upsample1"]},
            "batch_norm",
            {"dense": 3},
        ],
    }
    traced = trace(spec)
    rows = {row["layer"]: row for row in cells(table.render(traced, columns=tuple(COLUMNS)))}
    assert list(rows["a"]) == [column.title for column in COLUMNS.values()]
    assert rows["a"]["from"] == "left"
    assert rows["a"]["input"] == "8x8x2"
    assert rows["a"]["receptive field"] == "3x3"
    assert rows["a"]["jump"] == "1x1"
    assert rows["b"]["shares"] == "a"
    assert rows["b"]["parameters"] == "38"
    assert rows["upsample1"]["jump"] == "0.5x0.5"
    assert rows["add1"]["from"] == "a, upsample1"
    assert rows["add1"]["input"] == "8x8x2, 8x8x2"
    assert rows["batch_norm1"]["non-trainable"] == "4"
    assert rows["dense1"]["jump"] == "?"  # inputs of two sizes have no pixels in common
    # a and the norm and the dense layer once each; b's weights are a's
    assert rows["total"]["parameters"] == f"{38 + 4 + 8 * 8 * 2 * 3 + 3}"


def test_columns_come_in_the_order_asked_for() -> None:
    rows = cells(table.render(trace(LENET), columns=("macs", "name")))
    assert list(rows[0]) == ["MACs", "layer"]
    assert rows[-1]["MACs"] == "416,520"


def test_the_unknown_is_never_zero() -> None:
    spec = {"input": "4x4x1", "layers": [{"conv": {"K": 2, "F": 9}}, "relu", {"dense": 3}]}
    text = table.render(trace(spec))
    conv, relu, dense, total = cells(text)
    assert (conv["output"], conv["weights"], conv["MACs"]) == ("?", "162", "?")
    assert (relu["output"], relu["weights"], relu["MACs"]) == ("?", "0", "0")
    assert (dense["output"], dense["weights"], dense["biases"]) == ("3", "?", "3")
    assert (dense["parameters"], dense["MACs"]) == ("?", "?")
    assert [total[key] for key in ("weights", "biases", "parameters", "MACs")] == [
        *("?", "5", "?", "?"),
    ]
    assert "? parameters" in text
    assert "? activations" in text


def test_an_unknown_input_is_shown_as_such() -> None:
    text = table.render(trace({"input": "big", "layers": ["relu"]}))
    assert text.splitlines()[0].startswith("network: input ?")
    assert cells(text)[0]["output"] == "?"
    assert "Output: relu1 ?" in text


def test_findings_stand_below_with_place_and_hint(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 10x10x1\nlayers:\n  - conv: {K: 1, F: 3, S: 2}\n", encoding="utf-8")
    lines = table.render(trace(path)).splitlines()
    below = lines[lines.index("Findings") :]
    assert below[1].startswith("  SC201 error (line 3, column 5): conv1")
    assert "S=1 gives 8x8" in below[2]


def test_working_is_shown_when_asked_for() -> None:
    text = table.render(trace(LENET), explain=True)
    assert "second: conv K=16 F=5 S=1 P=0 on 14x14x6" in text
    assert "    (14 - 5 + 2*0)/1 + 1 = 10" in text
    assert "    MACs = 10*10*16 * 5*5*6 = 240,000" in text
    for name in ("conv1", "max_pool1", "flatten1", "dense3"):
        assert re.search(rf"^{name}: ", text, flags=re.MULTILINE)


def test_numbers_are_not_mended() -> None:
    """A layer called 1e3 stays 1e3."""
    spec = {
        "input": 4,
        "layers": [{"dense": {"name": "1e3", "units": 3}}, {"dense": {"name": "007", "units": 1}}],
    }
    assert [row["layer"] for row in cells(table.render(trace(spec)))] == ["1e3", "007", "total"]


# -- width -------------------------------------------------------------------------------------

WIDE: dict[str, Any] = {
    "input": "224x224x3",
    "blocks": {
        "a-block-with-a-very-long-name": {
            "layers": [{"conv": {"K": 64, "F": [3, 5], "P": [[1, 1], [2, 2]], "bias": False}}]
        }
    },
    "layers": ["a-block-with-a-very-long-name", {"dense": 1000}],
}


def drawn(text: str) -> list[str]:
    """Return the lines of the table itself."""
    lines = text.splitlines()
    rule = next(index for index, line in enumerate(lines) if re.fullmatch(r"-+(  -+)*", line))
    end = lines.index("", rule)
    return lines[rule - 1 : end]


def titles(line: str) -> list[str]:
    """Return the titles in a table's first line, in alphabetical order."""
    return sorted(c.title for c in COLUMNS.values() if f" {c.title} " in f" {line} ")


@pytest.mark.parametrize("source", ["wide", "resnet-50", "googlenet", "u-net"])
def test_the_table_is_never_wider_than_asked(source: str) -> None:
    traced = trace(WIDE if source == "wide" else NETWORKS / f"{source}.yaml")
    full = max(map(len, drawn(table.render(traced))))
    default = default_columns([traced])
    seen = set()
    for width in [*range(40, 130, 1 if source == "wide" else 5), 160, 200]:
        text = table.render(traced, width=width)
        lines = drawn(text)
        assert max(map(len, lines)) <= width, (width, lines[0])
        note = re.search(r"^Not shown for lack of width: (.*?)\. ", text, flags=re.MULTILINE)
        left_out = note[1].split(", ") if note else []
        shown = titles(lines[0])
        assert sorted([*shown, *left_out]) == sorted(COLUMNS[key].title for key in default)
        assert ("found" in shown) is ("found" in default)  # where a fault is may not give way
        assert "layer" in shown  # a table without names says little
        if width >= full:
            assert not left_out
            assert "..." not in "".join(lines)
        seen.add(len(shown))
    assert len(seen) > 2


@pytest.mark.parametrize(
    "columns", [tuple(COLUMNS), ("name",), ("output", "name", "from")], ids=str
)
@pytest.mark.parametrize("width", [40, 80])
def test_columns_that_are_asked_for_are_shown(columns: tuple[str, ...], width: int) -> None:
    text = table.render(trace(WIDE), columns=columns, width=width)
    assert titles(drawn(text)[0]) == sorted(COLUMNS[key].title for key in columns)
    assert "Not shown" not in text


def test_without_a_width_nothing_is_left_out() -> None:
    text = table.render(trace(WIDE), columns=tuple(COLUMNS))
    assert "Not shown" not in text
    assert "..." not in text


def test_other_styles_are_not_fitted() -> None:
    for style in ("markdown", "latex"):
        wide = table.render(trace(WIDE), style, width=40)
        assert wide == table.render(trace(WIDE), style)


def test_a_cut_name_keeps_its_end() -> None:
    lines = drawn(table.render(trace(WIDE), width=60))
    assert any(re.match(r"\.\.\.\S*\.conv1 ", line) for line in lines)


# -- folding -----------------------------------------------------------------------------------

NESTED: dict[str, Any] = {
    "input": "8x8x4",
    "blocks": {
        "unit": {
            "layers": [{"conv": {"K": 4, "F": 3, "P": 1, "bias": False}}, "batch_norm", "relu"]
        },
        "stage": {"layers": ["unit", {"residual": ["unit"]}]},
    },
    "layers": [{"conv": {"K": 4, "F": 1}}, {"stage": {"name": "low"}}, "stage", {"dense": 2}],
}


@pytest.mark.parametrize(
    ("depth", "names"),
    [
        (0, ["conv1", "low", "stage2", "dense1", "total"]),
        (
            1,
            [
                "conv1",
                "low.unit1",
                "low.unit2",
                "low.add1",
                "stage2.unit1",
                "stage2.unit2",
                "stage2.add1",
                "dense1",
                "total",
            ],
        ),
    ],
)
def test_instances_are_folded(depth: int, names: list[str]) -> None:
    rows = cells(table.render(trace(NESTED), depth=depth))
    assert [row["layer"] for row in rows] == names
    folded = next(row for row in rows if row["layer"] in ("low", "low.unit1"))
    convs = 2 if depth == 0 else 1
    assert folded["output"] == "8x8x4"
    assert number(folded["weights"]) == convs * (4 * 4 * 9 + 4)
    assert number(folded["biases"]) == convs * 4
    assert number(folded["parameters"]) == convs * (4 * 4 * 9 + 8)
    assert number(folded["MACs"]) == convs * 8 * 8 * 4 * 36
    assert ("stage" if depth == 0 else "unit") in folded["what it is"]
    assert re.search(r"\b7 layers" if depth == 0 else r"\b3 layers", folded["what it is"])


def test_deep_enough_is_not_folded() -> None:
    whole = table.render(trace(NESTED))
    assert table.render(trace(NESTED), depth=2) == whole
    assert table.render(trace(NESTED), depth=99) == whole


@pytest.mark.quick(5)
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
@pytest.mark.parametrize(
    "name", ["resnet-152", "googlenet", "densenet-121", "mobilenet-v2", "darknet-53", "vgg-16"]
)
def test_rows_add_up_to_the_totals_however_folded(name: str, depth: int) -> None:
    traced = trace(NETWORKS / f"{name}.yaml")
    columns = ("name", "weights", "biases", "parameters", "non_trainable", "macs")
    *rows, total = cells(table.render(traced, columns=columns, depth=depth))
    for key in columns[1:]:
        title = COLUMNS[key].title
        assert sum(number(row[title]) for row in rows) == number(total[title]), title
        assert number(total[title]) == traced.totals[key]


def test_folding_an_unknown_gives_an_unknown() -> None:
    spec = {
        "input": "8x8x4",
        "blocks": {"unit": {"layers": [{"conv": {"K": 4, "F": 9}}, "relu", {"dense": 2}]}},
        "layers": ["unit"],
    }
    unit, total = cells(table.render(trace(spec), depth=0))
    assert unit["output"] == "2"
    assert [unit[key] for key in ("weights", "parameters", "MACs")] == ["?"] * 3
    assert unit["biases"] == "6"
    assert total["weights"] == "?"


def test_an_instance_without_layers_has_no_row() -> None:
    spec = {
        "input": "8x8x4",
        "blocks": {"none": {"layers": [{"repeat": {"times": 0, "layers": ["relu"]}}]}},
        "layers": ["none", {"dense": 2}, "none"],
    }
    assert [row["layer"] for row in cells(table.render(trace(spec), depth=0))] == [
        *("dense1", "total"),
    ]


def test_a_folded_instance_keeps_its_own_counts_and_the_total_counts_shared_weights_once() -> None:
    spec = {
        "input": "8x8x4",
        "blocks": {"unit": {"layers": [{"conv": {"K": 4, "F": 3, "P": 1}}]}},
        "layers": [{"unit": {"name": "first"}}, {"unit": {"share": "first"}}],
    }
    first, second, total = cells(table.render(trace(spec), depth=0))
    assert number(first["parameters"]) == 148
    assert number(total["parameters"]) == 148
    assert number(second["parameters"]) == 148
    assert number(second["MACs"]) == number(first["MACs"])
    assert number(total["MACs"]) == 2 * number(first["MACs"])


# -- other styles ------------------------------------------------------------------------------


def hostile() -> Trace:
    """Return a trace whose texts try to break out of the table."""
    layers: list[Any] = [{HOSTILE: 3}, {"conv": {"name": "a_b", "K": 2, "F": [3, 3]}}]
    return trace({"name": f"{HOSTILE}\n\x1b[31m# x", "input": "8x8x3", "layers": layers})


def test_markdown() -> None:
    lines = table.render(trace(LENET), "markdown").splitlines()
    assert lines[0] == "## LeNet-5: input 32x32x1 (height x width x depth)"
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 8 + 1
    assert [cell.strip() for cell in rows[2].strip("|").split("|")] == [
        *("conv1", "conv K=6 F=5 S=1 P=0", "28x28x6", "150", "6", "156", "117,600"),
    ]
    assert {"28x28x6", "61,706"} <= {cell.strip() for row in rows for cell in row.split("|")}


def test_markdown_cells_do_not_break_out() -> None:
    text = table.render(hostile(), "markdown", explain=True)
    assert text.splitlines()[0].startswith("## a")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 2 + 1
    bars = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert bars == {9}
    assert "\x1b" not in text


def test_markdown_tells_the_rest_in_code() -> None:
    """What is aligned with blanks would be run together by Markdown."""
    text = table.render(hostile(), "markdown", explain=True)
    fences = [
        index
        for index, line in enumerate(text.splitlines())
        if line.strip("` ") == "" and "```" in line
    ]
    assert len(fences) % 2 == 0
    assert len(fences) >= 2


def test_latex() -> None:
    text = table.render(trace(LENET), "latex")
    rows = [line for line in text.splitlines() if "&" in line]
    assert len(rows) == 1 + 8 + 1
    assert [cell.strip() for cell in rows[2].removesuffix("\\\\").split("&")] == [
        *("max\\_pool1", "max\\_pool F=2 S=2 P=0", "14x14x6", "0", "0", "0", "0"),
    ]
    assert text.count("\\begin{tabular}") == text.count("\\end{tabular}") == 1


def test_latex_cells_do_not_break_out() -> None:
    text = table.render(hostile(), "latex", explain=True)
    inside = False
    seen = 0
    for line in text.splitlines():
        if line.startswith("\\begin{tabular}"):
            inside = True
        elif line.startswith("\\end{tabular}"):
            inside = False
        elif not inside:
            assert not line or line.startswith("%"), line  # everything else is a comment
        elif line.endswith("\\\\"):
            row = line.removesuffix("\\\\")
            plain = re.sub(r"\\ensuremath\{[<>]\}|\\text[a-z]+\{\}|\\[&%$#_{}^~](\{\})?", "", row)
            assert plain.count("&") == 7, line
            assert not re.search(r"[%$#_{}^~\\]", plain), line
            seen += 1
    assert seen == 1 + 2 + 1
    assert "\x1b" not in text


def test_the_terminal_gets_no_control_characters() -> None:
    for style in ("table", "markdown", "latex"):
        text = table.render(hostile(), style, explain=True)
        assert all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        # 3*4 + 4 weights and biases, a gamma and a beta of 4; 2*4 statistics
        (["Dense", "BatchNormalization"], "32 total params, 24 trainable, 8 non-trainable"),
        (["Dense"], None),  # where Keras prints our number, nothing has to be said
    ],
)
def test_a_keras_file_gets_the_numbers_of_keras_summary(
    classes: list[str], said: str | None
) -> None:
    fields = {"Dense": {"units": 4, "batch_input_shape": [None, 3]}}
    layers = [{"class_name": name, "config": fields.get(name, {})} for name in classes]
    model = {"class_name": "Sequential", "config": {"layers": layers}}
    document = read_bytes(json.dumps(model).encode(), "model.json")
    text = str(trace(network.build(document)))
    assert f"As Keras' summary has it: {said}" in text if said else "summary" not in text
