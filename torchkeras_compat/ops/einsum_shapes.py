"""The shape of an einsum, from the subscripts and shapes with unknown sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from torchkeras_compat.ops.broadcasting import Shape, broadcast_shapes


def einsum_shape(subscripts: str, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of ``einsum(subscripts, *operands)``.

    Raises:
        ValueError: the subscripts do not fit the shapes, or the sizes of a letter differ.

    Example:
        >>> einsum_shape("...ij,jk", [(None, 2, 3), (3, 4)])
        (None, 2, 4)
    """
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum: {len(terms)} terms for {len(shapes)} operands. Received: subscripts={subscripts!r}")
    sizes: dict[str, int | None] = {}
    rest: list[Shape] = []
    for term, shape in zip(terms, shapes, strict=True):
        before, dots, after = term.partition("...")
        if len(before) + len(after) > len(shape) or (not dots and len(before) != len(shape)):
            raise ValueError(
                f"einsum: the term {term!r} does not fit the shape {shape}. Received: subscripts={subscripts!r}"
            )
        end = len(shape) - len(after)
        if dots:
            rest.append(shape[len(before) : end])
        for letter, size in [*zip(before, shape, strict=False), *zip(after, shape[end:], strict=True)]:
            known = sizes.get(letter)
            if None not in (known, size) and known != size and 1 not in (known, size):
                raise ValueError(
                    f"einsum: sizes {known} and {size} meet at {letter!r}. "
                    f"Received: subscripts={subscripts!r}, shapes={list(shapes)}"
                )
            sizes[letter] = size if known in (None, 1) else known
    if not arrow:
        counts = Counter(inputs.replace(",", "").replace(".", ""))
        output = ("..." if rest else "") + "".join(sorted(letter for letter, count in counts.items() if count == 1))
    before, dots, after = output.partition("...")
    unknown = [letter for letter in before + after if letter not in sizes]
    if unknown:
        raise ValueError(f"einsum: {unknown[0]!r} of the result is in no term. Received: subscripts={subscripts!r}")
    middle = broadcast_shapes(*rest) if dots else ()
    return (*(sizes[x] for x in before), *middle, *(sizes[x] for x in after))
