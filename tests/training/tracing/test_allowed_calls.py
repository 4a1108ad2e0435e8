"""Functions that code of the user may call in a recorded step."""

from __future__ import annotations

import math
import operator
import os
import random
import sys
import time
import warnings

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import ops
from torchkeras_compat.training.tracing.allowed_calls import (
    why_not_called,
    why_not_entered,
    why_not_passed,
    why_not_run,
)

TENSOR, LAYER, GET_OPTIMIZER = torch.ones(2), keras.layers.Dense(1), keras.optimizers.get


@pytest.mark.parametrize(
    "function",
    [
        *(len, sum, getattr, math.sqrt, operator.add, [].append, {}.get, "a".join, (1).bit_length, dict.fromkeys),
        *(torch.relu, torch.zeros, TENSOR.sum, torch._C._nn.gelu, torch.linalg.norm, torch.fft.fft),
        *(torch.is_grad_enabled, np.zeros, np.ones(2).sum),
    ],
)
def test_functions_in_c_that_answer_from_their_arguments_may_be_called(function):
    assert why_not_called(function) is None


@pytest.mark.parametrize(
    "function",
    [
        *(print, id, hash, open, eval, exec, globals, setattr, vars, __import__, input, time.time, sys.getrefcount),
        *(os.getpid, "{}".format, TENSOR.register_hook, torch.tensor_split, torch.from_file, np.fromfile),
        *(random.Random(0).getrandbits, torch._C._get_tracing_state),
    ],
)
def test_others_may_not(function):
    assert function.__name__ in (why_not_called(function) or "")


def test_what_reads_attributes_by_name_may_be_called_and_not_handed_on():
    assert why_not_called(getattr) is None
    assert "getattr" in why_not_passed(getattr)
    assert why_not_passed(math.sqrt) is None


def frames(call):
    """The frames of the Python functions that a call enters, outermost first."""
    found = []
    sys.setprofile(lambda frame, event, _: found.append(frame) if event == "call" else None)
    try:
        call()
    finally:
        sys.setprofile(None)
    return found


@pytest.mark.parametrize(
    ("call", "is_allowed"),
    [
        (lambda: torch.nn.functional.softmax(TENSOR, 0), True),
        (lambda: ops.relu(TENSOR), True),
        (lambda: keras.config.floatx(), True),
        (lambda: np.stack([TENSOR]), True),
        (lambda: torch.is_tensor(1), True),
        (lambda: torch.compiler.is_compiling(), True),
        (lambda: torch.initial_seed(), False),
        (lambda: keras.config.set_floatx("float32"), False),
        (lambda: GET_OPTIMIZER("sgd"), False),
        (lambda: os.getenv("PATH"), False),
        (lambda: warnings.catch_warnings(), False),
        (lambda: LAYER.metrics, False),
        (lambda: LAYER.losses, True),
    ],
)
def test_functions_in_python_by_the_module_that_they_stand_in(call, is_allowed):
    first = frames(call)[1]
    assert (why_not_entered(first) is None) is is_allowed


def test_what_does_more_than_compute_may_run_nowhere():
    entered = frames(lambda: keras.utils.set_random_seed(0))
    assert any(map(why_not_run, entered))
    assert not any(map(why_not_run, frames(lambda: ops.relu(TENSOR))))
