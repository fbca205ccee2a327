"""What is added to multi-head attention that does not belong to it."""

from numpy import ndarray


def normalised(x: ndarray) -> ndarray:
    """Give each token's features mean 0 and standard deviation 1."""
    return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)
