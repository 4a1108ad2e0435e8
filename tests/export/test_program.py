"""Tracing for inputs of any size."""

from __future__ import annotations

import pytest
import torch

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import simple_steps_of_any_number, stack
from torchkeras_compat import layers, ops
from torchkeras_compat.export.program import Endpoint, any_number_of_steps, outputs_of, traced
from torchkeras_compat.export.signature import Spec, signature_of


def trace(model, **options):
    return traced(model, signature_of(model), **options)


def test_axes_of_any_size_may_be_equal_to_each_other():
    a, b = ours.Input((None, 3)), ours.Input((None, 3))
    program = trace(ours.Model([a, b], layers.Dense(2)(a + b)))
    assert program.module()([torch.ones(2, 6, 3), torch.ones(2, 6, 3)]).shape == (2, 6, 2)


def test_a_stack_that_needs_long_inputs_is_traced_with_them():
    model = stack(ours.Input((None, 3)), *(layers.Conv1D(2, 5, strides=2) for _ in range(4)))
    assert trace(model).module()(torch.ones(2, 200, 3)).shape == (2, 9, 2)


def test_an_axis_that_the_computation_fixes_is_named():
    class Steps(layers.Layer):
        def call(self, x):
            total = x[:, 0]
            for step in range(1, x.shape[1]):
                total = total + x[:, step]
            return total

    model = stack(ours.Input((None, 3), name="x"), Steps())
    with pytest.raises(ValueError, match=r"one size of axis 1 of input 'x'.*input_signature.*\[\(None, 20, 3\)\]"):
        trace(model)
    program = traced(model, (Spec((None, 20, 3), torch.float32),))
    assert program.module()(torch.ones(5, 20, 3)).shape == (5, 3)


def test_a_batch_that_the_computation_fixes_is_named():
    model = stack(ours.Input(batch_shape=(4, 5, 3), name="x"), layers.LSTM(2, stateful=True))
    with pytest.raises((ValueError, RuntimeError), match="axis 0 of input 'x'|cannot trace"):
        trace(model)


def test_what_depends_on_values_is_refused_with_the_way_out():
    class Branches(layers.Layer):
        def call(self, x):
            return x * 2 if float(ops.sum(x)) > 0 else x

        def compute_output_shape(self, input_shape):
            return input_shape

    model = stack(ours.Input((3,)), Branches())
    with pytest.raises(RuntimeError, match=r"cannot trace 'sequential'.*ops.cond"):
        trace(model)


def test_a_layer_keeps_nothing_of_the_tracer():
    model = stack(ours.Input((2,)), layers.Discretization([0.2, 0.5]), layers.Embedding(3, 2))
    for _ in range(2):
        trace(model)
    assert model(torch.rand(4, 2)).shape == (4, 2, 2)


def test_recurrent_operations_are_as_before_after_the_scope():
    from torch._decomp import global_decomposition_table

    operation = torch.ops.aten.lstm.input
    kernel = dict(operation.py_kernels), global_decomposition_table["post_autograd"].get(operation)
    with pytest.raises(KeyError), any_number_of_steps():
        assert dict(operation.py_kernels) != kernel[0]
        raise KeyError
    assert (dict(operation.py_kernels), global_decomposition_table["post_autograd"].get(operation)) == kernel
    trace(simple_steps_of_any_number())
    assert dict(operation.py_kernels) == kernel[0]


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("kind", [torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN])
def test_torch_modules_keep_their_shapes(kind, bidirectional):
    module = kind(3, 4, num_layers=2, batch_first=True, bidirectional=bidirectional)
    program = traced(module, (Spec((None, None, 3), torch.float32),))
    x = torch.rand(2, 6, 3)
    torch.testing.assert_close(program.module()(x), module(x))


def test_axes_can_be_fixed():
    model = stack(ours.Input((None, 3)), layers.Dense(2))
    assert trace(model, static=1).module()(torch.ones(1, 1, 3)).shape == (1, 1, 2)


def test_an_endpoint_finds_the_weights_of_its_modules():
    model = stack(ours.Input((3,)), layers.Dense(2))
    program = traced(Endpoint(lambda x: {"y": model(x)}, [model]), (Spec((None, 3), torch.float32),))
    assert len(program.state_dict) == 2
    assert outputs_of(program) == ["y"]
