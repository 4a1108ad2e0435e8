"""What the cells of `SimpleRNN`, `LSTM` and `GRU` have in common: weights in a torch module, steps, whole sequences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from torchkeras_compat import activations, constraints, initializers, regularizers
from torchkeras_compat.activations.identifiers import torch_equivalent
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.rnn.dropout_masks import DropoutMasks
from torchkeras_compat.layers.rnn.fused import run_fused
from torchkeras_compat.layers.rnn.steps import run_projected
from torchkeras_compat.layouts import IDENTITY, Layout, Permuted
from torchkeras_compat.overrides import overridable
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.variables import Variable


class RecurrentCell(DropoutMasks, Layer):
    """Base of the cells whose weights lie in a ``torch.nn.RNNBase``.

    A subclass says which module that is, which activations its kernel computes, and gives the formula of a step in
    :meth:`advance`.
    """

    _takes_integers = False
    _gate_count = 1
    _config_names: tuple[str, ...] = ()  # the arguments, in the order of Keras's configs
    _state_count = 1
    _module_name = "rnn"
    # Where the blocks of torch's gates stand among Keras's.
    _keras_gate_order: tuple[int, ...] = (0,)
    _kernel_layout: Layout = Permuted(1, 0)
    _bias_layout: Layout = IDENTITY
    _bias_names: tuple[str, ...] = ("bias_ih_l0",)
    # What the arguments must be for torch's kernel, in words for an error.
    fused_kernel_needs = ""
    # Whether `run` may stand for step after step of `call`: not if a subclass defined its own.
    runs_sequences = True

    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable | None
    seed_generator: SeedGenerator
    _activate: Callable[[torch.Tensor], torch.Tensor]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.runs_sequences = cls.call is RecurrentCell.call

    def __init__(
        self,
        units: int,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        implementation = kwargs.pop("implementation", 2)
        super().__init__(**kwargs)
        if isinstance(units, bool) or not isinstance(units, int) or units <= 0:
            raise ValueError(
                f"Received an invalid value for argument `units`, expected a positive integer, got {units}."
            )
        if implementation not in (0, 1, 2):
            raise ValueError(
                f"`implementation` must be 1 (a dropout mask for each gate) or 2 (one for all). Received:"
                f" implementation={implementation!r}"
            )
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.implementation = 1 if self.recurrent_dropout else implementation or 1
        self.seed = seed
        if self.dropout or self.recurrent_dropout:
            # Keras lists its state among the variables. It draws the masks if there is a seed; if not, torch's own
            # generator does, which torch.compile and CUDA graphs know.
            self.seed_generator = SeedGenerator(seed)
        self.dropout_mask_count = self._gate_count if self._gate_count > 1 and self.implementation == 1 else None
        self.state_size = units if self._state_count == 1 else [units] * self._state_count
        self.output_size = units
        self.bias = None
        # Past the attribute hook: a torch module is a child once, under `activation`.
        self.__dict__["_activate"] = torch_function(self.activation)

    def _make_module(self, features: int) -> nn.Module:
        raise NotImplementedError

    @property
    def has_fused_kernel(self) -> bool:
        """Whether torch's kernel computes this cell's formula."""
        raise NotImplementedError

    def build(self, input_shape: Sequence[int | None]) -> None:
        features = input_shape[-1]
        if features is None:
            raise ValueError(
                f"Cell '{self.name}' needs to know the size of the last axis of its input. Received shape"
                f" {tuple(input_shape)}."
            )
        module = self._make_module(features)
        if self.use_bias:
            for name in {"bias_ih_l0", "bias_hh_l0"} - set(self._bias_names):
                # torch has two biases where Keras has one: the other stays zero, and is not a parameter.
                other = module._parameters.pop(name)
                assert other is not None
                module.register_buffer(name, torch.zeros_like(other, requires_grad=False))
        self.kernel = self._add_weight_view(
            "kernel",
            [(module, "weight_ih_l0")],
            self.kernel_initializer,
            self._kernel_layout,
            self.kernel_regularizer,
            self.kernel_constraint,
        )
        self.recurrent_kernel = self._add_weight_view(
            "recurrent_kernel",
            [(module, "weight_hh_l0")],
            self.recurrent_initializer,
            self._kernel_layout,
            self.recurrent_regularizer,
            self.recurrent_constraint,
        )
        if self.use_bias:
            self.bias = self._add_weight_view(
                "bias",
                [(module, name) for name in self._bias_names],
                self._initial_bias(),
                self._bias_layout,
                self.bias_regularizer,
                self.bias_constraint,
            )

    def _initial_bias(self) -> Any:
        return self.bias_initializer

    @property
    def module(self) -> nn.RNNBase:
        """The torch module that holds the weights and computes whole sequences."""
        found: Any = self._modules[self._module_name]
        module: nn.RNNBase = found
        return module

    def uses_kernel(self, training: bool) -> bool:
        """Return whether :meth:`run` goes through torch's kernel, which takes one dropout mask for all gates.

        Args:
            training: Whether inputs and states are dropped.
        """
        drops_gates = training and (self.recurrent_dropout or (self.dropout and self.dropout_mask_count))
        return self.has_fused_kernel and not drops_gates

    @overridable
    def get_initial_state(self, batch_size: int | None = None) -> list[torch.Tensor]:
        """Return zeros for each state.

        Args:
            batch_size: Number of sequences.
        """
        dtype = self._compute_torch_dtype
        device = next((p.device for p in self.parameters()), None)
        return [torch.zeros(batch_size or 1, self.units, dtype=dtype, device=device) for _ in range(self._state_count)]

    def call(self, inputs: torch.Tensor, states: Any, training: bool = False) -> tuple[torch.Tensor, Any]:
        """Compute one step.

        Args:
            inputs: ``(batch, features)``.
            states: The states, each ``(batch, units)``, in a list; a single one may come alone.
            training: Whether to drop inputs and states.

        Returns:
            The output ``(batch, units)``, and the new states.
        """
        is_list = isinstance(states, (list, tuple))
        given = list(states) if is_list else [states]
        masks = self._recurrent_masks(given[0], training)
        new = self.advance(self._project(inputs, training), given, masks, *self._recurrent_weights())
        return new[0], new if is_list else new[0]

    def advance(
        self,
        projected: torch.Tensor,
        states: list[torch.Tensor],
        masks: list[torch.Tensor] | None,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
    ) -> list[torch.Tensor]:
        """Return the new states, the first of which is the output.

        Args:
            projected: ``inputs @ kernel + bias`` in torch's order of gates, ``(batch, gates * units)``.
            states: The states, each ``(batch, units)``.
            masks: Dropout mask of the state for each of torch's gates; None for none.
            weight: Recurrent kernel in torch's layout, ``(gates * units, units)``.
            bias: Bias of the recurrent kernel, where there is one.
        """
        raise NotImplementedError

    def run(
        self,
        sequences: torch.Tensor,
        states: list[torch.Tensor] | None,
        mask: torch.Tensor | None,
        training: bool,
        is_fused: bool,
        wants_sequences: bool,
        wants_states: bool,
    ) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
        """Compute all steps of sequences.

        Args:
            sequences: ``(batch, steps, features)``.
            states: The states to start from; None for zeros.
            mask: ``(batch, steps)``, False at steps that leave the states as they are.
            training: Whether to drop inputs and states.
            is_fused: Whether torch's kernel may be used.
            wants_sequences: Whether the outputs of all steps are asked for.
            wants_states: Whether all states are asked for, rather than the first alone.

        Returns:
            The first state after each step, ``(batch, steps, units)``, or only after the last, ``(batch, 1, units)``,
            if that is quicker and enough; and the states after the last one.
        """
        if is_fused and self.uses_kernel(training):
            if training and self.dropout:
                dropout_mask = self.get_dropout_mask(sequences[:, 0])
                assert not isinstance(dropout_mask, list)  # one for all gates, as there is no `dropout_mask_count`
                sequences = sequences * dropout_mask.unsqueeze(1)
            module: Any = self._modules[self._module_name]
            return run_fused(module, sequences, states, mask, wants_sequences, wants_states)
        if states is None:
            states = [sequences.new_zeros(sequences.shape[0], self.units) for _ in range(self._state_count)]
        projected = self._project(sequences, training)
        masks = self._recurrent_masks(states[0], training) if training else None
        arguments = (masks, *self._recurrent_weights())
        return run_projected(self.advance, projected, states, mask, arguments)

    def _project(self, inputs: torch.Tensor, training: bool) -> torch.Tensor:
        """Return ``inputs @ kernel + bias`` of one step or of all, in torch's order of gates."""
        # By way of the variables: torch.compile leaves the graph where it meets the module.
        weight, bias = self.kernel.tensors[0], None if self.bias is None else self.bias.tensors[0]
        if not training or not self.dropout:
            return F.linear(inputs, weight, bias)
        step = inputs if inputs.ndim == 2 else inputs[:, 0]
        masks = self.get_dropout_mask(step)
        if inputs.ndim == 3:
            masks = [m.unsqueeze(1) for m in masks] if isinstance(masks, list) else masks.unsqueeze(1)
        if not isinstance(masks, list):
            return F.linear(inputs * masks, weight, bias)
        biases = [None] * self._gate_count if bias is None else bias.chunk(self._gate_count)
        parts = [
            F.linear(inputs * masks[gate], w, b)
            for gate, w, b in zip(self._keras_gate_order, weight.chunk(self._gate_count), biases, strict=True)
        ]
        return torch.cat(parts, -1)

    def _recurrent_masks(self, state: torch.Tensor, training: bool) -> list[torch.Tensor] | None:
        if not training or not self.recurrent_dropout:
            return None
        masks = self.get_recurrent_dropout_mask(state)
        return (
            [masks[gate] for gate in self._keras_gate_order] if isinstance(masks, list) else [masks] * self._gate_count
        )

    def _recurrent_weights(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        biases = () if self.bias is None else self.bias.tensors
        return self.recurrent_kernel.tensors[0], biases[1] if len(biases) == 2 else None

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), **config_items(self, self._config_names)}
        if self.implementation == 1 and not self.recurrent_dropout:
            config["implementation"] = 1
        return config


def recurrent_product(
    state: torch.Tensor, masks: list[torch.Tensor] | None, weight: torch.Tensor, bias: torch.Tensor | None
) -> torch.Tensor:
    """Return ``state @ recurrent_kernel + bias`` in torch's order of gates, each with its dropout mask."""
    if masks is None:
        return F.linear(state, weight, bias)
    biases = [None] * len(masks) if bias is None else bias.chunk(len(masks))
    parts = [F.linear(state * m, w, b) for m, w, b in zip(masks, weight.chunk(len(masks)), biases, strict=True)]
    return torch.cat(parts, -1)


def torch_function(activation: Any) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return what computes an activation, in the fewest calls."""
    return torch_equivalent(activation) or _identity


def _identity(x: torch.Tensor) -> torch.Tensor:
    return x
