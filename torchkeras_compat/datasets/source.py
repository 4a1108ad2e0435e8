"""Where the files of a dataset come from: the cache of Keras, local copies of other libraries, the network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from torchkeras_compat.data.download import cache_folder, get_file
from torchkeras_compat.datasets.samples.switch import VARIABLE

FOLDERS = "TORCHKERAS_DATASETS"  # environment variable: more folders with local copies
_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


@dataclass(frozen=True)
class DatasetFile:
    """A file of a dataset, as Keras calls it in its cache and finds it on the network.

    Args:
        dataset: Name of the dataset, for messages.
        name: Name in the cache.
        file_hash: Its hash; None where none is published.
        origin: URL; None for Keras's own place.
        cache_subdir: Folder in the cache.
    """

    dataset: str
    name: str
    file_hash: str | None = None
    origin: str | None = None
    cache_subdir: str = "datasets"

    @property
    def url(self) -> str:
        """The URL."""
        return self.origin or f"{_KERAS}{self.name}"

    @property
    def place(self) -> Path:
        """Where it lies in the cache."""
        return cache_folder() / self.cache_subdir / self.name

    def path(self, given: str | os.PathLike[str] | None = None) -> Path:
        """Return the path of the file, downloaded if it is not in the cache.

        Args:
            given: Another name in the cache, or the path of a file that is there, with its folder. Such a file is
                the user's own, and not compared with the hash.

        Raises:
            FileNotFoundError: there is no such file.
            OSError: it is not in the cache and cannot be downloaded. The message says where to put it.
            ValueError: what was downloaded has another hash.
        """
        name = os.fspath(given) if given is not None else self.name
        if os.path.dirname(name):
            path = Path(name).expanduser()
            if not path.is_file():
                raise FileNotFoundError(
                    f"There is no file {path} with the dataset {self.dataset}. Give the path of one that is there, or a"
                    f" name without a folder, such as {self.name!r}, for a file in {self.place.parent}."
                )
            return path
        place = self.place.with_name(name) if name else self.place
        try:
            return Path(get_file(place.name, self.url, file_hash=self.file_hash, cache_subdir=self.cache_subdir))
        except OSError as error:
            raise OSError(self._absent(place, error)) from error

    def folder(self, name: str) -> Path:
        """Return a folder of the archive that the file is, downloaded and unpacked if it is not in the cache.

        Raises:
            FileContentError, FileLimitError: the archive is broken or hostile.
            OSError: it is not in the cache and cannot be downloaded. The message says where to put it.
            ValueError: what was downloaded has another hash.
        """
        try:
            unpacked = get_file(self.name, self.url, extract=True, file_hash=self.file_hash)
        except OSError as error:
            archive = self.place.with_name(f"{self.name}_archive")
            unpacked_place = self.place.with_name(name)
            raise OSError(f"{self._absent(archive, error)} The unpacked folder may lie at {unpacked_place}.") from error
        return Path(unpacked) / name

    def _absent(self, place: Path, error: OSError) -> str:
        state = f"{place} has not the hash of the dataset" if place.exists() else f"There is no file {place}"
        return (
            f"{state}, and the dataset {self.dataset} could not be downloaded: {error}. Without a network, download"
            f" {self.url} elsewhere and put it at {place}, or set {VARIABLE}=1 (torchkeras-compat run --sample-data)"
            " for generated samples of the same shapes and dtypes."
        )


def local_copy(folder: str | os.PathLike[str], files: Sequence[str]) -> Path | None:
    """Return a folder with these files that another library has downloaded, or None.

    Looked for in the cache, in the folders that the environment variable ``TORCHKERAS_DATASETS`` lists, and in ``data``
    beside the program, where most programs let torchvision put its files.

    Args:
        folder: The folder as torchvision calls it, such as ``"MNIST/raw"``.
        files: Names of files that it must have.

    Example:
        >>> local_copy("no such folder", ["a"]) is None
        True
    """
    for root in _roots():
        if all((root / folder / name).is_file() for name in files):
            return root / folder
    return None


def _roots() -> Iterator[Path]:
    yield cache_folder() / "datasets"
    for listed in os.environ.get(FOLDERS, "").split(os.pathsep):
        if listed:
            yield Path(listed).expanduser()
    yield Path("data")
