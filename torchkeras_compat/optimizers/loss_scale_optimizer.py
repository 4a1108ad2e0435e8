"""Loss scaling that finds its factor while training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.optimizers.options import OPTIONS
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variables import Variable


class LossScaleOptimizer(Optimizer):
    """An optimizer whose loss is scaled, so that gradients in float16 neither vanish nor overflow.

    The scale doubles after ``dynamic_growth_steps`` updates in a row whose gradients are all finite. When one is not,
    the update is left out and the scale is halved. On an accelerator this happens there: the host waits for nothing. It
    counts an update that was left out until the news has come, so a schedule or a bias correction may run ahead by the
    steps that are on their way. Only for a `TorchOptimizer`, which cannot take an update back, the host waits.

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
            for variable in (self.step_counter, self.dynamic_scale):
                variable._put(0, variable.value.to(device))
        scale = self.dynamic_scale.value
        largest = [n.to(device, torch.float32) for n in torch._foreach_norm(present + overwriting, math.inf)]
        finite = torch.isfinite(torch.stack(largest)).all()
        unscaled = iter(torch._foreach_div(present, scale) if present else ())
        gradients = [None if g is None else next(unscaled) for g in gradients]
        if device.type != "cpu" and self.inner_optimizer._takes_back:
            self._advance_if(finite, gradients)
        elif finite:
            self._advance_inner(gradients)
        self._rescale(finite)
        self._opt_called = True

    def _advance_inner(self, gradients: list[Any]) -> None:
        if self._overwriting:
            self.inner_optimizer._overwrite(self._overwriting)
        self.inner_optimizer._advance(gradients)

    def _advance_if(self, finite: torch.Tensor, gradients: list[Any]) -> None:
        """Let the inner optimizer update, and take everything back on the device where a gradient is not finite."""
        self._hear_news(wait=False)
        touched = [
            *(t for v in self._trainable_variables for t in v.parameters),
            *self.inner_optimizer._state_tensors(),
        ]
        before = [t.detach().clone() for t in touched]
        self._advance_inner(gradients)
        for now, old in zip(touched, before, strict=True):
            now.copy_(torch.where(finite, now, old))
        flag = torch.empty((), dtype=torch.bool, pin_memory=finite.is_cuda)
        flag.copy_(finite, non_blocking=True)
        event = torch.Event(finite.device)
        event.record()
        self._news.append((flag, event))

    def _hear_news(self, wait: bool) -> None:
        """Take back the count of updates that turned out to be left out."""
        while self._news:
            flag, event = self._news[0]
            if not event.query():
                if not wait:
                    return
                event.synchronize()
            del self._news[0]
            if not flag:
                self.inner_optimizer._take_back_count()

    def _rescale(self, finite: torch.Tensor) -> None:
        counter, scale = self.step_counter.value, self.dynamic_scale.value
        is_due = counter + 1 >= self.dynamic_growth_steps
        grown = torch.where(is_due, scale * 2.0, scale)
        scale.copy_(torch.where(finite, grown, scale * 0.5))
        counter.copy_(torch.where(finite & ~is_due, counter + 1, torch.zeros_like(counter)))

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
