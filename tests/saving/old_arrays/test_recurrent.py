"""Gates of Keras 1 and cuDNN. Oracle: the equations of the layers, and tf.keras 2.15.1 (numbers below)."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.saving.old_arrays.recurrent import from_cudnn, is_cudnn, joined_gates


def numbered(*shapes):
    sizes = [torch.Size(s).numel() for s in shapes]
    values = torch.arange(1.0, sum(sizes) + 1).split(sizes)
    return [v.reshape(s) for v, s in zip(values, shapes, strict=True)]


@pytest.mark.parametrize(("gates", "order"), [(4, "icfo"), (3, "zrh")])
def test_gates_of_keras_1_are_joined_in_the_order_of_today(gates, order):
    arrays = {(g, kind): torch.full(s, float(i)) for i, g in enumerate(order) for kind, s in SHAPES.items()}
    joined = joined_gates([arrays[g, kind] for g in order for kind in "WUb"], gates)
    today = "ifco" if gates == 4 else "zrh"
    for kind, found in zip("WUb", joined, strict=True):
        torch.testing.assert_close(found, torch.cat([arrays[g, kind] for g in today], dim=-1))


SHAPES = {"W": (2, 3), "U": (3, 3), "b": (3,)}


def test_joined_arrays_stay():
    arrays = numbered((2, 12), (3, 12), (12,))
    assert joined_gates(arrays, 4) is arrays


def test_an_lstm_of_cudnn():
    # What tf.keras 2.15.1 makes of these arrays, for the first gate.
    kernel, recurrent, bias = from_cudnn(numbered((3, 8), (2, 8), (16,)), 4)
    gate = torch.tensor([[1.0, 2], [9, 10], [17, 18]])
    torch.testing.assert_close(kernel[:, :2], torch.tensor([[1.0, 10], [2, 17], [9, 18]]))
    assert gate.flatten().tolist() == kernel[:, :2].T.flatten().tolist()  # row by row there, unit by unit here
    torch.testing.assert_close(recurrent[:, :2], torch.tensor([[25.0, 33], [26, 34]]))
    torch.testing.assert_close(bias, torch.arange(41.0, 49) + torch.arange(49.0, 57))


def test_a_gru_of_cudnn_keeps_both_biases():
    _, recurrent, bias = from_cudnn(numbered((3, 6), (2, 6), (12,)), 3)
    torch.testing.assert_close(bias, torch.arange(31.0, 43).reshape(2, 6))
    torch.testing.assert_close(recurrent[:, 4:], torch.tensor([[23.0, 29], [24, 30]]))


@pytest.mark.parametrize("shapes", [((3, 8), (2, 8), (8,)), ((3, 6), (2, 6), (2, 6)), ((3, 8), (2, 8)), ()])
def test_other_arrays_stay(shapes):
    arrays = numbered(*shapes)
    for gates in (3, 4):
        assert not is_cudnn(arrays, gates) and from_cudnn(arrays, gates) is arrays
