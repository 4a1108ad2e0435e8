"""`tf.GradientTape` (values of TensorFlow 2.15, or worked out by hand)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.tape import GradientTape, UnconnectedGradients, gradients
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap
from torchkeras_compat.dialects.tensorflow.variable import Variable


@pytest.fixture
def x() -> Any:
    """A variable."""
    return Variable(3.0)


@pytest.fixture
def c() -> Any:
    """A constant."""
    return wrap(torch.tensor(2.0))


def test_gradients_come_in_the_nesting_of_the_sources(x: Any, c: Any) -> None:
    with GradientTape() as tape:
        y = x * c
    found = tape.gradient(y, {"a": x, "b": [c]})
    assert type(found["a"]) is Tensor
    assert (found["a"].numpy(), found["b"]) == (2.0, [None])


def test_unconnected_gradients_may_be_zero(x: Any, c: Any) -> None:
    with GradientTape(persistent=True) as tape:
        y = x * 1
    assert tape.gradient(y, [c], unconnected_gradients="zero")[0].numpy() == 0.0
    assert tape.gradient(y, c, unconnected_gradients=UnconnectedGradients.ZERO).numpy() == 0.0
    with pytest.raises(ValueError, match="'one'"):
        tape.gradient(y, c, unconnected_gradients="one")


def test_targets_are_summed(x: Any, c: Any) -> None:
    with GradientTape(persistent=True) as tape:
        y = [x * c, x * x]
        z = x * np.array([1.0, 2.0], "float32")
    assert tape.gradient(y, x).numpy() == 8.0
    assert tape.gradient(z, x, output_gradients=wrap(torch.tensor([3.0, 1.0]))).numpy() == 5.0


def test_a_tape_that_is_not_persistent_is_asked_once(x: Any) -> None:
    with GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)


def test_what_was_made_before_is_constant(x: Any) -> None:
    z = x * x
    with GradientTape() as tape:
        y = x * z
    assert tape.gradient(y, x).numpy() == 9.0
    with GradientTape() as tape:
        u = y * x  # y came from another tape
    assert tape.gradient(u, x).numpy() == 27.0


def test_constants_are_watched_on_demand(c: Any) -> None:
    with GradientTape() as tape:
        tape.watch(c)
        y = c**3
    assert tape.gradient(y, c).numpy() == 12.0
    with GradientTape() as tape:
        y = c**3
    assert tape.gradient(y, [c * 1]) == [None]
    i = wrap(torch.tensor(2))
    with GradientTape() as tape, pytest.warns(UserWarning, match="int64"):
        tape.watch(i)
    with pytest.raises(TypeError, match="convert_to_tensor"):
        tape.watch(np.ones(1))


def test_variables_need_not_be_watched(x: Any) -> None:
    with GradientTape(watch_accessed_variables=False) as tape:
        y = x * 2
    assert tape.gradient(y, x) is None
    assert tape.watched_variables() == ()
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = x * 2
    assert tape.gradient(y, x).numpy() == 2.0
    assert tape.watched_variables()[0] is x


def test_recording_stops_and_starts_again(x: Any) -> None:
    with GradientTape(persistent=True) as tape:
        y = x * x
        with tape.stop_recording():
            w = x * x
        z = x * w
    assert tape.gradient(z, x).numpy() == 9.0
    assert tape.gradient(y, x).numpy() == 6.0
    assert tape.watched_variables()[0] is x
    with pytest.raises(RuntimeError, match="not recording"), tape.stop_recording():
        pass


def test_reset_forgets(x: Any, c: Any) -> None:
    with GradientTape() as tape:
        tape.watch(c)
        tape.reset()
        y = c * x
    found = tape.gradient(y, [c, x])
    assert (found[0], found[1].numpy()) == (None, 2.0)


def test_gradients_of_gradients(x: Any) -> None:
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = x**3
        first = inner.gradient(y, x)
    second = outer.gradient(first, x)
    assert (first.numpy(), second.numpy()) == (27.0, 18.0)


def test_two_tapes_may_record_the_same(x: Any) -> None:
    with GradientTape() as one, GradientTape() as other:
        y = x * x
        z = y * x
    assert one.gradient(y, x).numpy() == 6.0
    assert other.gradient(z, x).numpy() == 27.0


def test_gradients_of_what_lies_between(x: Any) -> None:
    with GradientTape() as tape:
        y = x * x
        z = y**3
    assert tape.gradient(z, y).numpy() == 3 * 81.0


def test_a_tape_may_be_asked_inside_its_block(x: Any) -> None:
    with GradientTape() as tape:
        y = x * x
        assert tape.gradient(y, x).numpy() == 6.0
    with pytest.raises(ValueError, match="re-enter"), tape, tape:
        pass


@pytest.mark.parametrize("together", [True, False])
def test_jacobians(together: bool) -> None:
    m = wrap(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    with GradientTape(persistent=True) as tape:
        tape.watch(m)
        y = m**2
    whole = tape.jacobian(y, m, experimental_use_pfor=together)
    assert whole.shape == (2, 2, 2, 2)
    assert whole[1, 0, 1, 0].numpy() == 6.0
    batch = tape.batch_jacobian(y, m, experimental_use_pfor=together)
    assert batch.numpy().tolist() == [[[2, 0], [0, 4]], [[6, 0], [0, 8]]]
    assert tape.jacobian(y, [m, Variable(1.0)])[1] is None
    with pytest.raises(ValueError, match="batch axis"):
        tape.batch_jacobian(y[0], m)


@pytest.mark.parametrize(
    ("target", "source", "match"), [(None, 1, "None"), (2.0, None, "float"), (np.float32(1), None, "NumPy")]
)
def test_bad_targets_are_refused(x: Any, target: Any, source: Any, match: str) -> None:
    with GradientTape() as tape:
        pass
    with pytest.raises(TypeError, match=match):
        tape.gradient(target, x)


def test_a_bad_source_is_refused(x: Any) -> None:
    with GradientTape() as tape:
        y = x * x
    with pytest.raises(TypeError, match="ndarray"):
        tape.gradient(y, np.ones(1))


def test_a_model_and_its_losses() -> None:
    model = keras.Sequential(
        [
            keras.layers.Input((2,)),
            keras.layers.Dense(2, kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(0.5)),
        ]
    )
    data = wrap(torch.ones(1, 2))
    with GradientTape() as tape:
        out = model(data, training=True)
        loss = out.sum() + sum(model.losses)
    assert type(out) is Tensor
    assert loss.numpy() == 4 + 0.5 * 4
    kernel, bias = tape.gradient(loss, model.trainable_variables)
    np.testing.assert_allclose(kernel, 1 + 2 * 0.5 * np.ones((2, 2)))
    np.testing.assert_allclose(bias, [1, 1])
    assert [v.path for v in tape.watched_variables()] == [v.path for v in model.trainable_variables]
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.apply_gradients(zip([kernel, bias], model.trainable_variables, strict=True))
    np.testing.assert_allclose(model.get_weights()[0], 0.8 * np.ones((2, 2)), rtol=1e-6)


def test_a_layer_outside_of_tapes_records_nothing() -> None:
    layer = keras.layers.Dense(2)
    assert not layer(wrap(torch.ones(1, 2))).requires_grad
    with GradientTape():
        assert layer(wrap(torch.ones(1, 2))).requires_grad


def test_convolutions_between_as_for_grad_cam() -> None:
    images = keras.layers.Input((4, 4, 1))
    maps = keras.layers.Conv2D(2, 3, kernel_initializer="ones")(images)
    out = keras.layers.Dense(1, kernel_initializer="ones")(keras.layers.GlobalAveragePooling2D()(maps))
    model = keras.Model(images, [maps, out])
    with GradientTape() as tape:
        activations, score = model(wrap(torch.ones(1, 4, 4, 1)))
        picked = score[:, 0]
    assert tape.gradient(picked, activations).numpy().tolist() == [[[[0.25, 0.25]] * 2] * 2]


def test_an_assignment_between_is_explained() -> None:
    x = Variable(3.0)
    with GradientTape(persistent=True) as tape:
        y = x * x
    x.assign(1.0)
    with pytest.raises(RuntimeError, match="first, then update"):
        tape.gradient(y, x)


def test_an_assignment_to_state_inside_a_tape_changes_nothing_before(x: Any) -> None:
    state = Variable(2.0, trainable=False)
    with GradientTape() as tape:
        y = x * state
        state.assign(5.0)
    assert tape.gradient(y, x).numpy() == 2.0
    assert state.numpy() == 5.0


def test_gradients_as_a_function(x: Any) -> None:
    with GradientTape(persistent=True):
        y = x * x
    assert gradients(y, x)[0].numpy() == 6.0
    with pytest.raises(ValueError, match="stop_gradient"):
        gradients(y, x, stop_gradients=[x])


def test_no_warning_for_scalars(x: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with GradientTape():
            assert float(x * 2) == 6.0
