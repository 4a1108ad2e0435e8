"""A hook between two batches evaluates or trains on other data: the epoch logs what it logs without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from torchkeras_compat import Model, Sequential, callbacks, layers, metrics
from torchkeras_compat.random.seeding import set_random_seed

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 5)).astype("float32")
Y = (X.sum(1) > 0).astype("int64")
OTHER_X, OTHER_Y = X + 3, 1 - Y
USES: dict[str, Callable[[Any], Any]] = {
    "evaluate": lambda model: model.evaluate(OTHER_X, OTHER_Y, verbose=0),
    "test_on_batch": lambda model: model.test_on_batch(OTHER_X, OTHER_Y),
    "predict": lambda model: model.predict(OTHER_X, verbose=0),
    "predict_on_batch": lambda model: model.predict_on_batch(OTHER_X),
}
HOOKS = ["on_train_batch_begin", "on_train_batch_end", "on_test_batch_begin", "on_test_batch_end", "on_epoch_begin"]


class Own(Model):
    """A model with a metric in an attribute, and logs of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(2, activation="softmax")
        self.largest = metrics.Mean(name="largest")

    def call(self, x: Any) -> Any:
        return self.dense(x)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        self.largest.update_state(y_pred.max())
        return {**super().compute_metrics(x, y, y_pred, sample_weight), "extra": self.largest.result()}


class OwnStep(Own):
    """The same with a train step of its own."""

    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


def dense() -> Model:
    return Sequential([layers.Input((5,)), layers.Dense(4, activation="relu"), layers.Dense(2, activation="softmax")])


class Hook(callbacks.Callback):
    """Calls ``use`` in one of the hooks, at one batch."""

    def __init__(self, use: Callable[[Any], Any], hook: str, at: int) -> None:
        super().__init__()
        self.seen: list[float] = []

        def call(index: int, logs: Any = None) -> None:
            if index == at:
                use(self.model)
            if hook == "on_train_batch_end":
                self.seen.append(float(logs["loss"]))

        setattr(self, hook, call)


def history(make: Callable[[], Model], use: Callable[[Any], Any], hook: str, at: int) -> Any:
    set_random_seed(5)
    model = make()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    watch = Hook(use, hook, at)
    fitted = model.fit(X, Y, 32, 2, 0, [watch], validation_data=(OTHER_X, OTHER_Y), shuffle=False)
    return {**fitted.history, "seen": watch.seen, "after": model.evaluate(X, Y, verbose=0)}


@pytest.mark.parametrize("make", [dense, Own, OwnStep], ids=lambda make: make.__name__)
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_the_logs_of_the_epoch_are_those_without(make, hook, at) -> None:
    expected = history(make, lambda model: None, hook, at)
    for name, use in USES.items():
        found = history(make, use, hook, at)
        for key, values in expected.items():
            np.testing.assert_allclose(found[key], values, rtol=1e-6, err_msg=f"{name}: {key}")


def test_training_in_a_hook_changes_the_weights_and_not_the_counts() -> None:
    def use(model: Model) -> None:
        model.train_on_batch(X[:1] * 0, Y[:1])
        assert [float(m.count.numpy()) for m in model.metrics if isinstance(m, metrics.Mean)] == [64.0]

    model = dense()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, verbose=0, callbacks=[Hook(use, "on_train_batch_end", 1)])


def test_hooks_of_an_evaluation_may_evaluate() -> None:
    model = dense()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    expected = model.evaluate(X, Y, verbose=0)
    for use in USES.values():
        for hook in ("on_test_batch_begin", "on_test_batch_end"):
            assert model.evaluate(X, Y, verbose=0, callbacks=[Hook(use, hook, 1)]) == expected


def test_metrics_that_the_inner_evaluation_makes_begin_with_the_epoch() -> None:
    """`R2Score` makes its variables with its first batch."""
    y = X[:, :1]
    found = []
    for use in (lambda model: None, lambda model: model.evaluate(OTHER_X, y + 1, verbose=0)):
        set_random_seed(3)
        model = Sequential([layers.Input((5,)), layers.Dense(1)])
        model.compile("sgd", "mse", metrics=[metrics.R2Score(), "mae"])
        fitted = model.fit(X, y, verbose=0, shuffle=False, callbacks=[Hook(use, "on_train_batch_begin", 0)])
        found.append(fitted.history)
    assert found[0] == found[1]


def test_outside_of_loops_the_metrics_keep_the_last_counts() -> None:
    model = dense()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.evaluate(X, Y, verbose=0)
    assert model.metrics[0].count.numpy() == 96
    model.test_on_batch(X[:3], Y[:3])
    assert model.metrics[0].count.numpy() == 3


def test_an_error_inside_leaves_the_counts_too() -> None:
    def use(model: Model) -> None:
        with pytest.raises(ValueError, match="same number of samples"):
            model.evaluate(OTHER_X, OTHER_Y[:5], verbose=0)
        with pytest.raises(ValueError, match="axis -1"):
            model.test_on_batch(np.zeros((3, 7)), Y[:3])

    expected = history(dense, lambda model: None, "on_train_batch_end", 1)
    assert history(dense, use, "on_train_batch_end", 1) == expected
