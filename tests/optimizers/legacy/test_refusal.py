from __future__ import annotations

import pytest

from torchkeras_compat.optimizers import legacy


def test_the_names_are_those_of_keras_and_say_what_to_use(real_keras):
    theirs = [name for name in dir(real_keras.optimizers.legacy) if not name.startswith("_")]
    assert sorted(legacy.__all__) == theirs
    for name in legacy.__all__:
        with pytest.raises(ImportError, match=r"not supported in Keras 3. Use the optimizer of the same name"):
            getattr(legacy, name)(learning_rate=0.1)
