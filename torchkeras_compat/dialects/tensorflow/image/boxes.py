"""Boxes in images: the best of those that overlap, and boxes drawn."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import integer, tensor
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_COLORS = (
    (1.0, 1.0, 0.0, 1.0),
    (0.0, 0.0, 1.0, 1.0),
    (1.0, 0.0, 0.0, 1.0),
    (0.0, 1.0, 0.0, 1.0),
    (0.5, 0.0, 0.5, 1.0),
    (0.5, 0.5, 0.0, 1.0),
    (0.5, 0.0, 0.0, 1.0),
    (0.0, 0.0, 0.5, 1.0),
    (0.0, 1.0, 1.0, 1.0),
    (1.0, 0.0, 1.0, 1.0),
)


def _overlaps(boxes: torch.Tensor) -> torch.Tensor:
    """``(boxes, boxes)``: common area divided by the area of both."""
    top, bottom = torch.minimum(boxes[:, 0], boxes[:, 2]), torch.maximum(boxes[:, 0], boxes[:, 2])
    left, right = torch.minimum(boxes[:, 1], boxes[:, 3]), torch.maximum(boxes[:, 1], boxes[:, 3])
    area = (bottom - top) * (right - left)
    height = torch.minimum(bottom[:, None], bottom) - torch.maximum(top[:, None], top)
    width = torch.minimum(right[:, None], right) - torch.maximum(left[:, None], left)
    common = height.clamp_min(0) * width.clamp_min(0)
    whole = area[:, None] + area - common
    usable = (area[:, None] > 0) & (area > 0)
    return torch.where(usable, common / torch.where(usable, whole, torch.ones_like(whole)), 0)


def _checked(boxes: Any, scores: Any) -> tuple[torch.Tensor, torch.Tensor]:
    places, marks = tensor(boxes), tensor(scores)
    if places.ndim != 2 or places.shape[1] != 4 or marks.ndim != 1 or len(places) != len(marks):
        raise InvalidArgumentError(
            f"`boxes` has shape (boxes, 4) and `scores` (boxes,). Received: {tuple(places.shape)}, {tuple(marks.shape)}"
        )
    return places, marks


def _kept(overlaps: torch.Tensor, scores: torch.Tensor, limit: int, overlap: float, threshold: float) -> list[int]:
    """The boxes that stay, the best first, each of which removes those that overlap it too much."""
    chosen: list[int] = []
    order = torch.sort(scores, descending=True, stable=True).indices.tolist()
    marks = scores.tolist()
    for i in order:
        if len(chosen) >= limit:
            break
        if marks[i] <= threshold or any(float(overlaps[i, j]) > overlap for j in chosen):
            continue
        chosen.append(i)
    return chosen


def _chosen_spec(*args: Any, **kwargs: Any) -> KerasTensor:
    return KerasTensor((None,), "int32")


def _padded_spec(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False,
    **kwargs: Any,
) -> tuple[KerasTensor, KerasTensor]:
    is_open = isinstance(max_output_size, KerasTensor) or not pad_to_max_output_size
    limit = None if is_open else integer(max_output_size, "max_output_size")
    return KerasTensor((limit,), "int32"), KerasTensor((), "int32")


def _scored_spec(boxes: Any, scores: Any, *args: Any, **kwargs: Any) -> tuple[KerasTensor, KerasTensor]:
    return KerasTensor((None,), "int32"), KerasTensor((None,), standardize_dtype(scores.dtype))


def _combined_spec(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> CombinedNonMaxSuppression:
    (batch, _, classes), dtype = static_shape(scores), standardize_dtype(scores.dtype)
    sizes = (max_output_size_per_class, max_total_size)
    size = None
    if not any(isinstance(x, KerasTensor) for x in sizes) and not (pad_per_class and classes is None):
        per_class, total = (integer(x, "size") for x in sizes)
        size = min(total, per_class * int(classes or 0)) if pad_per_class else total
    several = KerasTensor((batch, size, 4), dtype), KerasTensor((batch, size), dtype), KerasTensor((batch, size), dtype)
    return CombinedNonMaxSuppression(*several, KerasTensor((batch,), "int32"))


def _drawn_spec(images: Any, boxes: Any, colors: Any, name: str | None = None) -> KerasTensor:
    return KerasTensor(static_shape(images), standardize_dtype(images.dtype))


@tensor_function(spec=_chosen_spec)
def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> torch.Tensor:
    """Return the indices of the best boxes, int32, without those that overlap a better one.

    Args:
        boxes: ``(boxes, 4)``: two opposite corners, row before column.
        scores: ``(boxes,)``.
        max_output_size: Greatest number of boxes.
        iou_threshold: Common area divided by that of both, above which a box goes.
        score_threshold: Score up to which a box goes.
        name: Not used.

    Raises:
        InvalidArgumentError: shapes are not as above, or ``iou_threshold`` does not lie in ``[0, 1]``.
    """
    places, marks = _checked(boxes, scores)
    limit, overlap = integer(max_output_size, "max_output_size"), float(iou_threshold)
    if not 0 <= overlap <= 1:
        raise InvalidArgumentError(f"iou_threshold must be in [0, 1]. Received: {overlap}")
    chosen = _kept(_overlaps(places), marks, limit, overlap, float(score_threshold))
    return torch.tensor(chosen, dtype=torch.int32, device=places.device)


@tensor_function(spec=_chosen_spec)
def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> torch.Tensor:
    """Return :func:`non_max_suppression` of boxes of which only ``(boxes, boxes)`` overlaps are known."""
    matrix, marks = tensor(overlaps), tensor(scores)
    limit = integer(max_output_size, "max_output_size")
    chosen = _kept(matrix, marks, limit, float(overlap_threshold), float(score_threshold))
    return torch.tensor(chosen, dtype=torch.int32, device=marks.device)


@tensor_function(spec=_padded_spec)
def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False,
    name: str | None = None,
    sorted_input: bool = False,
    canonicalized_coordinates: bool = False,
    tile_size: int = 512,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the indices of the best boxes, filled up with 0 on demand, and how many there are.

    Raises:
        InvalidArgumentError: as in :func:`non_max_suppression`.
    """
    function: Any = non_max_suppression
    limit = integer(max_output_size, "max_output_size")
    chosen = function.__wrapped__(boxes, scores, limit, iou_threshold, score_threshold)
    count = torch.tensor(len(chosen), dtype=torch.int32, device="cpu")
    if pad_to_max_output_size:
        chosen = torch.cat([chosen, chosen.new_zeros(limit - len(chosen))])
    return chosen, count


@tensor_function(spec=_scored_spec)
def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the indices of the best boxes and their scores, which overlaps lower if ``soft_nms_sigma`` is positive.

    Raises:
        InvalidArgumentError: as in :func:`non_max_suppression`.

    Source: Bodla, Singh, Chellappa and Davis 2017.
    """
    places, marks = _checked(boxes, scores)
    overlaps = _overlaps(places).double()
    sigma, threshold = float(soft_nms_sigma), float(score_threshold)
    current = marks.double().clone()
    chosen: list[int] = []
    found: list[float] = []
    limit = integer(max_output_size, "max_output_size")
    hard = float(iou_threshold)
    while len(chosen) < limit and len(current):
        best = int(current.argmax())
        mark = float(current[best])
        if mark <= threshold or mark == float("-inf"):
            break
        chosen.append(best)
        found.append(mark)
        lowered = torch.exp(-0.5 * overlaps[best] ** 2 / sigma) if sigma > 0 else torch.ones_like(current)
        current = torch.where(overlaps[best] <= hard, current * lowered, -torch.inf)
        current[best] = -torch.inf
    return (
        torch.tensor(chosen, dtype=torch.int32, device=places.device),
        torch.tensor(found, dtype=marks.dtype, device=places.device),
    )


class CombinedNonMaxSuppression(NamedTuple):
    """Boxes of several classes that stay, and how many there are in each image."""

    nmsed_boxes: Any
    nmsed_scores: Any
    nmsed_classes: Any
    valid_detections: Any


@tensor_function(spec=_combined_spec)
def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> CombinedNonMaxSuppression:
    """Return the best boxes of each image, class by class without those that overlap a better one of the class.

    Args:
        boxes: ``(batch, boxes, classes, 4)``, or 1 in place of the classes.
        scores: ``(batch, boxes, classes)``.
        max_output_size_per_class: Greatest number of boxes of a class.
        max_total_size: Greatest number of boxes of an image.
        iou_threshold: As in :func:`non_max_suppression`.
        score_threshold: As in :func:`non_max_suppression`.
        pad_per_class: Whether the result has room for no more than all classes together.
        clip_boxes: Whether boxes are cut to ``[0, 1]``.
        name: Not used.

    Raises:
        InvalidArgumentError: shapes are not as above.
    """
    places, marks = tensor(boxes), tensor(scores)
    if places.ndim != 4 or marks.ndim != 3 or places.shape[:2] != marks.shape[:2] or places.shape[3] != 4:
        raise InvalidArgumentError(
            f"`boxes` has shape (batch, boxes, classes or 1, 4) and `scores` (batch, boxes, classes). Received:"
            f" {tuple(places.shape)} and {tuple(marks.shape)}"
        )
    per_class, total = integer(max_output_size_per_class, "size"), integer(max_total_size, "max_total_size")
    classes = marks.shape[2]
    size = min(total, per_class * classes) if pad_per_class else total
    batch = len(places)
    out = [places.new_zeros(batch, size, 4), marks.new_zeros(batch, size), marks.new_zeros(batch, size)]
    counts = torch.zeros(batch, dtype=torch.int32)
    for n in range(batch):
        found = []
        for c in range(classes):
            own = places[n, :, min(c, places.shape[2] - 1)]
            kept = _kept(_overlaps(own), marks[n, :, c], per_class, float(iou_threshold), float(score_threshold))
            found += [(float(marks[n, i, c]), c, own[i]) for i in kept]
        found.sort(key=lambda entry: -entry[0])
        for k, (mark, c, box) in enumerate(found[:size]):
            out[0][n, k] = box.clamp(0, 1) if clip_boxes else box
            out[1][n, k], out[2][n, k] = mark, c
        counts[n] = min(len(found), size)
    return CombinedNonMaxSuppression(out[0], out[1], out[2], counts)


@tensor_function(spec=_drawn_spec)
def draw_bounding_boxes(images: Any, boxes: Any, colors: Any, name: str | None = None) -> torch.Tensor:
    """Return images with boxes drawn on them, one pixel wide.

    Args:
        images: ``(batch, height, width, channels)``, floating point, of 1, 3 or 4 channels.
        boxes: ``(batch, boxes, 4)``: top, left, bottom and right in fractions of the image.
        colors: ``(colors, 4)``, used in turn; None for ten of TensorFlow's.
        name: Not used.

    Raises:
        InvalidArgumentError: shapes are not as above.
    """
    x, places = tensor(images), tensor(boxes)
    if x.ndim != 4 or places.ndim != 3 or places.shape[2] != 4 or len(places) != len(x):
        raise InvalidArgumentError(
            f"Images (batch, height, width, channels) and boxes (batch, boxes, 4) do not fit: {tuple(x.shape)} and"
            f" {tuple(places.shape)}"
        )
    given = None if colors is None else tensor(colors)
    palette = torch.tensor(_COLORS) if given is None or not given.numel() else given.float()
    if x.shape[3] == 1 and (given is None or not given.numel()):
        palette = torch.ones(1, 4)
    out = x.clone()
    rows, columns = x.shape[1] - 1, x.shape[2] - 1
    for n in range(len(x)):
        for k, box in enumerate(places[n].tolist()):
            color = palette[k % len(palette)][: x.shape[3]].to(x)
            top, left, bottom, right = (int(v * s) for v, s in zip(box, (rows, columns, rows, columns)))
            if (top >= bottom and left >= right) or top > rows or left > columns or bottom < 0 or right < 0:
                continue
            inner = slice(max(left, 0), min(right, columns) + 1), slice(max(top, 0), min(bottom, rows) + 1)
            for row in {top, bottom}:
                if 0 <= row <= rows:
                    out[n, row, inner[0]] = color
            for column in {left, right}:
                if 0 <= column <= columns:
                    out[n, inner[1], column] = color
    return out


@tensor_function
def draw_bounding_boxes_v1(images: Any, boxes: Any, name: str | None = None, colors: Any = None) -> torch.Tensor:
    """Return :func:`draw_bounding_boxes` with the arguments in the order of TensorFlow 1."""
    function: Any = draw_bounding_boxes
    found: torch.Tensor = function.__wrapped__(images, boxes, colors)
    return found
