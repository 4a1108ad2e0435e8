"""Logits corrected for the frequencies of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers import Layer


class LogitAdjustment(Layer):
    """``logits + tau * log(prior)`` in training, ``logits`` otherwise.

    The network learns what a class adds to its frequency; without the term, rare classes get their due when predicting.

    Args:
        priors: Frequency of each class, positive; scaled to sum to one.
        tau: Strength; 1 is the consistent one.

    Input shape:
        ``(batch, ..., classes)``, logits.
    Output shape:
        The same.

    Raises:
        ValueError: a prior is not positive; there are not as many classes as priors.

    Example:
        >>> layer = LogitAdjustment([0.9, 0.1])
        >>> layer(torch.zeros(1, 2)).tolist()
        [[0.0, 0.0]]

    Source: Menon et al. 2020, "Long-tail learning via logit adjustment", eq. 10.
    """

    def __init__(self, priors: Sequence[float], tau: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not priors or min(priors) <= 0:
            raise ValueError(f"`priors` must be positive frequencies, one for each class. Received: priors={priors!r}")
        self.priors = [float(prior) for prior in priors]
        self.tau = tau
        frequencies = torch.tensor(self.priors)
        self.register_buffer("shift", tau * torch.log(frequencies / frequencies.sum()), persistent=False)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Check the number of classes."""
        if input_shape[-1] != len(self.priors):
            raise ValueError(
                f"LogitAdjustment has {len(self.priors)} priors, but received logits of shape {tuple(input_shape)}. "
                "Give one prior for each class."
            )

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Return the logits, shifted in training."""
        return inputs + self.shift.to(inputs.dtype) if training else inputs

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the input."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "priors": self.priors, "tau": self.tau}
