"""Sound in wav files, and sound at another rate."""

from __future__ import annotations

import math
import wave

import numpy as np
import torch

_ZERO_CROSSINGS = 6  # of the sinc on each side
_ROLLOFF = 0.99  # the cutoff, as a fraction of the lower Nyquist frequency


def read_wave(path: str, sampling_rate: int | None = None, length: int | None = None) -> torch.Tensor:
    """Return the sound in a wav file, shape ``(samples, channels)``, float32 in [-1, 1).

    Args:
        path: File with whole-number samples of 8, 16, 24 or 32 bits.
        sampling_rate: Samples a second of the result; None for those of the file.
        length: Samples of the result: longer ones are cut at the end, shorter ones filled with zeros. None for all.

    Raises:
        ValueError: the file is not a wav file of this kind.
    """
    try:
        with wave.open(path, "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            stretch = 1.0 if sampling_rate is None else rate / sampling_rate
            wanted = file.getnframes() if length is None else math.ceil(length * stretch) + 1
            raw = file.readframes(wanted if stretch == 1 else file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"The file {path} cannot be read as a wav file of whole numbers (PCM): {error}.") from error
    sound = torch.from_numpy(_samples(raw, width).reshape(-1, channels))
    if sampling_rate is not None and sampling_rate != rate:
        sound = resampled(sound, rate, sampling_rate)
    if length is not None:
        sound = torch.nn.functional.pad(sound[:length], (0, 0, 0, max(0, length - len(sound))))
    return sound


def resampled(sound: torch.Tensor, old_rate: int, new_rate: int) -> torch.Tensor:
    """Return a sound at another rate: what is above half the lower rate is filtered out.

    Args:
        sound: Shape ``(samples, channels)``.
        old_rate: Samples a second.
        new_rate: Samples a second of the result, whose length is ``ceil(samples * new_rate / old_rate)``.

    Example:
        >>> resampled(torch.ones(100, 1), 8000, 4000).shape
        torch.Size([50, 1])

    Source: band-limited interpolation with a Hann-windowed sinc, Smith and Gossett 1984.
    """
    divisor = math.gcd(old_rate, new_rate)
    old, new = old_rate // divisor, new_rate // divisor
    cutoff = min(old, new) * _ROLLOFF
    reach = math.ceil(_ZERO_CROSSINGS * old / cutoff)
    # One filter for each of the `new` phases; a phase starts again every `old` samples.
    places = torch.arange(-reach, reach + old, dtype=torch.float64, device="cpu")[None] / old
    phases = torch.arange(new, dtype=torch.float64, device="cpu")[:, None] / new
    times = ((places - phases) * cutoff).clamp(-_ZERO_CROSSINGS, _ZERO_CROSSINGS)
    filters = torch.sinc(times) * torch.cos(times * math.pi / _ZERO_CROSSINGS / 2) ** 2 * (cutoff / old)
    padded = torch.nn.functional.pad(sound.T[:, None].double(), (reach, reach + old))
    phased = torch.nn.functional.conv1d(padded, filters[:, None], stride=old)  # (channels, new, blocks)
    length = math.ceil(len(sound) * new / old)
    return phased.transpose(1, 2).reshape(sound.shape[1], -1)[:, :length].T.float().contiguous()


def _samples(raw: bytes, width: int) -> np.ndarray:
    if width == 1:
        return (np.frombuffer(raw, "u1").astype("float32") - 128) / 128
    if width == 3:
        parts = np.frombuffer(raw, "u1").reshape(-1, 3).astype("int32")
        whole = (parts[:, 0] << 8) | (parts[:, 1] << 16) | (parts[:, 2] << 24)
        return whole.astype("float32") / 2**31
    return np.frombuffer(raw, f"<i{width}").astype("float32") / 2 ** (8 * width - 1)
