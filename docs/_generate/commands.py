"""The page of the command line: what ``--help`` says, for every command."""

from __future__ import annotations

import re

from accounting.cli import command_line

__all__ = ["page"]

HEAD = """# The command line

`shuffle-accounting COMMAND --help` says the same on a terminal. Numbers are read exactly: `0.1`, `1e-8`, `1/3` and `20_000` are what they
look like. [Exit codes](exit_codes.md), [JSON](json.md) and [error messages](errors.md) have pages of their own.

"""


def page() -> str:
    """Return the page, in Markdown."""
    text = command_line().generate_docs(output_format="markdown", heading_level=1)
    text = re.sub(
        r"^## Table of Contents\n.*?(?=^## |\*\*Commands\*\*)", "", text, flags=re.DOTALL | re.MULTILINE
    )
    text = re.sub(r"^Example: `(shuffle-accounting .*)`$", r"```console\n$ \1\n```", text, flags=re.MULTILINE)
    return HEAD + text.removeprefix("# shuffle-accounting\n").lstrip()
