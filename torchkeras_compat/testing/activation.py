"""Checks of an activation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch

from torchkeras_compat.testing import strategies as drawing
from torchkeras_compat.testing.check import Results, check, fail, run_checks
from torchkeras_compat.testing.comparing import check_finite
from torchkeras_compat.testing.devices import stand_in_device
from torchkeras_compat.testing.making import name_of


def check_activation(
    activation: Callable[[Any], Any],
    *,
    skip: Collection[str] | Mapping[str, str] = (),
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of an activation.

    Args:
        activation: Function of one tensor that returns one of the same shape.
        skip: Names of checks to leave out, best a dict of names and reasons.
        hypothesis: Whether to try values that Hypothesis draws, too; None for what pytest received.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        ValueError: ``skip`` names no check.

    Example:
        >>> len(check_activation(torch.relu).failed)
        0
    """
    return run_checks(ActivationSubject(activation), skip, hypothesis=hypothesis).raise_failures()


class ActivationSubject:
    """An activation to check; see :func:`check_activation`."""

    kind = "activation"
    takes_custom_objects = False

    def __init__(self, activation: Callable[[Any], Any]) -> None:
        self.name = name_of(activation)
        self.function = activation


@check("activation", "Compute each value from the input in its own dtype, on its own device, and keep all axes.")
def output(subject: ActivationSubject) -> None:
    """The output has the shape, dtype and device of the input."""
    for dtype in (torch.float32, torch.bfloat16, torch.float64):
        x = torch.randn(3, 4, dtype=dtype)
        y = subject.function(x)
        if y.shape != x.shape or y.dtype is not dtype:
            fail(f"an input of shape (3, 4) in {dtype} gives another", f"{tuple(y.shape)} in {y.dtype}")
    with stand_in_device() as kind:
        y = subject.function(torch.empty(3, 4, device=kind))
        if y.device.type != kind:
            fail(f"an input on another device ({kind}) gives an output that is not there", y.device)


@check("activation", "Compute with functions of torch; `detach`, rounding and comparisons have no gradient.")
def gradients(subject: ActivationSubject) -> None:
    """In float64, the gradient is the derivative that finite differences give."""
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    if not subject.function(x).requires_grad:
        fail("the output has no gradient")
    torch.autograd.gradcheck(subject.function, [x], fast_mode=True)


@check("activation", "Subtract the largest value before `exp`, and clip what goes into logarithms and divisions.")
def extremes(subject: ActivationSubject) -> None:
    """For 0 and for large values, the output and its gradient are finite."""
    for value in (0.0, 100.0, -100.0):
        x = torch.full((2, 3), value, requires_grad=True)
        y = subject.function(x)
        check_finite(f"for inputs of {value:g}, the output", y)
        y.sum().backward()
        check_finite(f"for inputs of {value:g}, the gradient", x.grad)


@check("activation", "Look at the example that is shown: these values are what Hypothesis reduced it to.", draws=True)
def any_values(subject: ActivationSubject) -> None:
    """For any shape and values, the output is finite and of the same shape."""

    def try_values(shape: tuple[int, ...], low: float, high: float, seed: int) -> None:
        x = drawing.filler(low, high, seed)(torch.zeros(shape))
        y = subject.function(x)
        check_finite(f"for values of {low:g} to {high:g}, the output", y)
        if y.shape != x.shape:
            fail(f"an input of shape {shape} gives another", tuple(y.shape))

    drawing.for_all(
        try_values,
        shape=lambda st: st.lists(st.integers(2, 4), min_size=1, max_size=4).map(tuple),
        low=drawing.number,
        high=drawing.number,
        seed=lambda st: st.integers(0, 99),
    )
