from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.utils.conv_arguments import (
    convert_data_format,
    normalize_data_format,
    normalize_padding,
    normalize_tuple,
)


def test_tuples():
    assert normalize_tuple(3, 2, "strides") == (3, 3) and normalize_tuple(np.int64(2), 1, "strides") == (2,)
    assert normalize_tuple([1, np.int32(2)], 2, "strides") == (1, 2) and normalize_tuple(0, 2, "pad", True) == (0, 0)
    for value in ((1, 2, 3), 2.5, "ab", None, (1, "a"), (1, 2.5), 0, (1, -1)):
        with pytest.raises(ValueError, match="`strides` argument must be a tuple of 2 integers"):
            normalize_tuple(value, 2, "strides")


def test_names():
    assert normalize_padding("Causal") == "causal" and normalize_data_format("Channels_First") == "channels_first"
    assert convert_data_format("channels_last", 3) == "NWC" and convert_data_format("channels_first", 5) == "NCDHW"
    for call in (lambda: normalize_padding("full"), lambda: normalize_data_format("NHWC")):
        with pytest.raises(ValueError, match="full|NHWC"):
            call()
    with pytest.raises(ValueError, match="rank not supported: 2"):
        convert_data_format("channels_last", 2)
