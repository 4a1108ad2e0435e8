"""`tf.GradientTape`, by torch's autograd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import torch

from torchkeras_compat import variables
from torchkeras_compat.dialects.tensorflow.recording import RECORDING
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, identity_of, unwrap, wrap
from torchkeras_compat.tree import flatten, pack_sequence_as
from torchkeras_compat.user_warnings import warn_user

CoreVariable = variables.Variable


class UnconnectedGradients:
    """What a gradient is where a source has no part in the target."""

    NONE = "none"
    ZERO = "zero"


class GradientTape:
    """Records what happens inside its ``with`` block, and computes gradients of it.

    Trainable variables are watched by themselves, other tensors after :meth:`watch`. What was made before the block
    counts as constant.

    Args:
        persistent: Whether gradients may be asked for more than once.
        watch_accessed_variables: Whether trainable variables are watched by themselves.

    Example:
        >>> from torchkeras_compat.dialects.tensorflow.variable import Variable
        >>> x = Variable(3.0)
        >>> with GradientTape() as tape:
        ...     y = x * x
        >>> tape.gradient(y, x)
        <tf.Tensor: shape=(), dtype=float32, numpy=6.0>

    Source: TensorFlow API, GradientTape.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = bool(persistent)
        self._watches_variables = bool(watch_accessed_variables)
        self.read_variables: dict[int, Any] = {}
        self._layers: dict[int, Any] = {}
        self._watched: set[int] = set()
        self._kept: list[Any] = []  # whose ids are in `_watched`
        self._is_recording = False
        self._is_used = False
        self._overlaps = False  # with another tape, which may hold the same graph
        self._was_enabled = True

    # -- recording -------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        if self._is_recording:
            raise ValueError("Tape is still recording. This can happen if you try to re-enter an already-active tape.")
        self._begin()
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._is_recording:
            self._end()

    def _begin(self) -> None:
        self._is_used = False
        self._was_enabled = torch.is_grad_enabled()
        torch._C._set_grad_enabled(True)
        if RECORDING.tapes:
            self._overlaps = True
            for tape in RECORDING.tapes:
                tape._overlaps = True  # type: ignore[attr-defined]
        RECORDING.open()
        RECORDING.tapes.append(self)
        self._is_recording = True

    def _end(self) -> None:
        self._is_recording = False
        RECORDING.tapes.remove(self)
        RECORDING.close()
        torch._C._set_grad_enabled(self._was_enabled)

    def watch(self, tensor: Any) -> None:
        """Follow a tensor, or tensors in nested lists and dicts, from now on.

        Raises:
            TypeError: something else is given.
        """
        for x in flatten(tensor):
            if not isinstance(x, (torch.Tensor, CoreVariable)):
                raise TypeError(
                    f"A tape watches tensors and variables. Received: {type(x).__name__}. Convert arrays and numbers "
                    "first: `x = tf.convert_to_tensor(x)`."
                )
            for plain in x.tensors if isinstance(x, CoreVariable) else (identity_of(x),):
                if not (plain.is_floating_point() or plain.is_complex()):
                    warn_user(
                        f"The dtype of the watched tensor must be floating (e.g. tf.float32), got {plain.dtype}; it has"
                        " no gradient. Cast it first."
                    )
                elif not plain.requires_grad:
                    plain.requires_grad_()
            if type(x) is Tensor:
                x._epoch = RECORDING.epoch
            self._watched.add(id(x))
            self._kept.append(x)

    def note_layer(self, layer: Any) -> None:
        """Count the trainable variables of a layer among those that were read."""
        self._layers[id(layer)] = layer

    def watched_variables(self) -> tuple[Any, ...]:
        """Return the trainable variables that were read inside the block, or given to :meth:`watch`."""
        found = {id(v): v for v in self._kept if isinstance(v, CoreVariable)}
        if self._watches_variables:
            found |= self.read_variables
            found |= {id(v): v for layer in self._layers.values() for v in layer.trainable_variables}
        return tuple(found.values())

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Record nothing inside a ``with`` block.

        Raises:
            RuntimeError: the tape is not recording.
        """
        if not self._is_recording:
            raise RuntimeError("The tape is not recording. Use `stop_recording` inside its `with` block.")
        enabled = torch.is_grad_enabled()
        torch._C._set_grad_enabled(False)
        try:
            yield
        finally:
            torch._C._set_grad_enabled(enabled)

    def reset(self) -> None:
        """Forget what was recorded and watched.

        Raises:
            RuntimeError: the tape was not used yet.
        """
        self.read_variables, self._layers = {}, {}
        for x in self._kept:
            if type(x) is Tensor:
                x._epoch = -1
        self._watched, self._kept = set(), []
        RECORDING.epoch += 1

    # -- gradients -------------------------------------------------------------------------------------------------

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = UnconnectedGradients.NONE,
    ) -> Any:
        """Return the derivatives of the sum of ``target`` by each of the sources, in the nesting of the sources.

        Args:
            target: Tensor, or nested tensors, whose gradients are summed.
            sources: Variable or tensor, or nested ones.
            output_gradients: Gradient of each target to begin with; None for ones.
            unconnected_gradients: ``"none"`` or ``"zero"``: what sources get that have no part in the target.

        Raises:
            RuntimeError: the tape is not persistent and was asked before; or a variable was changed between the
                forward computation and this call.
            TypeError: ``target`` or a source is not a tensor or variable.
        """
        self._check_use()
        zero = _checked_unconnected(unconnected_gradients) == UnconnectedGradients.ZERO
        if target is None:
            raise TypeError(
                "Argument `target` should be a list or nested structure of Tensors, Variables or CompositeTensors to be"
                " differentiated, but received None."
            )
        if isinstance(sources, list):
            sources = list(sources)  # of a class of our own, as attributes of layers are
        flat = [_checked_source(s) for s in flatten(sources)]
        targets = [_target(t) for t in (flatten(target) if not isinstance(target, torch.Tensor) else [target])]
        given = [None] * len(targets) if output_gradients is None else flatten(output_gradients)
        if self._is_recording and not self._persistent:
            self._end()
        gradients = self._of_sources(targets, [None if g is None else unwrap(g) for g in given], flat)
        found = [
            torch.zeros_like(_value(source)) if gradient is None and zero else gradient
            for source, gradient in zip(flat, gradients, strict=True)
        ]
        return pack_sequence_as(sources, [wrap(g) for g in found])

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Return the derivative of each value of ``target`` by each value of the sources.

        Args:
            target: Tensor.
            sources: Variable or tensor, or nested ones.
            unconnected_gradients: ``"none"`` or ``"zero"``.
            parallel_iterations: Kept for TensorFlow's signature.
            experimental_use_pfor: Whether the rows are computed together, by torch's vmap, where torch can.

        Returns:
            For each source a tensor of the shape of the target, then that of the source.

        Raises:
            RuntimeError: as for :meth:`gradient`.
        """
        self._check_use()
        zero = _checked_unconnected(unconnected_gradients) == UnconnectedGradients.ZERO
        flat = [_checked_source(s) for s in flatten(sources)]
        out = _target(target)
        rows = torch.eye(out.numel(), dtype=out.dtype, device=out.device).reshape(-1, *out.shape)
        columns = self._rows(out, rows, flat, experimental_use_pfor)
        found = []
        for source, column in zip(flat, columns, strict=True):
            if column is None:
                value = _value(source)
                found.append(value.new_zeros((*out.shape, *value.shape)) if zero else None)
            else:
                found.append(column.reshape(*out.shape, *column.shape[1:]))
        return pack_sequence_as(sources, [wrap(g) for g in found])

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Return, for each sample, the derivative of its values of ``target`` by its values of ``source``.

        Args:
            target: Tensor ``(batch, ...)``, each sample of which is computed from the same sample of the source.
            source: Tensor ``(batch, ...)``.
            unconnected_gradients: ``"none"`` or ``"zero"``; zeros are returned either way, as TensorFlow does.
            parallel_iterations: Kept for TensorFlow's signature.
            experimental_use_pfor: Whether the rows are computed together, by torch's vmap, where torch can.

        Returns:
            A tensor ``(batch, *target.shape[1:], *source.shape[1:])``.

        Raises:
            ValueError: the batch sizes differ, or there is no batch axis.
            RuntimeError: as for :meth:`gradient`.
        """
        self._check_use()
        _checked_unconnected(unconnected_gradients)
        out, value = _target(target), _value(_checked_source(source))
        if out.ndim < 2 or value.ndim < 1 or out.shape[0] != value.shape[0]:
            raise ValueError(
                "`batch_jacobian` needs a target of two axes or more, and a source with the same batch axis first. "
                f"Received shapes {tuple(out.shape)} and {tuple(value.shape)}. Use `jacobian` for others."
            )
        inner = out[0].numel()
        rows = torch.eye(inner, dtype=out.dtype, device=out.device).reshape(inner, 1, *out.shape[1:])
        rows = rows.expand(inner, *out.shape)
        (column,) = self._rows(out, rows, [source], experimental_use_pfor)
        if column is None:
            return wrap(value.new_zeros((*out.shape, *value.shape[1:])))
        return wrap(column.movedim(0, 1).reshape(*out.shape, *value.shape[1:]))

    def _check_use(self) -> None:
        if self._is_used and not self._persistent:
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians). Use "
                "`tf.GradientTape(persistent=True)`."
            )
        self._is_used = True

    @property
    def _keeps_graph(self) -> bool:
        return self._persistent or self._overlaps or RECORDING.depth > 0

    def _of_sources(self, targets: list[Any], given: list[Any], sources: list[Any]) -> list[Any]:
        """Return a gradient in Keras's layout, or None, for each source."""
        pairs = [(t, g) for t, g in zip(targets, given, strict=True) if t.requires_grad]
        followed = [self._tensors_of(source) for source in sources]
        inputs = [t for tensors in followed for t in tensors]
        if not pairs or not inputs:
            return [None] * len(sources)
        starts = [torch.ones_like(t) if g is None else g.to(t.dtype).broadcast_to(t.shape) for t, g in pairs]
        found = iter(
            _differentiate(
                [t for t, _ in pairs],
                inputs,
                starts,
                retain_graph=self._keeps_graph,
                create_graph=RECORDING.depth > 0,
            )
        )
        parts = [[next(found) for _ in tensors] for tensors in followed]
        return [_in_keras_layout(*pair) for pair in zip(sources, parts, strict=True)]

    def _rows(self, out: torch.Tensor, rows: torch.Tensor, sources: list[Any], together: bool) -> list[Any]:
        """Return, for each source, the gradients that begin with each of the rows, stacked."""
        followed = [self._tensors_of(source) for source in sources]
        inputs = [t for tensors in followed for t in tensors]
        if not inputs or not out.requires_grad:
            return [None] * len(sources)
        makes_graph = RECORDING.depth > 0
        found: Any = None
        if together:
            try:
                found = torch.autograd.grad(
                    [out], inputs, [rows], True, makes_graph, allow_unused=True, is_grads_batched=True
                )
            except RuntimeError:  # an operation that torch cannot vectorize
                found = None
        if found is None:
            each = [_differentiate([out], inputs, [row], True, makes_graph) for row in rows]
            found = [None if any(g is None for g in parts) else torch.stack(parts) for parts in zip(*each, strict=True)]
        values = iter(found)
        columns: list[torch.Tensor | None] = []
        for source, tensors in zip(sources, followed, strict=True):
            parts = [next(values) for _ in tensors]
            if not parts or any(p is None for p in parts):
                columns.append(None)
            elif isinstance(source, CoreVariable):
                columns.append(torch.stack([_in_keras_layout(source, row) for row in zip(*parts, strict=True)]))
            else:
                columns.append(parts[0])
        return columns

    def _tensors_of(self, source: Any) -> list[torch.Tensor]:
        """Return the torch tensors behind a source that autograd may know; none for what is not watched."""
        if isinstance(source, CoreVariable):
            if not self._watches_variables and id(source) not in self._watched:
                return []
            tensors = list(source.tensors)
            return tensors if all(t.requires_grad for t in tensors) else []
        plain = identity_of(source)
        return [plain] if plain.requires_grad else []


def _differentiate(
    targets: list[torch.Tensor],
    inputs: list[torch.Tensor],
    starts: list[torch.Tensor],
    retain_graph: bool,
    create_graph: bool,
) -> Any:
    try:
        return torch.autograd.grad(targets, inputs, starts, retain_graph, create_graph, allow_unused=True)
    except RuntimeError as error:
        if "modified by an inplace operation" in str(error):
            raise RuntimeError(
                "A variable was assigned to, or updated by an optimizer, between the forward computation and "
                "`tape.gradient`. Compute all gradients first, then update."
            ) from error
        raise


def _in_keras_layout(source: Any, parts: Any) -> Any:
    if not parts or all(part is None for part in parts):
        return None
    if not isinstance(source, CoreVariable):
        return parts[0]
    whole = [torch.zeros_like(t) if p is None else p for t, p in zip(source.tensors, parts, strict=True)]
    return source.layout.to_keras(*whole)


def _value(source: Any) -> torch.Tensor:
    return source.value if isinstance(source, CoreVariable) else identity_of(source)


def _checked_source(source: Any) -> Any:
    if isinstance(source, torch.nn.Parameter) or isinstance(source, (torch.Tensor, CoreVariable)):
        return source
    raise TypeError(
        f"Sources of gradients are variables and tensors that the tape watches. Received: {type(source).__name__}."
    )


def _target(target: Any) -> torch.Tensor:
    if isinstance(target, CoreVariable):
        return target.value
    if isinstance(target, torch.Tensor):
        return identity_of(target)
    raise TypeError(
        f"The target of a gradient is a tensor that was computed inside the tape. Received: {type(target).__name__}. "
        "Values that went through NumPy or Python numbers have no gradient: keep them tensors."
    )


def _checked_unconnected(given: Any) -> str:
    word = str(getattr(given, "value", given)).lower()
    if word not in (UnconnectedGradients.NONE, UnconnectedGradients.ZERO):
        raise ValueError(f"Unknown value for unconnected_gradients: {given!r}. Use 'none' or 'zero'.")
    return word


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: str = UnconnectedGradients.NONE,
) -> list[Any]:
    """Return the derivatives of the sum of ``ys`` by each of ``xs``; inside a `tf.function` or a tape.

    Args:
        ys: Tensor, or list of them.
        xs: Tensor or variable, or list of them.
        grad_ys: Gradient of each of ``ys`` to begin with; None for ones.
        name: Kept for TensorFlow's signature, as are ``gate_gradients`` and ``aggregation_method``.
        stop_gradients: Tensors that count as constants; their gradients only are asked for.
        unconnected_gradients: ``"none"`` or ``"zero"``.

    Raises:
        ValueError: ``stop_gradients`` is given.
    """
    if stop_gradients is not None:
        raise ValueError("`stop_gradients` is not supported. Use `tf.stop_gradient(x)` where `x` is used.")
    tape = GradientTape(persistent=True)
    sources = flatten(xs)
    for source in sources:
        tape._watched.add(id(source))
    found: list[Any] = tape.gradient(flatten(ys), sources, grad_ys, unconnected_gradients)
    return found


Function = Callable[..., Any]
