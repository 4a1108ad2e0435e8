from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import padding as K


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: K.temporal_padding(torch.ones(1, 2, 1), (1, 2, 3)), r"padding=\(\(before, after\)\)"),
        (lambda: K.spatial_2d_padding(torch.ones(1, 2, 2, 1), (1, 1)), r"Received: padding=\(1, 1\)"),
        (lambda: K.spatial_3d_padding(torch.ones(1, 2, 2, 2, 1), ((1, 1),)), "spatial_3d_padding"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_one_number_pads_both_ends_as_in_keras_1() -> None:
    assert K.temporal_padding(torch.ones(1, 2, 1), 1).flatten().tolist() == [0.0, 1.0, 1.0, 0.0]
