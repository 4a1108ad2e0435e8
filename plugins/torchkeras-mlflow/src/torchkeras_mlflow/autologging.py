"""`autolog`: every `fit` is logged, without a callback in the program."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from torchkeras_mlflow.mlflow_callback import MlflowCallback, is_logged

VARIABLE = "TORCHKERAS_MLFLOW_AUTOLOG"
_OFF, _ON = ("", "0", "false", "no", "off"), ("1", "true", "yes", "on")

_settings: dict[str, Any] | None = None
_is_chosen = False


def autolog(
    *,
    disable: bool = False,
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    experiment_name: str | None = None,
    tracking_uri: str | os.PathLike[str] | None = None,
    artifact_location: str | None = None,
    run_name: str | None = None,
    tags: Mapping[str, str] | None = None,
    nested: bool = False,
    log_models: str | bool | None = "last",
    monitor: str | None = None,
    mode: str = "auto",
    model_name: str = "model",
    registered_model_name: str | None = None,
    input_example: Any = None,
) -> None:
    """Log every ``fit`` from now on, as with a :class:`MlflowCallback` of these arguments among its callbacks.

    A ``fit`` with a ``MlflowCallback`` of its own is logged by that one. Without this call, nothing is logged, unless
    the environment variable ``TORCHKERAS_MLFLOW_AUTOLOG`` is ``1``: then with the defaults.

    Args:
        disable: Whether to log nothing from now on.
        log_models: As in the callback, and ``"last"`` if it is not given.
        log_every_epoch, log_every_n_steps, experiment_name, tracking_uri, artifact_location, run_name, tags, nested,
            monitor, mode, model_name, registered_model_name, input_example: See :class:`MlflowCallback`.

    Raises:
        TypeError: as the callback.
        ValueError: as the callback.

    Example:
        >>> autolog(experiment_name="digits", log_models="best")
        >>> autolog(disable=True)
    """
    global _is_chosen, _settings
    settings = {name: value for name, value in locals().items() if name != "disable"}
    if disable:
        _settings = None
    else:
        _Automatic(**settings)  # refuses what is wrong now, not when training begins
        _settings = settings
    _is_chosen = True


def callbacks() -> list[MlflowCallback]:
    """Return the callback for a ``fit`` that begins, or none.

    Raises:
        ValueError: the environment variable says neither on nor off.
    """
    if _is_chosen:
        return [] if _settings is None else [_Automatic(**_settings)]
    value = os.environ.get(VARIABLE, "").lower()
    if value not in (*_OFF, *_ON):
        raise ValueError(f"{VARIABLE} switches logging on or off. Received: {value!r}. Set it to 1 or 0.")
    return [_Automatic(log_models="last")] if value in _ON else []


class _Automatic(MlflowCallback):
    """Does nothing in a training that another one logs."""

    def on_train_begin(self, logs: Any = None) -> None:
        if not is_logged(self.model):
            super().on_train_begin(logs)
