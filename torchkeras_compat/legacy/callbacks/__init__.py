"""Callbacks as Keras 1 and 2 had them."""
