"""The outputs of a model and of some of its layers, in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torchkeras_compat import tree
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.graph import Graph
from torchkeras_compat.models.graph_model import GraphModel


def graph_of(model: Any) -> Graph | None:
    """Return the graph that a model runs; None if it has none."""
    return model._find_graph() if isinstance(model, GraphModel) else None


class Features:
    """A model that gives the outputs of layers beside its own.

    Args:
        model: Functional or built sequential model.
        names: Names of layers; for a layer that is called several times, its first call counts.

    Attributes:
        model: The model of the outputs and these layers' outputs, in one list; it shares its layers.
    """

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        graph = graph_of(model)
        assert graph is not None
        self.names = list(dict.fromkeys(names))
        calls = [next(n for n in graph.nodes if n.operation is model.get_layer(name)) for name in self.names]
        self._structures = [graph.outputs, *(call.outputs for call in calls)]
        outputs = [tensor for structure in self._structures for tensor in tree.flatten(structure)]
        self.model = Functional(graph.inputs, outputs, name=f"{model.name}_features")

    def split(self, flat: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        """Return the outputs and the features by name from what :attr:`model` gave."""
        parts = []
        start = 0
        for structure in self._structures:
            end = start + len(tree.flatten(structure))
            parts.append(tree.pack_sequence_as(structure, flat[start:end]))
            start = end
        return parts[0], dict(zip(self.names, parts[1:], strict=True))


class Runner:
    """Runs a model, with the features that are wanted of it.

    Args:
        model: The model.
        names: Names of layers; none for the outputs alone.
        through: What wraps the model that is run: ``torch.compile``, say; None for nothing.
    """

    def __init__(
        self, model: Any, names: Sequence[str], through: Callable[[Any], Callable[..., Any]] | None = None
    ) -> None:
        self.features = Features(model, names) if names else None
        self.model = model if self.features is None else self.features.model
        self._run = self.model if through is None else through(self.model)

    def __call__(self, x: Any, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        """Return the outputs, and the outputs of the layers by name."""
        outputs = self._run(x, **kwargs)
        return (outputs, {}) if self.features is None else self.features.split(outputs)
