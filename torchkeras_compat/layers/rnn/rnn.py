"""`RNN`: a cell, step after step over sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.outside_graphs import takes_recurrent_kernels
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.layers.rnn.stacked_rnn_cells import StackedRNNCells
from torchkeras_compat.layers.rnn.states import check_states, copies_of, is_shape, is_single, state_shapes
from torchkeras_compat.layers.rnn.steps import run_cell
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.overrides import OVERRIDES, overridable
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variables import Variable


class RNN(Layer):
    """Runs a cell over the steps of sequences: ``output, states = cell(step, states)``.

    Where the cell is one of `LSTMCell`, `GRUCell` and `SimpleRNNCell` as torch's fused kernels compute it, or a list of
    such cells, the whole sequence goes through the kernel; any other cell is called once a step.

    Args:
        cell: Layer with ``call(inputs, states)`` that returns the output and the new states, and with ``state_size``
            (an int, or a list with an int for each state); also ``output_size`` if that is not the first state's, and
            ``get_initial_state(batch_size)`` if the states do not start at zero. Or a list of cells, stacked.
        return_sequences: Whether to return the output of every step, rather than of the last one.
        return_state: Whether to return the last states after the output.
        go_backwards: Whether to start at the last step; the outputs are in the order in which they were computed.
        stateful: Whether a call starts from the states in which the call before ended. The batch size must be known.
        unroll: Makes no difference: sequences run through a fused kernel or a plain loop.
        zero_output_for_mask: Whether the output of a masked step is zero, rather than that of the step before.
        kwargs: Arguments of `Layer`.

    Call arguments:
        sequences: ``(batch, steps, ...)``.
        initial_state: States to start from, in the nesting of ``state_size``.
        mask: ``(batch, steps)``; a step where it is False leaves the states as they are. Any pattern of gaps will do.
        training: Whether to apply dropout.

    Output shape:
        ``(batch, units)``, or ``(batch, steps, units)`` with ``return_sequences``; with ``return_state`` a tuple with
        the states behind it.

    Raises:
        ValueError: the cell has no ``call`` or no ``state_size``, the states do not fit the cell, or the batch size of
            a stateful layer is unknown or changed.

    Example:
        >>> RNN(keras.layers.LSTMCell(3), return_sequences=True)(torch.zeros(2, 5, 4)).shape
        torch.Size([2, 5, 3])

    Source: Keras API, layers/RNN.
    """

    _takes_integers = False
    _may_leave_graphs = True

    _states: Any  # variables in the nesting of `state_size`; None unless stateful
    _state_axis = -1  # the axis of states that has the sizes in `state_size`
    _allows_fused: bool  # whether torch's fused kernels may compute the sequences

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "call"):
            raise ValueError(f"Argument `cell` should have a `call` method. Received: cell={cell!r}")
        if not hasattr(cell, "state_size"):
            raise ValueError(
                "The RNN cell should have a `state_size` attribute (single integer or list of integers, one integer per"
                f" RNN state). Received: cell={cell!r}"
            )
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.supports_masking = True
        self.state_size = list(cell.state_size) if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]
        self.single_state = not isinstance(cell.state_size, (list, tuple))
        self._states = None
        self._allows_fused = True

    # -- building --------------------------------------------------------------------------------------------------

    def build(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> None:
        if isinstance(self.cell, Layer) and not self.cell.built and type(self.cell).build is not Layer.build:
            self.cell.build((sequences_shape[0], *sequences_shape[2:]))
        if self.stateful:
            if sequences_shape[0] is None:
                raise ValueError(
                    "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size:"
                    f" sequence.shape={tuple(sequences_shape)}. Give `Input(batch_size=...)` or `batch_input_shape`."
                )
            self._make_states(self._state_shapes(sequences_shape))

    def _state_shapes(self, sequences_shape: Sequence[int | None]) -> list[Any]:
        """Return the shapes of the states for sequences of a shape."""
        return state_shapes(self.state_size, sequences_shape[0])

    def _make_states(self, shapes: list[Any]) -> None:
        """Register zeros as buffers, which are not weights: files and `state_dict` leave them out."""
        sizes, structure = pytree.tree_flatten(shapes, is_leaf=is_shape)
        variables = []
        for i, shape in enumerate(sizes):
            # The state is made as a weight is, for its device and dtype, and then taken off the list of weights.
            v = self.add_weight(shape, "zeros", self.compute_dtype, trainable=False, name=f"rnn_state_{i}")
            v._name, v._path = "rnn_state", v._path[: -len(f"_{i}")]
            self._variables[:] = [own for own in self._variables if own is not v]
            STRUCTURE.changed()
            self._non_persistent_buffers_set.add(f"rnn_state_{i}")
            variables.append(v)
        self.__dict__["_states"] = pytree.tree_unflatten(variables, structure)

    def compute_output_shape(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> Any:
        """Return the shape of the output, with those of the states behind it for ``return_state``."""
        batch, steps = sequences_shape[:2]
        size = getattr(self.cell, "output_size", None)
        if size is None:
            size = self.state_size[0]
        size = tuple(size) if isinstance(size, (list, tuple)) else (size,)
        output = (batch, steps, *size) if self.return_sequences else (batch, *size)
        return (output, *state_shapes(self.state_size, batch)) if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the sequences for ``return_sequences``, else None; None for each state."""
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        output = mask if self.return_sequences else None
        return [output, *([None] * len(self.state_size))] if self.return_state else output

    # -- states ----------------------------------------------------------------------------------------------------

    @property
    def states(self) -> Any:
        """The variables of the states in which the last call of a stateful layer ended, else None."""
        return self._states

    @overridable
    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states from which sequences start, in the nesting of ``state_size``.

        Args:
            batch_size: Number of sequences.
        """
        if hasattr(self.cell, "get_initial_state"):
            states = self.cell.get_initial_state(batch_size=batch_size)
        else:
            device = next((p.device for p in self.parameters()), None)
            states = pytree.tree_map(
                lambda s: torch.zeros(s, dtype=self._compute_torch_dtype, device=device),
                state_shapes(self.state_size, batch_size),
                is_leaf=is_shape,
            )
        return list(states) if isinstance(states, (list, tuple)) else [states]

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zero."""
        for v in pytree.tree_leaves(self._states):
            if isinstance(v, Variable):
                v.parameter.zero_()

    def reset_states(self) -> None:
        """Set the states of a stateful layer to zero; Keras 2's name."""
        self.reset_state()

    # -- computing -------------------------------------------------------------------------------------------------

    def call(self, sequences: torch.Tensor, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Run the cell over the sequences; see the class."""
        if initial_state is not None:
            states = check_states(initial_state, self.state_size, self, self._state_axis)
        elif self.stateful:
            states = copies_of(self._states, sequences.shape[0])
        else:
            states = None
        if mask is not None:
            mask = _as_mask(mask, sequences)
        if self.go_backwards:
            sequences = sequences.flip(1)
            mask = mask if mask is None else mask.flip(1)
        if training:
            _reset_dropout(self.cell)
        wants_states = self.return_state or self.stateful
        outputs, last, states = self._run(sequences, states, mask, training, wants_states)
        if self.stateful:
            with torch.no_grad():
                for v, new in zip(pytree.tree_leaves(self._states), pytree.tree_leaves(states), strict=True):
                    v.parameter.copy_(new)
        if training:
            _reset_dropout(self.cell)
        output = outputs if self.return_sequences else last
        if not self.return_state:
            return output
        return (output, *(s[0] if is_single(s, size) else s for s, size in zip(states, self.state_size, strict=True)))

    def _leaves_graph(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        cell = self.cell
        if not (self._allows_fused and getattr(cell, "runs_sequences", False) and hasattr(cell, "uses_kernel")):
            return False
        training = self._call_spec.arguments(args, kwargs).get("training")
        return cell.uses_kernel(self.training if training is None else training) and not takes_recurrent_kernels()

    def inner_loop(
        self, sequences: torch.Tensor, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[torch.Tensor, torch.Tensor, Any]:
        """Run the cell over sequences, without what ``call`` does around it.

        Args:
            sequences: ``(batch, steps, ...)``.
            initial_state: States to start from, in the nesting of ``state_size``.
            mask: ``(batch, steps)``, or None.
            training: Whether to apply dropout.

        Returns:
            The output of the last step, those of all steps, and the last states.
        """
        mask = None if mask is None else _as_mask(mask, sequences)
        states = check_states(initial_state, self.state_size, self, self._state_axis)
        outputs, last, after = self._run(sequences, states, mask, training, True)
        return last, outputs, after

    def _run(
        self, sequences: torch.Tensor, states: Any, mask: torch.Tensor | None, training: bool, wants_states: bool
    ) -> tuple[torch.Tensor, torch.Tensor, Any]:
        """Return all outputs, the last one, and the last states."""
        cell = self.cell
        if getattr(cell, "runs_sequences", False):
            wants = (self.return_sequences, wants_states)
            outputs, after = cell.run(sequences, states, mask, training, self._allows_fused, *wants)
            if mask is not None and (self.zero_output_for_mask or states is not None):
                outputs = self._zero_masked(outputs, mask)
            return outputs, outputs[:, -1], after
        if states is None:
            states = self.get_initial_state(sequences.shape[0])
            states = OVERRIDES.plain(states)  # a user's method may return others
            states = pytree.tree_map(lambda s: convert_to_tensor(s).to(sequences.device, sequences.dtype), states)
        if isinstance(cell, Layer) and cell._call_spec.has_training:
            outputs, after = run_cell(
                lambda x, s: cell(x, s, training=training), sequences, states, mask, self.zero_output_for_mask
            )
        else:
            run = cell if callable(cell) else cell.call
            outputs, after = run_cell(run, sequences, states, mask, self.zero_output_for_mask)
        return outputs, outputs[:, -1], after

    def _zero_masked(self, outputs: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return states as outputs: zero before the first step that counts, or at every masked step."""
        counts = mask if self.zero_output_for_mask else mask.cumsum(1) > 0
        counts = counts[:, -outputs.shape[1] :]
        return torch.where(counts.reshape(*counts.shape, *[1] * (outputs.ndim - 2)), outputs, 0)

    # -- saving ----------------------------------------------------------------------------------------------------

    def _rnn_config(self) -> dict[str, Any]:
        return {
            **Layer.get_config(self),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
        }

    def get_config(self) -> dict[str, Any]:
        return {**self._rnn_config(), "cell": serialize_keras_object(self.cell)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned."""
        config = dict(config)
        if isinstance(config.get("cell"), dict):
            config["cell"] = deserialize_as("layers", config["cell"], custom_objects)
        return cls(**config)


def _as_mask(mask: Any, sequences: torch.Tensor) -> torch.Tensor:
    """Return the mask of the sequences as bool, ``(batch, steps)``."""
    found = torch.as_tensor(mask[0] if isinstance(mask, (list, tuple)) else mask)
    found = found if found.dtype is torch.bool else found != 0
    found = found.squeeze(-1) if found.ndim == 3 else found
    if found.shape != sequences.shape[:2]:
        raise ValueError(
            f"The mask of sequences of shape {tuple(sequences.shape)} must have the shape {tuple(sequences.shape[:2])}."
            f" Received a mask of shape {tuple(found.shape)}."
        )
    return found


def _reset_dropout(cell: Any) -> None:
    """Let a cell, or the cells stacked in it, draw new dropout masks."""
    for c in getattr(cell, "cells", (cell,)):
        if hasattr(c, "reset_dropout_mask"):
            c.reset_dropout_mask()
        if hasattr(c, "reset_recurrent_dropout_mask"):
            c.reset_recurrent_dropout_mask()
