"""A sheet that is handed in as it was handed out, with the answers below its questions.

`**3.** How many weights does it have? (2 points)` and, below it, `Answer: 750` are `q3: 750`; what
else the sheet says is no answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from shapecalc.grading.answer_texts import MOST_LINES
from shapecalc.grading.regex import regex

LEAST = 12  # characters of a question's text, or of its last sentences
SENTENCE = regex(r"(?<=[.?!:]) ")
MARKS = regex(r"\\(?=\W)|\*|^#+\s")  # Markdown's, which a page as it is drawn has not
LEAD = regex(r"(?:[#>\s]*(?:question |q)?\d{1,4}\s?[.:)]|\(?[a-z]\)|[-#>])?\s*", re.IGNORECASE)
POINTS = regex(r"\s*\(\d[\d.]* points?(?:; [^()]*)?\)")
ANSWER = regex(r"[\s>]*[*_]*answer[*_]*\s*:[*_]*\s*", re.IGNORECASE)
TO_WRITE_ON = regex(r"_{2,}")
CHOICE = regex(r"[-\s]*\([a-z]\)")
CHOSEN = regex(r"(?<!\\)\*\S")  # `- **(b) 40**`: no line of a sheet but a question's is bold
# How FLOPs are counted stands without it, or in more words, on sheets handed out before.
OF_NO_BIASES = regex(r"(?<=for each multiply-accumulate) and nothing for [a-z ]{6,30}(?=\?)")
HEADING = regex(r"\s{0,3}#{1,6}\s*\d{1,4}\s*")


class Sheet:
    """The lines of a sheet, and the texts of its questions by id."""

    def __init__(self, prompts: Iterable[tuple[str, str]], printed: Iterable[str]) -> None:
        self._printed = {plain_line(line) for line in printed}
        self._asked: Mapping[str, list[str]] = defaultdict(list)  # ids, in the order of the sheet
        self._beginnings: dict[str, list[str]] = defaultdict(list)  # of whole texts
        for id_, prompt in prompts:
            text = plain_line(prompt)
            gaps = [gap.end() for gap in SENTENCE.finditer(text)]
            self._printed.update(text[:gap].rstrip() for gap in gaps)
            for end in (text, *(text[gap:] for gap in gaps if len(text) - gap >= LEAST)):
                if end and id_ not in self._asked[end]:
                    self._asked[end].append(id_)
            if len(text) >= LEAST:
                self._beginnings[text[:LEAST]].append(text)

    def without(self, text: str) -> str:
        """Return a text with its answers only, `q3: 750`, line for line, if it is such a sheet."""
        lines = text.splitlines()
        if len(lines) > MOST_LINES:  # which is refused
            return text
        asked = [self._question(line) for line in lines]
        if not any(asked):
            return text
        return "\n".join(self._answers(lines, asked))

    def _answers(
        self, lines: Iterable[str], asked: Iterable[tuple[str, str] | None]
    ) -> Iterator[str]:
        taken: set[str] = set()
        below = answering = False
        for line, question in zip(lines, asked, strict=True):
            if question is not None:
                text, answer = question
                ids = self._asked[text]
                id_ = next((id_ for id_ in ids if id_ not in taken), ids[-1])
                taken.add(id_)
                below, answering = True, False
                yield f"{id_}: {answer}"
            elif answering and CHOICE.match(line):  # a printed one, given for an answer
                yield line
            elif HEADING.fullmatch(line) or self._is_printed(line):
                yield ""
            else:
                label = ANSWER.match(line) if below else None
                answering = answering or label is not None
                yield TO_WRITE_ON.sub(" ", line[label.end() :] if label else line).rstrip()

    def _is_printed(self, line: str) -> bool:
        return plain_line(line) in self._printed and not CHOSEN.search(line)

    def _question(self, line: str) -> tuple[str, str] | None:
        """Return a question's text, or the end of it, that stands in a line, and what is behind."""
        plain = plain_line(line)
        printed = plain in self._printed
        lead = LEAD.match(plain)
        plain = plain[lead.end() :] if lead else plain
        begun = filter(plain.startswith, self._beginnings.get(plain[:LEAST], ()))
        whole = max(begun, key=len, default="")
        points = POINTS.search(plain, len(whole))
        end = len(whole) or (points.start() if points else len(plain))
        text = plain[:end]
        if text not in self._asked or not (printed or len(text) >= LEAST):
            return None
        behind = points.end() if points and points.start() == end else end
        return text, TO_WRITE_ON.sub("", plain[behind:]).strip()


def plain_line(line: str) -> str:
    """Return a line without Markdown's signs, with single blanks between words."""
    plain = " ".join(MARKS.sub("", line.strip()).split()).removeprefix("- ")
    return OF_NO_BIASES.sub("", plain)
