from __future__ import annotations

import numpy as np

from torchkeras_compat.dialects.methods.sizes import batch_facts, known_sizes, sizes_given, sizes_of


def test_sizes_of_arrays_and_of_generators() -> None:
    x = np.ones((10, 2))
    assert sizes_of({"x": x, "validation_split": 0.25}) == {"do_validation": True, "samples": 7, "batch_size": 32}
    assert sizes_of({"x": {"a": x, "b": x}, "batch_size": 5})["samples"] == 10
    assert sizes_of({"x": iter([x]), "validation_data": (x, x)}) == {"do_validation": True}


def test_sizes_are_given_while_a_fit_is_under_way() -> None:
    class Model:
        pass

    model = Model()
    with known_sizes(model, {"x": np.ones((4, 1))}):
        assert sizes_given(model)["samples"] == 4
    assert sizes_given(model) == {}


def test_the_last_batch_is_smaller() -> None:
    params = {"samples": 10, "batch_size": 4}
    assert [batch_facts(params, i)["size"] for i in range(3)] == [4, 4, 2]
    assert batch_facts({}, 3) == {"batch": 3}


def test_callbacks_of_keras_2_are_given_batches_and_sizes(keras2) -> None:
    from keras.callbacks import Callback
    from keras.layers import Dense
    from keras.models import Sequential

    given = []

    class Own(Callback):
        def on_batch_end(self, batch, logs=None):
            given.append((logs["batch"], logs["size"]))

    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    own = Own()
    model.fit(np.ones((10, 2)), np.ones(10), batch_size=4, epochs=1, verbose=0, callbacks=[own])
    assert given == [(0, 4), (1, 4), (2, 2)]
    assert (own.params["samples"], own.params["batch_size"], own.params["do_validation"]) == (10, 4, False)
