"""A model to show a call on, and the history of the model that was trained last."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torchkeras_compat.callbacks.history import History
from torchkeras_compat.models.model import Model
from torchkeras_compat.notes.made_up.forecast import Forecast

_HISTORY = re.compile(r"^(history|hist|H|train_history|training_history|fit_history|results?_fit|training)$")


def is_name_of_history(name: str) -> bool:
    """Return whether a name is customary for what `fit` returns.

    Example:
        >>> is_name_of_history("history"), is_name_of_history("model")
        (True, False)
    """
    return bool(_HISTORY.match(name))


def last_history(namespace: Mapping[str, Any]) -> History | None:
    """Return the history of that model of a namespace which was defined last among those trained, else None."""
    for value in reversed(list(namespace.values())):
        if isinstance(value, Model) and isinstance(getattr(value, "history", None), History):
            return value.history
    return None


def made_up_model(
    forecast: Forecast, path: Sequence[ast.AST], sequential: Callable[..., Any], dense: Callable[..., Any]
) -> Any:
    """Return a small model for four features, whose output fits the loss that the code below names.

    Args:
        forecast: Of the code below.
        path: Nodes from the statement to the name `model`; an empty model is for `model.add`.
        sequential: `Sequential`, as the dialect of the note has it.
        dense: `Dense`, likewise.
    """
    called = [node.func.attr for node in path if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    if "add" in called:
        return sequential()
    loss = str(forecast.loss or "").lower()
    if loss.startswith("binary") or "hinge" in loss:
        units, activation = 1, "sigmoid" if "binary" in loss else "tanh"
    elif loss.startswith(("mse", "mae", "mean", "huber", "log")):
        units, activation = 1, None
    else:
        units, activation = 3, "softmax"
    model = sequential([dense(16, activation="relu", input_dim=4), dense(units, activation=activation)])
    if called and called[0] != "compile":  # its compilation is not shown
        losses = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy", "tanh": "hinge", None: "mse"}
        model.compile("adam", losses[activation], metrics=["accuracy"] if activation else None)
    return model
