"""shapecalc sweep on a real Dask cluster of one process."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from shapecalc.cli import group

distributed = pytest.importorskip("distributed")

LENET = str(Path(__file__).resolve().parents[2] / "specs" / "networks" / "lenet-5.yaml")
SWEEP = ("sweep", LENET, "--set", "conv1.K=6,12", "--set", "input=32x32x1,33x33x1", "--memory")


def test_a_cluster_gives_what_one_process_gives() -> None:
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster:
        there = CliRunner().invoke(group, [*SWEEP, "--dask", cluster.scheduler_address])
    here = CliRunner().invoke(group, SWEEP)
    assert here.exit_code == there.exit_code == 0
    assert "61,706" in there.stdout
    assert there.stdout == here.stdout


def test_an_address_without_a_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shapecalc.cli.sweep.CONNECTING", 1)
    for address in ("tcp://127.0.0.1:1", "nowhere", "ftp://x"):
        result = CliRunner().invoke(group, [*SWEEP, "--dask", address])
        assert result.exit_code == 2
        assert "no Dask cluster at" in result.stderr
