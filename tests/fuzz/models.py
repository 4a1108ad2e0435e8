"""Random models on either side: configs, outputs, losses, trained weights, files."""

from __future__ import annotations

import functools
import pathlib
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.fuzz.draw import Draw
from tests.fuzz.model_recipe import Builder, Recipe, draw_inputs, draw_recipe
from tests.fuzz.operations import Difference
from tests.fuzz.outcomes import Failure

OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"momentum": 0.9, "nesterov": True, "clipvalue": 0.5},
    "Adam": {"amsgrad": True, "clipnorm": 0.5},
    "AdamW": {"weight_decay": 0.1},
    "RMSprop": {"momentum": 0.5, "centered": True},
    "Adagrad": {"global_clipnorm": 0.5},
    "Adadelta": {"rho": 0.9},
    "Adamax": {},
    "Nadam": {},
    "Ftrl": {"l1_regularization_strength": 0.01},
    "Lion": {},
    "Adafactor": {},
    "Lamb": {},
}
LOSSES = ["cosine_similarity", "mse", "mae", "huber", "log_cosh", "mean_squared_logarithmic_error", "poisson"]
METRICS = ["mae", "mse", "cosine_similarity", "root_mean_squared_error", "mape"]


def compare_models(keras: Any, ours: Any, seed: int, cases: Iterator[int] | range) -> Iterator[Difference]:
    """Build, run and train what each case says on either side; give the first difference of each."""
    for case in cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            keras.utils.clear_session()
            ours.utils.clear_session()
            keras.utils.set_random_seed(case)
            recipe, theirs = draw_recipe(seed, case, keras, ours)
            found = list(_compare(keras, ours, recipe, theirs, Draw(f"data/{seed}/{case}")))
        for kind, text in found:
            yield Difference("model", kind, text, case, str(recipe))


def _compare(keras: Any, ours: Any, recipe: Recipe, theirs: Builder, r: Draw) -> Iterator[tuple[str, str]]:
    built = _build(ours, recipe, theirs)
    if isinstance(built, tuple):
        yield built
        return
    if recipe.outputs == [0]:
        return
    first, second = theirs.model(recipe), built.model(recipe)
    configs = [_plain(model.get_config()) for model in (first, second)]
    if configs[0] != configs[1]:
        yield "config", _first_of(*configs)
    values = _nonzero(r, first.get_weights())
    first.set_weights(values)
    given = _outcome(lambda: second.set_weights(values))
    if isinstance(given, Failure):
        yield "weights", f"{given}; keras {[w.shape for w in values]}"
        return
    names = [[w.path for w in model.weights] for model in (first, second)]
    if names[0] != names[1]:
        yield "paths", f"keras {names[0]}, here {names[1]}"
    inputs = draw_inputs(r, recipe)
    x = inputs[0] if len(inputs) == 1 else inputs
    outputs = [_listed(_outcome(lambda model=model: model(x))) for model in (first, second)]
    found = _different("outputs", outputs, 2e-4)
    if found:
        yield found
    elif not isinstance(outputs[0], Failure):
        for found in (
            _trained(keras, ours, (first, second), x, outputs[0], recipe, r),
            _saved(keras, ours, (first, second), x, r),
        ):
            if found:
                yield found


def _build(library: Any, recipe: Recipe, theirs: Builder) -> Any:
    builder = Builder(library)
    for number, step in enumerate(recipe.steps):
        try:
            builder.call(step)
        except Exception as error:
            if not step.refused:
                return "refused", f"{step.name}({step.config}): {Failure(error)}"
            del builder.tensors[number:], builder.layers[number:]
            builder.tensors.append(None)
            builder.layers.append(None)
            continue
        if step.refused:
            shapes = [tuple(builder.tensors[i].shape) for i in step.sources]
            return "accepted", f"{step.name}({step.config}) on {shapes}"
        shapes = [(tuple(b.tensors[number].shape), b.tensors[number].dtype) for b in (theirs, builder)]
        if shapes[0][1] != shapes[1][1] or not _fits(shapes[0][0], shapes[1][0]):
            return "shape", f"{step.name}({step.config}): keras {shapes[0]}, here {shapes[1]}"
    return builder


def _fits(theirs: Any, ours: Any) -> bool:
    """Whether shapes are equal, or ours says a size that Keras leaves open."""
    return len(theirs) == len(ours) and all(a is None or a == b for a, b in zip(theirs, ours, strict=True))


def _plain(config: Any) -> Any:
    """Lists for tuples, which files do not tell from each other."""
    if isinstance(config, dict):
        return {key: _plain(value) for key, value in config.items()}
    return [_plain(value) for value in config] if isinstance(config, (list, tuple)) else config


def _nonzero(r: Draw, values: list[np.ndarray]) -> list[np.ndarray]:
    """Weights with small numbers added, so that none is zero; seeds as they are, variances positive."""
    return [v + np.abs(r.numbers(v.shape, 0, 0.1)).astype(v.dtype) if v.dtype.kind == "f" else v for v in values]


def _outcome(function: Any) -> Any:
    try:
        return function()
    except Exception as error:
        return Failure(error)


def _listed(value: Any) -> Any:
    if isinstance(value, Failure):
        return value
    values = value if isinstance(value, (list, tuple)) else [value]
    return [np.asarray(v.detach().float() if hasattr(v, "detach") else v) for v in values]


def _different(kind: str, sides: list[Any], tolerance: float) -> tuple[str, str] | None:
    theirs, ours = sides
    if isinstance(theirs, Failure) or isinstance(ours, Failure):
        if isinstance(theirs, Failure) and isinstance(ours, Failure):
            return None
        verdict = "refused" if isinstance(ours, Failure) else "accepted"
        return f"{kind} {verdict}", f"keras {theirs!r:.150}, here {ours!r:.150}"
    for i, (a, b) in enumerate(zip(theirs, ours, strict=True)):
        if a.shape != b.shape:
            return kind, f"[{i}] shapes: keras {a.shape}, here {b.shape}"
        scale = max(1.0, float(np.nanmax(np.abs(a), initial=0, where=np.isfinite(a))))
        if not np.allclose(a, b, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
            worst = float(np.nanmax(np.abs(a - b)))
            return kind, f"[{i}] {a.shape} differ by {worst:.3g}: keras {a.reshape(-1)[:4]}, here {b.reshape(-1)[:4]}"
    return None


def _trained(
    keras: Any, ours: Any, models: tuple[Any, Any], x: Any, outputs: Any, recipe: Recipe, r: Draw
) -> tuple[str, str] | None:
    """What differs after two steps with a random optimizer, random losses and metrics."""
    if not all(np.isfinite(o).all() for o in outputs):
        return None
    name = r.choice(list(OPTIMIZERS))
    options = {"learning_rate": r.choice([0.01, 0.001]), **r.some(**OPTIMIZERS[name])}
    losses = [r.choice(LOSSES if o.shape[-1] > 1 else LOSSES[1:]) for o in outputs]
    metrics = [r.sample(METRICS, r.randint(0, 2)) for _ in outputs]
    y = [np.abs(r.numbers(o.shape, 0.1, 1)).astype("float32") for o in outputs]
    is_weighted = len(y) == 1 and y[0].ndim == 2 and r.random() < 0.3
    sample_weight = r.numbers((len(y[0]),), 0.5, 1).astype("float32") if is_weighted else None
    one = len(y) == 1
    logs, weights = [], []
    for library, model in zip((keras, ours), models, strict=True):
        optimizer = getattr(library.optimizers, name)(**options)
        model.compile(optimizer, losses[0] if one else losses, metrics=metrics[0] if one else metrics)
        logs.append(_outcome(functools.partial(_two_steps, model, x, y[0] if one else y, sample_weight)))
        weights.append([np.asarray(w, "float32") for w in model.get_weights()])
    said = f"{name}({options}), {losses}, {metrics}, weighted {is_weighted}"
    return _of_training(logs, weights, recipe, said, options["learning_rate"])


def _two_steps(model: Any, x: Any, y: Any, sample_weight: Any) -> list[dict[str, float]]:
    logs = [model.train_on_batch(x, y, sample_weight=sample_weight, return_dict=True) for _ in range(2)]
    return [{key: float(value) for key, value in log.items()} for log in logs]


def _of_training(logs: Any, weights: Any, recipe: Recipe, said: str, rate: float) -> tuple[str, str] | None:
    """What differs after two steps: an adaptive step has the size of its rate whatever the gradient, rounding too."""
    if any(isinstance(side, Failure) for side in logs):
        found = _different("training", logs, 0)
        return found and (found[0], f"{found[1]} with {said}")
    if set(logs[0][0]) != set(logs[1][0]):
        return "logs", f"keras {list(logs[0][0])}, here {list(logs[1][0])} with {said}"
    if recipe.is_random:
        return None
    values = [[np.array([log[k] for k in sorted(log)]) for log in side[:1]] for side in logs]
    found = _different("loss", values, 1e-3)
    if found:
        return found[0], f"{found[1]} ({sorted(logs[0][0])}) with {said}"
    for i, (a, b) in enumerate(zip(*weights, strict=True)):
        gap = np.abs(a - b)
        if not np.isfinite(gap).all():
            if not (np.isfinite(a) == np.isfinite(b)).all():
                return "trained", f"[{i}] NaN: keras {a.reshape(-1)[:4]}, here {b.reshape(-1)[:4]} with {said}"
            continue
        if gap.size and (np.median(gap) > 2e-4 or gap.max() > max(5e-3, 5 * rate)):
            sides = f"keras {a.reshape(-1)[:4]}, here {b.reshape(-1)[:4]}"
            return "trained", f"[{i}] {a.shape} differ by {gap.max():.3g}: {sides} with {said}"
    return None


def _saved(keras: Any, ours: Any, models: tuple[Any, Any], x: Any, r: Draw) -> tuple[str, str] | None:
    """Files of one side in the other, of one model in ten."""
    if r.random() > 0.1:
        return None
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(pathlib.Path(folder) / name) for name in ("keras.keras", "ours.keras")]
        for model, path in zip(models, paths, strict=True):
            model.save(path)
        for model, library, path in ((models[0], ours, paths[0]), (models[1], keras, paths[1])):
            loaded = _outcome(lambda library=library, path=path: library.models.load_model(path))
            if isinstance(loaded, Failure):
                return "file", f"written by {'keras' if library is ours else 'us'}: {loaded}"
            found = _different("file", [_listed(m(x)) for m in (model, loaded)], 2e-4)
            if found:
                return found
    return None


def _first_of(theirs: Any, ours: Any, path: str = "") -> str:
    """The first difference of two configs."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in [*theirs, *(k for k in ours if k not in theirs)]:
            if theirs.get(key, "absent") != ours.get(key, "absent"):
                return _first_of(theirs.get(key, "absent"), ours.get(key, "absent"), f"{path}/{key}")
    if isinstance(theirs, (list, tuple)) and isinstance(ours, (list, tuple)) and len(theirs) == len(ours):
        for i, (a, b) in enumerate(zip(theirs, ours, strict=True)):
            if a != b:
                return _first_of(a, b, f"{path}/{i}")
    return f"{path}: keras {theirs!r:.150}, here {ours!r:.150}"
