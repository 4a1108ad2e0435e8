"""`FeatureDistillation`: the student learns what a layer of its teacher gives."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.distillation.base import DistillationLoss
from torchkeras_compat.distillation.comparison import compare, deserialize_losses, get_losses, serialize_losses
from torchkeras_compat.distillation.features import graph_of


class FeatureDistillation(DistillationLoss):
    """Distance of the outputs of two layers: ``loss(teacher_features, student_features)``.

    Args:
        loss: Name, function, `Loss` or ``torch.nn`` loss; nested as the outputs, where a layer has several.
        teacher_layer_name: Name of a layer of the teacher, which is a functional or sequential model then; None for
            the outputs of the model.
        student_layer_name: Name of a layer of the student, in the same way.

    Raises:
        ValueError: ``loss`` is unknown or holds only None.

    Example:
        >>> FeatureDistillation("mse", "encoder", "small_encoder").compute_loss(torch.ones(2, 4), torch.zeros(2, 4))
        tensor(1.)

    Source: Keras API, distillation/FeatureDistillation. Romero et al. 2015 (arXiv:1412.6550).
    """

    def __init__(
        self, loss: Any = "mse", teacher_layer_name: str | None = None, student_layer_name: str | None = None
    ) -> None:
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name
        self.loss = get_losses(loss)

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> torch.Tensor:
        return compare(self.loss, teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        for role, model, name in (
            ("teacher", teacher, self.teacher_layer_name),
            ("student", student, self.student_layer_name),
        ):
            if name is None:
                continue
            if graph_of(model) is None:
                raise ValueError(
                    "FeatureDistillation with specific layer names requires Functional or Sequential models. The"
                    f" {role} '{model.name}' (of type {type(model).__name__}) has no graph of layers"
                    f"{'' if model.built else ': it is not built'}. Leave out the layer names to distill the final"
                    " outputs, or use LogitsDistillation."
                )
            try:
                model.get_layer(name)
            except ValueError as error:
                raise ValueError(f"In {role} model: {error}") from error

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "loss": serialize_losses(self.loss),
            "teacher_layer_name": self.teacher_layer_name,
            "student_layer_name": self.student_layer_name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FeatureDistillation:
        """Return a loss made from what ``get_config`` returned."""
        return cls(**{**config, "loss": deserialize_losses(config["loss"])})
