"""Signatures in all forms that Keras takes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import named, several, stack, subclassed
from torchkeras_compat import layers
from torchkeras_compat.export.signature import (
    Spec,
    given_signature,
    is_shape,
    names_of,
    output_names,
    signature_of,
    unique,
)

F = torch.float32


def test_a_functional_model_knows_its_inputs():
    assert signature_of(several()) == ([Spec((None, 3), F, "left"), Spec((None, 4), F, "right")],)
    assert signature_of(named()) == (
        {"left": Spec((None, 3), F, "left"), "words": Spec((None, 2), torch.int64, "words")},
    )
    fixed = ours.Input(batch_shape=(4, 3), name="x")
    assert signature_of(ours.Model(fixed, fixed + 1)) == (Spec((None, 3), F, "x"),)


def test_a_subclassed_model_knows_what_it_was_called_with():
    assert signature_of(subclassed()) == (Spec((None, 3), F), Spec((None,), torch.int64))
    half = ours.Sequential([layers.Dense(2)])
    half.build((None, 3))
    assert [spec.shape for spec in signature_of(half)] == [(None, 3)]


def test_floats_have_the_dtype_of_the_weights_whatever_the_model_computes_in():
    class Model(ours.Model):
        def __init__(self):
            super().__init__(dtype="mixed_bfloat16")
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    model = Model()
    model(np.ones((2, 3), "float32"))
    assert signature_of(model) == (Spec((None, 3), F),)


def test_a_model_that_was_never_called_has_none():
    class Model(ours.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="not built"):
        signature_of(ours.Sequential([layers.Dense(2)]))
    model = Model()
    model.built = True
    with pytest.raises(ValueError, match="shapes of the inputs are not known.*input_signature"):
        signature_of(model)


def test_entries_of_all_kinds():
    model = stack(ours.Input((3,)), layers.Dense(2))
    for entry in (
        ours.InputSpec(shape=(None, 3), dtype="float32"),
        ours.InputSpec(shape=(None, 3)),
        ours.KerasTensor((None, 3)),
        torch.ones(4, 3),
        np.ones((4, 3), "float32"),
        (None, 3),
        [None, 3],
    ):
        for signature in (entry, [entry], (entry,)):
            (spec,) = given_signature(signature, model)
            assert (spec.shape, spec.dtype) == ((None, 3), F)
    assert given_signature([(8, 3)], model) == (Spec((8, 3), F),)
    assert given_signature([ours.InputSpec("float64", (8, 3), name="x")]) == (Spec((8, 3), torch.float64, "x"),)


def test_several_inputs_come_as_one_argument_or_flat():
    model, shapes = several(), [(None, 3), (None, 4)]
    for signature in (shapes, [shapes], [tuple(shapes)]):
        ((left, right),) = given_signature(signature, model)
        assert (left.shape, right.shape) == tuple(shapes)
    (entries,) = given_signature([{"words": (None, 2), "left": (None, 3)}], named())
    assert entries["words"] == Spec((None, 2), torch.int64) and list(entries) == ["left", "words"]
    assert len(given_signature([(None, 3), (None,)], subclassed())) == 2


def test_other_signatures_are_refused():
    model = stack(ours.Input((3,)), layers.Dense(2))
    with pytest.raises(ValueError, match=r"'x'.*an entry of `input_signature` is"):
        given_signature(["x"], model)
    with pytest.raises(ValueError, match="has 1 entries, and model .* has 2 inputs"):
        given_signature([(None, 3)], several())
    with pytest.raises(ValueError, match=r"keys \['a', 'left'\]"):
        given_signature([{"a": (None, 3), "left": (None, 3)}], named())
    with pytest.raises(ValueError, match=r"None or positive. Received the shape \(None, 0\)"):
        given_signature([(None, 0)], model)
    with pytest.raises(ValueError, match="an entry of `input_signature` is"):
        given_signature([ours.InputSpec(ndim=2)], model)


def test_strings_cannot_be_exported():
    model = stack(ours.Input((1,), dtype="string", name="texts"), layers.StringLookup(vocabulary=["a"]))
    with pytest.raises(ValueError, match="input 'texts' holds strings"):
        signature_of(model)


def test_names():
    assert names_of(signature_of(named())) == ["left", "words"]
    assert names_of(({"b": Spec((2,), F), "a": Spec((2,), F, "b")}, [Spec((2,), F)])) == ["b", "b_1", "input_2"]
    assert output_names({"x": 0, "y": [1, 2]}) == ["x", "output_1", "output_2"]
    assert output_names(0) == ["output_0"]
    assert unique(["a", "a", "a_1"]) == ["a", "a_1", "a_1_1"]


def test_a_shape_differs_from_a_list_of_shapes():
    assert is_shape((None, 3)) and is_shape(()) and not is_shape([(None, 3)]) and not is_shape([True])
