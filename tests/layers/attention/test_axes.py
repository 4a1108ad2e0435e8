"""Axes laid out for attention, and back."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.attention.axes import AttentionAxes

SHAPE = (2, 3, 4, 5, 6, 7)  # batch, three axes, heads, features


@pytest.mark.parametrize("attended", [(1,), (2, 3), (3, 1), (-2,), (0, 2)])
def test_values_come_back_to_their_axes(attended: tuple[int, ...]) -> None:
    axes, x = AttentionAxes(attended, 5), torch.randn(SHAPE)
    flat = axes.flatten(x)
    steps = torch.Size([SHAPE[a] for a in axes.attended]).numel()
    assert flat.shape == (2 * 3 * 4 * 5 // steps, 6, steps, 7)
    assert torch.equal(axes.unflatten(flat, x), x)


def test_the_usual_layout_is_a_transposition() -> None:
    axes, x = AttentionAxes((1,), 3), torch.randn(2, 5, 3, 4)
    assert axes.is_plain
    assert axes.flatten(x).data_ptr() == x.data_ptr() and torch.equal(axes.flatten(x), x.transpose(1, 2))
    assert axes.scores_shape((None, 5, 8), (None, 6, 8), 3) == (None, 3, 5, 6)


@pytest.mark.parametrize("attended", [(), (3,), (2,), (-1,), (1, 1), (1, -2)])
def test_other_axes_are_refused(attended: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must name different axes of inputs with 3 axes"):
        AttentionAxes(attended, 3)


@pytest.mark.parametrize("rank", [3, 4])
def test_masks_of_steps_and_of_positions_have_the_axes_of_the_scores(rank: int) -> None:
    axes = AttentionAxes((rank - 2,), rank)
    free = (2, 7)[: rank - 2]
    query, value = torch.zeros(*free, 5, 8), torch.zeros(*free, 6, 8)
    steps = axes.step_mask(torch.rand(*free, 5) > 0.5, query, is_source=False)
    sources = axes.step_mask(torch.rand(*free, 6) > 0.5, value, is_source=True)
    positions = axes.position_mask(query, value, True, 2)
    assert (steps & sources & positions).shape == (*free, 5, 6)
    assert positions.reshape(5, 6).int().tolist() == [[int(i - 2 < j <= i) for j in range(6)] for i in range(5)]
    mask = axes.with_heads(steps & sources)
    assert mask.shape == (2, *free[1:], 1, 5, 6)
    assert axes.flatten_mask(mask, query, value).shape == (2 if rank == 3 else 14, 1, 5, 6)
