import subprocess
import sys

import numpy as np
import pytest
from traitlets import HasTraits, Int, link

from course_lib.attention.reference import masked_softmax, raw_scores, softmax
from course_lib.errors import MeasurementError, ShapeError
from course_lib.explorers import SoftmaxExplorer

FILE = "softmax.compute.mjs"
CLOSE = {"rtol": 1e-6, "atol": 1e-9}
CHOICES = [(1, 1.0, False), (5, 0.1, True), (32, 4.0, False), (48, 0.25, False), (48, 1.0, True)]


@pytest.fixture
def vectors(rng):
    return rng.normal(size=(30, 48)), rng.normal(size=(7, 48))


@pytest.fixture
def explorer(vectors):
    return SoftmaxExplorer.from_vectors(*vectors, d_head=32)


def reference(queries, keys, d_head, divisor):
    """Return weights and, in full, how each weight responds to each raw score."""
    weights = softmax(raw_scores(queries[:, :d_head], keys[:, :d_head]) / divisor)
    slopes = (np.eye(len(keys)) - weights[:, None]) * weights[..., None]  # (queries, keys, keys)
    return weights, np.abs(slopes).max(axis=(1, 2)) / divisor


@pytest.mark.parametrize(("d_head", "temperature", "scaled"), CHOICES)
def test_python_and_the_browser_say_what_the_reference_says(
    vectors, node_call, d_head, temperature, scaled
):
    queries, keys = vectors
    divisor = temperature * (np.sqrt(d_head) if scaled else 1)
    weights, slopes = reference(*vectors, d_head, divisor)
    shares = np.where(weights > 0, weights, 1)
    expected = {
        "spread": raw_scores(queries[:, :d_head], keys[:, :d_head]).std() / divisor,
        "entropy": -(shares * np.log(shares)).sum(axis=1).mean(),
        "keys": np.exp(-(shares * np.log(shares)).sum(axis=1)).mean(),
        "response": np.median(slopes),
        "deaf": (slopes < 0.001).mean(),
    }
    explorer = SoftmaxExplorer.from_vectors(
        *vectors, d_head=d_head, temperature=temperature, scaled=scaled, query=4
    )
    np.testing.assert_allclose(explorer.weights, weights[4], **CLOSE)
    assert explorer.summary == pytest.approx(expected, rel=1e-6, abs=1e-9)

    raw = np.array(node_call(FILE, "rawScores", queries, keys, 48, d_head))
    divided_by = node_call(FILE, "divisor", d_head, temperature, scaled)
    row = raw.reshape(30, 7)[4] / divided_by
    np.testing.assert_allclose(node_call(FILE, "softmax", row), weights[4], **CLOSE)
    found = node_call(FILE, "summary", raw, 7, divided_by)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_curves_are_summaries_at_rising_d_heads(vectors, explorer, node_call):
    sizes = node_call(FILE, "curveSizes", 48)
    assert sizes == [1, 2, 4, 8, 16, 32, 48]
    raws = node_call(FILE, "rawScoresOf", sizes, *vectors, 48)
    curves = node_call(FILE, "curves", sizes, [np.array(raw) for raw in raws], 7, 0.5)
    for case, scaled in (("plain", False), ("scaled", True)):
        for size, found in zip(sizes, curves[case], strict=True):
            explorer.set_trait("d_head", size)
            explorer.temperature, explorer.scaled = 0.5, scaled
            assert found == pytest.approx(explorer.summary, rel=1e-6, abs=1e-9)


def test_large_logits_masked_keys_and_empty_rows_stay_finite_in_the_browser(node_call, rng):
    for size in (1, 30, 1000):
        scores = rng.normal(size=(20, 6)) * size
        mask = rng.random((20, 6)) < 0.6
        mask[0] = False
        expected = masked_softmax(scores, mask)
        found = [node_call(FILE, "softmax", row) for row in np.where(mask, scores, -np.inf)]
        np.testing.assert_allclose(found, expected, **CLOSE)
        assert [node_call(FILE, "entropy", np.array(row)) for row in found] == pytest.approx(
            -(expected * np.log(np.where(expected > 0, expected, 1))).sum(axis=1), abs=1e-9
        )


def test_the_sliders_reach_the_powers_of_two_and_all_features(node_call):
    sizes = node_call(FILE, "sliderSizes", 48)
    assert {1, 2, 4, 8, 16, 32, 48} <= set(sizes)
    assert sizes == sorted(sizes)
    assert sizes[node_call(FILE, "nearest", sizes, 33)] == 32
    assert node_call(FILE, "sliderSizes", 1) == [1]


def test_vectors_go_over_as_bytes_that_are_the_numbers(vectors, explorer):
    for sent, table in zip((explorer._queries, explorer._keys), vectors, strict=True):
        np.testing.assert_array_equal(np.frombuffer(sent, "<f8").reshape(table.shape), table)


def test_traits_can_be_observed_and_linked(explorer):
    class Slider(HasTraits):
        value = Int(8)

    slider, heard = Slider(), []
    explorer.observe(lambda change: heard.append(change["new"]), names="d_head")
    link((slider, "value"), (explorer, "d_head"))
    slider.value = 16
    assert (heard, explorer.d_head) == ([8, 16], 16)
    explorer.d_head = 4
    assert slider.value == 4


def test_the_picture_that_stands_still_shows_the_same_numbers(explorer, is_drawn):
    still = explorer.still()
    assert is_drawn(still)
    bars, entropy, response = still.plot().child_axes
    np.testing.assert_allclose([bar.get_height() for bar in bars.patches], explorer.weights)
    found = {line.get_label(): line.get_ydata() for line in entropy.lines}
    assert found["without the scale"][-2] == pytest.approx(explorer.summary["entropy"])
    np.testing.assert_allclose(found["equal shares, ln 7"], np.log(7))
    found = {line.get_label(): line.get_ydata() for line in response.lines}
    assert found["without the scale"][-2] == pytest.approx(explorer.summary["response"])


def test_the_bundle_holds_words_picture_and_view(explorer):
    bundle = explorer._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == explorer.still().describe()
    assert "d_head 32, temperature 1, without the scale" in bundle["text/plain"]
    assert (
        f"spread of all 210 raw scores is {explorer.summary['spread']:.2f}" in bundle["text/plain"]
    )
    assert f'alt="{bundle["text/plain"]}"' in bundle["text/html"]


def test_too_many_keys_are_said_in_a_sentence_and_drawn(rng):
    explorer = SoftmaxExplorer.from_vectors(
        rng.normal(size=(3, 5)), rng.normal(size=(129, 5)), d_head=4
    )
    bundle = explorer._repr_mimebundle_()
    assert "129 keys" in bundle["text/plain"]
    assert "stands still" in bundle["text/plain"]
    assert "<img" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" not in bundle


def test_too_many_products_are_said_before_a_slider_gets_slow(rng):
    vectors = np.ones((400, 512)), np.ones((100, 512))
    assert "20 million products" in SoftmaxExplorer.from_vectors(*vectors).too_much()
    assert not SoftmaxExplorer.from_vectors(vectors[0], vectors[1][:90]).too_much()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"queries": np.ones(48)}, ("queries as a table", "shape (48,)", "Pick one")),
        ({"keys": np.ones((0, 48))}, ("keys as a table", "(0, 48)", "Pick one")),
        ({"keys": np.ones((48, 7))}, ("equally many features", "(48, 7)", "transposed")),
        ({"queries": np.full((2, 48), np.nan)}, ("finite queries", "nan in row 0", "Look")),
        ({"d_head": 49}, ("d_head from 1 to 48", "got 49", "wider vectors")),
        ({"d_head": 0}, ("d_head from 1 to 48", "got 0", "smaller")),
        ({"query": 30}, ("query from 0 to 29", "got 30", "count from 0")),
    ],
)
def test_vectors_that_do_not_fit_are_explained(vectors, change, words):
    arguments = {"queries": vectors[0], "keys": vectors[1], "d_head": 4, **change}
    with pytest.raises(ShapeError) as raised:
        SoftmaxExplorer.from_vectors(arguments.pop("queries"), arguments.pop("keys"), **arguments)
    assert all(word in str(raised.value) for word in words)


@pytest.mark.parametrize("temperature", [0.0, -1.0, np.nan, np.inf])
def test_a_temperature_that_divides_nothing_is_explained(explorer, temperature):
    with pytest.raises(
        MeasurementError, match=r"temperature from 0\.01 to 1000.*0 divides nothing"
    ):
        explorer.temperature = temperature
    assert explorer.temperature == 1.0


def test_plots_need_no_anywidget_and_explorers_no_torch():
    code = (
        "import sys, course_lib.plots; assert 'anywidget' not in sys.modules; "
        "import course_lib.explorers; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_picture_is_an_ordinary_error():
    import course_lib.plots

    with pytest.raises(AttributeError, match="no attribute 'SoftmaxDispla'"):
        _ = course_lib.plots.SoftmaxDispla
