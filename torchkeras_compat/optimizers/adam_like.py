"""Arguments of the optimizers that keep two moments, as Adam does."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.optimizers.base import Optimizer


class AdamLike(Optimizer):
    """Base of Adamax, Nadam, Lamb and ScheduleFreeAdamW: ``beta_1``, ``beta_2`` and ``epsilon``."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        super().__init__(learning_rate, **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
