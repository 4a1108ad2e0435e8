from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import pooling as K


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((2,),), r"`pool_size` must be a tuple of 2 integers. Received: \(2,\)"),
        (((2, 2), 2), "`strides` must be a tuple of 2 integers. Received: 2"),
        (((2, 2), (1, 1), "valid", None, "min"), "Invalid pooling mode: 'min'"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        K.pool2d(torch.ones(1, 4, 4, 1), *arguments)


def test_strides_are_one_by_default() -> None:
    assert K.pool2d(torch.ones(1, 4, 4, 1), (2, 2)).shape == (1, 3, 3, 1)
    assert K.pool3d(torch.ones(1, 1, 4, 4, 4), (2, 2, 2), data_format="channels_first").shape == (1, 1, 3, 3, 3)
