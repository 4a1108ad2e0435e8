"""Masks on tensors, and how layers hand them on."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Sequential
from torchkeras_compat.layers.base import Layer
from torchkeras_compat.layers.convolutional.conv import Conv1D
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.embedding import Embedding
from torchkeras_compat.layers.masking import any_mask, attach_masks, get_mask, masks_of, set_mask


@pytest.fixture
def masked() -> torch.Tensor:
    x = torch.randn(2, 3, 4)
    set_mask(x, torch.tensor([[True, True, False], [True, False, False]]))
    return x


def test_masks_ride_on_tensors(masked):
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
