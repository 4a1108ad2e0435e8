"""Functions of ``keras.utils`` that make datasets, which in tf.keras are those of ``tf.data``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed
from torchkeras_compat.utils import audio_folder, dataset_split, image_folder, text_folder, timeseries


def as_dataset(made: Any) -> Any:
    """Return a dataset of the core, or each of a tuple of them, with the methods of ``tf.data``."""
    if isinstance(made, tuple):
        return tuple(map(as_dataset, made))
    if isinstance(made, Pipeline):
        return Dataset.of_pipeline(made)
    return Dataset(lambda: (absorbed(made[place]) for place in range(len(made))), len(made))


def _making_datasets(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return as_dataset(function(*args, **kwargs))

    return call


image_dataset_from_directory = _making_datasets(image_folder.image_dataset_from_directory)
text_dataset_from_directory = _making_datasets(text_folder.text_dataset_from_directory)
audio_dataset_from_directory = _making_datasets(audio_folder.audio_dataset_from_directory)
timeseries_dataset_from_array = _making_datasets(timeseries.timeseries_dataset_from_array)
split_dataset = _making_datasets(dataset_split.split_dataset)
