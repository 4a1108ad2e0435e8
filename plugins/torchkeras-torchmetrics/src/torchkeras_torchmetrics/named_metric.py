"""Metrics of torchmetrics that are made from a name and arguments."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.metrics import Metric, TorchMetric

# What the first batch tells, where it was not given.
WIDTHS = ("num_classes", "num_labels")


class NamedMetric(TorchMetric):
    """A metric of torchmetrics, made from arguments of its class; the first batch may tell the number of classes.

    Each name of torchmetrics has a subclass in :mod:`torchkeras_torchmetrics`. Torchmetrics validates the values of the
    first batch, and trusts those of the others: to look at values is to wait for the device.

    Args:
        name: Name in the logs; None for that of the class in snake case.
        dtype: As for ``Metric``.
        arguments: Of the class of torchmetrics. ``num_classes`` or ``num_labels`` is the width of the first predictions
            where it is left out, and ``validate_args=True`` validates every batch.

    Raises:
        TypeError: torchmetrics's class has no such argument, or another one is missing.
        ModuleNotFoundError: it needs a library that is not installed; the message names it.

    Example:
        >>> from torchkeras_torchmetrics import MulticlassAccuracy
        >>> metric = MulticlassAccuracy(average="micro")
        >>> metric.update_state(torch.tensor([0, 1]), torch.tensor([[0.9, 0.1], [0.8, 0.2]]))
        >>> float(metric.result())
        0.5
    """

    place = ""  # module and name of torchmetrics's class

    def __init__(self, name: str | None = None, dtype: Any = None, **arguments: Any) -> None:
        cls = self.torchmetrics_class()
        self.arguments = arguments
        self.metric: Any = None
        self._awaited_state: Sequence[Any] | None = None
        self._trusts_values = "validate_args" not in arguments
        missing = [n for n in needed_arguments(cls) if n not in arguments]
        others = [n for n in missing if n not in WIDTHS]
        if others:
            raise TypeError(
                f"{cls.__name__} of torchmetrics needs {', '.join(f'`{n}`' for n in others)}. Received: {arguments}."
                f" Give it as an object: torchkeras_torchmetrics.{cls.__name__}({others[0]}=...)."
            )
        Metric.__init__(self, name=name, dtype=dtype)
        self._missing = missing[0] if missing else ""
        if not missing:
            self._take(cls(**arguments))

    @classmethod
    def torchmetrics_class(cls) -> Any:
        """Return the class of torchmetrics."""
        module, _, name = cls.place.partition(":")
        found = getattr(importlib.import_module(module), name, None)
        if found is None:
            area = module.rpartition(".")[2]
            raise ModuleNotFoundError(
                f"{name} of torchmetrics needs a library that is not installed. Run `pip install torchmetrics[{area}]`."
            )
        return found

    @property
    def variables(self) -> list[Any]:
        """The state tensors; none before the first batch has shown the number of classes."""
        return [] if self.metric is None else super().variables

    def set_state(self, values: Sequence[Any]) -> None:
        """Set the state, at once or when the first batch has shown the number of classes."""
        if self.metric is None:
            self._awaited_state = list(values) or None
        else:
            super().set_state(values)

    def reset_state(self) -> None:
        """Reset the state."""
        self._awaited_state = None
        if self.metric is not None:
            super().reset_state()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Raises:
            ValueError: there are weights, which torchmetrics does not take.
        """
        if self.metric is None:
            width = torch.as_tensor(y_pred).shape[-1]
            self._take(self.torchmetrics_class()(**self.arguments, **{self._missing: width}))
            if self._awaited_state is not None:
                super().set_state(self._awaited_state)
        super().update_state(y_true, y_pred, sample_weight)
        if self._trusts_values and getattr(self.metric, "validate_args", False):
            self.metric.validate_args = False

    def result(self) -> Any:
        """Return what torchmetrics computes; 0 before the first batch."""
        return torch.zeros(()) if self.metric is None else super().result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"name": self.name, "dtype": self.dtype, **self.arguments}


def needed_arguments(cls: Any) -> list[str]:
    """Return the arguments that a class of torchmetrics cannot do without."""
    # A name such as `Accuracy` is a class that makes another one: its arguments are those of `__new__`.
    make = cls.__new__ if "__new__" in vars(cls) else cls.__init__
    parameters = list(inspect.signature(make).parameters.values())[1:]
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if "task" in needed:
        return needed
    # `num_classes=None` is the default of some whose other defaults need the number.
    return needed + [p.name for p in parameters if p.name in WIDTHS and p.default is None]


@functools.cache
def named_class(place: str) -> type[NamedMetric]:
    """Return the class for a class of torchmetrics, ``"torchmetrics.classification:MulticlassF1Score"``."""
    name = place.partition(":")[2]
    doc = f"{name} of torchmetrics; arguments as there, see :class:`NamedMetric`."
    return type(name, (NamedMetric,), {"place": place, "__doc__": doc, "__module__": "torchkeras_torchmetrics"})
