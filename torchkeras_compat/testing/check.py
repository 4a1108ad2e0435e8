"""Checks: a name, what it promises, what to do when the promise is broken; and the runner that reports them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import torch

from torchkeras_compat.device import package_device
from torchkeras_compat.errors import PortabilityWarning, nearest


class CheckFailure(AssertionError):
    """A broken promise: what is wrong, what was received, what to do."""


class NotApplicable(Exception):
    """Raised inside a check that has nothing to check in this object; the text says why."""


class Subject(Protocol):
    """What is checked, ready to be made again."""

    kind: str
    name: str


@dataclass(frozen=True)
class Check:
    """One check of one kind of object.

    Args:
        kind: ``"layer"``, ``"loss"``, ...
        name: Its name in reports and in ``skip``.
        promise: The sentence that has to hold.
        remedy: What to do when it does not.
        body: Raises when it does not hold.
        draws: Whether it draws shapes and values with Hypothesis, and runs only when that is asked for.
    """

    kind: str
    name: str
    promise: str
    remedy: str
    body: Callable[[Any], None]
    draws: bool = False

    def run(self, subject: Subject) -> None:
        """Check ``subject``, on the CPU and with fixed random numbers.

        Raises:
            CheckFailure: the promise does not hold; what else was raised is its cause.
            NotApplicable: there is nothing to check.
        """
        head = f"{subject.kind} {subject.name}, check {self.name!r}"
        with torch.random.fork_rng(devices=[]), package_device("cpu"):
            torch.manual_seed(0)
            try:
                self.body(subject)
            except NotApplicable:
                raise
            except CheckFailure as failure:
                raise CheckFailure(f"{head}: {failure} {self.remedy}") from failure.__cause__
            except Exception as error:
                text = " ".join(str(error).split())
                raise CheckFailure(
                    f"{head}: {type(error).__name__} was raised. Promised: {self.promise} Received: {text:.400}"
                    f"{'' if text.endswith('.') else '.'} {self.remedy}"
                ) from error


# Kind of object -> its checks by name, in the order in which the files of the kinds define them.
CHECKS: dict[str, dict[str, Check]] = {}


def check(kind: str, remedy: str, *, draws: bool = False) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Make a function a check: its name is that of the check, the first line of its docstring the promise.

    Args:
        kind: Kind of the objects that it checks.
        remedy: What to do when the promise is broken, a sentence.
        draws: Whether it needs Hypothesis.
    """

    def decorate(body: Callable[[Any], None]) -> Callable[[Any], None]:
        promise = (body.__doc__ or "").strip().partition("\n")[0]
        checks = CHECKS.setdefault(kind, {})
        checks[body.__name__] = Check(kind, body.__name__, promise, remedy, body, draws)
        return body

    return decorate


def fail(wrong: str, received: object = None) -> NoReturn:
    """End a check: what is wrong, a sentence without its full stop, and what was received."""
    raise CheckFailure(f"{wrong}." + ("" if received is None else f" Received: {received}."))


@dataclass(frozen=True)
class Result:
    """What one check said of one object: ``outcome`` is ``"passed"``, ``"failed"`` or ``"skipped"``."""

    kind: str
    subject: str
    check: str
    outcome: str
    message: str = ""
    error: BaseException | None = None

    def __str__(self) -> str:
        return f"{self.outcome:8}{self.kind:13}{self.subject:24}{self.check}" + (
            f": {self.message}" if self.message else ""
        )


class Results(tuple[Result, ...]):
    """What all checks said.

    Example:
        >>> Results([Result("layer", "Dense", "build", "passed")]).failed
        ()
    """

    @property
    def failed(self) -> tuple[Result, ...]:
        """Those that failed."""
        return tuple(result for result in self if result.outcome == "failed")

    @property
    def skipped(self) -> tuple[Result, ...]:
        """Those that were left out, each with its reason."""
        return tuple(result for result in self if result.outcome == "skipped")

    def raise_failures(self) -> Results:
        """Return the results if nothing failed.

        Raises:
            CheckFailure: a check failed; the message holds those of all that did.
        """
        if not self.failed:
            return self
        messages = [result.message for result in self.failed]
        head = "" if len(messages) == 1 else f"{len(messages)} of {len(self)} checks failed.\n"
        raise CheckFailure(head + "\n".join(messages)) from self.failed[0].error

    def __str__(self) -> str:
        return "\n".join(map(str, self))


# Whether checks that draw shapes and values run where nobody says: the option `--torchkeras-hypothesis`.
_draws = False


def set_drawing(draws: bool) -> bool:
    """Set whether checks draw shapes and values where their ``hypothesis`` is None; return what was set before."""
    global _draws
    before, _draws = _draws, draws
    return before


def checks_of(kind: str, *, hypothesis: bool | None = None) -> Iterator[Check]:
    """Yield the checks of a kind, with ``hypothesis`` also those that draw shapes and values."""
    draws = _draws if hypothesis is None else hypothesis
    return (one for one in CHECKS[kind].values() if draws or not one.draws)


def reason_to_skip(one: Check, skip: Collection[str] | Mapping[str, str]) -> str | None:
    """Return why a check is to be left out, or None.

    Args:
        one: The check.
        skip: Names of checks, best with a reason each.

    Raises:
        ValueError: a name in ``skip`` is not that of a check of this kind.
    """
    for name in skip:
        if name not in CHECKS[one.kind]:
            raise ValueError(
                f"There is no check {name!r} of a {one.kind} to skip.{nearest(name, CHECKS[one.kind])} "
                f"The checks are {', '.join(CHECKS[one.kind])}."
            )
    if one.name not in skip:
        return None
    return skip[one.name] if isinstance(skip, Mapping) else "left out by `skip`"


def run_check(one: Check, subject: Subject, skip: Collection[str] | Mapping[str, str] = ()) -> Result:
    """Run one check and return what it said."""
    said = (one.kind, subject.name, one.name)
    reason = reason_to_skip(one, skip)
    if reason is not None:
        return Result(*said, "skipped", reason)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PortabilityWarning)  # Keras knows nothing of plugins
            one.run(subject)
    except NotApplicable as reason_given:
        return Result(*said, "skipped", str(reason_given))
    except CheckFailure as failure:
        return Result(*said, "failed", str(failure), failure)
    return Result(*said, "passed")


def run_checks(
    subject: Subject, skip: Collection[str] | Mapping[str, str] = (), *, hypothesis: bool | None = None
) -> Results:
    """Run all checks of the kind of ``subject``."""
    return Results(run_check(one, subject, skip) for one in checks_of(subject.kind, hypothesis=hypothesis))
