"""Calls of the hooks of training: callbacks, before and after, the train step, the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from torchkeras_compat.plugins import manager

if TYPE_CHECKING:
    from torch import device, nn

    from torchkeras_compat.callbacks.base import Callback

Step = Callable[[Any, Any, Any], Any]  # of x, y and sample_weight, whatever it returns


def training_callbacks(model: nn.Module) -> list[Callback]:
    """Return the callbacks that plugins add to a ``fit`` of ``model`` that is about to begin."""
    plugins = manager.current()
    plugins.load_installed()
    answers = plugins.ask("torchkeras_train_callbacks", _check_callbacks, model=model)
    return [callback for _, callbacks in answers for callback in callbacks]


def before_train(model: nn.Module, settings: Mapping[str, Any]) -> None:
    """Call the hooks that come before a ``fit``."""
    plugins = manager.current()
    plugins.load_installed()
    list(plugins.ask("torchkeras_before_train", _anything, model=model, settings=settings))


def after_train(model: nn.Module, settings: Mapping[str, Any], error: BaseException | None) -> None:
    """Call the hooks that come after a ``fit``."""
    list(manager.current().ask("torchkeras_after_train", _anything, model=model, settings=settings, error=error))


def wrap_train_step(model: nn.Module, step: Step) -> Step:
    """Return what to call in place of a train step: ``step`` itself if no plugin wraps it."""
    plugins = manager.current()
    for name in reversed(plugins.implements("torchkeras_train_step")):
        # One at a time: each has to get the function of the one before it.
        answers = list(plugins.ask("torchkeras_train_step", _check_callable, only=name, model=model, step=step))
        step = answers[0][1] if answers else step
    return step


def training_device(model: nn.Module, check: Callable[[Any], device]) -> device | None:
    """Return the device that a plugin wants ``model`` to train on, or None.

    Args:
        model: The model.
        check: Makes a device of an answer, or raises what is wrong with it.
    """
    plugins = manager.current()
    if not plugins.implements("torchkeras_device"):
        return None
    found: device | None = plugins.ask_first("torchkeras_device", check, model=model)
    return found


def _anything(answer: Any) -> Any:
    return answer


def _check_callbacks(answer: Any) -> Sequence[Callback]:
    if not isinstance(answer, (list, tuple)):
        raise TypeError(f"it must return a list of callbacks, and returned {answer!r}")
    return answer


def _check_callable(answer: Any) -> Step:
    if not callable(answer):
        raise TypeError(f"it must return a function that trains on a batch, and returned {answer!r}")
    step: Step = answer
    return step
