from ..architectures.vgg import VGG16 as VGG16
from ..image_scaling import caffe_input as preprocess_input
from ..imagenet_classes import decode_predictions as decode_predictions

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]
