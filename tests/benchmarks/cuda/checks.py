"""Is training on a GPU right? Each check goes through ``compile`` and ``fit`` alone, and says what it found.

The step of ``fit`` may be captured in a CUDA graph. Its oracle is ``run_eagerly=True``, or a value known beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from .setup import SMALL, Setup, line, mean_of_outputs, ones, small_model, weight
from .tracing import LAUNCHES, WAITS, calls_of, count

TOLERANCE = 1e-4  # of weights and losses after some 40 steps in float32; kernels of a GPU add in orders of their own


class Wrong(Exception):
    """A check has failed; the message says what was found."""


@dataclass(frozen=True)
class Check:
    """A check and its name in the report."""

    title: str
    run: Callable[[Setup], str]


def captured_step_equals_eager(setup: Setup) -> str:
    # SGD, which does not make noise large where a gradient is 0 by its formula: the bias of an attention's keys
    sgd = partial(setup.keras.optimizers.SGD, 0.05, momentum=0.9)
    found = [f"{name}: {_difference_to_eager(setup, name, sgd):.1e}" for name in SMALL]
    return "largest difference of weights and losses, " + ", ".join(found)


def optimizers_equal_eager(setup: Setup) -> str:
    make = setup.keras.optimizers
    built: dict[str, Callable[[], Any]] = {
        "SGD with momentum": lambda: make.SGD(0.05, momentum=0.9, nesterov=True),
        "AdamW": lambda: make.AdamW(1e-2, weight_decay=0.01),
        "RMSprop": lambda: make.RMSprop(1e-2),
        "Adagrad": lambda: make.Adagrad(0.05),
        "Nadam": lambda: make.Nadam(1e-2),
        "Adamax": lambda: make.Adamax(1e-2),
        "Adam, global_clipnorm": lambda: make.Adam(1e-2, global_clipnorm=0.5),
        "Adam, use_ema": lambda: make.Adam(1e-2, use_ema=True, ema_overwrite_frequency=5),
        "Adam, accumulation": lambda: make.Adam(1e-2, gradient_accumulation_steps=3),
    }
    found = [f"{name}: {_difference_to_eager(setup, 'dense', optimizer):.1e}" for name, optimizer in built.items()]
    return "largest difference, " + ", ".join(found)


def several_steps_at_once_equal_single_ones(setup: Setup) -> str:
    return f"largest difference {_difference_to_eager(setup, 'dense', steps_per_execution=4):.1e}"


def evaluating_and_predicting_equal_eager(setup: Setup) -> str:
    found = []
    for name in SMALL:
        results = []
        for eagerly in (False, True):
            model, x, y = small_model(setup, name, run_eagerly=eagerly)
            for _ in range(3):  # what is captured later than the first call is seen, too
                outputs = model.predict(x, batch_size=setup.batch, verbose=0)
                scores = model.evaluate(x, y, batch_size=setup.batch, verbose=0)
            results.append(np.concatenate([outputs.ravel(), np.asarray(scores)]))
        found.append(_largest(*results, f"`predict` and `evaluate` of {name}"))
    return f"largest difference {max(found):.1e}"


def compiled_step_equals_eager(setup: Setup) -> str:
    if setup.dry:
        return "not in a dry run"
    return f"largest difference {_difference_to_eager(setup, 'dense', tolerance=1e-3, jit_compile=True):.1e}"


def launches_graphs(setup: Setup) -> str:
    model, x, y = small_model(setup, "dense")
    _fit(setup, model, x, y)
    launched = count(calls_of(lambda: _fit(setup, model, x, y, epochs=1)), LAUNCHES)
    if not launched and not setup.dry:
        raise Wrong("no CUDA graph was launched: the step is not captured")
    return f"{launched} launches of graphs for {setup.steps + 1} steps"


def no_wait_per_step(setup: Setup) -> str:
    """An epoch of three times the steps waits no more often."""
    found = {}
    for name in SMALL:
        model, x, y = small_model(setup, name)
        long_x, long_y = np.concatenate([x] * 3), np.concatenate([y] * 3)
        for inputs, targets in ((x, y), (long_x, long_y)):
            _fit(setup, model, inputs, targets)
        waits = [
            count(calls_of(partial(_fit, setup, model, *given, epochs=1)), WAITS)
            for given in ((x, y), (long_x, long_y))
        ]
        if waits[1] > waits[0]:
            raise Wrong(f"{name}: {waits[0]} waits in {len(x)} rows, {waits[1]} in {len(long_x)}")
        found[name] = waits[1]
    return "waits per epoch, whatever its length: " + ", ".join(f"{name} {waits}" for name, waits in found.items())


def nothing_waits_between_batches(setup: Setup) -> str:
    """With torch's own check on, and a control that it would notice."""

    class Watching(setup.keras.callbacks.Callback):
        """Sets the mode from the second batch to the last of each epoch but the first."""

        def __init__(self, last: int) -> None:
            super().__init__()
            self.last, self.watched, self.epoch = last, 0, 0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.epoch = epoch

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if self.epoch and batch == 1:
                _set_sync_debug_mode("error")

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.watched += bool(self.epoch and batch)
            if batch == self.last:
                _set_sync_debug_mode("default")

    watched = 0
    for name in SMALL:
        model, x, y = small_model(setup, name)
        watching = Watching(setup.steps)
        try:
            _fit(setup, model, x, y, callbacks=[watching])
        except RuntimeError as error:
            raise Wrong(f"{name}: {error}") from error
        finally:
            _set_sync_debug_mode("default")
        watched += watching.watched
    if not setup.dry:
        with _waits_are_errors():
            try:
                torch.ones(1, device="cuda").item()
            except RuntimeError:
                pass
            else:
                raise Wrong("the control waited, and torch did not notice: this check says nothing")
    return f"{watched} steps under `torch.cuda.set_sync_debug_mode('error')`"


def dropout_differs_between_steps(setup: Setup) -> str:
    keras = setup.keras
    width, epochs = 1000, 4 * setup.epochs
    keras.utils.set_random_seed(3)
    start = keras.initializers.RandomNormal(1.0, 0.1, seed=5)
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer=start)
    model = keras.Sequential([keras.Input((width,)), keras.layers.Dropout(0.5), dense])
    model.compile(keras.optimizers.SGD(0.0), mean_of_outputs)
    x, y = np.ones((64, width), "float32"), np.zeros((64, 1), "float32")
    losses = model.fit(x, y, batch_size=64, epochs=epochs, verbose=0).history["loss"]  # an epoch is a step
    expected = float(model.get_weights()[0].sum())
    if len(set(losses)) < epochs:
        raise Wrong(f"{epochs} steps drew {len(set(losses))} different masks")
    # the sum of n Bernoulli numbers, relative to its mean, deviates by 1 / sqrt(n)
    allowed = 6 / math.sqrt(64 * width * epochs)
    if abs(np.mean(losses) / expected - 1) > allowed:
        raise Wrong(f"half of the inputs should stay: expected {expected:.2f}, found {np.mean(losses):.2f}")
    return f"{epochs} steps, {len(set(losses))} different masks"


def learning_rates_are_followed(setup: Setup) -> str:
    keras, steps = setup.keras, 8
    x, y = ones(steps * setup.batch)
    model = line(setup, keras.optimizers.SGD(0.1))
    halving = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 * 0.5**epoch)
    model.fit(x, y, batch_size=setup.batch, epochs=4, callbacks=[halving], verbose=0)
    _close(weight(model), -steps * 0.1 * sum(0.5**k for k in range(4)), "LearningRateScheduler")

    model.optimizer.learning_rate = 0.01
    before = weight(model)
    model.fit(x, y, batch_size=setup.batch, verbose=0)
    _close(weight(model) - before, -steps * 0.01, "assignment between two fits")

    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=4, decay_rate=0.5)
    model = line(setup, keras.optimizers.SGD(schedule))
    model.fit(x, y, batch_size=setup.batch, epochs=4, verbose=0)
    _close(weight(model), -sum(0.1 * 0.5 ** (k / 4) for k in range(4 * steps)), "ExponentialDecay")
    return "by a callback, by assignment, by a schedule"


def loss_scaling_skips_and_grows(setup: Setup) -> str:
    keras, scale = setup.keras, 2.0**10
    with setup.policy("mixed_float16"):
        inner = keras.optimizers.SGD(0.125)
        optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=scale, dynamic_growth_steps=4)
        model = line(setup, optimizer)
        x, y = ones(setup.batch)

        def found(inputs: np.ndarray, epochs: int) -> tuple[float, float]:
            model.fit(inputs, y, batch_size=setup.batch, epochs=epochs, verbose=0)  # an epoch is a step
            return weight(model), float(model.optimizer.dynamic_scale.numpy())

        seen = [found(x, 4), found(x * 6e4, 1), found(x, 3), found(x, 1), found(x * 6e4, 2), found(x, 1)]
    expected = [(-0.5, 2 * scale), (-0.5, scale), (-0.875, scale), (-1.0, 2 * scale), (-1.0, scale / 2)]
    expected.append((-1.125, scale / 2))
    if seen != expected:
        raise Wrong(f"weight and scale should be {expected}, found {seen}")
    return "updates with infinite gradients are skipped and halve the scale, four finite ones double it"


def mixed_precision_equals_eager(setup: Setup) -> str:
    found = []
    for policy in ("mixed_float16", "mixed_bfloat16"):
        with setup.policy(policy):
            found.append(f"{policy}: {_difference_to_eager(setup, 'dense', tolerance=0.05):.1e}")
    return "largest difference, " + ", ".join(found)


def memory_stays(setup: Setup) -> str:
    model, x, y = small_model(setup, "dense")
    _fit(setup, model, x, y)
    used = []
    for _ in range(4):
        _fit(setup, model, x, y)
        used.append(0 if setup.dry else torch.cuda.memory_allocated())
    if used[-1] > used[0]:
        raise Wrong(f"bytes in use after each `fit`: {used}")
    return f"{used[-1] / 2**20:.1f} MiB after each of {len(used)} calls of `fit`"


CHECKS = (
    Check("a step of `fit` computes what the eager step does", captured_step_equals_eager),
    Check("so with each optimizer", optimizers_equal_eager),
    Check("so in mixed precision", mixed_precision_equals_eager),
    Check("`steps_per_execution`", several_steps_at_once_equal_single_ones),
    Check("`evaluate` and `predict`", evaluating_and_predicting_equal_eager),
    Check("the step is captured", launches_graphs),
    Check("no wait per step, by the profiler", no_wait_per_step),
    Check("no wait between batches, by torch", nothing_waits_between_batches),
    Check("dropout draws a new mask per step", dropout_differs_between_steps),
    Check("changes of the learning rate", learning_rates_are_followed),
    Check("loss scaling", loss_scaling_skips_and_grows),
    Check("no memory is kept", memory_stays),
    Check("`jit_compile=True`", compiled_step_equals_eager),
)


def _fit(setup: Setup, model: Any, x: np.ndarray, y: np.ndarray, epochs: int = 0, **options: Any) -> Any:
    given = {"batch_size": setup.batch, "epochs": epochs or setup.epochs, "shuffle": False, "verbose": 0, **options}
    return model.fit(x, y, **given)


def _difference_to_eager(
    setup: Setup,
    name: str,
    optimizer: Callable[[], Any] = lambda: "adam",
    tolerance: float = TOLERANCE,
    **options: Any,
) -> float:
    """Train as ``fit`` does and eagerly, and return the largest difference of weights, losses and metrics."""
    results = []
    for given in (options, {"run_eagerly": True}):
        model, x, y = small_model(setup, name, optimizer(), **given)
        history = _fit(setup, model, x, y).history
        results.append(np.concatenate([*(w.ravel() for w in model.get_weights()), *map(np.asarray, history.values())]))
    return _largest(*results, f"{name} with {options or optimizer()}", tolerance)


def _largest(one: np.ndarray, other: np.ndarray, what: str, tolerance: float = TOLERANCE) -> float:
    difference = float(np.abs(one - other).max())
    if not difference <= tolerance:
        raise Wrong(f"{what}: differs from the eager step by {difference:.2e}, allowed are {tolerance:.0e}")
    return difference


def _close(found: float, expected: float, what: str) -> None:
    if not math.isclose(found, expected, rel_tol=1e-4):
        raise Wrong(f"{what}: the weight should have moved by {expected:.6f}, and moved by {found:.6f}")


def _set_sync_debug_mode(mode: str) -> None:
    if torch.cuda.is_available():
        torch.cuda.set_sync_debug_mode(mode)


@contextmanager
def _waits_are_errors() -> Iterator[None]:
    _set_sync_debug_mode("error")
    try:
        yield
    finally:
        _set_sync_debug_mode("default")
