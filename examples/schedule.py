"""A recorded schedule: which users lose most, and how the losses of all users are distributed."""

from pathlib import Path

import accounting as csa

SCHEDULE = Path(__file__).with_name("schedule.csv")
RANDOMIZERS = {
    "hourly": csa.KaryRandomizedResponse(values=8, epsilon0="1"),
    "weekly": csa.KaryRandomizedResponse(values=8, epsilon0="3"),
}


def main() -> csa.Bounds:
    """Bound the loss of every user at delta = 1e-6; all users after the last batch are counted, too."""
    schedule = csa.Schedule.from_csv(SCHEDULE, users=25_000)
    memberships = schedule.memberships()
    print(f"{len(schedule)} batches put {schedule.users:,} users into {len(memberships)} classes")

    losses = csa.loss_distribution(schedule, RANDOMIZERS, delta="1e-6", groups=4)
    worst = losses.worst
    print(f"the worst user: epsilon {worst}")
    if worst.witness is not None:
        print(worst.witness.sentence())
    for group in losses.groups:
        print(group.sentence())
    print(f"half of all users lose at most {losses.quantile('1/2')}")
    return worst


if __name__ == "__main__":
    main()
