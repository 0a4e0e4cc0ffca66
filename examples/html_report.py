"""The page that ``check --html`` writes, made in Python: checked, written, and its digest shown."""

import tempfile
from pathlib import Path

from accounting.model import Deployment
from accounting.report import check
from accounting.report.html import SourceFile, as_html

FILE = Path(__file__).with_name("weekly_tasks.toml")


def main() -> int:
    """Check a deployment file, and write the page about it; return its size in bytes."""
    content = FILE.read_bytes()
    report = check(Deployment.from_toml(content.decode()))
    source = SourceFile(FILE.name, content)
    page = as_html(report, source=source).encode()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "weekly_tasks.html"
        target.write_bytes(page)
        print(f"{target.name}: {report.verdict.value}, {len(page):,} bytes, about {source.digest[:16]}..")
    return len(page)


if __name__ == "__main__":
    main()
