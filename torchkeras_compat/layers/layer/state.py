"""What every layer holds: its attributes with their types, declared once, and its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.dtypes.policy_map import DTypePolicyMap
from torchkeras_compat.layers.layer.call_plan import CallPlan
from torchkeras_compat.layers.layer.call_state import CallLosses
from torchkeras_compat.layers.layer.structure import Walk
from torchkeras_compat.layers.layer.traits import Traits
from torchkeras_compat.symbolic.operation import check_name
from torchkeras_compat.typing import Shape
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.remat.remat_scope import RematScope


class BuildState:
    """What a layer knows of its building.

    Attributes:
        is_under_way: Whether ``build`` runs.
        has_data: Whether a call on data, which comes next, builds the layer.
        path_prefix: The name scopes in which it ran, joined by ``/``; None for none.
        shapes: What it was called with, by argument; None before.
        inputs: `InputSpec`s of the arguments of the call that built a model, in their nesting; None for other layers.
    """

    __slots__ = ("has_data", "inputs", "is_under_way", "path_prefix", "shapes")

    def __init__(self) -> None:
        self.is_under_way = False
        self.has_data = False
        self.path_prefix: str | None = None
        self.shapes: dict[str, Any] | None = None
        self.inputs: dict[str, Any] | None = None


class LayerState(Traits, nn.Module):
    """The lowest part of `Layer`: what all the others work on; `Layer.__init__` sets it.

    Attributes:
        built: Whether the weights are there.
        autocast: Whether floating point inputs are cast to the compute dtype.
        supports_masking: Whether the layer hands masks on.
        input_spec: An `InputSpec`, or several in the nesting of the inputs; None for any input.
        activity_regularizer: Function of the output whose result is added to the loss.
        _mode_is_said: Whether somebody called ``train`` or ``eval``; see ``modes``.
        _is_placed: Whether the layer has taken the mode of what it became a part of.
        _trainable: What the user said; each variable says for itself.
        _variables: The variables made by this layer, in their order.
        _torch_module_names: Names of the children through which the layer computes, which are not layers below it.
        _listed: Name of an attribute with a list or dict -> what torch knows of it, by the names there.
        _walks: What was found below the layer; see ``structure``.
        _call_losses: The losses of its calls.
        _call_plan: How it is called; None where that is to be decided.
        _build_state: What it knows of its building.
        _remat_scope: The `RematScope` in which it was made, if that covers it; None otherwise.
        _input_shape_argument: Shape of one input from the constructor; None if not given.
        _module_variables: Variables over the tensors of torch modules below, by the module's id and the tensor's key;
            None while there are none.
        _dtype_policy: The policy; if a map was given, what it has for the layer.
        _dtype_policy_map: The map that was given; None for a single policy.
        _compute_torch_dtype: Dtype of the computation.
        _is_mixed: Whether weights and computation differ in dtype.
        _casts_outputs: Whether outputs are cast to the dtype of the computation.
        _has_lost_mask: Whether the user was warned that it drops a mask.
    """

    renamed = 0
    """How often any layer was given another name: who keeps a list of names compares the number."""

    built: bool
    autocast: bool
    supports_masking: bool
    input_spec: Any
    activity_regularizer: Callable[[torch.Tensor], torch.Tensor] | None

    _name: str
    _mode_is_said: bool = False
    _is_placed: bool = False
    _trainable: bool
    _variables: list[Variable]
    _torch_module_names: set[str]
    _listed: dict[str, dict[str, Any]]
    _walks: dict[str, Walk]
    _call_losses: CallLosses
    _call_plan: CallPlan | None
    _build_state: BuildState
    _remat_scope: RematScope | None = None
    _input_shape_argument: Shape | None
    _module_variables: dict[tuple[int, str], Variable] | None = None
    _dtype_policy: DTypePolicy
    _dtype_policy_map: DTypePolicyMap | None = None
    _compute_torch_dtype: torch.dtype
    _is_mixed: bool
    _casts_outputs: bool
    _has_lost_mask: bool = False

    @property
    def name(self) -> str:
        """Name, as Keras gives it: ``"dense_1"``."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        self.__dict__["_name"] = check_name(value)
        LayerState.renamed += 1

    @property
    def path(self) -> str:
        """Name behind those of the layers in which it was built: ``"sequential/dense"``."""
        prefix = self._build_state.path_prefix
        return f"{prefix}/{self.name}" if prefix else self.name

    def _check_super_called(self) -> None:
        if "_modules" not in self.__dict__:
            raise RuntimeError(
                f"In layer `{type(self).__name__}`, you forgot to call `super().__init__()` as the first statement "
                "in the `__init__()` method. Go add it!"
            )
