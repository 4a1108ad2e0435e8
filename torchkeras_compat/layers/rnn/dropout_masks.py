"""Dropout in recurrent cells: one mask of the inputs and one of the state for all steps of a sequence."""

from __future__ import annotations

import torch

from torchkeras_compat.random.dropouts import dropout


class DropoutMasks:
    """Part of a cell that draws dropout masks, and keeps them until they are reset.

    The cell has the attributes ``dropout`` and ``recurrent_dropout``, fractions in [0, 1], and may have
    ``dropout_mask_count``, the number of masks (one a gate; without it one for all gates), and ``seed`` and
    ``seed_generator``.

    Source: Gal and Ghahramani 2016, the same units dropped at every step.
    """

    def get_dropout_mask(self, step_input: torch.Tensor) -> torch.Tensor | list[torch.Tensor]:
        """Return the mask of the inputs of one step, or a list of them if ``dropout_mask_count`` is set."""
        return self._mask("_dropout_mask", step_input, getattr(self, "dropout", 0))

    def get_recurrent_dropout_mask(self, step_input: torch.Tensor) -> torch.Tensor | list[torch.Tensor]:
        """Return the mask of the state, or a list of them if ``dropout_mask_count`` is set."""
        return self._mask("_recurrent_dropout_mask", step_input, getattr(self, "recurrent_dropout", 0))

    def reset_dropout_mask(self) -> None:
        """Forget the mask of the inputs; the layer does so before each sequence."""
        self.__dict__["_dropout_mask"] = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Forget the mask of the state; the layer does so before each sequence."""
        self.__dict__["_recurrent_dropout_mask"] = None

    def _mask(self, key: str, like: torch.Tensor, rate: float) -> torch.Tensor | list[torch.Tensor]:
        kept: torch.Tensor | list[torch.Tensor] | None = self.__dict__.get(key)
        if kept is None:
            ones = torch.ones_like(like)
            seed = None if getattr(self, "seed", None) is None else getattr(self, "seed_generator", None)
            count = self.__dict__.get("dropout_mask_count")
            if count is None:
                kept = dropout(ones, rate, seed=seed)
            else:
                kept = [dropout(ones, rate, seed=seed) for _ in range(count)]
            self.__dict__[key] = kept
        return kept
