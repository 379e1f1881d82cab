"""What every reassignment keeps to, and that none is cheaper: costs by the documents, worked out here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .firm import Firm, default_policy

GENERATE = (Phase.explicit, Phase.generate)
FEW = settings(max_examples=25, deadline=None, phases=GENERATE, suppress_health_check=list(HealthCheck))
WEIGHT = {"A": 4, "B": 2, "C": 1}
WORKING_DAYS = 22  # of October 2026
MOST = 2


@dataclass
class Manager:
    """A receiver: carries `load` clients of class C, manages so many contacts a day."""

    name: str
    load: int
    a_day: int
    ramping: bool
    industries: list[str]
    regions: list[str]

    @property
    def capacity(self) -> int:
        whole = self.a_day * WORKING_DAYS
        return whole // 2 if self.ramping else whole


@dataclass
class Orphan:
    """A client whose manager left; `former` had it until the end of June."""

    name: str
    abc: str
    industry: str | None
    region: str | None
    former: str | None


names = ["M1", "M2", "M3"]
some = st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True)
loads = st.sampled_from([0, 3, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22])
"""Mostly near a whole or a half capacity, where a place too many shows."""
managers = st.tuples(
    *(
        st.builds(Manager, st.just(name), loads, st.sampled_from([1, 1, 1, 0]), st.booleans(), some, some)
        for name in names
    )
)
kinds = st.sampled_from([None, "x", "y"])
orphans = st.lists(
    st.builds(Orphan, st.just(""), st.sampled_from("ABC"), kinds, kinds, st.sampled_from([None, *names])),
    min_size=2,
    max_size=5,
)


def firm_of(staff: tuple[Manager, ...], clients: list[Orphan]) -> Firm:
    firm = Firm().employee("GONE", active_to="2026-09-30")
    for one in staff:
        firm.employee(
            one.name,
            capacity=one.a_day,
            industries=one.industries,
            regions=one.regions,
            ramp_until=date(2026, 10, 31) if one.ramping else None,
        )
        for number in range(one.load):
            firm.client(f"{one.name}-{number}", "C", owner=one.name, since="2026-09-20")
    for client in clients:
        firm.client(client.name, client.abc, owner="GONE", industry=client.industry, region=client.region)
        if client.former:
            firm.owned(client.name, client.former, "2026-01-15", "2026-06-30")
            firm.owned(client.name, "GONE", "2026-07-01")
    return firm


def cost(client: Orphan, manager: Manager) -> int:
    """Clarification 27: 100 x industry mismatch + 50 x region mismatch + half_up(100 x load / capacity)."""
    strange = bool(client.industry and manager.industries and client.industry not in manager.industries)
    far = bool(client.region and manager.regions and client.region not in manager.regions)
    return 100 * strange + 50 * far + int(100 * manager.load / manager.capacity + 0.5)


@FEW
@given(managers, orphans)
def test_every_limit_is_kept_and_no_plan_is_better(staff: tuple[Manager, ...], clients: list[Orphan]) -> None:
    for number, client in enumerate(clients):
        client.name = f"P{number}"
    found = (
        firm_of(staff, clients)
        .decide("2026-10-01T00:00", default_policy("reassign", max_in=MOST))
        .by_client()
    )
    assert set(found) == {client.name for client in clients}
    by_name = {one.name: one for one in staff if one.load < one.capacity}
    load, got = {one.name: one.load for one in staff}, dict.fromkeys(names, 0)
    for abc in "ABC":
        stage = [client for client in clients if client.abc == abc]
        plan = [found[client.name].numbers["to"] for client in stage]
        choices = product([None, *by_name], repeat=len(stage))
        assert worth(stage, plan, by_name, load, got) == min(
            one for choice in choices if (one := worth(stage, list(choice), by_name, load, got)) is not None
        )
        for client, to in zip(stage, plan, strict=True):
            if to is not None:
                load[to], got[to] = load[to] + WEIGHT[abc], got[to] + 1
                assert found[client.name].numbers["cost"] == cost(client, by_name[to])


def worth(
    stage: list[Orphan],
    plan: list[str | None],
    staff: dict[str, Manager],
    load: dict[str, int],
    got: dict[str, int],
) -> tuple[int, int, int] | None:
    """Return what the documents minimise, in turn; None for a plan that they forbid."""
    load, got = dict(load), dict(got)
    for client, to in zip(stage, plan, strict=True):
        if to is not None:
            load[to], got[to] = load[to] + WEIGHT[client.abc], got[to] + 1
            if to == client.former or to not in staff:
                return None
            if load[to] > staff[to].capacity or got[to] > MOST:
                return None
    costs = [cost(client, staff[to]) for client, to in zip(stage, plan, strict=True) if to is not None]
    return -len(costs), sum(costs), sum(each * each for each in load.values())


@settings(FEW, max_examples=10)
@given(managers, orphans)
def test_no_rule_takes_an_owner_away_without_another(
    staff: tuple[Manager, ...], clients: list[Orphan]
) -> None:
    for number, client in enumerate(clients):
        client.name = f"P{number}"
    for one in firm_of(staff, clients).decide("2026-10-01T00:00", "reassign", "withdraw", "orphan"):
        moves = [action for action in one.actions if action["kind"] == "change_owner"]
        assert all(move["new"] in names for move in moves)
        assert bool(moves) is (one.decision == "reassign")
        assert (one.numbers.get("to") is not None) is (one.decision == "reassign")
