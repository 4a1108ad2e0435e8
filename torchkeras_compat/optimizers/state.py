"""What an optimizer remembers: slot variables, their order and names, and how they are stored and restored."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.initializers.identifiers import get as get_initializer
from torchkeras_compat.layouts import Concatenated
from torchkeras_compat.naming import free_name
from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.optimizers.learning_rate import LearningRate
from torchkeras_compat.unfilled_values import OPEN, SMALLEST, current_scope
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variables import Variable


class OptimizerState(LearningRate):
    """Mixin of `Optimizer`: ``add_variable``, ``variables``, ``state_dict``, ``save_own_variables``.

    A slot lies in torch's ``state`` under its parameter, in torch's layout; a `Variable` shows it in Keras's.
    """

    state: Any
    built: bool
    _awaits_momentum: bool
    _begin_momentum: Any
    _known: set[torch.Tensor]
    _tracked: list[Variable]
    _unattached: list[Variable]
    _trainable_variables: list[Variable]

    # -- making ----------------------------------------------------------------------------------------------------

    def add_variable_from_reference(
        self, reference_variable: Any, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Make a variable with the shape, dtype and layout of another one, for the state of an optimizer.

        Args:
            reference_variable: Variable or torch parameter.
            name: What it is: ``"momentum"``; its name is that of the reference and this.
            initializer: First values: an initializer or its name, or a tensor.

        Returns:
            The variable; it is in :attr:`variables` from now on.
        """
        name = name or "slot"
        reference = as_variable(reference_variable)
        tensors = reference.parameters
        known = all(t in self.state or t in self._known for t in tensors)
        stores: list[dict[str, Any]] = [self.state[t] if known else {} for t in tensors]
        key = free_name(name, *stores)
        for tensor, store in zip(tensors, stores, strict=True):
            zeros = _zeros_to_come(tensor) if OPEN else None
            if zeros is None:
                zeros = torch.zeros_like(tensor, memory_format=torch.preserve_format, requires_grad=False)
            store[key] = zeros
        slot = Variable.over(
            [({}, store) for store in stores],
            [key] * len(stores),
            reference.layout,
            name=f"{reference.path.replace('/', '_')}_{name}",
            trainable=False,
        )
        slot._path = f"{self.name}/{slot.name}"
        if isinstance(initializer, torch.Tensor):
            slot.assign(initializer.detach())
        elif initializer != "zeros":
            slot.assign(get_initializer(initializer)(slot.shape, dtype=slot.dtype))
        if not known:
            self._unattached.append(slot)
        self._tracked.append(slot)
        return slot

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str | None = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Make a variable of any shape for the state of an optimizer.

        Args:
            shape: Shape.
            initializer: First values: an initializer or its name.
            dtype: Dtype; None for ``floatx``.
            aggregation: How replicas combine it; see `Variable`.
            layout: `TensorLayout` attached to it, as ``tensor_layout``; or None.
            name: Name.

        Raises:
            TypeError: ``layout`` is not a `TensorLayout`.
            ValueError: it has another number of axes than the variable.
        """
        value = get_initializer(initializer)(tuple(shape), dtype=dtype)
        variable = Variable(value, dtype=dtype, trainable=False, aggregation=aggregation, name=name, layout=layout)
        variable._path = f"{self.name}/{variable.name}"
        self._unattached.append(variable)
        self._tracked.append(variable)
        return variable

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Any], name: str | Sequence[str], initializer: Any = "zeros"
    ) -> Any:
        """Make one slot, or several, for each of the variables.

        Args:
            trainable_variables: Variables or parameters.
            name: Name of the slot, or several names.
            initializer: First values, of all or one for each name.

        Returns:
            For one name a list with a slot for each variable, None where the gradient becomes the value; else a tuple
            of such lists.
        """
        names = [name] if isinstance(name, str) else list(name)
        initializers = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(initializers) != len(names):
            raise ValueError(f"{len(names)} names need as many initializers. Received: initializer={initializer!r}")
        made: list[list[Any]] = [[] for _ in names]
        for variable in trainable_variables:
            skip = getattr(variable, "overwrite_with_gradient", False)
            for slots, n, first in zip(made, names, initializers, strict=True):
                slots.append(None if skip else self.add_variable_from_reference(variable, n, first))
        return made[0] if isinstance(name, str) else tuple(made)

    # -- looking ---------------------------------------------------------------------------------------------------

    @property
    def variables(self) -> list[Variable]:
        """Number of updates, learning rate (unless a schedule rules it) and slots, in Keras's order."""
        own: list[Variable] = [HostScalar(self, "_iterations", "int32", "iteration")]
        if self._schedule is None:
            own.append(HostScalar(self, "_rate", "float32", "learning_rate"))
        return [*own, *self._tracked]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the values of :attr:`variables`.

        Args:
            weights: Arrays, tensors or variables, in the order of :attr:`variables`.

        Raises:
            ValueError: the optimizer is not built, or a shape or the number of weights differs.
        """
        if not self.built:
            raise ValueError(
                "You are calling `set_weights()` on an optimizer that has not yet been built. Please call"
                " `optimizer.build(trainable_variables)` to create the optimizer weights before calling"
                " `set_weights()`."
            )
        own = self.variables
        if len(own) != len(weights):
            raise ValueError(f"Optimizer '{self.name}' has {len(own)} variables. Received: {len(weights)} weights.")
        for variable, weight in zip(own, weights, strict=True):
            if tuple(variable.shape) != tuple(np.shape(weight)):
                raise ValueError(
                    f"Optimizer variable {variable.path} has shape {tuple(variable.shape)} not compatible with provided"
                    f" weight shape {tuple(np.shape(weight))}."
                )
            variable.assign(weight)

    def _state_tensors(self) -> list[torch.Tensor]:
        """Return every tensor that an update may change, apart from weights."""
        own = [slot for slots in self.state.values() for slot in slots.values() if isinstance(slot, torch.Tensor)]
        return own + [v.parameter for v in self._unattached if not isinstance(v, HostScalar)]

    def _take_back_count(self) -> None:
        """Count one update less: the last one was left out."""
        self._iterations -= 1

    # -- files -----------------------------------------------------------------------------------------------------

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put the values of :attr:`variables` into ``store``, under ``"0"``, ``"1"``, ..."""
        for i, variable in enumerate(self.variables_for_files()):
            store[str(i)] = variable.numpy()

    def variables_for_files(self) -> list[Variable]:
        """Return the variables that files hold: all, or the count of updates and the learning rate alone.

        So it is where a weight is trained as tensors of other shapes (weight norm): files hold the weight itself, for
        which the state does not fit.
        """
        variables = list(self.variables)
        concatenated = [v.name for v in variables if isinstance(v, Variable) and isinstance(v._layout, Concatenated)]
        if not concatenated:
            return variables
        warn_user(
            f"The state of optimizer '{self.name}' is not saved: a parametrization trains a weight as tensors of other"
            f" shapes ({concatenated[0]}). Keep `optimizer.state_dict()`, or remove the parametrization."
        )
        return variables[:2]

    def load_own_variables(self, store: dict[str, Any]) -> None:
        """Set the state from what :meth:`save_own_variables` stored; warn and keep it if the numbers differ."""
        own = self.variables
        if len(own) != len(store.keys()):
            warn_user(
                f"Skipping variable loading for optimizer '{self.name}', because it has {len(own)} variables whereas"
                f" the saved optimizer has {len(store.keys())} variables."
            )
            return
        for i, variable in enumerate(own):
            variable.assign(store[str(i)][()])

    def state_dict(self) -> dict[str, Any]:
        """Return torch's state dictionary, with the number of updates and the variables of no parameter."""
        found = without_compiler(torch.optim.Optimizer.state_dict)(self)
        return {
            **found,
            "iterations": self._iterations,
            "unattached": [variable.value.detach() for variable in self._unattached],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Set the state from what :meth:`state_dict` returned.

        Raises:
            ValueError: it was made for other parameters, or by another optimizer.
        """
        state_dict = copy.copy(state_dict)
        iterations = state_dict.pop("iterations", self._iterations)
        unattached = state_dict.pop("unattached", [])
        if len(unattached) != len(self._unattached):
            raise ValueError(
                f"The state has {len(unattached)} variables that belong to no parameter, optimizer '{self.name}' has"
                f" {len(self._unattached)}. It comes from another optimizer, or this one is not built yet."
            )
        own, groups = self.state, self.param_groups
        without_compiler(torch.optim.Optimizer.load_state_dict)(self, copy.deepcopy(state_dict))
        for group, mine in zip(self.param_groups, groups, strict=True):
            for key, value in mine.items():
                group.setdefault(key, value)  # states of older versions have the learning rate alone
        loaded, self.state = self.state, own
        if self._awaits_momentum and self.param_groups[0]["momentum"]:
            self._begin_momentum()
        for tensor, slots in loaded.items():
            for key, value in slots.items():
                if key in own[tensor]:
                    own[tensor][key].copy_(value)  # in place: variables and lists of slots hold the tensor itself
                else:
                    own[tensor][key] = value
        for variable, value in zip(self._unattached, unattached, strict=True):
            variable.assign(value)
        self._iterations = iterations

    # -- without side effects --------------------------------------------------------------------------------------

    @torch.no_grad()
    def stateless_apply(
        self, optimizer_variables: Sequence[Any], grads: Sequence[Any], trainable_variables: Sequence[Any]
    ) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Return what :meth:`apply` would make of given values, and leave the optimizer and the weights as they are.

        Args:
            optimizer_variables: Values of :attr:`variables`.
            grads: Gradients of the trainable variables.
            trainable_variables: Values of the variables the optimizer was built with.

        Returns:
            The new values of the trainable variables, and of :attr:`variables`.

        Raises:
            ValueError: the optimizer is not built, or a number of values differs.
        """
        if not self.built:
            raise ValueError(
                "To call `stateless_apply`, the optimizer must be built: call `optimizer.build(trainable_variables)`"
                " first."
            )
        weights, own = self._trainable_variables, self.variables
        for what, given, expected in (
            ("optimizer_variables", optimizer_variables, own),
            ("trainable_variables", trainable_variables, weights),
        ):
            if len(given) != len(expected):
                raise ValueError(
                    f"Argument `{what}` must hold {len(expected)} values, one for each variable of the optimizer."
                    f" Received: {len(given)}."
                )
        everything = [*weights, *own]
        before = [v._number if isinstance(v, HostScalar) else v.value.detach().clone() for v in everything]
        try:
            for variable, value in zip(everything, [*trainable_variables, *optimizer_variables], strict=True):
                variable.assign(value)
            self.apply(grads, self._trainable_variables)  # type: ignore[attr-defined]
            after = [v.value.detach().clone() for v in everything]
        finally:
            for variable, value in zip(everything, before, strict=True):
                variable.assign(value)
        return after[: len(weights)], after[len(weights) :]


def _zeros_to_come(tensor: torch.Tensor) -> torch.Tensor | None:
    """Return a tensor that a file may fill in place of zeros; None if none is being read."""
    unfilled = current_scope()
    if unfilled is None or tensor.numel() < SMALLEST or tensor.device.type == "meta":
        return None
    empty = torch.empty_like(tensor, memory_format=torch.preserve_format, requires_grad=False)
    is_put_off = unfilled.put_off([empty], lambda: [torch.zeros((), dtype=empty.dtype, device=empty.device)])
    return empty if is_put_off else None


def without_compiler(method: Any) -> Any:
    """Return a method of torch's optimizers without its wrapper.

    The wrapper keeps torch.compile out of it, and to that end imports torch._dynamo (1 s, 60 MB) in every program.
    """
    return getattr(method, "__wrapped__", method)


def as_variable(variable: Any, name: str = "parameter") -> Variable:
    """Return a variable as it is, or one that shows a torch parameter.

    Raises:
        TypeError: ``variable`` is neither.
    """
    if isinstance(variable, Variable):
        return variable
    if not isinstance(variable, torch.Tensor):
        raise TypeError(f"Optimizers update variables and torch parameters. Received: {variable!r}")
    return Variable.over([({"value": variable}, {})], ["value"], name=name, trainable=variable.requires_grad)


def to_gradient(gradient: Any, tensor: torch.Tensor) -> torch.Tensor:
    """Return a gradient with the dtype, device and strides of its parameter, as fused kernels need it."""
    gradient = gradient.detach()
    if gradient.layout is not torch.strided:
        gradient = gradient.to_dense()
    if gradient.dtype == tensor.dtype and gradient.device == tensor.device and gradient.stride() == tensor.stride():
        return gradient
    return torch.empty_like(tensor, requires_grad=False).copy_(gradient)
