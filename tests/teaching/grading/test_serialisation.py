import json
import pickle

import numpy as np
import pytest

from course_lib.checking.cost_limits import Spent
from course_lib.checking.outcome import Outcome, Raised
from course_lib.teaching.grading.serialisation import as_json, from_json

RAISED = Raised("ValueError", "no", "x = 1", "f", not_written=False, by_hand=False)
SEEN = [
    Outcome(parts=(np.arange(6.0).reshape(2, 3), np.array([True, False]))),
    Outcome(parts=(np.array(np.nan), np.array([np.inf, -0.0]), np.zeros((0, 3)))),
    Outcome(parts=(np.array(["cat", "mat"]),)),
    Outcome(unreadable="got None", printed="so\n", changed=(0, 2)),
    Outcome(raised=RAISED, spent=Spent(True, "many lines")),
]


def test_every_outcome_comes_back_as_it_was():
    back = from_json(as_json(SEEN))
    for before, after in zip(SEEN, back, strict=True):
        assert (before.parts is None) == (after.parts is None)
        for ours, theirs in zip(before.parts or (), after.parts or (), strict=True):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)
        assert (before.raised, before.spent, before.changed) == (
            after.raised,
            after.spent,
            after.changed,
        )
        assert (before.unreadable, before.printed) == (after.unreadable, after.printed)


def one(**changes):
    packed = json.loads(as_json([Outcome(parts=(np.zeros(2),))]))[0]
    return json.dumps([{**packed, **changes}])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}[",
        "[1]",
        "[{}]",
        one(printed=1),
        one(unreadable=["x"]),
        one(changed=["x"]),
        one(raised={"type_name": "E"}),
        one(parts=[{"kind": "object", "shape": [1], "raw": ""}]),
        one(parts=[{"kind": "float", "shape": [3], "raw": ""}]),
        one(parts=[{"kind": "float", "shape": [1], "raw": "AAAA"}]),
        one(parts=[{"words": [1]}]),
        pickle.dumps(1).decode("latin-1"),
    ],
)
def test_what_is_not_an_outcome_is_refused(text):
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_json(text)


def test_long_texts_are_cut():
    assert len(from_json(one(printed="x" * 10**6))[0].printed) == 500


def test_more_numbers_than_any_exercise_asks_for_are_refused(monkeypatch):
    monkeypatch.setattr("course_lib.teaching.grading.serialisation.LARGEST", 5)
    with pytest.raises(ValueError, match="more numbers"):
        from_json(as_json([Outcome(parts=(np.zeros(6),))]))
