"""shapecalc explain: every rule and every layer kind has its page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import Result

from shapecalc.cli import COMMANDS

Run = Callable[..., Result]

CODES = [
    *(f"SC10{n}" for n in range(1, 10)),
    *(f"SC20{n}" for n in range(1, 10)),
    "SC301",
    *(["SC302", "SC303"] if "verify" in COMMANDS else []),
    *(f"SC40{n}" for n in range(1, 9)),
    *(f"SC60{n}" for n in range(1, 5)),
]
KINDS = [
    "conv", "depthwise_conv", "conv_transpose", "max_pool", "avg_pool", "l2_pool",
    "global_max_pool", "global_avg_pool", "adaptive_max_pool", "adaptive_avg_pool", "dense",
    "flatten", "reshape", "dropout", "batch_norm", "instance_norm", "layer_norm", "group_norm",
    "lrn", "relu", "gelu", "silu", "mish", "relu6", "hard_sigmoid", "hard_swish", "sigmoid",
    "tanh", "softplus", "softmax", "log_softmax", "elu", "selu", "leaky_relu", "prelu", "pad",
    "separable_conv", "local_conv", "max_unpool",
    "hard_tanh", "softsign", "exp", "abs", "sqrt", "identity", "glu",
    "rms_norm", "l2_normalize", "scale",
    "channel_shuffle", "pixel_shuffle", "pixel_unshuffle", "slice", "transpose", "operation",
    "crop", "upsample", "add", "subtract", "multiply", "maximum", "average", "concat",
    "residual", "parallel", "repeat",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_a_page_with_a_bad_and_a_good_spec(run: Run, code: str) -> None:
    result = run("explain", code)
    assert result.exit_code == 0
    assert code in result.stdout.splitlines()[0]
    assert len(result.stdout.splitlines()) > 5
    assert "Good" in result.stdout
    assert run("explain", code.lower()).stdout == result.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page_with_a_worked_number_and_a_source(run: Run, kind: str) -> None:
    result = run("explain", kind)
    assert result.exit_code == 0
    assert re.match(rf"{kind}\b.*: ", result.stdout)
    assert "Example:" in result.stdout
    assert re.search(r"\d", result.stdout.partition("Example:")[2])
    assert re.search(r"^Sources?:", result.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("conv", "(W - F + 2P)/S + 1"),
        ("max_pool", "(W - F + 2P)/S + 1"),
        ("conv_transpose", "(W - 1)*S - 2P"),
        ("relu", "max(x, 0)"),
        ("lrn", "sum of squares"),
        ("adaptive_avg_pool", "floor(j*W/o)"),
    ],
)
def test_a_kinds_page_has_its_formula(run: Run, kind: str, formula: str) -> None:
    assert formula in run("explain", kind).stdout


@pytest.mark.parametrize(
    ("word", "kind"),
    [("fc", "dense"), ("linear", "dense"), ("CONV", "conv"), ("max-pool", "max_pool")],
)
def test_other_words_of_a_kind_lead_to_its_page(run: Run, word: str, kind: str) -> None:
    assert run("explain", word).stdout == run("explain", kind).stdout


def test_without_a_topic_all_are_listed(run: Run) -> None:
    text = run("explain").stdout
    for topic in (*CODES, *KINDS):
        assert re.search(rf"\b{topic}\b", text), topic


@pytest.mark.parametrize(
    ("word", "near"),
    [("SC999", "SC"), ("maxpol", "max_pool"), ("covn", "conv"), ("", None), ("\x1b[31m", None)],
)
def test_an_unknown_topic_is_2_with_the_nearest_one(run: Run, word: str, near: str | None) -> None:
    result = run("explain", word)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "\x1b" not in result.stderr
    if near:
        assert near in result.stderr.rpartition("Did you mean")[2] or word == "SC999"


def test_two_topics_are_wrong_usage(run: Run) -> None:
    assert run("explain", "conv", "relu").exit_code == 2
