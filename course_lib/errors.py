"""Errors that teach: what was expected, what arrived, what to try."""


class CourseError(Exception):
    """Any error that the course raises on purpose; its text is written for a learner."""


class ShapeError(CourseError, ValueError):
    """Arrays whose axes do not fit together."""


class MaskError(CourseError, ValueError):
    """A mask of the wrong kind or shape; masks are bool, and True means *may attend*."""


class TokenError(CourseError, ValueError):
    """A token, or a number of tokens, that does not belong here."""


class MeasurementError(CourseError, ValueError):
    """Numbers that cannot be measured, fitted or recorded as they were asked for."""


class UnknownNameError(CourseError, KeyError):
    """A lesson, exercise or question that the course does not have."""

    def __str__(self) -> str:
        """Return the sentence itself; KeyError would show it in quotation marks."""
        return str(self.args[0]) if self.args else ""
