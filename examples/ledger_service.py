"""A running service that keeps its ledger: batches close when they may, a crash forgets nothing."""

import tempfile
from pathlib import Path

import accounting as csa

SHUFFLERS = {
    "hourly": csa.KaryRandomizedResponse(values=16, epsilon0="4"),
    "daily": csa.KaryRandomizedResponse(values=16, epsilon0="5"),
}


def begin(journal: Path) -> None:
    """The first life of the service: two overlapping batches, of which one is released."""
    with csa.Ledger(SHUFFLERS, epsilon="1", delta="1e-8", journal=journal) as ledger:
        ledger.open("daily")
        ledger.open("hourly")
        ledger.arrive(1_000)
        too_early = ledger.may_close("hourly")
        print(too_early)
        enough = ledger.enough_users("hourly")
        if enough is None:
            raise SystemExit("no size is enough")
        ledger.arrive(max(enough, 10_000) - 1_000)
        print(ledger.close("hourly"))  # on disk now: the batch may be released
        ledger.open("hourly")
        ledger.arrive(30_000)


def go_on(journal: Path) -> csa.Ledger:
    """The second life, after a stop or a crash: everything is as it was left."""
    with csa.Ledger.resume(journal) as ledger:
        print(f"{ledger.arrived:,} users, open: {dict(ledger.open_batches)}")
        for name in ("hourly", "daily"):
            decision = ledger.may_close(name)
            if decision.allowed:
                ledger.close(name)
            else:
                ledger.discard(name)  # its messages are deleted, and nobody is charged
        return ledger


def main() -> csa.Ledger:
    """Serve, stop, go on, and say what users have lost."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "ledger.jsonl"
        begin(journal)
        ledger = go_on(journal)
    for standing in ledger.distribution():
        print(f"{standing.users:,} users: {standing.loss}")
    print(f"the worst: {ledger.worst()}")
    return ledger


if __name__ == "__main__":
    main()
