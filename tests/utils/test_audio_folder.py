"""Batches of sounds from a folder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.utils.files import write_text, write_wave
from torchkeras_compat import utils


@pytest.fixture
def sounds(tmp_path):
    for i in range(4):
        (tmp_path / "xy"[i % 2]).mkdir(exist_ok=True)
        write_wave(tmp_path / "xy"[i % 2] / f"{i}.wav", np.arange(10 + 3 * i) * 1000)
    return tmp_path


def test_batches_of_sounds(sounds):
    options = {"shuffle": False, "verbose": False}
    [(x, y)] = utils.audio_dataset_from_directory(sounds, **options)
    assert (tuple(x.shape), x.dtype, y.tolist()) == ((4, 19, 1), torch.float32, [0, 0, 1, 1])
    torch.testing.assert_close(x[0, :, 0] * 32768, torch.cat([torch.arange(10) * 1000.0, torch.zeros(9)]))
    assert [tuple(x.shape) for x, _ in utils.audio_dataset_from_directory(sounds, batch_size=2, **options)] == [
        (2, 16, 1),
        (2, 19, 1),
    ]
    [x] = utils.audio_dataset_from_directory(sounds, output_sequence_length=12, label_mode=None, **options)
    assert tuple(x.shape) == (4, 12, 1) and x[0, 10:].abs().sum() == 0 and x[1, 11] == 11000 / 32768
    lone = utils.audio_dataset_from_directory(sounds, batch_size=None, label_mode=None, sampling_rate=4000, **options)
    assert [tuple(sound.shape) for sound in lone] == [(5, 1), (8, 1), (7, 1), (10, 1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ragged": True, "output_sequence_length": 3}, "Cannot set both"),
        ({"ragged": True}, "`ragged=True` is not supported"),
        ({"sampling_rate": -1}, "should be higher than 0. Received: sampling_rate=-1"),
        ({"sampling_rate": 1.5}, "should have an integer value. Received: sampling_rate=1.5"),
        ({"output_sequence_length": 0}, "Received: 0"),
    ],
)
def test_sounds_are_refused(sounds, options, message):
    with pytest.raises(ValueError, match=message):
        utils.audio_dataset_from_directory(sounds, **options)


def test_files_that_are_not_sounds_are_named(sounds):
    write_wave(sounds / "x" / "stereo.wav", np.arange(10), channels=2)
    with pytest.raises(ValueError, match=r"one number of channels. Received: \[1, 2\]"):
        list(utils.audio_dataset_from_directory(sounds, verbose=False))
    write_text(sounds / "x" / "bad.wav", "not a sound")
    with pytest.raises(ValueError, match=r"x/bad.wav cannot be read as a wav file"):
        list(utils.audio_dataset_from_directory(sounds, verbose=False))
