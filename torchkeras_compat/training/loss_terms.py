"""The terms of a model's loss: each a loss of one output, or of several outputs together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchkeras_compat.errors import nearest
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.naming import free_name, to_snake_case
from torchkeras_compat.training.loss_function import loss_function, sum_of
from torchkeras_compat.training.loss_weight import loss_weight
from torchkeras_compat.training.output_structure import OutputStructure, Path, at, fill, paths_of


class LossTerm:
    """One loss, with the outputs it is of and its part in the total.

    Attributes:
        given: What ``compile`` was given.
        loss: Callable ``(y_true, y_pred, sample_weight)``.
        path: Of the output, or of all the outputs together.
        weight: Factor of the loss in the total, for :func:`~torchkeras_compat.training.loss_weight.weighted`.
        tracker: Mean of the loss over batches, where the total has several terms.
        outputs: Which outputs it is of.
        is_joint: Whether it takes them together, in their nesting, rather than the only one alone.
    """

    def __init__(self, loss: Any, path: Path, structure: OutputStructure) -> None:
        self.given = loss
        self.loss: Any = loss_function(loss)
        self.path = path
        self.outputs = structure.below(path)
        self.is_joint = structure.paths[self.outputs[0]] != path
        self.weight: Any = None
        self.tracker: Mean | None = None

    def joint_parts(self, targets: list[Any], weights: list[Any], y_pred: Any) -> tuple[Any, Any, Any]:
        """Return target, prediction and sample weight of a joint loss; the target is None if one lacks.

        Raises:
            ValueError: the outputs have different sample weights.
        """
        prediction = at(y_pred, self.path)
        own = [targets[i] for i in self.outputs]
        if any(target is None for target in own):
            return None, prediction, None
        weight = weights[self.outputs[0]]
        if any(weights[i] is not weight for i in self.outputs):
            raise ValueError(
                f"The loss of {len(own)} outputs together needs one sample weight for all of them, but received a "
                "`sample_weight` for each. Give one array."
            )
        return fill(prediction, iter(own)), prediction, weight

    def batch_size(self, prediction: Any) -> int:
        """Return the number of samples in a prediction."""
        while self.is_joint and isinstance(prediction, (dict, list, tuple)):
            prediction = next(iter(prediction.values())) if isinstance(prediction, dict) else prediction[0]
        return len(prediction)


def loss_terms(loss: Any, loss_weights: Any, structure: OutputStructure, y_pred: Any) -> list[LossTerm]:
    """Match what ``compile`` was given to the outputs.

    One loss holds for each output. In a nesting of losses, one that meets several outputs takes them together; a list
    of another kind than the outputs at its place (a list for a dict or a tuple) holds several losses of all of them,
    ``[joint, {"a": "mse"}]``, unless it has one loss for each. A list for one output means the sum.

    Args:
        loss: A loss, or a nesting of losses.
        loss_weights: Factor of each loss: by output, in the nesting of the losses, or one after the other.
        structure: Of the outputs.
        y_pred: Outputs of a batch.

    Raises:
        ValueError: losses or weights do not fit the outputs.
        KeyError: a dict of losses has a key that the dict of outputs lacks.
    """
    if not _is_nest(loss):
        found = [(path, loss) for path in structure.paths]
    else:
        if structure.is_single:
            loss = _of_only_output(loss, structure)
        found = list(_spread(loss, y_pred, (), structure))
    terms = [LossTerm(one, path, structure) for path, one in found if one is not None]
    for term, weight in zip(terms, _weights(loss_weights, [one for _, one in found], terms, structure), strict=True):
        if isinstance(weight, list):
            term.loss = sum_of(term.given, weight)
        else:
            term.weight = loss_weight(weight)
    if len(terms) > 1:
        taken: set[str] = set()
        for term in terms:
            name = free_name(f"{_name(term, structure, y_pred)}_loss", taken)
            taken.add(name)
            term.tracker = Mean(name=name)
    return terms


def _of_only_output(loss: Any, structure: OutputStructure) -> Any:
    if isinstance(loss, dict):
        _check_keys(loss, [structure.known_name] if structure.known_name else list(loss)[:1])
        return next(iter(loss.values()), None)
    return loss[0] if len(loss) == 1 else structure.refuse("loss", loss)


def _spread(given: Any, outputs: Any, path: Path, structure: OutputStructure) -> Iterator[tuple[Path, Any]]:
    """Yield each loss with the path of what it is of; None where the user gave None."""
    if not _is_nest(given):
        yield path, given
    elif isinstance(given, dict):
        yield from _spread_dict(given, outputs, path, structure)
    elif not isinstance(outputs, (dict, list, tuple)):
        yield path, list(given)  # their sum
    elif len(given) == len(leaves := list(paths_of(outputs))) and not any(map(_is_nest, given)):
        yield from (((*path, *rest), one) for rest, one in zip(leaves, given, strict=True))
    elif type(given) is type(outputs):
        if len(given) != len(outputs):
            structure.refuse("loss", given)
        for i, one in enumerate(given):
            yield from _spread(one, outputs[i], (*path, i), structure)
    else:
        for one in given:
            yield from _spread(one, outputs, path, structure)


def _spread_dict(
    given: dict[Any, Any], outputs: Any, path: Path, structure: OutputStructure
) -> Iterator[tuple[Path, Any]]:
    places: dict[Any, Path]
    if isinstance(outputs, dict):
        places = {key: (key,) for key in outputs}
    elif hasattr(outputs, "_fields"):
        places = {field: (i,) for i, field in enumerate(outputs._fields)}
    elif not path and isinstance(outputs, (list, tuple)):
        places = dict(zip(structure.names, structure.paths, strict=True))
    else:
        raise ValueError(f"`loss` has a dict for the output at {list(path)}, which is not a dict. Received: {given!r}.")
    _check_keys(given, list(places), KeyError if isinstance(outputs, dict) else ValueError)
    for key, place in places.items():
        if key in given:
            yield from _spread(given[key], at(outputs, place), (*path, *place), structure)


def _check_keys(given: dict[Any, Any], names: list[Any], error: type[Exception] = ValueError) -> None:
    for key in given:
        if key not in names:
            raise error(
                f"Key {key!r} in the `loss` argument, can't be found in either the model's output or the targets. "
                f"Expected keys: {names}.{nearest(str(key), list(map(str, names)))}"
            )


def _weights(given: Any, losses: list[Any], terms: list[LossTerm], structure: OutputStructure) -> list[Any]:
    """Return the factor of each term."""
    if given is None:
        return [None] * len(terms)
    flat = [at(given, path) for path in paths_of(given)]
    outputs = [term.outputs[0] for term in terms if not term.is_joint]
    if len(set(outputs)) == len(terms):  # each of another output: weights may be given by output
        if isinstance(given, dict) or structure.is_single:
            by_output = structure.spread("loss_weights", given)
            return [by_output[i] for i in outputs]
        if len(flat) == len(structure.paths):
            return [flat[i] for i in outputs]
    if len(flat) == len(terms):
        return flat
    sizes = [len(loss) if isinstance(loss, list) else 1 for loss in losses]
    if len(flat) != sum(sizes):
        raise ValueError(
            f"`loss_weights` must match the number of losses: there are {sum(sizes)} losses and {len(flat)} weights. "
            f"Give one number for each loss. Received: {given!r}."
        )
    left = iter(flat)
    each = [[next(left) for _ in loss] if isinstance(loss, list) else next(left) for loss in losses]
    return [weight for weight, loss in zip(each, losses, strict=True) if loss is not None]


def _name(term: LossTerm, structure: OutputStructure, y_pred: Any) -> str:
    """Return what a loss is called in the logs: Keras's `a/y1` for output `y1` in the tuple at key `a`."""
    if not term.path:
        names = [structure.known_name] if structure.is_single else [structure.prefixes[i] for i in term.outputs]
        return "_".join(names) if all(names) else _loss_name(term.given)
    *above, last = term.path
    if not term.is_joint and not isinstance(at(y_pred, tuple(above)), dict):
        last = structure.prefixes[term.outputs[0]] or _loss_name(term.given)
    return "/".join(map(str, (*above, last)))


def _loss_name(loss: Any) -> str:
    if isinstance(loss, list):
        return "_".join(map(_loss_name, loss))
    if isinstance(loss, str):
        return loss
    name = getattr(loss, "name", None) or getattr(loss, "__name__", None)
    return name.strip("<>") if isinstance(name, str) else to_snake_case(type(loss).__name__)


def _is_nest(given: Any) -> bool:
    return isinstance(given, (list, tuple)) or (isinstance(given, dict) and "class_name" not in given)
