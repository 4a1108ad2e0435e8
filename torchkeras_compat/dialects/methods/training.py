"""``fit``, ``evaluate`` and the methods for one batch, as older Keras meant them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.callback_list import CallbackList, note_callback
from torchkeras_compat.data.py_dataset import PyDataset
from torchkeras_compat.data.validation_split import train_validation_split
from torchkeras_compat.dialects.dialect import dialect_named
from torchkeras_compat.dialects.methods.compiling import as_compiled
from torchkeras_compat.dialects.methods.log_names import HistoryOfAnyName, as_logged, filled_in, other_name
from torchkeras_compat.dialects.methods.sizes import batch_facts, known_sizes, sizes_told
from torchkeras_compat.overrides import OVERRIDES, dialect_of
from torchkeras_compat.own_code import is_own
from torchkeras_compat.training.logs import LazyLogs
from torchkeras_compat.user_warnings import warn_user


def fit(core: Callable[..., Any], self: Any, **arguments: Any) -> Any:
    """Train what was trainable when the model was compiled; callbacks and history know all names of the logs."""
    for steps in ("steps_per_epoch", "validation_steps"):
        if isinstance(arguments.get(steps), float):  # `len(x) / batch_size`
            arguments[steps] = math.ceil(arguments[steps])
    _join_weights(arguments, dialect_of(self))
    if dialect_of(self) in ("keras1", "keras2"):
        arguments["x"] = _going_on(arguments.get("x"), arguments.get("steps_per_epoch"))
    arguments = _with_arrays_of_strings(arguments)
    callbacks = _as_list(arguments.get("callbacks"))
    if callbacks:
        arguments["callbacks"] = callbacks
        _watch_values_as_logged(self, callbacks)
        _give_validation_data(callbacks, arguments)
    if isinstance(arguments.get("class_weight"), str):
        _say_unweighted(arguments.pop("class_weight"))
    with as_compiled(self), known_sizes(self, arguments):
        history = core(self, **arguments)
    history.history = HistoryOfAnyName(history.history)
    return history


def evaluate(core: Callable[..., Any], self: Any, **arguments: Any) -> Any:
    """Evaluate; inputs may be tensors of strings."""
    return core(self, **_with_arrays_of_strings(arguments))


def predict(core: Callable[..., Any], self: Any, **arguments: Any) -> Any:
    """Predict; inputs may be tensors of strings."""
    return core(self, **_with_arrays_of_strings(arguments))


def _with_arrays_of_strings(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments whose ``x`` holds arrays of strings in place of TensorFlow's tensors of them."""
    return {**arguments, "x": _strings(arguments["x"])} if OVERRIDES.tensors and "x" in arguments else arguments


def _strings(x: Any) -> Any:
    if type(x).__name__ == "StringTensor":
        return x.numpy()
    if type(x) in (list, tuple):
        return type(x)(map(_strings, x))
    return {name: _strings(part) for name, part in x.items()} if type(x) is dict else x


def _say_unweighted(class_weight: str) -> None:
    warn_user(
        f"`class_weight={class_weight!r}` weights nothing, as in Keras 1 and 2, which took names and did not use them."
        " Give a dict, such as {0: 1.0, 1: 5.0}; `sklearn.utils.class_weight.compute_class_weight` finds balanced ones."
    )


def _join_weights(arguments: dict[str, Any], dialect: str | None) -> None:
    """Make one of weights of classes and of samples: their product, and in Keras 1 the latter alone."""
    classes, samples, y = (arguments.get(name) for name in ("class_weight", "sample_weight", "y"))
    if classes is None or samples is None or dialect not in ("keras1", "keras2", "tf.keras"):
        return
    if dialect == "keras1":
        arguments["class_weight"] = None
    elif hasattr(y, "ndim") and hasattr(samples, "ndim") and samples.ndim == 1:
        labels = np.asarray(y)
        labels = labels.argmax(-1) if labels.ndim > 1 and labels.shape[-1] > 1 else labels.reshape(-1)
        of_classes = np.array([classes.get(label, 1.0) for label in labels.astype(int).tolist()], "float32")
        arguments["class_weight"], arguments["sample_weight"] = None, np.asarray(samples, "float32") * of_classes


def train_on_batch(core: Callable[..., Any], self: Any, *args: Any, reset_metrics: bool = True, **kwargs: Any) -> Any:
    """Train what was trainable when the model was compiled.

    Without ``reset_metrics`` the metrics go on from the batches before, as they did in Keras 2.3 and tf.keras.
    """
    with as_compiled(self), _metrics_go_on(self, not reset_metrics):
        return core(self, *args, **kwargs)


def test_on_batch(core: Callable[..., Any], self: Any, *args: Any, reset_metrics: bool = True, **kwargs: Any) -> Any:
    """Evaluate one batch; without ``reset_metrics`` the metrics go on from the batches before."""
    with _metrics_go_on(self, not reset_metrics):
        return core(self, *args, **kwargs)


@contextmanager
def _metrics_go_on(model: Any, go_on: bool) -> Iterator[None]:
    if go_on:
        model.__dict__["reset_metrics"] = lambda: None
    try:
        yield
    finally:
        if go_on:
            del model.__dict__["reset_metrics"]


def names_of_metrics(core: Callable[..., Any], self: Any) -> list[str]:
    """Return the names of what ``evaluate`` returns, in its order; Keras 3 has one for all of the compiled metrics."""
    spec = self._compile_spec
    if spec is None:
        names: list[str] = core(self)
        return names
    outputs = self.output if self.built and self._is_graph else None
    return [*spec.log_names(outputs), *(metric.name for metric in self._uncompiled_metrics())]


def callback_list(core: Callable[..., Any], self: Any, callbacks: Any, **params: Any) -> CallbackList:
    """Return the callbacks of one ``fit``, called as older Keras called them."""
    return OldCallbackList(callbacks, **params)


def _going_on(x: Any, steps: int | None) -> Any:
    """Return a sequence of batches that begins again where an epoch has more steps than it has batches."""
    if not isinstance(x, PyDataset) or steps is None or x.num_batches is None or steps <= x.num_batches:
        return x
    return _endless(x)


def _endless(batches: PyDataset) -> Iterator[Any]:
    while True:
        for index in range(batches.num_batches or 0):
            yield batches[index]
        batches.on_epoch_end()


def _as_list(callbacks: Any) -> list[Any] | None:
    if isinstance(callbacks, Callback):
        return [callbacks]
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else None


def _watch_values_as_logged(model: Any, callbacks: Iterable[Any]) -> None:
    """Have callbacks of the core, which look for one name, watch the value under the name that it is logged by."""
    try:
        names = model.metrics_names
    except (ValueError, AttributeError):  # a subclassed model, whose outputs are not known yet
        return
    names = [*names, *(f"val_{name}" for name in names)]
    for callback in callbacks:
        if isinstance(getattr(callback, "monitor", None), str):
            callback.monitor = as_logged(callback.monitor, names)
        if isinstance(getattr(callback, "filepath", None), str):
            callback.filepath = filled_in(callback.filepath, names)


def _give_validation_data(callbacks: Iterable[Any], arguments: dict[str, Any]) -> None:
    """Set ``callback.validation_data``, which callbacks of Keras 1 and 2 read: inputs, targets, weights in one list."""
    data, split = arguments.get("validation_data"), arguments.get("validation_split")
    if data is None and split and arguments.get("y") is not None:
        whole = (arguments.get("x"), arguments["y"], arguments.get("sample_weight"))
        _, data = train_validation_split(whole, split)
    flat = None
    if isinstance(data, (tuple, list)) and len(data) in (2, 3):
        x, y, *weights = data
        parts = [*(x if isinstance(x, (list, tuple)) else [x]), *(y if isinstance(y, (list, tuple)) else [y])]
        weight = weights[0] if weights and weights[0] is not None else np.ones(len(parts[0]), "float32")
        flat = [*parts, weight]
    for callback in callbacks:
        if getattr(callback, "validation_data", None) is None:
            callback.validation_data = flat


class LogsOfAnyName(LazyLogs):
    """Logs whose values are found under the names of other versions, too."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or super().__contains__(other_name(name))

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name if super().__contains__(name) else other_name(name))


class LogsWithOldNames(LogsOfAnyName):
    """Logs in which callbacks note the learning rate as ``lr``, as all callbacks did before Keras 3."""

    __slots__ = ()

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__("lr" if name == "learning_rate" else name, value)


class OldCallbackList(CallbackList):
    """Callbacks that get what older Keras gave them: arguments by place, logs of any name, more in ``params``."""

    def set_params(self, params: dict[str, Any]) -> None:
        """Give ``params`` to every callback, with what Keras 1 and 2 had there, too."""
        model = self.model
        try:
            names: list[str] = model.metrics_names if model is not None else []
        except (ValueError, AttributeError):
            names = []
        metrics = [*names, *(f"val_{name}" for name in names)]
        self._params = {"nb_epoch": params.get("epochs"), "metrics": metrics, **sizes_told(model), **params}
        self._dialect = "" if model is None else dialect_of(model) or ""
        super().set_params(self._params)

    def _call(self, hook: str, *arguments: Any) -> None:
        super()._call(hook, *map(self._of_any_name, arguments))

    def _call_batch(self, hook: str, batch: int, logs: Any) -> None:
        if not self._calls[hook]:
            return
        found = self._of_any_name(logs or {})
        is_told = "train" in hook and self._dialect in ("keras1", "keras2")
        theirs = LogsOfAnyName({**batch_facts(self._params, batch), **_unread(found)}) if is_told else found
        for call in self._calls[hook]:
            try:
                call(batch, found if is_own(type(getattr(call, "__self__", None))) else theirs)
            except Exception as error:
                note_callback(error, call, hook, (batch,))
                raise

    def _of_any_name(self, value: Any) -> Any:
        if type(value) not in (dict, LazyLogs):
            return value
        is_old = bool(self._dialect) and not dialect_named(self._dialect).is_mixed
        return (LogsWithOldNames if is_old else LogsOfAnyName)(_unread(value))


def _unread(logs: dict[str, Any]) -> dict[str, Any]:
    """Return logs as they are held, without a look at their values."""
    return {name: dict.__getitem__(logs, name) for name in logs}
