"""What tests of all folders share: an option, which of many parameters are quick, and a spec's
text written to a file and traced.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import pytest
import yaml

import shapecalc
from shapecalc import Trace
from shapecalc.readers import yaml_text


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-golden, which writes tests/golden/stored anew instead of comparing."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        default=False,
        help="write the stored reports of tests/golden anew",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Have no search for garbage while tests are collected, and none among them afterwards."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def few(items: list[pytest.Function], number: int) -> list[pytest.Function]:
    """Return that many of a test's items, from which as much as possible is seen.

    Each is one that has the most parameters which those before it have not.
    """
    left = sorted(items, key=lambda item: crc32(item.name.encode()))
    chosen: list[pytest.Function] = []
    seen: set[tuple[str, int]] = set()
    while left and len(chosen) < number:
        best = max(left, key=lambda item: len(item.callspec.indices.items() - seen))
        seen |= best.callspec.indices.items()
        left.remove(best)
        chosen.append(best)
    return chosen


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make slow what is left of the parameters of a test of which only some are quick."""
    if config.getoption("--update-golden"):
        return
    tests: dict[tuple[pytest.Item, str, int], list[pytest.Function]] = {}
    for item in items:
        mark = item.get_closest_marker("quick")
        if mark and isinstance(item, pytest.Function) and not item.get_closest_marker("slow"):
            tests.setdefault((item.parent, item.originalname, *mark.args), []).append(item)
    for (*_, number), found in tests.items():
        for item in {*found} - {*few(found, number)}:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Say whether stored reports are written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def trace_text(tmp_path: Path) -> Callable[..., Trace]:
    """Trace a spec given as text or bytes, as if it were read from a file of that name."""

    def run(text: str | bytes, name: str = "spec.yaml") -> Trace:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return shapecalc.trace(path)

    return run


PARSERS = {
    "libyaml": getattr(yaml, "CSafeLoader", None),
    "without-libyaml": yaml_text.PurePython,
}


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read YAML with libyaml, then with the parser that PyYAML has where libyaml is missing."""
    loader = PARSERS[request.param]
    if loader is None:
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(yaml_text, "Loader", loader)
    return str(request.param)
