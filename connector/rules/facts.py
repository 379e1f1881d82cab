"""Facts: the store's frames with every reference resolved once; all that a rule may look at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from connector.identity.people import People, people
from connector.rules.calendar import Calendar
from connector.rules.company import MOVES, PINS
from connector.rules.fact_columns import BAD_INN, DOUBTS, MARKED, PINNED, RECORD, RESOLVED, TOLD
from connector.rules.oneperson import told_once
from connector.rules.ownership import EARLIEST, resolve
from connector.rules.samecalls import once
from connector.rules.wording import Language
from connector.store.frame_schemas import EMPLOYEE
from connector.store.frames import FRAMES

PART = 2_500_000
"""Events that are resolved at once: each time all clients are looked up."""


@dataclass(frozen=True)
class Company:
    """What the rules must know of the firm beside its data; `sources` are names, the most trusted first.

    Of `accepted` sources the admin knows that not all is seen (clarification 40): decisions say so.
    """

    zone: ZoneInfo
    sources: tuple[str, ...]
    language: Language = "ru"
    calendar: Calendar = field(default_factory=Calendar)
    accepted: tuple[str, ...] = ()
    owner_of_record: str | None = None
    """The source that receives owner changes; None: every source that has the client."""


class Facts:
    """The store's frames of live rows, resolved: `client` is the store's number, employees are printed ids.

    Records of several sources that are one client have one number, accounts that are one person one id: that
    of the most trusted one. A printed id is the vendor's own where the firm has one source, else `source:id`.
    Rows of unknown clients take part in nothing. A row that comes twice counts once; the order of rows means
    nothing.
    """

    def __init__(
        self, frames: Mapping[str, pl.DataFrame], company: Company, *, distinct: bool = False
    ) -> None:
        """`distinct` frames are known to hold no record twice, as the store's are: it is not looked for."""
        self.company = company
        self._frames = dict(frames)
        self._are_distinct = distinct
        self._remembered: dict[Hashable, pl.DataFrame] = {}

    def once(self, key: Hashable, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Return what `make` gives, computed only the first time that the key is asked for."""
        if key not in self._remembered:
            self._remembered[key] = make()
        return self._remembered[key]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Every source, the most trusted first; those the firm did not rank come last, by name."""
        ranked = self.company.sources
        seen = self._frame("clients")["source"].unique().to_list()
        return (*ranked, *sorted(set(seen) - set(ranked)))

    @cached_property
    def records(self) -> pl.DataFrame:
        """The clients' records, leading one first: client, source, external_id, target, rank."""
        return self._clients.select("client", *RECORD, "target", "rank")

    @cached_property
    def cards(self) -> pl.DataFrame:
        """What each record's card says of the owner: client, target, rank, owner, created_on."""
        return self._clients.select("client", "target", "rank", "owner", "created_on")

    @cached_property
    def shared(self) -> pl.DataFrame:
        """The clients that more than one source has: client."""
        if len(self.sources) <= 1:
            return self.records.select("client").clear()
        each = self.records.select("client", "source").unique()
        return each.filter(pl.col("client").is_duplicated()).select("client").unique()

    @cached_property
    def people(self) -> People:
        """Which accounts are one employee; with one source each is its own."""
        one_source = len(self.sources) <= 1 or "employees" not in self._frames
        return (
            People({}, {}, frozenset()) if one_source else people(self._distinct("employees"), self.sources)
        )

    @cached_property
    def clients(self) -> pl.DataFrame:
        """Clients: client, id, subject, client_name, owner, abc, created_at, created_on, ...

        Beside these: industry, region, closed_from, key, pinned, doubtful, bad_inn. `closed_from` is the
        first day without the client (clarification 5), null while it is open. The leading record speaks; what
        it does not know (owner, class, creation, industry, region) the next one says. A mark of any record is
        the client's: `key` (a key account), `pinned` (the tag), `doubtful` (who it is is not settled),
        `bad_inn` (an INN that cannot be one).
        """
        rows = self._clients
        if rows["client"].is_duplicated().any():
            rows = rows.group_by("client", maintain_order=True).agg(
                pl.col("id", "closed_from").first(), pl.col(TOLD).drop_nulls().first(), pl.col(MARKED).any()
            )
        subject = pl.concat_str(pl.lit("client:"), "id").alias("subject")
        return rows.select("client", "id", subject, *TOLD, "closed_from", *MARKED)

    @cached_property
    def places(self) -> pl.DataFrame:
        """Return where each client's subject stands among all subjects: client, place."""
        rows = self.clients.select("client", "subject").sort("subject")
        return rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("place"), "client")

    def card(self, *columns: str) -> pl.DataFrame:
        """Return these columns of the store's clients as the first record that knows says: client, ..."""
        rows = self._clients.group_by("client", maintain_order=True)
        return rows.agg(pl.col(columns).drop_nulls().first())

    @cached_property
    def employees(self) -> pl.DataFrame:
        """Accounts: employee (the person), source, external_id, role, hired and left (working days).

        Beside these: head, department, industries, regions, capacity (contacts a working day), accepts_more,
        ramp_until (a new hire's last day of half capacity). Somebody inactive without a last day was never
        employed as far as norms go (clarification 6). All accounts of a person say the same: see `told_once`.
        """
        gone = pl.col("active").eq(pl.lit(value=False)).fill_null(value=False)
        rows = self._distinct("employees").select(
            self._person("external_id").alias("employee"),
            *RECORD,
            "role",
            pl.col("active_from").alias("hired"),
            pl.when(pl.col("active_to").is_null() & gone).then(EARLIEST).otherwise("active_to").alias("left"),
            self._person("head").alias("head"),
            *("department", "industries", "regions", "capacity", "accepts_more"),
            self._optional("employees", "ramp_until", pl.Date),
        )
        return told_once(rows, self.sources) if self.people.moved else rows

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of employees by the id that decisions print; those of the more trusted source."""
        said = self._distinct("employees").select(*RECORD, "name")
        rows = self.employees.join(said, on=RECORD).filter(pl.col("name").is_not_null())
        order = {source: place for place, source in enumerate(self.sources)}
        ranked = rows.with_columns(rank=pl.col("source").replace_strict(order, default=len(order)))
        ranked = ranked.sort("rank", "external_id", descending=True)
        return dict(ranked.select("employee", "name").iter_rows())

    @cached_property
    def events(self) -> pl.DataFrame:
        """Events, each once: client, event (its printed id), employee, kind, status, completed_at.

        Beside these: planned_at, logged_at, known_at (clarification 41), duration_s, successful, by_us; times
        are UTC. Employee, kind and status are Categorical: cast them to String to join on them.
        """
        return self._events[0]

    @cached_property
    def repeats(self) -> pl.DataFrame:
        """Second entries of what another CRM has too, which `events` leaves out: its columns."""
        return self._events[2]

    @cached_property
    def _events(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Return the events, those that we put there as `our_items` needs them, and second entries.

        The frame as it was read is let go of part by part: with millions of events both would not fit.
        """
        told: list[pl.DataFrame] = []
        ours: list[pl.DataFrame] = []
        parts = list(self._distinct("events").iter_slices(PART))
        del self._frames["events"]
        while parts or not told:
            rows = self._with_numbers(parts.pop(0) if parts else FRAMES["events"].to_frame(), "rank")
            told.append(self._resolved(rows))
            ours.append(self._ours(rows.filter(pl.col("key").is_not_null())))
        rows = pl.concat(told)
        seen_once = rows if self.shared.is_empty() else once(rows, self.shared)
        again = rows.join(seen_once, on="event", how="anti") if len(seen_once) < len(rows) else rows.clear()
        return seen_once.drop("source", "rank"), pl.concat(ours), again.drop("source", "rank")

    def _ours(self, rows: pl.DataFrame) -> pl.DataFrame:
        made = pl.coalesce("logged_at", "seen_at").alias("made_at")
        employee = self._person("employee").cast(pl.String).alias("employee")
        return rows.select("client", employee, made, pl.col("completed_at").alias("closed_at"))

    def _resolved(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(
            "client",
            self._printed("external_id").alias("event"),
            self._person("employee").cast(EMPLOYEE).alias("employee"),
            *("kind", "status", "completed_at", "planned_at", "logged_at", "successful", "by_us"),
            pl.col("duration_s").cast(pl.Int32, strict=False),
            pl.coalesce("logged_at", "seen_at").alias("known_at"),
            "source",
            "rank",
        )

    @cached_property
    def deals(self) -> pl.DataFrame:
        """Deals: client, source, external_id, stage_kind, amount, currency, created_at, closed_at.

        Source, stage_kind and currency are Categorical: cast them to String to join on them.
        """
        found = self._of_clients("deals").select(
            *("client", *RECORD, "stage_kind", "amount", "currency", "created_at", "closed_at")
        )
        del self._frames["deals"]
        return found

    @cached_property
    def sales(self) -> pl.DataFrame:
        """Turnover of clients: client, source, date, amount and margin (minor units), currency."""
        return self._of_clients("sales").select("client", "source", "date", "amount", "margin", "currency")

    @property
    def any_sales(self) -> bool:
        """Whether any source has a sale at all, be its client known or not (clarification 19)."""
        return not self._frame("sales").is_empty()

    @cached_property
    def tasks(self) -> pl.DataFrame:
        """Tasks: task (`task:ID`), source, deal (external id), status, key, due."""
        task = pl.concat_str(pl.lit("task:"), self._printed("external_id")).alias("task")
        return self._distinct("tasks").select(task, "source", "deal", "status", "key", "due")

    @cached_property
    def our_items(self) -> pl.DataFrame:
        """What we put into a CRM about a client for somebody: client, employee, made_at, closed_at (UTC)."""
        tasks = self._of_clients("tasks").filter(pl.col("key").is_not_null())
        assignee, made = self._person("assignee").alias("employee"), pl.col("created_at").alias("made_at")
        return pl.concat([tasks.select("client", assignee, made, "closed_at"), self._events[1]])

    @cached_property
    def absences(self) -> pl.DataFrame:
        """Absences: employee, deputy, from_date, to_date (both inclusive)."""
        rows = self._frame("absences").with_columns(
            self._person("employee").alias("employee"), self._person("deputy").alias("deputy")
        )
        return rows.select("employee", "deputy", "from_date", "to_date").unique()

    @cached_property
    def absence_entries(self) -> pl.DataFrame:
        """Absences with when they were entered: employee, from_date, to_date, entered (day), seen_at, begun.

        `entered` is what the firm's own list says, `begun` when the first pull of the source began.
        """
        begun = self._clients.group_by("source").agg(begun=pl.col("seen_at").min())
        return (
            self._frame("absences")
            .with_columns(
                self._person("employee").alias("employee"), self._optional("absences", "entered", pl.Date)
            )
            .join(begun, on="source", how="left")
            .select("employee", "from_date", "to_date", "entered", "seen_at", "begun")
        )

    @cached_property
    def co_owners(self) -> pl.DataFrame:
        """Who serves a client beside its owner, by the cards of any source: client, employee."""
        cards = self._frames.get("co_owners", FRAMES["co_owners"].to_frame())
        rows = self._with_numbers(cards.explode("co_owners"))
        return rows.select("client", self._person("co_owners").alias("employee")).unique()

    @cached_property
    def class_changes(self) -> pl.DataFrame:
        """Logged changes of a class given from outside: client, source, external_id, at (UTC), old, new."""
        rows = self._frames.get("class_changes", FRAMES["class_changes"].to_frame())
        named = rows.with_columns(external_id="client").unique()
        return self._with_numbers(named).select("client", *RECORD, "at", "old", "new")

    @cached_property
    def given(self) -> pl.DataFrame:
        """The class that each record was given from outside, now: client, source, external_id, rank, abc."""
        return self._clients.select("client", *RECORD, "rank", "abc")

    @cached_property
    def answers(self) -> pl.DataFrame:
        """What people answered about clients: client, criterion, answer, at (UTC, or null)."""
        return self._of_clients("answers").select("client", "criterion", "answer", "at")

    @cached_property
    def field_changes(self) -> pl.DataFrame:
        """Changes on clients' cards: client, field, at (UTC), by, old, new."""
        return self._of_clients("field_changes").select("client", "field", "at", "by", "old", "new")

    @property
    def pins(self) -> pl.DataFrame:
        """Clients that the firm's own list pins to their owner: client, until (or null), by, why."""
        return self._frames.get("pins", PINS.to_frame())

    @property
    def approved_moves(self) -> pl.DataFrame:
        """Moves that a head approved in the firm's own list: client, to (a person), by, date."""
        return self._frames.get("approved_moves", MOVES.to_frame())

    @cached_property
    def ownership(self) -> pl.DataFrame:
        """Who owned which client when, one owner a day: see `ownership.resolve`."""
        rows = self._of_clients("ownership", "rank", "target").select(
            *("client", "target", "rank"),
            self._person("employee").alias("employee"),
            "valid_from",
            "valid_to",
            "known",
        )
        del self._frames["ownership"]
        return resolve(rows.unique(), self.clients, self.cards)

    @cached_property
    def _clients(self) -> pl.DataFrame:
        """Return the records as they were read and what is made of them, a client's leading one first.

        All frames of clients show columns of this one; the frame as it was read is let go of.
        """
        rows = self._resolved_clients().drop(RESOLVED, strict=False)
        rows = rows.sort("client", "rank", "external_id")
        del self._frames["clients"]
        return rows

    def _resolved_clients(self) -> pl.DataFrame:
        zone = str(self.company.zone)
        shut = pl.col("status").is_in(["closed", "blacklisted"]).fill_null(value=False)
        closed_on = pl.col("closed_at").dt.convert_time_zone(zone).dt.date()
        ranks = {source: rank for rank, source in enumerate(self.sources)}
        return self._distinct("clients").with_columns(
            self._printed("external_id").alias("id"),
            pl.concat_str("source", pl.lit(":"), "external_id").alias("target"),
            self._person("owner").alias("owner"),
            pl.col("name").alias("client_name"),
            pl.col("created_at").dt.convert_time_zone(zone).dt.date().alias("created_on"),
            pl.coalesce(closed_on, pl.when(shut).then(EARLIEST)).alias("closed_from"),
            pl.col("source").replace_strict(ranks, return_dtype=pl.Int64).alias("rank"),
            key=pl.col("key_account").fill_null(value=False),
            pinned=pl.col("tags").list.contains(PINNED).fill_null(value=False),
            doubtful=(pl.col("flags").list.set_intersection(DOUBTS).list.len().fill_null(0) > 0)
            | self._optional("clients", "doubt", pl.String).is_not_null(),
            bad_inn=pl.col("flags").list.contains(BAD_INN).fill_null(value=False),
        )

    def _optional(self, name: str, column: str, kind: type[pl.DataType]) -> pl.Expr:
        """Return the frame's column, or nulls where those who made the frame know nothing of it."""
        known = column in self._frame(name).columns
        return (pl.col(column) if known else pl.lit(None)).cast(kind).alias(column)

    def _frame(self, name: str) -> pl.DataFrame:
        if name not in self._frames:
            raise LookupError(f"the frame {name!r} was not read; the rule must name it in its `frames`")
        return self._frames[name]

    def _distinct(self, name: str) -> pl.DataFrame:
        rows = self._frame(name)
        return rows if self._are_distinct else rows.unique(subset=RECORD, keep="last")

    def _of_clients(self, name: str, *more: str) -> pl.DataFrame:
        """Return the frame's rows whose client is known, with the client's number in `client`."""
        rows = self._distinct(name) if "external_id" in self._frame(name).columns else self._frame(name)
        return self._with_numbers(rows, *more)

    def _with_numbers(self, rows: pl.DataFrame, *more: str) -> pl.DataFrame:
        numbers = self.records.select(
            pl.col("source").cast(rows.schema["source"]),
            pl.col("external_id").alias("client"),
            pl.col("client").alias("_n"),
            *more,
        )
        # Looked up beside the rows: a join would copy all their columns
        keys = ["source", "client"]
        found = rows.select(keys).join(numbers, on=keys, how="left", maintain_order="left").drop(keys)
        rows = rows.drop("client").hstack(found.rename({"_n": "client"}))
        return rows.filter(pl.col("client").is_not_null()) if rows["client"].has_nulls() else rows

    def _person(self, column: str) -> pl.Expr:
        """Return the ids of employees as people see them: those of the person's most trusted account."""
        moved = self.people.moved
        return self._printed(column).replace(moved) if moved else self._printed(column)

    def _printed(self, column: str) -> pl.Expr:
        """Return the column's ids as people see them; null stays null."""
        if len(self.sources) <= 1:
            return pl.col(column)
        return pl.concat_str("source", pl.lit(":"), column)
