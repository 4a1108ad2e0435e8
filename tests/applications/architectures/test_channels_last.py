"""Networks that take images with the channels last only."""

from __future__ import annotations

import pytest

from torchkeras_compat import config
from torchkeras_compat.applications import ConvNeXtTiny, NASNetMobile


@pytest.mark.parametrize("make", [ConvNeXtTiny, NASNetMobile])
def test_the_other_format_is_refused(make) -> None:
    config.set_image_data_format("channels_first")
    with pytest.raises(ValueError, match="does not support the `channels_first` image data format.*Received"):
        make(weights=None)
