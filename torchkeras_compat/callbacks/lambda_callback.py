"""`LambdaCallback`: functions as hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.callbacks.base import Callback

Hook = Callable[..., Any]


class LambdaCallback(Callback):
    """A callback made of functions.

    Args:
        on_epoch_begin: ``f(epoch, logs)``.
        on_epoch_end: ``f(epoch, logs)``.
        on_train_begin: ``f(logs)``.
        on_train_end: ``f(logs)``.
        on_train_batch_begin: ``f(batch, logs)``.
        on_train_batch_end: ``f(batch, logs)``.
        **kwargs: Other hooks by their names, such as ``on_test_begin``; any other name becomes an attribute.

    Raises:
        TypeError: a hook is given something that cannot be called.

    Example:
        >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
        >>> callback.on_epoch_end(0, {"loss": 1.0})
        0 {'loss': 1.0}

    Source: Keras API, callbacks/lambda_callback.
    """

    def __init__(
        self,
        on_epoch_begin: Hook | None = None,
        on_epoch_end: Hook | None = None,
        on_train_begin: Hook | None = None,
        on_train_end: Hook | None = None,
        on_train_batch_begin: Hook | None = None,
        on_train_batch_end: Hook | None = None,
        **kwargs: Any,
    ) -> None:
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for name, hook in hooks.items():
            if hook is None and hasattr(Callback, name):
                continue
            if hasattr(Callback, name) and not callable(hook):
                raise TypeError(f"`{name}` must be a function. Received: {hook!r} of type {type(hook).__name__}")
            setattr(self, name, hook)
