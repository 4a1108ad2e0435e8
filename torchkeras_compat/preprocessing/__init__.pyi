from . import image as image
from . import sequence as sequence
from ..utils.image_folder import image_dataset_from_directory as image_dataset_from_directory
from ..utils.text_folder import text_dataset_from_directory as text_dataset_from_directory
from ..utils.timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array

__all__ = [
    "image",
    "image_dataset_from_directory",
    "sequence",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
]
