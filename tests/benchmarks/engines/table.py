"""The engines that are compared: what each needs, and which environments have it. Imports none of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Engine:
    """What trains a model.

    Attributes:
        title: What the tables call it.
        module: Module in this package whose ``Engine`` runs in the engine's process.
        variant: What that class is given.
        needs: Modules that the environment must have.
        environment: Variables of its process.
    """

    title: str
    module: str
    variant: str
    needs: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


BASE = "torch"  # what the others are divided by
# Nothing that an earlier run compiled comes from the disk, or compiling would look cheap.
_COMPILED = {"TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1", "TORCHINDUCTOR_FX_GRAPH_CACHE": "0"}
ENGINES = {
    "torch": Engine("plain loop, loss of logits", "plain_loop", "logits", ("torch",)),
    "torch-softmax": Engine("plain loop, loss of probabilities", "plain_loop", "probabilities", ("torch",)),
    "ours": Engine("torchkeras_compat", "keras_api", "ours", ("torch",)),
    "keras-torch": Engine(
        "Keras on torch", "keras_api", "torch", ("keras", "torch"), {"KERAS_BACKEND": "torch", "TORCHKERAS_SHADOW": "0"}
    ),
    "keras-jax": Engine("Keras on JAX", "keras_api", "jax", ("keras", "jax"), {"KERAS_BACKEND": "jax"}),
    "keras-tensorflow": Engine(
        "Keras on TensorFlow",
        "keras_api",
        "tensorflow",
        ("keras", "tensorflow"),
        {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
    ),
    "lightning": Engine("Lightning", "lightning_trainer", "", ("torch", "lightning")),
    "torch-compiled": Engine("plain loop, compiled", "plain_loop", "compiled", ("torch",), _COMPILED),
    "ours-eager": Engine("torchkeras_compat, `run_eagerly`", "keras_api", "ours-eager", ("torch",)),
    "ours-compiled": Engine("torchkeras_compat, `jit_compile`", "keras_api", "ours-compiled", ("torch",), _COMPILED),
}
# Those of every table; the rest takes part where compiling is the subject.
MAIN = ("torch", "torch-softmax", "ours", "keras-torch", "keras-jax", "keras-tensorflow", "lightning")


def parse_python(text: str) -> tuple[str, str]:
    """Split ``ENGINE=PYTHON``; ``jax`` and ``tensorflow`` are short for Keras on them."""
    name, _, python = text.partition("=")
    name = name if name in ENGINES else f"keras-{name}"
    if name not in ENGINES or not python:
        raise ValueError(f"expected ENGINE=PYTHON with one of {', '.join(ENGINES)}, received {text!r}")
    return name, os.path.abspath(python)


def available(names: Iterable[str], pythons: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the interpreter of each engine that can run, and of each other one why it cannot."""
    found, missing = {}, {}
    for name in names:
        python = pythons.get(name, sys.executable)
        lacking = _lacking(python, ENGINES[name].needs)
        if lacking:
            missing[name] = lacking
        else:
            found[name] = python
    return found, missing


def _lacking(python: str, needs: tuple[str, ...]) -> str:
    code = "import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n) is None])"
    try:
        done = subprocess.run([python, "-c", code, *needs], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"{python} does not run: {error}"
    lacking = ", ".join(done.stdout.split())
    return f"{lacking} is not installed in its environment" if lacking else ""
