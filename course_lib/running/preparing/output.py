"""Output that no character stops, whatever a terminal or a redirected stream can encode.

Like all that `course.py` imports before there is an environment, this stands on the standard
library alone.
"""

import codecs
import io
import sys

STAND_INS = {
    **{"✓": "+", "✗": "x", "·": ".", "…": "...", "×": "x", "√": "sqrt"},
    **{"≤": "<=", "≥": ">=", "±": "+-", "−": "-", "→": "->"},
}


def let_every_character_out() -> None:
    """Write what the output's encoding lacks with other characters, instead of ending in an error.

    On Windows, a redirected output has the encoding of the system's language, and lacks a ✓.
    """
    codecs.register_error("spelled out", _spell_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="spelled out")


def _spell_out(fault: UnicodeError) -> tuple[str, int]:
    """Give each character its stand-in, or the escape that Python's strings have for it."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    lacking = fault.object[fault.start : fault.end]
    told = (
        STAND_INS.get(one) or one.encode("ascii", "backslashreplace").decode() for one in lacking
    )
    return "".join(told), fault.end
