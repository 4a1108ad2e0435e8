from ...utils.image_files import load_img as load_img, save_img as save_img
from ...utils.images import array_to_img as array_to_img, img_to_array as img_to_array
from ...utils.proportions import smart_resize as smart_resize

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img", "smart_resize"]
