"""The report as bars: lengths, widths, shares, signs that a console has."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapecalc import trace
from shapecalc.reports import FORMATS, Layout, bars

NETWORKS = Path(__file__).resolve().parents[2] / "specs" / "networks"


def lines(name: str = "alexnet", **layout: object) -> dict[str, str]:
    text = FORMATS["bars"].render(trace(NETWORKS / f"{name}.yaml"), Layout(**layout))  # type: ignore[arg-type]
    return {line.split()[0]: line for line in text.splitlines() if line}


@pytest.mark.parametrize("cells", [1, 4, 20])
def test_a_bar_is_as_long_as_its_count(cells: int) -> None:
    for eighths in range(1, 8 * cells + 1):
        bar = bars.drawn(eighths, 8 * cells, cells)
        assert sum(bars.BLOCKS.index(block) for block in bar) == eighths
        assert all(block == bars.BLOCKS[8] for block in bar[:-1])
    assert bars.drawn(1, 10**12, cells) == "▏"
    assert bars.drawn(10**12, 10**12, cells, ascii_only=True) == "#" * cells
    assert bars.drawn(1, 10**12, cells, ascii_only=True) == "|"


@pytest.mark.parametrize("name", ["alexnet", "resnet-50", "lenet-5"])
@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_the_bars_fill_the_width(name: str, width: int) -> None:
    drawn = [line for line in lines(name, width=width).values() if "%" in line]
    assert max(map(len, drawn)) <= width
    assert max(sum(line.count(block) for block in bars.BLOCKS[1:]) for line in drawn) > width / 8


def test_shares_are_those_of_the_totals() -> None:
    drawn = lines()
    assert drawn["conv2"].split()[-2:] == ["▍", "<1%"] or "39%" in drawn["conv2"]
    assert "39%" in drawn["conv2"]  # 447,897,600 of 1,135,256,096 MACs
    assert "61%" in drawn["dense1"]  # 37,752,832 of 62,378,344 parameters
    assert "%" not in drawn["relu1"]


def test_columns_are_chosen_and_unknown_counts_have_no_bar() -> None:
    drawn = lines("dncnn", columns=("name", "macs", "weights"))
    assert "?" in drawn["conv1"]
    assert "█" in "".join(drawn.values())


def test_a_console_of_ascii_gets_ascii() -> None:
    text = "".join(lines(ascii=True).values())
    assert text.isascii()
    assert "####" in text


def test_a_bar_is_painted_and_its_share_is_not() -> None:
    drawn = lines(paint=lambda text, count: f"<{count}>{text}</>")
    assert "</> 39%" in drawn["conv2"]
    assert "<macs>█" in drawn["conv2"]


def test_findings_stand_below() -> None:
    broken = NETWORKS.parent / "broken" / "alexnet-224-without-padding.yaml"
    assert "SC201 error" in FORMATS["bars"].render(trace(broken), Layout())


def test_formulas_stand_where_sizes_have_names_and_no_share_is_made_up() -> None:
    named = trace({"input": "HxWx3", "layers": [{"conv": {"K": 8, "F": 3}}, "flatten"]})
    text = FORMATS["bars"].render(named, Layout(width=100))
    line = next(line for line in text.splitlines() if line.startswith("conv1"))
    assert "216*" in line
    assert line.endswith("100%")  # of the parameters
    assert line.count("%") == 1
