"""`Bidirectional`: a recurrent layer in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import naming
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import training_state
from torchkeras_compat.serialization import copying, serialize_keras_object

_MERGE_MODES = ("sum", "mul", "ave", "concat", None)


class Bidirectional(Layer):
    """Runs a recurrent layer over sequences in both directions, and merges the outputs.

    ``forward_layer`` and ``backward_layer`` are new layers made from the config of ``layer``.

    Args:
        layer: Recurrent layer: one with ``go_backwards``, ``return_sequences`` and ``return_state``.
        merge_mode: ``"concat"``, ``"sum"``, ``"mul"``, ``"ave"``, or None to return both outputs.
        weights: First values of the weights, as ``set_weights`` takes them.
        backward_layer: Layer for the other direction, which goes backwards; None for the opposite of ``layer``.
        kwargs: Arguments of `Layer`.

    Call arguments:
        sequences: ``(batch, steps, features)``.
        initial_state: States of the forward layer, then those of the backward layer, in one list.
        mask: ``(batch, steps)``.
        training: Whether to apply dropout.

    Output shape:
        That of ``layer``, twice as wide for ``"concat"``. With ``merge_mode=None`` or ``return_state`` a tuple: the
        outputs, the states of the forward layer, those of the backward layer. The outputs of both are in the order
        of the steps, and zero at masked ones.

    Raises:
        ValueError: a layer is not a recurrent one, the two do not go in opposite directions or return different things,
            ``merge_mode`` is unknown, or the number of states is not that of both layers.

    Example:
        >>> Bidirectional(keras.layers.LSTM(3))(torch.zeros(2, 5, 4)).shape
        torch.Size([2, 6])

    Source: Schuster and Paliwal 1997.
    """

    _takes_integers = False
    _may_leave_graphs = True

    forward_layer: Any  # of any class with the attributes of `RNN`
    backward_layer: Any
    _initial_weights: Sequence[Any] | None

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Sequence[Any] | None = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. Received: {layer}"
            )
        if backward_layer is not None and not isinstance(backward_layer, Layer):
            raise ValueError(f"`backward_layer` need to be a `keras.layers.Layer` instance. Received: {backward_layer}")
        if merge_mode not in _MERGE_MODES:
            raise ValueError(
                f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of"
                ' {"sum", "mul", "ave", "concat", None}'
            )
        for given in (layer, backward_layer):
            if given is not None and not all(
                hasattr(given, k) for k in ("go_backwards", "return_sequences", "return_state")
            ):
                raise ValueError(
                    f"`Bidirectional` wraps recurrent layers, such as LSTM. {type(given).__name__} has no"
                    " `go_backwards`, `return_sequences` and `return_state`. Use an RNN layer."
                )
        super().__init__(**kwargs)
        self.merge_mode = merge_mode
        name = layer.name.removeprefix("forward_")
        self.forward_layer = _copy(layer, name=f"forward_{name}")
        self.backward_layer = (
            _copy(layer, name=f"backward_{name}", go_backwards=not layer.go_backwards)
            if backward_layer is None
            else backward_layer
        )
        _check_pair(self.forward_layer, self.backward_layer)
        for own in (self.forward_layer, self.backward_layer):
            # At a masked step the two would repeat different outputs: zeros are the same for both.
            own.zero_output_for_mask = layer.return_sequences
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = getattr(layer, "stateful", False)
        self.supports_masking = True
        self.input_spec = layer.input_spec
        self.__dict__["_initial_weights"] = weights  # the attribute hook would track tensors in it

    def build(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> None:
        self.forward_layer.build(sequences_shape)
        self.backward_layer.build(sequences_shape)
        self.input_spec = self.forward_layer.input_spec
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)

    def compute_output_shape(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> Any:
        """Return the shape of the output, or those of the outputs and states."""
        shape = self.forward_layer.compute_output_shape(sequences_shape)
        output, states = (tuple(shape[0]), tuple(shape[1:])) if self.return_state else (tuple(shape), ())
        other = self.backward_layer.compute_output_shape(sequences_shape)
        if self.return_state:
            states, other = (*states, *other[1:]), other[0]
        if self.merge_mode == "concat":
            output = (*output[:-1], output[-1] + other[-1])
        outputs = (output, tuple(other)) if self.merge_mode is None else (output,)
        return (*outputs, *states) if len(outputs) + len(states) > 1 else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the sequences for each output, or None where the outputs have no steps."""
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        output = mask if self.return_sequences else None
        return (output, output) if self.merge_mode is None else output

    def call(
        self, sequences: torch.Tensor, initial_state: Any = None, mask: Any = None, training: bool | None = None
    ) -> Any:
        """Run both layers, and merge what they return."""
        if training is not None and training is not self.training:
            with training_state(self, bool(training)):
                return Bidirectional.call(self, sequences, initial_state, mask)
        forward: dict[str, Any] = {}
        if mask is not None:
            forward["mask"] = mask
        backward = dict(forward)
        if initial_state is not None:
            half = len(initial_state) // 2
            if len(initial_state) % 2:
                raise ValueError(
                    "`initial_state` of Bidirectional holds the states of the forward layer, then those of the"
                    f" backward layer. Received {len(initial_state)} states, an odd number."
                )
            forward["initial_state"] = list(initial_state[:half])
            backward["initial_state"] = list(initial_state[half:])
        y, y_back = self.forward_layer(sequences, **forward), self.backward_layer(sequences, **backward)
        states: list[Any] = []
        if self.return_state:
            states = [*y[1:], *y_back[1:]]
            y, y_back = y[0], y_back[0]
        if self.return_sequences:
            # Both in the order of the steps, whichever of the two goes backwards.
            if self.forward_layer.go_backwards:
                y = y.flip(1)
            else:
                y_back = y_back.flip(1)
        outputs = (torch.cat((y, y_back), -1),) if self.merge_mode == "concat" else self._merge(y, y_back)
        return (*outputs, *states) if len(outputs) + len(states) > 1 else outputs[0]

    def _leaves_graph(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        given = {"training": self._call_spec.arguments(args, kwargs).get("training")}
        layers = (self.forward_layer, self.backward_layer)
        return any(layer._may_leave_graphs and layer._leaves_graph((), given) for layer in layers)

    def _merge(self, y: torch.Tensor, y_back: torch.Tensor) -> tuple[torch.Tensor, ...]:
        if self.merge_mode == "sum":
            return (y + y_back,)
        if self.merge_mode == "ave":
            return ((y + y_back) / 2,)
        return (y * y_back,) if self.merge_mode == "mul" else (y, y_back)

    @property
    def states(self) -> Any:
        """The state variables of both layers, or None."""
        if not self.forward_layer.states:
            return None
        return (*self.forward_layer.states, *self.backward_layer.states)

    def reset_state(self) -> None:
        """Set the states of stateful layers to zero."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Set the states of stateful layers to zero; Keras 2's name."""
        self.reset_state()

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize_keras_object(self.forward_layer),
            "backward_layer": serialize_keras_object(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned."""
        config = dict(config)
        config.pop("num_constants", None)
        with naming.name_scope(config.get("name") or "bidirectional"):  # for a layer that its config builds at once
            for key in ("layer", "backward_layer"):
                if isinstance(config.get(key), dict):
                    config[key] = deserialize_as("layers", config[key], custom_objects)
        return cls(**config)


def _copy(layer: Layer, **changes: Any) -> Any:
    """Return a new, unbuilt layer with the config of ``layer`` and some changes."""
    with copying():
        return type(layer).from_config({**layer.get_config(), **changes})


def _check_pair(forward: Any, backward: Any) -> None:
    if forward.go_backwards == backward.go_backwards:
        raise ValueError(
            "Forward layer and backward layer should have different `go_backwards` value. Received:"
            f" forward_layer.go_backwards {forward.go_backwards}, backward_layer.go_backwards={backward.go_backwards}"
        )
    for name in ("stateful", "return_sequences", "return_state"):
        a, b = getattr(forward, name, False), getattr(backward, name, False)
        if a != b:
            raise ValueError(
                "Forward layer and backward layer are expected to have the same value for attribute"
                f' "{name}", got "{a}" for forward layer and "{b}" for backward layer'
            )
