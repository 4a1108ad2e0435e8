"""What a layer is: the class, what it holds, and the call by its stages.

A reader starts at `layer.py`: the class `Layer`, with the short path that most calls go. What it stands on, from the
top down; a module imports from those below it and from none above:

1. ``layer``: the class.
2. ``full_call``: the call with everything that Keras promises; ``stateless``: the call with given values in place of
   the weights.
3. ``symbolic_call``: the call on symbolic inputs, which is recorded.
4. ``building``: weights made once, for the shapes of the first call.
5. ``shape_inference``: shapes of outputs, said by the layer or found on the meta device.
6. ``outputs``: precision of the computation, casts, activity losses.
7. ``arguments``: conversion of inputs, ``training`` and masks of a call.
8. ``weight_lists``: the weights of a layer and of all below it, in Keras's order.
9. ``attributes``: what is assigned becomes a child or a weight, or is watched.
10. ``weights``: making one weight, or the torch module that holds it.
11. ``policy``: the dtypes of weights and computation.
12. ``state``: what every layer holds, declared once; ``traits``: what its class says of itself.
13. ``call_plan``: whether calls may go the short path; ``call_state``: the calls under way and their losses.
14. ``adaptable``, ``adapters``: quantization and low-rank adapters, by a table.
15. ``tracking``: what a layer finds in its attributes.
16. ``call_spec``, ``input_spec``, ``masks``, ``modes``, ``remat_scopes``, ``shapes``, ``structure``: what all of these
    speak of; they do not know each other, and no layer.

`Layer` derives from 8, 9, 10, 11 and 12, in this order, and from what `adapters` leaves to an adapter; the stages of
the call, 2 to 7, are functions of a layer.
"""
