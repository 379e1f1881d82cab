"""Writes the policy file of a rule with its defaults, each parameter explained, for `connector init`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from connector.rules.decision_table import Result
from connector.rules.registry import RULES
from connector.rules.rule import Rule, results_of, takes_receivers
from connector.rules.wording import Bilingual, Language

ID = Bilingual(
    "постоянное имя политики: от него зависят ключи задач, не меняйте его",
    "the policy's name for good: keys of tasks are made of it, do not change it",
)
VERSION = Bilingual("меняйте вместе с правилами игры", "change it with the rules of the game")
MODE = Bilingual(
    "dry_run — только показать; approve — писать в CRM после утверждения; auto — писать сразу",
    "dry_run: only shown; approve: written to the CRM once approved; auto: written at once",
)
EFFECTIVE = Bilingual(
    "действует на периоды, которые начались в этот день или позже",
    "judges periods that begin on or after this day",
)
LIMITS = Bilingual(
    "не больше стольких открытых задач политики у одного сотрудника, остальные ждут",
    "no more open items of this policy for one employee; the rest wait",
)

SCOPE = Bilingual(
    "кого касается: условие на клиента; без него — всех",
    "whom it concerns: a condition on the client; without one everybody",
)
WHERE = "NOT closed AND turnover_12m > 0"
TABLE = Bilingual(
    'для отдельных клиентов: первая подходящая строка; можно таблицей из Excel: table = "имя.csv"',
    'for some clients: the first row that fits; a spreadsheet will do as well: table = "name.csv"',
)
RECEIVER = Bilingual(
    "кому передавать клиентов, кроме сказанного выше: только тем, для кого это верно",
    "who receives clients, beside what is said above: only those for whom this is true",
)
RECEIVES = "department = 'Продажи' AND load < 0.9 * month_capacity"
ALONG = Bilingual(
    "что переходит вместе с клиентом: сделки, контактные лица, открытые задачи, запланированные дела",
    "what goes along with a client: deals, people, open tasks, planned calls and meetings",
)
ALL_ALONG = ("deals", "contacts", "tasks", "activities")
GIVES_OWNERS = ("reassign",)
"""Rules that give clients new owners."""


def default_policy_text(name: str, language: Language = "ru", rule: Rule[Any] | None = None) -> str:
    """Return the TOML of a policy that uses the rule with its defaults; it loads back to exactly these.

    `rule` is the rule itself where it is none of ours.
    """
    chosen = rule or RULES[name]
    head = [
        "schema = 1",
        f"id = {_toml(name.replace('_', '-'))}  # {ID.said(language)}",
        f'version = "1"  # {VERSION.said(language)}',
        f"title = {_toml(chosen.title.said(language))}",
        f'mode = "dry_run"  # {MODE.said(language)}',
        f"# effective_from = 2026-10-01  # {EFFECTIVE.said(language)}",
    ]
    if name in GIVES_OWNERS:
        head.append(f"along = {_toml(ALL_ALONG)}  # {ALONG.said(language)}")
    limits = [f"# {LIMITS.said(language)}", "# [limits]", "# max_open = 20"]
    layers = [*_table(results_of(chosen), language), *_scope(language)]
    layers += _receiver(language) if takes_receivers(chosen) else []
    use = ["[use]", f"rule = {_toml(name)}", *_parameters(chosen.params, language)]
    return "\n".join([*head, "", *use, "", *layers, *limits, ""])


def _table(results: Mapping[str, Result], language: Language) -> list[str]:
    """Return a decision table in comments, if the rule takes one."""
    sets = [f"# {name} = {result.least}" for name, result in results.items()]
    return [f"# {TABLE.said(language)}", "# [[table]]", '# class = "A"', *sets, ""] if sets else []


def _scope(language: Language) -> list[str]:
    return [f"# {SCOPE.said(language)}", "# [scope]", f'# where = "{WHERE}"', ""]


def _receiver(language: Language) -> list[str]:
    return [f"# {RECEIVER.said(language)}", "# [receiver]", f'# where = "{RECEIVES}"', ""]


def _parameters(model: type[BaseModel], language: Language) -> Iterator[str]:
    """Yield each parameter under its explanation; tables come last, as TOML wants them."""
    fields = model.model_fields.items()
    for name, field in (item for item in fields if not isinstance(item[1].default, BaseModel)):
        yield ""
        yield f"# {explained(field, language)}"
        yield f"# {name} =" if field.default is None else f"{name} = {_toml(field.default)}"
    for name, field in fields:
        if isinstance(field.default, BaseModel):
            yield from ("", f"# {explained(field, language)}", f"[use.{name}]")
            yield from (f"{key} = {_toml(value)}" for key, value in field.default.model_dump().items())


def explained(field: FieldInfo, language: Language) -> str:
    """Return what the parameter means, in the language."""
    extra = field.json_schema_extra
    said = extra.get(language) if isinstance(extra, dict) else None
    return str(said or field.description)


def _toml(value: Any) -> str:
    """Return a value of a parameter as TOML, which for these types is JSON's form."""
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
            if value
            else "{}"
        )
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
