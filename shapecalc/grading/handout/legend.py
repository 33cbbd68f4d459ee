"""What the letters, fields and kinds of layers on a sheet mean: those that occur there.

A kind is told by the heading of its page, and not told where every course has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.wording import LETTERS
from shapecalc.layers.base import Layer, field_word
from shapecalc.pages.rendering import heading

SAME = "as many zeros as give W/S values along each axis, rounded up"
# Fields as they stand behind a layer, which prints only what is not the usual.
FIELDS: Mapping[str, str] = {
    "P=same": f"{SAME}; of an odd number one more stands at the end",
    "P=same_lower": f"{SAME}; of an odd number one more stands in front",
    "P=valid": "no padding",
    "P=full": "so much padding that every overlap of a filter with the input counts",
    "P=causal": "padding in front alone, which keeps the length at S=1",
    "dilation=": "how far apart on the input neighbouring places of a filter or window stand: 1,"
    " unless written, is side by side, 2 leaves out every other value",
    "groups=": "the number of equal parts that the depth is dealt into; a filter sees one of them",
    "multiplier=": "the number of filters for each slice",
    "bias=false": "there are no biases",
    "output_padding=": "the number of rows and columns that are added at the end of the output",
    "count_include_pad=false": "a mean is over the values of the input alone, without the padding",
    "keep=false": "no height and width are left, not even of 1",
    "flatten=false": "the units look at each position by itself",
    "affine=false": "there are no weights and biases",
    "scale=false": "there are no weights, only biases",
    "center=false": "there are no biases, only weights",
    "rounding=": "a size that is not whole is rounded down with floor, up with ceil",
}
EVERYBODY_KNOWS = (
    "conv", "max_pool", "avg_pool", "relu", "sigmoid", "tanh", "softmax", "flatten",
)  # fmt: skip
IN_TICKS = regex(r"`(\w+)`")


def meanings(questions: Sequence[Question], lines: Sequence[str]) -> Iterator[str]:
    """Yield what is to be explained of the networks that stand on a sheet in some lines: the
    letters in one sentence, and a line for each field and kind.

    C stands in no network, but in the axes of a weight: `K x C x F x F`.
    """
    text = " ".join(lines)
    shapes = any(question.query.kind == "shape" for question in questions)
    used = [
        f"{letter} is {meaning}"
        for letter, meaning in LETTERS.items()
        if f" {letter}=" in text or (shapes and letter == "C")
    ]
    if used:
        yield f"{'; '.join(used)}."
    for field, said in FIELDS.items():
        if re.search(rf" {field}((?<==)|(?!\w))", text):  # P=same is no P=same_lower
            yield f"{field.removesuffix('=')}: {said}."
    kinds: dict[str, Layer | None] = {}
    for subject in dict.fromkeys(question.subject for question in questions):
        kinds |= {record.kind: record.layer for record in subject.trace.layers}
    for kind, layer in kinds.items():
        if layer is not None and kind not in EVERYBODY_KNOWS:
            yield f"{kind}: {_told(layer)}."


def _told(layer: Layer) -> str:
    """Return what a layer does, in the words of its page, with the usual value of each field that
    is named there: a layer's line leaves it out.
    """
    told = " ".join(heading(type(layer).__doc__ or "").split()).rstrip(".")
    defaults = {field_word(name): of.default for name, of in type(layer).model_fields.items()}
    usual = [
        f"{word} is {defaults[word]:g}"
        for word in dict.fromkeys(IN_TICKS.findall(told))
        if isinstance(defaults.get(word), int | float)
    ]
    return IN_TICKS.sub(r"\1", told) + (f" ({', '.join(usual)} unless written)" if usual else "")
