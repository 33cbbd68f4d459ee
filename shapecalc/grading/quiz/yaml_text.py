"""The quiz as an assignment in YAML: what is handed in is marked by it, and it may be edited."""

from __future__ import annotations

import yaml

from shapecalc.grading.quiz.build import Quiz


def render(quiz: Quiz) -> str:
    """Return the assignment. Questions of one problem share its spec, by an anchor."""
    return yaml.safe_dump(
        quiz.mapping,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,  # short lists and mappings in one line
        width=100,
    )
