from ..backend.session import clear_session as clear_session
from ..callbacks.progress import Progbar as Progbar
from ..config import (
    disable_interactive_logging as disable_interactive_logging,
    enable_interactive_logging as enable_interactive_logging,
    is_interactive_logging_enabled as is_interactive_logging_enabled,
)
from ..data.batching import (
    pack_x_y_sample_weight as pack_x_y_sample_weight,
    unpack_x_y_sample_weight as unpack_x_y_sample_weight,
)
from ..data.archive import ArchiveLimits as ArchiveLimits
from ..data.download import get_file as get_file
from ..data.py_dataset import PyDataset as PyDataset, PyDataset as Sequence
from ..dtypes.names import standardize_dtype as standardize_dtype
from ..random.determinism import deterministic_operations as deterministic_operations
from ..random.seeding import set_random_seed as set_random_seed
from ..custom_objects import (
    CustomObjectScope as CustomObjectScope,
    custom_object_scope as custom_object_scope,
    get_custom_objects as get_custom_objects,
    get_registered_name as get_registered_name,
    get_registered_object as get_registered_object,
    register_keras_serializable as register_keras_serializable,
)
from ..deserialization import deserialize_keras_object as deserialize_keras_object
from ..serialization import (
    serialize_keras_object as serialize_keras_object,
)
from ..symbolic.keras_tensor import is_keras_tensor as is_keras_tensor
from ..symbolic.node import get_source_inputs as get_source_inputs
from . import bounding_boxes as bounding_boxes, legacy as legacy
from .audio_folder import audio_dataset_from_directory as audio_dataset_from_directory
from .categorical import to_categorical as to_categorical
from .config import Config as Config
from .feature_space import FeatureSpace as FeatureSpace
from .image_files import load_img as load_img, save_img as save_img
from .image_folder import image_dataset_from_directory as image_dataset_from_directory
from .images import array_to_img as array_to_img, img_to_array as img_to_array
from .model_plot import model_to_dot as model_to_dot, plot_model as plot_model
from .sequences import pad_sequences as pad_sequences
from .dataset_split import split_dataset as split_dataset
from .text_folder import text_dataset_from_directory as text_dataset_from_directory
from .timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array
from .unit_norm import normalize as normalize

__all__ = [
    "ArchiveLimits",
    "Config",
    "CustomObjectScope",
    "FeatureSpace",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "audio_dataset_from_directory",
    "bounding_boxes",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "deterministic_operations",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "model_to_dot",
    "pack_x_y_sample_weight",
    "plot_model",
    "legacy",
    "load_img",
    "normalize",
    "pad_sequences",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
