from __future__ import annotations

import pytest
import torch

from torchkeras_compat.ops import patches

X = torch.arange(2 * 4 * 6 * 8.0)


@pytest.mark.parametrize("name", ["space_to_depth", "depth_to_space"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_blocks_as_in_keras(real_keras, name, data_format):
    x = X.reshape(2, 4, 6, 8) if data_format == "channels_last" else X.reshape(2, 8, 4, 6)
    theirs = getattr(real_keras.ops, name)(x, 2, data_format=data_format)
    torch.testing.assert_close(getattr(patches, name)(x, 2, data_format), theirs.cpu())


def test_each_is_the_inverse_of_the_other():
    x = X.reshape(2, 4, 6, 8)
    assert torch.equal(patches.depth_to_space(patches.space_to_depth(x, 2), 2), x)


def test_fold_sums_what_unfold_spread():
    x = X.reshape(2, 8, 4, 6)
    arguments = {"kernel_size": [3, 2], "dilation": 1, "padding": [1, 0], "stride": [1, 2]}
    spread = patches.unfold(x, **arguments)
    torch.testing.assert_close(spread, torch.nn.functional.unfold(x, (3, 2), 1, (1, 0), (1, 2)))
    counts = patches.fold(patches.unfold(torch.ones_like(x), **arguments), [4, 6], **arguments)
    torch.testing.assert_close(patches.fold(spread, [4, 6], **arguments) / counts, x)


@pytest.mark.parametrize("call, words", [
    (lambda: patches.fold(torch.ones(1, 2, 3, 4), (4, 4), 2), r"3D tensor.*x.shape=\(1, 2, 3, 4\)"),
    (lambda: patches.depth_to_space(X.reshape(2, 4, 6, 8), 1), "at least 2. Received: block_size=1"),
    (lambda: patches.depth_to_space(X.reshape(2, 4, 6, 8), 3), "multiple of 9 channels. Received: 8"),
    (lambda: patches.space_to_depth(X.reshape(2, 4, 6, 8), 4), "height=4, width=6"),
])  # fmt: skip
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
