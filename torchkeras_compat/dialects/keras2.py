"""Spellings of Keras 2 (2017 to 2023) that Keras 3 gave up."""

from __future__ import annotations

import inspect
import itertools
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from torchkeras_compat.public_names import named

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "epsilon": ("min_delta",),
    "lr": ("learning_rate",),
    "batch_input_shape": ("batch_shape",),
}

VALUES: dict[str, dict[Any, Any]] = {}

_WORKERS = "`PyDataset` takes its workers itself"
DROPPED: dict[str, tuple[str, str]] = {
    "implementation": ("recurrent_activation", "torch chooses its kernels itself"),
    "max_q_size": ("batch_size", "batches are made ahead without it"),
    "max_queue_size": ("batch_size", "batches are made ahead without it"),
    "nb_worker": ("batch_size", _WORKERS),
    "pickle_safe": ("batch_size", _WORKERS),
    "sample_weight_mode": ("loss", "the shape of the weights says it"),
    "use_multiprocessing": ("batch_size", _WORKERS),
    "workers": ("batch_size", _WORKERS),
}


class HistoryByOldNames(dict):
    """A history that is also found under the names of Keras 2: ``acc`` for ``accuracy``, ``val_acc``."""

    def __missing__(self, key: str) -> Any:
        new = key.replace("acc", "accuracy") if isinstance(key, str) and "accuracy" not in key else key
        if new != key and new in self:
            return self[new]
        raise KeyError(key)


def fit(original: Any, self: Any, *args: Any, **arguments: Any) -> Any:
    """``fit``, whose callbacks and history also know ``accuracy`` as ``acc``."""
    callbacks = inspect.signature(original).bind(self, *args, **arguments).arguments.get("callbacks")
    if not _has_metric_acc(self):
        watching: list[Any] = [*callbacks] if isinstance(callbacks, (list, tuple)) else [callbacks]
        for callback in watching:
            if getattr(callback, "monitor", None) in ("acc", "val_acc"):
                callback.monitor += "uracy"
            if isinstance(getattr(callback, "filepath", None), str):
                callback.filepath = re.sub(r"\{(val_)?acc(?=[:}])", r"{\1accuracy", callback.filepath)
    history = original(self, *args, **arguments)
    history.history = HistoryByOldNames(history.history)
    return history


def _has_metric_acc(model: Any) -> bool:
    """Return whether ``compile`` was given the metric ``acc``, as it still may be called."""
    given = model.__dict__.get("_compile_arguments") or {}
    metrics = [given.get("metrics"), given.get("weighted_metrics")]
    return any(isinstance(name, str) and name == "acc" for name in named("tree.flatten")(metrics))


_COMPILE_FROM_THIRD = (
    "metrics",
    "loss_weights",
    "weighted_metrics",
    "run_eagerly",
    "steps_per_execution",
    "jit_compile",
)


def compile_model(original: Any, self: Any, *args: Any, **arguments: Any) -> Any:
    """``compile``, whose arguments by place may be those of Keras 1 and 2: metrics third, then loss weights."""
    third = args[2:]
    if third and len(third) <= len(_COMPILE_FROM_THIRD) and _are_metrics_first(*third[:2]):
        args, arguments = args[:2], {**dict(zip(_COMPILE_FROM_THIRD, third, strict=False)), **arguments}
    return original(self, *args, **arguments)


def _are_metrics_first(third: Any, fourth: Any = None) -> bool:
    """Whether the third argument of ``compile`` holds metrics, which are named or called, and not loss weights."""
    for given, are_first in ((third, True), (fourth, False)):
        leaves = [leaf for leaf in named("tree.flatten")(given) if leaf is not None]
        if leaves:
            return are_first is any(isinstance(leaf, str) or callable(leaf) for leaf in leaves)
    return fourth is None


def fit_generator(
    self: Any, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, **arguments: Any
) -> Any:
    """Train on what a generator yields: ``fit`` by its name of Keras 1 and 2.

    Args:
        self: The model.
        generator: Of ``(x, y)`` or ``(x, y, sample_weight)``.
        steps_per_epoch: Batches in an epoch. Keras 1 counts samples: ``samples_per_epoch``.
        epochs: Passes.
        **arguments: Those of ``fit``, and ``samples_per_epoch``, ``nb_epoch`` and ``nb_val_samples`` of Keras 1.
    """
    epochs = arguments.pop("nb_epoch", epochs)
    samples = arguments.pop("samples_per_epoch", None)
    if samples is not None:
        generator, steps_per_epoch = _steps(generator, samples)
    samples = arguments.pop("nb_val_samples", None)
    if samples is not None and hasattr(arguments.get("validation_data"), "__next__"):
        arguments["validation_data"], arguments["validation_steps"] = _steps(arguments["validation_data"], samples)
    return self.fit(generator, steps_per_epoch=steps_per_epoch, epochs=epochs, **arguments)


def evaluate_generator(self: Any, generator: Any, steps: int | None = None, **arguments: Any) -> Any:
    """Evaluate what a generator yields: ``evaluate`` by its name of Keras 2; ``val_samples`` is Keras 1's for steps."""
    samples = arguments.pop("val_samples", None)
    if samples is not None:
        generator, steps = _steps(generator, samples)
    return self.evaluate(generator, steps=steps, **{"verbose": 0, **arguments})


def predict_generator(self: Any, generator: Any, steps: int | None = None, **arguments: Any) -> Any:
    """Predict what a generator yields: ``predict`` by its name of Keras 2; ``val_samples`` is Keras 1's for steps."""
    samples = arguments.pop("val_samples", None)
    if samples is not None:
        generator, steps = _steps(generator, samples)
    return self.predict(generator, steps=steps, **{"verbose": 0, **arguments})


def predict_proba(self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0) -> np.ndarray:
    """Return ``predict(x)``: the probabilities of the classes."""
    return self.predict(x, batch_size=batch_size, verbose=verbose)


def predict_classes(self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0) -> np.ndarray:
    """Return the most likely class of each sample; of two classes with one output, whether it is above 0.5."""
    probabilities = self.predict(x, batch_size=batch_size, verbose=verbose)
    if probabilities.shape[-1] > 1:
        return probabilities.argmax(axis=-1)
    return (probabilities > 0.5).astype("int32")


def _steps(generator: Iterator[Any], samples: int) -> tuple[Iterator[Any], int]:
    """Return the generator from its start, and how many of its batches make up ``samples``."""
    first = next(generator)
    x = first[0] if isinstance(first, (tuple, list)) else first
    while isinstance(x, (tuple, list, dict)):
        x = next(iter(x.values())) if isinstance(x, dict) else x[0]
    return itertools.chain([first], generator), math.ceil(samples / len(x))


def decayed_rate(arguments: dict[str, Any]) -> None:
    """``decay`` of an optimizer: the rate at step ``t`` is ``learning_rate / (1 + decay * t)``."""
    decay = arguments.pop("decay")
    if decay:
        schedule = named("optimizers.schedules.InverseTimeDecay")
        arguments["learning_rate"] = schedule(arguments.get("learning_rate", 0.001), decay_steps=1, decay_rate=decay)


def saving_period(arguments: dict[str, Any]) -> None:
    """``period`` of a checkpoint: epochs from one file to the next."""
    period = arguments.pop("period")
    if period != 1:
        raise ValueError(
            f"`period` counted epochs, and newer Keras counts batches. Received: period={period}. Write `save_freq` "
            f"with {period} times the batches of an epoch."
        )


# Old argument -> (argument that must be there, function that changes the arguments in place).
CONVERSIONS: dict[str, tuple[str, Any]] = {
    "decay": ("learning_rate", decayed_rate),
    "period": ("save_freq", saving_period),
}


def names_of_metrics(method: Callable[..., Any], self: Any) -> list[str]:
    """Return the names of what ``evaluate`` returns, in its order; Keras 3 has one for all of the compiled metrics."""
    spec = self._compile_spec
    if spec is None:
        return method(self)
    outputs = self.output if self.built and self._is_graph else None
    return [*spec.log_names(outputs), *(metric.name for metric in self._uncompiled_metrics())]


NEW_METHODS: dict[str, Any] = {
    "fit_generator": fit_generator,
    "evaluate_generator": evaluate_generator,
    "predict_generator": predict_generator,
    "predict_proba": predict_proba,
    "predict_classes": predict_classes,
}
WRAPPED_METHODS: dict[str, Any] = {
    "fit": fit,
    "compile": compile_model,
    "_names_of_metrics": names_of_metrics,
}


def int_shape(x: Any) -> tuple[int | None, ...]:
    """Return the shape of a tensor as a tuple."""
    return tuple(x.shape)


def get_value(x: Any) -> np.ndarray:
    """Return what a variable or tensor holds."""
    return named("ops.convert_to_numpy")(x)


def set_value(x: Any, value: Any) -> None:
    """Assign to a variable; ``K.set_value(model.optimizer.lr, rate)`` among others."""
    x.assign(value)


def set_image_dim_ordering(ordering: str) -> None:
    """Set the layout of images by the names of Keras 1: ``"th"`` or ``"tf"``."""
    names = {"th": "channels_first", "tf": "channels_last"}
    named("config.set_image_data_format")(names.get(ordering, ordering))


def image_dim_ordering() -> str:
    """Return the layout of images by the names of Keras 1: ``"th"`` or ``"tf"``."""
    return {"channels_first": "th", "channels_last": "tf"}[named("config.image_data_format")()]


NAMES: dict[str, Any] = {
    "layers.CuDNNLSTM": "layers.LSTM",
    "layers.CuDNNGRU": "layers.GRU",
    "backend.constant": "ops.convert_to_tensor",
    "backend.eval": get_value,
    "backend.flatten": "ops.ravel",
    "backend.get_value": get_value,
    "backend.image_dim_ordering": image_dim_ordering,
    "backend.int_shape": int_shape,
    "backend.permute_dimensions": "ops.transpose",
    "backend.pow": "ops.power",
    "backend.random_normal": "random.normal",
    "backend.random_uniform": "random.uniform",
    "backend.set_image_dim_ordering": set_image_dim_ordering,
    "backend.set_value": set_value,
    "backend.variable": "Variable",
    "losses.mse": "losses.mean_squared_error",
    "losses.MSE": "losses.mean_squared_error",
    "losses.mae": "losses.mean_absolute_error",
    "losses.MAE": "losses.mean_absolute_error",
    "losses.cosine_proximity": "losses.cosine_similarity",
    "initializers.normal": "initializers.RandomNormal",
    "initializers.uniform": "initializers.RandomUniform",
    "initializers.lecun_uniform": "initializers.LecunUniform",
    "initializers.glorot_normal": "initializers.GlorotNormal",
    "initializers.glorot_uniform": "initializers.GlorotUniform",
    "initializers.he_normal": "initializers.HeNormal",
    "initializers.he_uniform": "initializers.HeUniform",
    "regularizers.l1l2": "regularizers.L1L2",
    "optimizers.adam": "optimizers.Adam",
    "optimizers.sgd": "optimizers.SGD",
    "optimizers.rmsprop": "optimizers.RMSprop",
    "optimizers.adagrad": "optimizers.Adagrad",
    "optimizers.adadelta": "optimizers.Adadelta",
    "optimizers.adamax": "optimizers.Adamax",
    "optimizers.nadam": "optimizers.Nadam",
}

# Module of Keras 2 -> public namespaces in which its names are found now.
MODULES: dict[str, tuple[str, ...]] = {
    "backend": ("backend", "ops", "config"),
    "backend.tensorflow_backend": ("backend", "ops", "config"),
    "callbacks.callbacks": ("callbacks",),
    "engine.base_layer": ("layers", ""),
    "engine.input_layer": ("layers", ""),
    "engine.sequential": ("models",),
    "initializations": ("initializers",),
    "layers.advanced_activations": ("layers",),
    "layers.convolutional": ("layers",),
    "layers.convolutional_recurrent": ("layers",),
    "layers.core": ("layers",),
    "layers.cudnn_recurrent": ("layers",),
    "layers.embeddings": ("layers",),
    "layers.experimental": ("layers",),
    "layers.experimental.preprocessing": ("layers",),
    "layers.local": ("layers",),
    "layers.merge": ("layers",),
    "layers.noise": ("layers",),
    "layers.normalization": ("layers",),
    "layers.pooling": ("layers",),
    "layers.preprocessing": ("layers",),
    "layers.recurrent": ("layers",),
    "layers.wrappers": ("layers",),
    "optimizers.adam": ("optimizers",),
    "optimizers.legacy": ("optimizers",),
    "optimizers.experimental": ("optimizers",),
    "optimizers.rmsprop": ("optimizers",),
    "optimizers.sgd": ("optimizers",),
    "utils.data_utils": ("utils",),
    "utils.generic_utils": ("utils", "saving"),
    "utils.io_utils": ("utils",),
    "utils.layer_utils": ("utils",),
    "utils.np_utils": ("utils",),
    "utils.training_utils": ("utils",),
    "utils.vis_utils": ("utils",),
}
