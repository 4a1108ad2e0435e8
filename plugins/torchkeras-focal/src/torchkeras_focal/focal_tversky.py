"""Focal Tversky loss."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses import Loss


class FocalTversky(Loss):
    """``(1 - TI) ** gamma`` with the Tversky index ``TI = TP / (TP + alpha * FN + beta * FP)``, class by class.

    The sums run over the batch, so a class counts alike whether it is rare or not. ``gamma`` below 1 raises the
    gradient of classes that are nearly learnt, above 1 that of those which are not.

    Args:
        alpha: Weight of false negatives, not negative.
        beta: Weight of false positives, not negative.
        gamma: The focus, positive.
        final_gamma: The focus in the last epoch; :class:`GammaAnnealing` moves it there. None to keep ``gamma``.
        smooth: Added above and below, so that a class that does not occur costs nothing.
        name: Of the loss in logs.

    Shapes:
        ``y_true`` and ``y_pred``: ``(batch, ..., classes)``, probabilities; the loss has shape ``(classes,)``, before
        the reduction.

    Raises:
        ValueError: ``alpha`` or ``beta`` is negative, ``gamma``, ``final_gamma`` or ``smooth`` is not positive.

    Example:
        >>> FocalTversky()(torch.tensor([[0.0], [1.0]]), torch.tensor([[0.0], [1.0]])).item()
        0.0

    Source: Abraham and Khan 2018, "A novel focal Tversky loss function with improved attention U-Net", eq. 4, where the
    exponent is written ``1 / gamma``.
    """

    def __init__(
        self,
        alpha: float = 0.7,
        beta: float = 0.3,
        gamma: float = 0.75,
        final_gamma: float | None = None,
        smooth: float = 1e-6,
        name: str = "focal_tversky",
        **kwargs: Any,
    ) -> None:
        if alpha < 0 or beta < 0:
            raise ValueError(f"`alpha` and `beta` must not be negative. Received: alpha={alpha}, beta={beta}")
        for argument, value in (("gamma", gamma), ("final_gamma", final_gamma), ("smooth", smooth)):
            if value is not None and value <= 0:
                raise ValueError(f"`{argument}` must be positive. Received: {argument}={value}")
        super().__init__(name=name, **kwargs)
        self.alpha = alpha
        self.beta = beta
        self.gamma = gamma
        self.final_gamma = final_gamma
        self.smooth = smooth

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Return the loss of each class."""
        y_true = torch.as_tensor(y_true, dtype=y_pred.dtype, device=y_pred.device)
        samples = tuple(range(y_pred.ndim - 1))
        hits = (y_true * y_pred).sum(samples)
        misses = (y_true * (1 - y_pred)).sum(samples)
        false_alarms = ((1 - y_true) * y_pred).sum(samples)
        index = (hits + self.smooth) / (hits + self.alpha * misses + self.beta * false_alarms + self.smooth)
        # a power below 1 has no finite slope at 0
        return (1 - index).clamp_min(torch.finfo(index.dtype).eps).pow(self.gamma) * (index < 1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        own = {key: getattr(self, key) for key in ("alpha", "beta", "gamma", "final_gamma", "smooth")}
        return {**super().get_config(), **own}
