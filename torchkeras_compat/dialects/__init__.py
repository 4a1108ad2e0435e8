"""Spellings of Keras 1, Keras 2 and tf.keras, and the import hook that lets programs use them."""
