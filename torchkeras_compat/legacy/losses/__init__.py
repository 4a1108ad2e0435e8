"""Losses of Keras 1 and 2 that Keras 3 dropped, or that mean something else there."""
