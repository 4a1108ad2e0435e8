"""Out-of-memory errors say where, with which batch, how much was asked for, and what to do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.training.out_of_memory import is_out_of_memory

X, Y = np.zeros((20, 3), "float32"), np.zeros((20, 1), "float32")
ON_A_GPU = "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 8.00 GiB."
ON_THE_HOST = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 3221225472 bytes."


class Hungry(layers.Layer):
    """Fails in its third call in the mode asked for."""

    def __init__(self, error, while_training):
        super().__init__()
        self.error, self.while_training, self.calls = error, while_training, 0

    def call(self, inputs, training=False):
        if training is self.while_training and not is_inferring_shapes():
            self.calls += 1
            if self.calls == 3:
                raise self.error
        return inputs


def model_of(error, while_training):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1), Hungry(error, while_training)])
    model.compile("sgd", "mse")
    return model


def notes_of(method, error, while_training, *args, **kwargs):
    model = model_of(error, while_training)
    with pytest.raises(type(error)) as caught:
        getattr(model, method)(*args, verbose=0, **kwargs)
    assert caught.value is error
    return error.__notes__


def test_fit_says_the_step_the_batch_and_the_memory():
    (note,) = notes_of("fit", torch.OutOfMemoryError(ON_A_GPU), True, X, Y, batch_size=8, epochs=2)
    first, memory, advice = note.splitlines()
    assert first == (
        "`fit` ran out of memory in step 3 of epoch 1, with batches of 4 samples: x (4, 3) float32, y (4, 1) float32."
    )
    assert memory.startswith("Asked for: 2.50 GiB; free: ") and memory.endswith(" on the host")
    assert "fit(..., batch_size=2)" in advice and "gradient_accumulation_steps" in advice and "mixed_bf" in advice


@pytest.mark.parametrize("method", ["evaluate", "predict"])
def test_evaluate_and_predict_too(method):
    arrays = (X, Y) if method == "evaluate" else (X,)
    (note,) = notes_of(method, RuntimeError(ON_THE_HOST), False, *arrays, batch_size=5)
    assert note.startswith(f"`{method}` ran out of memory in step 3, with batches of 5 samples")
    assert "Asked for: 3.00 GiB" in note and f"{method}(..., batch_size=2)" in note


def test_validation_inside_fit_is_named_once():
    (note,) = notes_of("fit", torch.OutOfMemoryError(ON_A_GPU), False, X, Y, validation_data=(X, Y), batch_size=5)
    assert note.startswith("`evaluate` ran out of memory in step 3")


def test_a_batch_of_one_and_no_batch(monkeypatch):
    (note,) = notes_of("fit", MemoryError(), True, X[:3], Y[:3], batch_size=1)
    assert "smaller samples" in note and "batch_size=" not in note

    def no_room(*args, **kwargs):
        raise torch.OutOfMemoryError(ON_A_GPU)

    monkeypatch.setattr("torchkeras_compat.training.fit.make_adapter", no_room)
    with pytest.raises(torch.OutOfMemoryError) as caught:
        model_of(None, True).fit(X, Y)
    assert caught.value.__notes__[0].startswith("`fit` ran out of memory before the first step.")
    assert "batch by batch" in caught.value.__notes__[0]


def test_other_errors_are_left_alone():
    error = RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    with pytest.raises(RuntimeError, match="mat1"):
        model_of(error, True).fit(X, Y, batch_size=5, verbose=0)
    assert not hasattr(error, "__notes__") and not is_out_of_memory(error)


@pytest.mark.cuda
def test_a_real_one_on_a_gpu():
    with keras.device("cuda"):
        big = torch.cuda.get_device_properties(0).total_memory // 4
        model = keras.Sequential(
            [keras.Input((1,)), layers.Lambda(lambda x: torch.zeros(2 * big, device=x.device) + x)]
        )
        with pytest.raises(torch.OutOfMemoryError) as caught:
            model.predict(np.zeros((1, 1), "float32"), verbose=0)
    assert "Asked for: " in caught.value.__notes__[0] and " on cuda:0" in caught.value.__notes__[0]


def test_the_epoch_is_known_before_its_first_step():
    model = model_of(ValueError(), None)
    error = MemoryError("Unable to allocate 1024 bytes")

    def fail(*args):
        raise error

    with pytest.raises(MemoryError):
        model.fit(X, Y, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=fail)])
    assert error.__notes__[-1].startswith("`fit` ran out of memory before the first step of epoch 1.")
