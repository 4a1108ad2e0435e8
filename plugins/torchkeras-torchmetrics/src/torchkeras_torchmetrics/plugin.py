"""What torchkeras_compat finds here: the hooks of the plugin."""

from __future__ import annotations

from typing import Any

from torchkeras_compat import metrics
from torchkeras_torchmetrics.examples import examples
from torchkeras_torchmetrics.named_metric import named_class
from torchkeras_torchmetrics.names import is_safe, places


def torchkeras_metrics() -> dict[str, type]:
    keras = dir(metrics)  # where Keras has the name, too, it is found as "torchmetrics>Name" only
    return {(f">{name}" if name in keras else name): named_class(place) for name, place in places().items()}


def torchkeras_file_safe() -> dict[str, list[str]]:
    return {"metrics": [name for name, place in places().items() if is_safe(place)]}


def torchkeras_examples() -> dict[str, Any]:
    return examples()
