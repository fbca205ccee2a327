"""What a sweep found: the time of several methods against length, and what follows from it."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from course_lib.errors import MeasurementError, UnknownNameError
from course_lib.measuring.exponent import Exponent, scaling_exponent
from course_lib.measuring.peak_memory import Peaks
from course_lib.measuring.provenance import Provenance
from course_lib.measuring.rounds import Timing


@dataclass(frozen=True)
class Sweep:
    """Times of several methods at several lengths, all taken in turns.

    Parameters
    ----------
    timings : by method, then by length; a method may have been left out at the longer ones
    left_out : by method, the lengths that would have broken the budget
    budget_s : of wall-clock time, for all together
    provenance : where this was measured
    peaks : how much memory they needed, where that was measured beside

    Examples
    --------
    >>> def taking(name, ms):
    ...     return {n: Timing(name, (t / 1000, t / 900)) for n, t in ms.items()}
    >>> squared = taking("dense", {256: 1, 512: 4, 1024: 16})
    >>> straight = taking("dilated", {256: 2, 512: 4.2, 1024: 8, 2048: 16})
    >>> here = Provenance.of_this_run(repeats="2 rounds")
    >>> sweep = Sweep({"dense": squared, "dilated": straight}, {"dense": (2048,)}, 15, here)
    >>> print(sweep)
    length     dense   dilated
       256   1.00 ms   2.00 ms
       512   4.00 ms   4.20 ms
     1,024   16.0 ms   8.00 ms
     2,048         –   16.0 ms
    minimum of 2 rounds; cost grows as length to the power of
      dense    2.00 (2.00 to 2.00)
      dilated  0.99 (0.91 to 1.07)
    left out, to stay within 15 s: dense at 2,048
    >>> f"{sweep.crossover('dense', 'dilated'):.0f}"
    '536'
    """

    timings: Mapping[str, Mapping[int, Timing]]
    left_out: Mapping[str, tuple[int, ...]]
    budget_s: float | int
    provenance: Provenance
    peaks: Peaks | None = None

    @property
    def names(self) -> list[str]:
        """The methods, as they were handed in."""
        return list(self.timings)

    @property
    def lengths(self) -> list[int]:
        """The lengths that at least one method was measured at."""
        return sorted({length for timings in self.timings.values() for length in timings})

    def lengths_of(self, name: str) -> list[int]:
        """Return the lengths that a method was measured at."""
        return sorted(self._of(name))

    def minimum_ms(self, name: str) -> list[float]:
        """Return a method's time at each of its lengths, where nothing came in between."""
        return [timing.minimum_ms for _, timing in sorted(self._of(name).items())]

    def median_ms(self, name: str) -> list[float]:
        """Return a method's time at each of its lengths, as it is as a rule."""
        return [timing.median_ms for _, timing in sorted(self._of(name).items())]

    def ratio(self, name: str, to: str, length: int) -> float:
        """Return how many times as long a method takes as another: the median over the rounds."""
        ours, theirs = self._at(name, length), self._at(to, length)
        return median(a / b for a, b in zip(ours.seconds, theirs.seconds, strict=True))

    def exponent(self, name: str, *, shortest: int = 0) -> Exponent:
        """Fit minimum time ∝ length ** p.

        Parameters
        ----------
        shortest : lengths below are left out of the fit; small ones mostly measure the start
        """
        lengths = [length for length in self.lengths_of(name) if length >= shortest]
        return scaling_exponent(lengths, [self._of(name)[n].minimum_ms for n in lengths])

    def crossover(self, name: str, other: str) -> float | None:
        """Return the length where the order of two methods changes, the last time it does.

        Between two measured lengths the logarithm of their ratio is taken as straight. None means
        that one is quicker throughout, as far as was measured; nothing is extrapolated.
        """
        lengths = sorted(set(self.lengths_of(name)) & set(self.lengths_of(other)))
        ahead = [math.log(self.ratio(name, other, length)) for length in lengths]
        for at in reversed(range(1, len(lengths))):
            before, after = ahead[at - 1], ahead[at]
            if before != after and before * after <= 0:
                share = before / (before - after)
                return lengths[at - 1] * (lengths[at] / lengths[at - 1]) ** share
        return None

    def save(self, path: str | Path) -> None:
        """Write everything to a JSON file, for a lesson to show as recorded.

        Raises
        ------
        MeasurementError
            If the provenance does not say what was measured.
        """
        if self.provenance.missing:
            raise MeasurementError(
                "expected a recorded file to say what was measured, how and on what; this one "
                f"would not carry {', '.join(self.provenance.missing)}. Hand it over: "
                "sweep(…, provenance=Provenance.of_this_run(dtype=…, shapes=…, command=…))."
            )
        seconds = {
            name: {length: timing.seconds for length, timing in timings.items()}
            for name, timings in self.timings.items()
        }
        record: dict[str, object] = {
            "provenance": asdict(self.provenance),
            "budget_s": self.budget_s,
            "seconds": seconds,
            "left_out": dict(self.left_out),
        }
        if self.peaks:
            record["peak_bytes"] = self.peaks.most
        Path(path).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")

    @classmethod
    def load(cls, path: str | Path) -> "Sweep":
        """Read what `save` wrote."""
        record = json.loads(Path(path).read_text("utf-8"))
        timings = {
            name: {int(length): Timing(name, tuple(taken)) for length, taken in curve.items()}
            for name, curve in record["seconds"].items()
        }
        left_out = {name: tuple(lengths) for name, lengths in record["left_out"].items()}
        most = {
            name: {int(length): peak for length, peak in curve.items()}
            for name, curve in record.get("peak_bytes", {}).items()
        }
        where = Provenance(**record["provenance"])
        return cls(timings, left_out, record["budget_s"], where, Peaks(most) if most else None)

    def __str__(self) -> str:
        widths = [max(10, len(name) + 2) for name in self.names]
        heads = zip(self.names, widths, strict=True)
        lines = ["length" + "".join(f"{name:>{width}}" for name, width in heads)]
        for length in self.lengths:
            cells = [_milliseconds(self._of(name).get(length)) for name in self.names]
            row = zip(cells, widths, strict=True)
            lines.append(f"{length:6,}" + "".join(f"{cell:>{width}}" for cell, width in row))
        memory = [str(self.peaks)] if self.peaks else []
        return "\n".join([*lines, *self._exponents(), *self._left_out(), *memory])

    def _exponents(self) -> Iterable[str]:
        how = f"minimum of {self.provenance.repeats}"
        fitted = [name for name in self.names if len(self._of(name)) > 1]
        width = max(map(len, fitted), default=0)
        yield f"{how}; cost grows as length to the power of" if fitted else how
        for name in fitted:
            is_timed = min(self.minimum_ms(name)) > 0
            fit = self.exponent(name) if is_timed else "unknown: too short for the clock"
            yield f"  {name:{width}}  {fit}"

    def _left_out(self) -> Iterable[str]:
        if self.left_out:
            listed = ", ".join(
                f"{name} at {' and '.join(f'{length:,}' for length in lengths)}"
                for name, lengths in self.left_out.items()
            )
            yield f"left out, to stay within {self.budget_s:g} s: {listed}"

    def _of(self, name: str) -> Mapping[int, Timing]:
        if name not in self.timings:
            raise UnknownNameError(
                f"expected a method of this sweep; got {name!r}. It has {', '.join(self.names)}."
            )
        return self.timings[name]

    def _at(self, name: str, length: int) -> Timing:
        timings = self._of(name)
        if length not in timings:
            raise MeasurementError(
                f"expected a length that {name!r} was measured at; got {length}. "
                f"There are {', '.join(map(str, self.lengths_of(name)))}."
            )
        return timings[length]


def _milliseconds(timing: Timing | None) -> str:
    """Write a time with three digits, and a dash where there is none."""
    if timing is None:
        return "–"
    number = timing.minimum_ms
    digits = 2 if number < 9.995 else 1 if number < 99.95 else 0
    return f"{number:,.{digits}f} ms" if number >= 0.095 else f"{number:.4f} ms"
