"""Packages beside TensorFlow that scripts import, and what to use in their place: they need TensorFlow itself."""

from __future__ import annotations

INSTEAD: dict[str, str] = {
    "tensorflow_datasets": (
        "`tensorflow_datasets` needs TensorFlow, which torchkeras_compat stands in for. Use `keras.datasets` for "
        "MNIST, Fashion MNIST, CIFAR, IMDB, Reuters and the housing data, Hugging Face's `datasets.load_dataset(name)` "
        "for others (`fit` takes its datasets), or `tf.data.TFRecordDataset` on files that you have."
    ),
    "tensorflow_hub": (
        "`tensorflow_hub` loads programs of TensorFlow, which cannot run here. Use `keras.applications` for image "
        "models, `keras_hub` for text models, or `keras.layers.TorchModuleWrapper` around a model of PyTorch."
    ),
    "tensorflow_text": (
        "`tensorflow_text` is a part of TensorFlow, which torchkeras_compat stands in for. Use "
        "`keras.layers.TextVectorization`, `tf.strings`, or the package `tokenizers`."
    ),
    "tensorflow_addons": (
        "`tensorflow_addons` belongs to TensorFlow, which torchkeras_compat stands in for, and is no longer developed. "
        "Most of it is in Keras 3 now: `keras.optimizers.AdamW`, `keras.losses.CategoricalFocalCrossentropy`, "
        "`keras.layers.GroupNormalization`, `keras.metrics.F1Score`."
    ),
    "tensorflow_probability": (
        "`tensorflow_probability` needs TensorFlow, which torchkeras_compat stands in for. Use `torch.distributions`."
    ),
}
"""The sentence for the import of each package."""


def missing_companion(name: str) -> str | None:
    """Return what to say of an import of such a package or of a module in it; None for other names.

    Example:
        >>> missing_companion("tensorflow_hub.keras_layer").partition(" loads")[0]
        '`tensorflow_hub`'
    """
    return INSTEAD.get(name.partition(".")[0])
