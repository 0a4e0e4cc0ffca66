"""Workers that are killed at a random moment, for tests of journals."""

import random
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["lines_said"]

ROOT = Path(__file__).resolve().parents[2]


def lines_said(
    worker: str, *arguments: object, draw: random.Random | None, most: int, pause: float = 0.02
) -> list[str]:
    """Let a worker run, and return the whole lines that it wrote.

    Args:
        worker: the module.
        arguments: its arguments.
        draw: kills it after fewer than `most` lines, and up to `pause` seconds; None lets it come to its end.
        most: see above.
        pause: see above.
    """
    with subprocess.Popen(
        [sys.executable, "-m", worker, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = []
        if draw is not None:
            for _ in range(
                draw.randrange(1, most)
            ):  # until it has done some, then at any moment of the next ones
                said.append(process.stdout.readline())
                if not said[-1]:
                    break
            time.sleep(draw.random() * pause)
            process.kill()
        said += process.stdout.readlines()
    return [line for line in said if line.endswith("\n")]
