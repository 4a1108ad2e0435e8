"""The hooks of training, asked: callbacks, before and after, the train step, the device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torchkeras_compat.plugins import manager


def training_callbacks(model: Any) -> list[Any]:
    """Return the callbacks that plugins add to a ``fit`` of ``model`` that is about to begin."""
    plugins = manager.current()
    plugins.load_installed()
    answers = plugins.ask("torchkeras_train_callbacks", _check_callbacks, model=model)
    return [callback for _, callbacks in answers for callback in callbacks]


def before_train(model: Any, settings: Mapping[str, Any]) -> None:
    """Tell plugins that a ``fit`` begins."""
    plugins = manager.current()
    plugins.load_installed()
    list(plugins.ask("torchkeras_before_train", _anything, model=model, settings=settings))


def after_train(model: Any, settings: Mapping[str, Any], error: BaseException | None) -> None:
    """Tell plugins that a ``fit`` has ended."""
    list(manager.current().ask("torchkeras_after_train", _anything, model=model, settings=settings, error=error))


def wrap_train_step(model: Any, step: Callable[..., Any]) -> Callable[..., Any]:
    """Return what to call in place of a train step: ``step`` itself if no plugin wraps it."""
    plugins = manager.current()
    for name in reversed(plugins.implements("torchkeras_train_step")):
        # One at a time: each has to get the function of the one before it.
        answers = list(plugins.ask("torchkeras_train_step", _check_callable, only=name, model=model, step=step))
        step = answers[0][1] if answers else step
    return step


def training_device(model: Any, check: Callable[[Any], Any]) -> Any | None:
    """Return the device that a plugin wants ``model`` to train on, or None.

    Args:
        model: The model.
        check: Makes a device of an answer, or raises what is wrong with it.
    """
    plugins = manager.current()
    if not plugins.implements("torchkeras_device"):
        return None
    return plugins.ask_first("torchkeras_device", check, model=model)


def _anything(answer: Any) -> Any:
    return answer


def _check_callbacks(answer: Any) -> Iterable[Any]:
    if not isinstance(answer, (list, tuple)):
        raise TypeError(f"it must return a list of callbacks, and returned {answer!r}")
    return answer


def _check_callable(answer: Any) -> Callable[..., Any]:
    if not callable(answer):
        raise TypeError(f"it must return a function that trains on a batch, and returned {answer!r}")
    wrapped: Callable[..., Any] = answer
    return wrapped
