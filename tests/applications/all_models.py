"""``python -m tests.applications.all_models [NAME ...]``: every model beside real Keras, in every form; some minutes.

Each is built with the top and without, with poolings, other numbers of channels and classes, odd and unknown sizes,
channels first, from a tensor, and with the arguments of its own; layers, weights and outputs have to be those of Keras.
Files of all three formats go both ways; ``by_name`` and ``skip_mismatch`` take from a file what Keras takes.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import itertools
import logging
import os
import re
import sys
import time
import traceback
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchkeras_compat
from tests.applications import oracle

OWN: dict[str, list[dict[str, Any]]] = {
    "MobileNet": [{"alpha": 0.25}, {"alpha": 0.75, "depth_multiplier": 2, "dropout": 0.5}],
    "MobileNetV2": [{"alpha": 0.35}, {"alpha": 1.4}],
    "MobileNetV3": [
        {"alpha": 0.75, "include_preprocessing": False},
        {"alpha": 1.3, "minimalistic": True, "dropout_rate": 0.0},
    ],
    "EfficientNetV2": [{"include_preprocessing": False}],
    "ConvNeXt": [{"include_preprocessing": False}],
}
GAINS = {"EfficientNet": 0.3, "NASNet": 0.5}  # of normalizations, with which many blocks behind each other stay calm
LAST_ONLY = ("ConvNeXt", "DenseNet", "NASNet")  # families that Keras has with channels last only


def names() -> list[str]:
    """The models that this package has."""
    return [n for n in dir(torchkeras_compat.applications) if n[0].isupper()]


def smallest(name: str) -> int:
    """The smallest height and width of a model."""
    try:
        getattr(torchkeras_compat.applications, name)(weights=None, include_top=False, input_shape=(1, 1, 3))
    except ValueError as error:
        found = re.search(r"at least (\d+)x", str(error))
        return int(found.group(1)) if found else 32
    return 32


def forms(name: str) -> Iterator[dict[str, Any]]:
    """The arguments of each form."""
    n = smallest(name)
    n += n % 2
    yield {"input_shape": (n, n, 3), "classes": 7}
    # Of a size that is not known, Keras makes a NASNet that runs for no image.
    yield {"include_top": False, **({"input_shape": (64, 48, 3)} if name.startswith("NASNet") else {})}
    yield {"include_top": False, "pooling": "avg", "input_shape": (n + 1, n + 10, 3)}
    yield {"include_top": False, "pooling": "max", "input_shape": (n, n, 3), **_other_name(name)}
    yield {"input_shape": (n, n, 1), "classes": 3, "classifier_activation": None}
    for own in [own for prefix, owns in OWN.items() if _is_of(name, prefix) for own in owns]:
        yield {"input_shape": (n, n, 3), "classes": 5, **own}
        yield {"input_shape": (n, n + 1, 3), "include_top": False, **own}


def _is_of(name: str, prefix: str) -> bool:
    return name == prefix or (name.startswith(prefix) and prefix not in ("MobileNet",))


def _other_name(name: str) -> dict[str, Any]:
    return {} if name.startswith("EfficientNetV2") else {"name": "other"}  # Keras looks its settings up by the name


def _gain(name: str) -> float:
    return next((gain for prefix, gain in GAINS.items() if name.startswith(prefix)), 1.0)


def check(keras: types.ModuleType, name: str, folder: Path, quick: bool = False) -> Iterator[str]:
    """Check one model; yields what was compared."""
    gain = _gain(name)
    for number, arguments in enumerate(itertools.islice(forms(name), 2 if quick else None)):
        ours, theirs = oracle.pair(keras, name, **arguments)
        oracle.check_layers(ours, theirs)
        oracle.randomize(theirs, gain=gain)
        ours.set_weights(theirs.get_weights())
        yield f"{arguments}: {len(ours.layers)} layers, outputs differ by {oracle.check_outputs(ours, theirs):.1e}"
        if number < 2:
            formats = ((".weights.h5",), (".keras",))[number] if quick else (".weights.h5", ".h5", ".keras")
            oracle.check_files(ours, theirs, folder, formats, gain=gain)
            yield f"files, both ways: {', '.join(formats)}"
        if number == 0:
            check_by_name(keras, name, theirs, arguments, folder)
            yield "by_name, skip_mismatch"
    check_tensor(keras, name)
    yield "from a tensor"
    if not name.startswith(LAST_ONLY):
        with channels_first(keras):
            n = smallest(name)
            ours, theirs = oracle.pair(keras, name, input_shape=(3, n, n), classes=7)
            oracle.check_layers(ours, theirs)
            oracle.randomize(theirs, gain=gain)
            ours.set_weights(theirs.get_weights())
            yield f"channels first, outputs differ by {oracle.check_outputs(ours, theirs):.1e}"


def check_by_name(keras: types.ModuleType, name: str, saved: Any, arguments: dict[str, Any], folder: Path) -> None:
    """A model with other classes takes from an older file what Keras takes, and keeps the rest."""
    file = str(folder / "saved.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        saved.save(file)
        ours, theirs = oracle.pair(keras, name, **{**arguments, "classes": arguments["classes"] + 1})
        ours.set_weights(theirs.get_weights())
        before = theirs.get_weights()
        for model in (ours, theirs):
            model.load_weights(file, by_name=True, skip_mismatch=True)
    os.unlink(file)
    assert all(map(np.array_equal, ours.get_weights(), theirs.get_weights()))
    assert not all(map(np.array_equal, theirs.get_weights(), before))
    assert np.array_equal(theirs.get_weights()[-2], before[-2])


def check_tensor(keras: types.ModuleType, name: str) -> None:
    """A model on top of a layer has the inputs and layers of Keras's."""
    n = 2 * smallest(name)
    made = []
    for package in (torchkeras_compat, keras):
        torchkeras_compat.utils.clear_session()
        keras.utils.clear_session()
        x = package.layers.Conv2D(3, 2, strides=2, name="before")(package.Input((n, n, 4), name="given"))
        build = getattr(package.applications, name)
        made.append(build(weights=None, include_top=False, input_tensor=x, pooling="avg"))
    oracle.check_layers(*made)
    oracle.randomize(made[1], gain=_gain(name))
    made[0].set_weights(made[1].get_weights())
    oracle.check_outputs(*made)


def allow_nasnet(keras: types.ModuleType) -> None:
    """Let Keras build NASNet with torch, which it refuses; it gives the numbers that it gives with JAX."""

    class Backend:
        def __getattr__(self, name: str) -> Any:
            return (lambda: "jax") if name == "backend" else getattr(keras.src.backend, name)

    keras.src.applications.nasnet.backend = Backend()


class channels_first:
    """A scope in which both packages have images with channels first."""

    def __init__(self, keras: types.ModuleType) -> None:
        self._configs = (keras.config, torchkeras_compat.config)

    def __enter__(self) -> None:
        for config in self._configs:
            config.set_image_data_format("channels_first")

    def __exit__(self, *exc_info: object) -> None:
        for config in self._configs:
            config.set_image_data_format("channels_last")


def main() -> int:
    """Check the models named, or all; returns how many differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.applications.all_models", description=__doc__)
    parser.add_argument("names", nargs="*", help="models; all by default")
    parser.add_argument("--quick", action="store_true", help="two forms of each, and fewer files")
    options = parser.parse_args()
    chosen = options.names or names()
    os.environ["KERAS_BACKEND"] = "torch"
    warnings.simplefilter("ignore")
    logging.getLogger("absl").setLevel(logging.ERROR)  # Keras calls its older format old
    torch.set_num_threads(1)
    keras = importlib.import_module("keras")
    allow_nasnet(keras)
    bad = 0
    for name in chosen:
        start = time.monotonic()
        assert inspect.signature(getattr(torchkeras_compat.applications, name)).parameters.keys() == (
            inspect.signature(getattr(keras.applications, name)).parameters.keys()
        )
        try:
            with oracle.folder() as folder:
                for line in check(keras, name, folder, options.quick):
                    print(f"  {line}", flush=True)
            print(f"{name}: as Keras, {time.monotonic() - start:.0f} s", flush=True)
        except Exception:
            traceback.print_exc()
            print(f"{name}: DIFFERS", flush=True)
            bad += 1
    print(f"{len(chosen) - bad} of {len(chosen)} models are as in Keras")
    return bad


if __name__ == "__main__":
    sys.exit(main())
