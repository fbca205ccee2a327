"""Every exercise of the course: right answers pass, each listed mistake gets its own name."""

import inspect
import json
import math
from importlib.resources import files
from itertools import islice

import numpy as np
import pytest
from right_answers import RIGHT

from course_lib.checking import evaluate
from course_lib.checking.engine import judge, try_answer
from course_lib.checking.exercise import pairs_of
from course_lib.checking.guarding import Limit
from course_lib.checking.registry import all_exercises

PAIRS_EACH = 3
NO_LIMIT = Limit(cpu_s=math.inf, clock_s=math.inf)

pytestmark = pytest.mark.usefixtures("shapes_unchecked")  # as in a notebook, and quicker


def each(exercises):
    return pytest.mark.parametrize("exercise", exercises, ids=lambda exercise: exercise.name)


every_exercise = each(all_exercises().values())
every_one_of_numbers = each([e for e in all_exercises().values() if e.kind.numbers != "text"])


def judged(exercise, answer, seed=1):
    """Judge without a limit that matters: every one of these functions comes to its end."""
    seen = try_answer(exercise.name, answer, seed=seed, limit=NO_LIMIT)
    return judge(exercise.name, seen, seed=seed)


def rebuilt(exercise, *, before=lambda arg: arg, after=lambda part: part):
    """Return the reference with something done to its arguments and to what it gives back."""

    def answer(*args):
        result = exercise.reference(*map(before, args))
        if isinstance(result, tuple | list):
            return type(result)(map(after, result))
        return after(result)

    return answer


def in_float32(arg):
    is_real = isinstance(arg, np.ndarray) and arg.dtype == float
    return arg.astype(np.float32) if is_real else arg


# --- right answers


@every_exercise
def test_the_reference_is_right_whatever_is_drawn(exercise):
    assert evaluate(exercise.name, exercise.reference).status == "correct"
    for seed in range(5):
        assert judged(exercise, exercise.reference, seed).status == "correct"


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_written_in_other_ways_are_right(name):
    for answer in RIGHT[name]:
        verdict = evaluate(name, answer)
        assert verdict.status == "correct", verdict.message


@every_exercise
def test_an_answer_in_single_precision_is_right(exercise):
    answer = rebuilt(exercise, before=in_float32)
    for seed in range(5):
        assert judged(exercise, answer, seed).status == "correct"


@every_exercise
def test_an_answer_of_nested_lists_is_right(exercise):
    answer = rebuilt(exercise, after=lambda part: np.asarray(part).tolist())
    assert judged(exercise, answer).status == "correct"


@every_exercise
def test_an_answer_that_takes_its_arguments_by_name_is_right(exercise):
    def answer(**named):
        return exercise.reference(*(named[name] for name in exercise.parameters))

    kind = inspect.Parameter.KEYWORD_ONLY
    wanted = [inspect.Parameter(name, kind) for name in exercise.parameters]
    answer.__signature__ = inspect.Signature(wanted)
    assert evaluate(exercise.name, answer, 1).status == "correct"


# --- wrong answers


@every_exercise
def test_every_way_of_a_mistake_comes_back_under_its_title(exercise):
    for mistake in exercise.mistakes:
        for number, wrong in enumerate(mistake.wrong_functions):
            verdict = judged(exercise, wrong, seed=number)
            assert (verdict.mistake, verdict.status) == (mistake.title, "incorrect"), number


@every_exercise
def test_evaluate_names_a_mistake_too_and_explains_it(exercise):
    for mistake in exercise.mistakes[:3]:
        verdict = evaluate(exercise.name, mistake.wrong_functions[0], 3)
        assert verdict.mistake == mistake.title
        assert mistake.explanation in verdict.message


@every_exercise
def test_two_mistakes_at_once_are_named(exercise):
    pairs = list(pairs_of(exercise.mistakes))
    for pair in islice(pairs, 0, None, max(1, len(pairs) // PAIRS_EACH)):
        verdict = judged(exercise, pair.wrong_functions[-1])
        assert verdict.status != "correct", pair.title
        assert verdict.mistake, pair.title


@every_one_of_numbers
def test_wrong_numbers_that_nobody_listed_are_refused(exercise):
    def numbers(part):
        return np.asarray(part) + 0.37

    verdict = judged(exercise, rebuilt(exercise, after=numbers))
    assert verdict.status == "incorrect"


# --- what is written about them


@every_exercise
def test_a_stub_is_not_attempted(exercise):
    def stub(*args):
        raise NotImplementedError(f"{exercise.name}: your turn")

    assert evaluate(exercise.name, stub).status == "not attempted"


@every_exercise
def test_hints_are_two_to_four_and_never_the_line_to_type(exercise):
    path = files("course_lib.checking").joinpath("solutions.json")
    shown = json.loads(path.read_text("utf-8")).get(exercise.name, "")
    sources = [shown, inspect.getsource(exercise.reference)]
    lines = [line.strip().removeprefix("return ") for s in sources for line in s.splitlines()]
    told = [*exercise.hints, *(mistake.explanation for mistake in exercise.mistakes)]
    code = [line for line in lines if any(sign in line for sign in "=@/([")]
    assert 2 <= len(exercise.hints) <= 4
    assert not [(line, text) for line in code for text in told if line in text]


@every_exercise
def test_titles_are_short_and_no_two_are_alike(exercise):
    titles = [mistake.title for mistake in exercise.mistakes]
    assert len(set(titles)) == len(titles) >= 10
    assert all(len(title) <= 60 for title in titles)


@every_exercise
def test_every_batch_has_as_many_inputs_the_smallest_first(exercise):
    batches = [list(exercise.cases(np.random.default_rng(seed))) for seed in range(5)]
    assert len({len(batch) for batch in batches}) == 1
    shown = batches[0][0].args
    assert sum(np.asarray(arg).size for arg in shown) <= 40


# --- what single exercises promise


def test_a_ready_made_dot_product_is_right_with_a_remark():
    for answer, word in ((lambda a, b: a @ b, "`@`"), (np.dot, "`dot`")):
        verdict = evaluate("dot_product", answer)
        assert verdict.status == "correct"
        assert word in verdict.message
        assert "write it out once" in verdict.message


def test_a_dot_product_that_is_written_out_gets_no_remark():
    assert "remark" not in evaluate("dot_product", RIGHT["dot_product"][0]).message


def test_an_input_of_words_and_numbers_is_worded_as_one_would_type_it():
    message = judged(all_exercises()["hops"], lambda i, j, kind: 7).message
    assert "kind = 'recurrent'" in message
    assert "i = 2" in message


def test_what_goes_beyond_the_exercise_is_mentioned_and_not_held_against_an_answer():
    verdict = evaluate("masked_softmax", RIGHT["masked_softmax"][0])
    assert verdict.status == "correct"
    assert "does not cope yet with" in verdict.message
    assert "one mask for all" in verdict.message


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("recurrent_states", lambda x, w, s: np.full((len(x), len(s)), 1.5), "stays within 1"),
        ("hops", lambda i, j, kind: -4, "never negative"),
        ("embed", lambda ids, table: table[ids] + ids[:, None] % 2, "not a row of the table"),
        ("softmax", lambda scores: np.zeros_like(scores) + 0.3, "sums to 0.9, not 1"),
        ("softmax", lambda scores: np.zeros_like(scores) - 0.3, "negative weight: -0.3"),
        ("weighted_sum", lambda w, v: w @ v + 99, "Row 0, feature 0"),
        ("causal_mask", lambda n: np.tri(n) * (np.arange(n) != 2) > 0, "Position 2 may not look"),
        (
            "masked_softmax",
            lambda scores, mask: 0.2 + 0 * scores,
            "is hidden but has the weight 0.2",
        ),
    ],
)
def test_a_broken_law_is_said_in_a_sentence(name, answer, words):
    verdict = judged(all_exercises()[name], answer)
    assert words in verdict.message


@every_one_of_numbers
def test_an_answer_of_torch_tensors_is_right(exercise):
    torch = pytest.importorskip("torch")
    answer = rebuilt(exercise, after=torch.as_tensor)
    assert judged(exercise, answer).status == "correct"
