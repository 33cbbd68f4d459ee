"""Published networks in plain PyTorch, written without looking at shapecalc's own rules.

They are a second opinion on the files in specs/networks: what PyTorch counts and what sizes come
out of its forward pass. Layers run in the order in which the spec file lists them. A final softmax
is left out, since it has no parameters and keeps the volume.
"""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn


class Sum(nn.Module):
    """body(x) + shortcut(x); no shortcut means the identity."""

    def __init__(self, body: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x) + self.shortcut(x)


class Join(nn.Module):
    """All branches see the same input; their outputs are joined in depth."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Remainder(nn.Sequential):
    """x less what the layers make of it."""

    def forward(self, x: Tensor) -> Tensor:
        return x - super().forward(x)


class HardSigmoid(nn.Module):
    """relu6(x + 3)/6; the slope of PyTorch's own is the float32 next to 1/6."""

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.relu6(x + 3) / 6


class Gate(nn.Module):
    """Hu et al., 2017: every slice times a factor, made from the averages of all of them."""

    def __init__(
        self,
        d: int,
        squeezed: int,
        inner: type[nn.Module] = nn.ReLU,
        outer: type[nn.Module] = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.factor = nn.Sequential(
            *(nn.AdaptiveAvgPool2d(1), nn.Conv2d(d, squeezed, 1), inner()),
            *(nn.Conv2d(squeezed, d, 1), outer()),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor(x)


def conv_relu(d: int, k: int, f: int, s: int = 1, p: int = 0, groups: int = 1) -> nn.Sequential:
    """A convolution with bias and a ReLU."""
    return nn.Sequential(nn.Conv2d(d, k, f, s, p, groups=groups), nn.ReLU())


def conv_norm(
    d: int,
    k: int,
    f: int | tuple[int, int],
    s: int = 1,
    p: int | tuple[int, int] = 0,
    groups: int = 1,
    eps: float = 1e-5,
) -> nn.Sequential:
    """A convolution without bias and its batch norm."""
    return nn.Sequential(
        nn.Conv2d(d, k, f, s, p, groups=groups, bias=False), nn.BatchNorm2d(k, eps)
    )


def multilayer(*units: int, activation: type[nn.Module] = nn.ReLU, rate: float = 0) -> nn.Module:
    """Dense layers of the given widths, input first, with an activation between any two."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(units[:-1]):
        layers += [nn.Linear(inputs, outputs), activation(), nn.Dropout(rate)]
    return nn.Sequential(*layers, nn.Linear(units[-2], units[-1]))


def arrhythmia_1d() -> nn.Module:
    """MIT 6.036, lecture 8: one filter of three weights slides along ten samples."""
    return nn.Sequential(nn.Conv1d(1, 1, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 1))


def x_or_o() -> nn.Module:
    """KTH ID2223, 2021: the toy network that tells an X from an O on 9x9 pixels."""
    return nn.Sequential(
        *(conv_relu(1, 3, 3), conv_relu(3, 3, 3, p=1), nn.MaxPool2d(2, ceil_mode=True)),
        *(conv_relu(3, 3, 3, p=1), nn.MaxPool2d(2, ceil_mode=True)),
        *(nn.Flatten(), nn.Linear(12, 2)),
    )


def mnist_convnet() -> nn.Module:
    """KTH ID2223, 2021: TensorFlow's MNIST network with 5x5 filters."""
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(7 * 7 * 64, 1024), nn.ReLU(), nn.Dropout(), nn.Linear(1024, 10)),
    )


def cs231n_pattern(n: int = 2, m: int = 3, k: int = 2) -> nn.Module:
    """CS231n, lecture 5: [(CONV-RELU)*N-POOL]*M-(FC-RELU)*K, 32 filters and 128 units each."""
    layers: list[nn.Module] = []
    depth = 3
    for _ in range(m):
        for _ in range(n):
            layers.append(conv_relu(depth, 32, 3, p=1))
            depth = 32
        layers.append(nn.MaxPool2d(2))
    side = 32 // 2**m
    widths = [depth * side * side, *[128] * k, 10]
    return nn.Sequential(*layers, nn.Flatten(), multilayer(*widths))


def lenet5() -> nn.Module:
    """LeCun et al., 1998, as it is taught: C3 sees all of S2, no weights in the pools."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Flatten(), multilayer(400, 120, 84, 10, activation=nn.Tanh)),
    )


def alexnet(groups: int = 1) -> nn.Module:
    """Krizhevsky et al., 2012, on 227x227x3; two groups are the two GPUs of the paper."""
    pool = nn.MaxPool2d(3, 2)
    norm = nn.LocalResponseNorm(5, 5e-4, 0.75, 2)
    return nn.Sequential(
        *(conv_relu(3, 96, 11, 4), norm, pool),
        *(conv_relu(96, 256, 5, p=2, groups=groups), norm, pool),
        conv_relu(256, 384, 3, p=1),
        conv_relu(384, 384, 3, p=1, groups=groups),
        *(conv_relu(384, 256, 3, p=1, groups=groups), pool),
        *(nn.Flatten(), multilayer(6 * 6 * 256, 4096, 4096, 1000, rate=0.5)),
    )


def alexnet_groups() -> nn.Module:
    """AlexNet with conv2, conv4 and conv5 in two groups."""
    return alexnet(groups=2)


def alexnet_224() -> nn.Module:
    """Krizhevsky, 2014 (One weird trick), the widths and padding that torchvision uses."""
    pool = nn.MaxPool2d(3, 2)
    return nn.Sequential(
        *(conv_relu(3, 64, 11, 4, 2), pool, conv_relu(64, 192, 5, p=2), pool),
        *(conv_relu(192, 384, 3, p=1), conv_relu(384, 256, 3, p=1), conv_relu(256, 256, 3, p=1)),
        *(pool, nn.AdaptiveAvgPool2d(6), nn.Flatten(), nn.Dropout()),
        *(nn.Linear(6 * 6 * 256, 4096), nn.ReLU(), nn.Dropout()),
        *(nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)),
    )


def zfnet() -> nn.Module:
    """Zeiler and Fergus, 2013, figure 3."""
    pool = nn.MaxPool2d(3, 2, ceil_mode=True)
    norm = nn.LocalResponseNorm(5, 5e-4, 0.75, 2)
    return nn.Sequential(
        *(conv_relu(3, 96, 7, 2, 1), pool, norm),
        *(conv_relu(96, 256, 5, 2), pool, norm),
        *(conv_relu(256, 384, 3, p=1), conv_relu(384, 384, 3, p=1), conv_relu(384, 256, 3, p=1)),
        *(pool, nn.Flatten(), multilayer(6 * 6 * 256, 4096, 4096, 1000, rate=0.5)),
    )


def vgg(stages: list[int]) -> nn.Module:
    """Simonyan and Zisserman, 2014: `stages` holds the number of convolutions before each pool."""
    layers: list[nn.Module] = []
    depth = 3
    for width, times in zip([64, 128, 256, 512, 512], stages, strict=True):
        for _ in range(times):
            layers.append(conv_relu(depth, width, 3, p=1))
            depth = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), multilayer(25088, 4096, 4096, 1000, rate=0.5))


def vgg16() -> nn.Module:
    """Configuration D of the paper."""
    return vgg([2, 2, 3, 3, 3])


def vgg19() -> nn.Module:
    """Configuration E of the paper."""
    return vgg([2, 2, 4, 4, 4])


def inception(d: int, k1: int, r3: int, k3: int, r5: int, k5: int, proj: int) -> Join:
    """GoogLeNet's module; the arguments are the columns of the paper's table 1."""
    return Join(
        conv_relu(d, k1, 1),
        nn.Sequential(conv_relu(d, r3, 1), conv_relu(r3, k3, 3, p=1)),
        nn.Sequential(conv_relu(d, r5, 1), conv_relu(r5, k5, 5, p=2)),
        nn.Sequential(nn.MaxPool2d(3, 1, 1), conv_relu(d, proj, 1)),
    )


def googlenet() -> nn.Module:
    """Szegedy et al., 2014, without the auxiliary classifiers; pools round up as in Caffe."""
    pool = nn.MaxPool2d(3, 2, ceil_mode=True)
    norm = nn.LocalResponseNorm(5, 1e-4, 0.75, 1)
    return nn.Sequential(
        *(conv_relu(3, 64, 7, 2, 3), pool, norm),
        *(conv_relu(64, 64, 1), conv_relu(64, 192, 3, p=1), norm, pool),
        inception(192, 64, 96, 128, 16, 32, 32),
        *(inception(256, 128, 128, 192, 32, 96, 64), pool),
        inception(480, 192, 96, 208, 16, 48, 64),
        inception(512, 160, 112, 224, 24, 64, 64),
        inception(512, 128, 128, 256, 24, 64, 64),
        inception(512, 112, 144, 288, 32, 64, 64),
        *(inception(528, 256, 160, 320, 32, 128, 128), pool),
        inception(832, 256, 160, 320, 32, 128, 128),
        inception(832, 384, 192, 384, 48, 128, 128),
        *(nn.AvgPool2d(7, 1), nn.Dropout(0.4), nn.Flatten(), nn.Linear(1024, 1000)),
    )


def resnet(depth: int) -> nn.Module:
    """He et al., 2015; the stride sits in the 3x3 convolution, as in torchvision."""
    bottleneck = depth >= 50
    stages = {
        18: [2, 2, 2, 2],
        34: [3, 4, 6, 3],
        50: [3, 4, 6, 3],
        101: [3, 4, 23, 3],
        152: [3, 8, 36, 3],
    }[depth]
    layers = [conv_norm(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    d = 64
    for width, times, stride in zip([64, 128, 256, 512], stages, [1, 2, 2, 2], strict=True):
        out = 4 * width if bottleneck else width
        for s in [stride] + [1] * (times - 1):
            if bottleneck:
                body = nn.Sequential(
                    *(conv_norm(d, width, 1), nn.ReLU()),
                    *(conv_norm(width, width, 3, s, 1), nn.ReLU()),
                    conv_norm(width, out, 1),
                )
            else:
                body = nn.Sequential(
                    *(conv_norm(d, out, 3, s, 1), nn.ReLU(), conv_norm(out, out, 3, p=1)),
                )
            shortcut = conv_norm(d, out, 1, s) if d != out or s != 1 else None
            layers += [Sum(body, shortcut), nn.ReLU()]
            d = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(d, 1000))


class UNet(nn.Module):
    """Ronneberger et al., 2015: no padding, and skips are cropped to the size they meet."""

    def __init__(self) -> None:
        super().__init__()
        widths = [64, 128, 256, 512, 1024]
        inputs = [1, *widths[:-1]]
        self.down = nn.ModuleList(map(self.pair, inputs, widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * k, k, 2, 2) for k in widths[-2::-1])
        self.merged = nn.ModuleList(self.pair(2 * k, k) for k in widths[-2::-1])
        self.head = nn.Conv2d(64, 2, 1)

    @staticmethod
    def pair(d: int, k: int) -> nn.Module:
        """Two 3x3 convolutions without padding."""
        return nn.Sequential(conv_relu(d, k, 3), conv_relu(k, k, 3))

    def forward(self, x: Tensor) -> Tensor:
        skips: list[Tensor] = []
        for down in self.down:
            if skips:
                x = nn.functional.max_pool2d(x, 2)
            x = down(x)
            skips.append(x)
        for up, merged, skip in zip(self.up, self.merged, skips[-2::-1], strict=True):
            x = up(x)
            p = (skip.shape[2] - x.shape[2]) // 2
            x = merged(torch.cat([skip[:, :, p:-p, p:-p], x], dim=1))
        return self.head(x)


def unet() -> nn.Module:
    """The network of the paper's figure 1: 572x572x1 in, 388x388x2 out."""
    return UNet()


def mobilenet_v1() -> nn.Module:
    """Howard et al., 2017; strides pad one row below and one column right, as TensorFlow does."""

    def windows(d: int, k: int, s: int, groups: int = 1) -> list[nn.Module]:
        edge = [nn.ZeroPad2d((0, 1, 0, 1))] if s == 2 else []
        return [*edge, conv_norm(d, k, 3, s, 2 - s, groups), nn.ReLU6()]

    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
    plan += [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
    layers = windows(3, 32, 2)
    d = 32
    for k, s in plan:
        layers += [*windows(d, d, s, groups=d), conv_norm(d, k, 1), nn.ReLU6()]
        d = k
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Dropout(0.001), nn.Flatten(), nn.Linear(d, 1000)
    )


def mobilenet_v2() -> nn.Module:
    """Sandler et al., 2018, table 2: expansion t, output depth, times, stride."""
    layers = [conv_norm(3, 32, 3, 2, 1), nn.ReLU6()]
    d = 32
    for t, k, times, stride in [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]:
        for s in [stride] + [1] * (times - 1):
            expand = [conv_norm(d, t * d, 1), nn.ReLU6()] if t > 1 else []
            body = nn.Sequential(
                *(*expand, conv_norm(t * d, t * d, 3, s, 1, groups=t * d), nn.ReLU6()),
                conv_norm(t * d, k, 1),
            )
            layers.append(Sum(body) if d == k and s == 1 else body)
            d = k
    layers += [conv_norm(d, 1280, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(1280, 1000))


def squeezenet() -> nn.Module:
    """Iandola et al., 2016, version 1.0 without bypasses."""

    def fire(d: int, squeeze: int, expand: int) -> nn.Module:
        join = Join(conv_relu(squeeze, expand, 1), conv_relu(squeeze, expand, 3, p=1))
        return nn.Sequential(conv_relu(d, squeeze, 1), join)

    pool = nn.MaxPool2d(3, 2)
    return nn.Sequential(
        *(conv_relu(3, 96, 7, 2), pool),
        *(fire(96, 16, 64), fire(128, 16, 64), fire(128, 32, 128), pool),
        *(fire(256, 32, 128), fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), pool),
        *(fire(512, 64, 256), nn.Dropout(), conv_relu(512, 1000, 1)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


def densenet121() -> nn.Module:
    """Huang et al., 2016: growth rate 32, blocks of 6, 12, 24 and 16 layers."""

    def norm_conv(d: int, k: int, f: int, p: int = 0) -> list[nn.Module]:
        return [nn.BatchNorm2d(d), nn.ReLU(), nn.Conv2d(d, k, f, padding=p, bias=False)]

    layers = [conv_norm(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    d = 64
    for times in [6, 12, 24, 16]:
        if d > 64:
            layers += [*norm_conv(d, d // 2, 1), nn.AvgPool2d(2)]
            d //= 2
        for _ in range(times):
            new = nn.Sequential(*norm_conv(d, 128, 1), *norm_conv(128, 32, 3, 1))
            layers.append(Join(nn.Identity(), new))
            d += 32
    layers += [nn.BatchNorm2d(d), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(d, 1000))


def leaky(d: int, k: int, f: int, s: int = 1) -> nn.Module:
    """A convolution of Darknet's, with its batch norm and its leaky slope."""
    return nn.Sequential(conv_norm(d, k, f, s, f // 2), nn.LeakyReLU(0.1))


def darknet53_stages() -> list[nn.Module]:
    """Redmon and Farhadi, 2018, table 1: the first layer, and every stage behind it."""
    stages = [leaky(3, 32, 3)]
    for k, times in [(64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)]:
        sums = [Sum(nn.Sequential(leaky(k, k // 2, 1), leaky(k // 2, k, 3))) for _ in range(times)]
        stages.append(nn.Sequential(leaky(k // 2, k, 3, 2), *sums))
    return stages


def darknet53() -> nn.Module:
    """The stages with the classifier of the published configuration."""
    ends = nn.AdaptiveAvgPool2d(1), nn.Conv2d(1024, 1000, 1), nn.Flatten()
    return nn.Sequential(*darknet53_stages(), *ends)


class Finer(nn.Module):
    """A map narrowed, doubled and joined with an earlier one."""

    def __init__(self, d: int, k: int) -> None:
        super().__init__()
        self.narrow = leaky(d, k, 1)

    def forward(self, x: Tensor, earlier: Tensor) -> Tensor:
        return torch.cat([nn.functional.interpolate(self.narrow(x), scale_factor=2), earlier], 1)


class Yolo3(nn.Module):
    """Redmon and Farhadi, 2018: boxes on three maps, of 3 anchors and 80 classes."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList(darknet53_stages())
        self.necks = nn.ModuleList(
            self.five(d, k) for d, k in [(1024, 512), (768, 256), (384, 128)]
        )
        self.heads = nn.ModuleList(self.boxes(k) for k in (512, 256, 128))
        self.finer = nn.ModuleList([Finer(512, 256), Finer(256, 128)])

    def five(self, d: int, k: int) -> nn.Module:
        """Five convolutions, narrow and wide by turns."""
        narrow = [leaky(2 * k, k, 1) for _ in range(2)]
        wide = [leaky(k, 2 * k, 3) for _ in range(2)]
        return nn.Sequential(leaky(d, k, 1), wide[0], narrow[0], wide[1], narrow[1])

    def boxes(self, k: int) -> nn.Module:
        """What is told at each position: (80 + 5)*3 values."""
        return nn.Sequential(leaky(k, 2 * k, 3), nn.Conv2d(2 * k, 255, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        found = []
        for neck, head, finer, earlier in zip(
            self.necks, self.heads, [*self.finer, None], (4, 3, 0), strict=True
        ):
            x = neck(x)
            found.append(head(x))
            if finer is not None:
                x = finer(x, maps[earlier])
        return tuple(found)


class Yolo3Tiny(nn.Module):
    """Redmon's yolov3-tiny.cfg: the last pool keeps its size, with a column and row behind."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for d, k in pairwise((3, 16, 32, 64, 128)):
            layers += [leaky(d, k, 3), nn.MaxPool2d(2)]
        self.fine = nn.Sequential(*layers, leaky(128, 256, 3))
        self.coarse = nn.Sequential(
            nn.MaxPool2d(2), leaky(256, 512, 3), nn.ZeroPad2d((0, 1, 0, 1)), nn.MaxPool2d(2, 1),
            leaky(512, 1024, 3), leaky(1024, 256, 1),
        )  # fmt: skip
        self.large = nn.Sequential(leaky(256, 512, 3), nn.Conv2d(512, 255, 1))
        self.finer = Finer(256, 128)
        self.small = nn.Sequential(leaky(384, 256, 3), nn.Conv2d(256, 255, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        fine = self.fine(x)
        coarse = self.coarse(fine)
        return self.large(coarse), self.small(self.finer(coarse, fine))


def inverted(
    d: int, wide: int, k: int, f: int, s: int, act: type[nn.Module], gate: Gate | None, eps: float
) -> nn.Module:
    """Widened, convolved slice by slice, gated, narrowed; added to the input where it fits."""
    layers: list[nn.Module] = []
    if wide != d:
        layers += [conv_norm(d, wide, 1, eps=eps), act()]
    layers += [conv_norm(wide, wide, f, s, f // 2, groups=wide, eps=eps), act()]
    body = nn.Sequential(*layers, *([gate] if gate else []), conv_norm(wide, k, 1, eps=eps))
    return Sum(body) if d == k and s == 1 else body


def mobilenet_v3(rows: list[tuple[int, int, int, int, bool, int]], head: int) -> nn.Module:
    """Howard et al., 2019: filter, widened depth, output depth, squeezed depth, h-swish, stride."""
    layers = [conv_norm(3, 16, 3, 2, 1, eps=0.001), nn.Hardswish()]
    d = 16
    for f, wide, k, squeezed, swish, s in rows:
        gate = Gate(wide, squeezed, outer=HardSigmoid) if squeezed else None
        layers.append(
            inverted(d, wide, k, f, s, nn.Hardswish if swish else nn.ReLU, gate, eps=0.001)
        )
        d = k
    layers += [conv_norm(d, 6 * d, 1, eps=0.001), nn.Hardswish()]
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6 * d, head), nn.Hardswish()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(head, 1000))


def mobilenet_v3_large() -> nn.Module:
    """Table 1 of the paper; squeezed depths are a quarter of the widened, in eights."""
    return mobilenet_v3(
        [
            (3, 16, 16, 0, False, 1),
            (3, 64, 24, 0, False, 2),
            (3, 72, 24, 0, False, 1),
            (5, 72, 40, 24, False, 2),
            *[(5, 120, 40, 32, False, 1)] * 2,
            (3, 240, 80, 0, True, 2),
            (3, 200, 80, 0, True, 1),
            *[(3, 184, 80, 0, True, 1)] * 2,
            (3, 480, 112, 120, True, 1),
            (3, 672, 112, 168, True, 1),
            (5, 672, 160, 168, True, 2),
            *[(5, 960, 160, 240, True, 1)] * 2,
        ],
        1280,
    )


def mobilenet_v3_small() -> nn.Module:
    """Table 2 of the paper."""
    return mobilenet_v3(
        [
            (3, 16, 16, 8, False, 2),
            (3, 72, 24, 0, False, 2),
            (3, 88, 24, 0, False, 1),
            (5, 96, 40, 24, True, 2),
            *[(5, 240, 40, 64, True, 1)] * 2,
            (5, 120, 48, 32, True, 1),
            (5, 144, 48, 40, True, 1),
            (5, 288, 96, 72, True, 2),
            *[(5, 576, 96, 144, True, 1)] * 2,
        ],
        1024,
    )


def efficientnet_b0() -> nn.Module:
    """Tan and Le, 2019, table 1, without stochastic depth: expansion, filter, depth, times, stride.

    The gate squeezes to a quarter of the depth before the widening.
    """
    layers = [conv_norm(3, 32, 3, 2, 1), nn.SiLU()]
    d = 32
    for t, f, k, times, stride in [
        (1, 3, 16, 1, 1),
        (6, 3, 24, 2, 2),
        (6, 5, 40, 2, 2),
        (6, 3, 80, 3, 2),
        (6, 5, 112, 3, 1),
        (6, 5, 192, 4, 2),
        (6, 3, 320, 1, 1),
    ]:
        for s in [stride] + [1] * (times - 1):
            gate = Gate(t * d, d // 4, inner=nn.SiLU)
            layers.append(inverted(d, t * d, k, f, s, nn.SiLU, gate, eps=1e-5))
            d = k
    layers += [conv_norm(d, 1280, 1), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Linear(1280, 1000))


class Half(nn.Module):
    """One of the two halves of the depth."""

    def __init__(self, part: int) -> None:
        super().__init__()
        self.part = part

    def forward(self, x: Tensor) -> Tensor:
        return x.chunk(2, dim=1)[self.part]


def shufflenet_v2() -> nn.Module:
    """Ma et al., 2018, the width x1.0 of table 5."""

    def pointwise(d: int, k: int) -> list[nn.Module]:
        return [conv_norm(d, k, 1), nn.ReLU()]

    layers = [conv_norm(3, 24, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    d = 24
    for depth, times in [(116, 4), (232, 8), (464, 4)]:
        half = depth // 2
        for s in [2] + [1] * (times - 1):
            if s == 2:
                passing: list[nn.Module] = [conv_norm(d, d, 3, 2, 1, groups=d), *pointwise(d, half)]
                entering = pointwise(d, half)
            else:
                passing, entering = [Half(0)], [Half(1), *pointwise(half, half)]
            convolved = [*entering, conv_norm(half, half, 3, s, 1, groups=half)]
            join = Join(nn.Sequential(*passing), nn.Sequential(*convolved, *pointwise(half, half)))
            layers += [join, nn.ChannelShuffle(2)]
            d = depth
    layers += [*pointwise(d, 1024), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(1024, 1000))


def se_resnet50() -> nn.Module:
    """Hu et al., 2017, as in the authors' release: stride in the first 1x1, an unpadded pool."""
    layers = [conv_norm(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True)]
    d = 64
    for width, times, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        out = 4 * width
        for s in [stride] + [1] * (times - 1):
            body = nn.Sequential(
                *(conv_norm(d, width, 1, s), nn.ReLU(), conv_norm(width, width, 3, p=1)),
                *(nn.ReLU(), conv_norm(width, out, 1), Gate(out, out // 16)),
            )
            layers += [Sum(body, conv_norm(d, out, 1, s) if d != out else None), nn.ReLU()]
            d = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(d, 1000))


def inception_v3() -> nn.Module:
    """Szegedy et al., 2015, as released, without the auxiliary classifier."""

    def unit(d: int, k: int, f: int | tuple[int, int] = 1, s: int = 1, pad: bool = True) -> Any:
        sizes = (f, f) if isinstance(f, int) else f
        p = (sizes[0] // 2, sizes[1] // 2) if pad else (0, 0)
        return nn.Sequential(conv_norm(d, k, sizes, s, p, eps=0.001), nn.ReLU())

    def chain(d: int, *units: tuple[Any, ...]) -> nn.Module:
        parts = []
        for k, *more in units:
            parts.append(unit(d, k, *more))
            d = k
        return nn.Sequential(*parts)

    def pooled(d: int, k: int) -> nn.Module:
        return nn.Sequential(nn.AvgPool2d(3, 1, 1), unit(d, k))

    def fine(d: int, pool: int) -> nn.Module:
        doubled = chain(d, (64,), (96, 3), (96, 3))
        return Join(unit(d, 64), chain(d, (48,), (64, 5)), doubled, pooled(d, pool))

    def factored(k: int) -> nn.Module:
        row, column = (1, 7), (7, 1)
        return Join(
            unit(768, 192),
            chain(768, (k,), (k, row), (192, column)),
            chain(768, (k,), (k, column), (k, row), (k, column), (192, row)),
            pooled(768, 192),
        )

    def spread(d: int) -> nn.Module:
        def cross() -> nn.Module:
            return Join(unit(384, 384, (1, 3)), unit(384, 384, (3, 1)))

        return Join(
            unit(d, 320),
            nn.Sequential(unit(d, 384), cross()),
            nn.Sequential(unit(d, 448), unit(448, 384, 3), cross()),
            pooled(d, 192),
        )

    halved = (3, 2, False)
    return nn.Sequential(
        *(unit(3, 32, *halved), unit(32, 32, 3, 1, False), unit(32, 64, 3), nn.MaxPool2d(3, 2)),
        *(unit(64, 80), unit(80, 192, 3, 1, False), nn.MaxPool2d(3, 2)),
        *(fine(192, 32), fine(256, 64), fine(288, 64)),
        Join(
            unit(288, 384, *halved),
            chain(288, (64,), (96, 3), (96, *halved)),
            nn.MaxPool2d(3, 2),
        ),
        *map(factored, (128, 160, 160, 192)),
        Join(
            chain(768, (192,), (320, *halved)),
            chain(768, (192,), (192, (1, 7)), (192, (7, 1)), (192, *halved)),
            nn.MaxPool2d(3, 2),
        ),
        *(spread(1280), spread(2048), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout()),
        nn.Linear(2048, 1000),
    )


class AlongDepth(nn.Module):
    """Layers that work along the last axis, along the depth at each position."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x.movedim(1, -1)).movedim(-1, 1)


class Scale(nn.Module):
    """A weight for each slice of an image."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight[:, None, None]


def convnext_tiny() -> nn.Module:
    """Liu et al., 2022, with LayerScale, without stochastic depth."""

    def norm(d: int) -> nn.Module:
        return AlongDepth(nn.LayerNorm(d, 1e-6))

    def block(d: int) -> nn.Module:
        mixed = AlongDepth(
            *(nn.LayerNorm(d, 1e-6), nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))
        )
        return Sum(nn.Sequential(nn.Conv2d(d, d, 7, padding=3, groups=d), mixed, Scale(d)))

    layers = [nn.Conv2d(3, 96, 4, 4), norm(96)]
    d = 96
    for k, times in [(96, 3), (192, 3), (384, 9), (768, 3)]:
        if k != d:
            layers += [norm(d), nn.Conv2d(d, k, 2, 2)]
        layers += [block(k) for _ in range(times)]
        d = k
    layers += [nn.AdaptiveAvgPool2d(1), norm(d), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(d, 1000))


class WaveNet(nn.Module):
    """Van den Oord et al., 2016: one stack of dilated causal convolutions, widths of an open copy.

    The last level hands nothing on, so it has no convolution for that.
    """

    def __init__(self, width: int = 32, skip: int = 512, values: int = 256) -> None:
        super().__init__()

        def conv(d: int, k: int, f: int = 1, dilation: int = 1) -> nn.Module:
            return nn.Conv1d(d, k, f, dilation=dilation, bias=False)

        dilations = [2**power for power in range(10)]
        self.first = conv(values, width, 2)
        self.tanh = nn.ModuleList(conv(width, width, 2, dilation) for dilation in dilations)
        self.gate = nn.ModuleList(conv(width, width, 2, dilation) for dilation in dilations)
        self.skip = nn.ModuleList(conv(width, skip) for _ in dilations)
        self.onward = nn.ModuleList(conv(width, width) for _ in dilations[1:])
        self.head = nn.Sequential(nn.ReLU(), conv(skip, skip), nn.ReLU(), conv(skip, values))

    def forward(self, x: Tensor) -> Tensor:
        def causal(conv: Any, x: Tensor) -> Tensor:
            return conv(nn.functional.pad(x, (conv.dilation[0], 0)))

        x = causal(self.first, x)
        skips = []
        for level, (tanh, gate, skip) in enumerate(
            zip(self.tanh, self.gate, self.skip, strict=True)
        ):
            gated = torch.tanh(causal(tanh, x)) * torch.sigmoid(causal(gate, x))
            skips.append(skip(gated))
            if level < len(self.onward):
                x = x + self.onward[level](gated)
        return self.head(sum(skips))


def wavenet() -> nn.Module:
    """256 values of a sample in, a distribution over the next one out."""
    return WaveNet()


class SegNet(nn.Module):
    """Badrinarayanan et al., 2015: VGG-16 and its mirror; pools tell the way back their maxima."""

    def __init__(self, classes: int = 11) -> None:
        super().__init__()

        def chain(*widths: int) -> nn.Module:
            parts = []
            for d, k in pairwise(widths):
                parts += [nn.Conv2d(d, k, 3, padding=1), nn.BatchNorm2d(k), nn.ReLU()]
            return nn.Sequential(*parts)

        down = [(3, 64, 64), (64, 128, 128), (128, *[256] * 3), (256, *[512] * 3), (512,) * 4]
        up = [(512,) * 4, (512, 512, 512, 256), (256, 256, 256, 128), (128, 128, 64), (64, 64)]
        self.down = nn.ModuleList(chain(*widths) for widths in down)
        self.up = nn.ModuleList(chain(*widths) for widths in up)
        self.classes = nn.Conv2d(64, classes, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        pools = []
        for part in self.down:
            x = part(x)
            size = x.shape
            x, places = nn.functional.max_pool2d(x, 2, ceil_mode=True, return_indices=True)
            pools.append((size, places))
        for part in self.up:
            size, places = pools.pop()
            x = part(nn.functional.max_unpool2d(x, places, 2, output_size=size))
        return self.classes(x)


def segnet() -> nn.Module:
    """The network of the authors' release for CamVid's 11 classes."""
    return SegNet()


class FPN(nn.Module):
    """Lin et al., 2017: what ResNet-50 sees at four sizes, each told what the coarser ones see."""

    def __init__(self, width: int = 256) -> None:
        super().__init__()
        layers = list(resnet(50))[:-3]
        ends = [3, 9, 17, 29, 35]  # 3, 4, 6 and 3 units of a bottleneck and a relu
        self.stem = nn.Sequential(*layers[:3])
        self.stages = nn.ModuleList(nn.Sequential(*layers[a:b]) for a, b in pairwise(ends))
        depths = [256, 512, 1024, 2048]
        self.lateral = nn.ModuleList(nn.Conv2d(d, width, 1) for d in depths)
        self.smooth = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in depths)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        x = self.stem(x)
        seen = []
        for stage in self.stages:
            x = stage(x)
            seen.append(x)
        merged: list[Tensor] = []
        for lateral, value in zip(reversed(self.lateral), reversed(seen), strict=True):
            told = lateral(value)
            if merged:
                told = told + nn.functional.interpolate(merged[0], told.shape[2:])
            merged.insert(0, told)
        return tuple(smooth(value) for smooth, value in zip(self.smooth, merged, strict=True))


def fpn() -> nn.Module:
    """Four maps of 256 slices, a quarter to a 32nd of the image's size."""
    return FPN()


def dncnn() -> nn.Module:
    """Zhang et al., 2017, the grey denoiser of 17 convolutions."""
    layers = [conv_relu(1, 64, 3, p=1)]
    for _ in range(15):
        layers += [conv_norm(64, 64, 3, p=1, eps=1e-4), nn.ReLU()]
    return Remainder(*layers, nn.Conv2d(64, 1, 3, padding=1, bias=False))
