import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounting.lower_bound.longest import longest_schedule
from accounting.lower_bound.tight_window import tight_window
from accounting.lower_bound.witness import find_witness, run_policy
from accounting.schedules import Schedule
from proofs.lower_bound.checker import WitnessError, bad_steps, check_witness, main

Batches = list[tuple[str, int, int]]
Size = dict[str, int]
SMALL: Size = {"group": 1, "block": 2, "groups": 2, "shufflers": 1}


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    block = draw(st.integers(1, 4))
    return {
        "block": block,
        "group": draw(st.integers(1, block)),
        "groups": draw(st.integers(1, 4)),
        "shufflers": draw(st.integers(1, 3)),
    }


@st.composite
def runs(draw: st.DrawFn) -> tuple[Batches, int, Size]:
    """Draw batches of up to three shufflers, in any order, the number of users, and a construction."""
    size = draw(sizes())
    batches: Batches = []
    for name in "abc"[: size["shufflers"]]:
        end = 0
        longest = draw(st.integers(1, 9))
        for gap, users in draw(
            st.lists(st.tuples(st.integers(0, 2), st.integers(1, longest)), min_size=1, max_size=9)
        ):
            batches.append((name, end + gap + 1, end + gap + users))
            end += gap + users
    users = min(max(last for _, _, last in batches), 8 * size["block"]) + draw(st.integers(0, 3))
    kept = [batch for batch in batches if batch[2] <= users] or [("a", 1, 1)]
    return draw(st.permutations(kept)), users, size


@given(runs())
@example(([("a", 2, 4), ("a", 1, 1)], 6, SMALL))
def test_the_witness_is_that_of_the_definition_and_is_confirmed(run: tuple[Batches, int, Size]) -> None:
    batches, users, size = run
    found = find_witness(Schedule(batches, users=users), users, **size)
    bad = bad_steps(batches, users=users, **{key: size[key] for key in ("block", "group", "groups")})
    if found is None:
        assert not bad
    else:
        assert (found.step, found.kind) == bad[0]
        check_witness(batches, found.content(), users=users, **size)


@given(runs())
def test_the_step_is_known_when_it_comes(run: tuple[Batches, int, Size]) -> None:
    batches, users, size = run
    found = find_witness(Schedule(batches, users=users), users, **size)
    if found is not None:
        released = [batch for batch in batches if batch[2] <= found.step]
        if released:
            assert find_witness(Schedule(released, users=found.step), found.step, **size) == found


@given(st.data(), sizes())
def test_a_policy_and_its_record_have_the_same_witness(data: st.DataObject, size: Size) -> None:
    ends = data.draw(
        st.sets(st.tuples(st.integers(1, 24), st.integers(0, size["shufflers"] - 1)), min_size=1)
    )

    def closing(step: int, _opened: tuple[int, ...]) -> list[int]:
        return [j for moment, j in ends if moment == step]

    recorded = run_policy(closing, 24, shufflers=size["shufflers"])
    assert find_witness(closing, 24, **size) == find_witness(recorded, 24, **size)


@given(st.data(), sizes())
def test_enough_users_always_have_a_bad_step(data: st.DataObject, size: Size) -> None:
    users = tight_window(block=size["block"], groups=size["groups"], shufflers=size["shufflers"])
    chosen = st.sets(st.integers(0, size["shufflers"] - 1))
    closing = data.draw(st.lists(chosen, min_size=users, max_size=users))
    found = find_witness(lambda step, _opened: closing[step - 1], users, **size)
    assert found is not None


# ---------------------------------------------------------------- the checker refuses what is wrong

BATCHES: Batches = [("a", 1, 1), ("a", 2, 7), ("b", 3, 5), ("a", 8, 12), ("b", 11, 15)]
HIDDEN = {"kind": "hidden-block", "step": 16, "block": [13, 16]}
APART = {"kind": "separated-groups", "step": 12, "groups": [[4, 4], [8, 8]]}
STATED: dict[str, Any] = {"users": 16, "shufflers": 2, "block": 4, "group": 1, "groups": 2}


def test_the_checker_confirms_what_is_right() -> None:
    check_witness(BATCHES[:4], HIDDEN, **STATED)
    check_witness(BATCHES, APART, **STATED)


@pytest.mark.parametrize(
    ("witness", "complaint"),
    [
        (HIDDEN, "a closed batch has users of the block"),
        (HIDDEN | {"block": [9, 12]}, "a closed batch has users of the block"),
        (HIDDEN | {"step": 17}, "does not exist"),
        (HIDDEN | {"step": 16.0}, "no integer"),
        (HIDDEN | {"step": True}, "no integer"),
        (HIDDEN | {"block": [12, 16]}, "no block"),
        (HIDDEN | {"block": [14, 17]}, "ends after the step"),
        (HIDDEN | {"block": [13, 16], "step": 15}, "ends after the step"),
        (HIDDEN | {"block": [-3, 0]}, "no block"),
        (HIDDEN | {"kind": "hidden"}, "no witness of the kind"),
        (APART | {"groups": [[8, 8], [12, 12]]}, "touches two groups"),
        (APART | {"groups": [[8, 8], [4, 4]]}, "not in order"),
        (APART | {"groups": [[4, 4], [4, 4]]}, "not in order"),
        (APART | {"groups": [[4, 4]]}, "fewer than 2 groups"),
        (APART | {"groups": []}, "fewer than 2 groups"),
        (APART | {"groups": [[4, 4], [9, 9]]}, "no group"),
        (APART | {"groups": [[4, 4], [7, 8]]}, "no group"),
        (APART | {"groups": [[4, 4], [16, 16]]}, "ends after the step"),
    ],
)
def test_the_checker_refuses_a_wrong_witness(witness: dict[str, Any], complaint: str) -> None:
    with pytest.raises(WitnessError, match=complaint):
        check_witness(BATCHES, witness, **STATED)


@pytest.mark.parametrize(
    ("batches", "changes", "complaint"),
    [
        (BATCHES, {"shufflers": 1}, "more shufflers"),
        ([*BATCHES, ("a", 12, 13)], {}, "overlap at user 12"),
        ([*BATCHES, ("b", 16, 17)], {}, "other users"),
        ([*BATCHES, ("b", 17, 16)], {}, "other users"),
        ([*BATCHES, ("b", 0, 1)], {}, "other users"),
        ([("a", 12, 13)], {"witness": HIDDEN}, "a closed batch has users of the block"),
        ([("a", 16, 16)], {"witness": HIDDEN}, "a closed batch has users of the block"),
        (BATCHES, {"group": 5}, "fit no construction"),
        (BATCHES, {"groups": 0}, "fit no construction"),
    ],
)
def test_the_checker_refuses_wrong_batches(batches: Batches, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(WitnessError, match=complaint):
        check_witness(batches, **({"witness": APART} | STATED | changes))


def test_the_checker_reads_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schedule, size = longest_schedule(block=4, groups=3, shufflers=2), {**SMALL, "block": 4, "groups": 3}
    size["shufflers"] = 2
    found = find_witness(schedule, schedule.users, **size)
    assert found is not None
    schedule.to_csv(tmp_path / "run.csv")
    said = {"users": schedule.users, "shufflers": 2, "parameters": size, "witness": found.content()}
    files = [str(tmp_path / "run.csv"), str(tmp_path / "answer.json")]
    Path(files[1]).write_text(json.dumps(said), encoding="utf-8")
    assert main(files) == 0
    assert capsys.readouterr().out == f"confirmed: step {found.step} is bad\n"
    changes: list[dict[str, Any]] = [
        {"witness": {**found.content(), "step": found.step + 1}},
        {"witness": {}},
        {"users": 5},
    ]
    for wrong in changes:
        Path(files[1]).write_text(json.dumps(said | wrong), encoding="utf-8")
        assert main(files) == 1
        assert capsys.readouterr().out.startswith("refuted: ")
