"""Windows over a series."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import torch

from torchkeras_compat.utils.timeseries import timeseries_dataset_from_array


@pytest.mark.parametrize("length", [1, 3])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("rate", [1, 3])
@pytest.mark.parametrize(("start", "end"), [(None, None), (2, None), (3, 17)])
@pytest.mark.parametrize("batch_size", [4, None])
def test_windows_are_what_slicing_gives(length, stride, rate, start, end, batch_size):
    data, targets = np.arange(20.0)[:, None], np.arange(20) * 10
    first, last = start or 0, 20 if end is None else end
    expected = [
        (data[i : i + length * rate : rate], targets[i])
        for i in range(first, last, stride)
        if i + (length - 1) * rate < last
    ]
    dataset = timeseries_dataset_from_array(
        data, targets, length, stride, rate, batch_size, start_index=start, end_index=end
    )
    elements = list(dataset)
    assert len(dataset) == len(elements) and dataset.is_batched == (batch_size is not None)
    x = torch.cat([x for x, _ in elements]) if batch_size else torch.stack([x for x, _ in elements])
    y = torch.cat([y for _, y in elements]) if batch_size else torch.stack([y for _, y in elements])
    np.testing.assert_array_equal(x, np.stack([window for window, _ in expected]))
    np.testing.assert_array_equal(y, [target for _, target in expected])
    assert (x.dtype, y.dtype) == (torch.float64, torch.int64)


def test_the_example_of_the_documentation():
    # Keras's documentation of this function: 99 steps, windows of 10 at rate 2 every 3 steps.
    windows = torch.cat(list(timeseries_dataset_from_array(np.arange(99), None, 10, 3, 2)))
    assert windows[0].tolist() == list(range(0, 20, 2)) and windows[-1].tolist() == list(range(78, 97, 2))


def test_windows_beyond_the_targets_are_left_out():
    series = np.arange(10)
    [(x, y)] = timeseries_dataset_from_array(series, series[3:], 3)
    assert len(x) == 7 and y.tolist() == list(range(3, 10))


def test_shuffled_windows_keep_their_targets():
    def passes(seed):
        data = timeseries_dataset_from_array(np.arange(50), np.arange(50) * 2, 3, batch_size=7, shuffle=True, seed=seed)
        for _ in range(2):
            x, y = (torch.cat(part) for part in zip(*data))
            assert torch.equal(x[:, 0] * 2, y) and sorted(x[:, 0].tolist()) == list(range(48))
            yield y.tolist()

    first, second = passes(5)
    assert first != second and [first, second] == list(passes(5))
    np.random.seed(0)
    drawn = next(passes(None))
    np.random.seed(0)
    assert drawn == next(passes(None))


@pytest.mark.parametrize("shuffle", [False, True])
def test_arrays_on_disk_give_the_same(tmp_path, shuffle):
    data = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
    mapped = np.memmap(tmp_path / "a", "float32", "w+", shape=data.shape)
    mapped[:] = data
    options = {"sampling_rate": 2, "batch_size": 8, "shuffle": shuffle, "seed": 1}
    expected = list(timeseries_dataset_from_array(torch.from_numpy(data), data[:, 0], 4, **options))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = data
        for source, targets in ((mapped, mapped[:, 0]), (file["x"], data[:, 0])):
            for (x, y), (x_expected, y_expected) in zip(
                timeseries_dataset_from_array(source, targets, 4, **options), expected, strict=True
            ):
                assert torch.equal(x, x_expected) and torch.equal(y, y_expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start_index": -1}, "`start_index` must be .* start_index=-1"),
        ({"start_index": 10}, "`start_index` must be .* start_index=10"),
        ({"end_index": 10}, "`end_index` must be .* end_index=10"),
        ({"start_index": 5, "end_index": 5}, "higher than `start_index`"),
        ({"sampling_rate": 0}, "`sampling_rate` must be .* sampling_rate=0"),
        ({"sequence_stride": 10}, "`sequence_stride` must be .* length 10"),
        ({"sequence_length": 0}, "Received: 0"),
        ({"sequence_length": 2.5}, "Received: 2.5"),
        ({"sequence_length": 11}, "spans 11 steps. Received 10 steps"),
        ({"targets": np.arange(2), "start_index": 4}, "and 2 targets, from index 4 on"),
        ({"batch_size": 0}, "Received: 0"),
        ({"format": "x"}, "`format` should be"),
        ({"data": np.float32(1)}, "Received a scalar"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        timeseries_dataset_from_array(**{"data": np.arange(10), "targets": None, "sequence_length": 3, **options})
