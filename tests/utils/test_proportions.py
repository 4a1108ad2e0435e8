"""Images cut to the proportions of another size, beside real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.utils.proportions import smart_resize

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("size", [(2, 2), (5, 9), (9, 3)])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_smart_resize_cuts_as_keras_does(real_keras, size, data_format, interpolation):
    x = RNG.uniform(0, 1, (2, 6, 8, 3)).astype("float32")
    if data_format == "channels_first":
        x = x.transpose(0, 3, 1, 2)
    mine = smart_resize(x, size, interpolation, data_format)
    theirs = real_keras.preprocessing.image.smart_resize(x, size, interpolation, data_format)
    np.testing.assert_allclose(mine, theirs.cpu().numpy() if hasattr(theirs, "cpu") else theirs, atol=1e-5)
    assert isinstance(smart_resize(torch.from_numpy(x[0]), size, data_format=data_format), torch.Tensor)
