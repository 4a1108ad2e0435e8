"""What a layer is: the class, what it holds, and the call by its stages.

A reader starts at `layer.py`: the class `Layer`, with the short path that most calls go. What it stands on, from the
top down; a module imports from those below it and from none above:

1. ``layer``: the class; ``stateless``: its call with other values in place of its weights.
2. ``full_call``: the call with everything that Keras promises; ``symbolic_call``: the one on symbolic inputs.
3. ``building``: weights made once, for the shapes of the first call.
4. ``shape_inference``: shapes of outputs, said by the layer or found on the meta device.
5. ``outputs``: precision of the computation, casts, activity losses.
6. ``arguments``: conversion of inputs, ``training`` and masks of a call.
7. ``call_plan``, ``call_state``: whether calls may go the short path; the calls under way.
8. ``weight_lists``: all weights in Keras's order; ``weights``: making one.
9. ``attributes``: what is assigned becomes a child, a weight, or is watched; ``policy``, ``quantization``: dtypes.
10. ``masks``, ``modes``, ``shapes``, ``structure``, ``tracking``, ``call_spec``, ``input_spec``: words that all of
    these use, and that know no layer.
"""
