"""Samples of wave files, and other rates."""

from __future__ import annotations

import wave

import numpy as np
import pytest
import torch

from torchkeras_compat.utils.wave_files import read_wave, resampled


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_samples_of_every_width(tmp_path, bits):
    whole = np.array([[-1.0, 0.5], [0.25, -0.125]]) * 2 ** (bits - 1)
    raw = (whole + 128).astype("u1") if bits == 8 else whole.astype("<i4")
    content = (
        raw.tobytes() if bits != 24 else b"".join(int(v).to_bytes(3, "little", signed=True) for v in whole.ravel())
    )
    content = whole.astype("<i2").tobytes() if bits == 16 else content
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((2, bits // 8, 8000, 0, "NONE", ""))
        file.writeframes(content)
    assert read_wave(str(tmp_path / "a.wav")).tolist() == [[-1.0, 0.5], [0.25, -0.125]]


@pytest.mark.parametrize(("old", "new"), [(8000, 4000), (8000, 16000), (44100, 16000)])
def test_resampling_keeps_a_tone(old, new):
    times = torch.arange(old // 10) / old
    tone = torch.sin(2 * torch.pi * 440 * times)[:, None]
    expected = torch.sin(2 * torch.pi * 440 * torch.arange(new // 10) / new)
    inner = slice(new // 100, -new // 100)  # the ends have no neighbours
    assert tuple(resampled(tone, old, new).shape) == (new // 10, 1)
    assert (resampled(tone, old, new)[:, 0] - expected)[inner].abs().max() < 0.01


def test_resampling_removes_what_the_new_rate_cannot_hold():
    times = torch.arange(8000) / 8000
    tone = torch.sin(2 * torch.pi * 3500 * times)[:, None]
    assert resampled(tone, 8000, 4000)[100:-100].abs().max() < 0.02
