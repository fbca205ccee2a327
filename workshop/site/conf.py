"""How Sphinx makes a site of the course: `python3 course.py site` calls it on what it has staged.

The pages ask no host for anything: formulas are pictures, drawn here, and the theme brings along
what it shows and what it searches with.
"""

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

from course_lib.authoring.formulas import as_svg

project = "Self-attention, step by step"
html_title = project
language = "en"
extensions = ["myst_nb"]
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_math_renderer = "course"
highlight_language = "text"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

nb_execution_mode = "off"  # the results are those that the notebooks have
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "course_lib.authoring.links.page_anchor"


def formula(node, *, as_block):
    """Draw a formula; one that matplotlib cannot draw is left to the browser."""
    try:
        return as_svg(node.astext())
    except ValueError:
        return tex2mathml(node.astext(), as_block=as_block)


def show_within_a_line(translator, node):
    """Put a formula among the words."""
    translator.body.append(formula(node, as_block=False))
    raise SkipNode


def show_by_itself(translator, node):
    """Put a formula on a line of its own, which moves where it is too long."""
    drawn = formula(node, as_block=True)
    translator.body.append(f'<div class="formula-line" tabindex="0">{drawn}</div>')
    raise SkipNode


def setup(app):
    """Tell Sphinx who draws formulas."""
    app.add_html_math_renderer("course", (show_within_a_line, None), (show_by_itself, None))
