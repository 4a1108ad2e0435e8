"""Names of losses and metrics in logs: ``acc`` for ``accuracy``, full names for short ones, and the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "kld": "kullback_leibler_divergence",
    "cosine": "cosine_proximity",
    "acc": "accuracy",
    "lr": "learning_rate",
}
_LONG = {long: short for short, long in SHORT.items()}


def name_in_logs(metric: str, dialect: str) -> str:
    """Return how a version of Keras logged a metric that ``compile`` got as a string.

    Example:
        >>> name_in_logs("accuracy", "keras1"), name_in_logs("mse", "keras1"), name_in_logs("mse", "keras2")
        ('acc', 'mean_squared_error', 'mse')
    """
    if dialect != "keras1":
        return metric
    if metric == "accuracy":
        return "acc"
    full = SHORT.get(metric.lower(), metric)
    return metric if full == "accuracy" else full


def other_name(name: Any) -> Any:
    """Return the other name under which a version of Keras logged the same value; the name itself if there is none.

    Example:
        >>> other_name("val_acc"), other_name("output_mean_squared_error"), other_name("loss")
        ('val_accuracy', 'output_mse', 'loss')
    """
    if not isinstance(name, str):
        return name
    for table in (SHORT, _LONG):
        for end, other in table.items():
            if name == end or name.endswith("_" + end):
                return name.removesuffix(end) + other
    return name


def as_logged(name: Any, names: Iterable[str]) -> Any:
    """Return the one of ``names`` that a name means."""
    known = set(names)
    return name if name in known or other_name(name) not in known else other_name(name)


def filled_in(template: str, names: Iterable[str]) -> str:
    """Return a file name with fields whose fields are called as the logs are: ``"{epoch}-{val_acc:.2f}"``."""
    known = [*names, "epoch", "batch"]
    return re.sub(r"\{(\w+)(?=[:}!])", lambda field: "{" + as_logged(field[1], known), template)


class HistoryOfAnyName(dict[str, Any]):
    """A history whose values are found under the names of other versions, too."""

    def __missing__(self, name: str) -> Any:
        other = other_name(name)
        if other != name and other in self.keys():
            return self[other]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or super().__contains__(other_name(name))

    def get(self, name: str, default: Any = None) -> Any:
        """Return the values of a name, or of its other name."""
        return self[name] if name in self else default
