"""The engine of everything that speaks Keras: this package, and Keras on each of its backends."""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..clock import seconds_of
from ..keras_models import build
from ..workloads import Workload


class Engine:
    """Models by ``fit`` and ``predict``.

    Args:
        variant: ``"ours"``, ``"ours-eager"`` (``run_eagerly``), ``"ours-compiled"`` (``jit_compile``), or the backend
            of Keras, which the environment of the process chooses.
    """

    def __init__(self, variant: str) -> None:
        self.variant = variant
        ours = variant.startswith("ours")
        importlib.import_module("torch" if ours else variant)
        start = time.perf_counter()
        self.keras: Any = importlib.import_module("torchkeras_compat" if ours else "keras")
        self.seconds_to_import = time.perf_counter() - start
        self.changes = {"ours-eager": {"run_eagerly": True}, "ours-compiled": {"jit_compile": True}}.get(variant, {})
        if ours:
            # submodules load on first use: here all that a training script names
            for name in ("layers", "losses", "metrics", "optimizers", "callbacks", "saving"):
                getattr(self.keras, name)
        elif self.keras.config.backend() != variant:
            raise RuntimeError(f"Keras runs on {self.keras.config.backend()!r}, but {variant!r} was asked for")

    def versions(self) -> str:
        torch = sys.modules.get("torch")
        on_gpu = torch is not None and torch.cuda.is_available()
        on = f" on {torch.cuda.get_device_name()}" if on_gpu else ""
        if self.variant.startswith("ours"):
            return f"torch {torch.__version__}{on}"
        return f"keras {self.keras.__version__}, {self.variant} {sys.modules[self.variant].__version__}{on}"

    def synchronize(self) -> None:
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.synchronize()

    def model(self, workload: Workload) -> Any:
        return build(self.keras, workload.key, **self.changes)

    def fitting(self, model: Any, workload: Workload, data: Any) -> Callable[[], float]:
        x, y = data

        def epoch() -> None:
            model.fit(x, y, batch_size=workload.batch, steps_per_epoch=workload.steps_per_epoch, epochs=1, verbose=0)

        return lambda: seconds_of(epoch, self.synchronize)

    def predicting(self, model: Any, workload: Workload) -> Callable[[np.ndarray], np.ndarray]:
        return lambda x: model.predict(x, batch_size=workload.batch, verbose=0)

    def everyday(self, workload: Workload) -> Callable[[], float]:
        from ..everyday import WEIGHTS, everyday_data

        callbacks = self.keras.callbacks
        top = self.keras.metrics.SparseTopKCategoricalAccuracy(2)
        wanted = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy", top]}
        model = build(self.keras, workload.key, **{**wanted, **self.changes})
        (x, y), test = everyday_data(workload)
        weights = {label: WEIGHTS.get(label, 1.0) for label in range(int(y.max()) + 1)}

        def epoch() -> None:
            watching = [callbacks.EarlyStopping(patience=9), callbacks.ReduceLROnPlateau(patience=9)]
            given = {"validation_data": test, "class_weight": weights, "callbacks": watching, "verbose": 0}
            model.fit(x, y, batch_size=workload.batch, **given)

        return lambda: seconds_of(epoch, self.synchronize)

    def save(self, model: Any, path: str) -> None:
        model.save(path)

    def load(self, path: str, workload: Workload) -> None:
        self.keras.saving.load_model(path)

    def augmenting(self, name: str, images: np.ndarray, arguments: dict[str, Any]) -> Callable[[], Any]:
        layer = getattr(self.keras.layers, name)(**arguments)
        given = self.keras.ops.convert_to_tensor(images)

        def transform() -> None:
            outputs = layer(given, training=True)
            with contextlib.suppress(AttributeError):
                outputs.block_until_ready()  # JAX computes behind our back

        return transform
