"""A published bound that is none: data sets that lose more than it claims, made small, written down and confirmed."""

from pathlib import Path
from tempfile import TemporaryDirectory

from accounting.literature import PUBLISHED
from accounting.literature.certificate import Counterexample
from accounting.literature.counterexample import refute
from proofs.reference.counterexample import check


def main() -> Counterexample:
    """Refute the variation-ratio bound (arXiv 2304.05007) from scratch."""
    found = refute(PUBLISHED["variation-ratio"])
    if found is None:
        raise SystemExit("no counterexample in the small families")
    print(found.sentence())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "variation-ratio.json"
        found.write(path)
        print(check(path.read_text(encoding="utf-8")))
    return found


if __name__ == "__main__":
    main()
