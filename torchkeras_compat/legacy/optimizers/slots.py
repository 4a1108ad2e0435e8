"""What optimizers of Keras 2 have beside today's: ``decay``, and slots by their old names and in their old order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.optimizers.base import HostNumbers, Optimizer, Tensors
from torchkeras_compat.optimizers.state import as_variable
from torchkeras_compat.variables import Variable

_OPTIONS = ("clipnorm", "clipvalue", "global_clipnorm", "lr", "decay", "loss_scale_factor")


class OptimizerV2(Optimizer):
    """Base of the optimizers of Keras 2: the rate of update ``t``, from 0, is ``learning_rate / (1 + decay * t)``.

    ``learning_rate`` stays what it was set to, so that it can be read and set while the decay goes on.

    Attributes:
        decay: The decay.
        _slot_names: Name of each slot in Keras 2 -> its name here.
    """

    decay: float = 0.0
    _clipvalue_after_norm: float | None = None
    _slot_names: dict[str, str] = {}

    def _take_options(self, learning_rate: Any, kwargs: dict[str, Any]) -> Any:
        """Check the arguments that all of them have, keep the decay, and return the learning rate."""
        unknown = [name for name in kwargs if name not in _OPTIONS]
        if unknown:
            raise TypeError(
                f"Unexpected arguments of {type(self).__name__}: {unknown}. Beside its own it has {list(_OPTIONS)}."
            )
        norms = [kwargs[name] for name in ("clipnorm", "global_clipnorm") if kwargs.get(name) is not None]
        if norms and kwargs.get("clipvalue") is not None:  # one after the other, which today's optimizers do not do
            self._clipvalue_after_norm = float(kwargs.pop("clipvalue"))
        decay = kwargs.pop("decay", 0.0)
        if decay is None or isinstance(decay, bool) or float(decay) < 0.0:
            raise ValueError(f"`decay` is a number that is not negative. Received: decay={decay!r}")
        self.decay = float(decay)
        return kwargs.pop("lr", learning_rate)

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        return super()._numbers(rate / (1.0 + self.decay * (step - 1)), step)

    def _clip_gradients(self, grads: Sequence[Any], present: list[int] | None = None) -> Tensors:
        clipped: Tensors = super()._clip_gradients(grads, present)
        limit = self._clipvalue_after_norm
        return clipped if limit is None else [g.clamp(-limit, limit) for g in clipped]

    # -- slots -------------------------------------------------------------------------------------------------------

    def get_slot_names(self) -> list[str]:
        """Return the names of the slots that each variable has: ``["m", "v"]``."""
        present = {name for group in self._slots for name in group}
        return [old for old, name in self._slot_names.items() if name in present]

    def get_slot(self, var: Any, slot_name: str) -> Variable:
        """Return a slot of a variable, in its shape.

        Args:
            var: Variable or parameter that the optimizer was built with.
            slot_name: Name: ``"m"``.

        Raises:
            KeyError: there is no such variable or slot.
        """
        if slot_name not in self.get_slot_names():
            raise KeyError(f"{type(self).__name__} has the slots {self.get_slot_names()}. Received: {slot_name!r}")
        wanted = as_variable(var).parameters[0]
        for i, variable in enumerate(self._trainable_variables):
            if variable.parameters[0] is wanted:
                return self._slots_of(slot_name)[i]
        raise KeyError(f"The optimizer was not built with {getattr(var, 'name', 'this parameter')!r}.")

    def _slots_of(self, slot_name: str) -> list[Variable]:
        """Return a slot of all variables; they were made group by group, variable by variable."""
        number, start = len(self._trainable_variables), 0
        for group in self._slots:
            if self._slot_names[slot_name] in group:
                first = start + group.index(self._slot_names[slot_name])
                return self._tracked[first : start + number * len(group) : len(group)]
            start += number * len(group)
        return []

    @property
    def weights(self) -> list[Variable]:
        """Number of updates, then each slot of all variables: the order of Keras 2's files."""
        found: list[Variable] = [self.iterations, *self._unattached]
        for name in self.get_slot_names() if self.built else ():
            found.extend(self._slots_of(name))
        return found

    def get_weights(self) -> list[np.ndarray]:
        """Return the values of :attr:`weights`."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the values of :attr:`weights`.

        Args:
            weights: Arrays, in the order of :meth:`get_weights`.

        Raises:
            ValueError: the optimizer is not built, or the number or a shape differs.
        """
        own = self.weights
        if not self.built or len(own) != len(weights):
            raise ValueError(
                f"Optimizer '{self.name}' has {len(own)} weights{'' if self.built else ' before it is built'}."
                f" Received: {len(weights)}. Build it with `build(variables)`, and give what `get_weights` returned."
            )
        wrong = [v.name for v, w in zip(own, weights, strict=True) if tuple(v.shape) != tuple(np.shape(w))]
        if wrong:
            raise ValueError(f"The weights of optimizer '{self.name}' have other shapes at {wrong}.")
        for variable, value in zip(own, weights, strict=True):
            variable.assign(value)

    def apply_gradients(
        self, grads_and_vars: Any, name: str | None = None, experimental_aggregate_gradients: bool = True
    ) -> torch.Tensor:
        """Update variables from gradients.

        Args:
            grads_and_vars: Pairs of a gradient, or None, and a variable.
            name: Of the operation, which there is not.
            experimental_aggregate_gradients: Whether gradients of several replicas are summed: of the one there is.
        """
        pairs = list(grads_and_vars)
        return self.apply([g for g, _ in pairs], [v for _, v in pairs])

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        own = ("name", "learning_rate", "clipnorm", "clipvalue", "global_clipnorm")
        common = set(Optimizer.get_config(self))
        found = {k: v for k, v in config.items() if k in own or k not in common}
        if self.loss_scale_factor is not None:
            found["loss_scale_factor"] = self.loss_scale_factor
        if self._clipvalue_after_norm is not None:
            found["clipvalue"] = self._clipvalue_after_norm
        return {**found, "decay": self.decay}
