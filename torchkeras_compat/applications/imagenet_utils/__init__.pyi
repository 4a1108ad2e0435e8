from ..image_scaling import preprocess_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions
from ..input_shape import obtain_input_shape as obtain_input_shape

__all__ = ["decode_predictions", "obtain_input_shape", "preprocess_input"]
