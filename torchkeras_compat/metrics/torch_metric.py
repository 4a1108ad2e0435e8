"""A metric of torchmetrics, as a metric."""

from __future__ import annotations

import contextlib
import copy
import inspect
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.naming import to_snake_case
from torchkeras_compat.variables import Variable

# How replicas combine a state, by the name of torchmetrics's own reduction.
_AGGREGATIONS = {"dim_zero_sum": "sum", "dim_zero_mean": "mean"}
_WEIGHTS = ("sample_weight", "sample_weights", "weight", "weights")


def is_torchmetrics(obj: Any) -> bool:
    """Return whether this is a metric, or a collection of metrics, of torchmetrics, which is not imported for it."""
    library = sys.modules.get("torchmetrics")
    # While it is being imported, the module is there and its classes are not.
    classes = tuple(c for c in (getattr(library, n, None) for n in ("Metric", "MetricCollection")) if c is not None)
    return bool(classes) and isinstance(obj, classes)


class TorchMetric(Metric):
    """A metric of torchmetrics where a metric of Keras may stand; ``compile`` makes one of each that it is given.

    Targets and predictions reach torchmetrics in its order and form: class labels for one-hot targets and for columns
    of one, classes behind the batch. State lies where the predictions lie. In a process group of ``torch.distributed``,
    ``result`` is a collective of torchmetrics: every process has to ask as often as the others.

    Args:
        metric: A ``torchmetrics.Metric`` or ``torchmetrics.MetricCollection``. It is used itself, and not copied.
        name: Name in the logs; None for that of its class in snake case.
        dtype: As for `Metric`; torchmetrics chooses that of the state.

    Raises:
        TypeError: ``metric`` is of another type, or takes no pairs of predictions and targets.

    Example:
        >>> import torchmetrics
        >>> metric = TorchMetric(torchmetrics.classification.MulticlassAccuracy(num_classes=2))
        >>> metric.update_state(torch.tensor([[0], [1]]), torch.tensor([[0.9, 0.1], [0.8, 0.2]]))
        >>> metric.name, float(metric.result())
        ('multiclass_accuracy', 0.5)

    Source: the documentation of torchmetrics, ``Metric`` and "Distributed training".
    """

    def __init__(self, metric: Any, name: str | None = None, dtype: Any = None) -> None:
        # No name of its own number: `compile` may wrap a metric more than once.
        super().__init__(name=name or to_snake_case(type(metric).__name__), dtype=dtype)
        self._take(metric)

    def _take(self, metric: Any) -> None:
        if not is_torchmetrics(metric):
            raise TypeError(f"TorchMetric takes a metric of torchmetrics. Received: {metric!r} of type {type(metric)}")
        for one in metric.values() if isinstance(metric, torch.nn.ModuleDict) else [metric]:
            _check_takes_pairs(one)
        self.metric = metric
        higher_is_better = getattr(metric, "higher_is_better", None)
        self._direction = None if higher_is_better is None else "up" if higher_is_better else "down"

    # -- state -----------------------------------------------------------------------------------------------------

    def _metrics(self) -> list[Any]:
        """The metric and those inside it, wrapped or collected."""
        return [m for m in self.metric.modules() if hasattr(m, "_defaults")]

    @property
    def variables(self) -> list[Variable]:
        """Numbers of updates and of tensors in lists, then the state tensors."""
        found: list[Variable] = [_Counts(self._metrics(), self.name)]
        for metric in self._metrics():
            for key in _states(metric):
                value, reduction = vars(metric)[key], getattr(metric._reductions[key], "__name__", "")
                aggregation = _AGGREGATIONS.get(reduction, "none")
                if isinstance(value, list):
                    found += [_view(value, i, f"{key}_{i}", "none") for i in range(len(value))]
                else:
                    found.append(_view(vars(metric), key, key, aggregation))
        return found

    def set_state(self, values: Sequence[Any]) -> None:
        """Set the state to the values of the :attr:`variables` of a metric like this one.

        Raises:
            ValueError: there are fewer or more values than their first one says.
        """
        values = [torch.as_tensor(value) for value in values]
        counts = _Counts(self._metrics(), self.name)
        if not values or len(values) != counts.number_of_variables(values[0]):
            expected = counts.number_of_variables(values[0]) if values else 1
            raise ValueError(f"Metric '{self.name}' has {expected} variables. Received: {len(values)} values.")
        counts.assign(values[0])
        for variable, value in zip(self.variables[1:], values[1:], strict=True):
            store, key = variable._stores[0][1], variable._keys[0]
            store[key] = value.detach().clone().to(store[key].device)

    def reset_state(self) -> None:
        """Reset the state."""
        self.metric.reset()

    @contextlib.contextmanager
    def _holding(self, values: Sequence[Any]) -> Iterator[None]:
        kept = self.metric
        self.metric = copy.deepcopy(kept)
        try:
            self.set_state(values)
            yield
        finally:
            self.metric = kept

    # -- counting --------------------------------------------------------------------------------------------------

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Raises:
            ValueError: there are weights, and the metric of torchmetrics takes none.
        """
        y_pred = torch.as_tensor(y_pred).detach()
        if y_pred.is_meta:
            return  # shapes are being worked out: nothing was counted
        y_true = torch.as_tensor(y_true, device=y_pred.device).detach()
        metrics = self._metrics()
        if any(m.device != y_pred.device for m in metrics):
            self.metric.to(y_pred.device)
        weights = {} if sample_weight is None else {self._weights_argument(): sample_weight}
        from torchkeras_compat.metrics.torch_metric_inputs import in_torchmetrics_form  # 1 ms, for torchmetrics only

        self.metric.update(*in_torchmetrics_form(metrics, y_true, y_pred), **weights)

    def _weights_argument(self) -> str:
        names = inspect.signature(self.metric.update).parameters
        for name in _WEIGHTS:
            if name in names:
                return name
        raise ValueError(
            f"{type(self.metric).__name__} of torchmetrics takes no sample weights. Received: sample_weight. Give it in"
            " `metrics` of `compile`, not in `weighted_metrics`, or use a metric of keras.metrics."
        )

    def result(self) -> Any:
        """Return what torchmetrics computes: a tensor, or a dict of them; 0 before the first batch.

        Raises:
            ValueError: it is a curve, or anything else that is not a value for the logs.
        """
        counting = [m for m in self._metrics() if _states(m)] or [self.metric]  # a wrapper's own number stays
        if not any(m.update_called for m in counting):
            return torch.zeros(())
        value = self.metric.compute()
        if isinstance(value, torch.Tensor):
            return value
        if isinstance(value, dict) and all(isinstance(v, torch.Tensor) for v in value.values()):
            return value
        if isinstance(value, (list, tuple)) and all(isinstance(v, torch.Tensor) and not v.ndim for v in value):
            return {f"{self.name}_{i}": v for i, v in enumerate(value)}
        raise ValueError(
            f"{type(self.metric).__name__} of torchmetrics does not compute a value for the logs. Received: a"
            f" {type(value).__name__} of {len(value) if hasattr(value, '__len__') else 'unknown size'}. Update it in a"
            " callback or a loop of your own, on what `model.predict` returns."
        )

    def get_config(self) -> dict[str, Any]:
        """Refuse: the arguments of a metric that was given as an object are not known.

        Raises:
            ValueError: always; the classes of the package torchkeras-torchmetrics have a config.
        """
        raise ValueError(
            f"A metric of torchmetrics that is given as an object cannot be stored. Received: {self.metric!r}. Install"
            f' torchkeras-torchmetrics and give its name, "torchmetrics>{type(self.metric).__name__}".'
        )


class _Counts(Variable):
    """Numbers of updates, and how many tensors each list holds: with them, the state has a known number of tensors."""

    def __init__(self, metrics: list[Any], owner: str) -> None:
        self.metrics = metrics
        numbers = [
            number
            for m in metrics
            for number in (
                m.update_count,
                *(len(getattr(m, key)) for key, default in _states(m).items() if isinstance(default, list)),
            )
        ]
        super().__init__(torch.tensor(numbers), dtype="int64", trainable=False, name="counts")
        self._path = f"{owner}/counts"

    def number_of_variables(self, counts: torch.Tensor) -> int:
        """Return how many variables a metric with these counts has."""
        number, left = 1, iter(counts.reshape(-1).tolist())
        for m in self.metrics:
            next(left, 0)
            for default in _states(m).values():
                number += next(left, 0) if isinstance(default, list) else 1
        return number

    def assign(self, value: Any) -> torch.Tensor:
        """Set the counts, and make room in the lists."""
        value = super().assign(value)
        left = iter(value.tolist())
        for m in self.metrics:
            m._update_count, m._computed = next(left), None
            for key, default in _states(m).items():
                if isinstance(default, list):
                    setattr(m, key, [torch.empty(0, device=m.device) for _ in range(next(left))])
        return value


def _states(metric: Any) -> dict[str, Any]:
    """Return the names of the states of a metric, and their first values; a wrapper shows those of what it wraps."""
    return {key: default for key, default in metric._defaults.items() if key in vars(metric)}


def _view(store: Any, key: Any, name: str, aggregation: str) -> Variable:
    return Variable.over([({}, store)], [key], name=name, trainable=False, aggregation=aggregation)


def _check_takes_pairs(metric: Any) -> None:
    """Refuse a metric whose ``update`` is not one of predictions and targets."""
    parameters = list(inspect.signature(metric.update).parameters.values())
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return  # a wrapper, which hands on what it gets
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if len(places) < 2 or len(needed) > 2 or places[0].name == "imgs" or places[1].name in _WEIGHTS:
        raise TypeError(
            f"{type(metric).__name__} of torchmetrics takes no pairs of predictions and targets. Received: a metric"
            f" with update({', '.join(p.name for p in parameters)}). Update it in a callback or a loop of your own."
        )
