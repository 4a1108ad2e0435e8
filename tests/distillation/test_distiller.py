"""`Distiller`: logs, weights and files are compared with those of real Keras."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers
from torchkeras_compat.distillation.base import DistillationLoss
from torchkeras_compat.distillation.distiller import Distiller
from torchkeras_compat.distillation.feature_distillation import FeatureDistillation
from torchkeras_compat.distillation.logits_distillation import LogitsDistillation
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential

rng = np.random.default_rng(0)
X = rng.random((13, 4)).astype("float32")
Y = rng.integers(0, 3, 13)


def mlp(keras: Any, units: int, **kwargs: Any) -> Any:
    """A small model of either library, with the same weights."""
    model = keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(units, activation="tanh", name="hidden", **kwargs),
            keras.layers.Dense(5, name="features"),
            keras.layers.Dense(3, name="scores"),
        ]
    )
    values = np.random.default_rng(units)
    model.set_weights([values.normal(size=w.shape).astype("float32") * 0.5 for w in model.get_weights()])
    return model


def distiller(keras: Any, losses: Any, **kwargs: Any) -> Any:
    losses = losses(keras.distillation)
    return keras.distillation.Distiller(mlp(keras, 8), mlp(keras, 6), losses, **kwargs)


LOSSES = {
    "logits": lambda d: d.LogitsDistillation(2.0, "mse"),
    "two": lambda d: [d.LogitsDistillation(3.0, "kl_divergence"), d.LogitsDistillation(1.0, "mae")],
    "features": lambda d: d.FeatureDistillation("mse", "features", "features"),
    "all": lambda d: [
        d.LogitsDistillation(2.0, "mse"),
        d.FeatureDistillation("cosine_similarity", "features", "features"),
        d.FeatureDistillation("mse"),
        d.FeatureDistillation("mae", "scores", "scores"),
    ],
}


@pytest.mark.filterwarnings("ignore:Gradients do not exist")  # features alone do not reach the last layer
@pytest.mark.parametrize("losses", LOSSES.values(), ids=list(LOSSES))
@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_training_is_that_of_keras(real_keras, losses, weight):
    found = []
    for keras in (real_keras, torchkeras_compat):
        model = distiller(keras, losses, student_loss_weight=weight)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
        history = model.fit(
            X, Y, batch_size=5, epochs=2, verbose=0, shuffle=False, validation_data=(X[:4], Y[:4])
        ).history
        results = model.evaluate(X, Y, verbose=0)
        by_name = model.evaluate(X, Y, verbose=0, return_dict=True)
        found.append([history, results, by_name, model.predict(X, verbose=0), model.student.get_weights()])
        assert set(by_name) == {"loss", "accuracy", "student_loss", "distillation_loss", "total_loss"}
    torch.testing.assert_close(found[1], found[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("weights", [[0.7, 0.2], None])
def test_weights_and_batches_one_by_one_are_those_of_keras(real_keras, weights):
    found = []
    for keras in (real_keras, torchkeras_compat):
        model = distiller(keras, LOSSES["two"], distillation_loss_weights=weights)
        model.compile("sgd", "mse")
        y = np.eye(3, dtype="float32")[Y]
        found.append(
            [
                model.train_on_batch(X, y),
                model.train_on_batch(X, y, return_dict=True),
                model.test_on_batch(X, y, return_dict=True),
                model.fit(X, verbose=0).history,
            ]
        )
    torch.testing.assert_close(found[1], found[0], rtol=1e-4, atol=1e-5)


def test_the_teacher_is_frozen_and_in_inference_mode():
    teacher = Sequential([layers.Input((4,)), layers.Dropout(0.9), layers.BatchNormalization(), layers.Dense(3)])
    before = [w.copy() for w in teacher.get_weights()]
    model = Distiller(teacher, mlp(torchkeras_compat, 6), LogitsDistillation(1.0, "mse"), student_loss_weight=0.0)
    model.compile("sgd", "mse")
    expected = ((teacher.predict(X, verbose=0) - model.student.predict(X, verbose=0)) ** 2).mean()
    assert model.train_on_batch(X, np.eye(3)[Y], return_dict=True)["total_loss"] == pytest.approx(expected, rel=1e-5)
    model.fit(X, np.eye(3)[Y], verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(teacher.get_weights(), before, strict=True))
    assert not teacher.trainable
    assert all(p.grad is None and not p.requires_grad for p in teacher.parameters())
    model.train()
    assert model.student.training and not any(m.training for m in teacher.modules())
    model.trainable = True
    assert [v.path for v in model.trainable_variables] == [v.path for v in model.student.trainable_variables]


class Counted(layers.Layer):
    """Counts its calls, and notes whether gradients are on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dense = layers.Dense(3)
        self.grads: list[bool] = []

    def call(self, x: torch.Tensor) -> torch.Tensor:
        self.grads.append(torch.is_grad_enabled())
        return self.dense(x)


@pytest.mark.parametrize("losses", [LogitsDistillation(), FeatureDistillation("mse", "counted", "counted")])
@pytest.mark.parametrize("weight", [0.5, 1.0])
def test_a_step_is_one_pass_of_each_model(losses, weight):
    teacher, student = (Sequential([layers.Input((4,)), Counted(name="counted"), layers.Dense(3)]) for _ in range(2))
    model = Distiller(teacher, student, losses, student_loss_weight=weight)
    model.compile("sgd", "mse")
    y = np.eye(3)[Y]
    model.train_on_batch(X, y)
    for one in (teacher, student):
        one.layers[0].grads.clear()
    model.train_on_batch(X, y)
    model.test_on_batch(X, y)
    assert student.layers[0].grads == [True, False]
    assert teacher.layers[0].grads == ([False, False] if weight < 1.0 else [])


def test_a_layer_that_hands_its_input_through_may_be_distilled():
    student = Sequential([layers.Input((4,)), layers.Dense(3, name="scores"), layers.Dropout(0.5, name="last")])
    model = Distiller(mlp(torchkeras_compat, 8), student, FeatureDistillation("mse", "scores", "last"))
    model.compile("sgd", "mse")
    logs = model.evaluate(X, np.eye(3)[Y], verbose=0, return_dict=True)
    expected = ((model.teacher(X) - student(X)) ** 2).mean().item()
    assert logs["distillation_loss"] == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_outputs_made_elsewhere():
    model = distiller(torchkeras_compat, LOSSES["all"])
    model.compile("sgd", "mse")
    x, y = torch.tensor(X), torch.tensor(np.eye(3, dtype="float32")[Y])
    loss = model.compute_loss(x, y, model(x))
    torch.testing.assert_close(model.compute_loss(x, y, model.student(x)), loss)


def test_sample_weights_weigh_the_own_loss_and_regularizers_are_added():
    student = mlp(torchkeras_compat, 6, kernel_regularizer="l2")
    model = Distiller(mlp(torchkeras_compat, 8), student, LogitsDistillation(1.0, "mse"))
    model.compile("sgd", "mse")
    y = np.eye(3, dtype="float32")[Y]
    plain = model.evaluate(X, y, verbose=0, return_dict=True)
    doubled = model.evaluate(X, y, sample_weight=np.full(13, 2.0), verbose=0, return_dict=True)
    assert doubled["student_loss"] == pytest.approx(2 * plain["student_loss"], rel=1e-5)
    assert doubled["distillation_loss"] == pytest.approx(plain["distillation_loss"], rel=1e-5)
    penalty = sum(student.losses).item()
    expected = 0.5 * plain["student_loss"] + 0.5 * plain["distillation_loss"] + penalty
    assert penalty > 0.01
    assert plain["total_loss"] == pytest.approx(expected, rel=1e-5)


class Subclassed(Model):
    def __init__(self, units: int) -> None:
        super().__init__()
        self.hidden = layers.Dense(units, activation="relu")
        self.scores = layers.Dense(3)

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        return self.scores(self.hidden(inputs))


def test_subclassed_models_and_losses():
    class Distance(DistillationLoss):
        def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> torch.Tensor:
            return (teacher_outputs - student_outputs).abs().max()

    model = Distiller(Subclassed(8), Subclassed(4), [Distance(), FeatureDistillation()])
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(X, Y, epochs=2, verbose=0).history
    assert np.isfinite(history["distillation_loss"]).all()
    assert all(layer.built for layer in model._flatten_layers())


def test_several_outputs():
    def two(units: int) -> Model:
        inputs = layers.Input((4,))
        x = layers.Dense(units)(inputs)
        return Model(inputs, {"a": layers.Dense(2, name="a")(x), "b": layers.Dense(3, name="b")(x)})

    model = Distiller(two(8), two(4), LogitsDistillation(2.0, {"a": "mse", "b": None}), student_loss_weight=0.4)
    model.compile("sgd", {"a": "mse", "b": "mae"}, loss_weights={"a": 2.0, "b": 1.0})
    y = {"a": np.ones((13, 2)), "b": np.ones((13, 3))}
    logs = model.evaluate(X, y, verbose=0, return_dict=True)
    assert logs["student_loss"] == pytest.approx(2 * logs["a_loss"] + logs["b_loss"], rel=1e-5)
    with torch.no_grad():
        a, b = model.teacher(X)["a"], model.student(X)["a"]
    assert logs["distillation_loss"] == pytest.approx(float(((a - b) / 2).square().mean()), rel=1e-5)


@pytest.mark.parametrize("losses", [LOSSES["logits"], LOSSES["all"]])
def test_files_go_both_ways(real_keras, tmp_path, losses):
    y = np.eye(3, dtype="float32")[Y]
    ours = distiller(torchkeras_compat, losses, student_loss_weight=0.7)
    ours.compile("sgd", "mse", metrics=["mae"])
    ours.fit(X, y, verbose=0)
    ours.save(tmp_path / "ours.keras")
    again = torchkeras_compat.models.load_model(tmp_path / "ours.keras")
    assert again.evaluate(X, y, verbose=0) == pytest.approx(ours.evaluate(X, y, verbose=0))
    assert (again.student_loss_weight, again.teacher.trainable) == (0.7, False)
    assert again.fit(X, y, verbose=0).history["total_loss"]
    theirs = real_keras.models.load_model(tmp_path / "ours.keras", compile=False)
    np.testing.assert_allclose(theirs.predict(X, verbose=0), ours.predict(X, verbose=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(theirs.teacher.get_weights()[0], ours.teacher.get_weights()[0])

    theirs = distiller(real_keras, losses, student_loss_weight=0.7)
    theirs.compile("sgd", "mse", metrics=["mae"])
    theirs.fit(X, y, verbose=0)
    theirs.save(tmp_path / "theirs.keras")
    with pytest.warns(UserWarning, match="written by Keras, does not hold the loss of the student"):
        loaded = torchkeras_compat.models.load_model(tmp_path / "theirs.keras")
    loaded.compile("sgd", "mse", metrics=["mae"])
    np.testing.assert_allclose(loaded.evaluate(X, y, verbose=0), theirs.evaluate(X, y, verbose=0), rtol=1e-4)
    assert loaded.get_config().keys() == theirs.get_config().keys()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_train_on_their_own(copied):
    model = distiller(torchkeras_compat, LOSSES["all"])
    model.compile("sgd", "mse")
    y = np.eye(3, dtype="float32")[Y]
    twin = copied(model)
    before = model.student.get_weights()
    twin.fit(X, y, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(model.student.get_weights(), before, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(twin.student.get_weights(), before, strict=True))


def test_the_models_are_compiled_one_by_one(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda f: lambda *args, **kwargs: f(*args, **kwargs))
    found = []
    for jit_compile in (False, True):
        model = distiller(torchkeras_compat, LOSSES["all"])
        model.compile("sgd", "mse", jit_compile=jit_compile)
        found.append(model.fit(X, np.eye(3)[Y], verbose=0, shuffle=False).history)
    assert found[0] == found[1]
    assert model._compiled_call_impl is None


def test_rematerialized_students_learn_the_same():
    found = []
    for mode in (None, "full"):
        with torchkeras_compat.RematScope(mode):
            model = distiller(torchkeras_compat, LOSSES["all"])
        model.compile("sgd", "mse")
        found.append(model.fit(X, np.eye(3)[Y], verbose=0, shuffle=False).history)
    assert found[0] == found[1]


def test_half_precision():
    teacher, student = (mlp(torchkeras_compat, units, dtype="mixed_bfloat16") for units in (8, 6))
    model = Distiller(teacher, student, LOSSES["all"](torchkeras_compat.distillation))
    model.compile("sgd", "mse")
    assert np.isfinite(model.fit(X, np.eye(3)[Y], verbose=0).history["loss"]).all()


def sequential(*parts: Any) -> Sequential:
    return Sequential([layers.Input((4,)), *parts])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"teacher": "no model"}, "Teacher must be a keras.Model, got <class 'str'>"),
        ({"student": torch.nn.Linear(4, 3)}, "Student must be a keras.Model, got .*Linear"),
        ({"distillation_losses": None}, "'distillation_losses' cannot be `None`"),
        ({"distillation_losses": ["mse"]}, "objects of DistillationLoss. Received: 'mse'"),
        ({"distillation_loss_weights": [1.0, 2.0]}, r"distillation_loss_weights \(2\) must match .*losses \(1\)"),
        ({"distillation_loss_weights": ["a"]}, "distillation_loss_weights are numbers. Received: 'a'"),
        ({"student_loss_weight": 1.5}, "student_loss_weight must be between 0.0 and 1.0, got 1.5"),
        ({"student_loss_weight": "half"}, "student_loss_weight must be a number, got <class 'str'>"),
        ({"teacher": sequential(layers.Dense(4))}, r"output shapes are incompatible. Teacher: \(None, 4\)"),
        (
            {"teacher": Sequential([layers.Input((5,)), layers.Dense(3)])},
            r"input shapes are incompatible. Teacher: \(None, 5\), Student: \(None, 4\)",
        ),
        ({"teacher": sequential(layers.Dense(3, dtype="float64"))}, "output dtypes must match. Teacher: float64"),
        ({"distillation_losses": FeatureDistillation("mse", "none")}, "In teacher model: .*none"),
        ({"distillation_losses": FeatureDistillation("mse", None, "none")}, "In student model: .*none"),
        (
            {"teacher": Subclassed(3), "distillation_losses": FeatureDistillation("mse", "hidden")},
            "requires Functional or Sequential models. The teacher 'subclassed.*it is not built",
        ),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_bad_arguments_are_refused(arguments, match):
    good = {"teacher": sequential(layers.Dense(3)), "student": sequential(layers.Dense(3))}
    with pytest.raises(ValueError, match=match):
        Distiller(**{**good, "distillation_losses": LogitsDistillation(), **arguments})


def test_different_numbers_of_outputs_are_refused():
    inputs = layers.Input((4,))
    two = Model(inputs, [layers.Dense(3)(inputs), layers.Dense(3)(inputs)])
    with pytest.raises(ValueError, match="different numbers of outputs. Teacher: 2, Student: 1"):
        Distiller(two, sequential(layers.Dense(3)), LogitsDistillation())


def test_a_loss_is_needed():
    model = distiller(torchkeras_compat, LOSSES["logits"])
    with pytest.raises(ValueError, match="'loss' cannot be `None`"):
        model.compile("sgd")


def test_features_of_different_widths_are_refused():
    model = distiller(torchkeras_compat, lambda d: d.FeatureDistillation("mse", "hidden", "hidden"))
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"cannot compare outputs of the teacher of shape \(13, 8\)"):
        model.fit(X, np.eye(3)[Y], verbose=0)
