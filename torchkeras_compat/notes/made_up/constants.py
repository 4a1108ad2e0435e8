"""Constants that notes use and do not define: ``num_classes``, ``vocab_size``, ``batch_size``, ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

_CLASSES = (
    "num_classes",
    "n_classes",
    "nb_classes",
    "nclasses",
    "classes_num",
    "number_of_classes",
    "num_labels",
    "n_tags",
    "num_tags",
    "nb_labels",
    "n_labels",
)
_VOCABULARY = (
    *("vocab_size", "vocabulary_size", "max_features", "max_words", "num_words", "max_tokens", "n_vocab", "top_words"),
    *("vocab_length", "nb_words", "max_nb_words", "vocab_len", "voc_size", "max_vocab_size", "dictionary_size"),
)
_LENGTH = (
    *(
        "maxlen",
        "max_len",
        "max_length",
        "sequence_length",
        "seq_length",
        "seq_len",
        "input_length",
        "max_sequence_length",
    ),
    *("max_review_length", "max_seq_len", "sentence_length", "max_words_per_review", "max_seq_length", "sentence_len"),
)
_STEPS = (
    "timesteps",
    "time_steps",
    "n_steps",
    "n_timesteps",
    "look_back",
    "lookback",
    "window_size",
    "window",
    "time_step",
)
_FEATURES = (
    *("n_features", "num_features", "input_dim", "data_dim", "n_inputs", "num_inputs", "nb_features", "input_size"),
    *("n_feature", "n_cols", "num_input", "feature_dim"),
)
# Names -> values that do not depend on data.
_VALUES: dict[tuple[str, ...], Any] = {
    _STEPS: 10,
    (
        "embedding_dim",
        "embedding_size",
        "embed_dim",
        "embedding_vector_length",
        "embedding_vecor_length",
        "emb_dim",
    ): 32,
    ("embed_size", "embedding_dims", "embedding_dimension", "word_dim", "embedding_output_dim"): 32,
    ("batch_size", "bs", "batchsize", "train_batch_size"): 32,
    ("epochs", "nb_epoch", "nb_epochs", "n_epochs", "num_epochs", "epoch", "no_epochs"): 3,
    ("img_rows", "img_cols", "image_rows", "image_cols"): 28,
    (
        "img_height",
        "img_width",
        "image_height",
        "image_width",
        "height",
        "width",
        "img_size",
        "image_size",
        "im_size",
    ): 32,
    ("img_channels", "channels", "num_channels", "n_channels", "nb_channels", "image_channels"): 3,
    ("units", "hidden_units", "hidden_dim", "hidden_size", "num_units", "n_hidden", "n_units", "hidden_neurons"): 32,
    ("lstm_units", "rnn_units", "gru_units", "num_neurons", "neurons", "hidden_nodes", "lstm_dim", "n_neurons"): 32,
    ("latent_dim", "encoding_dim", "z_dim", "noise_dim", "code_size", "latent_size", "bottleneck"): 16,
    ("filters", "num_filters", "nb_filter", "nb_filters", "n_filters"): 32,
    ("kernel_size", "filter_size"): 3,
    ("pool_size", "nb_pool"): 2,
    ("dropout_rate", "drop_rate", "dropout", "rate"): 0.2,
    ("learning_rate", "lr", "init_lr", "initial_learning_rate", "base_learning_rate"): 0.001,
    ("momentum",): 0.9,
    ("validation_split", "val_split", "test_size"): 0.2,
    ("steps_per_epoch", "validation_steps", "steps"): 5,
    ("verbose",): 1,
    ("seed", "random_state", "random_seed"): 42,
    ("output_dim", "n_outputs", "num_outputs", "n_output"): 1,
}
_BY_NAME = {name: value for names, value in _VALUES.items() for name in names}
# Arrays of a note from which constants follow.
_INPUT_ARRAYS = ("x_train", "X_train", "train_data", "train_images", "trainX", "data", "X", "x", "train_x", "x_test")
_TARGET_ARRAYS = ("y_train", "Y_train", "train_labels", "trainY", "labels", "Y", "y", "train_y", "y_test")


def constant(name: str, namespace: Mapping[str, Any]) -> Any:
    """Return a value for the name of a constant, consistent with the arrays of a note; None for other names.

    Example:
        >>> constant("NUM_CLASSES", {"y_train": np.array([0, 4])}), constant("num_classes", {}), constant("x", {})
        (5, 10, None)
    """
    key = _key(name)
    x = _array(namespace, _INPUT_ARRAYS)
    if re.fullmatch(r"num_\w*(tokens|words|chars)", key):
        return 50
    if re.fullmatch(r"max_\w+_(len|length)", key):
        return 20
    if key == "num_pixels":
        return 784
    if key in _CLASSES:
        y = _array(namespace, _TARGET_ARRAYS)
        return 10 if y is None else y.shape[-1] if y.ndim > 1 and y.shape[-1] > 1 else _highest(y) + 1
    if key in _VOCABULARY:
        return 1000 if x is None or x.dtype.kind not in "iu" or x.ndim != 2 else _highest(x) + 1
    if key in _LENGTH:
        return 20 if x is None or x.ndim != 2 else x.shape[1]
    if key in _STEPS and x is not None and x.ndim == 3:
        return x.shape[1]
    if key in _FEATURES:
        return 8 if x is None else x.shape[-1] if x.ndim > 1 else 1
    if key in ("input_shape", "in_shape", "image_shape", "img_shape"):
        return (28, 28, 1) if x is None else x.shape[1:]
    return _BY_NAME.get(key)


def _key(name: str) -> str:
    """A name in the spelling of the tables: `maxLen`, `MAX_LEN` and `max_len` are one."""
    if name[:1].isupper() and not name.isupper():
        return ""  # a class
    if name.isupper():
        return name.lower()
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _array(namespace: Mapping[str, Any], names: tuple[str, ...]) -> np.ndarray | None:
    for name in names:
        value = namespace.get(name)
        if isinstance(value, np.ndarray) and value.ndim and value.size and value.dtype.kind in "iufb":
            return value
    return None


def _highest(array: np.ndarray) -> int:
    return int(array.max())
