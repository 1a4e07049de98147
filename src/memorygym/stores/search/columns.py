"""Tables of whole-number vectors: in numpy, or without it by long integers that hold many rows.

A block of rows is one integer for each dimension, 32 bits a row. Only blocks that were written to
since the last search are put together again, so that neither writing nor reading slows down.
"""

from array import array
from collections.abc import Sequence
from sys import byteorder

LIMIT = 1023
"""Largest size of a number in a vector."""
WIDEST = 2000
"""Most dimensions: sums of so many products, lifted above 0, stay within 32 bits."""
BLOCK = 1024
"""Rows of a block."""
_BYTES = 4
_ONES = int.from_bytes(array("I", [1]) * BLOCK, byteorder)


class Columns:
    """Vectors under the numbers of their rows."""

    def __init__(self, size: int) -> None:
        if size > WIDEST:
            raise ValueError(f"vectors of {size} dimensions; at most {WIDEST} are exact")
        self._size = size
        self._blocks: list[_Block] = []

    def put(self, row: int, vector: Sequence[int]) -> None:
        """Sets a row, which is at most one beyond those that are there."""
        if row >= BLOCK * len(self._blocks):
            self._blocks.append(_Block(self._size))
        self._blocks[row // BLOCK].put(row % BLOCK, vector)

    def dots(self, vector: Sequence[int]) -> list[int]:
        """The products of all rows with a vector; more follow than rows were set."""
        wanted = [(place, value) for place, value in enumerate(vector) if value]
        found: list[int] = []
        for block in self._blocks:
            found += block.dots(wanted)
        return found


class _Block:
    """So many rows, kept by dimension; every number stands LIMIT above what it is."""

    def __init__(self, size: int) -> None:
        self._columns = [array("I", [LIMIT]) * BLOCK for _ in range(size)]
        self._whole: dict[int, int] = {}
        """Columns as one integer each, as far as they were asked for."""

    def put(self, row: int, vector: Sequence[int]) -> None:
        self._whole.clear()
        for column, value in zip(self._columns, vector, strict=True):
            column[row] = LIMIT + value

    def dots(self, wanted: Sequence[tuple[int, int]]) -> list[int]:
        """The products of the rows with a vector of so many (place, value)."""
        total = sum(value * self._column(place) for place, value in wanted)
        lift = LIMIT * sum(abs(value) for _, value in wanted)
        # Lifted so that no row is below 0: a row that borrowed of the next would spoil it.
        lifted = total + (lift - LIMIT * sum(value for _, value in wanted)) * _ONES
        found = array("I", lifted.to_bytes(_BYTES * BLOCK, byteorder))
        return [value - lift for value in found]

    def _column(self, place: int) -> int:
        whole = self._whole.get(place)
        if whole is None:
            whole = self._whole[place] = int.from_bytes(self._columns[place], byteorder)
        return whole


_FIRST = 64


class Matrix:
    """Vectors under the numbers of their rows; needs the extra `vec`."""

    def __init__(self, size: int) -> None:
        import numpy

        self._numpy = numpy
        self._numbers = numpy.zeros((size, _FIRST), numpy.int16)
        """A row of this for each dimension, a column for each row of the table."""

    def put(self, row: int, vector: Sequence[int]) -> None:
        """Sets a row, which is at most one beyond those that are there."""
        if row >= self._numbers.shape[1]:
            more = self._numpy.zeros_like(self._numbers)
            self._numbers = self._numpy.hstack([self._numbers, more])
        self._numbers[:, row] = vector

    def dots(self, vector: Sequence[int]) -> list[int]:
        """The products of all rows with a vector; more follow than rows were set."""
        wanted = self._numpy.array(vector, self._numpy.int32)
        places = wanted.nonzero()[0]
        # Not a product of matrices, which starts threads that other episodes need.
        found: list[int] = self._numpy.einsum(
            "i,ij->j", wanted[places], self._numbers[places]
        ).tolist()
        return found
