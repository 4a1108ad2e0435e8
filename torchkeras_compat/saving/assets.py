"""Assets: files of their own that layers save beside their weights, such as vocabularies."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.object_tree import children, identity
from torchkeras_compat.saving.old_weight_paths import places_of, walk_of
from torchkeras_compat.saving.reading import is_of_the_system


def save_assets(model: Any, folder: Path) -> None:
    """Call ``save_assets(path)`` of every object that has it, each with a folder of its own.

    Args:
        model: Layer or model.
        folder: Folder for all of them; made if there is anything to save.
    """
    for path, obj in _walk(model, "", set()):
        if callable(getattr(obj, "save_assets", None)):
            own = folder / path
            own.mkdir(parents=True, exist_ok=True)
            obj.save_assets(str(own))


def load_assets(model: Any, archive: Any, version: str | None = None) -> None:
    """Call ``load_assets(path)`` of every object that has it and whose folder is in the archive.

    Args:
        model: Layer or model.
        archive: `KerasArchive`.
        version: ``keras_version`` of the archive; None if it does not say.

    Raises:
        FileContentError: a part would lie outside the folder of the assets.
            So is what a ``load_assets`` says of them by an OSError, such as a missing file.
        FileLimitError: they are larger than the limits allow.
        OSError: the system raised it.
    """
    names = [name for name in archive.names() if name.replace("\\", "/").startswith("assets/")]
    takers = [item for item in _places(model, version) if callable(getattr(item[1], "load_assets", None))]
    if not names or not takers:
        return
    limit = current_limits().assets_bytes
    size = sum(archive.sizes(name)[0] for name in names)
    if size > limit:
        raise too_much(f"The assets in {archive.path!r} have {size:,} bytes", "assets_bytes", limit)
    with tempfile.TemporaryDirectory() as root:
        for name in names:
            parts = PurePosixPath(name).parts
            if "\\" in name or ":" in name or ".." in parts or PurePosixPath(name).is_absolute():
                raise FileContentError(
                    f"{archive.path!r} holds the part {name!r}, which would be written outside its own folder. Such"
                    " files are not read."
                )
            target = Path(root, *parts)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                file = target.open("wb")
            except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
                raise FileContentError(
                    f"{archive.path!r} holds the part {name!r} where another of its parts lies. Save the model again."
                ) from error
            with file:
                archive.copy(name, file)
        for path, obj in takers:
            folder = Path(root, "assets", path)
            if folder.is_dir():
                try:
                    obj.load_assets(str(folder))
                except OSError as error:
                    if is_of_the_system(error) and not isinstance(error, FileNotFoundError):  # a file that is not there
                        raise
                    raise FileContentError(
                        f"The assets of {type(obj).__name__} {getattr(obj, 'name', '')!r} in {archive.path!r} cannot be"
                        f" loaded: {error}. Save the model again."
                    ) from error


def _places(model: Any, version: str | None) -> Iterator[tuple[str, Any]]:
    """Yield each object of a model with the folder that a version of Keras had for it."""
    walk = walk_of(version) if version is not None and version.startswith("2.") else None
    if walk is None:
        yield from _walk(model, "", set())
    else:
        yield from (("/".join(place.path), place.value) for place in places_of(model, walk))


def _walk(obj: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    if identity(obj) in seen:
        return
    seen.add(identity(obj))
    yield path, obj
    for name, below in children(obj):
        yield from _walk(below, f"{path}/{name}" if path else name, seen)
