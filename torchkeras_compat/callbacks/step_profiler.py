"""A profile of some training steps, for TensorBoard."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.user_warnings import warn_user


class StepProfiler:
    """Runs ``torch.profiler`` from step ``first`` to step ``last`` and writes the trace into a folder.

    Args:
        batches: One step, or the first and the last, counted from 1 over the epochs; also as text, ``"2,4"``. 0 for
            none.

    Raises:
        ValueError: ``batches`` is something else.

    Example:
        >>> profiler = StepProfiler((2, 4))
        >>> profiler.first, profiler.last
        (2, 4)
    """

    def __init__(self, batches: int | str | tuple[int, int]) -> None:
        self.first, self.last = _range(batches)
        self._profile: Any = None
        self._mark: Any = None
        self._is_done = False

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to profile."""
        return self.last > 0

    def begin_training(self) -> None:
        """Start again; a profile that an error left running is thrown away."""
        self.let_go()
        self._is_done = False

    def begin_step(self, step: int, folder: str) -> None:
        """Start the profiler if ``step`` is the first one, and mark the step in the trace."""
        if step == self.first:
            self._start(folder)
        if self._profile is not None:
            self._mark = torch.profiler.record_function(f"ProfilerStep#{step}")  # the name that viewers look for
            self._mark.__enter__()

    def _start(self, folder: str) -> None:
        profile = torch.profiler.profile(on_trace_ready=torch.profiler.tensorboard_trace_handler(folder))
        try:
            profile.start()
        except RuntimeError as error:  # another one is running
            warn_user(f"TensorBoard writes no profile: the profiler did not start. {error}")
            return
        self._profile = profile

    def end_step(self, step: int) -> None:
        """Stop the profiler if ``step`` is the last one."""
        if self._profile is None:
            return
        self._end_mark()
        if step >= self.last:
            self._stop()

    def let_go(self) -> None:
        """Stop without a trace, where an error ended the training run."""
        if self._profile is not None:
            self._profile.on_trace_ready = None
            self._stop()

    def end_training(self, step: int) -> None:
        """Stop; say so if the training run was too short for a profile."""
        if self._profile is not None:
            self._stop()
        elif self.is_wanted and not self._is_done and step < self.first:
            warn_user(
                f"TensorBoard wrote no profile: `profile_batch` begins with step {self.first}, and training ended after"
                f" {step} steps."
            )

    def _end_mark(self) -> None:
        mark, self._mark = self._mark, None
        if mark is not None:
            mark.__exit__(None, None, None)

    def _stop(self) -> None:
        self._end_mark()
        profile, self._profile, self._is_done = self._profile, None, True
        profile.stop()


def _range(batches: Any) -> tuple[int, int]:
    given = batches
    if isinstance(batches, str):
        parts = batches.split(",")
        batches = [int(part) for part in parts] if all(part.strip().isdecimal() for part in parts) else None
        batches = batches[0] if batches and len(batches) == 1 else batches
    if isinstance(batches, int) and not isinstance(batches, bool):
        batches = (batches, batches)
    if (
        not isinstance(batches, (tuple, list))
        or len(batches) != 2
        or not all(isinstance(b, int) and not isinstance(b, bool) for b in batches)
        or not (0 < batches[0] <= batches[1] or tuple(batches) == (0, 0))
    ):
        raise ValueError(
            "profile_batch must be a non-negative integer or 2-tuple of positive integers, the first and the last step "
            f"to profile. Received: profile_batch={given!r}"
        )
    return batches[0], batches[1]
