"""What is recorded for gradients."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.recording import RECORDING, Recording, differentiated_by_the_core


def test_the_outermost_opening_begins_an_epoch() -> None:
    recording = Recording()
    recording.open()
    recording.open()
    assert (recording.depth, recording.epoch) == (2, 1)
    recording.close()
    recording.close()
    recording.open()
    assert (recording.depth, recording.epoch) == (1, 2)


def test_what_the_core_differentiates_is_recorded() -> None:
    depth = RECORDING.depth
    with pytest.raises(ZeroDivisionError), differentiated_by_the_core():
        assert RECORDING.depth == depth + 1
        raise ZeroDivisionError
    assert RECORDING.depth == depth
