from __future__ import annotations

import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.saving import any_name


def test_what_a_saved_model_alone_has_is_refused(tmp_path) -> None:
    model = Sequential([layers.Dense(2, input_dim=3)])
    with pytest.raises(ValueError, match="`signatures` and `options` are of TensorFlow's SavedModel"):
        any_name.save_model(model, tmp_path / "m", signatures={})
    with pytest.raises(ValueError, match="`reshape=True` is not supported"):
        any_name.load_weights(model, tmp_path / "m", reshape=True)
    with pytest.raises(ValueError, match="The model has no weights yet"):
        any_name.save_weights(Sequential([layers.Dense(2)]), tmp_path / "m")
