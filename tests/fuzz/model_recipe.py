"""A random model as a list of steps, drawn once and built on either side."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from tests.fuzz import layer_table
from tests.fuzz.draw import Draw

BATCH = 3
RANDOM = {"Dropout", "GaussianDropout", "AlphaDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D"}


@dataclasses.dataclass
class Step:
    """One call.

    Attributes:
        kind: ``input``, ``layer``, ``shared`` (the layer of another step), ``merge`` or ``operation``.
        name: Class or function.
        config: Arguments of the constructor, or of the function.
        sources: Numbers of the tensors that go in.
        refused: Whether Keras refused it.
    """

    kind: str
    name: str
    config: dict[str, Any]
    sources: list[int]
    refused: bool = False


@dataclasses.dataclass
class Recipe:
    """A model.

    Attributes:
        steps: What is called, in order.
        outputs: Numbers of the tensors that come out.
        is_random: Whether training draws random numbers.
    """

    steps: list[Step]
    outputs: list[int]
    is_random: bool

    def __str__(self) -> str:
        refused = {True: " REFUSED", False: ""}
        shown = [f"{i}: {s.name}({s.config}){s.sources}{refused[s.refused]}" for i, s in enumerate(self.steps)]
        return "; ".join([*shown, f"outputs {self.outputs}"])


def made(library: Any, config: Any) -> Any:
    """Arguments with their inner layers: ``(name, config)`` is one."""
    if isinstance(config, tuple) and len(config) == 2 and isinstance(config[0], str) and isinstance(config[1], dict):
        return getattr(library.layers, config[0])(**made(library, config[1]))
    if isinstance(config, dict):
        return {key: made(library, value) for key, value in config.items()}
    return [made(library, value) for value in config] if isinstance(config, list) else config


class Builder:
    """Calls steps one after the other with one library."""

    def __init__(self, library: Any) -> None:
        self.library = library
        self.tensors: list[Any] = []
        self.layers: list[Any] = []

    def call(self, step: Step) -> None:
        """Call a step, and keep its tensor and layer."""
        tensors = [self.tensors[i] for i in step.sources]
        layer = None
        if step.kind == "input":
            result = self.library.Input(**step.config)
        elif step.kind == "operation":
            result = self._operation(step.name, *tensors)
        else:
            if step.kind == "shared":
                layer = self.layers[step.config["step"]]
            else:
                layer = getattr(self.library.layers, step.name)(**made(self.library, step.config))
            result = self._called(layer, step, tensors)
        self.tensors.append(result)
        self.layers.append(layer)

    def _called(self, layer: Any, step: Step, tensors: list[Any]) -> Any:
        if step.kind == "merge":
            return layer(tensors)
        if step.name in layer_table.SELF_ATTENTION:
            return layer(tensors[0], tensors[0])
        if step.name in layer_table.LISTED_ATTENTION:
            return layer([tensors[0], tensors[0]])
        return layer(tensors[0])

    def _operation(self, name: str, x: Any, *others: Any) -> Any:
        ops = self.library.ops
        return {
            "relu": lambda: ops.relu(x),
            "tanh": lambda: ops.tanh(x),
            "exp_of_negative": lambda: ops.exp(-ops.abs(x)),
            "plus": lambda: x + 1.5,
            "times": lambda: 0.5 * x * x,
            "mean": lambda: ops.mean(x, axis=-1, keepdims=True),
            "expand": lambda: ops.expand_dims(x, -1),
            "slice": lambda: x[:, :1],
        }[name]()

    def model(self, recipe: Recipe) -> Any:
        """The functional model."""
        inputs = [t for t, s in zip(self.tensors, recipe.steps, strict=True) if s.kind == "input"]
        outputs = [self.tensors[i] for i in recipe.outputs]
        first = inputs[0] if len(inputs) == 1 else inputs
        return self.library.Model(first, outputs[0] if len(outputs) == 1 else outputs, name="model")


def _input(r: Draw) -> Step:
    rank = r.choice([2, 2, 3, 3, 3, 4, 4, 5])
    sizes = {2: (1, 6), 3: (3, 6), 4: (4, 7), 5: (3, 5)}[rank]
    shape = (*(r.randint(*sizes) for _ in range(rank - 2)), r.randint(1, 4))
    return Step("input", "Input", {"shape": shape}, [])


def _next(r: Draw, builder: Builder, steps: list[Step], missing: set[str]) -> Step:
    """A step over tensors that are there."""
    alive = [i for i, t in enumerate(builder.tensors) if t is not None and t.dtype != "int32"]
    source = alive[-1] if r.random() < 0.7 else r.choice(alive)
    shape = tuple(builder.tensors[source].shape)
    choice = r.random()
    alike = [i for i in alive if i != source and tuple(builder.tensors[i].shape) == shape]
    if alike and choice < 0.3:
        name = r.choice(layer_table.MERGING)
        config = {"axis": -1} if name == "Concatenate" else {"axes": -1} if name == "Dot" else {}
        return Step("merge", name, config, [source, r.choice(alike)])
    if choice < 0.4:
        return Step("operation", r.choice(layer_table.OPERATIONS), {}, [source])
    if choice < 0.5:
        for i in reversed(range(len(steps))):
            if steps[i].kind == "layer" and not steps[i].refused:
                there = steps[i].sources[0]
                if there != source and tuple(builder.tensors[there].shape) == shape:
                    return Step("shared", steps[i].name, {"step": i}, [source])
    table = layer_table.TABLE.get(len(shape)) or {"Flatten": layer_table.nothing}
    name = r.choice([n for n in table if n not in missing])
    return Step("layer", name, table[name](r, shape), [source])


def _embedded(r: Draw) -> list[Step]:
    """Integers, and what makes vectors of them."""
    size = r.randint(3, 8)
    options = r.some(mask_zero=r.flag, embeddings_regularizer="l2")
    tokens = Step("input", "Input", {"shape": (r.randint(2, 6),), "dtype": "int32"}, [])
    return [tokens, Step("layer", "Embedding", {"input_dim": size, "output_dim": r.randint(1, 4), **options}, [0])]


def draw_recipe(seed: int, case: int, library: Any, other: Any) -> tuple[Recipe, Builder]:
    """Draw the model of a case while it is built with ``library``, whose shapes say what fits, of layers of both."""
    missing = {n for table in layer_table.TABLE.values() for n in table if not hasattr(other.layers, n)}
    r = Draw(f"model/{seed}/{case}")
    builder, steps = Builder(library), []
    for step in _embedded(r) if r.random() < 0.25 else [_input(r) for _ in range(r.choice([1, 1, 1, 2]))]:
        builder.call(step)
        steps.append(step)
    for _ in range(r.randint(1, 7)):
        step = _next(r, builder, steps, missing)
        try:
            builder.call(step)
        except Exception:
            step.refused = True
            del builder.tensors[len(steps) :], builder.layers[len(steps) :]
            builder.tensors.append(None)
            builder.layers.append(None)
        steps.append(step)
    used = {i for s in steps for i in s.sources if not s.refused}
    ends = [i for i, s in enumerate(steps) if s.kind != "input" and not s.refused and i not in used]
    ends = [i for i in ends if len(builder.tensors[i].shape) > 1] or [0]
    is_random = any(s.name in RANDOM or s.name == "SpatialDropout3D" for s in steps)
    return Recipe(steps, ends, is_random), builder


def draw_inputs(r: Draw, recipe: Recipe) -> list[np.ndarray]:
    """An array for each input."""
    found = []
    for i, step in enumerate(recipe.steps):
        if step.kind != "input":
            continue
        shape = (BATCH, *step.config["shape"])
        sizes = [s.config["input_dim"] for s in recipe.steps if s.name == "Embedding" and s.sources == [i]]
        if sizes:
            found.append(r.numbers(shape, 0, sizes[0]).astype("int32"))
        else:
            values = r.numbers(shape, -1, 1).astype("float32")
            if r.random() < 0.2 and len(shape) == 3:
                values[0, -1] = 0  # for Masking
            found.append(values)
    return found
