"""How an example's parameters go down the gradient, in words for a question and for a sheet."""

from __future__ import annotations

from shapecalc.network.example import Example


def steps_in_words(example: Example | None) -> str:
    """Return `one step of gradient descent (rate 0.1)`."""
    if example is None:
        return "one step of gradient descent"
    steps = "one step" if example.steps == 1 else f"{example.steps} steps"
    how = "of Adam" if example.optimizer.adam else "of gradient descent"
    if example.optimizer.momentum:
        how += f" with momentum {example.optimizer.momentum:g}"
    rate = f" (rate {example.rate:g})" if example.rate else ""
    return f"{steps} {how}{rate}"


def parameter(key: str) -> str:
    """Return what goes down in the formula of a step: the bias of `conv1.bias.next`."""
    return key.removesuffix(".next").rpartition(".")[2]


def rule(example: Example) -> str:
    """Return the rule of a step, in a line; empty for the plain one."""
    optimizer = example.optimizer
    if optimizer.adam:
        numbers = (
            f"beta1 {optimizer.beta1:g}, beta2 {optimizer.beta2:g}, epsilon {optimizer.epsilon:g}"
        )
        return f"Adam with {numbers}, both means from 0 and corrected"
    if not optimizer.momentum:
        return ""
    return (
        f"momentum: velocity = {optimizer.momentum:g}*velocity + gradient, from 0; then"
        " weight - rate*velocity"
    )
