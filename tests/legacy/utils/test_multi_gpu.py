from __future__ import annotations

import pytest

from torchkeras_compat import Sequential
from torchkeras_compat.legacy.utils.multi_gpu import multi_gpu_model


def test_the_model_computes_whole_batches():
    model = Sequential()
    for gpus in (2, [0, 1], None):
        with pytest.warns(UserWarning, match="DataParallel"):
            assert multi_gpu_model(model, gpus, cpu_relocation=True) is model
    for gpus in (1, 0, [0]):
        with pytest.raises(ValueError, match="two or more GPUs"):
            multi_gpu_model(model, gpus)
