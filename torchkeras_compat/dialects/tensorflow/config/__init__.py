"""``tf.config``: devices and how the program runs."""
