"""Files that Keras publishes for its applications: read from its cache, else downloaded with a checksum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torchkeras_compat.data.download import cache_folder, get_file

_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
_SUBDIR = "models"


@dataclass(frozen=True)
class PublishedFile:
    """A file that Keras publishes, as it calls it in its cache and finds it on the network.

    Args:
        name: Name in the cache.
        file_hash: Its hash; None where none is published.
        url: Where it is.
        content: What it holds, for messages.
    """

    name: str
    file_hash: str | None
    url: str
    content: str

    @property
    def place(self) -> Path:
        """Where it lies in the cache."""
        return cache_folder() / _SUBDIR / self.name

    def path(self) -> str:
        """Return the path of the file, downloaded if it is not in the cache.

        Raises:
            OSError: it is not in the cache and cannot be downloaded. The message says where to put it.
            ValueError: what was downloaded has another hash.
        """
        try:
            return get_file(self.name, self.url, file_hash=self.file_hash, cache_subdir=_SUBDIR)
        except OSError as error:
            state = f"{self.place} has not the published hash" if self.place.exists() else f"There is no {self.place}"
            raise OSError(
                f"{state}, and {self.content} could not be downloaded: {error}. Without a network, download"
                f" {self.url} elsewhere and put it at {self.place}."
            ) from error


def published_weights(place: str, file_hash: str | None) -> PublishedFile:
    """Return the file with weights that lies at ``place`` below Keras's folder of applications.

    Example:
        >>> published_weights("mobilenet/mobilenet_1_0_224_tf.h5", None).name
        'mobilenet_1_0_224_tf.h5'
    """
    name = place.rpartition("/")[2]
    return PublishedFile(name, file_hash, f"{_KERAS}{place}", f"the published weights {name}")
