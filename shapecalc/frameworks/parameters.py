"""The frameworks' names of parameters, and Keras' order of axes beside PyTorch's, which is ours.

Source: the constructors of keras.layers and torch.nn; kernels of Keras have the filters last.
"""

from __future__ import annotations

Shape = tuple[int, ...]

# Keras' words, by the last part of a tensor's name, in the order of ours that may be meant.
NAMES: dict[str, tuple[str, ...]] = {
    "kernel": ("weight", "depthwise"),
    "depthwise_kernel": ("depthwise", "weight"),
    "pointwise_kernel": ("pointwise",),
    "gamma": ("weight",),
    "beta": ("bias",),
    "moving_mean": ("running_mean",),
    "moving_variance": ("running_var",),
    "running_std": ("running_var",),  # Keras 1, which has the variance in it all the same
    "alpha": ("weight", "slopes"),
    "embeddings": ("weight",),
    "W": ("weight",),  # Keras 1
    "b": ("bias",),
}
COUNTERS = ("num_batches_tracked",)  # of PyTorch's batch norm: nothing that is computed with


def of_keras(kind: str, name: str, shape: Shape) -> Shape:
    """Return the shape of a parameter of Keras in PyTorch's order of axes.

    Filters F... x C x K become K x C x F..., those of a depthwise convolution F... x C x M become
    C*M x 1 x F..., and a dense layer's C x K become K x C. Others stay as they are.
    """
    *sizes, C, K = shape if len(shape) > 1 else (0, *shape, 0)
    if len(shape) < 2:
        return shape
    if kind == "dense":
        return (K, C, *sizes)
    if len(shape) < 3:
        return shape
    if name == "depthwise" or kind == "depthwise_conv":
        return (C * K, 1, *sizes)
    if name in ("weight", "pointwise"):
        return (K, C, *sizes)
    return shape
