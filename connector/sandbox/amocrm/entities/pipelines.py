"""Pipelines and statuses: made from the words of the neutral deals; won is 142 and lost 143 in every one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID
from connector.sandbox.truth import Truth

WON, LOST = 142, 143
"""The documented numbers of the closing statuses."""
CLOSING = {WON: "won", LOST: "lost"}
NAMES = {WON: "Успешно реализовано", LOST: "Закрыто и не реализовано"}
UNSORTED = "Неразобранное"
FIRST_STATUS = 1001
COLORS = ("#99ccff", "#ffff99", "#ffcc66", "#ffcccc", "#ccc8f9", "#eb93ff")


@dataclass
class Pipeline:
    """One pipeline: `statuses` are number -> name in order, the first is the one of incoming leads."""

    id: int
    name: str
    statuses: dict[int, str] = field(default_factory=dict)

    def number(self, stage: str, kind: str) -> int | None:
        """Return the status of a stage, None if the pipeline has none of that name."""
        closing = {"won": WON, "lost": LOST}.get(kind)
        if closing:
            return closing
        return next(
            (one for one, name in self.statuses.items() if name == stage and one not in CLOSING), None
        )


class Pipelines:
    """The pipelines of an account, by number and by name."""

    def __init__(self, truth: Truth) -> None:
        self.known: dict[int, Pipeline] = {}
        self._statuses = FIRST_STATUS
        for row in truth.all("deals"):
            self.named(row["pipeline"])
        self.main = self.named("Воронка") if not self.known else next(iter(self.known.values()))
        self._take_stages(truth)

    def named(self, name: str) -> Pipeline:
        """Return the pipeline of that name, a new one if there is none."""
        found = next((one for one in self.known.values() if one.name == name), None)
        if found is None:
            found = Pipeline(len(self.known) + 1, name)
            found.statuses = {self._next(): UNSORTED, **NAMES}
            self.known[found.id] = found
        return found

    def status(self, pipeline: str, stage: str, kind: str) -> tuple[Pipeline, int]:
        """Return pipeline and status of a neutral stage; an open stage nobody knows is added."""
        found = self.named(pipeline)
        number = found.number(stage, kind)
        return found, number if number is not None else self._add(found, stage)

    def has(self, pipeline: Any, status: Any) -> bool:
        """Tell whether a pipeline has a status."""
        return pipeline in self.known and status in self.known[pipeline].statuses

    def _take_stages(self, truth: Truth) -> None:
        """Name the closing statuses as the deals do, and add the open stages in the order deals walk them."""
        closed: set[tuple[int, int]] = set()
        pipelines = {row["id"]: self.named(row["pipeline"]) for row in truth.all("deals")}
        for row in truth.all("deals"):
            pipeline = pipelines[row["id"]]
            status = pipeline.number(row["stage"], row["stage_kind"])
            if status in CLOSING and row["stage"] and (pipeline.id, status) not in closed:
                pipeline.statuses[status] = row["stage"]
                closed.add((pipeline.id, status))
        for row in truth.all("stage_history"):
            if row["deal"] in pipelines:
                self.stage(pipelines[row["deal"]], row["stage"])
        for row in truth.all("deals"):
            self.status(row["pipeline"], row["stage"], row["stage_kind"])

    def stage(self, pipeline: Pipeline, name: str) -> int:
        """Return the status of that name, a closing one too; an unknown name is a new open status."""
        known = (number for number, one in pipeline.statuses.items() if one == name)
        found = next(known, None)
        return self._add(pipeline, name) if found is None else found

    def _add(self, pipeline: Pipeline, stage: str) -> int:
        number = self._next()
        closing = {one: pipeline.statuses.pop(one) for one in CLOSING}
        pipeline.statuses |= {number: stage, **closing}
        return number

    def _next(self) -> int:
        self._statuses += 1
        return self._statuses - 1


def shown(pipeline: Pipeline, base: str, *, main: bool, archived: bool) -> dict[str, Any]:
    """Show a pipeline with its statuses."""
    statuses = [status(pipeline, number, base) for number in pipeline.statuses]
    return {
        "id": pipeline.id,
        "name": pipeline.name,
        "sort": pipeline.id,
        "is_main": main,
        "is_unsorted_on": True,
        "is_archive": archived,
        "account_id": ACCOUNT_ID,
        "_links": {"self": {"href": f"{base}/leads/pipelines/{pipeline.id}"}},
        "_embedded": {"statuses": statuses},
    }


def status(pipeline: Pipeline, number: int, base: str) -> dict[str, Any]:
    """Show a status; the first of a pipeline is that of incoming leads (type 1)."""
    place = list(pipeline.statuses).index(number)
    sort = {WON: 10_000, LOST: 11_000}.get(number, (place + 1) * 10)
    color = {WON: "#CCFF66", LOST: "#D5D8DB"}.get(number, COLORS[place % len(COLORS)])
    return {
        "id": number,
        "name": pipeline.statuses[number],
        "sort": sort,
        "is_editable": bool(place) and number not in CLOSING,
        "pipeline_id": pipeline.id,
        "color": color,
        "type": int(place == 0),
        "account_id": ACCOUNT_ID,
        "_links": {"self": {"href": f"{base}/leads/pipelines/{pipeline.id}/statuses/{number}"}},
    }
