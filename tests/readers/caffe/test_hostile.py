"""Hostile files of Caffe through the whole pipeline: a finding of the right code, soon."""

from __future__ import annotations

from pathlib import Path

import pytest
from caffe_files import image, layer

import shapecalc
from shapecalc import network
from shapecalc.diagnostics import MAX_LAYERS
from shapecalc.readers import read_bytes
from shapecalc.tracing import Trace

IMAGE = image(8, 8)
RELU = layer("ReLU", "data", "data")


def traced(raw: bytes) -> Trace:
    """Return the trace of a file's bytes."""
    return shapecalc.trace(network.build(read_bytes(raw, "net.prototxt")))


def test_every_cut_of_a_file_is_told() -> None:
    raw = (IMAGE + layer("Convolution", rest='param { name: "w\\"" } convolution_param { num_output'
                         ": 4 kernel_size: [3, 3] }  # end")).encode()  # fmt: skip
    for end in range(len(raw)):
        trace = traced(raw[:end])
        codes = {found.code for found in trace.diagnostics}
        assert not trace.complete or end >= raw.index(b"  # end"), end
        assert codes <= {"SC101", "SC102", "SC103", "SC104", "SC602", "SC603"}, end


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ("rest", "codes"),
    [
        ("a { " * 10_000_000, ["SC108"]),
        ("a { " * 1_000_000, ["SC603"]),
        ("a: [" * 1_000_000, ["SC603"]),
        ('a: "' + "x" * 10_000_000, ["SC603"]),
        ("a: " + "9" * 10_000_000, []),
        ("# " + "x" * 10_000_000, []),
        ("#\n" * 300_000 + "}", ["SC603"]),
        ("- " * 1_000_000, ["SC603"]),
        ("\0", ["SC603"]),
        ("\x1b[31m: 1", ["SC603"]),
        pytest.param(layer("Python", "data", "x " * (MAX_LAYERS + 1)), ["SC603"],
                     marks=pytest.mark.slow),
        (layer("Convolution", rest="convolution_param { num_output: 9223372036854775807"
               " kernel_size: 9223372036854775807 }"), ["SC202", "SC108"]),
        (layer("Deconvolution", rest="convolution_param { num_output: 99999999999 kernel_size: 9"
               " stride: 99999999999 }"), ["SC108"]),
        (layer("Pooling", rest="pooling_param { kernel_size: 1 stride: 9223372036854775808 }"),
         ["SC108"]),
        (layer("Reshape", rest="reshape_param { shape { dim: 0 dim: 99999999999999999999 } }"),
         ["SC602"]),
        (layer("Embed", rest="embed_param { input_dim: 2147483647 num_output: 2147483647 }"),
         ["SC601"]),
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused(rest: str, codes: list[str]) -> None:
    trace = traced((IMAGE + RELU + rest).encode())
    assert [found.code for found in trace.diagnostics] == codes


@pytest.mark.slow
def test_equal_names_and_missing_blobs_take_no_time() -> None:
    many = "".join(layer("ReLU", f"m{n}", "data") for n in range(500))
    trace = traced((IMAGE + RELU * 500 + many).encode())
    assert len(trace.layers) == 1500
    assert {found.code for found in trace.diagnostics} == {"SC107", "SC602"}


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "utf-8"])
def test_comments_are_in_any_encoding(encoding: str) -> None:
    text = "中文" if encoding != "latin-1" else "é"
    raw = b"# " + text.encode(encoding) + b"\n" + (IMAGE + RELU).encode()
    assert traced(raw).complete


def test_names_that_cannot_be_printed_are_cleaned() -> None:
    name = "a\x1b[31m\u202e"
    pool = layer("Pooling", "data", "p q", "pooling_param { kernel_size: 2 stride: 2 }")
    text = IMAGE + pool.replace('name: "p"', f'name: "{name}"') + layer("Upsample", "p q", "u")
    trace = traced(text.encode())
    shown = f"{trace}{[found.message for found in trace.diagnostics]}"
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_nothing_that_a_file_names_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x", "utf-8")
    text = layer("Data", "", "data", f'data_param {{ source: "{secret.as_posix()}" }}') + RELU
    path = tmp_path / "net.prototxt"
    path.write_text(text, "utf-8")
    opened: list[str] = []
    own = Path.open

    def watched(self: Path, *arguments: object, **named: object) -> object:
        opened.append(self.name)
        return own(self, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", watched)
    shapecalc.trace(path)
    assert opened == ["net.prototxt"]
