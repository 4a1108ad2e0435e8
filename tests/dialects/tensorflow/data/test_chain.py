from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.data.chain import returned, whole
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.data.options import Options
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap


def test_iteration_yields_tensors_and_training_plain_ones() -> None:
    dataset = Dataset.range(2)
    assert all(type(element) is Tensor for element in dataset)
    assert all(type(element) is torch.Tensor for element in dataset.batches_for_training())


def test_lengths() -> None:
    assert len(Dataset.range(7).batch(3)) == 3
    assert bool(Dataset.range(0))
    with pytest.raises(TypeError, match="infinite"):
        len(Dataset.range(2).repeat())
    with pytest.raises(TypeError, match="unknown"):
        len(Dataset.range(2).filter(lambda n: n > 0))
    assert Dataset.range(2).repeat().cardinality().numpy() == -1


def test_the_only_element(listed: Any) -> None:
    assert Dataset.range(3, 4).get_single_element().numpy() == 3
    for dataset, word in ((Dataset.range(0), "empty"), (Dataset.range(2), "more than one")):
        with pytest.raises(InvalidArgumentError, match=word):
            dataset.get_single_element()


def test_options_are_kept() -> None:
    options = Options()
    options.deterministic = False
    dataset = Dataset.range(2).with_options(options).map(lambda n: n)
    assert dataset.options().deterministic is False
    with pytest.raises(TypeError, match="Received: 3"):
        dataset.with_options(3)  # type: ignore[arg-type]


def test_the_specification_shows_in_the_text() -> None:
    assert (
        repr(Dataset.range(2).batch(2)) == "<Dataset element_spec=TensorSpec(shape=(None,), dtype=tf.int64, name=None)>"
    )
    assert repr(Dataset.range(2).map(lambda n: n.nothing)) == "<Dataset>"


def test_numbers_and_results() -> None:
    assert whole("n", wrap(torch.tensor(3))) == 3
    with pytest.raises(ValueError, match="n=1.5"):
        whole("n", 1.5)
    assert isinstance(returned([1, 2]), tuple)
