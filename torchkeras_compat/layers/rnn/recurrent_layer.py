"""What `SimpleRNN`, `LSTM` and `GRU` have in common: an `RNN` around a cell of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.call_plan import CallPlan
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.input_spec import InputSpec, check_inputs
from torchkeras_compat.layers.rnn.cell import RecurrentCell
from torchkeras_compat.layers.rnn.rnn import RNN
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def cell_attribute(name: str) -> property:
    """Return a property that reads an attribute of the cell."""
    return property(lambda self: getattr(self.cell, name), doc=f"``{name}`` of the cell.")


class RecurrentLayer(RNN):
    """Base of the layers that have a built-in cell: its arguments are theirs, and its torch module is ``module``."""

    cell: RecurrentCell
    _config_names: tuple[str, ...] = ()  # the arguments of its own, in the order of Keras's configs

    def __init__(self, cell: RecurrentCell, activity_regularizer: Any, use_cudnn: Any, **kwargs: Any) -> None:
        super().__init__(cell, activity_regularizer=activity_regularizer, **kwargs)
        if use_cudnn not in ("auto", True, False):
            raise ValueError(
                "Invalid value received for argument `use_cudnn`. Expected one of {'auto', True, False}. Received:"
                f" use_cudnn={use_cudnn}"
            )
        self._allows_fused = use_cudnn is not False
        if use_cudnn is True and not cell.has_fused_kernel:
            raise ValueError(
                f"use_cudnn=True was asked for, but torch's fused kernel does not compute this {type(self).__name__}:"
                f" it needs {cell.fused_kernel_needs}. Pass use_cudnn='auto', or drop the argument."
            )
        self.input_spec = InputSpec(ndim=3)

    units = cell_attribute("units")
    activation = cell_attribute("activation")
    use_bias = cell_attribute("use_bias")
    kernel_initializer = cell_attribute("kernel_initializer")
    recurrent_initializer = cell_attribute("recurrent_initializer")
    bias_initializer = cell_attribute("bias_initializer")
    kernel_regularizer = cell_attribute("kernel_regularizer")
    recurrent_regularizer = cell_attribute("recurrent_regularizer")
    bias_regularizer = cell_attribute("bias_regularizer")
    kernel_constraint = cell_attribute("kernel_constraint")
    recurrent_constraint = cell_attribute("recurrent_constraint")
    bias_constraint = cell_attribute("bias_constraint")
    dropout = cell_attribute("dropout")
    recurrent_dropout = cell_attribute("recurrent_dropout")
    implementation = cell_attribute("implementation")
    seed = cell_attribute("seed")

    @property
    def module(self) -> torch.nn.RNNBase:
        """The torch module that holds the weights and computes the sequences."""
        return self.cell.module

    def build(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> None:
        if len(sequences_shape) != 3:  # before the cell finds no features in them
            check_inputs(self.input_spec, KerasTensor(sequences_shape), self.name)
        super().build(sequences_shape, initial_state_shape)
        self.input_spec = InputSpec(ndim=3, axes={-1: sequences_shape[-1]})

    def _make_call_plan(self) -> CallPlan:
        plan = super()._make_call_plan()
        if type(self).call is RNN.call:
            plan.is_composite = False  # the cell is asked for its formula, never called
        return plan

    def get_config(self) -> dict[str, Any]:
        config = {**self._rnn_config(), **config_items(self, self._config_names)}
        if "implementation" in self.cell.get_config():
            config["implementation"] = self.implementation
        if getattr(self, "use_cudnn", "auto") != "auto":
            config["use_cudnn"] = self.use_cudnn
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned."""
        return cls(**config)
