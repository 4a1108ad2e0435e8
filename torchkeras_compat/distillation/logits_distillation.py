"""`LogitsDistillation`: the student learns the outputs of its teacher."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.distillation.base import DistillationLoss
from torchkeras_compat.distillation.comparison import compare, deserialize_losses, get_losses, serialize_losses


class LogitsDistillation(DistillationLoss):
    """Distance of softened outputs: ``loss(teacher_outputs / temperature, student_outputs / temperature)``.

    As in Keras 3.15, no softmax is applied, and the result is not scaled by the squared temperature.

    Args:
        temperature: What outputs are divided by, a positive number.
        loss: Name, function, `Loss` or ``torch.nn`` loss; for several outputs, one for all (their mean) or several
            in the nesting of the outputs (their sum), with None for outputs that are left out.

    Raises:
        ValueError: ``temperature`` is not a positive number, or ``loss`` is unknown or holds only None.

    Example:
        >>> LogitsDistillation(temperature=2.0, loss="mse").compute_loss(torch.full((1, 3), 4.0), torch.zeros(1, 3))
        tensor(4.)

    Source: Keras API, distillation/LogitsDistillation. Hinton, Vinyals and Dean 2015 (arXiv:1503.02531).
    """

    def __init__(self, temperature: float = 3.0, loss: Any = "kl_divergence") -> None:
        if isinstance(temperature, bool) or not isinstance(temperature, (int, float)):
            raise ValueError(f"temperature must be a number, got {type(temperature)}")
        if not temperature > 0:
            raise ValueError(f"temperature must be positive. Received: temperature={temperature}")
        self.temperature = temperature
        self.loss = get_losses(loss)

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> torch.Tensor:
        soft = [tree.map_structure(lambda x: x / self.temperature, x) for x in (teacher_outputs, student_outputs)]
        return compare(self.loss, *soft)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"temperature": self.temperature, "loss": serialize_losses(self.loss)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LogitsDistillation:
        """Return a loss made from what ``get_config`` returned."""
        return cls(**{**config, "loss": deserialize_losses(config["loss"])})
