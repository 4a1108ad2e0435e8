"""Masks on tensors, and how layers hand them on."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, Sequential
from torchkeras_compat.layers.convolutional.conv import Conv1D
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.embedding import Embedding
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.masks import any_mask, attach_masks, get_mask, masks_of, set_mask
from torchkeras_compat.layers.rnn.lstm import LSTM


@pytest.fixture
def masked() -> torch.Tensor:
    x = torch.randn(2, 3, 4)
    set_mask(x, torch.tensor([[True, True, False], [True, False, False]]))
    return x


def test_masks_are_attached_to_tensors(masked):
    assert get_mask(masked) is masked._keras_mask
    assert get_mask(torch.zeros(1)) is None
    assert masks_of([masked, torch.zeros(1)]) == [masked._keras_mask, None]
    assert any_mask(masks_of([masked])) and not any_mask([None, None]) and not any_mask(None)


def test_attach_does_not_replace_a_mask(masked):
    first = get_mask(masked)
    attach_masks(masked, ~first)
    assert get_mask(masked) is first


def test_a_layer_that_supports_masks_hands_them_on(masked):
    y = Dense(2)(masked)
    assert get_mask(y) is get_mask(masked)


def test_a_layer_that_does_not_stops_them(masked):
    class Stops(Layer):
        def call(self, inputs):
            return inputs * 1

    layer = Stops(name="stops")
    with pytest.warns(
        UserWarning, match=r"The layer 'stops' \(of type Stops\) got an input with a mask.*drops the mask"
    ):
        assert get_mask(layer(masked)) is None
    layer(masked)  # once is enough
    with pytest.warns(UserWarning, match="'conv'.*drops the mask"):
        Sequential([Embedding(5, 3, mask_zero=True), Conv1D(2, 1, name="conv")])(torch.tensor([[1, 0]]))


@pytest.mark.filterwarnings("ignore:The layer .* drops the mask:UserWarning")
def test_call_gets_the_mask_it_asks_for(masked):
    seen = {}

    class Takes(Layer):
        def call(self, inputs, mask=None):
            seen["mask"] = mask
            return inputs * 1

    Takes()(masked)
    assert seen["mask"] is get_mask(masked)
    other = torch.ones(2, 3, dtype=torch.bool)
    Takes()(masked, mask=other)
    assert seen["mask"] is other
    Takes()(torch.zeros(1, 1, 1))
    assert seen["mask"] is None


@pytest.mark.filterwarnings("ignore:The layer .* drops the mask:UserWarning")
def test_call_gets_the_masks_of_its_arguments_by_name(masked):
    seen = {}

    class Attends(Layer):
        def call(self, query, key=None, query_mask=None, key_mask=None):
            seen.update(query=query_mask, key=key_mask)
            return query * 1

    Attends()(torch.zeros(2, 3, 4), key=masked)
    assert seen == {"query": None, "key": get_mask(masked)}


@pytest.mark.filterwarnings("ignore:The layer .* drops the mask:UserWarning")
def test_lists_of_inputs_give_lists_of_masks(masked):
    seen = {}

    class Joins(Layer):
        def call(self, inputs, mask=None):
            seen["mask"] = mask
            return inputs[0] + inputs[1]

    Joins()([masked, torch.zeros(2, 3, 4)])
    assert seen["mask"] == [get_mask(masked), None]


def test_compute_mask_decides_on_the_output(masked):
    class Shortens(Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = True

        def call(self, inputs):
            return inputs[:, 1:]

        def compute_mask(self, inputs, previous_mask):
            return previous_mask[:, 1:]

    layer = Shortens()
    for _ in range(2):
        assert get_mask(layer(masked)).tolist() == [[True, False], [False, False]]


def test_a_cast_keeps_the_mask(masked):
    x = masked.double()
    set_mask(x, get_mask(masked))
    assert get_mask(Dense(2)(x)) is get_mask(masked)


def test_mixed_precision_keeps_the_mask(masked):
    y = Dense(2, dtype="mixed_bfloat16")(masked)
    assert y.dtype is torch.bfloat16
    assert get_mask(y) is get_mask(masked)


class Trims(Layer):
    """Drops the last step, and says so in its masks."""

    asked: ClassVar[list[object]] = []

    def call(self, inputs):
        return inputs[:, :-1] + 0

    def compute_mask(self, inputs, previous_mask):
        self.asked.append(previous_mask)
        return None if previous_mask is None else previous_mask[:, :-1]


class Finds(Layer):
    """Masks steps that are negative, whether or not the input has a mask."""

    def call(self, inputs):
        return inputs + 0

    def compute_mask(self, inputs, mask=None):
        return inputs[..., 0] >= 0


def test_a_class_that_defines_compute_mask_supports_masking(masked):
    # Oracle: Keras 3.15, where `supports_masking` is True by default in such a class.
    layer = Trims()
    assert layer.supports_masking and not Layer().supports_masking
    assert get_mask(layer(masked)).tolist() == [[True, True], [True, False]]
    assert get_mask(Finds()(masked)).tolist() == (masked[..., 0] >= 0).tolist()


def test_compute_mask_is_asked_where_no_input_has_a_mask():
    layer, x = Finds(), torch.tensor([[[1.0], [-1.0]]])
    for _ in range(2):  # the second call could go the short way
        assert get_mask(layer(x.clone())).tolist() == [[True, False]]
    model = Sequential([Input((2, 1)), Finds(), LSTM(3)])
    lone = model(torch.tensor([[[1.0], [-1.0]]]))
    np.testing.assert_allclose(lone.detach(), model(torch.tensor([[[1.0], [-5.0]]])).detach())


def test_compute_mask_in_a_graph_reaches_later_layers():
    ids = Input((3,), dtype="int32")
    x = Trims()(Embedding(5, 4, mask_zero=True)(ids))
    assert get_mask(x).shape == (None, 2)
    model = Model(ids, LSTM(3)(x))
    full = torch.tensor([[1, 2, 0], [3, 0, 0]])
    other = torch.tensor([[1, 2, 4], [3, 0, 0]])
    np.testing.assert_allclose(model(full).detach(), model(other).detach())


@pytest.mark.filterwarnings("ignore:The layer .* drops the mask:UserWarning")
def test_a_layer_that_says_it_does_not_support_masks_is_not_asked(masked):
    layer = Trims()
    layer.supports_masking = False
    Trims.asked.clear()
    assert get_mask(layer(masked)) is None
    assert Trims.asked == []


def test_compute_mask_gets_the_mask_of_the_first_argument(masked):
    seen = []

    class Two(Layer):
        def call(self, inputs, context=None, mask=None):
            return inputs + 0

        def compute_mask(self, inputs, previous_mask):
            seen.append(previous_mask)

    plain = torch.zeros(2, 3, 4)
    Two()(masked, plain)
    Two()(plain, context=masked)
    Two()(plain, mask=get_mask(masked))
    assert seen == [get_mask(masked), None, get_mask(masked)]


def test_compute_mask_is_not_asked_where_all_outputs_carry_masks(masked):
    class Keeps(Layer):
        def __init__(self):
            super().__init__()
            self.dense = Dense(4)

        def call(self, inputs):
            return self.dense(inputs)

        def compute_mask(self, inputs, previous_mask):
            raise AssertionError("asked")

    assert get_mask(Keeps()(masked)) is get_mask(masked)


def test_masks_of_dicts_go_by_key(masked):
    class Pairs(Layer):
        def call(self, inputs):
            return {"b": inputs["b"] + 0, "a": inputs["a"] + 0}

        def compute_mask(self, inputs, previous_mask):
            return {"a": previous_mask["a"], "b": None}

    outputs = Pairs()({"a": masked, "b": torch.zeros(2, 3, 4)})
    assert get_mask(outputs["a"]) is get_mask(masked) and get_mask(outputs["b"]) is None
