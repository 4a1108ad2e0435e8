"""``tf.io``: files, images, records and what is written in them."""
