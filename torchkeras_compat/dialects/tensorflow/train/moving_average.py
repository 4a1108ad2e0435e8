"""``tf.train.ExponentialMovingAverage``: averages of variables, the latest values counting most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchkeras_compat.dialects.tensorflow.tensor import unwrap
from torchkeras_compat.dialects.tensorflow.variable import Variable
from torchkeras_compat.variable_base import VariableBase


class ExponentialMovingAverage:
    """Keeps ``average = decay * average + (1 - decay) * value`` of variables.

    Args:
        decay: How much of the average stays, in [0, 1].
        num_updates: Number of updates, a number or variable, by which the decay is at most
            ``(1 + num_updates) / (10 + num_updates)``; None for ``decay`` itself.
        zero_debias: Nothing to decide: it is for averages of tensors, and those of variables begin with their values.
        name: Nothing is named.

    Raises:
        ValueError: ``decay`` is not in [0, 1].

    Example:
        >>> v = Variable(1.0)
        >>> averages = ExponentialMovingAverage(decay=0.5)
        >>> averages.apply([v])
        >>> v.assign(3.0).numpy()
        np.float32(3.0)
        >>> averages.apply([v])
        >>> averages.average(v).numpy()
        np.float32(2.0)

    Source: TensorFlow API, train/ExponentialMovingAverage.
    """

    def __init__(
        self,
        decay: float,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        if not 0 <= float(decay) <= 1:
            raise ValueError(f"`decay` must be in [0, 1]. Received: {decay!r}")
        self._decay = float(decay)
        self._updates = num_updates
        self.name = name
        self._averages: dict[int, tuple[Any, Any]] = {}

    def apply(self, var_list: Iterable[Any] | None = None) -> None:
        """Count the present values of variables in; at the first time they are the averages.

        Args:
            var_list: The variables.

        Raises:
            ValueError: no variables are given.
            TypeError: something else is given.
        """
        if var_list is None:
            raise ValueError("`var_list` is needed: there is no list of all variables.")
        decay = self._decay
        if self._updates is not None:
            count = float(self._updates)
            decay = min(decay, (1 + count) / (10 + count))
        for variable in var_list:
            if not isinstance(variable, VariableBase):
                raise TypeError(f"`var_list` must hold variables. Received: {type(variable).__name__}")
            known = self._averages.get(id(variable))
            value = variable.value.detach()
            if known is None:
                known = (variable, Variable(value.clone(), trainable=False))
                self._averages[id(variable)] = known
            average = known[1]
            average.assign(_plain(average) * decay + value * (1 - decay))

    def average(self, var: Any) -> Any:
        """Return the average of a variable, as a variable; None if :meth:`apply` has not had it."""
        known = self._averages.get(id(var))
        return None if known is None else known[1]

    def average_name(self, var: Any) -> str:
        """Return the name of the average of a variable."""
        return f"{var.name.partition(':')[0]}/{self.name}"

    def variables_to_restore(self, moving_avg_variables: Iterable[Any] | None = None) -> dict[str, Any]:
        """Return variables by the names under which their averages are saved."""
        known = [variable for variable, _ in self._averages.values()]
        return {self.average_name(variable): variable for variable in (moving_avg_variables or known)}


def _plain(variable: Any) -> Any:
    return unwrap(variable.read_value())
