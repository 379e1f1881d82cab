"""Tokens of OAuth2 whose refresh tokens work once: one refresher on the machine, saved before use."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from connector import clock
from connector.errors import AccessError, SourceError, TransientError
from connector.http.client import Http
from connector.http.ratefile import RateFile
from connector.plugins.amocrm.answers import InvalidError, TokenError
from connector.plugins.amocrm.moved import check_address
from connector.plugins.amocrm.settings import AmoCrmConfig
from connector.plugins.amocrm.values import as_map, text, whole

PATH = "oauth2/access_token"
EARLY_SECONDS, EARLY_PART = 300, 10
"""A token is renewed so long before its end, but not before nine tenths of its life."""
ATTEMPTS = 2
"""How often a refresh token is sent where answers are lost: it works until its new pair is used."""
BUSY_SECONDS = 180.0
"""How long others wait while one process asks for a pair."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS token (name TEXT PRIMARY KEY, seed TEXT NOT NULL, access TEXT NOT NULL,"
    " refresh TEXT NOT NULL, renew_at INTEGER NOT NULL, before TEXT) WITHOUT ROWID"
)
_READ = "SELECT seed, access, refresh, renew_at, before FROM token WHERE name = ?"
_WRITE = (
    "INSERT OR REPLACE INTO token (name, seed, access, refresh, renew_at, before) VALUES (?, ?, ?, ?, ?, ?)"
)
_PROVED = "UPDATE token SET before = NULL WHERE name = ? AND access = ?"
_CONSENT = "let the integration in again in the account, and put the new code where `token` points"

logger = logging.getLogger(__name__)


class Pair(NamedTuple):
    """An access token, the refresh token that follows it, when to renew them (unix seconds).

    `seed` stands for the code of the settings from which it came, `before` is the refresh token that gave it,
    until it has worked once.
    """

    seed: str
    access: str
    refresh: str
    renew_at: int
    before: str | None = None


class OAuth:
    """The tokens of one account for all threads and processes of the machine.

    Whoever refreshes holds the file meanwhile; who waited for it adopts what stands there. A new pair is on
    the disk before it is used. May be used from several threads.
    """

    def __init__(self, http: Http, config: AmoCrmConfig, path: Path | None) -> None:
        if path is not None and not path.exists():
            path.touch(mode=0o600)
        self._file = RateFile(path, (_TABLE,), durable=True, busy_seconds=BUSY_SECONDS)
        self._http = http
        self._config = config
        self._seed = hashlib.sha256(config.token.get_secret_value().encode()).hexdigest()
        self._now: Pair | None = None
        self._proved = ""

    def token(self) -> str:
        """Return an access token that lasts a while; raises what the token endpoint's answer means."""
        pair = self._now
        if pair is None or _ending(pair):
            pair = self._fresh(lambda kept: not _ending(kept))
        return pair.access

    def renewed(self, refused: str) -> bool:
        """Get another pair than that of the refused token; TokenError where only a new consent helps."""
        self._fresh(lambda kept: kept.access != refused)
        return True

    def proved(self, token: str) -> None:
        """Forget the refresh token before this pair, which works."""
        if token != self._proved:
            with self._file.turn() as connection:
                connection.execute(_PROVED, (self._config.name, token))
            self._proved = token

    def _fresh(self, will_do: Callable[[Pair], bool]) -> Pair:
        """Return what stands in the file if it will do, else a new pair, which is in the file by then."""
        with self._file.turn() as connection:
            kept = self._read(connection)
            if kept is None:
                pair = self._exchanged(self._config.grant, self._config.token.get_secret_value(), None)
            elif will_do(kept):
                pair = kept
            else:
                pair = self._refreshed(kept)
            connection.execute(_WRITE, (self._config.name, *pair))
        self._now = pair
        return pair

    def _read(self, connection: sqlite3.Connection) -> Pair | None:
        """Return the pair of the file; None where there is none, or the admin gave a new code since."""
        row = connection.execute(_READ, (self._config.name,)).fetchone()
        return Pair(*row) if row and row[0] == self._seed else None

    def _refreshed(self, kept: Pair) -> Pair:
        """Return the next pair; from the refresh token before, where the last pair never worked.

        MovedError with the new address where the account was renamed: its old one answers 401 or 404.
        """
        try:
            return self._exchanged("refresh_token", kept.refresh, kept.refresh)
        except AccessError as error:
            check_address(self._http, self._config, kept.access, kept.refresh)
            if kept.before is None or not isinstance(error, TokenError):
                raise
            logger.warning("%s: tries the token before the pair that never worked", self._http.name)
        return self._exchanged("refresh_token", kept.before, kept.before)

    def _exchanged(self, grant: str, secret: str, before: str | None) -> Pair:
        """Return the pair that the endpoint gives for a code or a refresh token."""
        config = self._config
        body = {
            "client_id": config.client_id,
            "client_secret": config.client_secret.get_secret_value() if config.client_secret else "",
            "grant_type": grant,
            "code" if grant == "authorization_code" else "refresh_token": secret,
            "redirect_uri": config.redirect_uri,
        }
        answer = as_map(self._asked(body))
        access, refresh = text(answer.get("access_token")), text(answer.get("refresh_token"))
        if access is None or refresh is None:
            raise SourceError("the answer holds no tokens", where=f"{self._http.name}: {PATH}")
        lasts = whole(answer, "expires_in") or 0
        early = min(EARLY_SECONDS, lasts // EARLY_PART)
        return Pair(self._seed, access, refresh, _unix() + lasts - early, before)

    def _asked(self, body: dict[str, Any]) -> Any:
        """Ask, and once more with the same where the answer was lost."""
        for attempt in range(ATTEMPTS):
            try:
                # slow=0: the client hands every lost answer back to us instead of repeating the request
                return self._http.read(PATH, json=body, slow=0.0).body
            except (TokenError, InvalidError) as error:
                raise TokenError(error.message, where=error.where, hint=_CONSENT) from None
            except TransientError:
                if attempt == ATTEMPTS - 1:
                    raise
        return None


def _ending(pair: Pair) -> bool:
    return pair.renew_at <= _unix()


def _unix() -> int:
    return clock.to_micros(clock.now()) // 1_000_000
