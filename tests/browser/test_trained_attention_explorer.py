"""AttentionExplorer in lesson 07, with the weights of a model that learned them on this machine."""

import numpy as np
import pytest
from browsing import MARKS
from exploring import explored

pytestmark = MARKS

CAT, SAT, MAT = 1, 7, 10


@pytest.fixture(scope="module")
def opened(lab):
    path, code = "notebooks/07_attention_that_learned.ipynb", "AttentionExplorer.from_weights"
    with explored(lab, path, code, "attention", query=SAT, head=0, hidden=[CAT]) as shown:
        yield shown


def keys(shown):
    return shown.root.locator(".keys button")


def weights(shown):
    return keys(shown).evaluate_all("keys => keys.map((key) => Number(key.dataset.weight))")


def test_cat_is_hidden_and_can_be_brought_back_by_mouse_and_hidden_by_keyboard(shown):
    shown.says("sat looks at", "Without cat")
    assert keys(shown).nth(CAT).get_attribute("aria-pressed") == "true"
    np.testing.assert_allclose(weights(shown), shown.get("shown[0, 7].tolist()")[0], atol=1e-6)
    without = weights(shown)[MAT]

    shown.root.get_by_role("button", name="show all keys").click()
    shown.comes_to(query=SAT, hidden=[])
    np.testing.assert_allclose(weights(shown), shown.get("weights[0, 7].tolist()")[0], atol=1e-6)
    assert without > 2 * weights(shown)[MAT]  # as the cell below says

    shown.notebook.tab_to(shown.cell, keys(shown).first)
    shown.page.keyboard.press("ArrowRight")
    shown.page.keyboard.press("Space")
    shown.comes_to(query=SAT, hidden=[CAT])
    assert weights(shown)[MAT] == without


def test_another_word_is_asked_by_mouse_and_from_python(shown):
    shown.root.locator(".queries button").nth(MAT).click()
    shown.root.locator(".said").hover()
    shown.says("mat looks at")
    shown.comes_to(query=MAT)
    np.testing.assert_allclose(weights(shown), shown.get("shown[0, 10].tolist()")[0], atol=1e-6)
    shown.set(query=CAT, hidden=[SAT])
    shown.says("cat looks at", "Without sat")
    np.testing.assert_allclose(weights(shown), shown.get("shown[0, 1].tolist()")[0], atol=1e-6)
