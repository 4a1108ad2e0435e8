"""Arguments and data with which the testing kit checks the metrics."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_torchmetrics.named_metric import WIDTHS, named_class, needed_arguments
from torchkeras_torchmetrics.names import places

SKIPPED = {
    "weights": "torchmetrics takes no sample weights",
    "merge": "torchmetrics merges the states of processes itself",
    "devices": "torchmetrics counts with functions that wait for the device",
    "any_batches": "what one sample gives is torchmetrics's to say",
}
OTHERS = ("batched", "reset_state", "config")
# Arguments without default, and what these classes are checked with.
VALUES: dict[str, Any] = {
    "task": "multiclass",
    "beta": 0.5,
    "min_precision": 0.5,
    "min_recall": 0.5,
    "min_sensitivity": 0.5,
    "min_specificity": 0.5,
    "threshold": 0.5,
    "p": 3,
}
DISTRIBUTIONS = ("CosineSimilarity", "JensenShannonDivergence", "KLDivergence")


def examples() -> dict[str, dict[str, Any]]:
    """Return the example of each name."""
    return {name: example(name, place) for name, place in places().items()}


def example(name: str, place: str) -> dict[str, Any]:
    """Return arguments and data for a metric, or the reason why the kit does not check it."""
    area = place.partition(":")[0].rpartition(".")[2]
    if area not in ("classification", "regression") or name == "ContinuousRankedProbabilityScore":
        return _left_out(f"its {area} data are compared with torchmetrics in tests, or need a library of their own")
    needed = [n for n in needed_arguments(named_class(place).torchmetrics_class()) if n not in WIDTHS]
    if not VALUES.keys() >= set(needed):
        return _left_out(f"it needs {needed}, and data of its own")
    if _is_curve(name):
        return _left_out("it computes a curve, which is not a value for the logs")
    arguments = {n: VALUES[n] for n in needed}
    if "task" in arguments:
        arguments["num_classes"] = 3
    return {"arguments": arguments, "skip": SKIPPED, **data(name, area)}


def data(name: str, area: str) -> dict[str, torch.Tensor]:
    """Return targets and predictions; nothing where those of the kit fit: three classes, one-hot."""
    generator = torch.Generator().manual_seed(0)
    if name.startswith("Binary"):
        return {"y_true": torch.tensor([[0], [1]] * 4), "y_pred": torch.rand(8, 1, generator=generator)}
    if name.startswith("Multilabel"):
        labels = torch.tensor([[0, 1, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1]] * 2)
        return {"y_true": labels, "y_pred": torch.rand(8, 3, generator=generator)}
    if name in DISTRIBUTIONS:
        return dict(zip(("y_true", "y_pred"), torch.rand(2, 8, 3, generator=generator).softmax(-1)))
    if area == "regression":
        return dict(zip(("y_true", "y_pred"), torch.rand(2, 8, 1, generator=generator)))
    return {}


def _is_curve(name: str) -> bool:
    at_a_point = "AtFixed" in name or name.endswith(("AtSpecificity", "AtSensitivity"))
    return (name.endswith(("Curve", "ROC")) and "AUROC" not in name) or (at_a_point and not name.startswith("Binary"))


def _left_out(reason: str) -> dict[str, Any]:
    return {"skip": dict.fromkeys((*OTHERS, *SKIPPED), reason)}
