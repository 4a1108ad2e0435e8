from .serialization import deserialize_keras_object as deserialize_keras_object
from .serialization import serialize_keras_object as serialize_keras_object

__all__ = [
    "deserialize_keras_object",
    "serialize_keras_object",
]
