"""Arguments of older Keras: what each is called now, and the versions that had it.

One table for dialects, the reading of files and the documentation. What depends on more than the name of the argument
is an adapter, see `adapters`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from torchkeras_compat.public_names import named


class Renamed(NamedTuple):
    """An argument that has another name now.

    Args:
        old: Its name then.
        new: Its names now; the first that the class or function takes is meant.
        versions: The versions that had it, first and last.
    """

    old: str
    new: tuple[str, ...]
    versions: str


class Dropped(NamedTuple):
    """An argument without which nothing is lost.

    Args:
        old: Its name.
        beside: An argument that a class or function has which took it.
        why: Why nothing is lost.
        versions: The versions that had it, first and last.
        values: Those that may be dropped; others are refused. None for all.
        warns: Whether others are dropped with a warning in place of the refusal.
    """

    old: str
    beside: str
    why: str
    versions: str
    values: tuple[Any, ...] | None = None
    warns: bool = False


RENAMED = (
    Renamed("output_dim", ("units",), "1.0-1.2"),
    Renamed("nb_filter", ("filters",), "1.0-1.2"),
    Renamed("filter_length", ("kernel_size",), "1.0-1.2"),
    Renamed("init", ("kernel_initializer", "embeddings_initializer", "alpha_initializer"), "1.0-1.2"),
    Renamed("inner_init", ("recurrent_initializer",), "1.0-1.2"),
    Renamed("inner_activation", ("recurrent_activation",), "1.0-1.2"),
    Renamed("gamma_init", ("gamma_initializer",), "1.0-1.2"),
    Renamed("beta_init", ("beta_initializer",), "1.0-1.2"),
    Renamed("W_regularizer", ("kernel_regularizer", "embeddings_regularizer"), "1.0-1.2"),
    Renamed("U_regularizer", ("recurrent_regularizer",), "1.0-1.2"),
    Renamed("b_regularizer", ("bias_regularizer",), "1.0-1.2"),
    Renamed("W_constraint", ("kernel_constraint", "embeddings_constraint"), "1.0-1.2"),
    Renamed("U_constraint", ("recurrent_constraint",), "1.0-1.2"),
    Renamed("b_constraint", ("bias_constraint",), "1.0-1.2"),
    Renamed("depthwise_init", ("depthwise_initializer",), "1.0-1.2"),
    Renamed("pointwise_init", ("pointwise_initializer",), "1.0-1.2"),
    Renamed("bias", ("use_bias",), "1.0-1.2"),
    Renamed("border_mode", ("padding",), "1.0-1.2"),
    Renamed("subsample", ("strides",), "1.0-1.2"),
    Renamed("subsample_length", ("strides",), "1.0-1.2"),
    Renamed("stride", ("strides",), "1.0-1.2"),
    Renamed("atrous_rate", ("dilation_rate",), "1.0-1.2"),
    Renamed("pool_length", ("pool_size",), "1.0-1.2"),
    Renamed("length", ("size",), "1.0-1.2"),
    Renamed("dim_ordering", ("data_format",), "1.0-1.2"),
    Renamed("p", ("rate",), "1.0-1.2"),
    Renamed("dropout_W", ("dropout",), "1.0-1.2"),
    Renamed("dropout_U", ("recurrent_dropout",), "1.0-1.2"),
    Renamed("sigma", ("stddev",), "1.0-1.2"),
    Renamed("nb_epoch", ("epochs",), "1.0-1.2"),
    Renamed("nb_classes", ("num_classes",), "1.0-1.2"),
    Renamed("nb_words", ("num_words",), "1.0-1.2"),
    Renamed("nb_val_samples", ("validation_steps",), "1.0-1.2"),
    Renamed("val_samples", ("steps",), "1.0-1.2"),
    Renamed("input", ("inputs",), "1.0-1.2"),
    Renamed("output", ("outputs",), "1.0-1.2"),
    Renamed("input_dtype", ("dtype",), "1.0-1.2"),
    Renamed("m", ("max_value",), "1.0-2.3"),
    Renamed("l", ("l1", "l2"), "1.0-2.3"),
    Renamed("y", ("x",), "1.0-2.15"),
    Renamed("alpha", ("negative_slope",), "1.0-2.15"),
    Renamed("theta", ("threshold",), "1.0-2.15"),
    Renamed("epsilon", ("min_delta",), "1.0-2.1"),
    Renamed("on_batch_begin", ("on_train_batch_begin",), "1.0-2.15"),
    Renamed("on_batch_end", ("on_train_batch_end",), "1.0-2.15"),
    Renamed("a", ("x",), "1.0-1.2"),
    Renamed("X", ("arrays",), "1.0-1.2"),
    Renamed("generator", ("sequence",), "2.0-2.15"),
    Renamed("input_shape", ("shape",), "1.0-2.15"),
    Renamed("lr", ("learning_rate",), "1.0-2.10"),
    Renamed("batch_input_shape", ("batch_shape",), "1.0-2.15"),
    Renamed("axes", ("axis",), "2.0-2.15"),
    Renamed("classes", ("num_classes",), "1.0-2.15"),
)
DROPPED = (
    Dropped("class_mode", "loss", "the loss says what is predicted", "1.0-1.2"),
    Dropped("consume_less", "recurrent_activation", "torch chooses its kernels itself", "1.0-1.2"),
    Dropped("show_accuracy", "batch_size", "metrics are given to `compile`", "1.0-1.2"),
    Dropped("implementation", "recurrent_activation", "torch chooses its kernels itself", "2.0-2.15"),
    Dropped("time_major", "return_sequences", "the batch axis comes first", "2.1-2.15", (False,)),
    Dropped("max_q_size", "batch_size", "batches are made ahead without it", "1.0-2.1"),
    Dropped("max_queue_size", "batch_size", "batches are made ahead without it", "2.0-2.15"),
    Dropped("nb_worker", "batch_size", "`PyDataset` takes its workers itself", "1.0-1.2"),
    Dropped("pickle_safe", "batch_size", "`PyDataset` takes its workers itself", "1.0-2.1"),
    Dropped("workers", "batch_size", "`PyDataset` takes its workers itself", "2.0-2.15"),
    Dropped("use_multiprocessing", "batch_size", "`PyDataset` takes its workers itself", "2.0-2.15"),
    Dropped("sample_weight_mode", "loss", "the shape of the weights says it", "1.0-2.3"),
    Dropped("experimental_run_tf_function", "loss", "there are no TensorFlow functions", "2.0-2.3"),
    Dropped("distribute", "loss", "one process trains on one device", "2.0-2.3", (None,)),
    Dropped("pss_evaluation_shards", "loss", "there are no parameter servers", "2.9-2.15", (0, None, "auto")),
    Dropped("target_tensors", "loss", "targets are given to `fit`", "2.0-2.3", (None,)),
    Dropped("experimental_relax_shapes", "loss", "every batch may have another shape", "2.0-2.3"),
    Dropped("jit_compile", "learning_rate", "optimizers use torch's fused kernels", "2.11-2.15"),
    Dropped("is_legacy_optimizer", "learning_rate", "there is one kind of optimizer", "2.11-2.15"),
    Dropped("batch_size", "histogram_freq", "events hold the weights themselves", "2.0-2.2"),
    Dropped("embeddings_layer_names", "histogram_freq", "all embeddings are written", "2.0-2.2", (None,)),
    Dropped("embeddings_data", "histogram_freq", "the weights themselves are written", "2.0-2.2", (None,)),
    Dropped("write_grads", "histogram_freq", "there are no histograms of gradients", "2.0-2.2", (False,), warns=True),
    Dropped("queue_length", "add_progbar", "batches are not timed", "1.0-2.3"),
    Dropped("save_before_preemption", "backup_dir", "no cloud tells this process that it ends", "2.12-2.15", (False,)),
    Dropped("type_spec", "batch_shape", "`shape` and `dtype` say it", "2.4-2.15", (None,)),
    Dropped("cpu_merge", "gpus", "the processes of torchrun merge gradients", "2.0-2.3"),
)


class Target(str):
    """A path below ``torchkeras_compat`` of what an old name meant."""


# Values that have another name now, or meant something else, by the ends of the names of arguments.
VALUES: dict[str, dict[Any, Any]] = {
    "activation": {"hard_sigmoid": Target("legacy.activations.hard_sigmoid.hard_sigmoid")},
    "data_format": {"th": "channels_first", "tf": "channels_last", "default": None},
    "initializer": {"zero": "zeros", "one": "ones", "normal": "random_normal", "uniform": "random_uniform"},
}


def decayed_rate(arguments: dict[str, Any]) -> None:
    """``decay`` of an optimizer: the rate at step ``t`` is ``learning_rate / (1 + decay * t)``."""
    decay = arguments.pop("decay")
    if decay:
        schedule = named("optimizers.schedules.InverseTimeDecay")
        arguments["learning_rate"] = schedule(arguments.get("learning_rate", 0.001), decay_steps=1, decay_rate=decay)


# Old argument -> (argument that must be there, function that changes the translated arguments in place).
CONVERSIONS: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "decay": ("learning_rate", decayed_rate),
}

# What a version did where its signature says nothing: dialects, path, and the argument of today.
UNSAID: tuple[tuple[tuple[str, ...], str, dict[str, Any]], ...] = (
    (("keras1", "keras2"), "models.Model.predict", {"verbose": 0}),
    (("keras1",), "layers.GRU", {"reset_after": False}),
    (("keras1", "keras2"), "optimizers.Adagrad", {"initial_accumulator_value": 0.0}),
)
