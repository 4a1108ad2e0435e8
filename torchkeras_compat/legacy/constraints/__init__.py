"""Constraints of Keras 1 under their own names and arguments."""
