"""Preprocessing of texts, images and sequences, as Keras 1 and 2 had it."""
