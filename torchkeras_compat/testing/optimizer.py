"""Checks of an optimizer."""

from __future__ import annotations

import copy
import math
from collections.abc import Collection, Mapping
from typing import Any

import torch

from torchkeras_compat.device import package_device
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.testing import strategies as drawing
from torchkeras_compat.testing.check import Results, check, fail, run_checks
from torchkeras_compat.testing.comparing import check_equal, check_finite
from torchkeras_compat.testing.configs import copied_by_config
from torchkeras_compat.testing.devices import accelerators, stand_in_device
from torchkeras_compat.testing.making import maker_of, name_of

SHAPES = ((3, 2), (2,))


def check_optimizer(
    optimizer: Any,
    *,
    arguments: Mapping[str, Any] | None = None,
    skip: Collection[str] | Mapping[str, str] = (),
    custom_objects: Mapping[str, Any] | None = None,
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of an optimizer.

    Args:
        optimizer: Subclass of ``Optimizer``, a function that makes one, or one not yet built.
        arguments: Arguments of the class or function.
        skip: Names of checks to leave out, best a dict of names and reasons.
        custom_objects: Further classes and functions that the config of the optimizer names.
        hypothesis: Whether to try gradients that Hypothesis draws, too; None for what pytest received.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        TypeError: ``optimizer`` is of another type.
        ValueError: ``skip`` names no check.

    Example:
        >>> from torchkeras_compat.optimizers import Adam
        >>> len(check_optimizer(Adam).failed)
        0
    """
    subject = OptimizerSubject(optimizer, arguments=arguments, custom_objects=custom_objects)
    return run_checks(subject, skip, hypothesis=hypothesis).raise_failures()


class OptimizerSubject:
    """An optimizer to check; see :func:`check_optimizer`."""

    kind = "optimizer"
    takes_custom_objects = True

    def __init__(
        self,
        optimizer: Any,
        *,
        arguments: Mapping[str, Any] | None = None,
        custom_objects: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name_of(optimizer)
        self.make = maker_of(optimizer, arguments, Optimizer)
        self.custom_objects = dict(custom_objects or {})

    def built(self) -> tuple[Any, list[torch.nn.Parameter]]:
        """A new optimizer and what it updates, the same values each time."""
        generator = torch.Generator().manual_seed(0)
        parameters = [torch.nn.Parameter(torch.randn(shape, generator=generator) + 3) for shape in SHAPES]
        optimizer = self.make()
        optimizer.build(parameters)
        return optimizer, parameters


def _loss(parameters: list[torch.nn.Parameter]) -> torch.Tensor:
    return torch.stack([p.square().sum() for p in parameters]).sum()


def run(optimizer: Any, parameters: list[torch.nn.Parameter], steps: int) -> float:
    """Take steps on the sum of squares; return the last loss."""
    loss = torch.zeros(())
    for _ in range(steps):
        optimizer.zero_grad()
        loss = _loss(parameters)
        loss.backward()
        optimizer.step()
    return loss.item()


@check("optimizer", "Subtract the update: `assign_sub(variable, learning_rate * ...)` in `update_step`.")
def descends(subject: OptimizerSubject) -> None:
    """Steps lower a sum of squares, and every parameter moves."""
    optimizer, parameters = subject.built()
    if not isinstance(optimizer, torch.optim.Optimizer):
        fail("the optimizer is no `torch.optim.Optimizer`", type(optimizer).__mro__)
    start, before = _loss(parameters).item(), [p.detach().clone() for p in parameters]
    run(optimizer, parameters, 20)
    end = _loss(parameters).item()
    if not end < start:
        fail("20 steps do not lower the loss", f"{start:.6g} before and {end:.6g} after")
    if any(torch.equal(p, b) for p, b in zip(parameters, before)):
        fail("a parameter did not move")


@check("optimizer", "Return every argument of the constructor from `get_config`, and hand the others to `super()`.")
def config(subject: OptimizerSubject) -> None:
    """`from_config` makes an equal optimizer from what `get_config` returned, through JSON."""
    optimizer, parameters = subject.built()
    again = copied_by_config(optimizer, subject.custom_objects)
    others = [torch.nn.Parameter(p.detach().clone()) for p in parameters]
    again.build(others)
    run(optimizer, parameters, 3)
    run(again, others, 3)
    check_equal("the copy takes other steps", others, parameters)


@check("optimizer", "Keep all state in variables of `add_variable_from_reference`, made in `build`.")
def state(subject: OptimizerSubject) -> None:
    """Training goes on alike from saved variables, from `state_dict`, and in a deep copy."""
    optimizer, parameters = subject.built()
    run(optimizer, parameters, 3)
    kept = [p.detach().clone() for p in parameters]
    store: dict[str, Any] = {}
    optimizer.save_own_variables(store)
    store = copy.deepcopy(store)
    torch_state = copy.deepcopy(optimizer.state_dict())
    twin, twin_parameters = copy.deepcopy((optimizer, parameters))
    run(optimizer, parameters, 3)
    run(twin, twin_parameters, 3)
    check_equal("a deep copy goes on in another way", twin_parameters, parameters)
    for what, load in (
        ("saved variables", lambda one: one.load_own_variables(store)),
        ("`state_dict`", lambda one: one.load_state_dict(torch_state)),
    ):
        again, others = subject.built()
        with torch.no_grad():
            for p, value in zip(others, kept):
                p.copy_(value)
        load(again)
        run(again, others, 3)
        check_equal(f"from {what}, training goes on in another way", others, parameters)


@check("optimizer", "Override `update_step` only: `step`, `update` and `apply` all lead there.")
def torch_steps(subject: OptimizerSubject) -> None:
    """`step()` on gradients of torch does what `apply` does with them."""
    optimizer, parameters = subject.built()
    other, others = subject.built()
    for _ in range(3):
        for one in (parameters, others):
            for p in one:
                p.grad = None
            _loss(one).backward()
        optimizer.step()
        other.apply([p.grad for p in others], others)
    check_equal("`apply` makes another update than `step`", others, parameters)


@check("optimizer", "Leave out parameters whose gradient is None; the base class does, unless `update` is overridden.")
def missing_gradients(subject: OptimizerSubject) -> None:
    """A parameter without a gradient stays as it is, and the others move."""
    optimizer, (first, second) = subject.built()
    before = first.detach().clone(), second.detach().clone()
    second.square().sum().backward()
    optimizer.step()
    if not torch.equal(first, before[0]):
        fail("a parameter without gradient was changed")
    if torch.equal(second, before[1]):
        fail("the parameter with a gradient did not move")


@check("optimizer", "Use the `learning_rate` that `update_step` gets; that of the constructor may have changed since.")
def learning_rate(subject: OptimizerSubject) -> None:
    """A learning rate that is set later counts from the next step on."""
    optimizer, parameters = subject.built()
    other, others = subject.built()
    other.learning_rate = float(other.learning_rate) / 2
    run(optimizer, parameters, 1)
    run(other, others, 1)
    if all(torch.equal(p, o) for p, o in zip(parameters, others)):
        fail("half the learning rate, set after `build`, makes the same step", float(other.learning_rate))


@check("optimizer", "Compute with tensors on the device of the variable, and read no value: `item` and `float` wait.")
def devices(subject: OptimizerSubject) -> None:
    """Steps work on every device that there is, mix none of them, and wait for none."""
    optimizer, parameters = subject.built()
    run(optimizer, parameters, 3)
    for kind in accelerators():
        with package_device(kind):
            other, others = subject.make(), [torch.nn.Parameter(p.detach().to(kind)) for p in subject.built()[1]]
            other.build(others)
            run(other, others, 3)
        check_equal(f"steps are others on {kind}", [p.cpu() for p in others], parameters)
    with stand_in_device() as kind:
        other, others = subject.make(), [torch.nn.Parameter(torch.empty(shape, device=kind)) for shape in SHAPES]
        other.build(others)
        for _ in range(2):
            for p in others:
                p.grad = torch.empty_like(p)
            other.step()


@check("optimizer", "Call `super()` in `build` and `finalize_variable_values`, and leave weights finite there.")
def training_run(subject: OptimizerSubject) -> None:
    """A model trains with it, by `compile` and `fit`, with finite losses and weights."""
    model = Sequential([Dense(2), Dense(1)])
    model.compile(subject.make(), loss="mse")
    x = torch.randn(8, 4)
    losses = model.fit(x, x.sum(-1, keepdim=True), epochs=2, batch_size=4, verbose=0).history["loss"]
    if not all(map(math.isfinite, losses)):
        fail("the loss is not finite", losses)
    for v in model.trainable_variables:
        check_finite(f"after training, {v.path!r}", v.value)


@check("optimizer", "Look at the example that is shown: these gradients are what Hypothesis reduced it to.", draws=True)
def any_gradients(subject: OptimizerSubject) -> None:
    """For parameters of any shape and any gradient, zero included, parameters stay finite."""

    def try_gradients(shape: tuple[int, ...], low: float, high: float) -> None:
        parameter = torch.nn.Parameter(torch.ones(shape))
        optimizer = subject.make()
        optimizer.build([parameter])
        for seed in range(2):
            parameter.grad = drawing.filler(low, high, seed)(torch.zeros(shape))
            optimizer.step()
        check_finite(f"for gradients of {low:g} to {high:g} and shape {shape}, the parameter", parameter.detach())

    drawing.for_all(
        try_gradients,
        shape=lambda st: st.lists(st.integers(0, 3), max_size=3).map(tuple),
        low=drawing.number,
        high=drawing.number,
    )
