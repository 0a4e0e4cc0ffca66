"""A bound table: what a user loses for several sizes, beside two published bounds, as Markdown and as LaTeX."""

import tempfile
from pathlib import Path

import accounting as csa

GRID = {
    "title": "Any 1-LDP randomizer, delta = 1e-6",
    "cell": "epsilon",
    "kind": "pure-local",
    "epsilon0": 1,
    "users": {"first": 1000, "last": "1e6", "per_decade": 1},
    "delta": "1e-6",
    "published": ["clones-closed", "clones"],
    "digits": 4,
}


def main() -> list[str]:
    """Make the table and show it."""
    table = csa.accounting_table(GRID)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("table.md", "table.tex")]
        table.write(*files)
        texts = [file.read_text(encoding="utf-8") for file in files]
    print(texts[0])
    return texts


if __name__ == "__main__":
    main()
