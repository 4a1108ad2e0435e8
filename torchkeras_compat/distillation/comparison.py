"""Losses of Keras between the outputs of two models, in any nesting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from torchkeras_compat import tree
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.losses.base import Loss
from torchkeras_compat.losses.identifiers import get
from torchkeras_compat.serialization import serialize_keras_object


def get_losses(loss: Any) -> Any:
    """Return losses from names, functions, `Loss` objects and ``torch.nn`` losses, in the nesting given.

    Raises:
        ValueError: nothing has this name, or all are None.
    """
    found = tree.map_structure(get, loss)
    if all(leaf is None for leaf in tree.flatten(found)):
        raise ValueError(f"At least one loss must be non-`None`. Received: loss={loss!r}")
    return found


def serialize_losses(losses: Any) -> Any:
    """Return losses as files store them."""

    def serialize(loss: Any) -> Any:
        config = serialize_keras_object(loss)
        if isinstance(config, dict) and config["class_name"] == "function" and config["module"] == "keras.losses":
            return {**config, "module": "builtins"}  # in no other form does Keras read its own functions here
        return config

    return tree.map_structure(serialize, losses)


def deserialize_losses(config: Any) -> Any:
    """Return the losses that :func:`serialize_losses` described; names stay names."""
    return deserialize_as("losses", config)


def compare(losses: Any, teacher_outputs: Any, student_outputs: Any) -> torch.Tensor:
    """Return the sum of the losses, each between the outputs at its place.

    One loss for outputs in a list or dict is the mean over them.

    Raises:
        ValueError: the losses are nested otherwise than the outputs.
    """
    teacher, student = tree.flatten(teacher_outputs), tree.flatten(student_outputs)
    if not tree.is_nested(losses):
        values = [value_of(losses, *pair) for pair in zip(teacher, student, strict=True)]
        return values[0] if len(values) == 1 else sum(values[1:], values[0]) / len(values)
    try:
        tree.assert_same_structure(losses, student_outputs)
    except ValueError as error:
        raise ValueError(
            f"The losses of a distillation are nested otherwise than the outputs of the student: {error} Give one loss"
            " for all outputs, or losses nested as the outputs."
        ) from error
    parts = zip(tree.flatten(losses), teacher, student, strict=True)
    values = [value_of(loss, *pair) for loss, *pair in parts if loss is not None]
    return sum(values[1:], values[0])


def value_of(loss: Callable[..., torch.Tensor], teacher: torch.Tensor, student: torch.Tensor) -> torch.Tensor:
    """Return one loss, averaged over what it leaves unreduced.

    Raises:
        ValueError: the loss cannot compare tensors of these shapes.
    """
    try:
        # torch has the prediction first, Keras the target.
        is_torch = isinstance(loss, nn.Module) and not isinstance(loss, Loss)
        value = loss(student, teacher) if is_torch else loss(teacher, student)
    except (RuntimeError, ValueError) as error:
        if teacher.shape == student.shape:
            raise
        raise ValueError(
            f"The loss {getattr(loss, '__name__', type(loss).__name__)} cannot compare outputs of the teacher of shape"
            f" {tuple(teacher.shape)} with outputs of the student of shape {tuple(student.shape)}. Choose layers of"
            " equal width, or add a projection to the student."
        ) from error
    return value if value.ndim == 0 else value.mean()
