"""Facades make the core's objects, and stand in for its classes wherever a class is asked for."""

from __future__ import annotations

import abc
import copy
import inspect
import pickle
from unittest import mock

import numpy as np
import pytest

import torchkeras_compat
from torchkeras_compat import layers, models
from torchkeras_compat.dialects.facades import facade_of
from torchkeras_compat.overrides import dialect_of

Dense = facade_of("keras1", "layers.Dense", layers.Dense)
Model = facade_of("keras2", "models.Model", models.Model)
Sequential = facade_of("keras1", "models.Sequential", models.Sequential)


class Wide(Dense):
    """A user's subclass with old arguments for the class above."""

    def __init__(self, **arguments):
        super().__init__(output_dim=7, init="uniform", **arguments)


class Plain(Dense):
    """A user's subclass without a constructor."""


def test_a_call_makes_an_object_of_the_core() -> None:
    made = Dense(output_dim=3, W_regularizer="l2")
    assert type(made) is layers.Dense and made.units == 3 and made.kernel_regularizer is not None
    assert dialect_of(made) == "keras1" and dialect_of(layers.Dense(3)) is None
    assert made.get_config() == layers.Dense(3, kernel_regularizer="l2", name=made.name).get_config()


def test_it_is_asked_for_as_the_class_of_the_core_is() -> None:
    made = layers.Dense(3)
    assert isinstance(made, Dense) and issubclass(layers.Dense, Dense) and inspect.isclass(Dense)
    assert not isinstance(layers.Dropout(0.1), Dense)
    assert Dense == layers.Dense and layers.Dense == Dense and hash(Dense) == hash(layers.Dense)
    assert Dense != layers.Dropout and Dense.__name__ == "Dense"
    assert issubclass(Dense, facade_of("keras1", "layers.Layer", layers.Layer))


def test_subclasses_are_those_of_both() -> None:
    made = Wide(input_dim=2)
    assert type(made) is Wide and made.units == 7 and dialect_of(made) == "keras1"
    assert isinstance(made, Dense) and isinstance(made, layers.Dense) and isinstance(made, layers.Layer)
    assert not isinstance(layers.Dense(3), Wide) and not issubclass(layers.Dense, Wide) and Wide != Dense
    assert Plain(output_dim=4).units == 4


def test_what_it_makes_is_copied_pickled_and_made_again() -> None:
    model = Sequential([Dense(output_dim=2, input_dim=3)])
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert type(twin) is models.Sequential and dialect_of(twin) == "keras1"
        x = np.ones((2, 3), "float32")
        np.testing.assert_array_equal(twin.predict(x, verbose=0), model.predict(x, verbose=0))
    assert pickle.loads(pickle.dumps(Dense)) is layers.Dense
    assert type(Dense.from_config(model.layers[0].get_config())) is layers.Dense
    assert pickle.loads(pickle.dumps(Wide(input_dim=2))).units == 7


def test_a_subclass_that_hands_on_its_ends_is_functional_and_others_are_not() -> None:
    class Graph(Model):
        def __init__(self) -> None:
            inputs = torchkeras_compat.Input((3,))
            super().__init__(inputs=inputs, outputs=layers.Dense(2)(inputs))

    class Free(Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    assert Graph().output_shape == (None, 2)
    assert Free()(np.ones((1, 3), "float32")).shape == (1, 2)
    assert not issubclass(Free, models.functional.Functional)


def test_functions_take_old_arguments() -> None:
    to_categorical = facade_of("keras1", "utils.to_categorical", torchkeras_compat.utils.to_categorical)
    assert to_categorical([1], nb_classes=2).tolist() == [[0, 1]]
    assert to_categorical.__name__ == "to_categorical"


def test_keras_3_gets_the_classes_as_they_are() -> None:
    assert facade_of("keras3", "layers.Dense", layers.Dense) is layers.Dense


def test_a_subclass_cannot_become_another_class() -> None:
    checkpoint = facade_of("keras2", "callbacks.ModelCheckpoint", torchkeras_compat.callbacks.ModelCheckpoint)

    class Own(checkpoint):
        pass

    with pytest.raises(TypeError, match="A subclass of ModelCheckpoint cannot have these arguments"):
        Own("x.hdf5")


def test_an_optimizer_of_the_user_trains_by_its_get_updates(keras2) -> None:
    from keras import backend as K
    from keras.layers import Dense
    from keras.models import Sequential
    from keras.optimizers import Optimizer

    class Own(Optimizer):
        def get_updates(self, loss, params):
            return [K.update_sub(p, 0.5 * g) for p, g in zip(params, self.get_gradients(loss, params), strict=True)]

    model = Sequential([Dense(1, input_dim=1, kernel_initializer="ones")])
    model.compile(Own(), "mse")
    model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
    assert [w.tolist() for w in model.get_weights()] == [[[0.0]], [-1.0]]


def test_an_abstract_base_class_stands_beside_a_facade() -> None:
    class Abstract(Dense, abc.ABC):
        @abc.abstractmethod
        def size(self): ...

    class Concrete(Abstract):
        def size(self):
            return 3

    with pytest.raises(TypeError, match="abstract"):
        Abstract(output_dim=2)
    assert Concrete(output_dim=2).size() == 3 and isinstance(Concrete(output_dim=2), Dense)


def test_what_code_writes_on_a_facade_holds_for_its_objects(monkeypatch) -> None:
    plain = layers.Dense.get_config
    monkeypatch.setattr(Dense, "get_config", lambda self: {"mine": 1})
    Dense.mark = 3
    made = Dense(output_dim=2)
    assert made.get_config() == {"mine": 1} and made.mark == layers.Dense.mark == 3
    with mock.patch.object(Dense, "count_params", return_value=7):
        assert made.count_params() == 7
    assert layers.Dense.count_params is layers.Layer.count_params and "count_params" not in vars(layers.Dense)
    monkeypatch.undo()
    del Dense.mark
    assert layers.Dense.get_config is plain and not hasattr(Dense, "mark")
