"""Functions that are made of others, in pickles and copies."""

from __future__ import annotations

import copy
import functools
import pickle

import torchkeras_compat as keras
from torchkeras_compat.pickled_functions import made_by, picklable, unmade


def double(x):
    return 2 * x


def twice(function):
    @functools.wraps(function)
    def call(x):
        return function(function(x))

    made_by(twice, function, call)
    return call


def test_a_made_function_is_made_again():
    function = twice(twice(double))
    again = pickle.loads(pickle.dumps(picklable(function)))
    assert again(1) == function(1) == 16
    assert copy.deepcopy(picklable(function))(1) == 16
    assert unmade(function) is double


def test_a_function_around_a_made_one_is_itself():
    made = twice(double)

    @functools.wraps(made)
    def around(x):
        return made(x) + 1

    assert picklable(around) is around
    assert unmade(around) is around
    assert picklable(3) == unmade(3) == 3


def test_a_lambda_layer_of_a_made_function_is_pickled_and_named_by_what_it_is_made_of():
    layer = keras.layers.Lambda(twice(double))
    assert pickle.loads(pickle.dumps(layer))(3.0) == 12.0
    assert layer.get_config()["function"]["config"] == "double"
