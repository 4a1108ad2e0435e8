from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import config
from torchkeras_compat.legacy.backend import settings as K


def test_old_code_finds_tensorflow() -> None:
    assert K.backend() == "tensorflow"


def test_layouts_by_the_names_of_keras_1() -> None:
    K.set_image_dim_ordering("th")
    try:
        assert K.image_dim_ordering() == "th"
        assert config.image_data_format() == "channels_first"
    finally:
        K.set_image_dim_ordering("tf")
    with pytest.raises(ValueError, match="Unknown dim_ordering: 'channels_last'"):
        K.set_image_dim_ordering("channels_last")


def test_arrays_stay_arrays_in_floatx() -> None:
    assert K.cast_to_floatx([1, 2]).dtype == np.float32
    assert K.cast_to_floatx(torch.tensor([1])).dtype == torch.float32
