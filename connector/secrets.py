"""Fetches secrets from where they live, and keeps every one of them out of logs, errors and reports."""

from __future__ import annotations

import importlib
import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from connector.errors import ConfigError

KINDS = ("env", "file", "keyring", "hook")
MASK = "***"
_CODE = re.compile(r"(?=.*\d).{6,}|.{8,}")  # a code has digits or is long; `rest`, `bitrix`, `webhook` stay
_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^:/?#]*:([^/?#]+)@", re.IGNORECASE)
_SEGMENTS = re.compile(r"[/?&=:@]+")


class Scrubber:
    """Knows every secret that was resolved, and replaces each in a text, the longest first.

    Of a secret that is a URL, its password and the long parts of its path and query are secrets too: a
    Bitrix24 webhook carries its code there. A secret is also known as it looks inside a URL and inside JSON.
    """

    def __init__(self) -> None:
        self._known: list[str] = []

    def learn(self, secret: str) -> None:
        """Remember a value that may never be shown."""
        self._remember({secret, *_parts_of_url(secret)})

    def learn_password(self, url: str) -> None:
        """Remember the password in a URL that is itself no secret: of a proxy, say."""
        self._remember(_password(url))

    def scrub(self, text: str) -> str:
        """Return the text with every known secret masked."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        return text

    def _remember(self, secrets: set[str]) -> None:
        looks = {
            look
            for secret in secrets
            for look in (secret, quote(secret), quote(secret, ""), _in_json(secret))
        }
        known = {*self._known, *looks} - {""}
        self._known = sorted(known, key=lambda secret: (-len(secret), secret))


def _parts_of_url(text: str) -> set[str]:
    """Return what in a URL is secret by itself: not its host, nor the short parts of its path."""
    _, _, rest = text.partition("://")
    _, _, path = rest.partition("/")
    return _password(text) | {part for part in _SEGMENTS.split(path) if _CODE.fullmatch(part)}


def _password(url: str) -> set[str]:
    """Return the password in a URL, as it stands there and as it is sent; nothing if there is none."""
    found = _PASSWORD.match(url)
    return {found[1], unquote(found[1])} if found else set()


def _in_json(secret: str) -> str:
    return json.dumps(secret, ensure_ascii=False)[1:-1]


class ScrubbedFormatter(logging.Formatter):
    """Formats a log record, its traceback included, without any known secret."""

    def __init__(self, scrubber: Scrubber, pattern: str) -> None:
        super().__init__(pattern)
        self._scrubber = scrubber

    def format(self, record: logging.LogRecord) -> str:
        """Return the scrubbed line."""
        return self._scrubber.scrub(super().format(record))


class Secrets:
    """Resolves references such as `{ env = "BITRIX_WEBHOOK" }`; `hook` asks the plugins."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        scrubber: Scrubber,
        ask_hook: Callable[[str], str | None] = lambda reference: None,
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._scrubber = scrubber
        self._ask_hook = ask_hook

    def resolve(self, reference: Mapping[str, object], where: str) -> str:
        """Return the value; ConfigError at `where` if the reference is malformed or leads nowhere."""
        kind, name = parse_reference(reference, where)
        value = getattr(self, f"_{kind}")(name, where)
        self._scrubber.learn(value)
        return str(value)

    def _env(self, name: str, where: str) -> str:
        value = self._environment.get(name, "").strip()
        if not value:
            raise ConfigError(
                f"the environment variable {name} is not set",
                where=where,
                hint=f"set it, or put a line {name}=... into {self._folder / '.env'}",
            )
        return value

    def _file(self, name: str, where: str) -> str:
        path = self._folder / name
        try:
            value = path.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(
                f"the secret's file {path} cannot be read: {why}",
                where=where,
                hint="mend its path and rights",
            ) from error
        if not value:
            raise ConfigError(f"the secret's file {path} is empty", where=where, hint="put the secret there")
        return value

    def _keyring(self, name: str, where: str) -> str:
        service, _, user = name.partition("/")
        try:
            keyring = importlib.import_module("keyring")
            failure = importlib.import_module("keyring.errors").KeyringError
        except ImportError as error:
            raise ConfigError(
                "secrets in a keyring need the package keyring",
                where=where,
                hint='run pip install "crm-policy-connector[keyring]"',
            ) from error
        try:
            value = keyring.get_password(service, user)
        except failure as error:
            raise ConfigError(f"the keyring does not open: {error}", where=where, hint="unlock it") from error
        if not value:
            raise ConfigError(
                f"the keyring has no secret for {name}", where=where, hint=f"run keyring set {service} {user}"
            )
        return str(value)

    def _hook(self, name: str, where: str) -> str:
        value = self._ask_hook(name)
        if not value:
            raise ConfigError(
                f"no plugin knows the secret {name!r}",
                where=where,
                hint="see `connector plugins` for what is loaded",
            )
        return value


def parse_reference(reference: Mapping[str, object], where: str) -> tuple[str, str]:
    """Return kind and name of a reference; ConfigError at `where` if it is malformed."""
    if len(reference) == 1:
        ((kind, name),) = reference.items()
        if kind in KINDS and isinstance(name, str) and name:
            return kind, name
    raise ConfigError(
        "a secret is given by one reference",
        where=where,
        hint='write { env = "NAME" }, { file = "path" }, { keyring = "service/user" } or { hook = "..." }',
    )


def environment_with(dotenv: Mapping[str, str | None]) -> dict[str, str]:
    """Return the process's environment over what the `.env` file says."""
    return {name: value for name, value in dotenv.items() if value is not None} | dict(os.environ)
