"""Files from the network, downloaded once."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torchkeras_compat import config
from torchkeras_compat.data.archive import ArchiveLimits, extract_archive, formats_of
from torchkeras_compat.data.checksum import algorithm_of, has_hash

_TIMEOUT_SECONDS = 60
_CHUNK_BYTES = 2**18
_REST = ".partial"  # suffix of what an interrupted download leaves, to be resumed


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
    *,
    limits: ArchiveLimits | None = None,
) -> str:
    """Return the path of a file, downloaded if it is not in the cache yet; an archive is unpacked if asked for.

    A download takes its place in the cache when it is complete and its hash is right, so what was there before is
    never lost to a broken connection. With a hash an interrupted download is resumed by the next call, from a server
    that sends parts: what had come lies beside the file as ``<name>.partial`` meanwhile.

    Args:
        fname: Name of the file in the cache; None for that in the URL. With ``extract`` it names the folder, and the
            archive lies beside it as ``<fname>_archive``; if it has a suffix it names the archive, and the folder
            is ``<name up to the first dot>_extracted``.
        origin: URL: ``https:``, ``http:``, ``ftp:`` or ``file:``.
        untar: The older spelling of ``extract`` for tar files.
        md5_hash: The older spelling of ``file_hash`` for md5.
        file_hash: Hash in hexadecimal that the file must have. A cached file with another one is downloaded again.
        cache_subdir: Folder in ``cache_dir``, or an absolute path.
        hash_algorithm: ``"md5"``, ``"sha256"``, or ``"auto"`` for the one that ``file_hash`` is as long as.
        extract: Whether to unpack the file.
        archive_format: ``"tar"`` (also compressed), ``"zip"``, a list of these, or ``"auto"`` for both.
        cache_dir: Folder of the cache; None for ``$KERAS_HOME``, or ``~/.keras``.
        force_download: Whether to download again what is cached.
        limits: How much may come out of an archive, in proportion to its size; None for the default.

    Returns:
        Path of the file, or of the folder with the members of the archive.

    Raises:
        ValueError: no ``origin``, a path as ``fname``, a wrong hash or a bad ``hash_algorithm``.
        FileContentError: the archive is broken, of another format, or has a member outside its folder.
        FileLimitError: more would come out of the archive than the limits allow.
        OSError: the URL cannot be read, or the connection ended early.

    Example:
        >>> import pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "numbers.txt").write_text("1 2 3")
        >>> config.disable_interactive_logging()
        >>> path = get_file(origin=(folder / "numbers.txt").as_uri(), cache_dir=folder / "cache")
        >>> pathlib.Path(path).read_text()
        '1 2 3'
        >>> config.enable_interactive_logging()

    Source: Keras API, utils/get_file.
    """
    if not origin:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    if not urllib.parse.urlsplit(origin).scheme:
        raise ValueError(f"`origin` must be a URL, such as 'https://...' or 'file:///...'. Received: origin={origin!r}")
    name = os.fspath(fname) if fname else os.path.basename(urllib.parse.unquote(urllib.parse.urlsplit(origin).path))
    if os.path.basename(name) != name or name in ("", ".", ".."):
        raise ValueError(
            "Paths are no longer accepted as the `fname` argument: it is the name of one file. To specify its folder, "
            f"use `cache_dir` or `cache_subdir`. Received: fname={fname!r} for {origin}"
        )
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    if file_hash is not None:
        hash_algorithm = algorithm_of(file_hash, hash_algorithm)
    formats = formats_of("tar" if untar and not extract else archive_format) if extract or untar else ()
    target = cache_folder(cache_dir) / cache_subdir / name
    archive, folder = _places(target, has_name=bool(fname)) if formats else (target, None)
    is_cached = not force_download and archive.is_file()
    if is_cached and file_hash is not None and not has_hash(archive, file_hash, hash_algorithm):
        _say(f"The hash of {archive} is not the one given: it is downloaded again.\n")
        is_cached = False
    if not is_cached:
        _download(origin, archive, file_hash, hash_algorithm)
    if folder is None:
        return str(archive)
    if not is_cached or not folder.is_dir():
        extract_archive(archive, folder, formats, limits)
    return str(folder)


def cache_folder(cache_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of the cache: the one given, else ``$KERAS_HOME``, else ``~/.keras``."""
    return Path(cache_dir or os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()


def _places(target: Path, has_name: bool) -> tuple[Path, Path]:
    """Where an archive and the folder with its members lie."""
    if not has_name or not target.suffix:
        return target.with_name(f"{target.name}_archive"), target
    return target, target.with_name(f"{target.name.partition('.')[0]}_extracted")


def _download(origin: str, path: Path, file_hash: str | None, algorithm: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _say(f"Downloading data from {origin}\n")
    rest = path.with_name(f"{path.name}{_REST}")
    with _beside(path) as partial:
        # Only a hash can show that the halves belong together. Of several processes one gets the first half.
        if file_hash is not None:
            with contextlib.suppress(OSError):
                os.replace(rest, partial)
        try:
            if _fetch(origin, partial) and not has_hash(partial, str(file_hash), algorithm):
                partial.unlink()
                _fetch(origin, partial)
        except BaseException:
            if file_hash is not None and partial.is_file() and partial.stat().st_size:
                os.replace(partial, rest)
            raise
        if file_hash is not None and not has_hash(partial, file_hash, algorithm):
            raise ValueError(
                f"Incomplete or corrupted file detected: the {algorithm} hash of what {origin} sent is not "
                f"{file_hash}. Check the hash, or download again."
            )
        os.replace(partial, path)


def _fetch(origin: str, partial: Path) -> bool:
    """Write what the URL has behind what is in the file already; return whether something was."""
    headers = {"User-Agent": "torchkeras_compat"}
    start = partial.stat().st_size if partial.is_file() else 0
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        request = urllib.request.Request(origin, headers=headers)
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
            if getattr(answer, "status", None) != 206 or not _begins_at(answer.headers.get("Content-Range"), start):
                start = 0  # the server sends the whole file
            length = int(answer.headers.get("Content-Length") or -1)
            expected = length + start if length >= 0 else -1
            received = start
            with partial.open("ab" if start else "wb") as file:
                while chunk := answer.read(_CHUNK_BYTES):
                    file.write(chunk)
                    received += len(chunk)
                    _show_progress(received, expected)
    except urllib.error.HTTPError as error:
        if start and error.code == 416:  # nothing lies behind the first half: it is not of this file, or all of it
            partial.unlink()
            return _fetch(origin, partial)
        raise OSError(f"URL fetch failure on {origin}: {error.code} -- {error.msg}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise OSError(f"URL fetch failure on {origin}: {getattr(error, 'reason', error)}") from error
    if 0 <= expected != received:
        raise OSError(f"URL fetch failure on {origin}: received {received} of {expected} bytes. Try again.")
    return start > 0


def _begins_at(content_range: str | None, start: int) -> bool:
    return bool(content_range and content_range.strip().lower().startswith(f"bytes {start}-"))


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file name in the folder of ``path``, free again afterwards."""
    folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=".download."))
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _show_progress(received: int, expected: int) -> None:
    if not sys.stdout.isatty():
        return
    total = f" of {expected / 1e6:.1f}" if expected >= 0 else ""
    _say(f"\r{received / 1e6:.1f}{total} MB" + ("\n" if received == expected else ""))


def _say(text: str) -> None:
    if config.is_interactive_logging_enabled():
        sys.stdout.write(text)
        sys.stdout.flush()
