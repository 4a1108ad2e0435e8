from .archive import ExportArchive as ExportArchive

__all__ = [
    "ExportArchive",
]
