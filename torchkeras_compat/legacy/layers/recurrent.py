"""`Recurrent`: what recurrent layers of Keras 1 and 2.0 were derived from."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.rnn.steps import run_cell
from torchkeras_compat.legacy.layers.initial_weights import set_when_built
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.variables import Variable


class Recurrent(Layer):
    """Base of layers that define one step of a sequence: ``step(x, states)``, which returns the output and new states.

    ``states`` of a step holds the states and, behind them, what ``get_constants`` returned. A subclass sets
    ``output_dim`` or ``units``, and may define ``get_constants``, ``preprocess_input`` (of the whole sequences, before
    the first step), ``get_initial_states`` (Keras 1) or ``get_initial_state`` (Keras 2), and ``self.states`` in
    ``build``, a list with an entry for each state; without it there is one.

    Args:
        weights: Arrays to start from; None for none.
        return_sequences: Whether to return the output of every step, rather than of the last one.
        return_state: Whether to return the last states after the output.
        go_backwards: Whether to start at the last step.
        stateful: Whether a call starts from the states in which the call before ended.
        unroll: Makes no difference.
        consume_less: ``"cpu"``, ``"mem"`` or ``"gpu"``: ways to compute the same.
        implementation: The same in Keras 2: 0, 1 or 2.
        input_dim: Size of a step, for the first layer of a model.
        input_length: Number of steps.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, features)``.
    Output shape:
        ``(batch, units)``, or ``(batch, steps, units)`` with ``return_sequences``.

    Raises:
        ValueError: an argument is not valid.
        NotImplementedError: when called: ``step`` is not defined.

    Example:
        >>> class Sum(Recurrent):
        ...     output_dim = 2
        ...     def step(self, x, states):
        ...         total = states[0] + x
        ...         return total, [total]
        >>> Sum()(torch.ones(1, 3, 2)).tolist()
        [[3.0, 3.0]]

    Source: Keras 1.2 API, layers/recurrent, and Keras 2.0 API, `Recurrent`.
    """

    _takes_integers = False
    _makes_masks = True

    def __init__(
        self,
        weights: Sequence[Any] | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        consume_less: str = "cpu",
        implementation: int = 0,
        input_dim: int | None = None,
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        if input_dim is not None:
            kwargs["input_shape"] = (input_length, input_dim)
        super().__init__(**kwargs)
        if consume_less not in ("cpu", "mem", "gpu") or implementation not in (0, 1, 2):
            raise ValueError(
                "`consume_less` is 'cpu', 'mem' or 'gpu', and `implementation` 0, 1 or 2. Received:"
                f" consume_less={consume_less!r}, implementation={implementation!r}"
            )
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.consume_less = consume_less
        self.implementation = implementation
        self.input_dim = input_dim
        self.input_length = input_length
        self.supports_masking = True
        self.__dict__["_last_states"] = None
        set_when_built(self, weights)

    @property
    def trainable_weights(self) -> list[Variable]:
        """The trainable weights, which layers of Keras 1 list themselves at the end of ``build``."""
        return super().trainable_weights

    @trainable_weights.setter
    def trainable_weights(self, weights: Sequence[Any]) -> None:
        for weight in weights:
            self._register_variable(weight)

    # -- what subclasses define --------------------------------------------------------------------------------------

    def step(self, x: torch.Tensor, states: list[Any]) -> tuple[torch.Tensor, list[Any]]:
        """Return the output of a step and the new states.

        Args:
            x: ``(batch, features)``, of what ``preprocess_input`` returned.
            states: The states, and the constants behind them.
        """
        raise NotImplementedError(f"{type(self).__name__} must define `step(self, x, states)`.")

    def get_constants(self, inputs: torch.Tensor) -> list[Any]:
        """Return what every step gets behind the states."""
        return []

    def preprocess_input(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the sequences that are cut into steps."""
        return inputs

    def get_initial_state(self, inputs: torch.Tensor) -> list[Any]:
        """Return zeros ``(batch, units)`` for each state; ``get_initial_states`` is its name in Keras 1."""
        zeros = inputs.new_zeros(inputs.shape[0], self._size())
        return [zeros] * len(getattr(self, "states", None) or [None])

    def get_initial_states(self, inputs: torch.Tensor) -> list[Any]:
        """Return the states to start from: ``get_initial_state``."""
        return self.get_initial_state(inputs)

    def _size(self) -> int:
        size = getattr(self, "units", None) or getattr(self, "output_dim", None)
        if not isinstance(size, int):
            raise ValueError(f"{type(self).__name__} must set `units` or `output_dim`. Received: {size!r}")
        return size

    # -- computing ---------------------------------------------------------------------------------------------------

    def call(
        self, inputs: torch.Tensor, mask: Any = None, training: bool | None = None, initial_state: Any = None
    ) -> Any:
        """Run the steps.

        Args:
            inputs: ``(batch, steps, features)``.
            mask: ``(batch, steps)``; a step where it is False leaves the states as they are.
            training: Whether to train, for the methods that ask.
            initial_state: States to start from.
        """
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        states = self._start(inputs) if initial_state is None else initial_state
        states = [s.value if isinstance(s, Variable) else convert_to_tensor(s) for s in states]
        constants = list(_asked(self.get_constants, inputs, training))
        sequences = _asked(self.preprocess_input, inputs, training)
        if self.go_backwards:
            sequences, mask = sequences.flip(1), None if mask is None else mask.flip(1)

        def step(x: torch.Tensor, states: Any) -> tuple[torch.Tensor, Any]:
            output, new = self.step(x, [*states, *constants])
            return output, list(new)

        outputs, states = run_cell(step, sequences, states, mask, False)
        if self.stateful:
            self.__dict__["_last_states"] = [s.detach() for s in states]
        output = outputs if self.return_sequences else outputs[:, -1]
        return (output, *states) if self.return_state else output

    def _start(self, inputs: torch.Tensor) -> list[Any]:
        last = self.__dict__["_last_states"] if self.stateful else None
        if last is not None and last[0].shape[0] == inputs.shape[0]:
            return list(last)
        return list(self.get_initial_states(inputs))

    def reset_states(self, states: Any = None) -> None:
        """Start from the initial states, or from given ones, at the next call of a stateful layer.

        Args:
            states: The states; None for the initial ones.

        Raises:
            ValueError: the layer is not stateful.
        """
        if not self.stateful:
            raise ValueError(f"Layer '{self.name}' is not stateful. Make it with stateful=True.")
        given = None if states is None else states if isinstance(states, (list, tuple)) else [states]
        self.__dict__["_last_states"] = None if given is None else [convert_to_tensor(s) for s in given]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output."""
        shape = input_shape[0] if isinstance(input_shape[0], (list, tuple)) else input_shape
        state = (shape[0], self._size())
        output = (shape[0], shape[1], self._size()) if self.return_sequences else state
        return (output, *[state] * len(getattr(self, "states", None) or [None])) if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the sequences for ``return_sequences``, else None."""
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        return mask if self.return_sequences else None

    def get_config(self) -> dict[str, Any]:
        names = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "consume_less")
        return {
            **Layer.get_config(self),
            **{name: getattr(self, name) for name in names},
            "implementation": self.implementation,
            "input_dim": self.input_dim,
            "input_length": self.input_length,
        }


def _asked(method: Any, inputs: torch.Tensor, training: bool | None) -> Any:
    """Call a method with ``training`` if it takes it, as in Keras 2."""
    if "training" in inspect.signature(method).parameters:
        return method(inputs, training=training)
    return method(inputs)
