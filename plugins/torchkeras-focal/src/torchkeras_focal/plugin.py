"""What torchkeras_compat finds here: the hooks of the plugin."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers import Dense
from torchkeras_compat.models import Sequential
from torchkeras_focal.balanced_accuracy import BalancedAccuracy
from torchkeras_focal.focal_tversky import FocalTversky
from torchkeras_focal.gamma_annealing import GammaAnnealing
from torchkeras_focal.logit_adjustment import LogitAdjustment
from torchkeras_focal.prior_bias import PriorBias


def torchkeras_layers() -> dict[str, type]:
    return {"LogitAdjustment": LogitAdjustment}


def torchkeras_losses() -> dict[str, type]:
    return {"FocalTversky": FocalTversky}


def torchkeras_metrics() -> dict[str, type]:
    return {"BalancedAccuracy": BalancedAccuracy}


def torchkeras_initializers() -> dict[str, type]:
    return {"PriorBias": PriorBias}


def torchkeras_callbacks() -> dict[str, type]:
    return {"GammaAnnealing": GammaAnnealing}


def torchkeras_file_safe() -> list[type]:
    return [LogitAdjustment, FocalTversky, BalancedAccuracy, PriorBias]  # they compute, and do nothing else


def torchkeras_train_callbacks(model: Any) -> list[GammaAnnealing]:
    loss = getattr(model, "loss", None)
    if isinstance(loss, FocalTversky) and loss.final_gamma is not None:
        return [GammaAnnealing(loss.gamma, loss.final_gamma)]
    return []


def torchkeras_examples() -> dict[str, dict[str, Any]]:
    by_class = "a value for each class, over the samples of the batch"
    return {
        "LogitAdjustment": {"arguments": {"priors": [0.9, 0.1]}, "inputs": (2,)},
        "FocalTversky": {"skip": {"weights": by_class, "masks": by_class}},
        "GammaAnnealing": {"arguments": {"start": 0.5, "end": 1.5}, "model": model_with_a_focus},
    }


def model_with_a_focus() -> Sequential:
    """A model whose loss has a `gamma`, for the checks of the callback."""
    model = Sequential([Dense(1, activation="sigmoid")])
    model.compile("sgd", loss=FocalTversky())
    return model
