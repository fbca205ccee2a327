"""One archive that sets the course up on a machine without a network."""

from course_lib.running.packing.archive import pack

__all__ = ["pack"]
