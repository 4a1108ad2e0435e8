"""The class of all metrics: state kept in tensors on the device, read only when somebody looks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from torchkeras_compat import initializers
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.losses.base import compute_dtype
from torchkeras_compat.naming import auto_name, name_scope, to_snake_case
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.overrides import Addition, TakesNumpyNumbers, overridable
from torchkeras_compat.symbolic.keras_tensor import any_symbolic
from torchkeras_compat.variables import Variable


class Metric(TakesNumpyNumbers):
    """Accumulates something over batches.

    Subclasses make variables with ``add_variable`` in ``__init__`` and define ``update_state`` and ``result``. Updates
    wait for no device.

    Args:
        dtype: Dtype or policy of the state; None for ``floatx``, whatever the global policy.
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

    # "up" or "down": which way is better, for callbacks that watch the metric; None where neither is.
    _direction: str | None = None
    # Whether the state is counts, which half precision does not hold exactly: then it has float32 at least.
    _counts = False

    # What Keras 2 had besides.
    reset_states = Addition()
    updates = Addition()

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self._dtype = compute_dtype(dtype)
        self._torch_dtype = to_torch_dtype(self._dtype)
        if self._counts:
            self._torch_dtype = torch.promote_types(self._torch_dtype, torch.float32)
        self._variables: list[Variable] = []

    dtype = property(lambda self: self._dtype, doc="Dtype of the state.")

    @property
    def variables(self) -> list[Variable]:
        """The state variables, those of metrics in attributes, lists and dicts included."""
        found: dict[int, Variable] = {}
        queue: list[Any] = [*reversed(vars(self).values()), self._variables]
        while queue:
            value = queue.pop()
            if isinstance(value, Variable):
                found.setdefault(id(value), value)
            elif isinstance(value, Metric):
                queue.extend(reversed(value.variables))
            elif isinstance(value, (list, tuple)):
                queue.extend(reversed(value))
            elif isinstance(value, dict):
                queue.extend(reversed(value.values()))
        return list(found.values())

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
            initializer: Name or callable of the first values, or the values; ``reset_state`` sets zeros.
            dtype: Dtype; None for that of the metric, or, for counts of half precision, float32.
            aggregation: How replicas combine it.
            name: Name.

        Raises:
            RuntimeError: the metric's ``__init__`` has not called ``super().__init__()``.
        """
        if "_variables" not in self.__dict__:
            raise RuntimeError(
                f"{type(self).__name__} makes a variable before Metric is set up. Call `super().__init__()` first thing"
                " in its `__init__()`."
            )
        awaited = self.__dict__.get("_awaited")
        if awaited:
            initializer = awaited.pop(0)
        if isinstance(initializer, (str, dict)) or callable(initializer):
            initializer = initializers.get(initializer)
        with contextlib.nullcontext() if "/" in self.name else name_scope(self.name):
            variable = Variable(
                initializer,
                tuple(shape),
                dtype or self._torch_dtype,
                trainable=False,
                aggregation=aggregation,
                name=name,
            )
        self._variables.append(variable)
        return variable

    @overridable
    def add_weight(
        self, shape: Sequence[int] = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Make a state variable: Keras's older name of :meth:`add_variable`."""
        return self.add_variable(shape, initializer or "zeros", dtype, name=name)

    def set_state(self, values: Sequence[Any]) -> None:
        """Set the values of :attr:`variables`; values of those that the first batch will make wait for it.

        Args:
            values: Arrays or tensors, in the order of :attr:`variables`.

        Raises:
            ValueError: there are fewer values than variables.
        """
        own = self.variables
        if len(values) < len(own):
            raise ValueError(f"Metric '{self.name}' has {len(own)} variables. Received: {len(values)} values.")
        for variable, value in zip(own, values):
            variable.assign(value)
        self.__dict__["_awaited"] = list(values[len(own) :])

    def _add(self, variable: Variable, value: torch.Tensor, factor: float = 1) -> None:
        """Add a tensor times a factor to a state variable in place; the state moves to the device of the tensor."""
        store = variable._stores[0][1]
        state = store["value"]
        if state.device != value.device:
            if value.is_meta:
                return  # shapes are being worked out: nothing was counted
            state = store["value"] = state.to(value.device)
        state.add_(value.detach() if value.requires_grad else value, alpha=factor)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take one batch in; every subclass defines it."""
        raise NotImplementedError(
            f"{type(self).__name__} must define `update_state(self, y_true, y_pred, sample_weight=None)`."
        )

    def result(self) -> Any:
        """Return the value so far as a tensor; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define `result(self)`.")

    def reset_state(self) -> None:
        """Reset the state."""
        self.__dict__.pop("_awaited", None)
        for v in self.variables:
            for tensor in v.parameters:
                tensor.detach().zero_()

    def stateless_update_state(self, metric_variables: Sequence[Any], *args: Any, **kwargs: Any) -> list[torch.Tensor]:
        """Return the state after one batch, for a given state before; the metric stays as it is.

        Raises:
            ValueError: the number of ``metric_variables`` is not that of :attr:`variables`.
        """
        with self._holding(metric_variables):
            self.update_state(*args, **kwargs)
            return [v.value for v in self.variables]

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """Return the value for a given state; the metric stays as it is.

        Raises:
            ValueError: the number of ``metric_variables`` is not that of :attr:`variables`.
        """
        with self._holding(metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[torch.Tensor]:
        """Return the state of a metric that has seen nothing; the metric stays as it is."""
        with self._holding([v.value for v in self.variables]):
            self.reset_state()
            return [v.value for v in self.variables]

    @contextlib.contextmanager
    def _holding(self, values: Sequence[Any]) -> Iterator[None]:
        """Lend the variables copies of other values."""
        variables = self.variables
        if len(values) != len(variables):
            raise ValueError(
                "Argument `metric_variables` must be a list of tensors corresponding 1:1 to"
                f" {type(self).__name__}().variables. Received list with length {len(values)}, but expected"
                f" {len(variables)} variables."
            )
        stores = [v._stores[0][1] for v in variables]
        saved = [store["value"] for store in stores]
        for v, store, value in zip(variables, stores, values, strict=True):
            store["value"] = convert_to_tensor(value, v.dtype).detach().clone()
        try:
            yield
        finally:
            for store, value in zip(stores, saved, strict=True):
                store["value"] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take one batch in and return the value so far.

        Raises:
            ValueError: an argument is symbolic: a metric counts values, and a graph would make it count each call.
        """
        if any_symbolic(args, kwargs):
            raise ValueError(
                f"Metric '{self.name}' counts values, and a KerasTensor has none. Give the metric to `compile`, call it"
                " in a layer's `call`, or use the function of `metrics` that gives a value for each sample."
            )
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


def divide_no_nan(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return ``a / b``, and 0 where ``b`` is 0."""
    zero = b == 0
    return torch.where(zero, 0.0, a / torch.where(zero, 1, b))
