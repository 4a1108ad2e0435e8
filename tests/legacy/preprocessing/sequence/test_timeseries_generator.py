"""`TimeseriesGenerator`. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import json

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.preprocessing.sequence.timeseries_generator import (
    TimeseriesGenerator,
    timeseries_generator_from_json,
)


def plain(batch):
    return [part.tolist() for part in batch]


def test_every_setting_counts():
    windows = TimeseriesGenerator(
        *(np.arange(20).reshape(20, 1), np.arange(20) * 10),
        length=6,
        sampling_rate=2,
        stride=3,
        start_index=1,
        end_index=17,
        reverse=True,
        batch_size=2,
    )
    assert len(windows) == 2
    assert plain(windows[0]) == [[[[5], [3], [1]], [[8], [6], [4]]], [70, 100]]
    assert plain(windows[1]) == [[[[11], [9], [7]], [[14], [12], [10]]], [130, 160]]
    assert plain(windows[-1]) == plain(windows[1])
    assert [plain(batch) for batch in windows] == [plain(windows[0]), plain(windows[1])]


def test_random_windows_are_those_of_keras():
    np.random.seed(1)
    windows = TimeseriesGenerator(np.arange(10), np.arange(10), length=3, shuffle=True, batch_size=3)
    assert windows[0][0].tolist() == [[5, 6, 7], [3, 4, 5], [4, 5, 6]]
    assert windows[1][1].tolist() == [3, 4, 6]


def test_lists_and_several_targets():
    windows = TimeseriesGenerator([[1, 2], [3, 4], [5, 6]], [[0, 0], [1, 1], [2, 2]], length=1, batch_size=9)
    assert plain(windows[0]) == [[[[1, 2]], [[3, 4]]], [[1, 1], [2, 2]]]


def test_a_model_learns_from_it():
    series = np.arange(30, dtype="float32").reshape(30, 1) / 30
    windows = TimeseriesGenerator(series, series, length=4, batch_size=5)
    model = Sequential([layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(model.fit(windows, epochs=2, verbose=0).epoch) == 2
    assert model.predict(windows, verbose=0).shape == (26, 1)


def test_json():
    windows = TimeseriesGenerator(np.arange(10), list(range(10)), length=3, start_index=2, batch_size=4)
    content = json.loads(windows.to_json())
    assert content["class_name"] == "TimeseriesGenerator" and content["config"]["start_index"] == 5
    copy = timeseries_generator_from_json(windows.to_json())
    assert plain(copy[0]) == plain(windows[0]) and len(copy) == len(windows)
    with pytest.raises(TypeError, match="Data cannot be written as JSON"):
        TimeseriesGenerator([object()] * 3, [1, 2, 3], length=1).get_config()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"data": "[1"}, "not JSON"),
        ({"data": [1, 2]}, "no list as 'data'"),
        ({"length": "3"}, "length='3'"),
        ({"length": 10**12}, "starts before"),
        ({"start_index": 0}, "starts before"),
        ({"end_index": 10**12}, "end_index=1000000000000"),
        ({"batch_size": 10**12, "shuffle": True}, "batch_size"),
        ({"stride": 0}, "stride"),
        ({"targets": "[1]"}, "same length"),
        ({"more": 1}, "config with"),
    ],
)
def test_hostile_json_is_refused(settings, words):
    content = json.loads(TimeseriesGenerator(np.arange(10), np.arange(10), length=3).to_json())
    content["config"].update(settings)
    with pytest.raises(FileContentError, match=words):
        timeseries_generator_from_json(json.dumps(content))
    with pytest.raises(FileContentError, match="config with"):
        timeseries_generator_from_json("[]")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"length": 10}, "end_index=9"),
        ({"length": 0}, "length=0"),
        ({"length": 2, "stride": 0}, "stride=0"),
        ({"length": 2, "batch_size": 0}, "batch_size=0"),
        ({"length": 2, "sampling_rate": -1}, "sampling_rate=-1"),
    ],
)
def test_bad_arguments_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        TimeseriesGenerator(np.arange(10), np.arange(10), **settings)
    with pytest.raises(ValueError, match="10 steps and 3 targets"):
        TimeseriesGenerator(np.arange(10), np.arange(3), length=1)
    with pytest.raises(IndexError, match="index=1"):
        TimeseriesGenerator(np.arange(10), np.arange(10), length=2)[1]
