"""The class of all metrics: state kept in tensors on the device, read only when somebody looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import config, initializers
from torchkeras_compat.dtypes import policy as policies
from torchkeras_compat.naming import auto_name, to_snake_case
from torchkeras_compat.variables import Variable


class Metric:
    """Accumulates something over batches.

    Subclasses make variables with ``add_variable`` in ``__init__`` and define ``update_state`` and ``result``. Updates
    wait for no device.

    Args:
        dtype: Dtype or policy of the state; None for the global one.
        name: Name, unique by default.

    Example:
        >>> class Count(Metric):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.count = self.add_variable((), "zeros", name="count")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.count.assign_add(len(y_true))
        ...     def result(self):
        ...         return self.count.value
        >>> Count()(torch.ones(3), torch.ones(3))
        tensor(3.)

    Source: Keras API, metrics/Metric.
    """

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self._dtype_policy = policies.get(config.floatx() if dtype is None else dtype)
        self._dtype = self._dtype_policy.compute_dtype
        self._variables: list[Variable] = []
        self._metrics: list[Metric] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Metric) and name != "_metrics":
            self._metrics.append(value)
        elif isinstance(value, Variable) and not any(value is v for v in self._variables):
            self._variables.append(value)
        object.__setattr__(self, name, value)

    dtype = property(lambda self: self._dtype, doc="Dtype of the state.")

    @property
    def variables(self) -> list[Variable]:
        """The state variables, those of metrics in attributes included."""
        return [*self._variables, *(v for metric in self._metrics for v in metric.variables)]

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The same as :attr:`variables`."""
        return self.variables

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """Make a state variable.

        Args:
            shape: Shape.
            initializer: First values, to which ``reset_state`` goes back if they are zeros.
            dtype: Dtype; None for that of the metric.
            aggregation: How replicas combine it.
            name: Name.
        """
        variable = Variable(
            initializers.get(initializer),
            tuple(shape),
            dtype or self._dtype,
            trainable=False,
            aggregation=aggregation,
            name=name,
        )
        if not any(variable is v for v in self._variables):
            self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Sequence[int] = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Make a state variable: Keras's older name of :meth:`add_variable`."""
        return self.add_variable(shape, initializer or "zeros", dtype, name=name)

    def _add(self, variable: Variable, value: torch.Tensor) -> None:
        """Add a tensor to a state variable in place, on the device of the tensor."""
        state = variable._stores[0][1]["value"]
        if state.device != value.device:
            state = state.to(value.device)
            variable._stores[0][1]["value"] = state
        state.add_(value.detach())

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take one batch in; every subclass defines it."""
        raise NotImplementedError(
            f"{type(self).__name__} must define `update_state(self, y_true, y_pred, sample_weight=None)`."
        )

    def result(self) -> Any:
        """Return the value so far as a tensor; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define `result(self)`.")

    def reset_state(self) -> None:
        """Start anew."""
        for v in self.variables:
            v.parameter.zero_()

    def stateless_update_state(self, metric_variables: Sequence[Any], *args: Any, **kwargs: Any) -> list[torch.Tensor]:
        """Return the state after one batch, for a given state before; the metric stays as it is."""
        saved = self._swap(metric_variables)
        try:
            self.update_state(*args, **kwargs)
            return [v.value.clone() for v in self.variables]
        finally:
            self._restore(saved)

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """Return the value for a given state; the metric stays as it is."""
        saved = self._swap(metric_variables)
        try:
            return self.result()
        finally:
            self._restore(saved)

    def stateless_reset_state(self) -> list[torch.Tensor]:
        """Return the state of a metric that has seen nothing; the metric stays as it is."""
        saved = self._swap([v.value for v in self.variables])
        try:
            self.reset_state()
            return [v.value.clone() for v in self.variables]
        finally:
            self._restore(saved)

    def _swap(self, values: Sequence[Any]) -> list[torch.Tensor]:
        if len(values) != len(self.variables):
            raise ValueError(
                "Argument `metric_variables` must be a list of tensors corresponding 1:1 to"
                f" {type(self).__name__}().variables. Received list with length {len(values)}, but expected"
                f" {len(self.variables)} variables."
            )
        saved = []
        for v, value in zip(self.variables, values, strict=True):
            saved.append(v._stores[0][1]["value"])
            v._stores[0][1]["value"] = torch.as_tensor(getattr(value, "value", value)).clone()
        return saved

    def _restore(self, saved: list[torch.Tensor]) -> None:
        for v, value in zip(self.variables, saved, strict=True):
            v._stores[0][1]["value"] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"name": self.name, "dtype": self._dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Return a new metric made from what ``get_config`` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
