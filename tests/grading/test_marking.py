"""One student's marks: right, blank, unreadable, wrong, and right for an earlier slip."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shapecalc.diagnostics import SpecError
from shapecalc.grading import mark, read_assignment, score
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.question import Tolerance
from shapecalc.walking import Walker

NETWORK = {
    "input": "32x32x3",
    "layers": [{"conv": {"K": 10, "F": 5}}, {"max_pool": 2}, {"dense": 7}],
}
EXAMPLE = {
    "input": "3",
    "layers": [{"dense": {"units": 1, "bias": False}}],
    "example": {"given": {"input": [1, 2, 3], "dense1.weight": [0.5, 0, 0.25]}},
}


def assignment(*questions: Any, **keys: Any) -> dict[str, Any]:
    """Return an assignment about NETWORK."""
    return {"spec": NETWORK, "questions": list(questions), **keys}


def one(question: Any, answer: Any, **keys: Any) -> Mark:
    """Return the mark of the only question."""
    item = question if isinstance(question, dict) else {"ask": question}
    found = mark(assignment({"id": "q", **item}, **keys), {"q": answer})
    return found.marks[0]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv1.output", "28x28x10"),
        ("conv1.output", [28, 28, 10]),
        ("conv1.parameters", "760 parameters"),
        ("conv1.weights", 750),
        ("conv1.biases", "10"),
        ("conv1.macs", "588,000"),  # 28*28*10 * 75
        ("conv1.flops", "1176000"),
        ("conv1.im2col", "75x784"),
        ("conv1.unshared_parameters", 7840 * 76),
        ("max_pool1.receptive_field", "6x6"),
        ("max_pool1.receptive_field", 6),
        ("max_pool1.jump", "2"),
        ("dense1.parameters", 14 * 14 * 10 * 7 + 7),
        ("total.parameters", 760 + 13727),
        ("fits(conv1)", "yes"),
        ("F(conv1)", 5),
        ("K(conv1)", "10"),
        ("S(max_pool1)", 2),
        ("P(conv1)", "0"),
        ("units(dense1)", 7),
    ],
)
def test_a_right_answer_gets_its_points(ask: str, answer: Any) -> None:
    found = one({"ask": ask, "points": 3}, answer)
    assert (found.verdict, found.points, found.misconception) == ("right", 3, None)


def test_an_answer_is_told_with_its_result_at_the_end() -> None:
    """A table on the terminal has less of it, and a page has no more than 200 characters."""
    working = "there are 10 filters of 5x5 on a depth of 3, each of which has one bias as well, so"
    text = f"{working} 5*5*3*10 + 1 = 751"
    assert one("conv1.parameters", text).answer == text
    longer = one("conv1.parameters", f"{text}, {'as above ' * 30}").answer
    assert 190 < len(longer) <= 200
    assert longer.endswith(" ...")


@pytest.mark.parametrize(
    ("ask", "wanted"),
    [
        ("conv1.weight.shape", "a shape such as 20x10x5x5, so"),
        ("conv1.bias.shape", "a number such as 20, so"),
        ("fitting(input)", "a size such as 40x40, so"),
        ("conv1.output", "a volume such as 32x32x10, so"),
        ("conv1.receptive_field", "sizes such as 40x40, so"),
    ],
)
def test_what_cannot_be_read_is_told_what_it_is_to_be(ask: str, wanted: str) -> None:
    assert f"It could not be read as {wanted}" in one(ask, "ask Ben").feedback


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("True or false: the stride fits.", "true or false"),
        ("Does the stride fit?", "yes or no"),
    ],
)
def test_a_statement_is_asked_to_be_true_or_false(prompt: str, wanted: str) -> None:
    asked = {"ask": "fits(conv1)", "prompt": prompt}
    assert f"It could not be read as {wanted}, so" in one(asked, "ask Ben").feedback
    assert f"It says {wanted} on a condition only" in one(asked, "true if rounded").feedback


@pytest.mark.parametrize("ask", ["conv1.output", "conv1.parameters", "fits(conv1)", "P(conv1)"])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        *((blank, "blank") for blank in ("", "???", "[]", "I don\u2019t know")),
        ("ask Ben", "needs a look"),
        ("[x", "needs a look"),
    ],
)
def test_what_stands_for_nothing_is_not_wrong(ask: str, answer: str, verdict: str) -> None:
    found = one(ask, answer)
    assert (found.verdict, found.points) == (verdict, 0)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("", "You gave no answer."),
        (None, "You gave no answer."),
        ("I don\u2019t know!", "You wrote that you do not know."),
        ("idk", "You wrote that you do not know."),
        ("?", 'You wrote "?", which counts as no answer.'),
        ("n/a", 'You wrote "n/a", which counts as no answer.'),
    ],
)
def test_who_wrote_something_is_not_told_to_have_given_nothing(answer: Any, told: str) -> None:
    right = " The right answer is 760: "  # 5*5*3*10 weights and 10 biases
    assert one("conv1.parameters", answer).feedback.startswith(told + right)
    for show in ("never", "hint"):
        assert one("conv1.parameters", answer, show=show).feedback == told


def test_a_missing_answer_is_looked_for_where_lines_were_not_read() -> None:
    marker = Marker(read_assignment(assignment("conv1.output", "conv1.macs", "conv1.weights")))
    answers = {"conv1.macs": "-"}
    found = marker.mark("", answers, unread=True).marks
    assert [m.verdict for m in found] == ["needs a look", "blank", "needs a look"]
    assert all("no answer" not in m.feedback for m in (found[0], found[2]))


def test_a_missing_answer_is_blank() -> None:
    assert mark(assignment("conv1.output"), {}).marks[0].verdict == "blank"


def test_a_last_size_of_1_may_be_left_out_of_a_volume() -> None:
    spec = {"input": "8x8x1", "layers": [{"conv": {"K": 1, "F": 3}}]}
    given = {"spec": spec, "questions": ["conv1.output"]}
    assert score(given, {"conv1.output": "6x6"}) == 1
    assert score(given, {"conv1.output": "6"}) == 0
    assert score(assignment("conv1.output"), {"conv1.output": "28x28"}) == 0


def test_another_padding_that_gives_the_same_volume_is_right() -> None:
    spec = {"input": "32x32x3", "layers": [{"conv": {"K": 4, "F": 3, "P": "same"}}]}
    given = {"spec": spec, "questions": ["P(conv1)"]}
    assert [score(given, {"P(conv1)": p}) for p in (1, "same", "1x1", 0, 2, -1, 10**9)] == [
        1, 1, 1, 0, 0, 0, 0,
    ]  # fmt: skip


@pytest.mark.parametrize("ask", ["F(conv1)", "S(conv1)", "dilation(conv1)", "S(max_pool1)"])
@pytest.mark.parametrize("answer", [0, "0x0", "0x3", [1, 0], -1, [-1, 1], "same", 10**18])
def test_a_size_that_no_layer_can_have_is_wrong(ask: str, answer: Any) -> None:
    assert one(ask, answer).verdict in ("wrong", "unreadable")


# -- feedback --------------------------------------------------------------------------------------


def test_a_mistake_is_named_with_both_workings() -> None:
    found = one("conv1.parameters", 750)
    assert found.misconception == "forgot_bias"
    assert "5*5*3*10 = 750" in found.feedback
    assert "The right answer is 760" in found.feedback
    assert "biases = 10" in found.feedback


def test_a_wrong_number_that_nothing_explains_gets_no_name() -> None:
    found = one("conv1.parameters", 761)
    assert (found.verdict, found.misconception, found.points) == ("wrong", None, 0)


def test_credit_for_a_mistake() -> None:
    question = {"ask": "conv1.parameters", "points": 4}
    assert one(question, 750, partial={"forgot_bias": 0.25}).points == 1
    assert (
        one({**question, "partial": {"forgot_bias": 0.5}}, 750, partial={"forgot_bias": 0}).points
        == 2
    )
    assert one(question, 761, partial={"forgot_bias": 0.25}).points == 0


# -- follow-through --------------------------------------------------------------------------------

CHAIN = ("conv1.output", "max_pool1.output", "dense1.parameters", "total.parameters")


def test_what_follows_from_an_earlier_slip_is_recognised() -> None:
    """27x27x10 pools, rounded down, to 13x13x10, and a dense layer of 7 then has 11,837."""
    spec = {**NETWORK, "rounding": "floor"}
    given = {"spec": spec, "questions": list(CHAIN), "follow_through": 0.5}
    answers = dict(
        zip(CHAIN, ["27x27x10", "13x13x10", 13 * 13 * 10 * 7 + 7, 760 + 11837], strict=True)
    )
    found = mark(given, answers)
    assert [m.verdict for m in found.marks] == ["wrong", *["followed through"] * 3]
    assert [m.points for m in found.marks] == [0, 0.5, 0.5, 0.5]
    assert "27x27x10" in found.marks[1].feedback


def test_a_sum_of_the_students_own_terms_follows() -> None:
    given = assignment("conv1.parameters", "total.parameters", follow_through=1)
    found = mark(given, {"conv1.parameters": 999, "total.parameters": 999 + 13727})
    assert [m.verdict for m in found.marks] == ["wrong", "followed through"]
    own = assignment("conv1.weights", "conv1.parameters", follow_through=1)
    found = mark(own, {"conv1.weights": 300, "conv1.parameters": 310})
    assert [m.verdict for m in found.marks] == ["wrong", "followed through"]


def test_nothing_follows_from_a_right_or_a_later_answer() -> None:
    given = assignment("max_pool1.output", "conv1.output", follow_through=1)
    found = mark(given, {"max_pool1.output": "13x13x10", "conv1.output": "26x26x10"})
    assert [m.verdict for m in found.marks] == ["wrong", "wrong"]


@pytest.mark.parametrize(
    "volume", ["1x1x1", "0x5x5", "-3x4x5", "99999999x99999999x99999999", "2.5x2x2"]
)
def test_a_volume_that_leads_nowhere_harms_nobody(volume: str) -> None:
    given = assignment(*CHAIN, follow_through=1)
    found = mark(given, {"conv1.output": volume, "max_pool1.output": "3x3x3"})
    assert found.marks[1].verdict == "wrong"


def test_credit_for_a_mistake_is_not_lost_to_following() -> None:
    """260 forgets the depth, and follows from the 250 weights that forget it as well."""
    given = assignment("conv1.weights", "conv1.parameters", partial={"forgot_depth": 0.5})
    found = mark(given, {"conv1.weights": 250, "conv1.parameters": 260})
    assert [m.points for m in found.marks] == [0.5, 0.5]


def test_a_wrong_value_written_twice_follows_from_nothing() -> None:
    twice = [{"id": "a", "ask": "conv1.output"}, {"id": "b", "ask": "conv1.output"}]
    found = mark(assignment(*twice, follow_through=1), {"a": "1x1x1", "b": "1x1x1"})
    assert [m.verdict for m in found.marks] == ["wrong", "wrong"]


def test_a_count_asked_twice_is_summed_once() -> None:
    twice = [{"id": "a", "ask": "conv1.parameters"}, {"id": "b", "ask": "conv1.parameters"}]
    given = assignment(*twice, "total.parameters", follow_through=1)
    found = mark(given, {"a": 999, "b": 999, "total.parameters": 999 + 13727})
    assert found.marks[2].verdict == "followed through"


@pytest.mark.parametrize(
    ("pooled", "verdict"),
    [("14x14x10", "wrong"), ("13x13x10", "followed through"), (None, "followed through")],
)
def test_nothing_follows_from_a_slip_behind_a_right_volume(
    pooled: str | None, verdict: str
) -> None:
    """conv1 is 28x28x10; 11x11x6 is right for 13x13x10, and wrong behind the right 14x14x10."""
    layers = [{"conv": {"K": 10, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 6, "F": 3}}]
    asks = ["conv1.output", "max_pool1.output", "conv2.output"]
    questions = [{"ask": ask, "follow_through": 1} for ask in asks]
    given = {"spec": {"input": "32x32x3", "layers": layers}, "questions": questions}
    found = mark(given, dict(zip(asks, ["27x27x10", pooled, "11x11x6"], strict=True)))
    assert found.marks[2].verdict == verdict


def test_a_layer_that_cannot_take_the_students_volume_harms_nobody() -> None:
    layers = [{"conv": {"K": 9, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 6, "F": 3}}, {"dense": 7}]
    asks = ["max_pool1.output", "conv2.output", "dense1.parameters"]
    given = {"spec": {"input": "32x32x3", "layers": layers}, "questions": asks}
    found = mark(given, dict(zip(asks, ["16", "5x5x6", 7], strict=True)))
    assert [m.verdict for m in found.marks] == ["wrong"] * 3


@pytest.mark.slow
def test_a_student_who_is_always_wrong_takes_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wrong volume asks for another network: of 160,000 layers 100,000 are walked."""
    walked = []
    record = Walker.record

    def counted(walker: Walker, node: Any) -> None:
        walked.append(node)
        record(walker, node)

    conv = {"conv": {"K": 1, "F": 1}}
    given = {"spec": {"input": "9x9x1", "layers": [conv] * 400}, "questions": "all"}
    answers = {f"conv{n}.output": f"{n + 9}x9x1" for n in range(1, 401)}
    marker = Marker(read_assignment(given))
    monkeypatch.setattr(Walker, "record", counted)
    assert marker.mark("one", answers).score == 0
    assert 0 < len(walked) <= 100_000


# -- executed values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "tolerance", "right"),
    [
        (1.25, None, True),  # 0.5*1 + 0.25*3
        ("5/4", None, True),
        ("1.254", None, True),
        (1.26, None, False),
        (1.3, 0.05, True),
        (1.31, 0.05, False),
        (1.37, {"relative": 0.1}, True),
        (1.38, {"relative": 0.1}, False),
    ],
)
def test_floats_have_a_tolerance(answer: Any, tolerance: Any, right: bool) -> None:
    given: dict[str, Any] = {"spec": EXAMPLE, "questions": ["dense1.value[0]"]}
    if tolerance is not None:
        given["tolerance"] = tolerance
    assert score(given, {"dense1.value[0]": answer}) == right


def test_the_default_tolerance_does_not_take_0_for_a_small_number() -> None:
    spec = {**EXAMPLE, "example": {"given": {"input": [1, 2, 3], "dense1.weight": [0.002, 0, 0]}}}
    given = {"spec": spec, "questions": ["dense1.value[0]"]}
    assert score(given, {"dense1.value[0]": 0}) == 0
    assert score(given, {"dense1.value[0]": 0.002}) == 1


# -- in a notebook ---------------------------------------------------------------------------------


def test_a_cell_gets_points_and_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    answers = {
        "conv1.output": object(),
        "max_pool1.output": [[1], {}],
        "dense1.parameters": "x" * 5000,
    }
    assert score(assignment(*CHAIN), answers) == 0
    assert mark(assignment(*CHAIN), answers).possible == 4
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_a_faulty_assignment_is_refused() -> None:
    with pytest.raises(SpecError, match="SC505"):
        score(assignment("conv9.output"), {})


def test_a_marker_remembers_but_never_mixes_up() -> None:
    marker = Marker(read_assignment(assignment(*CHAIN, follow_through=1)))
    slip = {"conv1.output": "26x26x10", "max_pool1.output": "13x13x10"}
    for _ in range(2):
        assert marker.mark("a", slip).marks[1].verdict == "followed through"
        assert marker.mark("b", {"max_pool1.output": "13x13x10"}).marks[1].verdict == "wrong"
        assert marker.mark("c", {"conv1.parameters": True, "conv1.output": "28x28x10"}).score == 1


# -- what is right, and what is told ---------------------------------------------------------------


def test_an_answer_is_right_in_one_of_the_ways_it_can_be_meant() -> None:
    spec = {"input": "14x14x40", "layers": [{"max_pool": 2}, "flatten"]}
    given = {"spec": spec, "questions": ["flatten1.output", "max_pool1.output"]}
    found = mark(given, {"flatten1.output": "7*7*40=1960", "max_pool1.output": "(1,40,7,7)"})
    assert [m.verdict for m in found.marks] == ["right", "right"]
    assert found.marks[1].note == "read as batch, depth, height, width"
    taken = mark(given, {"flatten1.output": "7*7*40"}).marks[0]
    assert (taken.verdict, taken.feedback) == ("right", "Right; your expression gives 1,960.")
    assert mark(given, {"flatten1.output": "7x7x40"}).marks[0].verdict == "wrong"
    assert one("conv1.macs", "588.000").verdict == "right"  # 28*28*10 * 75


def test_tolerance_holds_for_counts_too() -> None:
    """conv1 has 588,000 MACs."""
    assert one("conv1.macs", 590_000).verdict == "wrong"
    assert one("conv1.macs", 590_000, tolerance={"relative": 0.01}).verdict == "right"
    assert one({"ask": "conv1.macs", "tolerance": 3000}, 590_000).verdict == "right"
    assert one("conv1.output", "28x28x11", tolerance=5).verdict == "wrong"


def test_further_answers_are_right() -> None:
    question = {"ask": "conv1.parameters", "accept": [750, "7.5k"]}
    assert [one(question, n).verdict for n in (760, 750, 7500, 751)] == ["right"] * 3 + ["wrong"]


def test_the_depth_may_be_asked_for_first() -> None:
    question = {"ask": "conv1.output", "order": "depth_first"}
    assert [one(question, v).verdict for v in ("10x28x28", "28x28x10")] == ["right", "right"]
    found = one(question, "3x28x28")
    assert found.misconception == "depth_kept"
    assert "The right answer is 10x28x28" in found.feedback
    assert one("conv1.output", "10x28x28").misconception == "depth_first"


def test_credit_makes_an_answer_partly_right() -> None:
    assert one("conv1.parameters", 750, partial={"forgot_bias": 0.5}).verdict == "partly right"
    assert one("conv1.parameters", 750, partial={"forgot_bias": 0}).verdict == "wrong"


@pytest.mark.parametrize(
    ("ask", "answer", "begins"),
    [
        ("conv1.output", "28x28x11", "The height and the width are right; the depth is not."),
        ("conv1.output", "7x9x10", "The depth is right; the height and the width are not."),
        ("conv1.output", "28x9x10", "The height and the depth are right; the width is not."),
        ("conv1.output", "1x2x3", "The right answer is"),
        ("conv1.im2col", "75x28", "The number of rows is right; the number of columns is not."),
    ],
)
def test_what_is_right_is_told_first(ask: str, answer: str, begins: str) -> None:
    assert one(ask, answer).feedback.startswith(begins)


@pytest.mark.parametrize(
    ("show", "told"),
    [
        ("never", ""),  # the verdict says it
        ("hint", "The biases were forgotten."),  # 750 + 10 would give it away
        ("always", "The biases were forgotten: 5*5*3*10 = 750. The right answer is 760: "),
    ],
)
def test_the_author_decides_what_is_shown(show: str, told: str) -> None:
    found = one("conv1.parameters", 750, show=show)
    assert found.feedback.startswith(told)
    assert found.right == "760"  # the teacher sees it
    assert (show == "always") == ("760" in found.feedback)


def test_answers_are_shown_after_the_due_date() -> None:
    given = read_assignment(
        assignment("conv1.parameters", show="after_due", due="2026-11-20 12:00")
    )
    for hour, told in ((11, False), (13, True)):
        marker = Marker(given, datetime(2026, 11, 20, hour, tzinfo=UTC))
        feedback = marker.mark("", {"conv1.parameters": 750}).marks[0].feedback
        assert ("760" in feedback) == told
        assert "biases" in feedback


def test_a_question_is_told_by_its_number() -> None:
    given = assignment({"id": "q1", "ask": "conv1.output"}, "conv1.parameters")
    lines = mark(given, {"q1": "x", "conv1.parameters": 750}).feedback.splitlines()
    assert lines[0].startswith("Question 1: needs a look. ")
    assert lines[1].startswith("Question 2 (conv1.parameters): wrong. ")


def test_following_names_the_answer_in_front_of_what_is_asked() -> None:
    """The dense layer was answered first, and lies behind the pool that is asked for."""
    spec = {**NETWORK, "rounding": "floor"}
    asks = ["dense1.output", "conv1.output", "max_pool1.output"]
    found = mark(
        {"spec": spec, "questions": asks, "follow_through": 1},
        dict(zip(asks, ["9", "27x27x10", "13x13x10"], strict=True)),
    )
    assert found.marks[2].verdict == "followed through"
    assert "your answer 27x27x10 to question 2" in found.marks[2].feedback


def test_another_layers_answer_again_is_one_mistake() -> None:
    asks = ["conv1.output", "max_pool1.output"]
    marks = mark(assignment(*asks), dict.fromkeys(asks, "27x27x10")).marks
    assert [m.misconception for m in marks] == ["forgot_plus_one", "neighbour"]
    assert "your answer to question 1" in marks[1].feedback


def test_two_sizes_in_place_of_three_are_no_volume_of_one_filter() -> None:
    found = one("conv1.output", "28 times 28")
    assert found.misconception is None
    assert found.feedback.startswith("The height and the width are right; the depth is missing.")


@pytest.mark.parametrize(
    "answer",
    ["11x11x3", [11, 11, 3], "3x11x11", "the neuron sees 11x11x3", "11x11x3 = 363"],
)
def test_a_receptive_field_may_have_the_depth_of_the_input(answer: Any) -> None:
    """AlexNet's first layer in CS231n: each neuron is connected to a region of size [11x11x3]."""
    spec = {"input": "227x227x3", "layers": [{"conv": {"K": 96, "F": 11, "S": 4}}]}
    asked = {"spec": spec, "questions": ["conv1.receptive_field"]}
    (found,) = mark(asked, {"conv1.receptive_field": answer}).marks
    assert found.verdict == "right"
    assert found.note.endswith("the depth of the input, 3, is not asked for")
    (plain,) = mark(asked, {"conv1.receptive_field": "11x11"}).marks
    assert (plain.verdict, plain.note) == ("right", "")
    for other in ("11x11x96", "11x11x1", "10x11x3"):
        (found,) = mark(asked, {"conv1.receptive_field": other}).marks
        assert found.verdict == "wrong"


def test_a_wrong_list_is_shown_and_told_where_it_is_wrong() -> None:
    """With an identity filter of 1x1 the feature map is the input, a slice around each number."""
    spec = {
        "input": "2x2x1",
        "layers": [{"conv": {"K": 1, "F": 1, "bias": False}}],
        "example": {"given": {"input": [[1, 2], [3, 4]], "conv1.weight": [[[[1]]]]}},
    }
    given = {"spec": spec, "questions": ["conv1.value"]}
    (found,) = mark(given, {"conv1.value": [[1, 2], [9.5, 4]]}).marks
    assert found.answer == "[[1, 2], [9.5, 4]]"
    assert "3 of 4 values are right; the wrong one is at [1,0], counted from 0." in found.feedback


@pytest.mark.parametrize(
    ("answer", "told"), [("590000", True), (600_000, True), ("580k", False), (588_001, False)]
)
def test_a_rounded_count_is_told_to_be_one(answer: Any, told: bool) -> None:
    """conv1 has 28*28*10 * 5*5*3 = 588,000 MACs."""
    found = one("conv1.macs", answer)
    assert found.verdict == "wrong"
    assert ("rounded; the exact number is asked for" in found.feedback) is told


@pytest.mark.parametrize("answer", ["0.8k", "0,8k", "~800", "about 800", "7.6e2", "0.75K", ".8 k"])
def test_a_number_that_is_written_as_a_rounded_one_is_left_to_a_person(answer: str) -> None:
    """760 parameters, 750 without the biases: which was worked out cannot be told of 0.8k."""
    questions = assignment({"ask": "conv1.parameters", "partial": {"forgot_bias": 0.5}})
    (found,) = mark(questions, {"conv1.parameters": answer}).marks
    exact = answer == "7.6e2"
    forgotten = answer == "0.75K"
    verdict = "right" if exact else "partly right" if forgotten else "needs a look"
    assert (found.verdict, found.misconception) == (verdict, "forgot_bias" if forgotten else None)
    assert ("It may be rounded" in found.feedback) is (verdict == "needs a look")


@pytest.mark.parametrize(
    ("answer", "partial", "verdict"),
    [
        # 16*16*64 * 3*3*32 = 4,718,592 MACs, and twice as many FLOPs
        ("9.4 million", {"flops_for_macs": 0.5}, "needs a look"),
        ("9.4 million", {}, "wrong"),
        ("8.4 million", {"flops_for_macs": 0.5}, "wrong"),
        ("9437184", {"flops_for_macs": 0.5}, "partly right"),
    ],
)
def test_a_mistake_with_credit_may_be_behind_a_rounded_number(
    answer: str, partial: dict[str, float], verdict: str
) -> None:
    spec = {"input": "16x16x32", "layers": [{"conv": {"K": 64, "F": 3, "P": 1}}]}
    asks = ["conv1.macs", "total.macs"]
    asked = {"spec": spec, "questions": asks, "partial": partial, "follow_through": 1}
    first, total = mark(asked, {"conv1.macs": answer, "total.macs": 9_400_000}).marks
    assert first.verdict == verdict
    assert (total.verdict == "followed through") is (answer == "9.4 million" and not partial)


def test_a_rounded_number_within_the_authors_tolerance_is_right_and_outside_it_wrong() -> None:
    asked = {"ask": "conv1.parameters", "tolerance": {"relative": 0.01}}
    for answer, verdict in (("0.76k", "right"), ("0.8k", "wrong")):
        (found,) = mark(assignment(asked), {"conv1.parameters": answer}).marks
        assert found.verdict == verdict


SMALL = {
    "input": "1",
    "layers": [{"dense": 2}],
    "example": {"given": {"input": [1], "dense1.weight": [[0.0123], [0.4567]],
                          "dense1.bias": [0, 0]}},
}  # fmt: skip


FIRST, SECOND = "three digits, such as 0.0123", "two decimals"
BOTH = f"{SECOND}, below 0.25 {FIRST}"


@pytest.mark.parametrize(
    ("answer", "told", "digits"),
    [("0.01, 0.46", "It is", FIRST), ("0.0123, 0.5", "It is", SECOND),
     ("0.0, 0.5", "Perhaps it is", BOTH), ("0, 0", None, ""),
     ("0.02, 0.46", None, ""), ("0.012, 0.46", "It is", FIRST), ("0.013, 0.46", None, "")],
)  # fmt: skip
def test_values_that_are_rounded_too_far_are_told_to_be(
    answer: str, told: str | None, digits: str
) -> None:
    """0.0123 and 0.4567: 0.012 is 2.4 % off, and the usual tolerance is 2 %."""
    found = mark({"spec": SMALL, "questions": ["dense1.value"]}, {"dense1.value": answer}).marks[0]
    assert found.verdict == "wrong"
    before, _, behind = found.feedback.partition(" rounded too far: ")
    assert bool(behind) is (told is not None)
    assert before.endswith(told or "")
    assert behind.startswith(f"give {digits}." if told else "")


def test_three_digits_are_not_told_to_be_rounded_too_far() -> None:
    asked = {"ask": "dense1.value", "tolerance": 0.0001}
    for answer, told in (("0.0123, 0.457", False), ("0.0123, 0.46", True)):
        found = mark({"spec": SMALL, "questions": [asked]}, {"dense1.value": answer}).marks[0]
        assert ("It is rounded too far: give more digits." in found.feedback) is told


@pytest.mark.parametrize(
    ("answer", "told"),
    [(2, "Perhaps it is rounded too far: give two decimals."), (2.2, ""),
     (2.3, "It is rounded too far: give two decimals.")],
)  # fmt: skip
def test_a_whole_number_is_only_perhaps_a_rounded_one(answer: float, told: str) -> None:
    """4*0.5667 = 2.2668; 2 may as well be a bias or a target."""
    spec = {
        "input": 1, "layers": [{"dense": {"units": 1, "bias": False}}],
        "example": {"given": {"input": [4], "dense1.weight": [[0.5667]]}},
    }  # fmt: skip
    (found,) = mark({"spec": spec, "questions": ["dense1.value"]}, {"dense1.value": answer}).marks
    assert found.feedback.partition("The right")[0].strip() == told


def test_how_exactly_an_answer_is_asked_for_is_told_as_on_the_sheet() -> None:
    """4*0.0457 = 0.1828, 4*0.5667 = 2.2668 and 4*0.1828 = 0.7312: three digits are asked for of
    what two decimals are too few for, below 0.25.
    """
    spec = {
        "input": 1, "layers": [{"dense": {"units": 3, "bias": False}}],
        "example": {"given": {"input": [4], "dense1.weight": [[0.0457], [0.5667], [0.1828]]}},
    }  # fmt: skip
    for answer, told in (
        ([0.2, 2.2668, 0.7312], "give three digits, such as 0.0123."),
        ([0.1828, 2.3, 0.7312], "give two decimals."),
        ([0.1828, 2.27, 0.7], "give two decimals."),
        ([0.2, 2.3, 0.73], "give two decimals, below 0.25 three digits, such as 0.0123."),
    ):
        asked = {"spec": spec, "questions": ["dense1.value"]}
        assert f"rounded too far: {told}" in mark(asked, {"dense1.value": answer}).marks[0].feedback


def test_right_values_are_counted_by_the_tolerance_that_decides() -> None:
    """5.2 is 0.4 % off 5.22, and not right; its working is told, and not the first value's."""
    spec = {
        "input": 1, "layers": [{"dense": {"units": 2, "bias": False}}],
        "example": {"given": {"input": [2], "dense1.weight": [[-0.5], [2.61]]}},
    }  # fmt: skip
    answers = {"dense1.value": [-1, 5.2]}
    (found,) = mark({"spec": spec, "questions": ["dense1.value"]}, answers).marks
    assert found.feedback == (
        "1 of 2 values is right; the wrong one is at [1], counted from 0. It is rounded too"
        " far: give two decimals. The right answer is [-1, 5.22]: at [1], 2.61*2 = 5.22."
    )


def test_the_precision_that_is_told_is_enough() -> None:
    """Two decimals, and three digits below 0.25; two decimals alone are not enough there."""
    numbers = [sign * 1.234567 * 1.07**power for power in range(-150, 150) for sign in (1, -1)]
    for number in numbers:
        told = round(number, 2) if abs(number) >= 0.25 else float(f"{number:.3g}")
        assert Tolerance().near(number, told), number
    assert any(not Tolerance().near(number, round(number, 2)) for number in numbers)


@pytest.mark.parametrize(
    ("answers", "partial", "cause", "points"),
    [
        # 24*3*5*5 = 1,800 weights and 24 biases; who has those of the other layer is not certain.
        ({"conv1.parameters": "1800"}, {}, "forgot_bias", 0),
        ({"conv1.parameters": "1800", "conv2.parameters": "8680"}, {}, "forgot_bias", 0),
        ({"conv1.parameters": "1800", "conv2.parameters": "8680"}, {"forgot_bias": 0.5},
         "forgot_bias", 0.5),
    ],
)  # fmt: skip
def test_a_count_that_a_common_mistake_gives_is_not_a_rounded_one(
    answers: dict[str, str], partial: dict[str, float], cause: str, points: float
) -> None:
    layers = [{"conv": {"K": 24, "F": 5}}, {"conv": {"K": 40, "F": 3}}]
    asked = {"spec": {"input": "32x32x3", "layers": layers}, "questions": [*answers]}
    found = mark({**asked, "partial": partial}, answers).marks[0]
    assert (found.right, found.misconception, found.points) == ("1,824", cause, points)


@pytest.mark.parametrize(
    ("answer", "rounded"),
    [("3", True), ("2*1 + 1 = 3", False), ("max(0, 2 - 1) + 2 = 3", False), ("6.9/2 = 3", True)],
)
def test_whole_numbers_added_up_leave_nothing_to_round(answer: str, rounded: bool) -> None:
    """The unit gives 2.3*1.5 = 3.45."""
    given = {"input": [1.5], "dense1.weight": [[2.3]], "dense1.bias": [0]}
    spec = {"input": "1", "layers": [{"dense": 1}], "example": {"given": given}}
    asked = {"spec": spec, "questions": ["dense1.value[0]"]}
    found = mark(asked, {"dense1.value[0]": answer}).marks[0]
    assert found.verdict == "wrong"
    assert ("rounded" in found.feedback) is rounded


def test_who_rounds_is_not_said_to_have_made_another_mistake() -> None:
    """The whole has 760 + 1,820 + 210 = 2,790 parameters; a bias for each input would be 2,800."""
    layers = [{"conv": {"K": 10, "F": 5}}, {"conv": {"K": 20, "F": 3}}, "global_avg_pool",
              {"dense": 10}]  # fmt: skip
    questions = {"spec": {"input": "32x32x3", "layers": layers}, "questions": ["total.parameters"]}
    found = mark(questions, {"total.parameters": "2800"}).marks[0]
    assert found.right == "2,790"
    assert found.misconception is None
    assert "It is rounded; the exact number is asked for." in found.feedback
    sure = mark(questions, {"total.parameters": "2750"}).marks[0]  # 2,790 less 10 + 20 + 10
    assert sure.misconception == "forgot_bias"


def test_three_slips_that_lead_on_are_listed() -> None:
    questions = ["conv1.parameters", "dense1.parameters", "total.parameters"]
    given = {"conv1.parameters": 750, "dense1.parameters": 13720, "total.parameters": 14470}
    told = mark(assignment(*questions, follow_through=0.5), given).marks[2].feedback
    assert "from your answer 750 to question 1 and your answer 13,720 to question 2." in told


# -- parts of what a report has --------------------------------------------------------------------

OBLONG = {
    "input": "31x40x3",
    "layers": [
        {"conv": {"K": 10, "F": 5, "groups": 1}}, {"conv_transpose": {"K": 4, "F": 2, "S": 2}},
        {"dense": 7}, "relu",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "answer", "right"),
    [
        ("conv1.output.height", "27", True),  # 31 - 5 + 1
        ("conv1.output.width", 36, True),  # 40 - 5 + 1
        ("conv1.output.depth", 10, True),
        ("conv1.output.height", 36, False),
        ("dense1.output.depth", 7, True),
        # PyTorch's layouts: out x in x F x F, in x out x F x F when transposed, out x in
        ("conv1.weight.shape", "10x3x5x5", True),
        ("conv1.weight.shape", "torch.Size([10, 3, 5, 5])", True),
        ("conv1.weight.shape", [10, 3, 5, 5], True),
        ("conv1.weight.shape", "5x5x3x10", False),
        ("conv1.bias.shape", "(10,)", True),
        ("conv_transpose1.weight.shape", "(10, 4, 2, 2)", True),
        ("dense1.weight.shape", f"7 x {54 * 72 * 4}", True),
    ],
)
def test_a_size_and_a_shape(ask: str, answer: Any, right: bool) -> None:
    found = mark({"spec": OBLONG, "questions": [ask]}, {ask: answer}).marks[0]
    assert (found.verdict == "right") is right, found


def test_a_size_has_the_causes_of_its_volume_and_follows_from_slips() -> None:
    """Without the + 1 conv1 has 26 rows and 35 columns, which the transpose doubles."""
    asked = {"spec": OBLONG, "questions": ["conv1.output.height"]}
    found = mark(asked, {"conv1.output.height": 26}).marks[0]
    assert found.misconception == "forgot_plus_one"
    assert "(31 - 5 + 2*0)/1 = 26" in found.feedback
    questions = [
        {"id": "a", "ask": "conv1.output"},
        {"id": "b", "ask": "conv_transpose1.output.width"},
    ]
    both = mark(
        {"spec": OBLONG, "questions": questions, "follow_through": 1}, {"a": "26x35x10", "b": 70}
    )
    assert [found.verdict for found in both.marks] == ["wrong", "followed through"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("conv1.output.length", "has no length it has height, width, depth"),
        ("relu1.weight.shape", "no parameter weight"),
        ("conv1.gain.shape", "no parameter gain"),
    ],
)
def test_a_size_or_a_shape_that_is_not_there_is_refused(ask: str, said: str) -> None:
    (found,) = read_assignment({"spec": OBLONG, "questions": [ask]}).diagnostics
    assert found.code == "SC505"
    assert said in f"{found.message} {found.hint}"


def test_no_question_tells_the_volume_of_which_a_size_is_asked() -> None:
    asked = ["conv1.output.height", "conv_transpose1.parameters"]
    first, second = read_assignment({"spec": OBLONG, "questions": asked}).questions
    assert first.prompt.endswith("What is the height of its output volume?")
    assert "27" not in second.prompt


@pytest.mark.parametrize("show", ["always", "hint", "never"])
@pytest.mark.parametrize(
    ("answer", "verdict", "note"),
    [
        ("10*5*5*3 + 10", "right", "your expression gives 760"),
        ("10*5*5*3", "wrong", "Your expression gives 750."),  # a cause
        ("10*5*5*3 + 7", "wrong", "Your expression gives 757."),  # none
        ("0.757", "wrong", ""),
    ],
)
def test_how_an_answer_was_read_is_told_whether_it_is_right_or_not(
    answer: str, verdict: str, note: str, show: str
) -> None:
    found = one("conv1.parameters", answer, show=show)
    assert found.verdict == verdict
    assert note in found.feedback
    assert bool(found.note) is bool(note)


def test_how_an_answer_that_follows_was_read_is_told() -> None:
    questions = ["conv1.weights", "conv1.parameters"]
    given = {"conv1.weights": 700, "conv1.parameters": "700 + 10"}
    found = mark(assignment(*questions, follow_through=1), given).marks[1]
    assert found.verdict == "followed through"
    assert found.feedback.startswith("Your expression gives 710. It follows")


@pytest.mark.parametrize("ask", ["max_pool1.output", "max_pool1.input", "conv2.input"])
def test_the_networks_input_is_called_so(ask: str) -> None:
    """It is no other layer's answer, wherever it stands."""
    layers = ["relu", {"conv": {"K": 8, "F": 3}}, {"max_pool": {"F": 3, "S": 2}},
              {"conv": {"K": 16, "F": 3}}]  # fmt: skip
    questions = {"spec": {"input": "65x49x3", "layers": layers}, "questions": [ask]}
    (found,) = mark(questions, {ask: "65x49x3"}).marks
    assert "It is the volume of the network's input: 65x49x3." in found.feedback


@pytest.mark.parametrize(
    ("F", "S", "answer", "lie"),
    [(3, 2, "10x10x1", "overlap"), (2, 4, "16x16x1", "leave gaps")],  # 29/3 + 1, down; 32/2
)
def test_a_pools_stride_taken_as_F_is_told_with_how_its_windows_lie(
    F: int, S: int, answer: str, lie: str
) -> None:
    spec = {"input": "32x32x1", "layers": [{"max_pool": {"F": F, "S": S, "rounding": "floor"}}]}
    told = one("max_pool1.output", answer, spec=spec).feedback
    assert "he stride was taken as F: " in told
    assert f"; the pool's windows {lie} here." in told


@pytest.mark.parametrize(
    "answer",
    ["-3", "-3 (the sum)", "the sum is -3", "db: -3", "-3 because all are added", "1 - 4",
     "[2 - 5]", "db - 3", {"db": -3}, {"answer": "-3"}],
)  # fmt: skip
def test_an_array_of_one_value_is_read_as_a_number_is(answer: Any) -> None:
    """y = 1*1 - 2 = -1; the gradient of (y - 2)^2/2 by the bias is -1 - 2 = -3."""
    spec = {
        "input": 1,
        "layers": [{"dense": 1}],
        "example": {
            "given": {"input": [1], "dense1.weight": [[1]], "dense1.bias": [-2]},
            "loss": {"half_squared_error": [2]},
        },
    }
    asked = {"spec": spec, "questions": [{"id": "db", "ask": "dense1.bias.grad"}]}
    (found,) = mark(asked, {"db": answer}).marks
    assert found.verdict == "right"


def test_a_percentage_of_a_probability_is_a_part_of_1() -> None:
    """Of two equal scores each class has a probability of 1/2; the loss is ln(2)."""
    spec = {
        "input": 1,
        "layers": [{"dense": 2}, "softmax"],
        "example": {
            "given": {"input": [1], "dense1.weight": [[1], [1]], "dense1.bias": [0, 0]},
            "loss": {"cross_entropy": 0},
        },
    }
    asked = {"spec": spec, "questions": ["softmax1.value", "loss"]}
    first, second = mark(asked, {"softmax1.value": "[50 %, 50%]", "loss": "50 percent"}).marks
    assert (first.verdict, first.note) == ("right", "50 % is 0.5")
    assert (second.verdict, second.misconception) == ("wrong", "probability_for_loss")
    for answer, verdict in (
        ("0.5 (50 %), 0.50 (50%)", "right"),
        ("50 % (0.5), 50% (0.5)", "right"),
        ("0.5 (60 %), 0.5 (40 %)", "wrong"),
        ("[50, 50] %", "needs a look"),
    ):
        (found, _) = mark(asked, {"softmax1.value": answer}).marks
        assert found.verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("idk, ran out of time", "blank"),
        ("idk how to go back through the pool", "blank"),
        ("I don't know what a depthwise convolution is.", "blank"),
        ("idk how, maybe the same", "needs a look"),
        ("idk what this is but 760", "needs a look"),
        ("I don't know how to do this", "blank"),
        ("don't know, sorry", "blank"),
        ("idk, 760", "needs a look"),
        ("idk, see my paper", "needs a look"),
        ("I don't know how many, about 760", "needs a look"),
        ("idk, never understood what a MAC is", "blank"),
        ("No idea, I missed that lecture.", "blank"),
        ("don't know, we didn't cover this", "blank"),
        ("I really don't know; I can't remember the formula", "blank"),
        ("sorry, not sure how", "blank"),
        ("no clue at all because I was sick", "blank"),
        ("not sure (never got how the biases count)", "blank"),
        ("needs 8, so I don't know", "blank"),
        ("depends on question 8 (b), no idea", "blank"),
        ("no idea how this works with two filters", "blank"),
        ("I don't know how to do two filters", "blank"),
        ("no clue what the one bias is for", "blank"),
        ("idk, we never did it with 2 different filters", "blank"),
        ("no idea how many, two filters", "needs a look"),
        ("idk how, the two filters", "needs a look"),
        ("not sure whether it is two", "needs a look"),
        ("no idea how this works with two filters, zero", "needs a look"),
        ("no idea how this works with two filters: 760", "needs a look"),
        ("don't know, everything added up", "blank"),
        ("idk, just add up all of the weights", "blank"),
        ("No idea: the sum of all layers", "blank"),
        ("idk (all the parameters are added together)", "blank"),
        ("don't know, everything added up is 760", "needs a look"),
        ("don't know, everything above added up", "needs a look"),
        ("don't know, all the same", "needs a look"),
        ("don't know, maybe 760", "right"),
        ("don't know, maybe 5", "wrong"),
        ("needs 8, so 760", "right"),
        ("it needs the output first, idk, 760", "needs a look"),
        ("idk, never understood it, 760", "needs a look"),
        ("idk, never understood it, maybe the same", "needs a look"),
        ("idk, I didn't finish, more on the back", "needs a look"),
        ("idk, it has weights", "needs a look"),
        ("not sure, it does not fit", "needs a look"),
        ("not sure, they can't be divided", "needs a look"),
    ],
)
def test_who_says_that_they_do_not_know_gave_no_answer(answer: str, verdict: str) -> None:
    assert one("conv1.parameters", answer).verdict == verdict
