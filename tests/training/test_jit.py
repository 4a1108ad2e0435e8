"""`jit_compile=True`."""

from __future__ import annotations

import copy
import pickle
import shutil

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, layers

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


def test_a_failing_compiler_is_a_warning_and_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._dynamo.exc import BackendCompilerFailed

    def failing(function: object) -> object:
        def call(*args: object, **kwargs: object) -> None:
            raise BackendCompilerFailed(lambda: None, RuntimeError("no C++ compiler found"), None)

        return call

    monkeypatch.setattr(torch, "compile", failing)
    model = network()
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.warns(UserWarning, match="no C\\+\\+ compiler found.*runs eagerly"):
        model.fit(X, Y, verbose=0)
    model.fit(X, Y, verbose=0)  # and warns no more


def test_run_eagerly_wins() -> None:
    model = network()
    model.compile("sgd", "mse", jit_compile=True, run_eagerly=True)
    assert model._compiled_call_impl is None
    model.fit(X, Y, verbose=0)


@pytest.mark.parametrize("arguments", [{"jit_compile": "yes"}, {"steps_per_execution": 0}])
def test_a_bad_argument_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        network().compile("sgd", "mse", **arguments)
