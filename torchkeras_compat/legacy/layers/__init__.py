"""Layers that Keras 1 and 2 had and Keras 3 dropped, with the signatures that they had there."""
