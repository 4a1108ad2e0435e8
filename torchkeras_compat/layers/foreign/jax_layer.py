"""`JaxLayer`: a function of JAX as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat import kinds
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.foreign.jax_arrays import JaxFunction, jax_module, to_jax, to_torch
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variables import Variable

_CALL_ARGUMENTS = ("params", "state", "rng", "inputs", "training")
_INIT_ARGUMENTS = ("rng", "inputs", "training")


class JaxLayer(Layer):
    """A function of JAX, ``call_fn(params, state, rng, inputs, training)``, as a layer.

    The arguments go by these names, all but ``inputs`` only where the function has them. With ``state`` it returns a
    pair, the outputs and the new state, else the outputs alone. Parameters and state are variables of the layer, which
    torch trains and files hold; each call copies them and the inputs to JAX's device, and the outputs and gradients
    back. JAX compiles the function for each shape of inputs.

    Args:
        call_fn: The function.
        init_fn: Function ``(rng, inputs, training)``, ``training`` only where it has it, that returns the parameters,
            or a pair of them and the state; called when the layer is built, unless ``params`` or ``state`` is given.
        params: Parameters: arrays, in any nesting of lists, tuples and dicts.
        state: State that training does not change by gradients, likewise.
        seed: Seed of ``rng``; None for one drawn from Python's generator.
        native_serialization_platforms: None: for Keras's backend of TensorFlow alone.
        kwargs: Arguments of `Layer`.

    Call arguments:
        inputs: Tensor, or a nesting of them.
        training: Whether the layer trains.

    Output shape:
        What ``call_fn`` returns.

    Raises:
        ImportError: JAX is not installed.
        TypeError: ``call_fn`` or ``init_fn`` cannot be called.
        ValueError: an argument of one of them has another name, ``inputs`` is missing, or nothing gives the parameters.

    Example:
        >>> def init(rng, inputs):
        ...     return {"scale": inputs[0] * 0 + 2.0}
        >>> layer = JaxLayer(lambda params, inputs: inputs * params["scale"], init)  # doctest: +SKIP
        >>> layer(torch.ones(1, 2)).tolist()  # doctest: +SKIP
        [[2.0, 2.0]]

    Source: Keras API, layers/JaxLayer.
    """

    supports_jit = False

    call_fn: Callable[..., Any]
    init_fn: Callable[..., Any] | None
    seed_generator: SeedGenerator
    _call_names: tuple[str, ...]  # of the arguments that the functions get
    _init_names: tuple[str, ...]
    _trees: dict[str, tuple[list[Variable], Any]]  # variables and nesting of `params` and of `state`
    _compiled: Callable[..., Any]

    def __init__(
        self,
        call_fn: Callable[..., Any],
        init_fn: Callable[..., Any] | None = None,
        params: Any = None,
        state: Any = None,
        seed: int | None = None,
        native_serialization_platforms: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        jax = jax_module(type(self).__name__)
        super().__init__(**kwargs)
        if native_serialization_platforms is not None:
            raise ValueError(
                "`native_serialization_platforms` is for Keras's backend of TensorFlow. Leave it out: JAX runs the"
                f" function here. Received: {native_serialization_platforms!r}"
            )
        names = _argument_names(call_fn, "call_fn", _CALL_ARGUMENTS)
        state_of = self.__dict__  # past the attribute hook, which would look for children
        state_of["call_fn"], state_of["init_fn"] = call_fn, init_fn
        state_of["_call_names"] = names
        state_of["_init_names"] = () if init_fn is None else _argument_names(init_fn, "init_fn", _INIT_ARGUMENTS)
        if init_fn is None and params is None and state is None and {"params", "state"} & set(names):
            raise ValueError(
                "`init_fn`, `params` and `state` cannot all be `None` when `call_fn` takes a `params` or a `state`"
                " argument. Give `init_fn`, or the arrays."
            )
        self.seed = seed
        if "rng" in names or init_fn is not None:
            self.seed_generator = SeedGenerator(seed)
        state_of["_trees"] = {}
        state_of["_compiled"] = jax.jit(self._computed, static_argnums=0)
        if params is not None or state is not None:
            self._keep(params, state)

    # -- weights ---------------------------------------------------------------------------------------------------

    @property
    def params(self) -> Any:
        """The parameters: variables in the nesting of those that were given or made; None before."""
        return self._tree("params")

    @property
    def state(self) -> Any:
        """The state, likewise."""
        return self._tree("state")

    def _tree(self, name: str) -> Any:
        found = self._trees.get(name)
        return None if found is None else jax_module("JaxLayer").tree_util.tree_unflatten(found[1], found[0])

    def build(self, input_shape: Any) -> None:
        if not self._trees and {"params", "state"} & set(self._call_names):
            shapes = pytree.tree_map(_with_one_sample, input_shape, is_leaf=_is_shape)
            self._keep(*self._initial(shapes))

    def _initial(self, shapes: Any) -> tuple[Any, Any]:
        """Return parameters and state that ``init_fn`` makes for inputs of these shapes."""
        jax = jax_module("JaxLayer")
        ones = pytree.tree_map(lambda s: jax.numpy.ones(s, self.compute_dtype), shapes, is_leaf=_is_shape)
        made = self._initialize(self._random_key(), ones)
        return made if "state" in self._call_names else (made, None)

    def _initialize(self, key: Any, ones: Any) -> Any:
        """Call ``init_fn``."""
        given = {"rng": key, "inputs": ones, "training": True}
        assert self.init_fn is not None
        return self.init_fn(**{name: given[name] for name in self._init_names})

    def _keep(self, params: Any, state: Any) -> None:
        """Make the leaves of parameters and state variables."""
        jax = jax_module("JaxLayer")
        for name, tree in (("params", params), ("state", state)):
            if tree is None:
                continue
            leaves, structure = jax.tree_util.tree_flatten(tree)
            variables = []
            for i, leaf in enumerate(leaves):
                value = to_torch(jax.numpy.asarray(leaf), torch.device("cpu"))
                is_float = value.is_floating_point()
                v = self.add_weight(
                    tuple(value.shape),
                    lambda shape, dtype=None, value=value: value,
                    str(value.dtype).removeprefix("torch."),
                    trainable=name == "params" and is_float,
                )
                self.__dict__[f"_{name}_{i}"] = v
                variables.append(v)
            self._trees[name] = (variables, structure)

    def _random_key(self) -> Any:
        """Return the next key of JAX's generator."""
        seed = convert_to_tensor(self.seed_generator.next()).to(torch.int64).cpu()
        return jax_module("JaxLayer").random.PRNGKey(int(seed.flatten()[-1]) & 0x7FFFFFFF)

    # -- computing -------------------------------------------------------------------------------------------------

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Compute the layer in JAX."""
        leaves, structure = pytree.tree_flatten(inputs)
        params, state = (self._trees[name][0] if name in self._trees else [] for name in ("params", "state"))
        tensors = [v.value for v in params] + [v.value for v in state] + leaves
        is_float = [t.is_floating_point() for t in tensors]
        places = ([i for i, f in enumerate(is_float) if f], [i for i, f in enumerate(is_float) if not f])
        shape = _Shape(len(params), len(state), structure, bool(training), tuple(places[0]))
        if any(t.is_meta for t in tensors):
            return self._inferred(shape, tensors)
        fixed = [to_jax(tensors[i]) for i in places[1]]
        key = self._random_key() if "rng" in self._call_names else None
        notes: list[Any] = []

        def function(*floats: Any) -> tuple[list[Any], list[Any]]:
            outputs, new_state = self._compiled(shape, key, list(floats), fixed)
            found, tree = pytree.tree_flatten(outputs)
            float_places = [i for i, a in enumerate(found) if _is_float(a)]
            notes[:] = [tree, float_places, len(found)]
            others = [a for i, a in enumerate(found) if i not in float_places]
            return [found[i] for i in float_places], [*others, *new_state]

        device = leaves[0].device if leaves else torch.device("cpu")
        apply: Callable[..., tuple[torch.Tensor, ...]] = JaxFunction.apply
        results = list(apply(function, device, *(tensors[i] for i in places[0])))
        tree, float_places, count = notes
        kept = results[count:]
        if training:
            for v, new in zip(state, kept, strict=True):
                v.assign(new.detach())
        others = [i for i in range(count) if i not in float_places]
        order = [*float_places, *others]
        outputs = [results[order.index(i)] for i in range(count)]
        return pytree.tree_unflatten(outputs, tree)

    def _computed(self, shape: _Shape, key: Any, floats: list[Any], fixed: list[Any]) -> tuple[Any, list[Any]]:
        """Call ``call_fn`` with arrays; return its outputs, and the leaves of the new state."""
        jax = jax_module("JaxLayer")
        values = iter(floats), iter(fixed)
        count = len(floats) + len(fixed)
        arrays = [next(values[0] if i in shape.float_places else values[1]) for i in range(count)]
        ends = shape.params, shape.params + shape.state
        trees = self._trees
        given = {
            "params": _rebuilt(jax, trees.get("params"), arrays[: ends[0]]),
            "state": _rebuilt(jax, trees.get("state"), arrays[ends[0] : ends[1]]),
            "rng": key,
            "inputs": pytree.tree_unflatten(arrays[ends[1] :], shape.inputs),
            "training": shape.training,
        }
        found = self.call_fn(**{name: given[name] for name in self._call_names})
        if "state" not in self._call_names:
            return found, []
        outputs, new_state = found
        return outputs, jax.tree_util.tree_leaves(new_state)

    def _inferred(self, shape: _Shape, tensors: list[torch.Tensor]) -> Any:
        """Return outputs on the meta device: their shapes alone."""
        jax = jax_module("JaxLayer")
        specs = [jax.ShapeDtypeStruct(tuple(t.shape), str(t.dtype).removeprefix("torch.")) for t in tensors]
        floats = [specs[i] for i in shape.float_places]
        fixed = [s for i, s in enumerate(specs) if i not in shape.float_places]
        key = jax.eval_shape(lambda: jax.random.PRNGKey(0)) if "rng" in self._call_names else None
        outputs, _ = jax.eval_shape(lambda k, f, x: self._computed(shape, k, f, x), key, floats, fixed)
        return pytree.tree_map(
            lambda s: torch.empty(s.shape, dtype=getattr(torch, s.dtype.name), device="meta"), outputs
        )

    # -- copies and files ------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_compiled"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__["_compiled"] = jax_module("JaxLayer").jit(self._computed, static_argnums=0)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "call_fn": serialize_keras_object(self.call_fn),
            "init_fn": serialize_keras_object(self.init_fn),
            "native_serialization_platforms": None,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned.

        Args:
            config: What it returned.
            custom_objects: Names and their functions: a config names functions, and never brings them.

        Raises:
            ValueError: a function is not known by its name.
        """
        config = dict(config)
        with custom_object_scope(custom_objects or {}):
            for name in ("call_fn", "init_fn"):
                if isinstance(config.get(name), dict):
                    config[name] = deserialize_as(kinds.FUNCTIONS, config[name])
        return cls(**config)


class _Shape:
    """What JAX compiles a call for, besides shapes: how many arrays are what, in which nesting."""

    def __init__(self, params: int, state: int, inputs: Any, training: bool, float_places: tuple[int, ...]) -> None:
        self.params, self.state, self.inputs = params, state, inputs
        self.training, self.float_places = training, float_places

    def _key(self) -> tuple[Any, ...]:
        return self.params, self.state, repr(self.inputs), self.training, self.float_places

    def __hash__(self) -> int:
        return hash(self._key())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shape) and self._key() == other._key()


def _argument_names(function: Any, role: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the arguments of ``call_fn`` or ``init_fn`` that it will get."""
    names = []
    for p in inspect.signature(function).parameters.values():
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if p.name not in allowed:
            if p.default is not p.empty:
                continue
            known = ", ".join(f"`{name}`" for name in allowed)
            raise ValueError(f"Unsupported argument in `{role}`: `{p.name}`, supported arguments are {known}")
        names.append(p.name)
    if "inputs" not in names:
        raise ValueError(f"Missing required argument in `{role}`: `inputs`")
    return tuple(names)


def _rebuilt(jax: Any, kept: Any, leaves: list[Any]) -> Any:
    return None if kept is None else jax.tree_util.tree_unflatten(kept[1], leaves)


def _is_float(array: Any) -> bool:
    return bool(jax_module("JaxLayer").numpy.issubdtype(array.dtype, jax_module("JaxLayer").numpy.inexact))


def _is_shape(x: Any) -> bool:
    return isinstance(x, (tuple, list)) and all(n is None or isinstance(n, int) for n in x)


def _with_one_sample(shape: Any) -> tuple[int, ...]:
    return tuple(1 if n is None else n for n in shape)
