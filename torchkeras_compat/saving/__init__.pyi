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
from .file_editor import KerasFileEditor as KerasFileEditor
from .file_limits import FileLimits as FileLimits
from .saving_and_loading import (
    load_model as load_model,
    load_weights as load_weights,
    save_model as save_model,
    save_weights as save_weights,
)

__all__ = [
    "CustomObjectScope",
    "FileLimits",
    "KerasFileEditor",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
