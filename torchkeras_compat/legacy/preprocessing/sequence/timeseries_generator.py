"""`TimeseriesGenerator`: windows of a series, each with the target that follows it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from torchkeras_compat.data.py_dataset import PyDataset
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import parsed_json

_SOURCE = "The JSON of the time series generator"


class TimeseriesGenerator(PyDataset):
    """Batches of windows of a series, and the targets of the step after each window.

    The window for the target at ``t`` holds the steps ``t - length, t - length + sampling_rate, ...`` before ``t``.

    Args:
        data: Shape ``(steps, ...)``, an array or list.
        targets: Shape ``(steps, ...)``, of the same length.
        length: Steps that a window spans.
        sampling_rate: Every which step of the span is in the window.
        stride: Steps between neighbouring windows.
        start_index: First step that windows may hold.
        end_index: Last step that is a target; None for the last of the series.
        shuffle: Whether windows are drawn at random, by NumPy's random numbers, instead of one after the other.
        reverse: Whether the steps in a window go backwards in time.
        batch_size: Windows a batch.

    Raises:
        ValueError: data and targets have different lengths, no target is left, or a number is below its least.

    Example:
        >>> windows = TimeseriesGenerator([10, 20, 30, 40, 50], [1, 2, 3, 4, 5], length=2, batch_size=2)
        >>> len(windows), [part.tolist() for part in windows[0]]
        (2, [[[10, 20], [20, 30]], [3, 4]])

    Source: Keras 2.15 API, preprocessing/sequence.
    """

    def __init__(
        self,
        data: Any,
        targets: Any,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
    ) -> None:
        super().__init__()
        if len(data) != len(targets):
            raise ValueError(
                f"Data and targets must have the same length. Received {len(data)} steps and {len(targets)} targets."
            )
        for name, value in (
            ("length", length),
            ("sampling_rate", sampling_rate),
            ("stride", stride),
            ("batch_size", batch_size),
        ):
            if value < 1:
                raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}")
        self.data = data
        self.targets = targets
        self.length = length
        self.sampling_rate = sampling_rate
        self.stride = stride
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"`start_index+length={self.start_index} > end_index={self.end_index}` is disallowed, as no step would "
                "be left to be a target. Use a shorter `length` or a longer series."
            )

    def __len__(self) -> int:
        steps = self.batch_size * self.stride
        return (self.end_index - self.start_index + steps) // steps

    def __getitem__(self, index: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Return the windows and targets of a batch.

        Args:
            index: Of the batch; negative ones count from the end.

        Returns:
            Arrays of shape ``(batch, ceil(length / sampling_rate), ...)`` and ``(batch, ...)``.

        Raises:
            IndexError: there are fewer batches.
        """
        if not -len(self) <= index < len(self):
            raise IndexError(f"There are {len(self)} batches of windows. Received: index={index}")
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            steps = self.batch_size * self.stride
            first = self.start_index + steps * (index % len(self))
            rows = np.arange(first, min(first + steps, self.end_index + 1), self.stride)
        samples = np.array([self.data[row - self.length : row : self.sampling_rate] for row in rows])
        targets = np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1, ...] if self.reverse else samples), targets

    def get_config(self) -> dict[str, Any]:
        """Return the settings, and the data and targets as JSON strings; ``start_index`` has ``length`` added to it.

        Raises:
            TypeError: the data or targets cannot be written as JSON.
        """
        return {
            "data": _as_json("Data", self.data),
            "targets": _as_json("Targets", self.targets),
            "length": self.length,
            "sampling_rate": self.sampling_rate,
            "stride": self.stride,
            "start_index": self.start_index,
            "end_index": self.end_index,
            "shuffle": self.shuffle,
            "reverse": self.reverse,
            "batch_size": self.batch_size,
        }

    def to_json(self, **kwargs: Any) -> str:
        """Return a JSON string, from which ``timeseries_generator_from_json`` makes the generator again.

        Args:
            kwargs: Arguments of ``json.dumps``.

        Raises:
            TypeError: the data or targets cannot be written as JSON.
        """
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def timeseries_generator_from_json(json_string: str) -> TimeseriesGenerator:
    """Return the generator that ``TimeseriesGenerator.to_json`` wrote, with data and targets as lists.

    What was written has ``length`` added to its ``start_index``, which is taken off again here. (Keras 2 leaves it, so
    that its copies begin ``length`` steps later.)

    Args:
        json_string: What ``to_json`` returned.

    Raises:
        FileContentError: it is not JSON, or not that of such a generator.
        FileLimitError: it is too long, or nested too deep.

    Example:
        >>> windows = TimeseriesGenerator([10, 20, 30], [1, 2, 3], length=2)
        >>> timeseries_generator_from_json(windows.to_json())[0][0].tolist()
        [[10, 20]]

    Source: Keras 2.3 API, preprocessing/sequence.
    """
    content = parsed_json(json_string, _SOURCE)
    config = dict(content["config"]) if isinstance(content, dict) and isinstance(content.get("config"), dict) else {}
    numbers = ("length", "sampling_rate", "stride", "start_index", "end_index", "batch_size")
    expected = {"data", "targets", "shuffle", "reverse", *numbers}
    if config.keys() != expected:
        raise FileContentError(
            f"{_SOURCE} must have a config with {sorted(expected)}. Received: {sorted(config)!r:.300}. Write it with "
            "`TimeseriesGenerator.to_json()`."
        )
    for name in numbers:
        if not isinstance(config[name], int) or isinstance(config[name], bool) or abs(config[name]) > 2**53:
            raise FileContentError(f"{_SOURCE} has {name}={config[name]!r:.100}, which is not a whole number of steps.")
    for name in ("data", "targets"):
        rows = parsed_json(config[name], _SOURCE) if isinstance(config[name], str) else None
        if not isinstance(rows, list):
            raise FileContentError(f"{_SOURCE} has no list as {name!r}. Received: {config[name]!r:.100}")
        config[name] = rows
    config["start_index"] -= config["length"]
    if config["start_index"] < 0:
        raise FileContentError(f"{_SOURCE} starts before its data: start_index={config['start_index']} is negative.")
    steps = len(config["data"])
    if config["end_index"] >= steps or (config["shuffle"] and config["batch_size"] > max(4096, steps)):
        raise FileContentError(
            f"{_SOURCE} has {steps} steps, which end_index={config['end_index']} or batch_size={config['batch_size']} "
            "goes beyond."
        )
    try:
        return TimeseriesGenerator(**config)
    except ValueError as error:
        raise FileContentError(f"{_SOURCE} describes no windows: {error}") from error


def _as_json(what: str, values: Any) -> str:
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    try:
        return json.dumps(plain)
    except TypeError as error:
        raise TypeError(
            f"{what} cannot be written as JSON: {error}. Pass an array or a list of numbers, and not "
            f"{type(values).__name__}."
        ) from error
