"""Initializers of Keras 1 and 2 under their own names and arguments."""
