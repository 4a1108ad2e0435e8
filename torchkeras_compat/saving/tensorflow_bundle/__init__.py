"""Checkpoints and SavedModels of TensorFlow, read without it: tables, messages, the graph of objects, weights."""
