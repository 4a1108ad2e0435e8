"""The `.weights.h5` format: an HDF5 file with a group for each object of a model, its arrays in `vars`."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.optimizers.state import OptimizerState
from torchkeras_compat.public_names import named
from torchkeras_compat.saving.arrays_in_place import check, deliver, delivery
from torchkeras_compat.saving.counted_state import complete_state, counted_targets
from torchkeras_compat.saving.h5_checks import holds_numbers
from torchkeras_compat.saving.object_tree import TorchModule, children, identity
from torchkeras_compat.saving.old_weight_paths import DEPENDENCIES, Place, old_places
from torchkeras_compat.saving.stores import ArrayReader, ArrayWriter, child, read_array
from torchkeras_compat.saving.windows_paths import FoldedGroup, unfolded
from torchkeras_compat.unfilled_values import UnfilledValues
from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.variables import Variable


def write_weights(model: Any, root: Any, objects_to_skip: Iterable[Any] = ()) -> None:
    """Write the values of a model, and the state of its optimizer, into an open file.

    Args:
        model: Layer or model.
        root: `h5py.File` of `new_h5`, with whose end the values are read; or another group that can be written to, or
            an object with its ``require_group``.
        objects_to_skip: Layers that are left out, with what lies below them.
    """
    seen = {identity(obj) for obj in objects_to_skip}
    for path, obj in _walk_once(model, "", seen):
        group = root.require_group(f"{path}/vars" if path else "vars")
        name = getattr(obj, "name", None)
        if isinstance(name, str):
            group.attrs["name"] = name
        _save_own(obj, ArrayWriter(group))


def size_of_weights(model: Any) -> int:
    """Return the bytes of the values of a model and of the state of its optimizer, each counted once."""
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *(optimizer.variables if isinstance(optimizer, OptimizerState) else ())]
    tensors = {id(t): t for v in variables for t in v.parameters}
    return sum(t.numel() * t.element_size() for t in tensors.values())


def _walk_once(obj: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    if identity(obj) in seen:
        return
    seen.add(identity(obj))
    yield path, obj
    for name, below in children(obj):
        yield from _walk_once(below, f"{path}/{name}" if path else name, seen)


def _save_own(obj: Any, store: ArrayWriter) -> None:
    targets = own_targets(obj)
    if targets is None or _overrides(obj, "save_own_variables"):
        obj.save_own_variables(store)
        return
    is_layer = isinstance(obj, Layer) and not isinstance(obj, TorchModuleWrapper)
    if isinstance(obj, OptimizerState):
        targets = {str(i): v for i, v in enumerate(obj.variables_for_files())}
    values = obj._file_values() if is_layer else targets.values()
    for key, value in zip(targets, values, strict=True):
        store.put(key, value)


def own_targets(obj: Any, store: ArrayReader | None = None) -> dict[str, Any] | None:
    """Return what a file holds of one object alone, key to variable or tensor; None if it has its own way of loading.

    Args:
        obj: Layer, optimizer, torch module, or other object with ``load_own_variables``.
        store: What the file has for it.
    """
    if isinstance(obj, (TorchModule, TorchModuleWrapper)):
        return dict(obj.module.state_dict())
    if _overrides(obj, "load_own_variables"):
        return None
    if not isinstance(obj, OptimizerState):
        return {str(i): v for i, v in enumerate(obj._file_variables())}
    if store is None:
        return {str(i): v for i, v in enumerate(obj.variables)}
    return _state_targets(obj, store) or {}


def _state_targets(optimizer: Any, store: ArrayReader) -> dict[str, Any] | None:
    """Return the variables of an optimizer by the keys of a file, None if it has more or fewer."""
    own = {str(i): v for i, v in enumerate(optimizer.variables)}
    is_whole = set(store) == own.keys()
    if is_whole and _compare_shapes(optimizer, own, store) is None:
        return own
    keys = [str(i) for i in range(len(store))]
    if set(keys) == set(store):
        shapes = [tuple(getattr(store.dataset(key), "shape", None) or ()) for key in keys]
        counted = counted_targets(optimizer, shapes)
        if counted is not None:
            return {str(i): v for i, v in counted.items()}
    return own if is_whole else None


def _overrides(obj: Any, method: str) -> bool:
    if isinstance(obj, (TorchModule, TorchModuleWrapper)):
        return False
    base: Any = OptimizerState if isinstance(obj, OptimizerState) else Layer
    return not isinstance(obj, base) or getattr(type(obj), method) is not getattr(base, method)


class LoadingPlan:
    """What a file gives to the objects of a model: made and checked first, carried out after.

    Args:
        model: Layer or model, built.
        root: `h5py.File` or group, or an object with its ``get``.
        source: Name of the file, for messages.
        skip_mismatch: Whether objects that the file does not fit keep their values, with a warning.
        objects_to_skip: Layers that keep their values, with what lies below them.
        version: ``keras_version`` of the file; None if it does not say.

    Raises:
        FileContentError: the file does not fit the model; nothing has been changed.
    """

    def __init__(
        self,
        model: Any,
        root: Any,
        source: str,
        skip_mismatch: bool = False,
        objects_to_skip: Iterable[Any] = (),
        version: str | None = None,
    ) -> None:
        self.model = model
        self.source = source
        self.found: list[tuple[Any, ArrayReader]] = []
        skipped = list(objects_to_skip)
        self._done = {identity(obj) for obj in skipped}
        layers = [obj for obj in skipped if isinstance(obj, Layer)]
        self._skipped = {identity(below) for layer in layers for below in layer._flatten_layers()}
        self._faults: dict[int, tuple[Any, str]] = {}
        self._as_before: list[tuple[Any, dict[str, Any]]] = []
        whole = unfolded(root)
        self._is_old = version.startswith("2.") if version is not None else not _has_name(whole)
        with self._undoing():
            self._check(model, whole, skip_mismatch, version)

    def _check(self, model: Any, root: Any, skip_mismatch: bool, version: str | None) -> None:
        places = self._old_places(model, root, version)
        for place in places or ():
            if identity(place.value) not in self._skipped:
                self._take(place.value, _at(root, place.path), "/".join(place.path))
        if places is None:
            self._visit(model, root, (), "")
        elif isinstance(optimizer := getattr(model, "optimizer", None), OptimizerState):
            self._visit(optimizer, _inside(root, "optimizer"), (), "optimizer")
        faults = [fault for key, fault in self._faults.items() if key not in self._done]
        if faults:
            message = self._describe(faults)
            if not skip_mismatch:
                raise FileContentError(message)
            warn_user(f"{message} They keep their values, as `skip_mismatch=True` says.")

    def _visit(self, obj: Any, group: Any, above: tuple[int, ...], path: str) -> None:
        key = identity(obj)
        if key in self._done or key in above:
            return
        self._take(obj, group, path)
        for name, below in children(obj):
            self._visit(below, _at(group, name.split("/")), (*above, key), f"{path}/{name}" if path else name)

    def _take(self, obj: Any, group: Any, path: str) -> None:
        store = self._store(obj, group)
        fault = self._compare(obj, store, path)
        if fault is None:
            self._done.add(identity(obj))
            if store.group is not None:
                self.found.append((obj, store))
        else:
            self._faults.setdefault(identity(obj), (obj, fault))

    def _store(self, obj: Any, group: Any) -> ArrayReader:
        """What the file has for one object alone."""
        store = ArrayReader(_inside(group, "vars"))
        if not self._is_old or not isinstance(obj, Layer):
            return store
        found: ArrayReader = named("saving.old_arrays.own_store.in_todays_layout")(obj, store)
        return found

    def _old_places(self, model: Any, root: Any, version: str | None) -> list[Place] | None:
        """Where a file of tf.keras has the objects; None if it is one of Keras 3."""

        def fits(place: Place) -> bool:
            if identity(place.value) in self._skipped:
                return True
            store = self._store(place.value, _at(root, place.path))
            return self._compare(place.value, store, "/".join(place.path)) is None

        return old_places(model, version, _has_name(root), fits, _inside(root, DEPENDENCIES) is not None)

    def _compare(self, obj: Any, store: ArrayReader, path: str) -> str | None:
        """Return what does not fit, or None."""
        if isinstance(obj, OptimizerState):
            return self._compare_optimizer(obj, store)
        targets = own_targets(obj)
        if targets is None:
            is_needed = store.group is None and isinstance(obj, Layer) and bool(obj._file_variables())
            return f"{_label(obj)} has variables, but the file has no group '{path}'." if is_needed else None
        received = list(store)
        if len(received) != len(targets) or set(received) != set(targets):
            names = [getattr(t, "name", key) for key, t in targets.items()]
            unbuilt = "" if getattr(obj, "built", True) else " It is not built: call it on data first."
            return (
                f"{_label(obj)} expected {len(targets)} variables {names}, but received {len(received)} variables in"
                f" the group '{path}'.{unbuilt}"
            )
        return _compare_shapes(obj, targets, store)

    def _compare_optimizer(self, optimizer: Any, store: ArrayReader) -> str | None:
        received = len(store)
        if not optimizer.built and received > len(optimizer.variables):
            self._as_before += with_parts(optimizer)
            optimizer.build(self.model.trainable_variables)
        if _overrides(optimizer, "load_own_variables"):
            if received:
                return None
            self._done.add(identity(optimizer))
            return "skipped"
        targets = _state_targets(optimizer, store)
        if targets is not None:
            return _compare_shapes(optimizer, targets, store)
        own = optimizer.variables
        if received > sum(v.shape == () for v in own):  # it had more than its counts: it had trained
            names = "" if received != len(own) else f" under the names {sorted(store)[:99]}"
            warn_user(
                f"Skipping variable loading for optimizer '{optimizer.name}', because it has {len(own)} variables"
                f" whereas the saved optimizer has {received} variables{names}. Training goes on with a new state. To"
                " avoid it, save the model compiled with the same optimizer."
            )
        self._done.add(identity(optimizer))
        return "skipped"

    def _describe(self, faults: list[tuple[Any, str]]) -> str:
        return (
            f"The weights in '{self.source}' do not fit the model '{getattr(self.model, 'name', self.model)}': a total"
            f" of {len(faults)} objects could not be loaded. {faults[0][1]} Objects that could not be loaded:"
            f" {[_label(obj) for obj, _ in faults]}. Nothing was changed. Build the model as the one that was saved, or"
            " pass `skip_mismatch=True` to load the others."
        )

    @contextlib.contextmanager
    def _undoing(self) -> Iterator[None]:
        """Leave an optimizer that was built for the file as it was, if the body fails."""
        with undoing(self._as_before):
            yield

    def carry_out(self, unfilled: UnfilledValues | None = None) -> None:
        """Set the values. If that fails, as a ``load_own_variables`` of the user's may, all are as before.

        Args:
            unfilled: The weights of a new model that wait for their values: if it fails, nobody gets the model. None
                for a model that is in use: everything is read once before anything is changed.

        Raises:
            FileContentError: an array cannot be read.
        """
        with self._undoing():
            self._carry_out(unfilled)

    def _carry_out(self, unfilled: UnfilledValues | None) -> None:
        custom = any(own_targets(obj) is None for obj, _ in self.found)
        before = _snapshot(self.model) if custom and unfilled is None else []
        pairs = [
            (target, store.dataset(key))
            for obj, store in self.found
            for key, target in (own_targets(obj, store) or {}).items()
        ]
        assign_arrays(pairs, unfilled)
        with torch.no_grad():
            for obj, _ in self.found:
                complete_state(obj, {id(target) for target, _ in pairs})
            try:
                for obj, store in self.found:
                    if own_targets(obj) is None:
                        obj.load_own_variables(store)
                    elif isinstance(obj, Layer):
                        obj._on_loaded()
            except BaseException:  # so that Ctrl-C leaves no half of it, too
                for variable, old in before:
                    if isinstance(variable, HostScalar):
                        setattr(variable._owner, variable._attribute, old)
                    else:
                        variable.assign(old)
                raise


def assign_arrays(pairs: list[tuple[Any, Any]], unfilled: UnfilledValues | None = None) -> None:
    """Set variables and tensors to values of a file, that are checked and fit.

    Args:
        pairs: Variable or tensor, and `h5py.Dataset`; or in its place what has a method ``tensor`` that reads the
            values and converts them.
        unfilled: As for `LoadingPlan.carry_out`.

    Raises:
        FileContentError: an array cannot be read, or a number cannot be set.
    """
    numbers = [(target, _values_of(source)) for target, source in pairs if isinstance(target, HostScalar)]
    straight, others = [], []
    for target, source in pairs:
        if isinstance(target, HostScalar):
            continue
        found = None if hasattr(source, "tensor") else delivery(source, target)
        if found is None:
            others.append((target, source))
        else:
            straight.append(found)
    values: Iterable[torch.Tensor] = (_values_of(source) for _, source in others)
    if unfilled is None:
        values = list(values)
        check(straight)
    else:
        unfilled.come_from_file([t for target, _ in pairs for t in getattr(target, "parameters", (target,))])
    with torch.no_grad():
        set_scalars(numbers)
        for (target, _), value in zip(others, values, strict=True):
            target.assign(value) if isinstance(target, Variable) else target.copy_(value)
        try:
            deliver(straight)
        except (OSError, FileContentError) as error:
            if unfilled is None:
                error.add_note("The file was changed while it was read: some weights have new values. Load it again.")
            raise


def _values_of(source: Any) -> torch.Tensor:
    values: torch.Tensor = source.tensor() if hasattr(source, "tensor") else to_tensor(source)
    return values


def set_scalars(arrays: list[tuple[HostScalar, torch.Tensor]]) -> None:
    """Set counts and rates, before anything else: a file may hold what is none, and then nothing has changed.

    Args:
        arrays: Variables and their values.

    Raises:
        FileContentError: a number cannot be set; none is.
    """
    before = [(target, target._number) for target, _ in arrays]  # with all digits
    try:
        for target, value in arrays:
            # If a rate is the same, the config has it already, with all its digits.
            if target.dtype.startswith("int") or np.float32(float(target)) != np.float32(value):
                target.assign(value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        for changed, old in before:
            setattr(changed._owner, changed._attribute, old)
        raise FileContentError(
            f"The file has {value.item()!r} for '{target.path}', which cannot be: {error}"
        ) from error


@contextlib.contextmanager
def undoing(as_before: list[tuple[Any, dict[str, Any]]]) -> Iterator[None]:
    """Leave optimizers as they were, if the body fails.

    Args:
        as_before: What :func:`with_parts` returned; more may come to it.
    """
    try:
        yield
    except BaseException:
        for optimizer, attributes in as_before:
            vars(optimizer).clear()
            vars(optimizer).update(attributes)
        raise


def with_parts(optimizer: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Return an optimizer and those inside it, each with its attributes, whose lists and dicts are copies."""
    found = [(optimizer, {k: _copied(v) for k, v in vars(optimizer).items()})]
    for value in vars(optimizer).values():
        for part in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(part, OptimizerState):
                found += with_parts(part)
    return found


def _copied(value: Any) -> Any:
    if type(value) is list:
        return [_copied(v) for v in value]
    if type(value) is dict:
        return {k: _copied(v) for k, v in value.items()}
    return copy.copy(value) if isinstance(value, (dict, set)) else value


def _snapshot(model: Any) -> list[tuple[Any, Any]]:
    optimizer = getattr(model, "optimizer", None)
    more = optimizer.variables if isinstance(optimizer, OptimizerState) else []
    variables = (*model.variables, *more)
    # Numbers with all their digits.
    return [(v, v._number if isinstance(v, HostScalar) else v.value.detach().clone()) for v in variables]


def _compare_shapes(obj: Any, targets: dict[str, Any], store: ArrayReader) -> str | None:
    for key, target in targets.items():
        dataset = store.dataset(key)
        fault = wrong_numbers(dataset, target)
        if fault is not None:
            return f"{_label(obj)}: {fault}"
        expected = tuple(target.shape)
        received = tuple(getattr(dataset, "shape", None) or ())
        if expected != received:
            return (
                f"{_label(obj)}: the shapes of {getattr(target, 'path', key)!r} must match. The model has {expected},"
                f" the file {received}."
            )
    return None


def wrong_numbers(dataset: Any, target: Any) -> str | None:
    """Return why the numbers of a dataset cannot be those of a variable or tensor, or None."""
    if hasattr(dataset, "shape") and not holds_numbers(dataset):
        return f"{dataset.name} holds values of type {dataset.dtype}, where an array of numbers is expected."
    if hasattr(dataset, "dtype") and dataset.dtype.kind == "c" and "complex" not in str(target.dtype):
        return f"{dataset.name} holds complex numbers, where those of {target.dtype} are expected."
    return None


def _label(obj: Any) -> str:
    return f"<{type(obj).__name__} name={getattr(obj, 'name', None)}>"


def _inside(group: Any, name: str) -> Any:
    if group is None:
        return None
    found = group.child(name) if isinstance(group, FoldedGroup) else child(group, name)
    if found is not None and not hasattr(found, "keys"):
        raise FileContentError(f"{found.name} is an array, where a group is expected.")
    return found


def _at(root: Any, path: Iterable[str]) -> Any:
    """The group that names lead to, which Keras 2 may have had hidden behind ``_``; None if there is none."""
    found = root
    for part in path:
        found = _inside(found, part) or _inside(found, f"_{part}")
    return found


def _has_name(root: Any) -> bool:
    """Whether the groups of a file have the names of their objects, as Keras 3 writes them."""
    own = _inside(root, "vars")
    return own is not None and "name" in getattr(own, "attrs", ())


def to_tensor(dataset: Any) -> torch.Tensor:
    """Return the values of a dataset as a tensor on the CPU."""
    return torch.from_numpy(np.require(read_array(dataset), requirements=["C", "W"]))
