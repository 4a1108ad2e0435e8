"""`keras.backend` of Keras 1 and 2: its functions under their old names, arguments and defaults, a module a topic.

Each works on tensors, arrays, Variables and numbers, and is recorded where an argument is a KerasTensor. What Keras 1
had otherwise is in `keras1`; the recorded graph, with gradients and functions of it, in `graph`.
"""
