"""Which objects never change, and which hide what they hold."""

from __future__ import annotations

import collections
import datetime
import enum
import fractions
import random
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
import torch

from torchkeras_compat import layers, losses, optimizers
from torchkeras_compat.training.tracing import python_kinds as kinds


class Own:
    pass


class OwnDict(dict):
    pass


class OwnInt(int):
    pass


class Colour(enum.Enum):
    RED = 1
    GREEN = [1]


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.5,
        "a",
        None,
        True,
        torch.float32,
        torch.device("cpu"),
        torch.Size((1,)),
        np.float32(1),
        Path(),
        Colour.RED,
        slice(1, 2),
    ],
)
def test_constants(value):
    assert kinds.is_constant(value)


@pytest.mark.parametrize("value", [[], {}, OwnInt(1), Own(), Colour.GREEN, slice([]), torch.ones(1), np.ones(1), (1,)])
def test_others_lead_somewhere(value):
    assert not kinds.is_constant(value)


def test_a_member_of_an_enum_with_an_attribute_is_not_a_constant():
    Colour.RED.factor = 2.0
    try:
        assert not kinds.is_constant(Colour.RED)
    finally:
        del Colour.RED.factor


@pytest.mark.parametrize("kind", [Own, OwnDict, OwnInt])
def test_classes_of_the_user(kind):
    assert kinds.is_of_user(kind)


@pytest.mark.parametrize(
    "kind", [dict, torch.Tensor, np.ndarray, layers.Dense, random.Random, fractions.Fraction, h5py.h5f.FileID]
)
def test_classes_of_libraries_and_of_c_are_not(kind):
    assert not kinds.is_of_user(kind)


@pytest.mark.parametrize("kind", [object, SimpleNamespace, dict, list, collections.OrderedDict, collections.deque])
def test_plain_objects_show_what_they_hold(kind):
    assert kinds.is_plain(kind)


@pytest.mark.parametrize("kind", [random.Random, datetime.datetime, torch.Generator, np.random.Generator, enumerate])
def test_others_may_hide_it(kind):
    assert not kinds.is_plain(kind)


def test_what_training_changes():
    assert kinds.is_changing(optimizers.SGD)
    assert not kinds.is_changing(losses.MeanSquaredError)


def test_attributes_that_a_module_has_for_itself():
    layer = layers.Dense(1)
    layer.mine = 1
    own = kinds.own_state(layer)
    assert "_parameters" in own
    assert "optimizer" in own
    assert "mine" not in own
    assert "training" in kinds.own_state(torch.nn.Linear(1, 1))
