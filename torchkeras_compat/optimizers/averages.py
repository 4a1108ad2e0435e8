"""The exponential moving average of the weights that ``use_ema=True`` keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.optimizers.state import OptimizerState
from torchkeras_compat.variables import Variable


class Averages(OptimizerState):
    """Mixin of `Optimizer`: ``a = ema_momentum * a + (1 - ema_momentum) * w`` after each step.

    The first average is the weight itself. Source: Polyak and Juditsky 1992; Keras API, optimizers/Optimizer.
    """

    use_ema: bool
    ema_momentum: Any
    ema_overwrite_frequency: int | None
    _tensors: list[torch.Tensor]

    def _build_averages(self, variables: Sequence[Variable]) -> None:
        """Make the averages of variables whose parameters are ``_tensors``."""
        self._averages_lie_in_the_model = False
        self._averages: list[torch.Tensor] = []
        self._model_variables_moving_average: list[Any] = []
        if not self.use_ema:
            return
        slots = {id(v): self.add_variable_from_reference(v, "average") for v in variables}
        self._model_variables_moving_average = [slots.get(id(v)) for v in self._trainable_variables]
        self._averages = [t for v in variables for t in slots[id(v)].parameters]

    def _update_averages(self) -> None:
        if not self._averages:
            return
        if self._updates == 0:
            torch._foreach_copy_(self._averages, self._tensors)
        else:
            torch._foreach_lerp_(self._averages, self._tensors, 1.0 - self.ema_momentum)
        every = self.ema_overwrite_frequency
        if every and (self._updates + 1) % every == 0:
            torch._foreach_copy_(self._tensors, self._averages)

    @torch.no_grad()
    def swap_averages(self) -> None:
        """Exchange the weights and their averages; a second call exchanges them back.

        Raises:
            ValueError: the optimizer keeps no averages, or is not built.
        """
        if not (self.use_ema and self.built):
            raise ValueError(
                f"Optimizer '{self.name}' has no averages of weights to swap. Construct it with `use_ema=True`, and"
                " build it."
            )
        weights = [t.clone() for t in self._tensors]
        torch._foreach_copy_(self._tensors, self._averages)
        torch._foreach_copy_(self._averages, weights)
        self._averages_lie_in_the_model = not self._averages_lie_in_the_model

    @torch.no_grad()
    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Set weights to their averages, if there are any: `fit` does so at its end.

        Args:
            var_list: Variables whose values are set; those the optimizer does not know are left as they are.
        """
        if not (self.use_ema and self.built):
            return
        wanted = {id(t) for v in var_list for t in (v.parameters if isinstance(v, Variable) else (v,))}
        pairs = [(t, a) for t, a in zip(self._tensors, self._averages, strict=True) if id(t) in wanted]
        if self._averages_lie_in_the_model:
            pairs = [(a, t) for t, a in pairs]
            self._averages_lie_in_the_model = False
        if pairs:
            torch._foreach_copy_([t for t, _ in pairs], [a for _, a in pairs])
