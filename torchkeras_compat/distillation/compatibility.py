"""Whether a teacher and a student go together."""

from __future__ import annotations

from typing import Any

from torchkeras_compat import tree
from torchkeras_compat.distillation.features import graph_of
from torchkeras_compat.models.model import Model


def check_models(teacher: Any, student: Any) -> None:
    """Refuse models whose inputs or outputs differ, where both are known.

    Raises:
        ValueError: one is not a model, or numbers, shapes or dtypes differ.
    """
    for role, model in (("Teacher", teacher), ("Student", student)):
        if not isinstance(model, Model):
            raise ValueError(
                f"{role} must be a keras.Model, got {type(model)}. Put a plain torch module or a layer into a"
                " `Sequential`."
            )
    first, second = graph_of(teacher), graph_of(student)
    if first is not None and second is not None:
        _check_alike("input", first._inputs_struct, second._inputs_struct)
        _check_alike("output", first._outputs_struct, second._outputs_struct)


def _check_alike(what: str, teacher: Any, student: Any) -> None:
    tensors = tree.flatten(teacher), tree.flatten(student)
    if len(tensors[0]) != len(tensors[1]):
        raise ValueError(
            f"Teacher and student have different numbers of {what}s. Teacher: {len(tensors[0])}, Student:"
            f" {len(tensors[1])}."
        )
    for a, b in zip(*tensors, strict=True):
        fits = len(a.shape) == len(b.shape) and all(
            m == n for m, n in zip(a.shape, b.shape, strict=True) if m is not None and n is not None
        )
        if not fits:
            raise ValueError(
                f"Teacher and student {what} shapes are incompatible. Teacher: {tuple(a.shape)}, Student:"
                f" {tuple(b.shape)}. All dimensions must match."
            )
        if what == "output" and a.dtype != b.dtype:
            raise ValueError(
                f"Teacher and student output dtypes must match. Teacher: {a.dtype}, Student: {b.dtype}. Give the last"
                " layer of both the same `dtype`."
            )
