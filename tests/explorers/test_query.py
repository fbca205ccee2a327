import re

import numpy as np
import pytest

from course_lib.attention.masks import causal_mask
from course_lib.attention.reference import attention, masked_softmax, project, scaled_scores
from course_lib.errors import MaskError, ShapeError, TokenError, UnknownNameError
from course_lib.explorers import QueryStepper
from course_lib.models import sentence

COMPUTE = "query.compute.mjs"
SAT = 7
NAMES = {
    "tokens": list(sentence.TOKENS),
    "query": "sat",
    "features": list(sentence.SUBJECTS),
    "messages": list(sentence.MESSAGES),
}


@pytest.fixture
def seed():
    """Return queries, keys and values of the sentence that runs through the lessons."""
    matrices = sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE
    return project(sentence.embeddings(), *matrices)


@pytest.fixture
def stepper(seed):
    names = {"features": sentence.SUBJECTS, "messages": sentence.MESSAGES}
    return QueryStepper.from_arrays(*seed, sentence.TOKENS, query=SAT, **names)


@pytest.fixture
def small(rng):
    """Return queries, keys and values (5, 3), (5, 3) and (5, 2), and five tokens."""
    return rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), "abcde"


@pytest.fixture
def say(node_call, seed):
    """Return a function that asks node how a number of the seed sentence came about."""

    def ask(kind, key=None, column=None, *, mask=None, query=SAT, function="arithmetic"):
        allowed = np.ones(11) if mask is None else mask[query].astype(float)
        row, keys, values = seed[0][query].tolist(), seed[1].tolist(), seed[2].tolist()
        steps = node_call(COMPUTE, "stepsOf", row, keys, values, allowed.tolist())
        if function == "explanation":
            return node_call(COMPUTE, function, steps, kind, NAMES)
        return node_call(
            COMPUTE, function, steps, {"kind": kind, "key": key, "column": column}, NAMES
        )

    return ask


# --- what the browser computes


@pytest.mark.parametrize("scale", [1, 30])
@pytest.mark.parametrize("number", range(10))
def test_the_browser_computes_what_the_reference_does(node_call, number, scale):
    rng = np.random.default_rng(number)
    n, d_head, d_value = rng.permutation(np.arange(2, 12))[:3]
    queries, keys = scale * rng.normal(size=(2, n, d_head))
    values, mask = rng.normal(size=(n, d_value)), rng.random((n, n)) < 0.6
    mask[number % n] = False  # a query that may attend to nothing
    expected = attention(queries, keys, values, mask=mask)
    tables = [it.tolist() for it in (queries, keys, values, mask.astype(float))]
    outputs = node_call(COMPUTE, "outputsOf", *tables)
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-9)
    weights = masked_softmax(scaled_scores(queries, keys), mask)
    explorer = QueryStepper.from_arrays(queries, keys, values, list(map(str, range(n))), mask=mask)
    for query in range(n):
        row, allowed = tables[0][query], tables[3][query]
        there = node_call(COMPUTE, "stepsOf", row, tables[1], tables[2], allowed)
        explorer.query = query
        here = explorer.steps
        np.testing.assert_allclose(there["weights"], weights[query], atol=1e-9)
        for name in ("products", "sums", "scaled", "exponentials", "weights", "weighted", "output"):
            np.testing.assert_allclose(there[name], getattr(here, name), rtol=1e-9, atol=1e-9)


def test_scores_in_the_thousands_do_not_overflow(node_call):
    allowed = [1.0, 1.0]
    steps = node_call(COMPUTE, "stepsOf", [3e4], [[3e4], [2.9e4]], [[2.0], [5.0]], allowed)
    assert steps["weights"] == [1, 0]
    assert steps["output"] == [2]


def test_the_browser_reads_the_bytes_that_python_packs(node_call, small):
    explorer = QueryStepper.from_arrays(*small)
    flat = np.frombuffer(explorer._values, dtype="<f8")
    assert node_call(COMPUTE, "rowsOf", flat, 2) == small[2].tolist()


def test_the_browser_finds_the_greatest_difference(node_call):
    here, there = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.5], [2.25, 4.0]]
    assert node_call(COMPUTE, "greatestDifference", here, there) == 0.75


# --- how each number came about


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("query", None, 0), "query of sat, animal: 4"),
        (("product", 1, 0), "sat meets cat, animal: 4 × 2 = 8"),
        (("product", 2, 1), "sat meets ,, place: 3 × (−1) = −3"),
        (("sum", 1), "raw score of cat: 8 + 0 + 0 + 0 = 8"),
        (("sum", 2), "raw score of ,: −4 − 3 + 0 + 0 = −7"),
        (("scaled", 1), "scaled score of cat: 8 ÷ √4 = 4"),
        (("greatest",), "greatest score: 4, of cat"),
        (("exp", 1), "cat: exp(4 − 4) = 1"),
        (("exp", 2), ",: exp(−3.5 − 4) ≈ 0.00055"),
        (("weight", 1), "weight of cat: 1 ÷ 1.742 ≈ 0.574"),
        (("weighted", 1, 0), "cat adds to who: 0.574 × 2 ≈ 1.148"),
    ],
)
def test_a_number_says_its_arithmetic(say, place, words):
    assert say(*place) == words


def test_sums_of_columns_list_their_terms(say):
    assert say("total").startswith("sum of exp: 0.018 + 1 + 0.00055 + 0.135")
    assert say("whole").endswith("+ 0.211 ≈ 1")
    output = say("output", None, 2)
    assert output.startswith("output of sat, how it looks: 0 + 0")
    assert output.endswith("≈ 0.032")


def test_a_key_says_what_it_offers_and_what_it_passes_on(say):
    words = say("key", 10)
    assert words.startswith("key of mat: animal 0, place 2, action 0, colour 0; its value: who 0")


def test_a_masked_key_says_so_at_every_stage(say):
    causal = causal_mask(11)
    words = say("scaled", 10, mask=causal)
    assert words == "sat may not attend to mat: −∞ in place of 6 ÷ √4 = 3"
    assert say("exp", 10, mask=causal) == "mat is masked: exp(−∞) = 0"
    assert say("weight", 10, mask=causal).startswith("weight of mat: 0 ÷ ")


def test_a_query_that_may_attend_to_nothing_says_that_there_are_zeros(say):
    nothing = np.zeros((11, 11), dtype=bool)
    for place in (("greatest",), ("weight", 1), ("whole",), ("output", None, 0)):
        assert re.search("nothing", say(*place, mask=nothing))
    for stage, words in (
        (2, "every score is −∞"),
        (3, "weights are zeros"),
        (5, "output is zeros"),
    ):
        assert words in say(stage, mask=nothing, function="explanation")


def test_each_stage_is_explained_with_the_numbers_of_the_query(say):
    causal = causal_mask(11)
    words = [say(stage, mask=causal, function="explanation") for stage in range(6)]
    assert len(set(words)) == 6
    assert words[2].startswith("Each raw score is divided by √d_head = √4 = 2. 3 of 11 keys")
    assert "the greatest score, 4," in words[3]
    assert "the output of sat is who 1.677" in words[5]


def test_a_long_sum_is_cut_but_says_how_much_is_missing(node_call):
    steps = node_call(COMPUTE, "stepsOf", [1.0] * 16, [[1.0] * 16], [[1.0]], [1.0])
    words = node_call(COMPUTE, "arithmetic", steps, {"kind": "sum", "key": 0}, NAMES)
    assert words == "raw score of the: 1 + 1 + 1 + 1 + 1 + 1 + … (10 more) = 16"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (8.0, "8"),
        (-0.0, "0"),
        (0.5735, "0.574"),
        (-3.5, "−3.5"),
        (4.5e-7, "4.5e−7"),
        (-np.inf, "−∞"),
        (2.5e8, "250000000"),
    ],
)
def test_numbers_are_written_short(node_call, number, text):
    assert node_call(COMPUTE, "short", number) == text


# --- what Python keeps


def test_the_steps_of_the_lesson_are_those_of_the_seed_sentence(stepper):
    np.testing.assert_array_equal(stepper.steps.products[1], [8, 0, 0, 0])
    np.testing.assert_allclose(stepper.steps.output, [1.226, 0.517, 0.032], atol=5e-4)
    stepper.query = 1
    np.testing.assert_array_equal(stepper.steps.query, [0, 0, 2, 2])


def test_changing_the_arrays_later_changes_nothing(small):
    queries, keys, values, tokens = small
    explorer = QueryStepper.from_arrays(queries, keys, values, tokens)
    before = explorer.steps.output
    queries[:], values[:] = 0, 0
    np.testing.assert_array_equal(explorer.steps.output, before)


def test_one_row_of_a_mask_is_for_all_queries(small):
    keep = np.array([True, True, False, True, False])
    explorer = QueryStepper.from_arrays(*small, mask=keep, query=4)
    np.testing.assert_array_equal(explorer.steps.weights[~keep], 0)


def test_query_and_stage_can_be_observed(stepper):
    seen = []
    stepper.observe(lambda change: seen.append((change["name"], change["new"])))
    stepper.query, stepper.stage = 3, 5
    assert [change for change in seen if change[0] in ("query", "stage")] == [
        ("query", 3),
        ("stage", 5),
    ]


# --- functions held against it


def compared(small, function, **options):
    return QueryStepper.from_arrays(*small, functions={"yours": function}, **options)._compared


def test_a_right_function_differs_by_next_to_nothing(small):
    ((name, words),) = compared(small, attention)
    assert name == "yours"
    assert words == "none" or float(words.split()[0].replace("−", "-")) < 1e-12


def test_a_mask_is_handed_on_by_name_or_in_the_fourth_place(small):
    mask = causal_mask(5)

    def fourth(queries, keys, values, may_attend):
        np.testing.assert_array_equal(may_attend, mask)
        return attention(queries, keys, values, mask=may_attend)

    for function in (attention, fourth):
        ((_, words),) = compared(small, function, mask=mask)
        assert words == "none" or float(words.split()[0].replace("−", "-")) < 1e-12


def not_yet(queries, keys, values):
    raise NotImplementedError("write it")


def fails(queries, keys, values):
    raise ZeroDivisionError("two\nlines")


def with_nan(queries, keys, values):
    outputs = np.zeros((5, 2))
    outputs[3, 1] = np.nan
    return outputs


def spoils_its_inputs(queries, keys, values):
    queries[:] = keys[:] = values[:] = 0
    return values


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (not_yet, "not attempted"),
        (fails, "ZeroDivisionError: two lines"),
        (lambda q, k, v: q @ k.T, r"its outputs have shape \(5, 5\); expected \(5, 2\)"),
        (lambda q, k, v: "cat", "ValueError: .*cat"),
        (with_nan, "nan in the output of d"),
        (spoils_its_inputs, r"\d\.\de−0\d at most"),
    ],
)
def test_what_a_function_does_wrong_is_said_in_one_line(small, function, words):
    ((_, said),) = compared(small, function)
    assert re.match(words, said)
    assert "\n" not in said


def test_one_function_cannot_spoil_the_arrays_of_the_next(small):
    functions = {"bad": spoils_its_inputs, "good": attention}
    explorer = QueryStepper.from_arrays(*small, functions=functions)
    assert "good: greatest difference below 1e-12." in explorer.still().describe()


def test_a_wrong_function_is_off_by_as_much_as_it_says(small):
    ((_, words),) = compared(small, lambda q, k, v: attention(q, k, v) + 0.25)
    assert words == "2.5e−01 at most"


# --- what stands still


def test_the_still_picture_holds_every_stage(stepper, is_drawn):
    still = stepper.still()
    assert is_drawn(still)
    table = still.table()
    assert table[0] == ["key", *sentence.SUBJECTS, "raw", "scaled", "exp", "weight",
                        *sentence.MESSAGES]  # fmt: skip
    assert table[1][:5] == ["query", "4", "3", "0", "0"]
    assert table[3][:9] == ["cat", "8", "0", "0", "0", "8", "4.00", "1.000", "0.574"]
    assert table[-1][6:] == ["max 4.00", "1.742", "1.000", "1.226", "0.517", "0.032"]
    written = {text.get_text() for text in still.plot().texts}
    assert {"q × k", "÷ √4", "max 4.00", "1.226"} <= written


def test_the_words_name_the_query_the_heaviest_keys_and_the_output(stepper):
    words = stepper.still().describe()
    assert "The query of sat at position 7" in words
    assert "cat, raw score 8, scaled 4, weight 0.574" in words
    assert "Output: who 1.226, where 0.517, how it looks 0.032." in words


def test_masked_keys_are_hatched_and_counted(seed, is_drawn):
    mask = causal_mask(11)
    still = QueryStepper.from_arrays(*seed, sentence.TOKENS, query=SAT, mask=mask).still()
    assert len([patch for patch in still.plot().patches if patch.get_hatch()]) == 3
    assert "3 of 11 keys may not be attended to" in still.describe()
    assert is_drawn(still)


def test_a_query_without_a_key_is_described_in_words(seed, is_drawn):
    nothing = np.zeros(11, dtype=bool)
    still = QueryStepper.from_arrays(*seed, sentence.TOKENS, mask=nothing).still()
    assert "the may attend to nothing, so its weights and its output are zeros" in still.describe()
    assert still.table()[-1][6:9] == ["max −∞", "0.000", "0.000"]
    assert is_drawn(still)


def test_of_many_keys_the_heaviest_are_drawn(rng, is_drawn):
    queries, keys = rng.normal(size=(2, 30, 8))
    values, tokens = rng.normal(size=(30, 7)), list(map(str, range(30)))
    still = QueryStepper.from_arrays(queries, keys, values, tokens, query=2).still()
    assert set(still.keys) == set(np.argsort(-still.steps.weights)[:12])
    assert "18 lighter keys are not drawn, but are in the sums" in still.describe()
    assert len(still.table()[0]) == 1 + 6 + 4 + 6
    assert is_drawn(still)


def test_tokens_are_text_in_the_picture_and_its_words(small):
    odd = ["<img onerror=x>", "$a$", '"', "&", "é"]
    bundle = QueryStepper.from_arrays(*small[:3], odd).still()._repr_mimebundle_()
    assert "<img onerror" not in bundle["text/html"]
    assert "&lt;img onerror=x&gt;" in bundle["text/html"]


def test_the_still_picture_stands_beside_the_live_view(stepper):
    bundle = stepper._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == stepper.still().describe()
    assert "<figure" in data["text/html"]


@pytest.mark.parametrize("shape", [(129, 2, 2), (3, 17, 2), (3, 2, 17)])
def test_beyond_a_size_the_picture_stands_alone(rng, shape):
    n, d_head, d_value = shape
    queries, keys = rng.normal(size=(2, n, d_head))
    tokens = list(map(str, range(n)))
    explorer = QueryStepper.from_arrays(queries, keys, rng.normal(size=(n, d_value)), tokens)
    assert re.search(rf"{n} tokens with d_head={d_head} .*too many.*up to 128", explorer.too_much())
    assert set(explorer._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert explorer._too_much == explorer.too_much()


def test_up_to_128_tokens_it_moves(rng):
    queries, keys, values = rng.normal(size=(3, 128, 16))
    assert not QueryStepper.from_arrays(queries, keys, values, ["x"] * 128).too_much()


# --- what is refused


@pytest.mark.parametrize("shape", [(3,), (2, 5, 3), (0, 3)])
def test_what_is_no_table_is_refused(small, shape):
    with pytest.raises(ShapeError, match=r"keys as a table.*shape .*one sentence and one head"):
        QueryStepper.from_arrays(small[0], np.zeros(shape), *small[2:])


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_an_odd_number_is_refused_with_its_place(small, odd):
    small[2][4, 1] = odd
    with pytest.raises(ShapeError, match=rf"finite values; got {odd} in row 4, column 1"):
        QueryStepper.from_arrays(*small)


@pytest.mark.parametrize("odd", [0, 1, 2])
def test_arrays_of_different_sentences_are_refused(small, odd):
    arrays = list(small[:3])
    arrays[odd] = arrays[odd][:4]
    with pytest.raises(ShapeError, match=r"of one sentence; got queries .*\(4, .*transposed"):
        QueryStepper.from_arrays(*arrays, small[3])


def test_a_query_and_a_key_have_one_length(small):
    with pytest.raises(ShapeError, match=r"queries \(5, 3\), keys \(5, 2\)"):
        QueryStepper.from_arrays(small[0], small[1][:, :2], *small[2:])


@pytest.mark.parametrize("mask", [np.ones((5, 5)), np.ones((5, 3), dtype=bool)])
def test_a_mask_must_be_bool_and_fit(small, mask):
    with pytest.raises(MaskError, match=r"bool mask of shape \(5, 5\).*got .* of shape.*Rows"):
        QueryStepper.from_arrays(*small, mask=mask)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tokens": "abcd"}, "expected 5 tokens, one a row; got 4"),
        ({"features": "ab"}, "expected 3 features, one a column; got 2"),
        ({"messages": "abc"}, "expected 2 messages, one a column; got 3"),
    ],
)
def test_names_are_counted(small, options, words):
    options = {"tokens": small[3], **options}
    with pytest.raises(TokenError, match=f"{words}. Do they belong"):
        QueryStepper.from_arrays(*small[:3], **options)


@pytest.mark.parametrize("query", [-1, 5])
def test_a_query_beyond_the_sentence_is_refused_at_once_and_later(small, query):
    with pytest.raises(TokenError, match=rf"query from 0 to 4.*got {query}.*tokens.index"):
        QueryStepper.from_arrays(*small, query=query)
    explorer = QueryStepper.from_arrays(*small, query=2)
    with pytest.raises(TokenError, match="from 0 to 4"):
        explorer.query = query
    assert explorer.query == 2


def test_a_stage_that_there_is_not_is_refused(small):
    with pytest.raises(UnknownNameError, match=r"from 0 to 5 \(0 products.*got 6. Stage 5"):
        QueryStepper.from_arrays(*small, stage=6)
