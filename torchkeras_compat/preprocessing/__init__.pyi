from . import image as image
from . import sequence as sequence

__all__ = ["image", "sequence"]
