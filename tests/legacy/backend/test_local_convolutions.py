from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import local_convolutions as K


def test_a_kernel_for_other_windows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs a kernel of shape \(3, 2, 'filters'\). Received: \(3, 3, 5\)"):
        K.local_conv1d(torch.ones(1, 4, 1), torch.ones(3, 3, 5), (2,), (1,))


def test_equal_kernels_are_a_convolution() -> None:
    x, kernel = torch.rand(1, 5, 2), torch.rand(2, 2, 3)
    found = K.local_conv1d(x, kernel.reshape(1, 4, 3).repeat(4, 1, 1), (2,), (1,))
    expected = torch.nn.functional.conv1d(x.movedim(1, 2), kernel.permute(2, 1, 0)).movedim(1, 2)
    assert torch.allclose(found, expected, atol=1e-6)
