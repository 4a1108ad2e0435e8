"""Settings of the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from torchkeras_compat import config

PAIRS: list[tuple[Callable[[Any], None], Callable[[], Any], Any]] = [
    (config.set_floatx, config.floatx, "float64"),
    (config.set_epsilon, config.epsilon, 1e-3),
    (config.set_image_data_format, config.image_data_format, "channels_first"),
    (config.set_max_epochs, config.max_epochs, 3),
    (config.set_max_steps_per_epoch, config.max_steps_per_epoch, 4),
]


@pytest.fixture(autouse=True)
def settings_are_put_back() -> Iterator[None]:
    before = [read() for _, read, _ in PAIRS]
    yield
    for (write, _, _), value in zip(PAIRS, before, strict=True):
        write(value)


@pytest.mark.parametrize(("write", "read", "value"), PAIRS, ids=lambda part: getattr(part, "__name__", ""))
def test_what_is_set_is_read(write: Callable[[Any], None], read: Callable[[], Any], value: Any) -> None:
    assert read() != value
    write(value)
    assert read() == value


@pytest.mark.parametrize(
    ("write", "value", "message"),
    [
        (config.set_floatx, "flaot32", "Unknown `floatx` value: 'flaot32'.*Did you mean 'float32'"),
        (config.set_image_data_format, "channels", "must be one of.*Received: data_format='channels'"),
        (config.set_backend, "jax", "received backend='jax'. Use 'torch'"),
        (config.set_max_epochs, 0, "`max_epochs` must be a positive int or None. Received: 0"),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_a_value_that_is_not_one_is_refused(write: Callable[[Any], None], value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write(value)


def test_the_layout_is_written_in_any_case() -> None:
    config.set_image_data_format("Channels_First")
    assert config.standardize_data_format(None) == "channels_first"


def test_switches_say_what_was_switched_last() -> None:
    config.disable_interactive_logging()
    assert not config.is_interactive_logging_enabled()
    config.enable_interactive_logging()
    assert config.is_interactive_logging_enabled()
