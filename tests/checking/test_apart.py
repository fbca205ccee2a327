import pytest

from course_lib.checking.apart import judge, try_answer
from course_lib.checking.registry import exercise_named
from course_lib.checking.verdict import Verdict

pytestmark = pytest.mark.usefixtures("shapes_unchecked")


def judged(name, answer):
    return judge(name, try_answer(name, answer, seed=3, seconds=30.0), seed=3)


def test_an_answer_tried_here_and_judged_there_gets_its_verdict():
    exercise = exercise_named("hops")
    assert judged("hops", exercise.reference).status == "correct"
    for mistake in exercise.mistakes:
        assert judged("hops", mistake.wrong_functions[0]).mistake == mistake.title


def test_where_there_is_nothing_to_call_there_is_a_verdict_at_once():
    for answer, status in ((None, "not attempted"), (3, "error"), (lambda: None, "not attempted")):
        verdict = try_answer("hops", answer, seed=3, seconds=30.0)
        assert isinstance(verdict, Verdict)
        assert verdict.status == status


def test_an_answer_without_an_end_is_stopped():
    def endless(*_):
        while True:
            pass

    verdict = try_answer("hops", endless, seed=3, seconds=0.2)
    assert (verdict.status, verdict.message) == ("timed out", "still running after 0.2 s")


def test_an_answer_that_was_tried_on_a_part_is_never_right():
    for name in ("hops", "suspicious"):
        seen = try_answer(name, exercise_named(name).reference, seed=3, seconds=20.0)
        with pytest.raises(ValueError, match=f"expected {len(seen)} outcomes"):
            judge(name, seen[:-1], seed=3)
