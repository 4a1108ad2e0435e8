"""`fit`, `evaluate` and `predict` beside real Keras: same weights, same data, same numbers."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import Model, Sequential, callbacks, layers, losses, metrics, optimizers

X = np.random.RandomState(0).normal(size=(20, 6)).astype("float32")
CLASSES = np.random.RandomState(1).randint(0, 3, size=20)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]


def network(keras: Any, activation: str = "softmax", **last: Any) -> Any:
    """A network of fixed weights, in this package or in real Keras."""
    model = keras.Sequential(
        [keras.layers.Input((6,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(3, activation, **last)]
    )
    random = np.random.RandomState(7)
    model.set_weights([random.normal(0, 0.5, w.shape).astype("float32") for w in model.weights])
    return model


def train(keras: Any, compile_with: dict[str, Any], fit_with: dict[str, Any], **last: Any) -> tuple[Any, dict]:
    model = network(keras, **last)
    compile_with = {k: v(keras) if callable(v) else v for k, v in compile_with.items()}
    model.compile(**compile_with)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit_with = {"x": X, "y": ONE_HOT, "batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0} | fit_with
        history = model.fit(**fit_with)
    return model, history.history


CASES = {
    "sgd, mse": ({"optimizer": "sgd", "loss": "mse", "metrics": ["mae"]}, {}),
    "adam, categorical": (
        {"optimizer": "adam", "loss": "categorical_crossentropy", "metrics": ["accuracy"]},
        {},
    ),
    "rmsprop, sparse": (
        {"optimizer": "rmsprop", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        {"y": CLASSES},
    ),
    "sparse, targets of two axes": (
        {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["acc"]},
        {"y": CLASSES[:, None]},
    ),
    "sample weights": (
        {
            "optimizer": "sgd",
            "loss": "categorical_crossentropy",
            "metrics": ["accuracy"],
            "weighted_metrics": ["accuracy"],
        },
        {"sample_weight": np.linspace(0, 2, 20, dtype="float32")},
    ),
    "class weights": (
        {"optimizer": "sgd", "loss": "sparse_categorical_crossentropy"},
        {"y": CLASSES, "class_weight": {0: 1.0, 1: 3.0, 2: 0.5}},
    ),
    "validation split": (
        {"optimizer": "adagrad", "loss": "kl_divergence", "metrics": ["accuracy"]},
        {"validation_split": 0.25, "validation_freq": 2},
    ),
    "validation data with weights": (
        {"optimizer": "adamax", "loss": "mse", "weighted_metrics": ["mae"]},
        {"validation_data": (X[:6], ONE_HOT[:6], np.linspace(1, 2, 6, dtype="float32")), "validation_batch_size": 4},
    ),
    "a last batch that is smaller": ({"optimizer": "nadam", "loss": "huber"}, {"batch_size": 7}),
    "steps per epoch": ({"optimizer": "adadelta", "loss": "poisson"}, {"steps_per_epoch": 3, "epochs": 1}),
    "a schedule and clipping": (
        {
            "optimizer": lambda keras: keras.optimizers.Adam(
                keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5), clipnorm=0.1
            ),
            "loss": "log_cosh",
        },
        {},
    ),
    "initial epoch": ({"optimizer": "sgd", "loss": "mae"}, {"initial_epoch": 1, "epochs": 3}),
}


@pytest.mark.parametrize("case", CASES)
def test_ten_steps_end_where_keras_ends(case: str, real_keras: ModuleType) -> None:
    compile_with, fit_with = CASES[case]
    model, history = train(torchkeras_compat, compile_with, fit_with)
    expected_model, expected = train(real_keras, compile_with, fit_with)
    assert set(history) == set(expected) and next(iter(history)) == "loss"
    for key, values in expected.items():
        np.testing.assert_allclose(history[key], values, rtol=2e-4, atol=1e-6, err_msg=key)
    for ours, theirs in zip(model.get_weights(), expected_model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-6)
    evaluated = model.evaluate(X, fit_with.get("y", ONE_HOT), verbose=0, return_dict=True)
    wanted = expected_model.evaluate(X, fit_with.get("y", ONE_HOT), verbose=0, return_dict=True)
    assert evaluated == pytest.approx(wanted, rel=2e-4)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected_model.predict(X, verbose=0), rtol=1e-4, atol=1e-6)


def test_penalties_and_constraints_take_part(real_keras: ModuleType) -> None:
    last = {"kernel_regularizer": "l2", "bias_constraint": "non_neg", "activity_regularizer": "l1"}
    compile_with = {"optimizer": "sgd", "loss": "mse", "metrics": ["mse"]}
    model, history = train(torchkeras_compat, compile_with, {}, **last)
    expected_model, expected = train(real_keras, compile_with, {}, **last)
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-4)
    for ours, theirs in zip(model.get_weights(), expected_model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-6)
    assert (model.get_weights()[3] >= 0).all()


def two_outputs(keras: Any) -> Any:
    inputs = keras.layers.Input((6,), name="x")
    hidden = keras.layers.Dense(4, activation="relu", name="hidden")(inputs)
    outputs = {
        "label": keras.layers.Dense(3, activation="softmax", name="label")(hidden),
        "value": keras.layers.Dense(1, name="value")(hidden),
    }
    model = keras.Model(inputs, outputs)
    random = np.random.RandomState(3)
    model.set_weights([random.normal(0, 0.5, w.shape).astype("float32") for w in model.weights])
    return model


def test_a_dict_of_outputs_logs_what_keras_logs(real_keras: ModuleType) -> None:
    logs = []
    for keras in (torchkeras_compat, real_keras):
        model = two_outputs(keras)
        model.compile(
            "sgd",
            loss={"label": "sparse_categorical_crossentropy", "value": "mse"},
            loss_weights={"label": 0.5, "value": 2.0},
            metrics={"label": ["accuracy"], "value": ["mae"]},
        )
        targets = {"label": CLASSES, "value": X[:, :1]}
        history = model.fit(X, targets, batch_size=5, epochs=2, shuffle=False, verbose=0).history
        logs.append((history, model.evaluate(X, targets, verbose=0, return_dict=True)))
    (history, evaluated), (expected_history, expected_evaluated) = logs
    assert set(history) == set(expected_history)
    for key in history:
        np.testing.assert_allclose(history[key], expected_history[key], rtol=1e-4, err_msg=key)
    for key in evaluated:
        np.testing.assert_allclose(evaluated[key], expected_evaluated[key], rtol=1e-4, err_msg=key)


def test_one_target_may_stand_for_the_only_output_with_a_loss() -> None:
    model = two_outputs(torchkeras_compat)
    model.compile("sgd", loss={"label": "sparse_categorical_crossentropy"})
    only = two_outputs(torchkeras_compat)
    only.compile("sgd", loss={"label": "sparse_categorical_crossentropy", "value": None})
    assert model.evaluate(X, CLASSES, verbose=0) == only.evaluate(X, {"label": CLASSES}, verbose=0)


def test_outputs_may_be_nested() -> None:
    class Nested(Model):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.c = layers.Dense(1), layers.Dense(2), layers.Dense(3)

        def call(self, x: Any) -> Any:
            return {"a": self.a(x), "rest": (self.b(x), self.c(x))}

    model = Nested()
    model.compile("sgd", loss={"a": "mse", "rest": ("mae", None)}, metrics={"rest": ([], ["mse"])})
    targets = {"a": X[:, :1], "rest": (X[:, :2], X[:, :3])}
    with pytest.warns(UserWarning, match="Gradients do not exist for .*dense_2"):
        history = model.fit(X, targets, verbose=0).history
    assert list(history) == ["loss", "a_loss", "rest/mae_loss", "mse"]
    assert history["loss"][0] == pytest.approx(history["a_loss"][0] + history["rest/mae_loss"][0])


def test_batch_logs_are_numbers_of_that_batch_however_late_they_are_read(real_keras: ModuleType) -> None:
    found = []
    for keras in (torchkeras_compat, real_keras):

        class Batches(keras.callbacks.Callback):
            kept: list[Any]
            seen: list[float]

            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                self.kept.append(logs)
                if batch % 2 == 0:
                    self.seen.append(logs["loss"])

        recorder = Batches()
        recorder.kept, recorder.seen = [], []
        model = network(keras)
        model.compile("sgd", "mse", metrics=["mae"])
        model.fit(X, ONE_HOT, batch_size=4, shuffle=False, verbose=0, callbacks=[recorder])
        found.append(([dict(logs) for logs in recorder.kept], recorder.seen))
    (kept, seen), (expected_kept, expected_seen) = found
    assert all(type(value) is float for logs in kept for value in logs.values())
    assert [set(logs) for logs in kept] == [set(logs) for logs in expected_kept]
    for key in ("loss", "mae"):
        np.testing.assert_allclose([d[key] for d in kept], [d[key] for d in expected_kept], rtol=1e-4)
    np.testing.assert_allclose(seen, expected_seen, rtol=1e-4)


@pytest.mark.parametrize(
    ("every", "begins", "ends"), [(1, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]), (2, [0, 2, 4], [1, 3, 4])]
)
def test_callbacks_look_once_an_execution(every: int, begins: list[int], ends: list[int]) -> None:
    class Steps(callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            seen[0].append(batch)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen[1].append(batch)

    seen: tuple[list[int], list[int]] = ([], [])
    model = network(torchkeras_compat)
    model.compile("sgd", "mse", steps_per_execution=every)
    model.fit(X, ONE_HOT, batch_size=4, verbose=0, callbacks=[Steps()])
    assert seen == (begins, ends)


def test_a_train_step_in_keras_style_runs() -> None:
    class Custom(Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(3, activation="softmax", kernel_initializer="ones")

        def call(self, x: torch.Tensor) -> torch.Tensor:
            return self.dense(x)

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            self.zero_grad()
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
            loss.backward()
            weights = list(self.trainable_weights)
            with torch.no_grad():
                self.optimizer.apply([v.value.grad for v in weights], weights)
            for metric in self.metrics:
                metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    class Plain(Custom):
        train_step = Model.train_step

    histories = []
    for cls in (Custom, Plain):
        model = cls()
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        histories.append(model.fit(X, ONE_HOT, batch_size=5, shuffle=False, verbose=0).history)
    assert list(histories[0]) == ["loss", "accuracy"]
    for key in histories[0]:
        assert histories[0][key] == pytest.approx(histories[1][key], rel=1e-6)


def test_overridden_losses_and_metrics_are_used() -> None:
    class Custom(Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, x: torch.Tensor) -> torch.Tensor:
            return self.dense(x)

        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, **kwargs: Any) -> Any:
            return 10.0 + (y_pred * 0).sum()

        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
            return {**super().compute_metrics(x, y, y_pred, sample_weight), "extra": torch.tensor(2.0)}

    model = Custom()
    model.compile("sgd", metrics=["mae"])
    history = model.fit(X, ONE_HOT, epochs=2, verbose=0).history
    assert history["loss"] == [10.0, 10.0] and history["extra"] == [2.0, 2.0] and len(history["mae"]) == 2


def test_torch_losses_and_optimizers_are_taken_as_they_are() -> None:
    model = network(torchkeras_compat, "linear")
    twin = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3))
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        theirs.data.copy_(ours.data)
    model.compile(torch.optim.SGD(model.parameters(), 0.1, momentum=0.5), torch.nn.CrossEntropyLoss())
    model.fit(X, CLASSES, batch_size=5, shuffle=False, verbose=0)
    optimizer = torch.optim.SGD(twin.parameters(), 0.1, momentum=0.5)
    for start in range(0, 20, 5):
        optimizer.zero_grad()
        logits = twin(torch.as_tensor(X[start : start + 5]))
        torch.nn.functional.cross_entropy(logits, torch.as_tensor(CLASSES[start : start + 5])).backward()
        optimizer.step()
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_training_ends_after_the_step_that_asks_for_it() -> None:
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            steps.append(batch)
            self.model.stop_training = batch == 1

    steps: list[int] = []
    model = network(torchkeras_compat)
    model.compile("sgd", "mse")
    history = model.fit(X, ONE_HOT, batch_size=4, epochs=5, verbose=0, callbacks=[Stop()])
    assert steps == [0, 1] and len(history.history["loss"]) == 1


def test_frozen_layers_stay_as_they_are() -> None:
    model = network(torchkeras_compat)
    model.layers[0].trainable = False
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(X, ONE_HOT, verbose=0)
    after = model.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before[:2], after[:2], strict=True))
    assert not np.array_equal(before[2], after[2])


def test_two_runs_with_one_seed_are_bit_identical() -> None:
    def run() -> list[np.ndarray]:
        torchkeras_compat.utils.set_random_seed(5)
        model = Sequential([layers.Dense(8, activation="relu"), layers.Dropout(0.3), layers.Dense(3)])
        model.compile("adam", "mse")
        losses = model.fit(X, ONE_HOT, batch_size=4, epochs=3, verbose=0).history["loss"]
        return [np.array(losses), *model.get_weights(), model.predict(X, verbose=0)]

    assert all(np.array_equal(a, b) for a, b in zip(run(), run(), strict=True))


def test_train_on_batch_gives_the_numbers_of_that_batch() -> None:
    model = network(torchkeras_compat)
    model.compile(optimizers.SGD(0.0), losses.MeanSquaredError(), metrics=[metrics.MeanAbsoluteError()])
    first = model.train_on_batch(X[:4], ONE_HOT[:4])
    model.train_on_batch(X[4:], ONE_HOT[4:])
    assert model.train_on_batch(X[:4], ONE_HOT[:4]) == first
    assert model.test_on_batch(X[:4], ONE_HOT[:4]) == pytest.approx(first)
    with_names = model.test_on_batch(X[:4], ONE_HOT[:4], return_dict=True)
    assert list(with_names) == ["loss", "mean_absolute_error"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": ONE_HOT[:7]}, "20.*7|7.*20"),
        ({"x": X[:, :4]}, r"value 6.*\(20, 4\)"),
        ({"y": None}, "no targets"),
        ({"batch_size": 0}, "batch_size"),
        ({"epochs": "3"}, "epochs"),
        ({"validation_split": 1.5}, "validation_split"),
        ({"class_weight": {0: 1.0}, "sample_weight": np.ones(20)}, "class_weight"),
        ({"callbacks": [object()]}, "callbacks"),
    ],
)
def test_bad_input_is_refused_before_anything_changes(change: dict[str, Any], message: str) -> None:
    model = network(torchkeras_compat)
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(**{"x": X, "y": ONE_HOT, "verbose": 0} | change)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_what_compile_does_not_know_is_refused_with_the_nearest_name() -> None:
    model = network(torchkeras_compat)
    with pytest.raises(ValueError, match="adam"):
        model.compile("adamm", "mse")
    with pytest.raises(ValueError, match="categorical_crossentropy"):
        model.compile("adam", "categorical_crosentropy")
    with pytest.raises(ValueError, match="accuracy"):
        model.compile("adam", "mse", metrics=["acuracy"])
    with pytest.raises(ValueError, match=r"compile\(\)"):
        model.fit(X, ONE_HOT)
    two = two_outputs(torchkeras_compat)
    two.compile("sgd", loss={"lable": "mse", "value": "mse"})
    with pytest.raises(KeyError, match="Did you mean 'label'"):
        two.fit(X, {"label": ONE_HOT, "value": X[:, :1]}, verbose=0)


@pytest.mark.parametrize("wrap", [list, dict])
def test_one_output_in_a_list_or_dict_logs_like_one_alone(wrap: type) -> None:
    inputs = layers.Input((6,))
    output = layers.Dense(1, name="value")(inputs)
    model = Model(inputs, [output] if wrap is list else {"value": output})
    model.compile("sgd", {"value": ["mse"]}, metrics={"value": ["mae"]}, weighted_metrics={"value": "mae"})
    history = model.fit(X, X[:, :1], verbose=0).history
    assert list(history) == ["loss", "mae", "weighted_mae"]


def test_a_list_of_losses_for_one_output_is_their_sum() -> None:
    inputs = layers.Input((6,))
    outputs = [layers.Dense(1, name=name)(inputs) for name in ("a", "b")]
    model = Model(inputs, outputs)
    targets = [X[:, :1], X[:, 1:2]]
    model.compile("sgd", ["mse", ["mse", "mae"]], metrics=["mse", ["mse", "mae"]])
    logs = model.evaluate(X, targets, verbose=0, return_dict=True)
    assert logs["b_loss"] == pytest.approx(logs["b_mse"] + logs["b_mae"], rel=1e-5)
    assert logs["loss"] == pytest.approx(logs["a_loss"] + logs["b_loss"], rel=1e-5)
