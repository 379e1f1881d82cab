"""Rule `orphan`: open clients whose owner is missing, gone or no seller (features A2)."""

from __future__ import annotations

import polars as pl

from connector.model import Role
from connector.rules.availability import employed_on
from connector.rules.clients import exists, is_open, owner_flags, owners
from connector.rules.decision import decision_frame, flag_list
from connector.rules.facts import Facts
from connector.rules.moment import Moment
from connector.rules.terms import Parameters, parameter
from connector.rules.wording import Bilingual


class OrphanParams(Parameters):
    """Who may own a client."""

    owner_roles: tuple[Role, ...] = parameter(
        ("seller", "kam", "skam", "head"),
        "roles that may own clients; somebody without a role may too",
        "роли, которые могут вести клиентов; сотрудник без роли — тоже",
        strict=False,
    )


class Orphan:
    """One line a client that nobody who may own clients looks after; it reports, it asks nothing."""

    name = "orphan"
    params = OrphanParams
    frames = frozenset({"clients", "employees", "ownership"})
    closed_too = False
    title = Bilingual(ru="Бесхозные клиенты", en="Clients without an owner")

    def decide(self, facts: Facts, params: OrphanParams, moment: Moment) -> pl.DataFrame:
        """Return `orphan` with the reason: no_owner, owner_inactive or not_seller."""
        rows = owners(facts, moment).filter(is_open(moment.today) & exists(moment.as_of))
        working = employed_on(pl.lit(moment.today))
        strange = ~pl.col("role").is_in(list(params.owner_roles))
        reason = (
            pl.when(pl.col("employee").is_null())
            .then(pl.lit("no_owner"))
            .when(~working)
            .then(pl.lit("owner_inactive"))
            .when(strange)
            .then(pl.lit("not_seller"))
        )
        flags = flag_list(owner_flags())
        rows = rows.with_columns(flags, reason=reason).filter(pl.col("reason").is_not_null())
        return decision_frame(rows, moment, decision=pl.lit("orphan"), reason=pl.col("reason"))
