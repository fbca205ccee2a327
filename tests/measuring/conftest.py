"""What tests of measuring ask for: clocks that are told what to say."""

import pytest


class Clock:
    """Stands still until a callable lets time pass."""

    now = 0.0

    def __call__(self):
        return self.now

    def takes(self, *seconds, calls=None, name=""):
        """Return a callable whose n-th call takes the n-th time, and that notes its name."""
        times = iter(seconds)

        def run():
            self.now += next(times)
            if calls is not None:
                calls.append(name)

        return run

    def grows(self, cost, *, making=0.0, made=None):
        """Return a maker of calls that take ``cost(length)`` seconds each."""

        def make(length):
            self.now += making
            if made is not None:
                made.append(length)

            def run():
                self.now += cost(length)

            return run

        return make


@pytest.fixture
def clock():
    return Clock()
