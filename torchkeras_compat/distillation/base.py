"""`DistillationLoss`: how far a student is from its teacher."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.overrides import CheckedConstructors


class DistillationLoss(CheckedConstructors):
    """Base class of distillation losses; subclasses define ``compute_loss``.

    A subclass with ``get_config`` can be stored in files. One with attributes ``teacher_layer_name`` and
    ``student_layer_name`` is given the outputs of these layers.

    Example:
        >>> class Distance(DistillationLoss):
        ...     def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        ...         return (teacher_outputs - student_outputs).abs().max()
        >>> Distance().compute_loss(torch.zeros(2), torch.ones(2))
        tensor(1.)

    Source: Keras API, distillation/DistillationLoss.
    """

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> torch.Tensor:
        """Return the loss, a scalar tensor.

        Args:
            teacher_outputs: Outputs of the teacher, or of one of its layers, in any nesting.
            student_outputs: Those of the student.
            kwargs: For subclasses.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define `compute_loss`. Subclasses must.")

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """Check, before the first loss, that the two go together: by default, that they are nested alike.

        Raises:
            ValueError: they do not.
        """
        tree.assert_same_structure(teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Check, when a `Distiller` is made, that the two models can be compared.

        Raises:
            ValueError: they cannot.
        """
