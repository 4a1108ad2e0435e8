"""`Distiller`: a model that trains a student to give what its teacher gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.distillation.base import DistillationLoss
from torchkeras_compat.distillation.compatibility import check_models
from torchkeras_compat.distillation.features import Runner
from torchkeras_compat.kinds import VALUES
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import SelfTraining
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.models.model import Model
from torchkeras_compat.plugins.config_source import reading_config
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.training.jit import CompiledCall
from torchkeras_compat.user_warnings import warn_user

# What the arguments of the constructor in a config may be; all others are plain values.
_KINDS = {"teacher": ("layers",), "student": ("layers",), "distillation_losses": ("distillation_losses",)}


class Distiller(Model):
    """Trains a student on data and on what a frozen teacher makes of it; its outputs are those of the student.

    The loss is ``w * student_loss + (1 - w) * distillation_loss`` with ``w = student_loss_weight``, plus the losses
    that layers of the student add (regularizers), which Keras 3.15 leaves out. ``student_loss`` is the loss given to
    ``compile``, weighted by ``sample_weight``; ``distillation_loss`` is the weighted sum of the distillation losses.

    A step costs one pass of the teacher, without gradients and in inference mode, beside that of the student. Without
    weight, either part is not computed.

    Args:
        teacher: Trained model; the distiller freezes it.
        student: Model to train, with the inputs and outputs of the teacher.
        distillation_losses: A `DistillationLoss`, or a list of them.
        distillation_loss_weights: Factor of each distillation loss, in a list; None for 1. A single loss may have a
            single factor, too, which Keras 3.15 ignores.
        student_loss_weight: Fraction of the student's own loss, in [0, 1].
        name: Name.
        kwargs: Arguments of `Model`.

    Attributes:
        teacher: The teacher.
        student: The student.

    Raises:
        ValueError: a model, loss or weight is of the wrong type or number, or the models do not go together.

    Example:
        >>> from torchkeras_compat import layers, models
        >>> from torchkeras_compat.distillation import LogitsDistillation
        >>> teacher = models.Sequential([layers.Input((4,)), layers.Dense(64, "relu"), layers.Dense(3)])
        >>> student = models.Sequential([layers.Input((4,)), layers.Dense(3)])
        >>> distiller = Distiller(teacher, student, LogitsDistillation(temperature=2.0, loss="mse"))
        >>> distiller.compile("adam", loss="mse")
        >>> history = distiller.fit(torch.rand(8, 4), torch.rand(8, 3), verbose=0).history
        >>> sorted(history)
        ['distillation_loss', 'loss', 'student_loss', 'total_loss']

    Source: Keras API, distillation/Distiller.
    """

    _computes = False  # its models do, each by its own policy

    teacher: Model
    student: Model
    _teacher_runner: Runner
    _student_runner: Runner
    _checks_outputs: bool  # whether the next loss comes first, and its outputs are checked

    def __init__(
        self,
        teacher: Any,
        student: Any,
        distillation_losses: Any,
        distillation_loss_weights: Any = None,
        student_loss_weight: float = 0.5,
        name: str = "distiller",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        check_models(teacher, student)
        if isinstance(student_loss_weight, bool) or not isinstance(student_loss_weight, (int, float)):
            raise ValueError(f"student_loss_weight must be a number, got {type(student_loss_weight)}")
        if not 0.0 <= student_loss_weight <= 1.0:
            raise ValueError(f"student_loss_weight must be between 0.0 and 1.0, got {student_loss_weight}")
        self.distillation_losses = checked_losses(distillation_losses)
        self.distillation_loss_weights = checked_weights(distillation_loss_weights, len(self.distillation_losses))
        for loss in self.distillation_losses:
            loss.validate_model_compatibility(teacher, student)
        self.teacher = teacher
        self.student = student
        self.student_loss_weight = student_loss_weight
        self.student_loss_tracker = Mean(name="student_loss")
        self.distillation_loss_tracker = Mean(name="distillation_loss")
        self.total_loss_tracker = Mean(name="total_loss")
        teacher.trainable = False
        teacher.eval()
        self._make_runners()

    # -- running the two models ------------------------------------------------------------------------------------

    def _make_runners(self, jit: bool = False) -> None:
        state = self.__dict__
        for role, model in (("teacher", self.teacher), ("student", self.student)):
            names = [getattr(loss, f"{role}_layer_name", None) for loss in self.distillation_losses]
            wanted = [name for name in names if name is not None]
            # Not among the children: its layers are there once already.
            runner = state[f"_{role}_runner"] = Runner(model, wanted, CompiledCall if jit else None)
            state[f"_{role}_feature_extractor"] = runner.features.model if runner.features else None
        state["_checks_outputs"] = True

    def build(self, input_shape: Any = None) -> None:
        for model in (self.teacher, self.student):
            if not model.built:
                model.build(input_shape)

    def call(self, inputs: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """Compute the outputs of the student."""
        if training is not None and (training is not self.student.training or SelfTraining.exists):
            kwargs["training"] = training
        outputs, features = self._student_runner(inputs, **kwargs)
        if features:
            # On the outputs, so that the loss finds those of its batch, and they go when the outputs go. What is an
            # output itself stays away: a tensor that holds itself is never freed.
            leaves = tree.flatten(outputs)
            leaves[0]._distilled = {
                name: _OutputPlaces(leaves, x) if _is_among(x, leaves) else x for name, x in features.items()
            }
        return outputs

    def _features(self, runner: Runner, x: Any, outputs: Any) -> dict[str, Any]:
        """Return the features of the student that go with its outputs."""
        if runner.features is None:
            return {}
        leaves = tree.flatten(outputs)
        kept = leaves[0].__dict__.pop("_distilled", None)
        if kept is None:
            return runner(x)[1]
        return {name: value.find(leaves) if isinstance(value, _OutputPlaces) else value for name, value in kept.items()}

    def train(self, mode: bool = True) -> Any:
        """Put the student into training or inference mode; the teacher stays in inference mode."""
        super().train(mode)
        if "teacher" in self._modules:
            self.teacher.eval()
        return self

    @property
    def trainable(self) -> bool:
        """Whether training changes the student; the teacher stays frozen."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        Layer.trainable.fset(self, value)  # type: ignore[attr-defined]
        self.teacher.trainable = False

    # -- training --------------------------------------------------------------------------------------------------

    def compile(  # type: ignore[override]
        self, optimizer: Any = "adam", loss: Any = None, metrics: Any = None, **kwargs: Any
    ) -> None:
        """Say how the student learns.

        Args:
            optimizer: As for `Model`.
            loss: Loss of the student, as for `Model`; not None.
            metrics: Metrics of the student, as for `Model`.
            kwargs: Other arguments of `Model.compile`.

        Raises:
            ValueError: there is no loss, or an argument of `Model.compile` does not fit.
        """
        if loss is None:
            raise ValueError(
                "'loss' cannot be `None`. Give the loss of the student; with `student_loss_weight=0.0` it is not"
                " computed."
            )
        super().compile(optimizer=optimizer, loss=loss, metrics=metrics, **kwargs)
        compiled = self.__dict__["_compiled_call_impl"] is not None
        # The models are compiled one by one, so that features reach the loss.
        self.__dict__["_compiled_call_impl"] = None
        self._make_runners(jit=compiled)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> torch.Tensor:
        """Return the loss, and take its parts into the metrics.

        Args:
            x: Inputs.
            y: Targets; without any, the student's own loss is 0.
            y_pred: Outputs of the student.
            sample_weight: Weights of the samples in the student's own loss.
            training: Kept for Keras's signature: the teacher is in inference mode always.
        """
        weight = self.student_loss_weight
        own: Any = None
        if weight > 0.0 and y is not None:
            assert self._compile_spec is not None
            own = self._compile_spec.compute(y, y_pred, sample_weight)
        distilled = self._distillation_loss(x, y_pred) if weight < 1.0 and self.distillation_losses else None
        zero = tree.flatten(y_pred)[0].new_zeros(())
        own, distilled = (zero if value is None else value for value in (own, distilled))
        total = own if weight == 1.0 else distilled if weight == 0.0 else weight * own + (1.0 - weight) * distilled
        for loss in self.losses:
            total = total + loss
        self.student_loss_tracker._add_mean(own, 1)
        self.distillation_loss_tracker._add_mean(distilled, 1)
        self.total_loss_tracker._add_mean(total, 1)
        return total

    def _distillation_loss(self, x: Any, y_pred: Any) -> torch.Tensor:
        student = self._features(self._student_runner, x, y_pred)
        with torch.no_grad():
            is_unsure = self.teacher.training or SelfTraining.exists
            outputs, teacher = self._teacher_runner(x, **({"training": False} if is_unsure else {}))
        total: torch.Tensor | None = None
        for loss, weight in zip(self.distillation_losses, self.distillation_loss_weights, strict=True):
            pair = (
                teacher.get(getattr(loss, "teacher_layer_name", ""), outputs),
                student.get(getattr(loss, "student_layer_name", ""), y_pred),
            )
            if self._checks_outputs:
                loss.validate_outputs(*pair)
            value = loss.compute_loss(*pair)
            value = value if weight == 1.0 else weight * value
            total = value if total is None else total + value
        self.__dict__["_checks_outputs"] = False
        assert total is not None  # where there are no losses, nobody asks for their sum
        return total

    # -- files -----------------------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "teacher": serialize_keras_object(self.teacher),
            "student": serialize_keras_object(self.student),
            "distillation_losses": [serialize_keras_object(loss) for loss in self.distillation_losses],
            "distillation_loss_weights": list(self.distillation_loss_weights),
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Distiller:
        """Return a new distiller made from what ``get_config`` returned."""
        with custom_object_scope(custom_objects or {}), reading_config():
            return cls(**{k: deserialize_as(_KINDS.get(k, VALUES), v) for k, v in config.items()})

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the distiller from what :meth:`get_compile_config` returned.

        A file of Keras lacks the loss; the distiller stays uncompiled, with a warning.
        """
        if config and config.get("loss") is None:
            warn_user(
                f"The distiller '{self.name}' is not compiled: its file, written by Keras, does not hold the loss of"
                " the student. Call `compile(optimizer, loss=...)` to train it."
            )
        elif config:
            self._compile_again(config)

    def __getstate__(self) -> dict[str, Any]:
        made = ("_teacher_runner", "_student_runner", "_teacher_feature_extractor", "_student_feature_extractor")
        return {k: v for k, v in super().__getstate__().items() if k not in made}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._make_runners(jit=state.get("jit_compile", False))


class _OutputPlaces:
    """Says that features are outputs of the model, without holding these."""

    def __init__(self, leaves: list[Any], features: Any) -> None:
        self.places = tree.map_structure(lambda x: next(i for i, y in enumerate(leaves) if y is x), features)

    def find(self, leaves: list[Any]) -> Any:
        """Return the features among the outputs."""
        return tree.map_structure(lambda i: leaves[i], self.places)


def _is_among(features: Any, leaves: list[Any]) -> bool:
    return all(any(x is y for y in leaves) for x in tree.flatten(features))


def checked_losses(losses: Any) -> list[Any]:
    """Return distillation losses as a list.

    Raises:
        ValueError: there are none, or one is not a `DistillationLoss`.
    """
    if losses is None:
        raise ValueError(
            "'distillation_losses' cannot be `None`. Provide a distillation loss (e.g., LogitsDistillation or"
            " FeatureDistillation) or a list of distillation losses."
        )
    found = list(losses) if isinstance(losses, (list, tuple)) else [losses]
    for loss in found:
        if not isinstance(loss, DistillationLoss):
            raise ValueError(
                f"`distillation_losses` are objects of DistillationLoss. Received: {loss!r} of type {type(loss)}. Put a"
                " loss of Keras into LogitsDistillation(loss=...)."
            )
    return found


def checked_weights(weights: Any, number: int) -> list[float]:
    """Return the factor of each distillation loss.

    Raises:
        ValueError: their number differs from that of the losses, or one is not a number.
    """
    if weights is None:
        return [1.0] * number
    found: Sequence[Any] = list(weights) if isinstance(weights, (list, tuple)) else [weights]
    if len(found) != number:
        raise ValueError(
            f"Number of distillation_loss_weights ({len(found)}) must match number of distillation_losses ({number})"
        )
    for weight in found:
        if isinstance(weight, bool) or not isinstance(weight, (int, float)):
            raise ValueError(f"distillation_loss_weights are numbers. Received: {weight!r} of type {type(weight)}")
    return list(found)
