from .bounding_box_gallery import plot_bounding_box_gallery as plot_bounding_box_gallery
from .bounding_boxes import draw_bounding_boxes as draw_bounding_boxes
from .image_gallery import plot_image_gallery as plot_image_gallery
from .segmentation_mask_gallery import plot_segmentation_mask_gallery as plot_segmentation_mask_gallery
from .segmentation_masks import draw_segmentation_masks as draw_segmentation_masks

__all__ = [
    "draw_bounding_boxes",
    "draw_segmentation_masks",
    "plot_bounding_box_gallery",
    "plot_image_gallery",
    "plot_segmentation_mask_gallery",
]
