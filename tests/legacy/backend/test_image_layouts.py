from __future__ import annotations

import pytest

from torchkeras_compat.legacy.backend.image_layouts import checked_format, checked_padding


def test_both_keras_1_and_2_name_layouts() -> None:
    assert [checked_format(name) for name in ("tf", "th", "default", None, "channels_first")] == [
        "channels_last",
        "channels_first",
        "channels_last",
        "channels_last",
        "channels_first",
    ]
    with pytest.raises(ValueError, match="Unknown data_format: 'NHWC'"):
        checked_format("NHWC")


def test_unknown_padding_is_refused() -> None:
    assert checked_padding("causal", "causal") == "causal"
    with pytest.raises(ValueError, match="Invalid padding: 'full'. Use one of same, valid"):
        checked_padding("full")
