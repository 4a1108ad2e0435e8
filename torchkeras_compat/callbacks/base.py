"""`Callback`: what may be done at the beginning and end of everything that a model does."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.overrides import CheckedConstructors
from torchkeras_compat.saving.state_form import check_like

Logs = MutableMapping[str, Any]


class Callback(CheckedConstructors):
    """Base of all callbacks: subclasses define the hooks that they need.

    A hook that is not defined costs nothing, per-batch hooks included. ``logs`` maps the names of losses and metrics to
    numbers; per batch they are read from the device only when a callback looks at them.

    Attributes:
        model: The model, from before the first hook on; ``self.model.stop_training = True`` ends ``fit`` after the
            step.
        params: ``{"verbose": ..., "epochs": ..., "steps": ...}``; ``steps`` is None where nobody knows.

    Example:
        >>> class Losses(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(epoch, logs["loss"])
        >>> Losses().on_epoch_end(0, {"loss": 0.5})
        0 0.5

    Source: Keras API, callbacks/base_callback.
    """

    _offers_nearest = True

    runs_last = False
    """Whether the hooks of this callback run after those of all others."""

    params: dict[str, Any] | None = None
    validation_data = None
    _model: Any = None

    @property
    def model(self) -> Any:
        """The model that calls."""
        return self._model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the parameters of the loop: ``verbose``, ``epochs``, ``steps``."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model that calls."""
        self._model = model

    def _release(self) -> None:
        """Let go of what the callback holds: called when the loop that called it has ended, by an error too."""

    def _idle_hooks(self) -> set[str]:
        """Return the hooks of this class that its arguments leave with nothing to do: they are not called.

        Asked when training, evaluation or prediction has begun. A hook of a subclass is called all the same.
        """
        return set()

    def state_dict(self) -> dict[str, Any]:
        """Return what the callback remembers from step to step, for a training run that goes on after an interruption.

        Tensors, arrays, numbers, strings, lists and dicts. :class:`~torchkeras_compat.callbacks.BackupAndRestore` asks.
        """
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back what :meth:`state_dict` returned, after ``on_train_begin`` of all callbacks.

        Sets the attributes of these names. A callback whose state is not made of attributes has a method of its own.

        Raises:
            FileContentError: a name is that of a method, or of an attribute that :meth:`state_dict` does not return.
        """
        self._check_names(state_dict)
        vars(self).update(state_dict)

    def _check_state_dict(self, state_dict: Any) -> None:
        """Make sure that :meth:`load_state_dict` can take what a file holds.

        Raises:
            FileContentError: it is not what :meth:`state_dict` returns.
        """
        if not isinstance(state_dict, dict):
            raise FileContentError(f"{self._state_name()} is a dict. The copy has {type(state_dict).__name__}.")
        if type(self).load_state_dict is Callback.load_state_dict:  # others know their names themselves
            self._check_names(state_dict)

    def _check_names(self, state_dict: dict[str, Any]) -> None:
        """Make sure that a file sets what the callback remembers, and not the file that it writes to, nor a method."""
        own = self.state_dict()
        for key in state_dict:
            # None is what is remembered before there is anything, and some leave it out of their state.
            if not isinstance(key, str) or (key not in own and getattr(self, key, None) is not None):
                raise FileContentError(f"{self._state_name()} has the keys {list(own)}. The copy has {key!r}.")

    def _check_kinds(self, state_dict: dict[str, Any]) -> None:
        """Make sure that numbers stand for numbers, strings for strings; for callbacks that always remember the same.

        Raises:
            FileContentError: they do not.
        """
        check_like(state_dict, self.state_dict(), self._state_name())

    def _state_name(self) -> str:
        return f"The state of {type(self).__name__}"

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called once when ``fit`` begins; ``logs`` is empty."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called once when ``fit`` ends, with the logs of the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before the first step of ``epoch`` (from 0)."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after validation, with the metrics of the epoch; what is added to ``logs`` gets into the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each training step; ``batch`` is its index in the epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each training step, with the metrics of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of :meth:`on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of :meth:`on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called when ``evaluate``, or the validation in ``fit``, begins."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called when ``evaluate``, or the validation in ``fit``, ends, with its metrics."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each step of ``evaluate``."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each step of ``evaluate``."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called when ``predict`` begins."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called when ``predict`` ends."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before each step of ``predict``."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after each step of ``predict``; ``logs["outputs"]`` is what the model returned."""

    def on_exception(self, error: BaseException) -> None:
        """Called when an error, or Ctrl-C, ends ``fit``, ``evaluate`` or ``predict``: no ``on_*_end`` follows.

        The error goes on to the user all the same. Keras has no such hook.

        Args:
            error: What was raised, such as a ``KeyboardInterrupt``.

        Example:
            >>> import torchkeras_compat as keras
            >>> class Report(keras.callbacks.Callback):
            ...     def on_train_batch_end(self, batch, logs=None):
            ...         raise InterruptedError("enough")
            ...     def on_exception(self, error):
            ...         print("ended by", repr(error))
            >>> model = keras.Sequential([keras.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> try:
            ...     model.fit(torch.zeros(2, 1), torch.zeros(2, 1), verbose=0, callbacks=[Report()])
            ... except InterruptedError:
            ...     pass
            ended by InterruptedError('enough')
        """
