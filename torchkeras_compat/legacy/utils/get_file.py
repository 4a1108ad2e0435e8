"""`get_file` of Keras 1 and 2: an archive is unpacked beside the file, into the folder of the cache."""

from __future__ import annotations

import os
import tempfile
import urllib.parse
from pathlib import Path
from typing import Any

from torchkeras_compat.data import download
from torchkeras_compat.data.archive import extract_archive, formats_of
from torchkeras_compat.errors import FileContentError


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file, downloaded if it is not in the cache yet.

    With ``extract`` the members of an archive come to lie beside it, and the path is that of the archive, as in Keras 1
    and 2; Keras 3 returns a folder of the members alone. With ``untar`` the file is ``<fname>.tar.gz``, and the path is
    ``<fname>`` beside it, which the archive is expected to have as its only folder.

    Args:
        fname: Name of the file; None for that in the URL. A path has its folder below ``cache_subdir``; an absolute
            one is where the file comes to lie.
        origin: URL: ``https:``, ``http:``, ``ftp:`` or ``file:``.
        untar: Whether to unpack a tar file.
        md5_hash: The older spelling of ``file_hash`` for md5.
        file_hash: Hash in hexadecimal that the file must have. A cached file with another one is downloaded again.
        cache_subdir: Folder in ``cache_dir``, or an absolute path.
        hash_algorithm: ``"md5"``, ``"sha256"``, or ``"auto"`` for the one that ``file_hash`` is as long as.
        extract: Whether to unpack the file: each time, over what lies there.
        archive_format: ``"tar"`` (also compressed), ``"zip"``, a list of these, or ``"auto"`` for both; None for none.
        cache_dir: Folder of the cache; None for ``$KERAS_HOME``, or ``~/.keras``.
        force_download: Whether to download again what is cached.

    Raises:
        ValueError: no ``origin``, a ``fname`` that leads out of its folder, a wrong hash or a bad ``hash_algorithm``.
        FileContentError: the archive is broken, of another format, or has a member outside its folder.
        FileLimitError: more would come out of the archive than its size warrants.
        OSError: the URL cannot be read, or the connection ended early.

    Example:
        >>> import zipfile
        >>> from torchkeras_compat.config import disable_interactive_logging, enable_interactive_logging
        >>> folder = Path(tempfile.mkdtemp())
        >>> with zipfile.ZipFile(folder / "pets.zip", "w") as archive:
        ...     archive.writestr("pets/cat.txt", "meow")
        >>> disable_interactive_logging()
        >>> path = get_file("pets.zip", (folder / "pets.zip").as_uri(), extract=True, cache_dir=folder / "cache")
        >>> enable_interactive_logging()
        >>> (Path(path).parent / "pets" / "cat.txt").read_text()
        'meow'

    Source: Keras 2.15 API, utils/get_file.
    """
    if not origin:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    given = Path(os.fspath(fname) if fname else os.path.basename(urllib.parse.urlsplit(origin).path))
    if ".." in given.parts:
        raise ValueError(f"`fname` must not lead out of its folder. Received: fname={os.fspath(given)!r}")
    name = f"{given.name}.tar.gz" if untar else given.name
    path = Path(
        download.get_file(
            name,
            origin,
            md5_hash=md5_hash,
            file_hash=file_hash,
            cache_subdir=os.fspath(Path(cache_subdir) / given.parent),
            hash_algorithm=hash_algorithm,
            cache_dir=cache_dir,
            force_download=force_download,
        )
    )
    unpacked = path.with_name(given.name)
    if untar:
        if not unpacked.exists() or force_download:
            _unpack_beside(path, ("tar",))
        return str(unpacked)
    if extract and archive_format is not None:
        _unpack_beside(path, formats_of(archive_format))
    return str(path)


def _unpack_beside(archive: Path, formats: tuple[str, ...]) -> None:
    """Put the members of an archive, checked, into the folder in which it lies."""
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".unpacked.") as folder:
        new = Path(folder) / "members"
        extract_archive(archive, new, formats)
        _merge(new, archive.parent, archive)


def _merge(source: Path, target: Path, archive: Path) -> None:
    """Move what is in one folder into another, over files of the same name."""
    for item in source.iterdir():
        place = target / item.name
        if place == archive:
            raise FileContentError(f"{archive} has a member of its own name, which would replace it. Check `origin`.")
        if item.is_dir() and not item.is_symlink() and place.is_dir() and not place.is_symlink():
            _merge(item, place, archive)
        else:
            os.replace(item, place)
