"""Data is cast to the dtype of `Input`, as real Keras does it, however it comes in."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import Input, Model, Sequential, layers
from torchkeras_compat.layers.core.lambda_layer import Lambda

DECLARED = ["float32", "float16", "float64", "int32", "int64", "uint8", "bool"]
GIVEN = ["float32", "float16", "float64", "int32", "int64", "uint8", "int8", "bool"]
WAYS = {
    "array": lambda model, x: model(x),
    "tensor": lambda model, x: model(torch.tensor(x)),
    "list": lambda model, x: model([x]),
    "predict": lambda model, x: model.predict(x, verbose=0),
}


def outcome(result):
    result = result[0] if isinstance(result, list) else result
    array = result.detach().numpy() if isinstance(result, torch.Tensor) else np.asarray(result)
    return array.dtype.name, array.tolist()


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("way", WAYS)
def test_every_dtype_becomes_the_declared_one(real_keras, declared, way):
    for given in GIVEN:
        x = np.array([[3.0, 0.0, 1.7]]).astype(given)
        outcomes = []
        for space in (torchkeras_compat, real_keras):
            entry = space.Input((3,), dtype=declared)
            outcomes.append(outcome(WAYS[way](space.Model([entry] if way == "list" else entry, entry), x)))
        assert outcomes[0] == outcomes[1], given
        assert outcomes[0][0] == declared


def test_one_minus_bytes_is_negative():
    entry = Input((2,))
    model = Model(entry, 1 - entry)
    x = np.array([[3, 0]], "uint8")
    for result in (model(x), model(torch.tensor(x)), model.predict(x, verbose=0)):
        assert np.asarray(result).tolist() == [[-2.0, 1.0]]


def test_each_of_several_inputs_has_its_dtype():
    a, b = Input((1,), name="a"), Input((1,), name="b", dtype="int32")
    model = Model({"a": a, "b": b}, [a, b])
    for data in (
        {"a": torch.tensor([[3]]), "b": torch.tensor([[1.7]])},
        {"a": np.array([[True]]), "b": np.ones((1, 1))},
    ):
        first, second = model(data)
        assert (first.dtype, second.dtype) == (torch.float32, torch.int32)


def test_the_input_of_an_inner_model_counts_too():
    inner_entry, entry = Input((2,)), Input((2,), dtype="uint8")
    model = Model(entry, Model(inner_entry, 1 - inner_entry)(entry))
    assert model(np.array([[3, 0]], "uint8")).tolist() == [[-2.0, 1.0]]


def test_fit_and_evaluate_cast(real_keras):
    x = np.array([[3, 0]] * 4, "uint8")
    results = []
    for space in (torchkeras_compat, real_keras):
        entry = space.Input((2,))
        model = space.Model(entry, space.layers.Dense(1, kernel_initializer="ones")(1 - entry))
        model.compile("sgd", "mse")
        loss = model.fit(x, np.ones((4, 1)), verbose=0).history["loss"][0]
        results.append([loss, model.evaluate(x, np.ones((4, 1)), verbose=0)])
    np.testing.assert_allclose(*results, rtol=1e-5)


@pytest.mark.parametrize("first", ["uint8", "int64", "bool", "float32"])
def test_a_sequential_without_an_input_takes_floats_whatever_it_saw_first(real_keras, first):
    seen = []
    for space in (torchkeras_compat, real_keras):
        model = space.Sequential([space.layers.Identity()])
        results = [model(torch.tensor([[3, 0]]).to(getattr(torch, first))), model(torch.tensor([[1.5, -1.0]]))]
        seen.append([outcome(r) for r in results])
    assert seen[0] == seen[1]


def test_a_sequential_casts_to_its_input():
    model = Sequential([Input((2,)), Lambda(lambda x: 1 - x)])
    assert model(torch.tensor([[3, 0]], dtype=torch.uint8)).tolist() == [[-2.0, 1.0]]
    model = Sequential([layers.InputLayer((2,), dtype="int32"), Lambda(lambda x: x)])
    assert model(torch.tensor([[1.5, -1.7]])).tolist() == [[1, -1]]


def test_data_of_the_declared_dtype_is_not_copied():
    entry = Input((2,))
    x = torch.ones(1, 2)
    assert Model(entry, entry)(x).data_ptr() == x.data_ptr()
