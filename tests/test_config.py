"""plugins.toml and the environment become settings, or a complaint that names every place, all at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connector.config import Settings, load_registry, load_settings
from connector.errors import ConfigError, ExitCode
from connector.secrets import Scrubber

PLUGIN = """\
from pydantic import SecretStr, field_validator, model_validator
from connector.hookspecs import hookimpl
from connector.plugins.base import Source, SourceConfig

class ToyConfig(SourceConfig):
    token: SecretStr
    login: SecretStr | None = None
    folder: tuple[str, ...] = ()
    roles: dict[str, int] = {}

    @field_validator("token")
    @classmethod
    def _long(cls, token):
        if len(token.get_secret_value()) < 4:
            raise ValueError("is too short")
        return token

class Toy(Source[ToyConfig]):
    name = "toy"
    title = "A toy"
    config_model = ToyConfig

@hookimpl
def register_source():
    return Toy

@hookimpl
def resolve_secret(reference):
    return "from-a-plugin" if reference == "vault://toy" else None
"""

SOURCE = '[[source]]\nname = "main"\nplugin = "toy"\ntoken = { env = "TOY_TOKEN" }\n'


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Give each test a plugin beside plugins.toml, an import path of its own, and no variables of ours."""
    for name in ("TOY_TOKEN", "TOY_LOGIN", "TOY_PROXY", "STORE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "toyplugin.py").write_text(PLUGIN, encoding="utf-8")
    yield
    sys.modules.pop("toyplugin", None)


def write(folder: Path, text: str) -> None:
    (folder / "plugins.toml").write_text(f'plugins = {{ modules = ["toyplugin"] }}\n{text}', encoding="utf-8")


def load(folder: Path, text: str, **options: Any) -> Settings:
    write(folder, text)
    return load_settings(folder, **options)


def mistakes(folder: Path, text: str, **options: Any) -> list[str]:
    """Return the lines of the error, each without the path; the file's text begins on line 2."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, **options)
    assert caught.value.exit_code == ExitCode.CONFIGURATION == 4
    path = folder / "plugins.toml"
    assert caught.value.hint == f"mend {path}"
    return [line.removeprefix(f"{path}:") for line in caught.value.message.splitlines()]


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert settings.zone.key == "Europe/Moscow"
    assert settings.project.company.language == "ru"
    assert settings.store_path == tmp_path / "connector.db"
    assert settings.store_url == f"sqlite:///{(tmp_path / 'connector.db').as_posix()}"
    assert settings.policies_folder == tmp_path / "policies"
    assert settings.sources == ()


def test_a_source_has_the_shape_of_its_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_TOKEN", "tok-1")
    settings = load(tmp_path, SOURCE + 'zone = "Asia/Omsk"\nwrite = ["task"]\nroles = { "Продажи" = 1 }\n')
    (source,) = settings.sources
    assert type(source).__name__ == "ToyConfig"
    assert (source.name, source.zone, source.write) == ("main", "Asia/Omsk", ("task",))
    assert source.model_dump()["token"] == SecretStr("tok-1")
    assert source.model_dump()["roles"] == {"Продажи": 1}
    assert settings.source("main") is source
    with pytest.raises(ConfigError, match="no source 'mian' in .*, did you mean 'main'"):
        settings.source("mian")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[company]\nzonee = "x"\n', "3:1: company.zonee: unknown key, did you mean 'zone'?"),
        ('[store]\n\n  ulr = "x"\n', "4:3: store.ulr: unknown key, did you mean 'url'?"),
        ("[network]\nproxi = 1\n", "3:1: network.proxi: unknown key, did you mean 'proxy'?"),
        ("[policies]\nfoldr = 1\n", "3:1: policies.foldr: unknown key, did you mean 'folder'?"),
        ("[compani]\nzone = 1\n", "2:2: compani: unknown key, did you mean 'company'?"),
        ('[company]\nlanguage = "de"\n', "3:1: company.language: Input should be 'ru' or 'en'"),
        ("[company]\ncalendar = 5\n", "3:1: company.calendar: Input is not a valid path"),
        ("company = 5\n", "2:1: company: Input should be a valid dictionary or instance of Company"),
        ('source = "main"\n', "2:1: source: Input should be a valid tuple"),
        ("source = [1]\n", "2:11: source.0: Input should be a valid dictionary"),
        (
            '[store]\nurl = "sqlite://connector.db"\n',
            "3:1: store.url: 'sqlite://connector.db' names no SQLite file — write sqlite:///connector.db",
        ),
        (
            '[company]\nzone = "Europe/Mosco"\n',
            "3:1: company.zone: unknown time zone 'Europe/Mosco' — use an IANA name such as",
        ),
        ("[[source]]\n", '2:3: plugin is missing — write plugin = "bitrix24"'),
        (
            '[[source]]\nname = "m"\nplugin = "toyy"\n',
            "4:1: no plugin 'toyy', did you mean 'toy'? — run `connector plugins` for what there is",
        ),
        (SOURCE + "tokn = 1\n", "6:1: tokn: unknown key, did you mean 'token'?"),
        (SOURCE + 'write = ["task", "tusk"]\n', "6:18: write.1: "),
        (
            SOURCE + 'zone = "Mars"\n',
            "6:1: unknown time zone 'Mars' — use an IANA name such as \"Europe/Moscow\"",
        ),
        ('[[source]]\nplugin = "toy"\ntoken = { env = "TOY_TOKEN" }\n', "2:3: name: is missing"),
        ('[[source]]\nname = "m"\nplugin = "toy"\n', "2:3: token: is missing"),
        (SOURCE + SOURCE, "7:1: two sources are named 'main' — give each its own name"),
        (
            SOURCE + '[company]\nowner_of_record = "mian"\n',
            "7:1: no source 'mian', did you mean 'main'? — name a [[source]]",
        ),
        (
            SOURCE + '[company]\nowner_source_priority = [\n "main",\n "erp" ]\n',
            "9:2: no source 'erp'; known: main — name a [[source]]",
        ),
    ],
)
@pytest.mark.parametrize("need_secrets", [True, False])
def test_each_mistake_has_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: str, need_secrets: bool
) -> None:
    monkeypatch.setenv("TOY_TOKEN", "tok-1")
    (found,) = mistakes(tmp_path, text, need_secrets=need_secrets)
    assert found.startswith(line)


def test_unknown_keys_of_the_plugins_table_are_told_before_plugins_are_sought(tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text('[plugins]\nmodule = ["x"]\n[[source]]\nplugin = "x"\n', "utf-8")
    with pytest.raises(
        ConfigError, match=r"plugins\.toml:2:1: module: unknown key, did you mean 'modules'\?"
    ):
        load_settings(tmp_path)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = (
        '[company]\nzonee = "x"\nlanguage = "de"\n'
        '[[source]]\nname = "a"\nplugin = "toy"\ntoken = "in the clear"\n'
        'login = { env = "TOY_LOGIN" }\nshare = 2\n'
        '[[source]]\nname = "a"\nplugin = "none"\n'
    )
    places = [line.split(": ")[0] for line in mistakes(tmp_path, text)]
    assert places == ["3:1", "4:1", "8:1", "9:1", "10:1", "12:1", "13:1"]


def test_names_are_checked_also_when_the_source_is_wrong_otherwise(tmp_path: Path) -> None:
    """A wrong token must not make `owner_of_record` look wrong too."""
    text = SOURCE + '[company]\nowner_of_record = "main"\n'
    (line,) = mistakes(tmp_path, text)
    assert line.startswith("5:1: the environment variable TOY_TOKEN is not set")


@pytest.mark.parametrize("need_secrets", [True, False])
def test_a_secret_in_clear_text_is_refused_and_not_repeated(tmp_path: Path, need_secrets: bool) -> None:
    text = '[[source]]\nname = "m"\nplugin = "toy"\ntoken = "hunter22"\n'
    (line,) = mistakes(tmp_path, text, need_secrets=need_secrets)
    assert line == (
        '5:1: token is a secret and may not stand in this file — write token = { env = "NAME" } and put the'
        " value into the environment or .env"
    )


@pytest.mark.parametrize(
    "reference", ["{}", '{ evn = "X" }', '{ env = "A", file = "B" }', '{ env = "" }', "{ env = 1 }"]
)
@pytest.mark.parametrize("need_secrets", [True, False])
def test_a_malformed_reference_is_refused(tmp_path: Path, reference: str, need_secrets: bool) -> None:
    text = f'[[source]]\nname = "m"\nplugin = "toy"\ntoken = {reference}\n'
    (line,) = mistakes(tmp_path, text, need_secrets=need_secrets)
    assert line.startswith("5:1: a secret is given by one reference — write { env = ")


def test_what_a_plugin_says_of_a_secret_does_not_repeat_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_TOKEN", "xyz")
    assert mistakes(tmp_path, SOURCE) == ["5:1: token: is too short"]


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ('{ env = "TOY_TOKEN" }', "tok-1"),
        ('{ file = "token.txt" }', "in-a-file"),
        ('{ hook = "vault://toy" }', "from-a-plugin"),
    ],
)
def test_a_secret_comes_from_where_the_reference_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str, value: str
) -> None:
    monkeypatch.setenv("TOY_TOKEN", "tok-1")
    (tmp_path / "token.txt").write_text("in-a-file\n", encoding="utf-8")
    scrubber = Scrubber()
    settings = load(
        tmp_path, f'[[source]]\nname = "m"\nplugin = "toy"\ntoken = {reference}\n', scrubber=scrubber
    )
    assert settings.sources[0].model_dump()["token"] == SecretStr(value)
    assert scrubber.scrub(f"sent {value}") == "sent ***"
    assert value not in repr(settings.sources[0])


def test_an_unset_variable_says_where_to_put_it(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, SOURCE)
    assert line == (
        "5:1: the environment variable TOY_TOKEN is not set — set it, or put a line TOY_TOKEN=... into "
        f"{tmp_path / '.env'}"
    )


def test_without_secrets_unset_variables_do_no_harm_and_all_else_is_typed(tmp_path: Path) -> None:
    settings = load(
        tmp_path, SOURCE + 'login = { file = "none" }\nwrite = ["task"]\nfolder = ["a"]\n', need_secrets=False
    )
    (source,) = settings.sources
    found = source.model_dump()
    assert (found["token"], found["login"]) == (SecretStr(""), SecretStr(""))
    assert (found["write"], found["folder"], found["share"]) == (("task",), ("a",), 1.0)


def test_without_secrets_none_is_fetched_though_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_TOKEN", "tok-1")
    settings = load(tmp_path, SOURCE, need_secrets=False)
    assert settings.sources[0].model_dump()["token"] == SecretStr("")


def test_the_env_file_beside_plugins_toml_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("\ufeffTOY_TOKEN='pa$${HOME}ss'\n", encoding="utf-8")
    assert load(tmp_path, SOURCE).sources[0].model_dump()["token"] == SecretStr("pa$${HOME}ss")
    monkeypatch.setenv("TOY_TOKEN", "tok-1")
    assert load(tmp_path, SOURCE).sources[0].model_dump()["token"] == SecretStr("tok-1")


def test_an_env_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("TOY_TOKEN=пароль".encode("cp1251"))
    with pytest.raises(ConfigError, match=r"\.env: not UTF-8 text"):
        load(tmp_path, SOURCE)


def test_variables_lie_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[company]\nzone = "Asia/Omsk"\n[network]\nno_proxy = ["a"]\n'
    assert load(tmp_path, text).zone.key == "Asia/Omsk"
    monkeypatch.setenv("CONNECTOR__COMPANY__ZONE", "Asia/Vladivostok")
    monkeypatch.setenv("CONNECTOR__NETWORK__NO_PROXY", "erp.example, 1c.example,")
    monkeypatch.setenv("CONNECTOR__COMPANY__LANGUAGE", "")
    monkeypatch.setenv("CONNECTOR__POLICIES__FOLDER", "rules")
    settings = load(tmp_path, text)
    assert settings.zone.key == "Asia/Vladivostok"
    assert settings.project.network.no_proxy == ("erp.example", "1c.example")
    assert settings.project.company.language == "ru"
    assert settings.policies_folder == tmp_path / "rules"


def test_a_mistake_in_a_variable_is_named_by_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTOR__COMPANY__ZONE", "Mars")
    monkeypatch.setenv("CONNECTOR__STORE__ULR", "x")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, '[company]\nzone = "Asia/Omsk"\n')
    assert sorted(caught.value.message.splitlines()) == [
        "variable CONNECTOR__COMPANY__ZONE: company.zone: unknown time zone 'Mars' — use an IANA name such as"
        ' "Europe/Moscow"',
        "variable CONNECTOR__STORE__ULR: store.ulr: unknown key, did you mean 'url'?",
    ]


@pytest.mark.parametrize("variable", ["CONNECTOR__SOURCE__NAME", "CONNECTOR__ZONE"])
def test_a_variable_that_sets_nothing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "x")
    with pytest.raises(ConfigError, match=f"{variable}: no setting has this variable"):
        load(tmp_path, SOURCE)


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:///data/store.db", "data/store.db"), ("sqlite:///../store.db", "../store.db")],
)
def test_the_store_is_sought_from_the_folder_of_plugins_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, path: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    settings = load(tmp_path, f'[store]\nurl = "{url}"\n')
    assert settings.store_path == tmp_path / path
    assert settings.store_url == f"sqlite:///{(tmp_path / path).as_posix()}"


def test_the_store_may_stand_anywhere(tmp_path: Path) -> None:
    absolute = tmp_path / "far" / "store.db"
    settings = load(tmp_path, f"[store]\nurl = 'sqlite:///{absolute.as_posix()}'\n")
    assert settings.store_path == absolute


def test_a_relative_project_folder_gives_absolute_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "")
    settings = load_settings(Path())
    assert settings.store_path == tmp_path / "connector.db"
    assert settings.policies_folder == tmp_path / "policies"


def test_the_store_may_be_given_by_reference_and_is_needed_always(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[store]\nurl = { env = "STORE_URL" }\n'
    assert mistakes(tmp_path, text, need_secrets=False)[0].startswith(
        "3:1: the environment variable STORE_URL"
    )
    monkeypatch.setenv("STORE_URL", "sqlite:///from-env.db")
    assert load(tmp_path, text, need_secrets=False).store_path == tmp_path / "from-env.db"


def test_the_proxy_may_be_given_by_reference_for_those_who_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[network]\nproxy = { env = "TOY_PROXY" }\n'
    assert load(tmp_path, text, need_secrets=False).project.network.proxy is None
    assert mistakes(tmp_path, text)[0].startswith("3:1: the environment variable TOY_PROXY is not set")
    monkeypatch.setenv("TOY_PROXY", "http://user:pass%40word@proxy:3128")
    settings = load(tmp_path, text)
    assert settings.project.network.proxy == "http://user:pass%40word@proxy:3128"
    assert settings.scrubber.scrub("pass%40word pass@word") == "*** ***"
    assert "pass" not in repr(settings.file.data)


def test_the_password_of_a_proxy_in_the_file_is_scrubbed(tmp_path: Path) -> None:
    settings = load(tmp_path, '[network]\nproxy = "http://user:hunter22@proxy:3128"\n')
    assert (
        settings.scrubber.scrub("407 from http://user:hunter22@proxy:3128")
        == "407 from http://user:***@proxy:3128"
    )


def test_the_priority_is_what_was_named_then_the_order_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_TOKEN", "tok-1")
    three = "".join(SOURCE.replace("main", name) for name in ("a", "b", "c"))
    assert load(tmp_path, three).priority == ("a", "b", "c")
    assert load(tmp_path, three + '[company]\nowner_source_priority = ["c"]\n').priority == ("c", "a", "b")


def test_the_plugins_can_be_listed_though_the_rest_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, "[company]\nzonee = 1\n[[source]]\nplugin = 'none'\n")
    assert load_registry(tmp_path).source("toy").title == "A toy"


def test_no_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"plugins\.toml: no such file — run `connector init` to write one"):
        load_settings(tmp_path)
