"""Views take what learners have: tensors of any number type, with gradients, and any words."""

import numpy as np
import pytest
import torch

from course_lib.errors import ShapeError, TokenError
from course_lib.explorers import AttentionExplorer, QueryStepper, SoftmaxExplorer
from course_lib.explorers.chosen import tokens_of
from course_lib.explorers.comparing import compare
from course_lib.plots import (
    AttentionDisplay,
    BarsDisplay,
    FeaturesDisplay,
    HeadsDisplay,
    PairsDisplay,
    ScoresDisplay,
)
from course_lib.plots.reading import flags_of, numbers_of, row_tolerance, table_of, words_of

TYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
SENTENCE = ["the", "cat", ",", "which", "was", "black", ",", "sat", "on", "the", "mat"]
N = len(SENTENCE)

each_type = pytest.mark.parametrize("dtype", TYPES, ids=lambda dtype: str(dtype)[6:])


@pytest.fixture
def scores(rng):
    return torch.tensor(rng.normal(size=(3, N, N)), requires_grad=True)


@each_type
def test_a_tensor_that_requires_gradients_is_read_exactly(dtype):
    tensor = torch.tensor([[0.5, -1.25], [3.0, 4.0]], dtype=dtype, requires_grad=True)
    for given in (tensor, list(tensor), tuple(map(list, tensor))):
        found = numbers_of(given)
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, [[0.5, -1.25], [3, 4]])
    np.testing.assert_array_equal(flags_of(tensor > 0), [[True, False], [True, True]])


@each_type
def test_weights_of_every_number_type_are_drawn(dtype, scores):
    weights = scores.to(dtype).softmax(-1)
    exact = scores.detach().softmax(-1).numpy()
    close = {"rtol": 0, "atol": 0.01}
    np.testing.assert_allclose(
        AttentionDisplay.from_weights(weights[0], SENTENCE).numbers, exact[0], **close
    )
    np.testing.assert_allclose(HeadsDisplay.from_weights(weights, SENTENCE).weights, exact, **close)
    explorer = AttentionExplorer.from_weights(weights, SENTENCE)
    np.testing.assert_allclose(explorer.shown, exact, **close)
    one = AttentionExplorer.from_weights(weights[0], SENTENCE)
    np.testing.assert_allclose(one.still().numbers, exact[0], **close)


@each_type
def test_vectors_and_rows_of_every_number_type_are_drawn(dtype, rng):
    x = torch.tensor(rng.normal(size=(N, 4)), requires_grad=True).to(dtype)
    stepper = QueryStepper.from_arrays(x, x + 1, x + 2, SENTENCE)
    np.testing.assert_array_equal(stepper.steps.query, x[stepper.query].detach().double())
    assert SoftmaxExplorer.from_vectors(x, x, d_head=4).weights.sum() == pytest.approx(1)
    for display in (
        ScoresDisplay.from_scores(x @ x.T, SENTENCE),
        FeaturesDisplay.from_vectors(x, SENTENCE, list("abcd")),
        BarsDisplay.from_rows({"one": x[:, 0]}, SENTENCE),
    ):
        assert display.describe()
    panel = {"all": torch.ones(N, N, dtype=torch.bool)}
    assert PairsDisplay.from_masks({"head 0": panel}, tokens=SENTENCE).describe()


def test_what_a_learners_function_returns_may_require_gradients():
    x = np.ones((2, 3))
    found = compare(lambda x: torch.tensor(x, requires_grad=True) * 2, (x,), 2 * x, ["a", "b"])
    assert found == 0


@pytest.mark.parametrize(
    ("weights", "tolerance"),
    [
        (np.ones(2), 1e-4),
        (np.ones(2, np.float32), 1e-4),
        (np.ones(2, np.float16), 2**-8),
        (torch.ones(2), 1e-4),
        (torch.ones(2, dtype=torch.float16), 2**-8),
        (torch.ones(2, dtype=torch.bfloat16), 2**-5),
        ([torch.ones(2, dtype=torch.float16), torch.ones(2)], 2**-8),
        ([[0.5, 0.5]], 1e-4),
    ],
)
def test_rows_sum_to_one_as_closely_as_their_number_type_can(weights, tolerance):
    assert row_tolerance(weights) == tolerance


@each_type
def test_scores_are_told_from_weights_in_every_number_type(dtype):
    scores = torch.full((4, 4), 0.3, dtype=dtype)
    with pytest.raises(ShapeError, match=r"row 0 sums to 1\.2"):
        AttentionDisplay.from_weights(scores, "abcd")


def test_the_rounding_of_half_precision_is_no_excuse_in_single_precision():
    weights = np.full((2, 2), 0.501)
    AttentionDisplay.from_weights(weights.astype(np.float16), "ab")
    with pytest.raises(ShapeError, match=r"row 0 sums to 1\.002"):
        AttentionDisplay.from_weights(weights, "ab")


def test_what_is_no_table_is_refused_with_its_shape():
    with pytest.raises(ShapeError, match=r"scores as a table.*shape \(2, 2, 2\)\. Pick one"):
        table_of("scores", torch.ones(2, 2, 2, requires_grad=True))


# --- words


def half_a_pair():
    return ["the", "cat", "\ud83d"]


TAKE_TOKENS = {
    "AttentionDisplay": lambda tokens: AttentionDisplay.from_weights(np.eye(3), tokens),
    "HeadsDisplay": lambda tokens: HeadsDisplay.from_weights(np.eye(3)[None], tokens),
    "BarsDisplay": lambda tokens: BarsDisplay.from_rows({"one": np.ones(3)}, tokens),
    "PairsDisplay": lambda tokens: PairsDisplay.from_masks(
        {"head 0": {"all": np.ones((3, 3), dtype=bool)}}, tokens=tokens
    ),
    "AttentionExplorer": lambda tokens: AttentionExplorer.from_weights(np.eye(3), tokens),
    "QueryStepper": lambda tokens: QueryStepper.from_arrays(*np.ones((3, 3, 2)), tokens),
    "DilatedExplorer": tokens_of,
}


@pytest.mark.parametrize("take", TAKE_TOKENS.values(), ids=TAKE_TOKENS)
def test_half_a_surrogate_pair_is_refused_with_its_place(take):
    with pytest.raises(TokenError) as refused:
        take(half_a_pair())
    assert "expected tokens of whole characters" in str(refused.value)
    assert r"got '\ud83d', half of a surrogate pair, in tokens[2]" in str(refused.value)
    assert "Cut the text between characters" in str(refused.value)
    str(refused.value).encode("utf-8")


@pytest.mark.parametrize("take", TAKE_TOKENS.values(), ids=TAKE_TOKENS)
def test_a_generator_of_tokens_is_refused(take):
    with pytest.raises(TokenError) as refused:
        take(word for word in ("the", "cat", "sat"))
    assert "expected tokens in a list; got a generator" in str(refused.value)
    assert "list(tokens)" in str(refused.value)


def test_names_are_called_by_their_own_name():
    with pytest.raises(TokenError, match=r"expected names in a list; got a map"):
        HeadsDisplay.from_weights(np.eye(3)[None], "abc", names=map(str, range(1)))
    with pytest.raises(TokenError, match=r"key_tokens\[1\]"):
        AttentionDisplay.from_weights(np.eye(2), "ab", key_tokens=["a", "b\udc00"])


def test_words_of_any_kind_become_texts():
    assert words_of(["a", 2, "😀", "<b>", np.str_("c")]) == ("a", "2", "😀", "<b>", "c")
