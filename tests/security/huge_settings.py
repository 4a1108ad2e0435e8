"""Every number in the config of every layer, made huge: `python -m tests.security.huge_settings` lists what happens.

Runs in a process of its own, whose memory is limited. A line a file: the class, the setting, the value, what came out,
seconds, and MiB of memory beyond those of the start.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import json
import os
import resource
import signal
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import torchkeras_compat as keras
from torchkeras_compat.errors import FileContentError

VALUES = (10**9, 10**12, 2**70, -1)
SECONDS = 10
SHAPES = ((8,), (8, 8), (8, 8, 8), (8, 8, 8, 8), (8, 8, 8, 8, 8))
GIVEN = {
    "units": 4, "filters": 4, "kernel_size": 2, "input_dim": 16, "output_dim": 4, "rate": 0.5, "stddev": 0.5, "n": 2,
    "num_heads": 2, "key_dim": 4, "head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 2, "num_bins": 4,
    "num_tokens": 4, "target_shape": (-1,), "dims": (1,), "function": "relu", "height": 4, "width": 4, "factor": 0.1,
    "scale": 1.0, "num_channels": 4, "sequence_length": 4, "vocabulary": ["a", "b"], "min_value": -1, "max_value": 1,
    "axes": 1, "strength": 0.5, "bin_boundaries": [0.0, 1.0], "max_tokens": 10, "output_size": 2,
}  # fmt: skip


def models() -> Iterator[tuple[str, Any]]:
    """Yield a model for each class of layers that can be made with a few common settings."""
    layers = keras.layers
    special = {
        "StackedRNNCells": lambda: layers.RNN(layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(4)])),
        "TimeDistributed": lambda: layers.TimeDistributed(layers.Dense(4)),
        "Bidirectional": lambda: layers.Bidirectional(layers.LSTM(4)),
        "SpectralNormalization": lambda: layers.SpectralNormalization(layers.Dense(4)),
        "Activation": lambda: layers.Activation("relu"),
        "EinsumDense": lambda: layers.EinsumDense("ab,bc->ac", 4),
        "GroupNormalization": lambda: layers.GroupNormalization(2),
        "SimpleRNN": lambda: layers.SimpleRNN(4, unroll=True),
    }
    for name in sorted(dir(layers)):
        cls = getattr(layers, name)
        if not (inspect.isclass(cls) and issubclass(cls, keras.Layer)) or name in ("Layer", "Wrapper", "InputLayer"):
            continue
        try:
            wanted = inspect.signature(cls.__init__).parameters
            make = special.get(name, lambda c=cls, w=wanted: c(**{k: v for k, v in GIVEN.items() if k in w}))
            make()
        except Exception:
            make = special.get(name)
        for shape in SHAPES:
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                inputs = keras.Input(shape)
                layer = make()
                many = "merging" in type(layer).__module__ or "attention" in type(layer).__module__
                if "Quer" in name or name == "MultiHeadAttention":
                    outputs = layer(inputs, inputs)
                else:
                    outputs = layer([inputs, inputs]) if many else layer(inputs)
                yield name, keras.Model(inputs, outputs)
                break


def compiled() -> Iterator[tuple[str, Any]]:
    """Yield a compiled model for each metric, loss, optimizer, schedule and initializer that a few settings make."""
    given = {"num_classes": 3, "target_class_ids": [0], "recall": 0.5, "precision": 0.5, "specificity": 0.5,
             "sensitivity": 0.5, "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5,
             "first_decay_steps": 10, "boundaries": [1, 2], "values": [0.1, 0.2, 0.3]}  # fmt: skip
    kinds = (keras.metrics, keras.losses, keras.optimizers, keras.optimizers.schedules, keras.initializers)
    for module in kinds:
        for name in sorted(dir(module)):
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                wanted = inspect.signature(getattr(module, name).__init__).parameters
                made = getattr(module, name)(**{k: v for k, v in given.items() if k in wanted})
                initializer = made if module is keras.initializers else "zeros"
                layer = keras.layers.Dense(3, kernel_initializer=initializer)
                model = keras.Sequential([keras.Input((3,)), layer])
                optimizer = made if module is keras.optimizers else "sgd"
                if module is keras.optimizers.schedules:
                    optimizer = keras.optimizers.Adam(made)
                loss = made if module is keras.losses else "mse"
                model.compile(optimizer, loss, metrics=[made] if module is keras.metrics else [])
                yield f"{module.__name__.rpartition('.')[2]}.{name}", model


def settings(config: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all numbers in a config."""
    if isinstance(config, bool):
        return
    if isinstance(config, int):
        yield path
    for key, value in (
        config.items() if isinstance(config, dict) else enumerate(config if isinstance(config, list) else ())
    ):
        if key not in ("keras_history", "trainable", "shared_object_id", "seed"):
            yield from settings(value, (*path, key))


def changed(config: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a config with another value at a path."""
    config = copy.deepcopy(config)
    place = config
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return config


class TooSlow(BaseException):
    pass


def _stop(*_: Any) -> None:
    raise TooSlow


def attempt(source: str, target: str, path: tuple[Any, ...], value: Any) -> tuple[str, float, int]:
    """Load a file whose config has a value changed; return what came out, seconds, and MiB taken at most."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps(changed(json.loads(data), path, value)) if name == "config.json" else data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            keras.saving.load_model(target)
        found = "loaded"
    except (FileContentError, ValueError) as error:
        found = type(error).__name__
    except TooSlow:
        found = "too slow"
    except BaseException as error:
        found = f"!{type(error).__name__}: {str(error)[:100]}"
    finally:
        signal.alarm(0)
    return found, time.monotonic() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10


def main(names: list[str]) -> None:
    signal.signal(signal.SIGALRM, _stop)
    folder = tempfile.mkdtemp()
    source, target = os.path.join(folder, "a.keras"), os.path.join(folder, "b.keras")
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (3 << 30), resource.RLIM_INFINITY))
    for name, model in (*models(), *compiled()):
        if names and name not in names:
            continue
        try:
            model.save(source)
        except NotImplementedError:  # of base classes
            continue
        config = json.loads(zipfile.ZipFile(source).read("config.json"))
        for path in settings(config):
            for value in VALUES:
                found, seconds, memory = attempt(source, target, path, value)
                print(name, ".".join(map(str, path[1:])), value, found, f"{seconds:.2f}", memory, sep="\t", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
