"""Sphinx: the pages of this folder, and reference pages that are made from the code at every build."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs._generate import links, resolved, written  # noqa: E402 - it needs the path above

project = "concurrent-shuffle-accounting"
author = "The contributors of concurrent-shuffle-accounting"
copyright = author
release = version = installed(project)

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_generate"]
suppress_warnings = [
    "config.cache",
    "ref.python",  # a constructor's annotation, read as text, may name two classes of ours; what is missing is still told
]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True}
autoclass_content = "both"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = ["Guarantee"]
add_module_names = False

nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!accounting\b).*"),  # what others document is not looked up: the build is offline
    (
        r"py:.*",
        r"accounting\.\w+\.\w+\.\w+",
    ),  # types of annotations that no page shows; public names are shorter
]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_title = f"{project} {release}"
html_show_sphinx = False
html_copy_source = False


def setup(app: object) -> None:
    """Make the generated pages before the sources are read, and turn links to files of the project into pages."""
    written(Path(__file__).parent)
    resolved()
    app.connect("source-read", links)  # type: ignore[attr-defined]
