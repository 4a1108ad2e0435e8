"""``get_initial_state`` of recurrent layers and cells, as tf.keras had it: for the inputs, or for a batch size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.dialect import WITH_TENSORS
from torchkeras_compat.overrides import dialect_of
from torchkeras_compat.public_names import named


def get_initial_state(
    core: Callable[..., Any], self: Any, inputs: Any = None, batch_size: Any = None, dtype: Any = None
) -> Any:
    """Return the states from which sequences start.

    Args:
        core: The method of the core.
        self: The layer or cell.
        inputs: Sequences or a step, whose batch size and dtype are taken; Keras 3 has the batch size in its place.
        batch_size: Number of sequences.
        dtype: Dtype of the states; None for that of the inputs.

    Raises:
        ValueError: there are neither inputs nor a batch size.
    """
    if isinstance(inputs, int) and batch_size is None:
        inputs, batch_size = None, inputs
    if inputs is not None:
        batch_size = inputs.shape[0]
    if batch_size is None:
        raise ValueError(f"The initial state of '{self.name}' needs `inputs` or `batch_size`. Received neither.")
    states = core(self, int(batch_size))
    if dialect_of(self) not in WITH_TENSORS:
        return states
    as_tensors = named("dialects.tensorflow.tensor.wrap")(states)
    if dtype is None:
        return as_tensors
    to_type = named("dialects.tensorflow.dtypes.as_dtype")(dtype).torch_dtype
    return [wrapped.to(to_type) if isinstance(wrapped, torch.Tensor) else wrapped for wrapped in as_tensors]
