import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course_lib.authoring.links import broken_links
from course_lib.authoring.notebooks import dumps


@pytest.fixture
def root(tmp_path):
    """A course with one page and one notebook, each with headings to point at."""
    (tmp_path / "notebooks").mkdir()
    cells = [new_markdown_cell("## Why divide by √d_head?"), new_markdown_cell("[x](../a.md#two)")]
    (tmp_path / "notebooks/03_scores.ipynb").write_text(dumps(new_notebook(cells=cells)), "utf-8")
    (tmp_path / "a.md").write_text("# One\n\n## Two\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "link",
    [
        "[a](a.md)",
        "[a](a.md#one)",
        '[a](a.md "with a title")',
        "[a](#here-there)\n# Here, there",
        "[a](notebooks/03_scores.ipynb#Why-divide-by-√d_head?)",
        "[a](notebooks/03_scores.ipynb#Why-divide-by-%E2%88%9Ad_head?)",
        '<img src="a.md">',
        "[a](https://example.org/a) and [me](mailto:me@example.org)",
        "`[a](nowhere.md)`",
        "```\n[a](nowhere.md)\n```",
    ],
)
def test_links_that_lead_somewhere_are_left_alone(root, link):
    (root / "README.md").write_text(link, "utf-8")
    assert list(broken_links(root)) == []


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ("[a](b.md)", "b.md"),
        ("[a](a.md#three)", "a.md#three"),
        ("[a](#three)", "#three"),
        ("[a](notebooks/03_scores.ipynb#why-divide)", "03_scores.ipynb#why-divide"),
        ('<img alt="x" src="b.png">', "b.png"),
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_its_page(root, link, named):
    (root / "README.md").write_text(link, "utf-8")
    (fault,) = broken_links(root)
    assert fault.where == "README.md"
    assert named in fault.found


def test_what_teachers_read_is_followed_too(root):
    (root / "workshop/hub").mkdir(parents=True)
    (root / "workshop/guide.md").write_text("[a](../a.md#two) and [b](hub.md)", "utf-8")
    (root / "workshop/hub/README.md").write_text("[a](../guide.md#nowhere)", "utf-8")
    said = [str(fault) for fault in broken_links(root)]
    assert said == [
        "workshop/guide.md links to hub.md, which is not there. Mend the link.",
        "workshop/hub/README.md links to ../guide.md#nowhere, which is not there. Mend the link.",
    ]


def test_links_inside_notebooks_are_followed_too(root):
    (root / "a.md").write_text("# One\n", "utf-8")
    (fault,) = broken_links(root)
    assert fault.where == "notebooks/03_scores.ipynb"
