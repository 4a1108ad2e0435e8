"""The callbacks of one `fit`, `evaluate` or `predict`, called as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat import tree
from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.callbacks.clean_up import CleanUp
from torchkeras_compat.callbacks.history import History
from torchkeras_compat.errors import FileContentError

_ALIASES = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}
_HOOKS = (
    *("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_train_batch_begin", "on_train_batch_end"),
    *("on_test_begin", "on_test_end", "on_test_batch_begin", "on_test_batch_end"),
    *("on_predict_begin", "on_predict_end", "on_predict_batch_begin", "on_predict_batch_end"),
)


class CallbackList:
    """Calls the hooks of several callbacks in their order.

    It knows which hooks its callbacks define and calls no others. :meth:`wants` tells the training loop, which can then
    leave out a call, and the making of logs, that nobody waits for. An exception in a callback gets a note
    that names the callback and the hook.

    Args:
        callbacks: A callback, a (nested) list of them, or None.
        add_history: Whether to add a :class:`History` if there is none; it becomes ``model.history``.
        add_progbar: Whether to add a :class:`ProgbarLogger` if there is none.
        model: Given to every callback.
        **params: Given to every callback: ``verbose``, ``epochs``, ``steps``.

    Raises:
        TypeError: something in the list is not a callback.

    Example:
        >>> callbacks = CallbackList([Callback()], add_history=True, epochs=1)
        >>> callbacks.wants("on_epoch_end"), callbacks.wants("on_train_batch_end")
        (True, False)

    Source: Keras API, callbacks.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks: list[Any] = (
            [] if callbacks is None else [callback for callback in tree.flatten(callbacks) if callback is not None]
        )
        for callback in self.callbacks:
            _check(callback)
        # After the user's, so that they see what the others add to the logs.
        if add_progbar:
            from torchkeras_compat.callbacks.progbar_logger import ProgbarLogger  # 3 ms, not for `verbose=0`

            if not any(isinstance(callback, ProgbarLogger) for callback in self.callbacks):
                self.callbacks.append(ProgbarLogger())
        if add_history and not any(isinstance(callback, History) for callback in self.callbacks):
            self.callbacks.append(History())
        self.history: History | None = next(
            (callback for callback in self.callbacks if isinstance(callback, History)), None
        )
        self.model = None
        self.params: dict[str, Any] = {}
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)
        self._find_hooks()

    def append(self, callback: Any) -> None:
        """Add a callback at the end.

        Raises:
            TypeError: it is none.
        """
        _check(callback)
        self.callbacks.append(callback)
        if self.model is not None:
            callback.set_model(self.model)
        if self.params:
            callback.set_params(self.params)
        self._find_hooks()

    def set_params(self, params: dict[str, Any]) -> None:
        """Give ``params`` to every callback."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Give ``model`` to every callback, and to the model its history."""
        self.model = model
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def on_exception(self, error: BaseException) -> None:
        """Tell the callbacks that define ``on_exception`` what ended the loop; what they raise becomes a note of it."""
        for callback in self.callbacks:
            if _handles_errors(callback):
                try:
                    callback.on_exception(error)
                except Exception as second:
                    error.add_note(f"The callback {type(callback).__name__} raised in on_exception: {second!r}")

    def release(self) -> None:
        """Let the callbacks let go of files and hooks, once the loop has ended, by an error too."""
        with CleanUp(*[callback._release for callback in self.callbacks if isinstance(callback, Callback)]):
            pass

    def state_dict(self) -> dict[str, Any]:
        """Return the states of the callbacks, by class name and number; see `Callback.state_dict`."""
        return {key: c.state_dict() for key, c in self._by_key().items() if hasattr(c, "state_dict")}

    def check_state_dict(self, state_dict: Any) -> None:
        """Make sure that the callbacks can take their states; nothing is changed.

        Raises:
            FileContentError: one is not such as the callback makes.
        """
        if not isinstance(state_dict, dict):
            raise FileContentError(f"The states of callbacks are a dict. The copy has {type(state_dict).__name__}.")
        for key, callback in self._by_key().items():
            if key in state_dict and isinstance(callback, Callback):
                callback._check_state_dict(state_dict[key])

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Give the callbacks back their states; those that have none there stay as they are."""
        for key, callback in self._by_key().items():
            if key in state_dict:
                callback.load_state_dict(state_dict[key])

    def _by_key(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for callback in self.callbacks:
            name = type(callback).__name__
            found[f"{name}_{sum(key.rpartition('_')[0] == name for key in found)}"] = callback
        return found

    def wants(self, hook: str) -> bool:
        """Return whether a callback defines ``hook``.

        Args:
            hook: A name such as ``"on_train_batch_end"``. Ask after the ``on_*_begin`` of the loop: callbacks may get
                their hooks there.
        """
        return bool(self._calls[hook])

    def has_foreign(self, *hooks: str) -> bool:
        """Return whether code that is not of this package runs in hooks.

        Args:
            hooks: Names of hooks; all of them if none is named.
        """
        return any(
            not (getattr(call, "__module__", None) or "").startswith("torchkeras_compat.")
            for hook in hooks or _HOOKS
            for call in self._calls[hook]
        )

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Call ``on_train_begin`` of all callbacks."""
        self._call("on_train_begin", _or_empty(logs))
        self._find_hooks()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Call ``on_train_end`` of all callbacks."""
        self._call("on_train_end", _or_empty(logs))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Call ``on_epoch_begin`` of all callbacks."""
        self._call("on_epoch_begin", epoch, _or_empty(logs))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Call ``on_epoch_end`` of all callbacks; they share ``logs`` and may add to it."""
        self._call("on_epoch_end", epoch, _or_empty(logs))

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call ``on_train_batch_begin`` of the callbacks that define it."""
        self._call_batch("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call ``on_train_batch_end`` of the callbacks that define it."""
        self._call_batch("on_train_batch_end", batch, logs)

    on_batch_begin = on_train_batch_begin
    on_batch_end = on_train_batch_end

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Call ``on_test_begin`` of all callbacks."""
        self._call("on_test_begin", _or_empty(logs))
        self._find_hooks()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Call ``on_test_end`` of all callbacks."""
        self._call("on_test_end", _or_empty(logs))

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call ``on_test_batch_begin`` of the callbacks that define it."""
        self._call_batch("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call ``on_test_batch_end`` of the callbacks that define it."""
        self._call_batch("on_test_batch_end", batch, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Call ``on_predict_begin`` of all callbacks."""
        self._call("on_predict_begin", _or_empty(logs))
        self._find_hooks()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Call ``on_predict_end`` of all callbacks."""
        self._call("on_predict_end", _or_empty(logs))

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call ``on_predict_batch_begin`` of the callbacks that define it."""
        self._call_batch("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call ``on_predict_batch_end`` of the callbacks that define it."""
        self._call_batch("on_predict_batch_end", batch, logs)

    def _find_hooks(self) -> None:
        """Note which hooks the callbacks define, in the order in which they are called."""
        calls: dict[str, list[Callable[..., Any]]] = {hook: [] for hook in _HOOKS}
        for callback in sorted(self.callbacks, key=_runs_last):
            for hook, call in _defined_hooks(callback).items():
                calls[hook].append(call)
        self._calls = calls

    def _call(self, hook: str, *arguments: Any) -> None:
        for call in self._calls[hook]:
            try:
                call(*arguments)
            except Exception as error:
                note_callback(error, call, hook, arguments)
                raise

    def _call_batch(self, hook: str, batch: int, logs: Logs | None) -> None:
        calls = self._calls[hook]
        if not calls:
            return
        logs = _or_empty(logs)
        for call in calls:
            try:
                call(batch, logs=logs)
            except Exception as error:
                note_callback(error, call, hook, (batch,))
                raise


def _runs_last(callback: Any) -> bool:
    return getattr(callback, "runs_last", False)


def _defined_hooks(callback: Any) -> dict[str, Callable[..., Any]]:
    """Return the hooks that ``callback`` has of its own, of its class or set on the instance, and that do something."""
    found: dict[str, Callable[..., Any]] = {}
    inherited = vars(Callback)
    for hook in _HOOKS:
        method = getattr(callback, hook, None)
        if method is None:
            continue
        is_own = getattr(method, "__func__", method) is not inherited[hook]
        if not is_own and hook in _ALIASES:  # Keras's older name of the hook, which `Callback` calls
            alias = getattr(callback, _ALIASES[hook])
            is_own = getattr(alias, "__func__", alias) is not inherited[_ALIASES[hook]]
        if is_own and not _is_idle(callback, hook):
            found[hook] = method
    return found


def _handles_errors(callback: Any) -> bool:
    method = getattr(callback, "on_exception", None)
    return method is not None and getattr(method, "__func__", method) is not vars(Callback)["on_exception"]


def _is_idle(callback: Any, hook: str) -> bool:
    """Whether ``callback`` says that ``hook`` does nothing, and means the one that it has."""
    owner = next((cls for cls in type(callback).__mro__ if "_idle_hooks" in vars(cls)), Callback)
    if owner is Callback or hook not in callback._idle_hooks():
        return False
    return hook not in vars(callback) and getattr(type(callback), hook) is getattr(owner, hook)


def _check(callback: Any) -> None:
    if isinstance(callback, type):
        raise TypeError(
            f"`callbacks` must hold callbacks, and received the class {callback.__name__}. Make one: "
            f"`{callback.__name__}(...)`."
        )
    if not isinstance(callback, Callback) and not (hasattr(callback, "set_model") and hasattr(callback, "set_params")):
        raise TypeError(
            f"`callbacks` must hold callbacks, and received {callback!r:.60} of type {type(callback).__name__}. "
            "Derive its class from `callbacks.Callback`, or wrap a function in `callbacks.LambdaCallback`."
        )


def note_callback(error: Exception, call: Callable[..., Any], hook: str, arguments: tuple[Any, ...]) -> None:
    """Say in an error which callback raised it, and in which hook.

    Args:
        error: The error.
        call: The method of the callback.
        hook: Its name.
        arguments: What it was called with; the whole numbers are said.
    """
    owner = getattr(call, "__self__", None)
    name = type(owner).__name__ if owner is not None else getattr(call, "__name__", repr(call))
    place = ", ".join(str(value) for value in arguments if isinstance(value, int))
    error.add_note(f"Raised by the callback {name}, in {hook}({place}).")


def _or_empty(logs: Logs | None) -> Logs:
    return {} if logs is None else logs
