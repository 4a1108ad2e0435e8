"""`jit_compile=True`."""

from __future__ import annotations

import copy
import pickle
import shutil

import numpy as np
import pytest
import torch

from torchkeras_compat import Model, Sequential, layers, optimizers

X, Y = np.random.RandomState(0).normal(size=(16, 4)).astype("float32"), np.ones((16, 2), "float32")


def network() -> Sequential:
    return Sequential([layers.Input((4,)), layers.Dense(3, activation="tanh"), layers.Dense(2)])


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_compiled_model_learns_what_the_eager_one_learns() -> None:
    eager = network()
    compiled = copy.deepcopy(eager)
    eager.compile("sgd", "mse")
    compiled.compile("sgd", "mse", jit_compile=True)
    expected = eager.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0).history["loss"]
    found = compiled.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0).history["loss"]
    assert compiled._compiled_call_impl is not None
    assert found == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(compiled.predict(X, verbose=0), eager.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    again = pickle.loads(pickle.dumps(compiled))
    np.testing.assert_allclose(again.predict(X, verbose=0), eager.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


@pytest.fixture
def failing_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._dynamo.exc import BackendCompilerFailed

    def failing(function: object, **kwargs: object) -> object:
        def call(*args: object, **kwargs: object) -> None:
            raise BackendCompilerFailed(lambda: None, RuntimeError("no C++ compiler found"), None)

        return call

    monkeypatch.setattr(torch, "compile", failing)


def test_a_failing_compiler_is_a_warning_and_training_goes_on(failing_compiler) -> None:
    model = network()
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.warns(UserWarning, match="no C\\+\\+ compiler found.*runs uncompiled"):
        model.fit(X, Y, epochs=8, verbose=0)
    model.fit(X, Y, epochs=8, verbose=0)  # and warns no more


def test_a_failing_compiler_of_the_call_is_a_warning_too(failing_compiler) -> None:
    model = network()
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.warns(UserWarning, match="no C\\+\\+ compiler found.*runs eagerly"):
        model.predict(X, verbose=0)
    model.predict(X, verbose=0)


def test_run_eagerly_wins() -> None:
    model = network()
    model.compile("sgd", "mse", jit_compile=True, run_eagerly=True)
    assert model._compiled_call_impl is None
    model.fit(X, Y, verbose=0)


@pytest.mark.parametrize("arguments", [{"jit_compile": "yes"}, {"steps_per_execution": 0}])
def test_a_bad_argument_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        network().compile("sgd", "mse", **arguments)


class Product(Model):
    """Multiplies by a matrix of some number of rows; 3 fit."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.dense = layers.Dense(3)
        self.rows = rows

    def call(self, x: torch.Tensor) -> torch.Tensor:
        if self.rows < 0:
            raise KeyError("a mistake of the user")
        return self.dense(x) @ torch.ones(self.rows, 2)


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch.compile without a C++ compiler: it traces."""
    real = torch.compile
    monkeypatch.setattr(torch, "compile", lambda function, **kwargs: real(function, backend="eager"))


UNBUILT = {
    "sequential": lambda: Sequential([layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)]),
    "nested": lambda: Sequential([Sequential([layers.Dense(3)]), layers.Dense(2)]),
    "subclassed": lambda: Product(3),
}


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("make", UNBUILT.values(), ids=UNBUILT)
def test_a_model_that_is_not_built_yet_is_built_then_compiled(make) -> None:
    model = make()
    model.compile("sgd", "mse", jit_compile=True)
    eager = copy.deepcopy(model)
    eager.compile("sgd", "mse")
    eager.build((None, 4))
    assert not model.built
    model.fit(X[:8], Y[:8], verbose=0)  # a batch that builds it
    assert model.built
    eager.set_weights(model.get_weights())
    found = model.fit(X, Y, shuffle=False, verbose=0).history["loss"]
    assert model._compiled_call_impl is not None
    assert found == pytest.approx(eager.fit(X, Y, shuffle=False, verbose=0).history["loss"], rel=1e-5)


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("rows", [5, -1])
def test_a_mistake_in_the_model_is_raised_as_it_is_and_not_blamed_on_the_compiler(rows: int) -> None:
    model = Product(3)
    model(X)
    model.compile("sgd", "mse", jit_compile=True)
    model.rows = rows
    expected, words = (RuntimeError, "mat1 and mat2 shapes") if rows > 0 else (KeyError, "a mistake of the user")
    with pytest.raises(expected, match=words):
        model.fit(X, Y, verbose=0)
    assert model._compiled_call_impl is not None
    model.rows = 3
    model.fit(X, Y, verbose=0)


# -- the step as a whole -----------------------------------------------------------------------------------------------


def images() -> Sequential:
    return Sequential(
        [
            *(layers.Input((6, 6, 2)), layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization()),
            *(layers.MaxPooling2D(), layers.Flatten(), layers.Dense(3, "softmax", kernel_regularizer="l2")),
        ]
    )


def fitted(model, x, y, **arguments):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **arguments)
    history = model.fit(x, y, batch_size=8, epochs=4, shuffle=False, verbose=0).history
    return history, model.get_weights(), model.evaluate(x, y, batch_size=8, verbose=0)


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_loss_gradients_and_metrics_are_one_graph() -> None:
    from torch._dynamo.utils import counters

    x = np.random.RandomState(0).normal(size=(24, 6, 6, 2)).astype("float32")
    y = np.arange(24) % 3
    eager = images()
    compiled = copy.deepcopy(eager)
    expected = fitted(eager, x, y, run_eagerly=True)
    torch.compiler.reset()
    counters.clear()
    found = fitted(compiled, x, y, jit_compile=True)
    assert counters["stats"]["unique_graphs"] == 1  # evaluation had too few steps
    for a, b in zip(expected[0].values(), found[0].values(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4)
    for a, b in zip(expected[1], found[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(expected[2], found[2], rtol=1e-4)


@pytest.mark.usefixtures("traced")
def test_dropout_draws_another_mask_in_each_compiled_step() -> None:
    model = Sequential([layers.Input((50,)), layers.Dropout(0.5), layers.Dense(1)])
    model.compile(optimizers.SGD(0.0), "mse", jit_compile=True)
    x = np.ones((8, 50), "float32")
    losses = {model.train_on_batch(x, np.zeros((8, 1))) for _ in range(12)}
    assert any(form.run is not None for form in model._step.training._forms.values())
    assert len(losses) == 12


@pytest.mark.usefixtures("traced")
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # Dynamo looks at it
def test_a_step_with_recurrent_kernels_compiles_the_call_of_the_model() -> None:
    model = Sequential([layers.Input((5, 4)), layers.LSTM(3), layers.Dense(2)])
    eager = copy.deepcopy(model)
    x = np.random.RandomState(0).normal(size=(16, 5, 4)).astype("float32")
    model.compile("sgd", "mse", jit_compile=True)
    eager.compile("sgd", "mse", run_eagerly=True)
    found = [model.train_on_batch(x, Y) for _ in range(9)]
    assert found == pytest.approx([eager.train_on_batch(x, Y) for _ in range(9)], rel=1e-5)
    assert "recurrent kernel" in model._step.training.refusal
    assert model._compiled_call_impl is not None


@pytest.mark.parametrize(
    ("given", "mode"),
    [(True, None), ("default", "default"), ("max-autotune", "max-autotune-no-cudagraphs")],
)
def test_modes_are_those_of_torch(monkeypatch: pytest.MonkeyPatch, given: object, mode: str | None) -> None:
    modes = []
    monkeypatch.setattr(torch, "compile", lambda function, mode=None, **kwargs: modes.append(mode) or function)
    model = network()
    model.compile("sgd", "mse", jit_compile=given)
    for _ in range(9):
        model.train_on_batch(X, Y)
    assert modes == [mode, mode]  # the call of the model, which predict runs, and the step
    assert model.get_compile_config()["jit_compile"] is True
