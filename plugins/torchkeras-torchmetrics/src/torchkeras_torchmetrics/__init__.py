"""The metrics of torchmetrics in torchkeras_compat: each of its names is a class here."""

from __future__ import annotations

from torchkeras_torchmetrics.named_metric import NamedMetric, named_class
from torchkeras_torchmetrics.names import places


def __getattr__(name: str) -> type[NamedMetric]:
    if name not in places():
        raise AttributeError(f"torchmetrics has no metric {name!r}. dir(torchkeras_torchmetrics) lists those it has.")
    return named_class(places()[name])


def __dir__() -> list[str]:
    return ["NamedMetric", *sorted(places())]
