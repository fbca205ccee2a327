"""How long the next length will take, and which methods can still be afforded there."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from course_lib.measuring.rounds import Timing

LEAST_ROUNDS = 2
# As long as a method has been seen at one length only, twice the length is taken to cost four
# times as much. Then its growth between the last two counts, but not beyond these: whoever reads
# every word takes twice as long for two times as many, and a jump may have been a bad moment.
_FIRST_GUESS, _SLOWEST, _FASTEST = 2.0, 1.0, 4.0


@dataclass
class Budget:
    """Seconds of wall-clock time that run from the moment they are given."""

    seconds: float | int
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        self._end = self.clock() + self.seconds

    @property
    def left(self) -> float:
        """How many of the seconds are left; below zero where it took longer."""
        return self._end - self.clock()


@dataclass
class Method:
    """One of those that are compared, and what is known of it so far."""

    name: str
    make: Callable[[int], Callable[[], object]]
    timings: dict[int, Timing] = field(default_factory=dict)
    least_s: dict[int, float] = field(default_factory=dict)  # of wall-clock time, fewest rounds
    is_left_out: bool = False

    def forecast(self, length: int) -> float:
        """Guess how many seconds the fewest rounds will take at a longer length."""
        if not self.least_s:
            return 0.0
        *earlier, (last, seconds) = self.least_s.items()
        growth = _FIRST_GUESS
        if earlier and min(seconds, earlier[-1][1]) > 0:
            before, seconds_before = earlier[-1]
            growth = math.log(seconds / seconds_before) / math.log(last / before)
        return seconds * (length / last) ** min(max(growth, _SLOWEST), _FASTEST)


def affordable(methods: Collection[Method], length: int, *, seconds: float | int) -> list[Method]:
    """Leave the costliest methods out, for good, until the others fit into the time."""
    going = sorted((m for m in methods if not m.is_left_out), key=lambda m: m.forecast(length))
    while going and sum(method.forecast(length) for method in going) > seconds:
        going.pop().is_left_out = True
    return [method for method in methods if not method.is_left_out]
