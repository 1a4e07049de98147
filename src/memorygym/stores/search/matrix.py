"""The same table as `columns` in numpy, which is faster; whole numbers, so the same products."""

from collections.abc import Sequence

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
