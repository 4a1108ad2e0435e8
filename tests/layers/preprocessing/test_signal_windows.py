"""The `window` argument of the layers of audio."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.layers.preprocessing.signal_windows import checked_window


@pytest.mark.parametrize("values", [[1.0, 2.0], (1.0, 2.0), np.array([1.0, 2.0]), torch.tensor([1.0, 2.0])])
def test_vectors_become_lists(values: object) -> None:
    assert checked_window(values, 2, "frame_length") == [1.0, 2.0]


def test_an_array_of_a_config_becomes_a_list() -> None:
    saved = {"class_name": "__numpy__", "config": {"value": [1.0, 2.0], "dtype": "float64"}}
    assert checked_window(saved, 2, "frame_length") == [1.0, 2.0]


@pytest.mark.parametrize("values", [[1.0], [[1.0, 2.0]], ["a", "b"], 3.0, {"class_name": "Dense"}, {}])
def test_anything_else_is_refused(values: object) -> None:
    with pytest.raises(ValueError, match=r"must be equal to \[frame_length\], here \[2\].*Received: shape="):
        checked_window(values, 2, "frame_length")
