"""Checks of a callback."""

from __future__ import annotations

import contextlib
import inspect
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import torch

from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.testing.check import Results, check, fail, run_checks
from torchkeras_compat.testing.making import maker_of, name_of

HOOKS = [name for name in vars(Callback) if name.startswith("on_") and name != "on_exception"]
_WITH_INDEX = [name for name in HOOKS if "epoch" in name or "batch" in name]
EPOCHS, SAMPLES, BATCH = 2, 8, 4


def check_callback(
    callback: Any,
    *,
    arguments: Mapping[str, Any] | None = None,
    model: Callable[[], Any] | None = None,
    data: tuple[Any, Any] | None = None,
    skip: Collection[str] | Mapping[str, str] = (),
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of a callback, each in an empty folder that is deleted afterwards.

    Args:
        callback: Subclass of ``Callback``, a function that makes one, or one.
        arguments: Arguments of the class or function.
        model: Function that makes a compiled model to train; None for one of one `Dense` layer with the loss ``"mse"``.
        data: Inputs and targets of the model, eight samples or more; None for four features and one target.
        skip: Names of checks to leave out, best a dict of names and reasons.
        hypothesis: There is nothing to draw for a callback; taken so that all check functions are called alike.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        TypeError: ``callback`` is of another type.
        ValueError: ``skip`` names no check.

    Example:
        >>> from torchkeras_compat.callbacks import TerminateOnNaN
        >>> len(check_callback(TerminateOnNaN).failed)
        0
    """
    subject = CallbackSubject(callback, arguments=arguments, model=model, data=data)
    return run_checks(subject, skip, hypothesis=hypothesis).raise_failures()


class CallbackSubject:
    """A callback to check; see :func:`check_callback`."""

    kind = "callback"
    takes_custom_objects = False

    def __init__(
        self,
        callback: Any,
        *,
        arguments: Mapping[str, Any] | None = None,
        model: Callable[[], Any] | None = None,
        data: Any = None,
    ) -> None:
        self.name = name_of(callback)
        self.make = maker_of(callback, arguments, Callback)
        self.model = model or plain_model
        generator = torch.Generator().manual_seed(0)
        x: Any = torch.randn(SAMPLES, 4, generator=generator)
        self.x, self.y = data or (x, x.sum(-1, keepdim=True))

    def fit(self, model: Any, *callbacks: Any, **options: Any) -> Any:
        """Train on the data, with validation."""
        given = {"epochs": EPOCHS, "batch_size": BATCH, "validation_data": (self.x, self.y), "verbose": 0, **options}
        return model.fit(self.x, self.y, callbacks=list(callbacks), **given)


def plain_model() -> Any:
    """Return a small compiled model."""
    model = Sequential([Input((4,)), Dense(1)])
    model.compile("sgd", loss="mse")
    return model


class Recorder(Callback):
    """Writes down the hooks that are called, and the names in their logs."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.names: list[set[str]] = []
        for hook in HOOKS:
            if hook not in ("on_batch_begin", "on_batch_end"):
                setattr(self, hook, self._writer(hook))

    def _writer(self, hook: str) -> Callable[..., None]:
        def write(*index: int, logs: Any = None) -> None:
            numbers = tuple(i for i in index if isinstance(i, int))
            given: Mapping[str, Any] = (
                logs if logs is not None else next((i for i in index if isinstance(i, Mapping)), {})
            )
            self.calls.append((hook, *numbers))
            self.names.append(set(given or ()))

        return write


class _Interrupts(Callback):
    """Raises in the second epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            raise InterruptedError("planned by the check")


@contextlib.contextmanager
def _empty_folder() -> Iterator[None]:
    """Files that a callback writes go there."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


@check("callback", "Define hooks as `Callback` has them: `(self, epoch, logs=None)` or `(self, logs=None)`.")
def signatures(subject: CallbackSubject) -> None:
    """Every hook can be called with and without logs."""
    with _empty_folder():
        callback = subject.make()
    for hook in HOOKS:
        signature = inspect.signature(getattr(callback, hook))
        index = (0,) if hook in _WITH_INDEX else ()
        ways: list[tuple[tuple, dict[str, Any]]] = [(index, {}), (index, {"logs": {}}), ((*index, {}), {})]
        for positional, named in ways:
            try:
                signature.bind(*positional, **named)
            except TypeError as error:
                fail(f"`{hook}` has another signature: {error}", f"{hook}{signature}")


@check("callback", "Set state in `__init__`, as `evaluate` and `predict` call no `on_train_begin`; add to logs only.")
def order(subject: CallbackSubject) -> None:
    """`fit`, `evaluate` and `predict` call all hooks in their order, with all logs, for callbacks beside this one."""
    with _empty_folder():
        plain, before, after = Recorder(), Recorder(), Recorder()
        subject.fit(subject.model(), plain)
        model = subject.model()
        callback = subject.make()
        subject.fit(model, before, callback, after)
        if before.calls != after.calls or (not model.stop_training and before.calls != plain.calls):
            fail("other callbacks are called in another order", f"{after.calls} instead of {plain.calls}")
        for call, names, left in zip(before.calls, before.names, after.names):
            if names - left:
                fail(f"logs are taken away from the callbacks behind it, in {call[0]}", sorted(names - left))
        if callback.model is not model or not callback.params:
            fail("`set_model` or `set_params` does not keep what it gets", f"{callback.model!r}, {callback.params!r}")
        for run, options in (("evaluate", {"y": subject.y}), ("predict", {})):
            model = subject.model()
            getattr(model, run)(subject.x, **options, verbose=0, callbacks=[subject.make()])


@check(
    "callback",
    "Undo in `on_train_begin` what a training may have left, as `on_train_end` is not called after an error.",
)
def exceptions(subject: CallbackSubject) -> None:
    """An error in training reaches the user, and the callback works in the training that comes next."""
    with _empty_folder():
        expected = subject.fit(subject.model(), subject.make()).epoch[-1]
    with _empty_folder():
        model, callback = subject.model(), subject.make()
        try:
            subject.fit(model, callback, _Interrupts())
        except InterruptedError:
            pass
        else:
            if expected > 0:
                fail("an error that another callback raised did not reach the user")
        found = subject.fit(subject.model(), callback).epoch[-1]
        if found != expected:
            fail("after an interrupted training, the next one ends in another epoch", f"{found}, not {expected}")


@check("callback", "Take the number of the epoch from the hook, and do not count on having seen the epochs before it.")
def resume(subject: CallbackSubject) -> None:
    """Training goes on with `initial_epoch`, with the same callback and with a new one."""
    for again in (True, False):
        with _empty_folder():
            model, callback = subject.model(), subject.make()
            subject.fit(model, callback)
            recorder = Recorder()
            next_callback = callback if again else subject.make()
            subject.fit(model, next_callback, recorder, initial_epoch=EPOCHS, epochs=2 * EPOCHS)
            epochs = [call[1] for call in recorder.calls if call[0] == "on_epoch_begin"]
            if not model.stop_training and epochs != list(range(EPOCHS, 2 * EPOCHS)):
                fail(f"`fit(initial_epoch={EPOCHS}, epochs={2 * EPOCHS})` trains other epochs", epochs)
