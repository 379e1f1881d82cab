"""Secrets come from where a reference says, and are never seen again."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from connector.errors import ConfigError
from connector.secrets import ScrubbedFormatter, Scrubber, Secrets, environment_with, parse_reference

WEBHOOK = "https://portal.bitrix24.ru/rest/1/a1b2c3d4e5f6g7h8/"


def secrets(folder: Path, scrubber: Scrubber | None = None, **environment: str) -> Secrets:
    return Secrets(folder, environment, scrubber or Scrubber())


def logged(scrubber: Scrubber, secret: str) -> str:
    """Return what a handler writes of a line, its argument and a traceback that all hold the secret."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ScrubbedFormatter(scrubber, "%(levelname)s %(message)s"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        raise ValueError(f"no route to {secret}")
    except ValueError:
        logger.exception("calling %s failed", secret)
    return stream.getvalue()


def test_a_log_record_with_a_traceback_shows_no_secret() -> None:
    scrubber = Scrubber()
    scrubber.learn(WEBHOOK)
    text = logged(scrubber, WEBHOOK)
    assert "a1b2c3d4e5f6g7h8" not in text
    assert text.startswith("ERROR calling *** failed\nTraceback")
    assert text.rstrip().endswith("ValueError: no route to ***")


def test_control_what_was_not_learnt_is_visible() -> None:
    assert logged(Scrubber(), WEBHOOK).count("a1b2c3d4e5f6g7h8") == 2


def test_the_longest_secret_goes_first() -> None:
    scrubber = Scrubber()
    scrubber.learn("abc")
    scrubber.learn("abcdef")
    assert scrubber.scrub("abcdef abc ab") == "*** *** ab"


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        (f"POST {WEBHOOK}crm.item.list.json", "POST ***crm.item.list.json"),
        ("Max retries: /rest/1/a1b2c3d4e5f6g7h8/batch", "Max retries: /rest/1/***/batch"),
        ("portal.bitrix24.ru is down", "portal.bitrix24.ru is down"),
        ("rest of the bitrix portal 1", "rest of the bitrix portal 1"),
    ],
)
def test_the_code_of_a_webhook_is_masked_wherever_it_stands_and_nothing_else(
    text: str, scrubbed: str
) -> None:
    scrubber = Scrubber()
    scrubber.learn(WEBHOOK)
    assert scrubber.scrub(text) == scrubbed


def test_what_else_in_a_url_is_secret() -> None:
    scrubber = Scrubber()
    scrubber.learn("https://admin:s3%2Fcret@erp.example/bitrix/rest/webhook?key=0f9e8d")
    for part in ("s3%2Fcret", "s3/cret", "0f9e8d"):
        assert scrubber.scrub(f"<{part}>") == "<***>"
    for part in ("admin", "erp.example", "bitrix", "webhook", "rest"):
        assert scrubber.scrub(part) == part


@pytest.mark.parametrize(
    "look", ['pa"ss\\ слово/1', 'pa\\"ss\\\\ слово/1', "pa%22ss%5C%20%D1%81%D0%BB%D0%BE%D0%B2%D0%BE%2F1"]
)
def test_a_secret_is_known_in_json_and_in_a_url_too(look: str) -> None:
    scrubber = Scrubber()
    scrubber.learn('pa"ss\\ слово/1')
    assert scrubber.scrub(f"<{look}>") == "<***>"


def test_the_password_alone_is_learnt_of_a_url_that_is_no_secret() -> None:
    scrubber = Scrubber()
    scrubber.learn_password("http://user:p4ss@word@proxy.local:3128/path-with-9-things")
    scrubber.learn_password("http://proxy.local:3128")
    scrubber.learn_password("no url: at all@")
    text = "http://user:p4ss@word@proxy.local:3128/path-with-9-things no url: at all@"
    assert scrubber.scrub(text) == "http://user:***@proxy.local:3128/path-with-9-things no url: at all@"


def test_nothing_is_not_a_secret() -> None:
    scrubber = Scrubber()
    scrubber.learn("")
    assert scrubber.scrub("text") == "text"


def test_a_variable(tmp_path: Path) -> None:
    scrubber = Scrubber()
    found = secrets(tmp_path, scrubber, TOKEN=" tok-1 ").resolve({"env": "TOKEN"}, "here")
    assert found == "tok-1"
    assert scrubber.scrub("tok-1") == "***"


@pytest.mark.parametrize("environment", [{}, {"TOKEN": " "}])
def test_a_variable_that_is_not_set(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="^here: the environment variable TOKEN is not set") as caught:
        secrets(tmp_path, **environment).resolve({"env": "TOKEN"}, "here")
    assert str(tmp_path / ".env") in caught.value.hint


def test_a_file_beside_plugins_toml_or_anywhere(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("\ufefftok-2\n", encoding="utf-8")
    assert secrets(tmp_path).resolve({"file": "token.txt"}, "here") == "tok-2"
    assert secrets(Path("elsewhere")).resolve({"file": str(tmp_path / "token.txt")}, "here") == "tok-2"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b" \n", "is empty"),
        ("пароль".encode("cp1251"), "it is not UTF-8 text"),
    ],
)
def test_a_file_that_gives_nothing(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "token.txt").write_bytes(content)
    with pytest.raises(ConfigError, match=f"^here: the secret's file .*token.txt .*{said}"):
        secrets(tmp_path).resolve({"file": "token.txt"}, "here")


@pytest.fixture
def keyring() -> Iterator[ModuleType]:
    """Give the real keyring package a backend that lives in memory, and the old one back afterwards."""
    package: ModuleType = pytest.importorskip("keyring", reason="the extra `keyring` is not installed")
    backend = pytest.importorskip("keyring.backend")

    class Memory(backend.KeyringBackend):  # type: ignore[misc, name-defined]
        priority = 1

        def __init__(self) -> None:
            super().__init__()
            self.known: dict[tuple[str, str], str] = {}

        def get_password(self, service: str, username: str) -> str | None:
            if service == "locked":
                raise package.errors.KeyringLocked("the wallet is locked")
            return self.known.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.known[service, username] = password

    before = package.get_keyring()
    package.set_keyring(Memory())
    yield package
    package.set_keyring(before)


def test_a_keyring(tmp_path: Path, keyring: ModuleType) -> None:
    keyring.set_password("crm", "bitrix/main", "tok-3")
    assert secrets(tmp_path).resolve({"keyring": "crm/bitrix/main"}, "here") == "tok-3"


def test_a_keyring_that_gives_nothing(tmp_path: Path, keyring: ModuleType) -> None:
    with pytest.raises(ConfigError, match="no secret for crm/nobody — run keyring set crm nobody"):
        secrets(tmp_path).resolve({"keyring": "crm/nobody"}, "here")
    with pytest.raises(ConfigError, match="the keyring does not open: the wallet is locked"):
        secrets(tmp_path).resolve({"keyring": "locked/x"}, "here")


def test_without_the_package_the_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        sys.modules, "keyring", None
    )  # how Python itself marks a module that cannot be imported
    with pytest.raises(ConfigError, match="need the package keyring — run pip install") as caught:
        secrets(tmp_path).resolve({"keyring": "crm/x"}, "here")
    assert '"crm-policy-connector[keyring]"' in caught.value.hint


def test_a_hook(tmp_path: Path) -> None:
    asking = Secrets(tmp_path, {}, Scrubber(), {"vault://crm": "tok-4"}.get)
    assert asking.resolve({"hook": "vault://crm"}, "here") == "tok-4"
    with pytest.raises(ConfigError, match="^here: no plugin knows the secret 'vault://other'"):
        asking.resolve({"hook": "vault://other"}, "here")
    with pytest.raises(ConfigError, match="no plugin knows"):
        secrets(tmp_path).resolve({"hook": "vault://crm"}, "here")


@pytest.mark.parametrize("reference", [{}, {"evn": "X"}, {"env": "X", "file": "Y"}, {"env": ""}, {"env": 1}])
def test_a_reference_has_one_known_kind_and_a_name(reference: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="^here: a secret is given by one reference"):
        parse_reference(reference, "here")


def test_the_environment_goes_before_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_A", "from-environment")
    monkeypatch.delenv("TOY_B", raising=False)
    found = environment_with({"TOY_A": "from-file", "TOY_B": "from-file", "TOY_C": None})
    assert (found["TOY_A"], found["TOY_B"], "TOY_C" in found) == ("from-environment", "from-file", False)
