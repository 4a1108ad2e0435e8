"""`train_on_batch`, `test_on_batch`, `predict_on_batch`: one step on arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.data.class_weight import ClassWeights
from torchkeras_compat.data.text_rows import texts_for
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.layers.preprocessing.texts import StringArray
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.training.kept_metrics import UNDER_EVALUATION, keep_metrics
from torchkeras_compat.training.logs import numbers
from torchkeras_compat.training.make_ready import make_ready
from torchkeras_compat.training.run_steps import packed
from torchkeras_compat.training.step import runs_default_step
from torchkeras_compat.training.training_state import is_training

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


# Dtypes of arrays that torch takes as they are, in the byte order of the machine.
_AS_IN_TORCH = frozenset(map(np.dtype, "float16 float32 float64 int8 int16 int32 int64 uint8 bool".split()))


def train_on_batch(
    model: ModelWithSteps, x: Any, y: Any, sample_weight: Any, class_weight: dict[int, float] | None
) -> dict[str, Any]:
    """Train on one batch; return the logs."""
    x, y, sample_weight = _on_device(model, x, y, sample_weight)
    if class_weight is not None:
        if sample_weight is not None:
            raise ValueError("Arguments `sample_weight` and `class_weight` cannot be specified at the same time.")
        sample_weight = ClassWeights(class_weight)(y)
    if not runs_default_step(model, "train"):
        make_ready(model, x)
    trains = is_training(model)
    count_on = keep_metrics(model) if trains or id(model) in UNDER_EVALUATION else None
    try:
        model.reset_metrics()
        with switched(model, True, trains), torch.set_grad_enabled(True):
            return numbers(model.make_train_function()(packed((x, y, sample_weight))))
    finally:
        if count_on is not None:
            count_on()


def test_on_batch(model: ModelWithSteps, x: Any, y: Any, sample_weight: Any) -> dict[str, Any]:
    """Evaluate one batch; return the logs."""
    batch = _on_device(model, x, y, sample_weight)
    trains = is_training(model)
    count_on = keep_metrics(model) if trains or id(model) in UNDER_EVALUATION else None
    try:
        model.reset_metrics()
        with switched(model, False, trains), torch.set_grad_enabled(False):
            return numbers(model.make_test_function()(packed(batch)))
    finally:
        if count_on is not None:
            count_on()


def predict_on_batch(model: ModelWithSteps, x: Any) -> Any:
    """Return the outputs for one batch as NumPy arrays."""
    device = model._data_device()
    try:
        data = tree.map_structure(lambda a: convert_to_tensor(a).to(device) if hasattr(a, "shape") else a, x)
    except ValueError:
        data = _with_texts(model, x, lambda a: convert_to_tensor(a).to(device) if hasattr(a, "shape") else a)
    with switched(model, False, is_training(model)), torch.no_grad():
        return tree.map_structure(convert_to_numpy, model.make_predict_function()((data,)))


def _on_device(model: ModelWithSteps, *parts: Any) -> tuple[Any, ...]:
    """Return the parts of a batch as tensors where the model lies, floats in the default precision at most."""
    device = model._data_device()

    def to_device(a: Any) -> Any:
        if type(a) is np.ndarray and a.dtype in _AS_IN_TORCH and a.flags.carray:
            a = torch.from_numpy(a).to(device)
            return a.to(torch.get_default_dtype()) if a.dtype is torch.float64 else a
        if not hasattr(a, "shape") and not isinstance(a, (int, float)):
            return a
        a = convert_to_tensor(a).to(device)
        return a.to(torch.get_default_dtype()) if a.dtype is torch.float64 else a

    found: list[Any] = []
    for part in parts:
        is_leaf = part is None or isinstance(part, (np.ndarray, torch.Tensor))
        try:
            found.append(to_device(part) if is_leaf else tree.map_structure(to_device, part))
        except ValueError:
            if found:
                raise
            found.append(_with_texts(model, part, to_device))
    return tuple(found)


def _with_texts(model: ModelWithSteps, x: Any, to_device: Callable[[Any], Any]) -> Any:
    """Return inputs of which some are strings, which stay in arrays on the host."""
    return tree.map_structure(lambda a: a if isinstance(a, StringArray) else to_device(a), texts_for(model, x))
