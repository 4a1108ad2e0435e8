"""Sounds in folders as a dataset."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.data.elements import stack
from torchkeras_compat.utils.folder_dataset import dataset_from_folder
from torchkeras_compat.utils.wave_files import read_wave


def audio_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    sampling_rate: int | None = None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Return the ``.wav`` files of a folder, one subfolder a class, as a dataset of batches.

    Args:
        directory: The folder, with wav files of 8, 16, 24 or 32 bits (PCM).
        labels: ``"inferred"`` from the subfolders; a list with an int for each file, in alphanumeric order of the
            paths; or None for sounds alone.
        label_mode: ``"int"`` for int32 labels of shape ``(batch,)``, ``"binary"`` for float32 of ``(batch, 1)``,
            ``"categorical"`` for one-hot float32 of ``(batch, classes)``, None for sounds alone.
        class_names: The subfolders in the order of their numbers; None for alphanumeric order.
        batch_size: Sounds a batch; None for single sounds.
        sampling_rate: Samples a second that all sounds are resampled to; None for those of the files.
        output_sequence_length: Samples that all sounds are cut or filled to; None to fill those of a batch to the
            longest of them.
        ragged: Must be False: torch's layers take no batches of sounds of different lengths.
        shuffle: Whether each pass has a new order. Else it is alphanumeric.
        seed: Repeats the orders and the split; None for one drawn from NumPy's random numbers.
        validation_split: Fraction of the files, the last ones after shuffling, that is for validation.
        subset: ``"training"``, ``"validation"``, or ``"both"`` for a tuple of the two.
        follow_links: Whether to look into folders that are links.
        verbose: Whether to print how many files and classes were found.

    Returns:
        A :class:`~torchkeras_compat.data.pipeline.Pipeline` with ``class_names`` and ``file_paths``. It yields float32
        sounds in [-1, 1) of shape ``(batch, samples, channels)``, with their labels if there are any.

    Raises:
        ValueError: an argument is not as above; no file is found, or more or fewer than labels; while reading, a file
            that is no such wav file, or files of one batch with different numbers of channels.
        FileNotFoundError: there is no such folder.

    Example:
        >>> import pathlib, tempfile, wave
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> for name in ("bark", "meow"):
        ...     (folder / name).mkdir()
        ...     with wave.open(str(folder / name / "1.wav"), "wb") as file:
        ...         file.setparams((1, 2, 8000, 0, "NONE", ""))
        ...         file.writeframes(bytes(200))
        >>> data = audio_dataset_from_directory(folder, output_sequence_length=80, verbose=False)
        >>> [tuple(sounds.shape) for sounds, labels in data]
        [(2, 80, 1)]

    Source: Keras API, utils/audio_dataset_from_directory.
    """
    if ragged and output_sequence_length is not None:
        raise ValueError("Cannot set both `ragged` and `output_sequence_length`. Leave `ragged` out.")
    if ragged:
        raise ValueError(
            "`ragged=True` is not supported: torch has no ragged batches that layers take. Give "
            "`output_sequence_length`, or leave both out: a batch is then filled with zeros to its longest sound."
        )
    if sampling_rate is not None:
        if isinstance(sampling_rate, bool) or not hasattr(sampling_rate, "__index__"):
            raise ValueError(f"`sampling_rate` should have an integer value. Received: sampling_rate={sampling_rate!r}")
        if sampling_rate <= 0:
            raise ValueError(f"`sampling_rate` should be higher than 0. Received: sampling_rate={sampling_rate}")
    length = output_sequence_length
    if length is not None and (not hasattr(length, "__index__") or length < 1):
        raise ValueError(f"`output_sequence_length` must be a positive int. Received: {length!r}")
    return dataset_from_folder(
        directory,
        functools.partial(read_wave, sampling_rate=sampling_rate, length=length),
        what="audio",
        suffixes=(".wav",),
        labels=labels,
        label_mode=label_mode,
        class_names=class_names,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        validation_split=validation_split,
        subset=subset,
        follow_links=follow_links,
        verbose=verbose,
        collate=stack if length is not None else _stack_filled,
    )


def _stack_filled(samples: list[Any]) -> Any:
    """A batch of sounds, filled with zeros to the longest one."""
    has_labels = isinstance(samples[0], tuple)
    sounds = [sample[0] for sample in samples] if has_labels else samples
    channels = {sound.shape[1] for sound in sounds}
    if len(channels) > 1:
        raise ValueError(f"Sounds of one batch must have one number of channels. Received: {sorted(channels)}")
    batch = torch.nn.utils.rnn.pad_sequence(sounds, batch_first=True)
    return (batch, stack([sample[1] for sample in samples])) if has_labels else batch
