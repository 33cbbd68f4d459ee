"""PyTorch as a second opinion on its own programs: volumes, parameters, buffers, arguments.

Modules are exported and saved, decomposed, and given live; what PyTorch says of their parts is what
is read. torchvision's own networks: torchvision_exports.py compares all of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.readers.pytorch.arguments import DEFAULTS
from shapecalc.readers.pytorch.graph import OPERATORS
from shapecalc.tracing import Trace

torch = pytest.importorskip("torch")
pytest.importorskip("torch.export")

from torchvision_exports import differences, export  # noqa: E402

nn = torch.nn
F = nn.functional
# Arguments that say nothing of sizes.
SILENT = {
    "dtype", "memory_format", "layout", "device", "pin_memory", "non_blocking", "copy", "path",
    "keepdim", "unbiased", "lambd", "posinf", "neginf", "nan", "diagonal",
}  # fmt: skip


# -- arguments -------------------------------------------------------------------------------------


def schema(operator: str) -> Any:
    """Return an operator's schema; None where this PyTorch has no such operator."""
    name, _, overload = operator.partition(".")
    packet = getattr(torch.ops.aten, name, None)
    found = getattr(packet, overload, None)
    return None if found is None else found._schema


def defaults(operator: str) -> dict[str, Any]:
    found = schema(operator)
    return {a.name: a.default_value for a in found.arguments if a.has_default_value()}


@pytest.mark.parametrize("operator", DEFAULTS)
def test_arguments_that_are_left_out_are_pytorch_s_own(operator: str) -> None:
    assert {**defaults(operator)} == {**DEFAULTS[operator]}


def test_a_default_that_is_another_one_is_found() -> None:
    assert defaults("gelu.default") != {"approximate": "tanh"}


def test_every_operator_that_is_read_is_one_and_its_defaults_are_known() -> None:
    there = [operator for operator in OPERATORS if schema(operator) is not None]
    assert len(there) > 0.95 * len(OPERATORS)  # some came and went
    lacking = {
        operator: names
        for operator in there
        if (names := defaults(operator).keys() - DEFAULTS.get(operator, {}).keys() - SILENT)
    }
    assert lacking == {}


# -- modules ---------------------------------------------------------------------------------------


class Branches(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8))
        self.left = nn.Conv2d(8, 8, 3, padding="same", groups=8, dilation=2)
        self.right = nn.Conv2d(8, 8, 1)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 8, 1), nn.Sigmoid())
        self.up = nn.ConvTranspose2d(16, 4, 4, 2, 1)
        self.act = nn.PReLU(4)
        self.head = nn.Linear(4, 5)

    def forward(self, x: Any) -> Any:
        x = F.relu(self.stem(x))
        x = torch.cat([self.left(x), self.right(x) * self.gate(x)], 1)
        x = self.act(self.up(F.max_pool2d(x, 3, 2, ceil_mode=True)))
        return self.head(x.mean((2, 3)))


class Tokens(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(50, 16)
        self.place = nn.Parameter(torch.zeros(1, 7, 16))
        self.token = nn.Parameter(torch.zeros(1, 1, 16))
        self.register_buffer("shift", torch.zeros(8, 16))
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=True), 2,
            enable_nested_tensor=False,
        )  # fmt: skip
        self.head = nn.Linear(16, 50, bias=False)
        self.head.weight = self.table.weight

    def forward(self, ids: Any) -> Any:
        x = self.table(ids) + self.place
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
        return self.head(self.encoder(x + self.shift))


class Recurrent(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 5, 2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(10, 4)
        self.rnn = nn.RNN(4, 3, batch_first=True)
        self.head = nn.Linear(3, 2)

    def forward(self, x: Any) -> Any:
        x = self.lstm(x)[0].transpose(0, 1)
        x = self.rnn(self.gru(x)[0].transpose(0, 1))[0]
        return self.head(x[:, -1])


def norms() -> Any:
    return nn.Sequential(
        nn.Conv1d(4, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.InstanceNorm1d(8, affine=True),
        nn.AvgPool1d(2), nn.ReflectionPad1d(2), nn.LocalResponseNorm(3), nn.ELU(), nn.GLU(1),
        nn.Flatten(), nn.LayerNorm(56, elementwise_affine=False), nn.Linear(56, 3),
        nn.LogSoftmax(1),
    )  # fmt: skip


def films() -> Any:
    return nn.Sequential(
        nn.Conv3d(2, 4, (1, 3, 3), padding=(0, 1, 1)), nn.BatchNorm3d(4, affine=False),
        nn.Hardtanh(), nn.MaxPool3d(2), nn.Upsample(scale_factor=2),
        nn.AdaptiveAvgPool3d((2, 1, 3)), nn.Flatten(2), nn.Linear(6, 3),
    )  # fmt: skip


def frozen() -> Any:
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.PixelShuffle(2), nn.Conv2d(2, 2, 1)
    )
    net[0].requires_grad_(False)
    return net


def functional() -> Any:
    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.zeros(6, 12))
            self.scale = nn.Parameter(torch.ones(12, 1, 1))

        def forward(self, x: Any) -> Any:
            a, b = x.chunk(2, 1)
            x = torch.stack([a, b], 2).flatten(1, 2) * self.scale
            x = F.pad(x, (1, 1, 1, 1)).roll(1, 2)[:, :, 1:-1, ::2]
            x = torch.einsum("nchw,dc->ndhw", x.clamp(0, 6), self.w)
            x = x.permute(0, 2, 3, 1).unflatten(3, (2, 3)).amax(-1)
            return (1 - x / 2).squeeze(0).unsqueeze(0).sum(1)

    return Net()


MODULES: list[tuple[Callable[[], Any], str]] = [
    (Branches, "33x32x3"), (Tokens, "7"), (Recurrent, "3x6"), (norms, "20x4"), (films, "4x6x6x2"),
    (frozen, "9x8x3"), (functional, "8x10x12"),
]  # fmt: skip


def tensor(volume: str, module: Any) -> Any:
    """Return a batch of one volume as a module takes it."""
    *sizes, depth = map(int, volume.split("x"))
    if isinstance(module, Tokens):
        return torch.zeros(1, depth, dtype=torch.long)
    return torch.zeros(1, *sizes, depth) if isinstance(module, Recurrent) else torch.zeros(
        1, depth, *sizes
    )  # fmt: skip


@pytest.mark.parametrize("form", ["file", "decomposed", "live"])
@pytest.mark.parametrize(("make", "volume"), MODULES, ids=lambda v: getattr(v, "__name__", None))
def test_a_module_is_what_pytorch_says(
    make: Callable[[], Any], volume: str, form: str, tmp_path: Path
) -> None:
    module = make().eval()
    given = tensor(volume, module)
    assert differences(module, (given,), traced(module, given, volume, form, tmp_path)) == []


def traced(module: Any, given: Any, volume: str, form: str, folder: Path) -> Trace:
    """Return the trace of a module in one of its forms."""
    if form == "live":
        return shapecalc.trace(module, inputs=volume)
    program = torch.export.export(module, (given,))
    torch.export.save(
        program.run_decompositions() if form == "decomposed" else program, folder / "net.pt2"
    )
    return shapecalc.trace(folder / "net.pt2")


def test_a_part_that_is_another_one_is_found(tmp_path: Path) -> None:
    """The check itself: a module with another filter than the one that was exported."""
    module = Branches().eval()
    given = tensor("33x32x3", module)
    trace = traced(module, given, "33x32x3", "file", tmp_path)
    assert differences(module, (given,), trace) == []
    module.right = nn.Conv2d(8, 8, 3, padding=1)
    assert any("trainable" in line for line in differences(module, (given,), trace))


def test_the_file_and_the_live_module_are_one_network(tmp_path: Path) -> None:
    for make, volume in MODULES:
        module = make().eval()
        file, live = (
            traced(module, tensor(volume, module), volume, form, tmp_path).to_dict()
            for form in ("file", "live")
        )
        file["file"] = None
        assert file == live


@pytest.mark.parametrize("batch", [1, 3])
def test_a_batch_counts_for_nothing(batch: int, tmp_path: Path) -> None:
    module = Branches().eval()
    given = torch.zeros(batch, 3, 33, 32)
    trace = traced(module, given, "", "file", tmp_path)
    assert trace.totals.macs == shapecalc.trace(module, inputs="33x32x3").totals.macs
    assert trace.complete


class StepsFirst(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(8, 6)
        self.conv = nn.Conv2d(1, 4, 3)
        self.head = nn.Linear(16, 2)

    def forward(self, x: Any, h: Any) -> Any:
        y = self.gru(x, h)[0]
        pairs = torch.einsum("tbi,tbj->bij", y, y).unsqueeze(1)
        return self.head(F.max_pool2d(self.conv(pairs), 2).flatten(1))


@pytest.mark.parametrize("batch", [1, 3])
def test_recurrent_layers_have_the_batch_behind_the_steps(batch: int, tmp_path: Path) -> None:
    given = (torch.zeros(12, batch, 8), torch.zeros(1, batch, 6))
    torch.export.save(torch.export.export(StepsFirst().eval(), given), tmp_path / "net.pt2")
    trace = shapecalc.trace(tmp_path / "net.pt2")
    assert trace.inputs == {"x": (12, 8), "h": (1, 6)}
    volumes = [(12, 6), (6, 6), (6, 6, 1), (4, 4, 4), (2, 2, 4), (16,), (2,)]
    assert [record.output for record in trace.layers] == volumes
    assert trace.totals.macs == 12 * 18 * (8 + 6) + 12 * 36 + 16 * 9 * 4 + 16 * 2
    assert {found.code for found in trace.diagnostics} == {"SC601"}


def test_a_live_recurrent_layer_gets_its_steps_in_front_of_the_batch() -> None:
    module = StepsFirst().eval()
    trace = shapecalc.trace(module, inputs={"x": "12x8", "h": "1x6"})
    assert trace.inputs == {"x": (12, 8), "h": (1, 6)}
    assert trace.outputs == {"head": (2,)}
    assert trace.totals.parameters == sum(one.numel() for one in module.parameters())
    alone = shapecalc.trace(nn.GRU(8, 6).eval(), inputs="12x8")
    assert [*alone.outputs.values()] == [(12, 6), (1, 6)]


class Shuffled(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(16, 5)

    def forward(self, x: Any) -> Any:
        x = F.relu(self.conv(x))
        n, c, h, w = x.shape
        x = x.reshape(n, c // 2, 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        x = F.interpolate(F.interpolate(x, scale_factor=2.0), size=(h, w), mode="bilinear")
        return self.head(F.adaptive_avg_pool2d(x, (2, 2)).flatten(1))


def test_sizes_that_are_open_are_given(tmp_path: Path) -> None:
    module, sizes = Shuffled().eval(), {0: "n", 2: "h", 3: "w"}
    dynamic = {"x": {axis: torch.export.Dim(name) for axis, name in sizes.items()}}
    program = torch.export.export(module, (torch.zeros(2, 3, 9, 8),), dynamic_shapes=dynamic)
    torch.export.save(program, tmp_path / "net.pt2")
    trace = shapecalc.trace(tmp_path / "net.pt2")
    assert trace.inputs == {"x": (None, None, 3)}
    assert "SC604" in {found.code for found in trace.diagnostics}
    given = shapecalc.trace(tmp_path / "net.pt2", inputs="13x10x3")
    assert differences(module, (torch.zeros(1, 3, 13, 10),), given) == []


def test_tied_weights_count_once(tmp_path: Path) -> None:
    module = Tokens().eval()
    for form in ("file", "live"):
        trace = traced(module, tensor("7", module), "7", form, tmp_path)
        assert trace.totals.parameters == sum(p.numel() for p in module.parameters())


# -- live modules ----------------------------------------------------------------------------------


def test_a_live_module_keeps_its_mode_and_its_values() -> None:
    module = Branches().train()
    module.stem[1].eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    shapecalc.trace(module, inputs="33x32x3")
    assert (module.training, module.stem[1].training, module.left.training) == (True, False, True)
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())


def test_a_live_module_is_checked_and_verified() -> None:
    module = frozen()
    assert shapecalc.check(module, inputs="9x8x3") == []
    assert shapecalc.verify(module, inputs="9x8x3").agrees
    spec = shapecalc.read(module, inputs="9x8x3")
    assert shapecalc.trace(spec, inputs="11x8x3").outputs == {"3": (18, 12, 2)}
    named = shapecalc.trace(module, inputs={"input": "9x8x3"})
    assert named.outputs == {"3": (14, 12, 2)}


class Fails(nn.Module):  # type: ignore[misc]
    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def forward(self, x: Any) -> Any:
        raise self.error


@pytest.mark.parametrize("error", [ValueError("two\nlines"), SystemExit(3), KeyError("x")])
def test_what_a_module_raises_is_one_line(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = shapecalc.check(Fails(error), inputs="8x8x3")
    assert found.code == "SC101"
    assert type(error).__name__ in found.message
    assert found.message.isprintable()
    assert capsys.readouterr() == ("", "")


def test_a_live_module_needs_a_size() -> None:
    trace = shapecalc.trace(Branches())
    assert [found.code for found in trace.diagnostics] == ["SC604"]
    assert not trace.complete
    with pytest.raises(shapecalc.SpecError):
        shapecalc.trace(Branches(), inputs="much")
    with pytest.raises(TypeError, match="PyTorch"):
        shapecalc.trace(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="PyTorch"):
        shapecalc.trace(Branches, inputs="33x32x3")  # the class itself


# -- modules that are saved whole ------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(("make", "volume"), [(norms, "20x4"), (frozen, "9x8x3")])
def test_a_sequential_saved_whole_is_what_pytorch_says(
    make: Callable[[], Any], volume: str, zipped: bool, tmp_path: Path
) -> None:
    module = make().eval()
    torch.save(module, tmp_path / "net.pt", _use_new_zipfile_serialization=zipped)
    trace = shapecalc.trace(tmp_path / "net.pt", inputs=volume)
    found = differences(module, (tensor(volume, module),), trace)
    assert [line for line in found if "SC602" not in line and "complete" not in line] == []


def test_nothing_of_a_saved_module_is_imported() -> None:
    stream = io.BytesIO()
    torch.save(nn.Sequential(Fails(ValueError()), nn.ReLU()), stream)
    from shapecalc import network, readers

    trace = shapecalc.trace(network.build(readers.read_bytes(stream.getvalue(), "net.pt")))
    assert [record.kind for record in trace.layers] == ["operation", "relu"]


# -- torchvision -----------------------------------------------------------------------------------

HARDEST = (
    "resnet18", "googlenet", "densenet121", "shufflenet_v2_x0_5", "mobilenet_v3_small",
    "efficientnet_b0", "regnet_y_400mf", "convnext_tiny", "maxvit_t", "swin_t", "swin_v2_t",
    "vit_b_32",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", HARDEST)
def test_a_published_network_is_what_pytorch_says(name: str, tmp_path: Path) -> None:
    pytest.importorskip("torchvision_onnx").models()
    path = tmp_path / f"{name}.pt2"
    module, image = export(name, path)
    assert differences(module, (image,), shapecalc.trace(path)) == []
