"""Writes the reference pages from the code: `python docs/make.py`; a test fails when a page differs."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
import tomllib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

sys.path.insert(0, str(Path(__file__).parent.parent))

import connector
from connector import changes, errors, hookspecs
from connector.changes import Change
from connector.commands import COMMANDS, EXIT_CODES, cli
from connector.commands.new_plugin import names, text_of
from connector.commands.scaffold import toml_value
from connector.company.lists import ASSIGNMENTS
from connector.company.shapes import SHAPES as COMPANY_TABLES
from connector.config import (
    Company,
    LimitSettings,
    NetworkSettings,
    PluginSettings,
    PolicySettings,
    StoreSettings,
    secret_fields,
)
from connector.plugins import base
from connector.plugins.files.outbox import COLUMNS as OUTBOX
from connector.plugins.files.tables import SHAPES as SOURCE_TABLES
from connector.plugins.onec.profile import EntityName
from connector.plugins.onec.profile_fields import known_fields, needed
from connector.plugins.onec.profile_file import (
    BridgeFile,
    CellFile,
    JoinFile,
    ProfileFile,
    TableFile,
    TargetFile,
)
from connector.plugins.onec.profile_reading import read_profile, shipped
from connector.registry import BUILT_IN, Registry
from connector.rules.decision_fields import DECISION_FIELDS, NUMBERS
from connector.rules.policy_file import Limits, PolicyFile
from connector.rules.registry import RULES
from connector.rules.rule import results_of
from connector.rules.where.fields import CLIENT_FIELDS
from connector.rules.where.functions import FUNCTIONS
from connector.rules.where.receivers import RECEIVER_FIELDS
from connector.tables import cells
from connector.tables.shape import Shape
from connector.testing.checks import PROMISES

FOLDER = Path(__file__).parent
WIDTH = 100
MADE = "<!-- made by docs/make.py from the code: change the code, then run it -->\n"


def commands_page() -> str:
    """Return the help of every command and the exit codes."""
    parts = [MADE, "# Commands\n"]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        parts.append(f"## {name}\n\n{_help(command, f'connector {name}')}")
        if isinstance(command, click.Group):
            parts += [_help(part, f"connector {name} {under}") for under, part in command.commands.items()]
    parts.append("## Exit codes\n\n| code | meaning |\n|---|---|")
    parts += [f"| {int(code)} | {text} |" for code, text in EXIT_CODES.items()]
    return "\n".join(parts) + "\n"


def _help(command: click.Command, name: str) -> str:
    """Return what `--help` prints, as a block."""
    given = {**cli.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    with click.Context(command, info_name=name, **given) as context:
        return f"```text\n{command.get_help(context)}\n```\n"


def settings_page() -> str:
    """Return every key of plugins.toml, of each section and of each connector."""
    sections = {
        "company": Company, "store": StoreSettings, "network": NetworkSettings, "policies": PolicySettings,
        "limits": LimitSettings, "plugins": PluginSettings,
    }  # fmt: skip
    parts = [MADE, "# Settings in plugins.toml\n", INTRODUCTION]
    for name, model in sections.items():
        parts += [f"## [{name}]\n", f"{inspect.getdoc(model)}\n", *_table(model), ""]
    for plugin in BUILT_IN:
        model = Registry().source(plugin).config_model
        parts += [f'## [[source]] with plugin = "{plugin}"\n', *_table(model), ""]
    return "\n".join(parts)


INTRODUCTION = """\
A key outside `[[source]]` may be overridden by an environment variable: `CONNECTOR__COMPANY__ZONE=Asia/Omsk`.
Secrets never stand in the file; write a reference: `{ env = "NAME" }`, `{ file = "path" }`,
`{ keyring = "service/user" }` or `{ hook = "..." }`.
A `.env` file beside plugins.toml is read. An unknown key is an error with its line and the nearest known key.
"""


def policies_page() -> str:
    """Return the language of policies, and the parameters of every built rule."""
    text = (FOLDER / "policies.template.md").read_text(encoding="utf-8")
    tables = {"keys": _policy_keys, "results": _results, "fields": _fields, "functions": _functions}
    tables |= {"decisions": _decisions, "receivers": _receivers}
    for name, made in tables.items():
        text = text.replace(f"<!-- {name} -->\n", "\n".join(made()) + "\n")
    parts = [MADE + text]
    for name, rule in RULES.items():
        parts += [f"## {name}\n", f"{inspect.getdoc(rule)}\n", *_table(rule.params), ""]
    return "\n".join(parts)


def _policy_keys() -> Iterator[str]:
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for name, field in PolicyFile.model_fields.items():
        default = "required" if field.is_required() else ""
        if not default and isinstance(field.default, str | tuple) and field.default:
            default = f"`{toml_value(field.default)}`"
        yield f"| `{field.alias or name}` | {default} | {field.description} |"
    for name, field in Limits.model_fields.items():
        yield f"| `limits.{name}` |  | {field.description} |"


def _results() -> Iterator[str]:
    yield "| rule | column | in Russian | meaning |"
    yield "|---|---|---|---|"
    for name, rule in RULES.items():
        for column, result in results_of(rule).items():
            titles = ", ".join(result.titles)
            meaning = f"{result.meaning.en}: {result.least} to {result.most}"
            yield f"| `{name}` | `{column}` | {titles} | {meaning} |"


def _fields() -> Iterator[str]:
    yield "| field | kind | title in a table | meaning |"
    yield "|---|---|---|---|"
    kinds = {"truth": "yes or no", "texts": "list"}
    for name, spec in CLIENT_FIELDS.items():
        kind = " ".join(f"`{choice}`" for choice in spec.choices) or kinds.get(spec.kind, spec.kind)
        yield f"| `{name}` | {kind} | {', '.join(spec.titles)} | {spec.meaning.en} |"


def _receivers() -> Iterator[str]:
    yield "| field | kind | meaning |"
    yield "|---|---|---|"
    kinds = {"truth": "yes or no", "texts": "list"}
    for name, spec in RECEIVER_FIELDS.items():
        kind = " ".join(f"`{choice}`" for choice in spec.choices) or kinds.get(spec.kind, spec.kind)
        yield f"| `{name}` | {kind} | {spec.meaning.en} |"


def _decisions() -> Iterator[str]:
    yield "| key | kind | meaning |"
    yield "|---|---|---|"
    kinds = {"texts": "list"}
    for name, spec in DECISION_FIELDS.items():
        yield f"| `{name}` | {kinds.get(spec.kind, spec.kind)} | {spec.meaning.en} |"
    yield ""
    yield "| rule | numbers |"
    yield "|---|---|"
    for rule, numbers in NUMBERS.items():
        shown = (f"`{name}`" + ("" if kind == "number" else f" ({kind})") for name, kind in numbers.items())
        yield f"| `{rule}` | {', '.join(shown)} |"


def _functions() -> Iterator[str]:
    yield "| function | gives | meaning |"
    yield "|---|---|---|"
    for name, function in FUNCTIONS.items():
        takes = ", ".join(kind or "value" for kind in function.takes) + (", …" if function.most > 3 else "")
        gives = {"truth": "yes or no"}.get(str(function.gives), function.gives or "value")
        yield f"| `{name}({takes})` | {gives} | {function.meaning.en} |"


def hooks_page() -> str:
    """Return every hook with its arguments and promise."""
    parts = [
        MADE,
        "# Hooks\n",
        "A plugin module implements any of these, marked with `connector.hookimpl`.\n",
    ]
    for name, hook in inspect.getmembers(hookspecs, inspect.isfunction):
        if hook.__module__ == hookspecs.__name__:
            parts.append(f"## {name}{inspect.signature(hook)}\n\n{inspect.getdoc(hook)}\n".replace("'", ""))
    return "\n".join(parts)


def doctor_page() -> str:
    """Return what `connector doctor` says of each thing that can be wrong, by layer."""
    situations = tomllib.loads((FOLDER / "doctor.toml").read_text(encoding="utf-8"))["situation"]
    parts = [MADE.replace("the code", "docs/doctor.toml"), "# What doctor says\n", ABOUT_DOCTOR]
    for layer in dict.fromkeys(each["layer"] for each in situations):
        parts += [f"## {layer}\n", "| situation | line | fix | ends with |", "|---|---|---|---|"]
        for each in situations:
            if each["layer"] == layer:
                parts += _rows(each)
        parts.append("")
    return "\n".join(parts)


ABOUT_DOCTOR = """\
`connector doctor` looks at machine, settings, policies and store, then at each source: the way to it, token,
tariff, owner, scopes, rights to read, rights to write, fields, limits, clock. A line that failed stops no
other; what could not be looked at says `skipped` and why. With `--source NAME` it looks at one source, with
`--format json` each line has `layer`, `name`, `state` (`ok`, `warn`, `failed`, `skipped`), `detail`, `fix`.

It ends with 0 when nothing failed, with 3 when something failed and the rest works, with 1 when nothing can
be read or stored, with 4 when settings or policies are wrong. A warning changes none of it.

Nothing is written to a CRM. Whether a kind may be written is told by scope, by the owner being an
administrator, and by what the fields say of themselves. `--write-probe` tries: it makes and deletes a task, a
planned meeting and a note on one company, and gives it the owner and the values that it has; only kinds that
`write` allows, each sent once. Of 1C it is told by a change of a made-up key, which no record has: the web
server and the base refuse what is not allowed before they look for the record.

Each row below is played by a test, which compares the line. FOLDER, PORT, TIME and the like stand for what
differs from one machine to another.
"""


def _rows(situation: dict[str, Any]) -> Iterator[str]:
    """Yield a row for each line of a situation; only the first says what happened."""
    what, ends = situation["what"], str(situation["ends"])
    for line in situation["lines"]:
        said, _, fix = line.rpartition(" — ")
        quote = "``" if "`" in said else "`"
        row = [what, f"{quote}{said}{quote}", fix, ends]
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
        what = ends = ""


def files_page() -> str:
    """Return the format of the folder of tables, in Russian, for whoever exports them."""
    text = (FOLDER / "files.template.md").read_text(encoding="utf-8")
    outbox = "\n".join(f"| `{name}` | {OUTBOX_MEANINGS[name]} |" for name in OUTBOX)
    source, company = ("\n".join(map(_shape, shapes)) for shapes in (SOURCE_TABLES, COMPANY_TABLES))
    parts = {
        "source": source,
        "outbox": f"| столбец | смысл |\n|---|---|\n{outbox}\n",
        "company": company,
        "assign": _shape(ASSIGNMENTS),
    }
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->\n", part)
    return MADE + "\n" + text


def _shape(shape: Shape) -> str:
    """Return one table of the format: its names, and a row for each column."""
    lines = [
        f"### {shape.name}\n",
        f"Имя файла или листа: `{shape.name}`" + "".join(f", «{name}»" for name in shape.russian) + ".\n",
        "| столбец | по-русски | что писать |",
        "|---|---|---|",
    ]
    for column in shape.columns:
        name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
        said = f"{_cell(column.read)}{'; ' + column.meaning if column.meaning else ''}"
        lines.append(f"| {name} | {', '.join(column.russian)} | {said} |")
    return "\n".join([*lines, ""])


def _cell(read: object) -> str:
    if isinstance(read, cells.Choice):
        values = dict.fromkeys(read.words.values())
        return ", ".join(f"`{value}`{_russian_word(read, value)}" for value in values)
    return CELLS[read]


def _russian_word(read: cells.Choice, value: str) -> str:
    words = (
        word
        for word, leads in read.words.items()
        if leads == value and word[0] in "абвгдежзийклмнопрстуфхцчшщэюя"
    )
    return "".join(f" ({word})" for word in islice(words, 1)) if len(value) > 1 else ""


CELLS: dict[object, str] = {
    cells.text: "текст",
    cells.flag: "1 или 0, да или нет",
    cells.day: "дата",
    cells.moment: "дата и время",
    cells.money: "деньги",
    cells.whole: "целое число",
    cells.fraction: "число",
    cells.several: "список через вертикальную черту",
}
OUTBOX_MEANINGS = {
    "key": "ключ изменения; второй раз тот же ключ не пишется",
    "kind": "`create_task`, `plan_contact`, `set_field`, `set_flag`, `change_owner`, `add_note`",
    "client": "код клиента из таблицы clients",
    "employee": "код сотрудника: исполнитель или новый ответственный",
    "title": "заголовок задачи, звонка, встречи",
    "due": "срок, со смещением часового пояса",
    "field": "поле или признак; у планируемого контакта `call` или `meeting`; у передачи `owner`",
    "value": "новое значение (признак: 1 или 0), новый ответственный, текст задачи или заметки",
    "reason": "почему",
    "at": "когда строка дописана",
}


def _table(model: type[BaseModel]) -> Iterator[str]:
    secrets = set(secret_fields(model))
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else ""
        if not default and field.default not in (PydanticUndefined, None):
            shown = field.default.model_dump() if isinstance(field.default, BaseModel) else field.default
            default = f"`{toml_value(shown)}`"
        secret = " (a secret: by reference)" if name in secrets else ""
        yield f"| `{name}` | {default} | {(field.description or '').replace('|', '/')}{secret} |"


def author_page() -> str:
    """Return the guide for authors of connectors: its code is of tested files, its tables of the code."""
    text = (FOLDER / "write-a-connector.template.md").read_text(encoding="utf-8")
    program = text_of("test_contract.py.txt", ACME).split("def test_the_whole")[1].split("\n\n\n")[0]
    parts = {
        "plugin": text_of("source.py.txt", ACME),
        "program": f"def test_the_whole{program}\n",
        "promises": _pairs("promise", "meaning", {name: _first(check) for name, check in PROMISES.items()}),
        "faults": "\n".join(_faults()) + "\n",
        "shapes": _pairs("shape", "how", _shapes()),
        "hooks": _pairs("hook", "meaning", {name: _first(hook) for name, hook in _hooks()}),
        "base": _pairs("attribute or method", "meaning", dict(_abilities())),
        "errors": _pairs("error", "meaning", {name: _first(getattr(errors, name)) for name in _errors()}),
        "changes": _pairs("change", "meaning", {kind.__name__: _first(kind) for kind in _changes()}),
    }
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->\n", part)
    return f"{MADE}\n{text}".replace("<!-- version -->", str(base.API_VERSION))


ACME = names("acme", "Acme CRM")
TESTS = FOLDER.parent / "tests" / "testing"


def _first(thing: object) -> str:
    """Return the first paragraph of its docstring as one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def _pairs(left: str, right: str, pairs: Mapping[str, str]) -> str:
    rows = [f"| `{name.replace('|', 'or')}` | {said.replace('|', '/')} |" for name, said in pairs.items()]
    return "\n".join([f"| {left} | {right} |", "|---|---|", *rows, ""])


def _faults() -> Iterator[str]:
    yield "| planted fault | promise that it breaks | Singer |"
    yield "|---|---|---|"
    for each in tomllib.loads((TESTS / "mutants.toml").read_text(encoding="utf-8"))["mutant"]:
        yield f"| {each['fault']} | `{each['promise']}` | {each.get('singer', 'not planted')} |"


def _shapes() -> dict[str, str]:
    """Return each shape with the first line of the file that holds its plugin."""
    found = {}
    for path in sorted((TESTS / "shapes").glob("[a-z]*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        found[path.stem] = " ".join((ast.get_docstring(module) or "").split())
    return found


def _hooks() -> Iterator[tuple[str, object]]:
    for name, hook in inspect.getmembers(hookspecs, inspect.isfunction):
        if hook.__module__ == hookspecs.__name__:
            yield name, hook


def _abilities() -> Iterator[tuple[str, str]]:
    """Yield what a connector may override, then what is looked for on it, then what a stream may have."""
    yield "name, title, config_model", "its name in plugins.toml, its name for people, its settings"
    yield "api_version, batch_size", "version of this interface; how many changes `send` gets at once"
    for owner in (base.Source, base.Finder, base.TwinRemover):
        for name, member in vars(owner).items():
            if inspect.isfunction(member) and not name.startswith("_"):
                arguments = str(inspect.signature(member)).replace("'", "").replace("self, ", "")
                yield f"{name}{arguments.replace('(self)', '()')}", _first(member)
    yield "Stream", ", ".join(f"`{field.name}`" for field in dataclasses.fields(base.Stream))


def _errors() -> list[str]:
    return [name for name in connector.__all__ if name.endswith("Error") and hasattr(errors, name)]


def _changes() -> list[type[Change]]:
    return [kind for kind in vars(changes).values() if inspect.isclass(kind) and issubclass(kind, Change)][1:]


def profiles_page() -> str:
    """Return what a profile of 1C may say, by the models that read it, and which ones are shipped."""
    text = (FOLDER / "onec-profiles.template.md").read_text(encoding="utf-8")
    sources = {name: read_profile(name).data for name in shipped()}
    rows = {name: f"{data.title}: {', '.join(data.tables)}" for name, data in sources.items()}
    parts = {
        "shipped": _pairs("profile", "for which configuration, and what it reads", rows),
        "fields": _pairs("record", "fields", dict(_profile_fields())),
    }
    models = {
        "file": ProfileFile,
        "table": TableFile,
        "join": JoinFile,
        "cell": CellFile,
        "write": TargetFile,
    }
    for name, model in {**models, "bridge": BridgeFile}.items():
        parts[name] = "\n".join(_table(model)) + "\n"
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->\n", f"{part}\n")
    return MADE + "\n" + text.replace("\n\n\n", "\n\n")


def _profile_fields() -> Iterator[tuple[str, str]]:
    for entity in get_args(EntityName):
        wanted = needed(entity, virtual=False)
        said = (f"**`{name}`**" if name in wanted else f"`{name}`" for name in known_fields(entity))
        yield entity, ", ".join(said)


PAGES = {
    "write-a-connector.md": author_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "policies.md": policies_page,
    "hooks.md": hooks_page,
    "doctor.md": doctor_page,
    "files.md": files_page,
    "onec-profiles.md": profiles_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
