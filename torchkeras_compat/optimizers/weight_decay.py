"""Decoupled weight decay, and which weights it leaves out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.optimizers.averages import Averages
from torchkeras_compat.optimizers.state import as_variable
from torchkeras_compat.variables import Variable


class WeightDecay(Averages):
    """Mixin of `Optimizer`: ``w -= w * weight_decay * learning_rate`` before each update.

    Source: Loshchilov and Hutter 2019; Keras API, optimizers/Optimizer.
    """

    weight_decay: float | None

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave variables out of the weight decay.

        Args:
            var_list: Variables or parameters.
            var_names: Regular expressions that are searched in their names.

        Raises:
            ValueError: the optimizer is built already.
        """
        if self.built:
            raise ValueError("`exclude_from_weight_decay()` can only be configured before the optimizer is built.")
        chosen = {t for v in var_list or () for t in as_variable(v).parameters}
        self._excluded: tuple[set[torch.Tensor], list[str]] = (chosen, list(var_names or ()))

    def _use_weight_decay(self, variable: Any) -> bool:
        chosen, names = self._excluded
        variable = as_variable(variable)
        if any(t in chosen for t in variable.parameters):
            return False
        return not any(re.search(name, variable.name) for name in names)

    def _decay_option(self, variable: Variable) -> str:
        """Return the name of the attribute with the decay of a variable."""
        return "weight_decay"

    def _build_decay(self, variables: Sequence[Variable]) -> None:
        """Sort the parameters by the weight decay they get."""
        self._decay_options = [
            self._decay_option(v) if self._use_weight_decay(v) else "" for v in variables for _ in v.parameters
        ]
        self._decay_groups = self._grouped([t for v in variables for t in v.parameters], self._decay_options)

    def _grouped(self, tensors: list[torch.Tensor], options: list[str]) -> list[tuple[str, list[torch.Tensor]]]:
        return [
            (name, [t for t, option in zip(tensors, options, strict=True) if option == name])
            for name in dict.fromkeys(options)
            if name
        ]

    def _decay(self, tensors: list[torch.Tensor], present: list[int] | None, rate: float) -> None:
        """Apply the weight decay to the parameters that are about to be updated."""
        groups = self._decay_groups
        if present is not None:
            groups = self._grouped(tensors, [self._decay_options[i] for i in present])
        for option, chosen in groups:
            decay = getattr(self, option)
            if decay:
                torch._foreach_mul_(chosen, 1.0 - decay * rate)

    @torch.no_grad()
    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        """Apply the weight decay to variables, whether the optimizer is built or not."""
        for variable in map(as_variable, variables):
            decay = getattr(self, self._decay_option(variable))
            if decay and self._use_weight_decay(variable):
                torch._foreach_mul_(list(variable.parameters), 1.0 - decay * self._rate)
