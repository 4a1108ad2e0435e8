"""A step that runs as one function of tensors once it has been recorded, and as it is where it cannot be."""

from __future__ import annotations

import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.utils import _pytree as pytree
from torch.utils._device import DeviceContext

from torchkeras_compat.training.tracing.surroundings import Surroundings, why_not
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.training.tracing.captured_step import CapturedStep
    from torchkeras_compat.training.tracing.foreign_code import ForeignCode
    from torchkeras_compat.training.tracing.program import Program
    from torchkeras_compat.training.tracing.python_state import PythonState
    from torchkeras_compat.training.tracing.source import Function

_log = logging.getLogger(__name__)
# Recording a step and making the function costs what 10 to 70 runs of it save (0.2 ms an operation).
_STEPS_TO_PAY = 100
_EAGER_STEPS = 3
# Of sequences of many lengths, say: what is kept for each form is small, a function less so, and a graph has memory.
_MOST_FORMS, _MOST_FUNCTIONS, _MOST_CAPTURED = 1000, 64, 8
_MOST_FAILURES = 3
_UNKNOWN = "unknown"


class _Form:
    """Batches of one form: how many there were, and what stands for the step on them.

    Attributes:
        checks: The last :meth:`TracedStep.begin` after which it was looked at.
        count: How many batches there were since the last change of the surroundings.
        failures: How often recording was in vain.
        recording: The last recording, with which the next one has to agree; None if there is none.
        function: The function made of the last recordings that agreed.
        keys: What its results are for.
        run: The function, while it stands for the step.
        captured: The function and what follows it, captured; None where it is not.
        surroundings: What it relies on.
        python: What code of the user in it can look at; None where there is none.
    """

    __slots__ = (
        *("captured", "checks", "count", "failures", "function", "keys", "python", "recording", "run", "surroundings"),
    )

    def __init__(self) -> None:
        self.checks = -1
        self.count = 0
        self.failures = 0
        self.recording: Program | None = None
        self.function: Function | None = None
        self.keys: list[Any] = []
        self.run: Callable[..., tuple[torch.Tensor, ...]] | None = None
        self.captured: CapturedStep | None = None
        self.surroundings: Surroundings | None = None
        self.python: PythonState | None = None


class TracedStep(ABC):
    """Runs a step on batches: as it is at first, and where that pays, as one recorded function of tensors.

    The step is recorded twice while it runs on batches of one form (shapes, strides, dtypes), below autograd. If both
    recordings are the same operations on the same tensors with the same numbers, later batches of that form run
    through one generated function, which computes the same bits. What a recording cannot hold makes the step run as it
    is, for good: numbers read from tensors, hooks, code of the user that looks at what nobody can follow.

    Args:
        model: The model.

    Attributes:
        refusal: Why the step runs as it is; None if nothing speaks against recording it.
        not_captured: Why recordings are not captured in CUDA graphs; None if nothing spoke against it so far.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.refusal: str | None = None
        self._steps_to_come: int | None = None
        self._is_guarded = True
        self.not_captured: str | None = None
        self._checks = 0
        self._count = 0  # of all batches so far
        self._is_observed = False  # by a mode of torch that somebody has opened around the steps
        self._functions = 0  # made so far
        self._waiting: _Form | None = None
        self._forms: dict[Any, _Form] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Return the state of a new one: a copy has other tensors, and records again."""
        return {
            **self.__dict__,
            "refusal": None,
            "_steps_to_come": None,
            "_is_guarded": True,
            "not_captured": None,
            "_waiting": None,
            "_functions": 0,
            "_forms": {},
        }

    # -- what the step is ------------------------------------------------------------------------------------------

    @abstractmethod
    def run(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """Run the step as it is."""

    @abstractmethod
    def why_not(self) -> str | None:
        """Return why this step cannot be recorded; None if it can."""

    def why_not_with(self, tensors: Sequence[torch.Tensor]) -> str | None:
        """Return why a recording that reads or writes tensors from outside of it cannot stand for the step.

        Args:
            tensors: Weights, states, and whatever else was there before.
        """
        return None

    def may_run(self) -> bool:
        """Return whether the step is to do now what it is there for."""
        return True

    @abstractmethod
    def settings(self) -> list[Any]:
        """Return the objects whose plain attributes the step reads, apart from layers."""

    @abstractmethod
    def compute(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """Run the part that is recorded; return what :meth:`finish` takes."""

    @abstractmethod
    def results(self, computed: Any) -> dict[Any, torch.Tensor]:
        """Return the tensors that the recorded part leaves."""

    @abstractmethod
    def put_back(self, keys: Sequence[Any], tensors: Sequence[torch.Tensor]) -> Any:
        """Put what a run of the recorded part left where the step leaves it; return what :meth:`finish` takes.

        Args:
            keys: Those of :meth:`results`.
            tensors: A tensor for each of them.
        """

    @abstractmethod
    def finish(self, computed: Any, x: Any, y: Any, sample_weight: Any, is_updated: bool = False) -> Any:
        """Run the rest of the step, and return what it returns.

        Args:
            computed: What the recorded part gave.
            x: The batch.
            y: The batch.
            sample_weight: The batch.
            is_updated: Whether a captured graph has updated the weights already.
        """

    @property
    def compiles(self) -> bool:
        """Whether recordings are compiled, however few steps may be to come."""
        return False

    def function(self, form: Any) -> Callable[..., tuple[torch.Tensor, ...]]:
        """Return what runs a recording."""
        run: Callable[..., tuple[torch.Tensor, ...]] = form.function.run
        return run

    def capture(self, form: Any, inputs: Sequence[torch.Tensor]) -> CapturedStep | None:
        """Return the recorded step, captured; None where it runs uncaptured."""
        return None

    # -- running ---------------------------------------------------------------------------------------------------

    def __call__(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """Run the step on one batch."""
        if self.refusal is None and not (self._is_observed or (self._is_guarded and _is_observed())):
            if type(x) is torch.Tensor and type(y) is torch.Tensor and sample_weight is None:
                inputs: Sequence[Any] = (x, y)
                key: Any = (
                    *(x.shape, y.shape, x.dtype, y.dtype, x.stride(), y.stride(), x.device, y.device),
                    *(x.requires_grad, y.requires_grad, x.data_ptr() == y.data_ptr(), torch.is_grad_enabled()),
                )
            else:
                key, inputs = _form_and_tensors((x, y, sample_weight))
                places = [t.data_ptr() for t in inputs]
                key = (*key, *map(places.index, places), torch.is_grad_enabled())
            form = self._forms.get(key)
            if any(t.__dict__ for t in inputs):
                pass  # a mask, say, which code may look for
            elif form is not None and form.run is not None:
                holds = (form.checks == self._checks and not self._is_guarded) or self._holds(form)
                if holds and (form.python is None or form.python.is_free_of(inputs)):
                    return self._replay(form, inputs, x, y, sample_weight)
            elif self._is_time(key, form):
                return self._record(self._forms[key], inputs, x, y, sample_weight)
        self.flush()
        return self.run(x, y, sample_weight)

    def _replay(self, form: _Form, inputs: Sequence[torch.Tensor], x: Any, y: Any, sample_weight: Any) -> Any:
        """Run the recorded step on a batch."""
        if form is not self._waiting and self._waiting is not None:
            self.flush()
        was_enabled = torch.is_grad_enabled()
        torch._C._set_grad_enabled(False)
        form.count += 1
        self._count += 1
        try:
            if form.captured is not None:
                return self._launch(form, form.captured, inputs, x, y, sample_weight)
            results = form.run(*inputs)  # type: ignore[misc]
        except Exception:
            torch._C._set_grad_enabled(was_enabled)
            self.run(x, y, sample_weight)  # which says what is wrong with the batch
            raise
        finally:
            torch._C._set_grad_enabled(was_enabled)
        return self.finish(self.put_back(form.keys, results), x, y, sample_weight)

    def _launch(
        self, form: _Form, captured: CapturedStep, inputs: Sequence[torch.Tensor], x: Any, y: Any, sample_weight: Any
    ) -> Any:
        """Run the captured step on a batch, or let the batch wait for the others of its graph."""
        # Loaded when there is one: 10 ms.
        from torchkeras_compat.training.tracing.captured_step import CannotCapture

        self._waiting = form
        try:
            results = captured(inputs)
        except CannotCapture as error:
            self.flush()
            self.stop_capturing(str(error).partition("\n")[0])
            return None
        if results is None:
            return None
        self._waiting = None
        return self.finish(self.put_back(form.keys, results), x, y, sample_weight, is_updated=True)

    def flush(self) -> None:
        """Run the steps on batches that wait for the rest of their graph: before somebody looks at what they change."""
        form, self._waiting = self._waiting, None
        if form is None or form.captured is None or form.run is None:
            return
        for inputs in form.captured.pending():
            with torch.set_grad_enabled(False):
                results = form.run(*inputs)
            self.finish(self.put_back(form.keys, results), None, None, None)

    def stop_capturing(self, reason: str) -> None:
        """Run recordings uncaptured from now on."""
        self.not_captured = reason
        _log.debug("%s is not captured: %s", type(self).__name__, reason)
        if self.model.jit_compile:
            warn_user(
                f"jit_compile=True: steps are not captured in CUDA graphs, because {reason}. They run uncaptured."
            )
        for form in self._forms.values():
            form.captured = None

    def begin(self, steps: int | None, is_guarded: bool) -> None:
        """Let each recording look, when it is used next, whether what it relies on still holds.

        Args:
            steps: How many steps the loop is about to run; None if nobody knows.
            is_guarded: Whether code of others runs between the steps, so that it has to look before each of them.
        """
        self.flush()
        self._steps_to_come, self._is_guarded = steps, is_guarded
        self._checks += 1
        self._is_observed = _is_observed()

    def end(self) -> None:
        """Run the steps that wait; from now on anything may run between the steps."""
        self.flush()
        self._steps_to_come, self._is_guarded = None, True

    def _holds(self, form: _Form) -> bool:
        assert form.surroundings is not None
        if form.surroundings.hold() and (form.python is None or form.python.hold()):
            form.checks = self._checks
            return True
        form.failures += form.count < 2 * _STEPS_TO_PAY
        form.run = form.function = form.recording = form.surroundings = form.captured = form.python = None
        form.count = 0
        return False

    def _is_time(self, key: Any, form: _Form | None) -> bool:
        """Count a batch, and return whether to record the step on it."""
        if form is None:
            if len(self._forms) >= _MOST_FORMS:
                return False
            form = self._forms[key] = _Form()
            if _UNKNOWN in key:
                self.refusal = "the batches hold other things than tensors"
        form.count += 1
        self._count += 1
        if form.failures >= _MOST_FAILURES or self._functions >= _MOST_FUNCTIONS:
            return False
        if form.recording is not None:
            return True
        share = (self._steps_to_come or 0) * form.count / self._count  # of the steps to come, that of this form
        enough = _EAGER_STEPS if self.compiles or share >= _STEPS_TO_PAY else _STEPS_TO_PAY // 2
        return form.count > enough

    def _record(self, form: _Form, inputs: Sequence[torch.Tensor], x: Any, y: Any, sample_weight: Any) -> Any:
        """Run the step on a batch while it is recorded."""
        # Short runs of `fit` record nothing: 5 ms.
        from torchkeras_compat.training.tracing.foreign_code import ForeignCode

        # Likewise, 5 ms.
        from torchkeras_compat.training.tracing.recorder import Recorder

        self.refusal = self.why_not() or why_not(self.model.modules(), self.compiles)
        if self.refusal is not None or any(t.requires_grad or t.is_complex() for t in inputs) or not self.may_run():
            form.failures += 1
            return self.run(x, y, sample_weight)
        before = Surroundings(self.model, self.settings(), (), self.compiles)
        # Watching calls doubles the time; the second recording has to be the same as the first one, that is enough.
        is_first = form.recording is None
        foreign, recorder = ForeignCode(), Recorder(inputs, is_watching=is_first)
        with foreign if is_first else contextlib.nullcontext(), recorder:
            computed = self.compute(x, y, sample_weight)
        program = recorder.program(self.results(computed))
        seen = foreign.reason or (_look_at(form, foreign, inputs) if is_first else None)
        reason = seen or recorder.refusal
        if reason is None and not (before.hold() and (form.python is None or form.python.hold())):
            reason = "what the code of the step looks at changes from step to step"
        if foreign.is_blind:
            form.failures += 1
            form.recording = None
        elif program is None or reason is not None:
            self._fail(form, reason or "", is_final=seen is not None)
        else:
            self._compare(form, program, inputs)
        return self.finish(computed, x, y, sample_weight)

    def _compare(self, form: _Form, program: Program, inputs: Sequence[torch.Tensor]) -> None:
        """Keep a first recording; use a second one that agrees with it."""
        if form.recording is not None:
            difference = form.recording.difference(program)
            if difference is None:
                self._use(form, program, inputs)
                return
            self._fail(form, f"two runs of the step differ: {difference}")
        form.recording = program

    def _use(self, form: _Form, program: Program, inputs: Sequence[torch.Tensor]) -> None:
        """Let a program stand for the step from now on."""
        # Short runs of `fit` make no functions: 5 ms.
        from torchkeras_compat.training.tracing.source import Function

        tensors = [v.tensor for v in program.outside() if v.tensor is not None]
        modules = [] if form.python is None else form.python.modules
        form.surroundings = Surroundings(self.model, self.settings(), tensors, self.compiles, modules)
        reason = why_not(form.surroundings.modules, self.compiles) or self.why_not_with(tensors)
        if reason is not None:
            self._fail(form, reason, is_final=True)
            return
        form.recording = program
        form.keys = list(program.results)
        if form.function is None or form.function.program.difference(program):
            form.function = Function(program, form.keys)
            self._functions += 1
        form.run = self.function(form)
        _log.debug("%s runs a recording of %d operations", type(self).__name__, len(program.ops))
        captured = sum(other.captured is not None for other in self._forms.values())
        if self.not_captured is None and captured < _MOST_CAPTURED:
            form.captured = self.capture(form, inputs)

    def _fail(self, form: _Form, reason: str, is_final: bool = False) -> None:
        form.recording = None
        form.failures += 1
        if is_final or form.failures >= _MOST_FAILURES:
            self.refusal = reason
            _log.debug("%s runs as it is: %s", type(self).__name__, reason)


def _look_at(form: _Form, foreign: ForeignCode, inputs: Sequence[torch.Tensor]) -> str | None:
    """Note what code of the user in the step can look at; return why that is unknown, None if it is known."""
    form.python = None
    if not foreign.code or foreign.reason is not None:
        return None
    # For steps with such code only: 2 ms.
    from torchkeras_compat.training.tracing.python_state import PythonState

    try:
        form.python = PythonState(foreign, inputs)
    except Exception as error:  # of objects that do not let themselves be looked at
        return f"what code of yours looks at cannot be followed: {type(error).__name__}: {error}"
    return form.python.refusal


def _is_observed() -> bool:
    """Whether a mode of torch is on that sees operations or functions, or inference mode, which skips part of them."""
    if torch._C._len_torch_dispatch_stack() or torch.is_inference_mode_enabled():
        return True
    depth = torch._C._len_torch_function_stack()
    # `torch.set_default_device` is such a mode, too: operations are recorded with the devices that it chose.
    return any(type(torch._C._get_function_stack_at(i)) is not DeviceContext for i in range(depth))


def _form_and_tensors(batch: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[torch.Tensor]]:
    """Return what has to be the same in batches that one recording stands for, and the tensors in a batch.

    pytree knows all structures, and makes 40 Python calls for two inputs.
    """
    form: list[Any] = []
    tensors: list[torch.Tensor] = []
    for part in batch:
        kind = type(part)
        form.append(kind)
        if kind is torch.Tensor:
            leaves: Any = (part,)
        elif kind is list or kind is tuple:
            leaves = part
        elif kind is dict:
            form += part
            leaves = part.values()
        else:
            leaves = () if part is None else (part,)
        for leaf in leaves:
            if type(leaf) is torch.Tensor:
                form += (leaf.shape, leaf.dtype, leaf.stride(), leaf.device, leaf.requires_grad)
                tensors.append(leaf)
            elif leaf is None:
                form.append(None)
            else:
                deep, structure = pytree.tree_flatten(leaf)
                if any(type(x) is not torch.Tensor for x in deep) or structure.is_leaf():
                    form.append(_UNKNOWN)
                else:
                    inner, found = _form_and_tensors((deep,))
                    form += (structure, inner)
                    tensors += found
    return tuple(form), tensors
