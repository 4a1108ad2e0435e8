"""Loss scaling that finds its factor while training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.optimizers.device_update import Guard, Plan
from torchkeras_compat.optimizers.options import OPTIONS
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variables import Variable


class LossScaleOptimizer(Optimizer):
    """An optimizer whose loss is scaled, so that gradients in float16 neither vanish nor overflow.

    The scale doubles after ``dynamic_growth_steps`` updates in a row whose gradients are all finite. When one is not,
    the update is left out and the scale is halved. On an accelerator this happens there: the host waits for nothing. It
    counts an update that was left out until the news has come, so a schedule or a bias correction may run ahead by the
    steps that are on their way. The host waits for news of the step before where what is to be done depends on the
    count: where the inner optimizer accumulates gradients or averages weights; and it waits for the step itself with a
    `TorchOptimizer`.

    Adam, AdamW and SGD, on an accelerator, divide by the scale and skip within their fused kernel, which leaves the
    gradients in ``.grad`` divided. The other optimizers need a copy of one part of the weights and moments at a time.

    Args:
        inner_optimizer: Optimizer that makes the updates.
        initial_scale: First scale, positive.
        dynamic_growth_steps: Finite updates before the scale doubles, a positive int.
        name: Name.
        kwargs: Only ``dynamic=True``, of older Keras.

    Raises:
        ValueError: an option belongs to ``inner_optimizer``, or is out of range.
        TypeError: ``inner_optimizer`` is not an optimizer of this package.

    Example:
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> optimizer, v = LossScaleOptimizer(SGD(1.0), initial_scale=4.0), Variable([1.0])
        >>> _ = optimizer.apply([torch.tensor([2.0])], [v]); v.numpy()
        array([0.5], dtype=float32)
        >>> _ = optimizer.apply([torch.tensor([torch.inf])], [v]); v.numpy(), float(optimizer.dynamic_scale)
        (array([0.5], dtype=float32), 2.0)

    Source: Micikevicius et al. 2018, section 3.2; Keras API, optimizers/LossScaleOptimizer.
    """

    def __init__(
        self,
        inner_optimizer: Any,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        _check(inner_optimizer, initial_scale, dynamic_growth_steps, kwargs)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None
        super().__init__(0.0, name=name)
        # Those of the inner optimizer, so that torch's schedulers change what it computes with.
        self.defaults = inner_optimizer.defaults
        self.param_groups = inner_optimizer.param_groups

    # -- building --------------------------------------------------------------------------------------------------

    def build(self, variables: Sequence[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self.step_counter = self.add_variable((), dtype="int32", name="step_counter")
        self.dynamic_scale = self.add_variable((), dtype="float32", name="dynamic_scale")
        self.dynamic_scale.assign(self.initial_scale)
        self.inner_optimizer.build(variables)
        self.param_groups = self.inner_optimizer.param_groups
        self._news: list[tuple[torch.Tensor, torch.Event]] = []
        self._replayed: torch.Tensor | None = None  # what a replay of a graph writes: whether it updated
        self._overwriting: list[Any] = []

    def _follow(self, device: torch.device) -> None:
        super()._follow(device)
        self.inner_optimizer._follow(device)

    # -- updating --------------------------------------------------------------------------------------------------

    def _overwrite(self, gradients: list[Any]) -> None:
        """Keep gradients that become values until it is known whether all are finite."""
        self._overwriting = gradients

    def _advance(self, gradients: list[Any]) -> None:
        present = [g for g in gradients if g is not None]
        overwriting = [g for g in self._overwriting if g is not None]
        if not present and not overwriting:
            return
        device = (present or overwriting)[0].device
        if device != self.step_counter.device:
            self._follow(device)
        inner = self.inner_optimizer
        if device.type != "cpu" and inner._takes_back:
            self._advance_on_device(gradients)
            return
        scale = self.dynamic_scale.value
        finite = _are_finite(present + overwriting)
        self._opt_called = True
        if finite:
            unscaled = iter(torch._foreach_div(present, scale) if present else ())
            if self._overwriting:
                inner._overwrite(self._overwriting)
            inner._advance([None if g is None else next(unscaled) for g in gradients])
        self._rescale((~finite).float())

    def _advance_on_device(self, gradients: list[Any]) -> None:
        """Update, or leave everything as it is, as the device finds; count as if there was an update."""
        finite = self._perform(gradients, self._decide())
        self._count(gradients)
        self._await_news(finite.reshape(1))

    def _decide(self) -> Plan:
        inner = self.inner_optimizer
        self._hear_news(wait=inner._branches_on_count)
        return Plan(("scaled", self.dynamic_growth_steps), (), (inner._decide(),))

    def _count(self, gradients: Sequence[Any] | None = None) -> None:
        self.inner_optimizer._count(gradients)
        self._opt_called = True

    def _perform(self, gradients: list[Any], plan: Plan, guard: Guard | None = None) -> torch.Tensor:
        inner = self.inner_optimizer
        overwriting = [g for g in self._overwriting if g is not None]
        finite = _are_finite([g for g in gradients if g is not None] + overwriting)
        guard = Guard(finite, self.dynamic_scale.value)
        if overwriting:
            slots = inner._accumulated_gradients if inner.gradient_accumulation_steps else []
            touched = [t.detach() for v in (*self._overwritten, *slots) for t in v.parameters]
            before = [t.clone() for t in touched]
            inner._overwrite(self._overwriting)
            guard.restore(touched, before)
        inner._perform(gradients, plan.parts[0], guard)
        self._rescale(guard.skips)
        return finite

    def _await_news(self, finite: torch.Tensor) -> None:
        """Let the host hear which updates happened, once the device knows: a vector of bools."""
        if finite.device.type == "cpu":
            for flag in finite.tolist():
                if not flag:
                    self.inner_optimizer._take_back_count()
            return
        flags = torch.empty(finite.shape, dtype=torch.bool, pin_memory=finite.is_cuda, device="cpu")
        flags.copy_(finite, non_blocking=True)
        event = torch.Event(finite.device)
        event.record()
        self._news.append((flags, event))

    def _hear_news(self, wait: bool) -> None:
        """Take back the count of updates that turned out to be left out."""
        if self._replayed is not None:
            replayed, self._replayed = self._replayed, None
            self._await_news(replayed)
        while self._news:
            flags, event = self._news[0]
            if not event.query():
                if not wait:
                    return
                event.synchronize()
            del self._news[0]
            for flag in flags.tolist():
                if not flag:
                    self.inner_optimizer._take_back_count()

    def _rescale(self, skips: torch.Tensor) -> None:
        """Adapt the scale; ``skips`` is 1.0 if the update was left out."""
        counter = self.step_counter.value
        counter.clamp_(max=self.dynamic_growth_steps - 1)  # the kernel compares for equality
        torch._amp_update_scale_(self.dynamic_scale.value, counter, skips, 2.0, 0.5, self.dynamic_growth_steps)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        self.inner_optimizer.update_step(gradient, variable, learning_rate)

    def check_finite(self, grads: Sequence[Any]) -> torch.Tensor:
        """Return whether all elements of gradients are finite, a tensor of one bool.

        Args:
            grads: Gradients; None where there is none.
        """
        checks = [torch.isfinite(torch.as_tensor(g)).all() for g in grads if g is not None]
        return torch.stack(checks).all() if checks else torch.tensor(True)

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss times the scale."""
        scale = self.dynamic_scale.value if self.built else self.initial_scale
        if isinstance(loss, torch.Tensor) and isinstance(scale, torch.Tensor):
            scale = scale.to(loss.device)
        return loss * scale

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        self.inner_optimizer.finalize_variable_values(var_list)

    # -- what belongs to the inner optimizer -----------------------------------------------------------------------

    @property
    def learning_rate(self) -> Any:
        """The learning rate of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """The number of updates that the inner optimizer made."""
        if self.built:
            self._hear_news(wait=True)
        return self.inner_optimizer.iterations

    @iterations.setter
    def iterations(self, value: Any) -> None:
        self.inner_optimizer.iterations = value

    @property
    def variables(self) -> list[Variable]:
        """Own variables, then those of the inner optimizer."""
        if self.built:
            self._hear_news(wait=True)
        return [*super().variables, *self.inner_optimizer.variables]

    def state_dict(self) -> dict[str, Any]:
        if self.built:
            self._hear_news(wait=True)
        return {**super().state_dict(), "inner": self.inner_optimizer.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        state_dict = dict(state_dict)
        self.inner_optimizer.load_state_dict(state_dict.pop("inner"))
        super().load_state_dict(state_dict)
        self.param_groups = self.inner_optimizer.param_groups

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> LossScaleOptimizer:
        """Return a new optimizer made from what ``get_config`` returned, or a config of older Keras."""
        config = {k: v for k, v in config.items() if k not in OPTIONS}
        inner = config.pop("inner_optimizer")
        inner = deserialize_as("optimizers", inner, custom_objects) if isinstance(inner, dict) else inner
        return cls(inner, **config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, inner_optimizer={self.inner_optimizer!r}>"


def _are_finite(gradients: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return whether all elements are finite, a tensor of one bool on the device of the first gradient."""
    gradients = [g for g in gradients if g.numel()] or [torch.zeros((), device=gradients[0].device)]
    largest = list(torch._foreach_norm(gradients, math.inf))
    first = largest[0]
    if any(n.device != first.device or n.dtype != first.dtype for n in largest):
        largest = [n.to(first.device, torch.float32) for n in largest]
    finite = torch.stack(largest).amax() < math.inf
    return finite.full_tensor() if hasattr(finite, "full_tensor") else finite  # of all parts of sharded gradients


def _check(inner: Any, initial_scale: float, growth_steps: int, options: dict[str, Any]) -> None:
    if not isinstance(inner, Optimizer):
        raise TypeError(
            "`inner_optimizer` must be an optimizer of this package. Received: "
            f"{inner!r}. For one of torch.optim, use torch.amp.GradScaler in a hand-written loop."
        )
    if isinstance(inner, LossScaleOptimizer):
        raise TypeError("`inner_optimizer` scales the loss already. Pass the optimizer that it holds.")
    if not options.pop("dynamic", True):
        raise ValueError(
            "LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set `loss_scale_factor` directly on"
            " the `inner_optimizer`."
        )
    for name in OPTIONS:
        if name in options:
            raise ValueError(
                f"LossScaleOptimizer does not support `{name}`. Instead, set `{name}` on the `inner_optimizer`."
            )
    if options:
        names = ", ".join(f"`{name}`" for name in options)
        raise ValueError(f"LossScaleOptimizer does not support arguments: {names}.")
    if not initial_scale > 0:
        raise ValueError(f"`initial_scale` must be positive. Received: initial_scale={initial_scale}")
    if not growth_steps > 0:
        raise ValueError(f"`dynamic_growth_steps` must be positive. Received: dynamic_growth_steps={growth_steps}")
