"""The policies in words for everybody whom they concern: Markdown for the general meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from connector.locale import Texts
from connector.rules.decision_table import DecisionTable
from connector.rules.policy import Policy
from connector.rules.policy_text import explained
from connector.rules.rule import results_of
from connector.rules.where.fields import CLIENT_FIELDS, FieldSpec
from connector.rules.wording import Language


def policy_section(policy: Policy, words: Texts) -> Iterator[str]:
    """Yield the lines about one policy: what it is for, every parameter, whom it concerns, its table."""
    yield f"## {policy.title or policy.judge.title.said(_language(words))}"
    yield ""
    lead = f"announce.rule_{policy.rule}"
    if lead in words:
        yield from (words.say(lead, **_flat(policy.params.model_dump(), words)), "")
    yield from _standing(policy, words)
    yield from _parameters(policy.params, words)
    if policy.layers.scope:
        yield f"- {words.say('announce.scope', where=policy.layers.scope.text)}"
    if policy.layers.receiver:
        yield f"- {words.say('announce.receiver', where=policy.layers.receiver.text)}"
    for action in policy.actions:
        to = words.say(f"announce.to_{action.to}") if action.to in ("owner", "head") else action.to
        yield f"- {words.say('announce.action', when=action.when.text, to=to, title=action.title)}"
    if policy.max_open is not None:
        yield f"- {words.say('announce.max_open', count=policy.max_open)}"
    yield ""
    if policy.layers.table:
        yield from _table(policy, policy.layers.table, words)


def _standing(policy: Policy, words: Texts) -> Iterator[str]:
    """Yield since when it holds, in which wording, who answers for it, and what is done with its findings."""
    begins = policy.effective_from
    yield f"- {words.say('announce.version', version=policy.version)}"
    if begins is not None:
        yield f"- {words.say('announce.since', day=shown_day(begins))}"
    if policy.owner:
        yield f"- {words.say('announce.owner', owner=policy.owner)}"
    yield f"- {words.say(f'announce.mode_{policy.mode}')}"


def _parameters(params: BaseModel, words: Texts) -> Iterator[str]:
    """Yield a line for each parameter that is set: what it means, and what it is."""
    for name, field in type(params).model_fields.items():
        value = getattr(params, name)
        if value not in (None, (), {}):
            yield f"- {explained(field, _language(words))}: **{said_value(value, words)}**"


def _table(policy: Policy, table: DecisionTable, words: Texts) -> Iterator[str]:
    """Yield the decision table; a column a field, and one a result."""
    results = results_of(policy.judge)
    named = [name for name in results if any(name in dict(row.results) for row in table.rows)]
    titles = [_title(field, CLIENT_FIELDS.get(field), words) for field in table.fields]
    titles += [results[name].meaning.said(_language(words)) for name in named]
    yield words.say("announce.table")
    yield ""
    yield _row(titles)
    yield _row(["---"] * len(titles))
    for row in table.rows:
        written = {field: text for field, text, _ in row.conditions}
        set_to = dict(row.results)
        cells = [written.get(field, words.say("announce.any")) for field in table.fields]
        yield _row([*cells, *(str(set_to.get(name, "")) for name in named)])
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', ', ') for cell in cells)} |"


def _title(field: str, spec: FieldSpec | None, words: Texts) -> str:
    if spec is None:
        return field.partition(".")[2].strip('"')
    return spec.titles[0] if spec.titles and _language(words) == "ru" else spec.meaning.said(_language(words))


def said_value(value: Any, words: Texts) -> str:
    """Return a value of a parameter as people say it."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, Mapping):
        return ", ".join(f"{_word(key, words)} — {said_value(each, words)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        parts = [said_value(each, words) for each in value]
        return ("; " if any(isinstance(each, BaseModel) for each in value) else ", ").join(parts)
    return shown_day(value) if isinstance(value, date) else _word(value, words)


def _word(value: Any, words: Texts) -> str:
    key = f"value.{str(value).lower() if isinstance(value, bool) else value}"
    return words.say(key) if key in words else str(value)


def _flat(params: Mapping[str, Any], words: Texts) -> dict[str, str]:
    """Return every parameter as words, those of inner tables as `norm_A`."""
    found: dict[str, str] = {}
    for name, value in params.items():
        found[name] = said_value(value, words)
        if isinstance(value, Mapping):
            found |= {f"{name}_{key}": said_value(each, words) for key, each in value.items()}
    return found


def shown_day(day: date) -> str:
    """Return a day as people write it."""
    return day.strftime("%d.%m.%Y")


def _language(words: Texts) -> Language:
    return "ru" if words.language == "ru" else "en"
