"""The model as ``mlflow.pyfunc`` sees it: ``predict`` of an array, a DataFrame or a dict of arrays."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from torchkeras_compat.saving import load_model


def _load_pyfunc(path: str) -> PyfuncModel:
    """Return the model of a file; MLflow calls this."""
    return PyfuncModel(load_model(path, compile=False))


class PyfuncModel:
    """A model with the ``predict`` that MLflow expects.

    Args:
        model: Model of torchkeras_compat.
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def get_raw_model(self) -> Any:
        """Return the model itself."""
        return self.model

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        """Return what ``model.predict`` returns; for a DataFrame a DataFrame with its index, if that is a table.

        Args:
            data: Array; dict of arrays by the names of the inputs; DataFrame, whose columns are the features, or, where
                the model has several inputs, those inputs by name.
            params: ``{"batch_size": ...}``, if the signature has it.

        Raises:
            ValueError: ``params`` has another name.
        """
        unknown = sorted(set(params or {}) - {"batch_size"})
        if unknown:
            raise ValueError(f"`params` may have `batch_size`. Received: {', '.join(unknown)}")
        pandas = sys.modules.get("pandas")
        is_frame = pandas is not None and isinstance(data, pandas.DataFrame)
        inputs = self._of_frame(data) if is_frame else np.asarray(data) if isinstance(data, list) else data
        outputs = self.model.predict(inputs, verbose=0, **(params or {}))
        if is_frame and isinstance(outputs, np.ndarray) and outputs.ndim <= 2:
            return pandas.DataFrame(outputs, index=data.index)
        return outputs

    def _of_frame(self, frame: Any) -> Any:
        names = list(getattr(self.model, "input_names", None) or ())
        if len(names) > 1 and set(names) <= set(frame.columns):
            return {name: _column(frame[name]) for name in names}
        if len(frame.columns) == 1:
            return _column(frame.iloc[:, 0])
        return frame.to_numpy()


def _column(series: Any) -> np.ndarray:
    """Return a column of numbers as ``(rows, 1)``, of lists or arrays as ``(rows, ...)``."""
    values = np.stack([np.asarray(value) for value in series]) if series.dtype == object else series.to_numpy()
    return values[:, None] if values.ndim == 1 else values
