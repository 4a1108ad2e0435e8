from ..image_scaling import unscaled_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = ["decode_predictions", "preprocess_input"]
