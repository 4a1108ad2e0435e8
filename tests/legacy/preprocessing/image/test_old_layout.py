from __future__ import annotations

import pytest

from torchkeras_compat import config
from torchkeras_compat.legacy.preprocessing.image.old_layout import layout


def test_old_names():
    assert layout() == layout("default") == layout("tf") == layout(None, "channels_last") == "channels_last"
    assert layout("th") == layout("channels_last", "th") == "channels_first"
    config.set_image_data_format("channels_first")
    assert layout() == layout(dim_ordering="default") == "channels_first"
    with pytest.raises(ValueError, match="NHWC"):
        layout("NHWC")
