"""``tf.data.Dataset``: elements that are made when they are asked for."""

from __future__ import annotations

from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.dialects.tensorflow.data.batching import Batching
from torchkeras_compat.dialects.tensorflow.data.chain import Chain
from torchkeras_compat.dialects.tensorflow.data.elementwise import Elementwise
from torchkeras_compat.dialects.tensorflow.data.grouping import Grouping
from torchkeras_compat.dialects.tensorflow.data.joining import Joining
from torchkeras_compat.dialects.tensorflow.data.ordering import Ordering
from torchkeras_compat.dialects.tensorflow.data.sources import Sources
from torchkeras_compat.dialects.tensorflow.data.storing import Storing
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed


class Dataset(Sources, Elementwise, Ordering, Batching, Joining, Grouping, Storing):
    """Elements that are made when they are asked for: tensors, strings, or tuples and dictionaries of these.

    ``fit``, ``evaluate``, ``predict`` and ``adapt`` take one. Memory does not grow with its length, but for what
    ``shuffle``, ``cache``, ``unique`` and windows hold. Rows of arrays are gathered batch by batch, and not one by one,
    as long as the methods before ``batch`` only choose them by their place.

    The methods are in files by subject: ``sources.py``, ``elementwise.py``, ``ordering.py``, ``batching.py``,
    ``joining.py``, ``grouping.py``, ``storing.py``; what all have in common in ``chain.py``.

    Example:
        >>> squares = Dataset.range(5).map(lambda n: n * n).batch(2)
        >>> [batch.numpy().tolist() for batch in squares]
        [[0, 1], [4, 9], [16]]

    Source: TensorFlow API, data/Dataset.
    """

    @classmethod
    def of_pipeline(cls, pipeline: Pipeline) -> Dataset:
        """Return a dataset of ``keras.utils``, as ``image_dataset_from_directory`` makes it, with these methods."""
        if isinstance(pipeline, Dataset):
            return pipeline
        made = cls(
            lambda: map(absorbed, pipeline._start()),
            pipeline._length,
            class_names=pipeline.class_names,
            file_paths=pipeline.file_paths,
            is_batched=pipeline.is_batched,
            passes=pipeline._passes,
        )
        return made


Chain.kind = Dataset
