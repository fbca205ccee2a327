"""How much memory several methods need at growing lengths, at their highest moment."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from course_lib.errors import UnknownNameError
from course_lib.measuring.memory import peak_bytes

_MIB = 2**20


@dataclass(frozen=True)
class Peaks:
    """Peak memory of several methods at several lengths, beyond that of their inputs.

    Parameters
    ----------
    most : bytes, by method, then by length

    Examples
    --------
    >>> print(Peaks({"plain": {256: 5 * 2**20, 512: 20 * 2**20}, "fused": {512: 2**19}}))
    length     plain     fused
       256   5.0 MiB         –
       512  20.0 MiB   0.5 MiB
    peak memory, beyond the inputs
    """

    most: Mapping[str, Mapping[int, int]]

    @property
    def names(self) -> list[str]:
        """The methods, as they were handed in."""
        return list(self.most)

    @property
    def lengths(self) -> list[int]:
        """The lengths that at least one method was measured at."""
        return sorted({length for curve in self.most.values() for length in curve})

    def lengths_of(self, name: str) -> list[int]:
        """Return the lengths that a method was measured at."""
        return sorted(self._of(name))

    def mib(self, name: str) -> list[float]:
        """Return what a method needs at each of its lengths, in MiB."""
        return [most / _MIB for _, most in sorted(self._of(name).items())]

    def __str__(self) -> str:
        widths = {name: max(10, len(name) + 2) for name in self.names}
        lines = ["length" + "".join(f"{name:>{width}}" for name, width in widths.items())]
        for length in self.lengths:
            cells = {name: _mebibytes(self.most[name].get(length)) for name in widths}
            row = "".join(f"{cells[name]:>{width}}" for name, width in widths.items())
            lines.append(f"{length:6,}{row}")
        return "\n".join([*lines, "peak memory, beyond the inputs"])

    def _of(self, name: str) -> Mapping[int, int]:
        if name not in self.most:
            raise UnknownNameError(
                f"expected a method whose memory was measured; got {name!r}. "
                f"There are {', '.join(self.names)}."
            )
        return self.most[name]


def measure_peaks(
    makers: Mapping[str, Callable[[int], Callable[[], object]]],
    lengths: Mapping[str, Iterable[int]],
    *,
    device: str = "cpu",
) -> Peaks:
    """Measure the memory of each method at its lengths, as `peak_bytes` does.

    Parameters
    ----------
    makers : by name, as `sweep` takes them
    lengths : for each of them, where to measure; a method that is not named is left out
    device : "cpu", or the GPU on which the calls leave their tensors
    """
    return Peaks(
        {
            name: {n: peak_bytes(makers[name](n), device=device) for n in sorted(its_lengths)}
            for name, its_lengths in lengths.items()
        }
    )


def _mebibytes(most: int | None) -> str:
    """Write an amount to a tenth, which is as far as it can be trusted."""
    return "–" if most is None else f"{most / _MIB:,.1f} MiB"
