from .borders import crop_images as crop_images
from .borders import pad_images as pad_images
from .colors import hsv_to_rgb as hsv_to_rgb
from .colors import rgb_to_grayscale as rgb_to_grayscale
from .colors import rgb_to_hsv as rgb_to_hsv
from .filtering import gaussian_blur as gaussian_blur
from .filtering import sobel_edges as sobel_edges
from .image_patches import extract_patches as extract_patches
from .image_patches import extract_patches_3d as extract_patches_3d
from .quality import ssim as ssim
from .resizing import resize as resize
from .resizing import scale_and_translate as scale_and_translate
from .sampling import map_coordinates as map_coordinates
from .warping import affine_transform as affine_transform
from .warping import elastic_transform as elastic_transform
from .warping import perspective_transform as perspective_transform

__all__ = [
    "affine_transform",
    "crop_images",
    "elastic_transform",
    "extract_patches",
    "extract_patches_3d",
    "gaussian_blur",
    "hsv_to_rgb",
    "map_coordinates",
    "pad_images",
    "perspective_transform",
    "resize",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "scale_and_translate",
    "sobel_edges",
    "ssim",
]
