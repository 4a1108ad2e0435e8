"""Integer class labels as targets: their shape, and the error for those that are not a class."""

from __future__ import annotations

import torch

# A label of its own that torch's losses leave out: none, so the default -100 is out of range like any other.
NOTHING_IGNORED = torch.iinfo(torch.int64).min


def class_labels(y_true: torch.Tensor, y_pred: torch.Tensor, axis: int) -> torch.Tensor:
    """Return the labels in int64, of the shape of the predictions without the axis of the classes.

    Args:
        y_true: Integer class labels, of that shape already or with size one at ``axis`` or at the end.
        y_pred: Predictions.
        axis: Axis of the classes, not negative.

    Raises:
        ValueError: the shapes do not fit.
    """
    shape, classes_shape = y_true.shape, y_pred.shape
    if len(shape) == len(classes_shape):
        if shape[axis] == 1:
            y_true = y_true.squeeze(axis)
        elif shape[-1] == 1:
            y_true = y_true.squeeze(-1)
    if y_true.shape != classes_shape[:axis] + classes_shape[axis + 1 :]:
        raise ValueError(
            "Arguments `target` and `output` must have the same shape up to the axis of the classes. Received:"
            f" target.shape={tuple(shape)}, output.shape={tuple(classes_shape)}. Integer class labels have one axis"
            " less than the predictions; one-hot targets belong to a loss that is not sparse."
        )
    return y_true if y_true.dtype is torch.int64 else y_true.long()


def labels_error(labels: torch.Tensor, classes: int) -> ValueError | None:
    """Return the error that says which labels were received, or None if all are in ``[0, classes)``.

    Reads the labels, so it is for the moment after torch has refused them: nothing is checked on the way.
    """
    if not labels.numel():
        return None
    low, high = (int(x) for x in labels.aminmax())
    if 0 <= low and high < classes:
        return None
    return ValueError(
        f"Labels must be in [0, {classes}): the predictions have {classes} classes. Received labels from {low} to"
        f" {high}. Give the output one unit for each class, number the classes from 0, and mark labels that do not"
        " count with `ignore_class`."
    )


def binary_labels_error(labels: torch.Tensor) -> ValueError:
    """Return the error that says which labels were received where each should be in [0, 1].

    Reads the labels, so it is for the moment after torch has refused them.
    """
    low, high = (float(x) for x in labels.aminmax())
    return ValueError(
        f"Labels of a binary loss must be in [0, 1]. Received labels from {low:g} to {high:g}. For more than two"
        " classes give the output one unit for each class and use a categorical loss."
    )
