"""Layouts, strides and paddings of `tf.nn`."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.nn.layouts import is_channels_first, padded, pads, spatial


@pytest.mark.parametrize("given", [2, [2], [2, 2], (1, 2, 2, 1), torch.tensor([1, 2, 2, 1])])
def test_one_number_for_each_spatial_axis(given: Any) -> None:
    assert spatial(given, 2, "NHWC", "strides") == (2, 2)


def test_layouts() -> None:
    assert spatial([1, 1, 2, 3], 2, "NCHW", "strides") == (2, 3)
    assert spatial(None, 3, None, "dilations") == (1, 1, 1)
    assert is_channels_first("NCW")
    assert not is_channels_first(None)
    with pytest.raises(ValueError, match="HWC"):
        is_channels_first("HWC")
    with pytest.raises(ValueError, match="strides"):
        spatial([2, 2, 2, 1], 2, "NHWC", "strides")


def test_explicit_paddings() -> None:
    assert pads([[0, 0], [1, 2], [0, 0]], "NWC") == [(1, 2)]
    assert pads([[0, 0], [0, 0], [1, 2]], "NCW") == [(1, 2)]
    assert pads("SAME", None) is None
    assert padded(torch.ones(1, 1, 1, 2), [(1, 0), (0, 2)]).shape == (1, 1, 2, 4)
