"""Layers that crop, move, bend and recolor images, with the labels, boxes and masks that belong to them."""
