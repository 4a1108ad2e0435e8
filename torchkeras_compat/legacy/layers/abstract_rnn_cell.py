"""`AbstractRNNCell` of tf.keras: what cells of one's own were derived from."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.rnn.states import is_shape, state_shapes


class AbstractRNNCell(Layer):
    """Base of cells for `RNN`: ``call(inputs, states)`` returns the output of a step and the new states.

    A subclass defines ``call`` and ``state_size``, and ``output_size`` where it is not that of the first state.

    Args:
        kwargs: Arguments of `Layer`.

    Raises:
        NotImplementedError: ``call``, ``state_size`` or ``output_size`` is asked for and not defined.

    Example:
        >>> class Sum(AbstractRNNCell):
        ...     state_size = output_size = 2
        ...     def call(self, inputs, states):
        ...         total = states[0] + inputs
        ...         return total, [total]
        >>> from torchkeras_compat.layers import RNN
        >>> RNN(Sum())(torch.ones(1, 3, 2)).tolist()
        [[3.0, 3.0]]

    Source: TensorFlow 2.15 API, keras/layers/AbstractRNNCell.
    """

    def call(self, inputs: torch.Tensor, states: Any) -> Any:
        """Return the output of a step and the new states; every subclass defines it.

        Args:
            inputs: ``(batch, features)``.
            states: The states, in the nesting of ``state_size``.
        """
        raise NotImplementedError(f"{type(self).__name__} must define `call(self, inputs, states)`.")

    @property
    def state_size(self) -> Any:
        """Size of each state: an int, or a list of them."""
        raise NotImplementedError(f"{type(self).__name__} must define `state_size`.")

    @property
    def output_size(self) -> Any:
        """Size of the output."""
        raise NotImplementedError(f"{type(self).__name__} must define `output_size`.")

    def get_initial_state(self, inputs: Any = None, batch_size: int | None = None, dtype: Any = None) -> Any:
        """Return zeros for each state.

        Args:
            inputs: Sequences or a step, whose batch size and dtype are taken; None to say them.
            batch_size: Number of sequences.
            dtype: Dtype of the states; None for the compute dtype.

        Raises:
            ValueError: there are neither inputs nor a batch size.
        """
        if inputs is not None:
            batch_size, dtype = inputs.shape[0], inputs.dtype
        if batch_size is None:
            raise ValueError(f"The initial state of '{self.name}' needs `inputs` or `batch_size`. Received neither.")
        found = to_torch_dtype(dtype if dtype is not None else self.compute_dtype)
        device = next((p.device for p in self.parameters()), None) if inputs is None else inputs.device
        sizes = self.state_size
        listed = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
        zeros = pytree.tree_map(
            lambda shape: torch.zeros(shape, dtype=found, device=device),
            state_shapes(listed, batch_size),
            is_leaf=is_shape,
        )
        return list(zeros) if isinstance(sizes, (list, tuple)) else zeros[0]
