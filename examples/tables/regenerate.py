"""Make every table of this folder again: python examples/tables/regenerate.py [FOLDER]."""

import sys
from pathlib import Path

from accounting.cli import main as run

HERE = Path(__file__).resolve().parent
ENDINGS = (".csv", ".md")


def main(folder: Path = HERE) -> list[Path]:
    """Write a CSV and a Markdown file for each specification, on all cores, into a folder."""
    written: list[Path] = []
    for spec in sorted(HERE.glob("*.toml")):
        files = [folder / f"{spec.stem}{ending}" for ending in ENDINGS]
        options = [option for file in files for option in ("-o", str(file))]
        if run(["table", str(spec), *options]) != 0:
            raise SystemExit(f"{spec.name} could not be made")
        written += files
    return written


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
