"""Pictures: the numbers first, then a figure of matplotlib, then a file.

    python examples/pictures.py FOLDER

writes three pictures to a folder; without one, only the numbers are made. Drawing needs the extra ``plot``.
"""

import sys
from pathlib import Path

from accounting import plots
from accounting.model import Deployment
from accounting.randomizers import KaryRandomizedResponse
from accounting.schedules import Schedule

HERE = Path(__file__).parent


def main(folder: str | None = None) -> plots.Picture:
    """Draw a privacy curve, amplification beside a published bound, and a schedule with its bad step."""
    curve = plots.curve_picture(
        Deployment.from_file(HERE / "ages.toml"), epsilons=[f"{i}e-2" for i in range(0, 41, 2)]
    )
    users = plots.users_picture(
        KaryRandomizedResponse(values=10, epsilon0="2"),
        delta="1e-6",
        users=[10**power for power in range(2, 8)],
        published=["clones", "variation-ratio"],
    )
    schedule = plots.schedule_picture(Schedule.from_csv(HERE / "schedule.csv"), epsilon="0.1", delta="1e-8")
    total = curve.bands[0]
    print(
        f"{curve.title}: delta at epsilon = {total.x[10]} is between {total.lower[10]} and {total.upper[10]}"
    )
    for line in users.lines:
        print(
            f"{line.name}: {line.status}; below what is surely lost at {sum(line.crossed)} of {len(line.x)} sizes"
        )
    if schedule.witness is not None:
        print(schedule.witness.sentence())
    if folder is not None:
        target = Path(folder)
        plots.save(plots.figure_of(curve), target / "curve.svg")
        plots.save(plots.figure_of(users, size="phone"), target / "users.png")
        plots.save(plots.figure_of(schedule), target / "schedule.pdf")
    return users


if __name__ == "__main__":
    main(*sys.argv[1:2])
