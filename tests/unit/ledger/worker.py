"""Operates a ledger until it is killed, and says on standard output what has been acknowledged."""

import json
import random
import sys

import accounting as csa


def main(path: str, seed: str) -> None:
    """Draw operations; one JSON line for each that has returned."""
    draw = random.Random(int(seed))
    ledger = csa.Ledger.resume(path)
    print("[]", flush=True)
    while True:
        name = draw.choice(sorted(ledger.shufflers))
        done: list[str | int]
        if draw.random() < 0.4:
            count = draw.randint(1, 9)
            ledger.arrive(count)
            done = ["arrive", count]
        elif name not in ledger.open_batches:
            ledger.open(name)
            done = ["open", name]
        elif ledger.may_close(name).allowed:
            ledger.close(name)
            done = ["close", name]
        else:
            ledger.discard(name)
            done = ["discard", name]
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
