"""What tests of all folders share: an option, and a spec's text written to a file and traced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
