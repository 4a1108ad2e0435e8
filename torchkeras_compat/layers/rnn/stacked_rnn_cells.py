"""`StackedRNNCells`: cells on top of each other, as one cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.overrides import overridable
from torchkeras_compat.serialization import serialize_keras_object


class StackedRNNCells(Layer):
    """Several cells as one: each gets the output of the one below.

    Args:
        cells: Cells, the lowest first, as `RNN` takes them.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: a cell has no ``call`` or no ``state_size``.

    Example:
        >>> cell = StackedRNNCells([keras.layers.LSTMCell(3), keras.layers.GRUCell(2)])
        >>> cell.state_size, cell.output_size
        ([[3, 3], 2], 2)

    Source: Keras API, layers/StackedRNNCells.
    """

    _takes_integers = False

    def __init__(self, cells: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for cell in cells:
            if not hasattr(cell, "call"):
                raise ValueError(f"All cells must have a `call` method. Received cell without a `call`: {cell!r}")
            if not hasattr(cell, "state_size"):
                raise ValueError(
                    f"All cells must have a `state_size` attribute. Received cell without a `state_size`: {cell!r}"
                )
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The state sizes of the cells, the lowest first."""
        return [c.state_size for c in self.cells]

    @property
    def output_size(self) -> Any:
        """Size of the output of the topmost cell."""
        return _output_size(self.cells[-1])

    def build(self, input_shape: Sequence[int | None]) -> None:
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built and type(cell).build is not Layer.build:
                cell.build(input_shape)
            size = _output_size(cell)
            input_shape = (input_shape[0], *(size if isinstance(size, (list, tuple)) else (size,)))

    @overridable
    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Return a list of the first states of each cell.

        Args:
            batch_size: Number of sequences.
        """
        states: list[Any] = []
        for cell in self.cells:
            if hasattr(cell, "get_initial_state"):
                states.append(cell.get_initial_state(batch_size=batch_size))
                continue
            device = next((p.device for p in self.parameters()), None)
            sizes = cell.state_size if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]
            states.append(
                [torch.zeros(batch_size or 1, s, dtype=self._compute_torch_dtype, device=device) for s in sizes]
            )
        return states

    def call(self, inputs: torch.Tensor, states: Any, training: bool = False, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Compute one step of every cell.

        Args:
            inputs: ``(batch, ...)``.
            states: The states of each cell.
            training: Whether to apply dropout.
            kwargs: Handed to cells whose ``call`` takes them.
        """
        new_states = []
        for cell, state in zip(self.cells, states, strict=True):
            given = {k: v for k, v in {**kwargs, "training": training}.items() if _accepts(cell, k)}
            inputs, new = cell(inputs, _as_list(state), **given)
            new_states.append(_as_list(new))
        return inputs, new_states

    @property
    def runs_sequences(self) -> bool:
        """Whether :meth:`run` may stand for step after step of ``call``."""
        return type(self).call is StackedRNNCells.call and all(getattr(c, "runs_sequences", False) for c in self.cells)

    def uses_kernel(self, training: bool) -> bool:
        """Return whether :meth:`run` goes through torch's kernel in a cell."""
        return any(hasattr(c, "uses_kernel") and c.uses_kernel(training) for c in self.cells)

    def run(
        self,
        sequences: torch.Tensor,
        states: Any,
        mask: torch.Tensor | None,
        training: bool,
        is_fused: bool,
        wants_sequences: bool,
        wants_states: bool,
    ) -> tuple[torch.Tensor, list[Any]]:
        """Run whole sequences through one cell after the other; see `RecurrentCell.run`."""
        after = []
        for i, cell in enumerate(self.cells):
            start = None if states is None else _as_list(states[i])
            all_steps = wants_sequences or cell is not self.cells[-1]
            sequences, new = cell.run(sequences, start, mask, training, is_fused, all_steps, wants_states)
            after.append(new)
        return sequences, after

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cells": [serialize_keras_object(c) for c in self.cells]}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned."""
        config = dict(config)
        config["cells"] = [
            deserialize_as("layers", c, custom_objects) if isinstance(c, dict) else c for c in config["cells"]
        ]
        return cls(**config)


def _output_size(cell: Any) -> Any:
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size[0] if isinstance(cell.state_size, (list, tuple)) else cell.state_size
    return size


def _as_list(states: Any) -> list[Any]:
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _accepts(cell: Any, name: str) -> bool:
    return isinstance(cell, Layer) and name in cell._call_spec.known
