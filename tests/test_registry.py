"""Plugins load one by one, only when named, and a broken one stops no other."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from connector.errors import ConfigError
from connector.registry import BUILT_IN, Loaded, Registry

TOY = """\
from connector.hookspecs import hookimpl
from connector.plugins.base import Source

class Toy(Source):
    name = "{name}"
    title = "A toy"
    api_version = {api}

@hookimpl
def register_source():
    return Toy
"""

Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Return a function that writes a module which can be imported until the test ends."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    before = set(sys.modules)

    def module(name: str, text: str) -> str:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    yield module
    for name in set(sys.modules) - before:
        if (tmp_path / f"{name}.py").exists():
            del sys.modules[name]


def toy(name: str, api: int = 1) -> str:
    return TOY.format(name=name, api=api)


def install(folder: Path, package: str, **points: str) -> None:
    """Install a package as pip leaves it: a dist-info folder with entry points on the import path."""
    info = folder / f"{package.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n", encoding="utf-8"
    )
    lines = "".join(f"{name} = {module}\n" for name, module in points.items())
    (info / "entry_points.txt").write_text(f"[connector]\n{lines}", encoding="utf-8")


def others(registry: Registry) -> list[Loaded]:
    """Return what became of every plugin but our own."""
    return [plugin for plugin in registry.everything() if plugin.origin != "built in"]


def test_a_named_module_brings_its_connector(write: Write) -> None:
    registry = Registry([write("toy_named", toy("toy"))])
    assert registry.source("toy").title == "A toy"
    assert "toy" in registry.names()
    assert others(registry) == [Loaded("toy", "plugins.modules", "A toy")]


def test_a_module_may_bring_several(write: Write) -> None:
    text = (
        toy("one")
        + '\nclass Two(Toy):\n    name = "two"\n\n@hookimpl\ndef register_source():\n    return [Toy, Two]\n'
    )
    registry = Registry([write("toy_several", text)])
    assert [registry.source(name).name for name in ("one", "two")] == ["one", "two"]


def test_a_module_beside_plugins_toml_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "toy_beside.py").write_text(toy("toy"), encoding="utf-8")
    with pytest.raises(ConfigError, match="No module named 'toy_beside'"):
        Registry(["toy_beside"]).source("toy")
    assert Registry(["toy_beside"], folder=tmp_path).source("toy").title == "A toy"
    assert sys.path[-1] == str(tmp_path), "a file of the project must not stand before the standard library"
    del sys.modules["toy_beside"]


BROKEN = {
    "toy_raises": ("raise RuntimeError('no licence\\nmore')\n", "RuntimeError: no licence"),
    "toy_exits": ("import sys\nsys.exit('stopped')\n", "SystemExit: stopped"),
    "toy_syntax": ("def\n", "SyntaxError: invalid syntax (toy_syntax.py, line 1)"),
    "toy_misspelt": (
        "from connector.hookspecs import hookimpl\n@hookimpl\ndef register_sauce():\n    return 1\n",
        "PluginValidationError: unknown hook 'register_sauce' in plugin",
    ),
    "toy_argument": (
        "from connector.hookspecs import hookimpl\n@hookimpl\ndef resolve_secret(ref):\n    return 1\n",
        "PluginValidationError: ",
    ),
    "toy_nothing": (
        "def register_source():\n    raise AssertionError\n",
        "it implements no hook — mark its functions",
    ),
    "toy_none": (
        "from connector.hookspecs import hookimpl\n@hookimpl\ndef register_source():\n    return None\n",
        "TypeError: register_source gave None, which is no Source class",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_one_line_and_the_rest_works(write: Write, name: str) -> None:
    text, error = BROKEN[name]
    registry = Registry([write(name, text), write("toy_sound", toy("toy"))])
    assert registry.source("toy").title == "A toy"
    broken, sound = sorted(others(registry), key=lambda plugin: not plugin.error)
    assert (broken.name, broken.origin) == (name, "plugins.modules")
    assert broken.error.startswith(error)
    assert "\n" not in broken.error
    assert sound == Loaded("toy", "plugins.modules", "A toy")
    assert registry.resolve_secret("vault://x") is None
    registry.run_finished({})


def test_a_connector_of_another_interface_is_refused_and_its_neighbour_is_not(write: Write) -> None:
    text = toy("old", api=99) + "\nclass New(Toy):\n    name = 'new'\n    api_version = 1\n"
    text += "\n@hookimpl\ndef register_source():\n    return [Toy, New]\n"
    registry = Registry([write("toy_old", text)])
    said = "written for plugin interface 99, this program knows 1: install versions that fit"
    with pytest.raises(ConfigError, match=f"plugin 'old' does not load: {said} — run `connector plugins`"):
        registry.source("old")
    assert registry.source("new").name == "new"
    assert [(plugin.name, plugin.error) for plugin in others(registry)] == [("new", ""), ("old", said)]


def test_hooks_without_a_connector(write: Write) -> None:
    text = (
        "from connector.hookspecs import hookimpl\n@hookimpl\ndef resolve_secret(reference):\n"
        "    if reference == 'vault://down': raise OSError('vault is sealed')\n"
        "    return {'vault://a': 'secret-a'}.get(reference)\n"
    )
    registry = Registry([write("toy_vault", text)])
    assert others(registry) == [Loaded("toy_vault", "plugins.modules", "hooks only")]
    assert registry.resolve_secret("vault://a") == "secret-a"
    assert registry.resolve_secret("vault://b") is None
    with pytest.raises(ConfigError, match="failed over the secret 'vault://down': OSError: vault is sealed"):
        registry.resolve_secret("vault://down")


def test_the_end_of_a_run_reaches_all_though_one_raises(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    head = "from connector.hookspecs import hookimpl\nheard = []\n@hookimpl\ndef run_finished(report):\n"
    names = [
        write("toy_first", head + "    heard.append(report)\n"),
        write("toy_second", head + "    raise OSError('mail is down')\n"),
        write("toy_third", head + "    heard.append(report)\n"),
    ]
    registry = Registry(names)
    with caplog.at_level(logging.WARNING, logger="connector.registry"):
        registry.run_finished({"read": 3})
    assert [sys.modules[name].heard for name in ("toy_first", "toy_third")] == [[{"read": 3}], [{"read": 3}]]
    assert caplog.messages == ["plugin toy_second failed after the run: OSError: mail is down"]


def test_an_unknown_name_is_answered_with_the_nearest(write: Write) -> None:
    registry = Registry([write("toy_near", toy("toy"))])
    with pytest.raises(ConfigError, match="no plugin 'toi', did you mean 'toy'. — run `connector plugins`"):
        registry.source("toi")
    with pytest.raises(ConfigError, match="no plugin 'bitrix', did you mean 'bitrix24'"):
        Registry().source("bitrix")


def test_an_unknown_name_tells_which_module_failed_to_bring_it(write: Write) -> None:
    registry = Registry([write("toy_gone", "import nowhere_to_be_found\n")])
    with pytest.raises(ConfigError) as caught:
        registry.source("acme")
    said = "toy_gone does not load: ModuleNotFoundError: No module named 'nowhere_to_be_found'"
    assert said in str(caught.value)


def test_a_name_is_taken_by_the_first_and_ours_are_never_given_away(write: Write) -> None:
    registry = Registry(
        [write("toy_a", toy("toy")), write("toy_b", toy("toy")), write("toy_c", toy("bitrix24"))]
    )
    assert registry.source("toy").__module__ == "toy_a"
    refused = [(plugin.name, plugin.error) for plugin in others(registry) if plugin.error]
    assert refused == [
        ("bitrix24", "the name 'bitrix24' is taken by another plugin"),
        ("toy", "the name 'toy' is taken by another plugin"),
    ]


def test_an_installed_package_is_offered_and_loaded_when_named(tmp_path: Path, write: Write) -> None:
    install(tmp_path, "acme-crm", acme=write("toy_acme", toy("acme")))
    registry = Registry()
    assert "acme" in registry.names()
    assert "toy_acme" not in sys.modules, "nothing is imported before it is named"
    assert registry.source("acme").title == "A toy"
    assert others(registry) == [Loaded("acme", "acme-crm", "A toy", "1.2")]


def test_only_what_is_named_is_loaded(tmp_path: Path, write: Write) -> None:
    install(
        tmp_path, "acme-crm", acme=write("toy_wanted", toy("acme")), other=write("toy_unwanted", toy("other"))
    )
    Registry().source("acme")
    assert "toy_wanted" in sys.modules
    assert "toy_unwanted" not in sys.modules


def test_control_asking_for_everything_does_load_it(tmp_path: Path, write: Write) -> None:
    install(tmp_path, "acme-crm", acme=write("toy_asked", toy("acme")))
    Registry().everything()
    assert "toy_asked" in sys.modules


def test_the_allow_list_hides_all_others(tmp_path: Path, write: Write) -> None:
    install(
        tmp_path, "acme-crm", acme=write("toy_allowed", toy("acme")), other=write("toy_hidden", toy("other"))
    )
    registry = Registry(allow=["acme"])
    assert {point.name for point in entry_points(group="connector")} >= {"acme", "other"}
    assert set(registry.names()) == {*BUILT_IN, "acme"}
    assert registry.source("acme").name == "acme"
    with pytest.raises(ConfigError, match="no plugin 'other'"):
        registry.source("other")
    assert others(registry) == [Loaded("acme", "acme-crm", "A toy", "1.2")]
    assert "toy_hidden" not in sys.modules


def test_two_names_of_one_module_load_once(tmp_path: Path, write: Write) -> None:
    text = (
        toy("one")
        + '\nclass Two(Toy):\n    name = "two"\n\n@hookimpl\ndef register_source():\n    return [Toy, Two]\n'
    )
    module = write("toy_pair", text)
    install(tmp_path, "acme-pair", one=module, two=module, three=module)
    registry = Registry()
    assert registry.source("two").name == "two"
    assert registry.everything() == registry.everything()
    assert [(plugin.name, plugin.error) for plugin in others(registry)] == [
        ("one", ""),
        ("three", "toy_pair brings no connector 'three'"),
        ("two", ""),
    ]


def test_an_entry_point_has_the_name_of_its_connector(tmp_path: Path, write: Write) -> None:
    install(tmp_path, "acme-crm", acme=write("toy_renamed", toy("acme-crm")))
    with pytest.raises(ConfigError, match="toy_renamed brings acme-crm under the entry point 'acme'"):
        Registry().source("acme")


@pytest.mark.parametrize("name", BUILT_IN)
def test_our_own_connectors_are_plugins_like_any_other(name: str) -> None:
    registry = Registry()
    assert registry.source(name).name == name
    (found,) = [plugin for plugin in registry.everything() if plugin.name == name]
    assert (found.origin, found.error) == ("built in", "")
    assert found.title
