"""``tf.summary``: values, images, sounds and texts for TensorBoard."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.event_files import check_tensorboard_is_installed, summary_writer
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, is_strings
from torchkeras_compat.dialects.tensorflow.io.gfile import local
from torchkeras_compat.user_warnings import warn_user

_LARGEST_STEP = 2**63 - 1


class SummaryWriter:
    """Writes event files of a directory; the default writer within its context.

    Args:
        logdir: The directory; None for a writer that writes nothing.
        filename_suffix: End of the names of files.
    """

    def __init__(self, logdir: Any, filename_suffix: str = "") -> None:
        self._writer: Any = None
        if logdir is not None:
            check_tensorboard_is_installed()
            self._writer = summary_writer(local(logdir))
            self._writer.filename_suffix = filename_suffix
        self._before: list[SummaryWriter | None] = []

    @contextlib.contextmanager
    def as_default(self, step: Any = None) -> Iterator[SummaryWriter]:
        """Return a context in which the functions of ``tf.summary`` write here.

        Args:
            step: Step of what is written; None for the one that is set.
        """
        before, step_before = _State.writer, _State.step
        _State.writer = self
        _State.step = step_before if step is None else step
        try:
            yield self
        finally:
            _State.writer, _State.step = before, step_before

    def set_as_default(self, step: Any = None) -> None:
        """Let the functions of ``tf.summary`` write here from now on."""
        _State.writer = self
        _State.step = _State.step if step is None else step

    def flush(self) -> None:
        """Let what was written be seen by readers."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Close the files."""
        if self._writer is not None:
            self._writer.close()

    init = flush

    def __enter__(self) -> SummaryWriter:
        self._before.append(_State.writer)
        _State.writer = self
        return self

    def __exit__(self, *exc_info: object) -> None:
        _State.writer = self._before.pop()
        self.flush()


class _State:
    """The default writer and step of the program."""

    writer: SummaryWriter | None = None
    step: Any = None
    condition: Any = True


def create_file_writer(
    logdir: Any,
    max_queue: int | None = None,
    flush_millis: int | None = None,
    filename_suffix: str | None = None,
    name: str | None = None,
    experimental_trackable: bool = False,
    experimental_mesh: Any = None,
) -> SummaryWriter:
    """Return a writer of event files.

    Args:
        logdir: The directory.
        max_queue: Nothing to decide.
        flush_millis: Nothing to decide.
        filename_suffix: End of the names of files; None for none.
        name: Nothing is named.
        experimental_trackable: Nothing to decide.
        experimental_mesh: Only None.

    Raises:
        ImportError: the package `tensorboard` is not installed.

    Source: TensorFlow API, summary/create_file_writer.
    """
    return SummaryWriter(logdir, filename_suffix or "")


def create_noop_writer() -> SummaryWriter:
    """Return a writer that writes nothing."""
    return SummaryWriter(None)


def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Write a number, and return whether there is a writer.

    Args:
        name: Name of the curve.
        data: The number.
        step: Step; None for the one that is set.
        description: Nothing to decide.

    Raises:
        ValueError: no step is given or set, or ``data`` is not one number.

    Source: TensorFlow API, summary/scalar.
    """
    value = np.asarray(absorbed_leaf(data).float())
    if value.size != 1:
        raise ValueError(f"Expected scalar shape for the data of summary {name!r}, and received {value.shape}.")
    return _write(name, step, lambda writer, at: writer.add_scalar(_tag(name), float(value.reshape(())), at))


def histogram(
    name: str, data: Any, step: Any = None, buckets: int | None = None, description: str | None = None
) -> bool:
    """Write the distribution of numbers, and return whether there is a writer.

    Args:
        name: Name.
        data: Numbers of any shape.
        step: Step; None for the one that is set.
        buckets: Number of bins; None for 30.
        description: Nothing to decide.

    Raises:
        ValueError: no step is given or set.
    """
    values = absorbed_leaf(data).double().reshape(-1).numpy()

    def write(writer: Any, at: int) -> None:
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
        edges = np.linspace(low, high if high > low else low + 1, (buckets or 30) + 1)
        writer.add_histogram(_tag(name), values, at, bins=edges)

    return _write(name, step, write)


def image(name: str, data: Any, step: Any = None, max_outputs: int = 3, description: str | None = None) -> bool:
    """Write images, and return whether there is a writer.

    Args:
        name: Name.
        data: Images of shape ``(images, height, width, channels)``, uint8, or floats in [0, 1].
        step: Step; None for the one that is set.
        max_outputs: Images that are written at most.
        description: Nothing to decide.

    Raises:
        ValueError: no step is given or set, or ``data`` has another shape.
    """
    pixels = absorbed_leaf(data)
    if pixels.ndim != 4 or pixels.shape[-1] not in (1, 2, 3, 4):
        raise ValueError(
            f"The data of image summary {name!r} must have shape (images, height, width, channels). Received shape "
            f"{tuple(pixels.shape)}."
        )
    pixels = pixels.float().clamp(0, 1) if pixels.is_floating_point() else pixels

    def write(writer: Any, at: int) -> None:
        for number, one in enumerate(pixels[:max_outputs]):
            tag = _tag(name) if len(pixels) == 1 else f"{_tag(name)}/{number}"
            shown = one[..., :1] if one.shape[-1] == 2 else one
            writer.add_image(tag, shown.numpy(), at, dataformats="HWC")

    return _write(name, step, write)


def audio(
    name: str,
    data: Any,
    sample_rate: int,
    step: Any = None,
    max_outputs: int = 3,
    encoding: str | None = None,
    description: str | None = None,
) -> bool:
    """Write sounds, and return whether there is a writer.

    Args:
        name: Name.
        data: Sounds of shape ``(sounds, samples, channels)`` in [-1, 1].
        sample_rate: Samples per second.
        step: Step; None for the one that is set.
        max_outputs: Sounds that are written at most.
        encoding: ``"wav"`` or None.
        description: Nothing to decide.

    Raises:
        ValueError: no step is given or set, or ``data`` has another shape.
    """
    waves = absorbed_leaf(data)
    if waves.ndim != 3 or encoding not in (None, "wav"):
        raise ValueError(
            f"The data of audio summary {name!r} must have shape (sounds, samples, channels), and `encoding` must be "
            f"'wav'. Received shape {tuple(waves.shape)}, encoding={encoding!r}"
        )

    def write(writer: Any, at: int) -> None:
        for number, one in enumerate(waves[:max_outputs]):
            tag = _tag(name) if len(waves) == 1 else f"{_tag(name)}/{number}"
            writer.add_audio(tag, one.mean(-1)[None], at, sample_rate=int(sample_rate))

    return _write(name, step, write)


def text(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Write texts, and return whether there is a writer.

    Args:
        name: Name.
        data: Strings.
        step: Step; None for the one that is set.
        description: Nothing to decide.

    Raises:
        ValueError: no step is given or set.
        TypeError: ``data`` is not text.
    """
    strings = absorbed_leaf(data)
    if not is_strings(strings):
        raise TypeError(f"The data of text summary {name!r} must be strings. Received dtype {strings.dtype}.")
    lines = [one.decode(errors="replace") for one in np.atleast_1d(strings).reshape(-1).tolist()]
    return _write(name, step, lambda writer, at: writer.add_text(_tag(name), "\n\n".join(lines), at))


def graph(graph_data: Any) -> bool:
    """Warn that there is no graph to write, and return False."""
    warn_user(
        "There is no TensorFlow graph to write. `keras.callbacks.TensorBoard(write_graph=True)` writes that of a model."
    )
    return False


def trace_on(graph: bool = True, profiler: bool = False, profiler_outdir: Any = None) -> None:
    """Warn that graphs are not traced: use :mod:`tf.profiler.experimental` for what runs."""
    warn_user("Graphs are not traced here. `tf.profiler.experimental.start(logdir)` and `stop()` trace what runs.")


def trace_export(name: str, step: Any = None, profiler_outdir: Any = None) -> None:
    """Do nothing, as :func:`trace_on` said."""


def trace_off() -> None:
    """Do nothing, as :func:`trace_on` said."""


def flush(writer: SummaryWriter | None = None, name: str | None = None) -> None:
    """Let what was written be seen by readers.

    Args:
        writer: The writer; None for the default one.
        name: Nothing is named.
    """
    chosen = writer or _State.writer
    if chosen is not None:
        chosen.flush()


def should_record_summaries() -> bool:
    """Return whether the functions of ``tf.summary`` write something now."""
    condition = _State.condition() if callable(_State.condition) else _State.condition
    return _State.writer is not None and bool(condition)


@contextlib.contextmanager
def record_if(condition: bool | Callable[[], bool]) -> Iterator[None]:
    """Return a context in which something is written only if a condition holds.

    Args:
        condition: True or False, or a function that returns one of them.
    """
    before = _State.condition
    _State.condition = condition
    try:
        yield
    finally:
        _State.condition = before


def set_step(step: Any) -> None:
    """Set the step of what is written without one: ``tf.summary.experimental.set_step``.

    Args:
        step: A number, or a variable whose value counts when something is written.
    """
    _State.step = step


def get_step() -> Any:
    """Return the step that is set, or None."""
    return _State.step


def _write(name: str, step: Any, function: Callable[[Any, int], None]) -> bool:
    if not should_record_summaries():
        return False
    at = _State.step if step is None else step
    if at is None:
        raise ValueError(
            f"No step set for summary {name!r}. Give `step=`, or call `tf.summary.experimental.set_step(step)` before."
        )
    writer = _State.writer._writer if _State.writer is not None else None
    if writer is not None:
        function(writer, min(int(at), _LARGEST_STEP))
    return True


def _tag(name: str) -> str:
    return str(name)
