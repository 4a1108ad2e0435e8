"""Layouts of kernels. Oracle: einsum over the axes that each version names, and torch's own convolution."""

from __future__ import annotations

import torch

from torchkeras_compat.saving.old_arrays.kernels import (
    channels_behind,
    filters_before_channels,
    flipped,
    without_width,
)

R = torch.Generator().manual_seed(0)


def test_filters_in_front_go_behind():
    kernel = torch.randn(7, 3, 2, 5, generator=R)  # filters, channels, height, width
    found = channels_behind(kernel, (2, 5, 3, 7), True)
    assert found[1, 4, 2, 6] == kernel[6, 2, 1, 4]
    assert channels_behind(kernel, (2, 5, 3, 7), False).shape == (2, 5, 3, 7)  # the shape leaves no other reading
    behind = torch.randn(2, 5, 3, 7, generator=R)
    assert channels_behind(behind, (2, 5, 3, 7), True) is behind
    cube = torch.randn(3, 3, 3, 3, generator=R)  # where every reading fits, the layer's format says which
    assert channels_behind(cube, (3, 3, 3, 3), False) is cube
    assert channels_behind(cube, (3, 3, 3, 3), True)[0, 1, 2, 0] == cube[0, 2, 0, 1]


def test_transposed_convolutions_have_their_filters_before_the_channels():
    plain = torch.randn(2, 5, 3, 7, generator=R)  # height, width, channels, filters
    found = filters_before_channels(plain, (2, 5, 7, 3), False)
    assert found.shape == (2, 5, 7, 3) and found[1, 4, 6, 2] == plain[1, 4, 2, 6]
    front = torch.randn(7, 3, 2, 5, generator=R)
    found = filters_before_channels(front, (2, 5, 7, 3), True)
    assert found[1, 4, 6, 2] == front[6, 2, 1, 4]


def test_convolutions_over_steps_lose_their_width():
    kernel = torch.randn(4, 1, 2, 3, generator=R)
    assert torch.equal(without_width(kernel, (4, 2, 3)), kernel[:, 0])
    older = torch.randn(3, 2, 4, 1, generator=R)  # filters, channels, steps, 1
    assert without_width(older, (4, 2, 3))[3, 1, 2] == older[2, 1, 3, 0]
    today = torch.randn(4, 2, 3, generator=R)
    assert without_width(today, (4, 2, 3)) is today


def test_a_flipped_kernel_makes_a_correlation_of_a_convolution():
    kernel, x = torch.randn(3, 2, 4, generator=R), torch.randn(1, 2, 6, generator=R)
    convolved = torch.stack(
        [
            sum(kernel[s, c, f] * x[0, c, 2 - s : 6 - s] for s in range(3) for c in range(2))  # x(t - s), as on paper
            for f in range(4)
        ]
    )
    correlated = torch.nn.functional.conv1d(x, flipped(kernel).permute(2, 1, 0))[0]
    torch.testing.assert_close(correlated, convolved)
