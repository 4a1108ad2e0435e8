"""File formats that plugins bring: their base class, and which one the ending of a name chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from torchkeras_compat.errors import NameClashError
from torchkeras_compat.plugins import manager


class FileFormat:
    """A way to write models, or their weights alone, that the ending of a file's name chooses.

    A subclass sets ``suffixes`` and writes those methods that it has; the others refuse. A file is written under a
    temporary name that has no such ending, and appears under its own when the method has returned.

    Attributes:
        suffixes: Endings of names, such as ``(".safetensors",)``.

    Example:
        >>> class Notes(FileFormat):
        ...     suffixes = (".notes",)
        >>> Notes().save_model(None, "model.notes")
        Traceback (most recent call last):
        ...
        ValueError: The file format Notes (.notes) cannot save whole models.
    """

    suffixes: tuple[str, ...] = ()

    def save_model(self, model: Any, path: str) -> None:
        """Write a model whole.

        Args:
            model: Model.
            path: File to write.

        Raises:
            ValueError: the format has no whole models.
        """
        self._refuse("save whole models")

    def load_model(
        self,
        path: str,
        *,
        custom_objects: Mapping[str, Any] | None = None,
        compile: bool = True,
        safe_mode: bool = True,
    ) -> Any:
        """Return the model that a file holds.

        Args:
            path: File.
            custom_objects: Further names and their classes or functions; they are known by name already.
            compile: Whether to compile it as it was.
            safe_mode: Whether the file is not trusted.

        Raises:
            ValueError: the format has no whole models, or the file is broken.
        """
        self._refuse("load whole models")

    def save_weights(self, model: Any, path: str) -> None:
        """Write the weights of a model.

        Args:
            model: Model, built.
            path: File to write.

        Raises:
            ValueError: the format has no weights without a model.
        """
        self._refuse("save weights alone")

    def load_weights(self, model: Any, path: str, *, skip_mismatch: bool = False) -> None:
        """Set the weights of a model.

        Args:
            model: Model, built.
            path: File.
            skip_mismatch: Whether layers that the file does not fit keep their values.

        Raises:
            ValueError: the format has no weights without a model, or the file does not fit.
        """
        self._refuse("load weights alone")

    def _refuse(self, what: str) -> NoReturn:
        raise ValueError(f"The file format {type(self).__name__} ({', '.join(self.suffixes)}) cannot {what}.")


def file_format(path: str) -> FileFormat | None:
    """Return the format of a plugin that the ending of a name chooses, or None.

    Raises:
        NameClashError: two plugins claim the ending.
    """
    found = {
        id(offer.value): offer
        for offer in manager.offers("file_formats")
        if isinstance(offer.value, type) and issubclass(offer.value, FileFormat) and path.endswith(offer.value.suffixes)
    }
    if len(found) > 1:
        infos = manager.current().infos
        owners = " and ".join(f"{offer.name} of plugin {infos[offer.plugin].label}" for offer in found.values())
        raise NameClashError(f"The ending of {path!r} is claimed by {owners}. Block one: TORCHKERAS_PLUGINS_BLOCK=...")
    return next((offer.value() for offer in found.values()), None)
