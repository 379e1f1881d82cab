"""Pipelines and stages: made from the words in the neutral deals, with the codes a portal would give them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from connector.sandbox.bitrix24.entities.directories import Directories
from connector.sandbox.truth import Truth

OPEN_CODES = ("NEW", "PREPARATION", "PREPAYMENT_INVOICE", "EXECUTING", "FINAL_INVOICE")
LOST_CODES = ("LOSE", "APOLOGY")
SEMANTICS = {"open": "P", "won": "S", "lost": "F"}
KINDS = {code: kind for kind, code in SEMANTICS.items()}
DEFAULTS = (("Новая", "open"), ("В работе", "open"), ("Сделка успешна", "won"), ("Сделка провалена", "lost"))


class Pipelines:
    """The deal pipelines (categories; 0 is the default) and the codes of their stages."""

    def __init__(self, truth: Truth, directories: Directories) -> None:
        self.directories = directories
        self.names = list(dict.fromkeys(row["pipeline"] for row in truth.all("deals"))) or ["Продажи"]
        self.codes: dict[tuple[int, str], str] = {}
        self.stages: dict[str, tuple[int, str, str]] = {}
        places, kinds = stage_places(truth), stage_kinds(truth)
        for category, name in enumerate(self.names):
            self._add_stages(category, kinds.get(name, {}), places)

    def category(self, pipeline: str) -> int:
        """Return the number of a pipeline, adding it if it is new."""
        if pipeline not in self.names:
            self.names.append(pipeline)
            self._add_stages(len(self.names) - 1, {}, {})
        return self.names.index(pipeline)

    def code(self, pipeline: str, stage: str, kind: str = "open") -> str:
        """Return the code of a stage, e.g. `C1:NEW`, adding the stage if it is new."""
        category = self.category(pipeline)
        return self.codes.get((category, stage)) or self._add(category, stage, kind_of(kind))

    def semantics(self, code: str) -> str:
        """Return P, S or F for a stage's code."""
        return SEMANTICS[self.stages[code][2]]

    def _add_stages(self, category: int, kinds: dict[str, str], places: dict[str, float]) -> None:
        present = set(kinds.values())
        kinds |= {stage: kind for stage, kind in DEFAULTS if kind not in present}
        order = list(SEMANTICS)
        for stage in sorted(kinds, key=lambda stage: (order.index(kinds[stage]), places.get(stage, 0.0))):
            self._add(category, stage, kinds[stage])

    def _add(self, category: int, stage: str, kind: str) -> str:
        prefix = f"C{category}:" if category else ""
        code = next(c for c in candidates(kind, category) if prefix + c not in self.stages)
        directory = f"DEAL_STAGE_{category}" if category else "DEAL_STAGE"
        sign = None if kind == "open" else SEMANTICS[kind]
        system = code in {"NEW", "WON", "LOSE"}
        self.directories.add(
            directory, prefix + code, stage, semantics=sign, category=category, system=system
        )
        self.codes[category, stage] = prefix + code
        self.stages[prefix + code] = (category, stage, kind)
        return prefix + code


def candidates(kind: str, category: int) -> Iterator[str]:
    """Give the codes a stage of this kind may have, the portal's own first."""
    yield from {"open": OPEN_CODES, "won": ("WON",), "lost": LOST_CODES}[kind]
    yield from (f"UC_{kind[0].upper()}{category}{number:03d}" for number in range(1, 1000))


def kind_of(word: str) -> str:
    """Return the kind of a stage; what is none of the three counts as open."""
    return word if word in SEMANTICS else "open"


def stage_places(truth: Truth) -> dict[str, float]:
    """Return how far down the road each stage stands on average, from the deals' histories."""
    walked: Counter[str] = Counter()
    places: dict[str, list[int]] = defaultdict(list)
    for row in truth.all("stage_history"):
        places[row["stage"]].append(walked[row["deal"]])
        walked[row["deal"]] += 1
    return {stage: sum(seen) / len(seen) for stage, seen in places.items()}


def stage_kinds(truth: Truth) -> dict[str, dict[str, str]]:
    """Return pipeline -> {stage: kind}, from the deals' stages now and, as open ones, before."""
    kinds: dict[str, dict[str, str]] = {}
    pipelines: dict[str, str] = {}
    for row in truth.all("deals"):
        kinds.setdefault(row["pipeline"], {})[row["stage"]] = kind_of(row["stage_kind"])
        pipelines[row["id"]] = row["pipeline"]
    for row in truth.all("stage_history"):
        if row["deal"] in pipelines:
            kinds[pipelines[row["deal"]]].setdefault(row["stage"], "open")
    return kinds
