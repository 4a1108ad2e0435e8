"""What is decided about the calls of a layer, and when it is decided again."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer


@pytest.fixture
def dense(x) -> Dense:
    layer = Dense(2)
    layer(x)
    return layer


def test_a_built_layer_is_called_directly(dense):
    plan = dense._call_plan
    assert plan is not None
    assert plan.is_direct
    assert (plan.lowest_rank, plan.is_composite, plan.dtype) == (2, False, torch.float32)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("activity_regularizer", lambda y: y.sum()),
        ("autocast", False),
        ("input_spec", InputSpec(ndim=2, dtype="float32")),
    ],
)
def test_setting_an_attribute_leaves_the_decision_to_the_next_call(dense, x, name, value):
    setattr(dense, name, value)
    assert dense._call_plan is None
    dense(x)
    dense(x)  # the first loss that is added is one more reason to decide
    assert dense._call_plan is not None
    assert not dense._call_plan.is_direct


def test_setting_a_mixed_policy_wants_autocast_around_direct_calls(dense, x):
    dense.dtype_policy = "mixed_bfloat16"
    assert dense._call_plan is None
    dense(x)
    assert (dense._call_plan.is_direct, dense._call_plan.is_mixed) == (True, True)


def test_a_child_that_comes_is_seen_by_the_next_call(dense, x):
    dense.more = layers.Dropout(0.5)
    assert dense._call_plan is None
    dense(x)
    assert dense._call_plan.is_composite


@pytest.mark.parametrize(("name", "value"), [("trainable", False), ("name", "other"), ("units", 2), ("note", "text")])
def test_other_attributes_change_no_decision(dense, name, value):
    before = dense._call_plan
    setattr(dense, name, value)
    assert dense._call_plan is before


def test_switching_modes_changes_no_decision(dense):
    before = dense._call_plan
    dense.train()
    dense.eval()
    assert dense._call_plan is before


def test_a_layer_that_added_a_loss_is_never_called_directly_again(x):
    class Noisy(Layer):
        def call(self, inputs):
            self.add_loss(inputs.sum())
            return inputs

    layer = Noisy()
    for _ in range(3):
        layer(x)
        assert len(layer.losses) == 1
    assert not layer._call_plan.is_direct


def test_only_layers_of_the_package_leave_wrong_sizes_to_the_kernels(x):
    class Own(Dense):
        pass

    layer = Own(2)
    layer(x)
    assert not layer._call_plan.is_direct
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 4"):
        layer(x[:, :3])


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_keeps_the_decision(dense, duplicate):
    assert duplicate(dense)._call_plan == dense._call_plan
