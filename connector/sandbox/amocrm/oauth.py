"""Tokens: a long-lived one, and pairs of an application, whose refresh tokens are good once.

Strict by default: a spent refresh token is revoked at once. Grace: it works until the access token it gave is
first used, and every further use gives another pair, so that careless sharers orphan each other's.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from connector.sandbox.amocrm.entities.cards import ACCOUNT_ID
from connector.sandbox.faults import Faults
from connector.sandbox.ticking import Ticking

CLIENT_ID = CLIENT_SECRET = LONG_LIVED = "sandbox"  # noqa: S105 - a stand-in's fixed credentials, told to all
DAY = 86_400
CODE_LIFE = 20 * 60
REFRESH_LIFE = 90 * DAY
"""Documented lives in seconds: of an access token (a day), of a code, of a refresh token (three months)."""
PROBLEM = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"
REVOKED = "Token has been revoked"
CODE_GONE = "Authorization code has expired"


class OAuthError(Exception):
    """What the token endpoint refuses: status and the one informative word, `hint`."""

    def __init__(self, hint: str, status: int = 401) -> None:
        super().__init__(hint)
        self.hint = hint
        self.status = status

    def body(self) -> dict[str, Any]:
        """Return the body of the answer."""
        title = "Некорректный запрос"
        return {
            "hint": self.hint,
            "title": title,
            "type": PROBLEM,
            "status": self.status,
            "detail": "В запросе отсутствует ряд параметров или параметры невалидны",
        }


@dataclass
class Pair:
    """An access and a refresh token, with the pair they came from."""

    access: str
    refresh: str
    until: float
    refresh_until: float
    parent: Pair | None = None
    spent: bool = False
    dead: bool = False


class Tokens:
    """The tokens of one application in one account."""

    def __init__(self, clock: Ticking, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self._count = 0
        self._codes: dict[str, float] = {}
        self._by_access: dict[str, Pair] = {}
        self._by_refresh: dict[str, Pair] = {}
        self.last = self._issue("", None)

    def consent(self) -> str:
        """Return a code for one exchange within 20 minutes."""
        self._count += 1
        code = f"def502-code-{self._count}"
        self._codes[code] = self._now() + CODE_LIFE
        return code

    def revoke(self) -> None:
        """Revoke every token, as when an administrator takes the application out."""
        for pair in self._by_access.values():
            pair.dead = True

    def admits(self, token: str) -> bool:
        """Tell whether a call with this token may pass; the first use of a pair ends what it came from."""
        if self._faults.on("revoked"):
            return False
        if token == LONG_LIVED:
            return True
        pair = self._by_access.get(token)
        if pair is None or pair.dead or pair.until <= self._now():
            return False
        self._settle(pair)
        return True

    def exchange(self, params: Mapping[str, Any], host: str) -> dict[str, Any]:
        """Return a pair for a code or a refresh token; OAuthError where it is refused."""
        if params.get("client_id") != CLIENT_ID or params.get("client_secret") != CLIENT_SECRET:
            raise OAuthError("Client authentication failed")
        if not params.get("redirect_uri"):
            raise OAuthError("Check the `redirect_uri` parameter", 400)
        match params.get("grant_type"):
            case "authorization_code":
                pair = self._for_code(str(params.get("code")), host)
            case "refresh_token":
                pair = self._for_refresh(str(params.get("refresh_token")), host)
            case _:
                raise OAuthError("Check that all required parameters have been provided", 400)
        self.last = pair
        return self.shown(pair)

    def knows(self, refresh: str) -> bool:
        """Tell whether a refresh token was ever given and is not revoked; asking does not spend it."""
        pair = self._by_refresh.get(refresh)
        return pair is not None and not pair.dead

    def shown(self, pair: Pair) -> dict[str, Any]:
        """Return the answer of the token endpoint."""
        return {
            "token_type": "Bearer",
            "expires_in": self._life(),
            "access_token": pair.access,
            "refresh_token": pair.refresh,
        }

    def _for_code(self, code: str, host: str) -> Pair:
        if self._codes.pop(code, 0.0) <= self._now():
            raise OAuthError(CODE_GONE, 400)
        return self._issue(host, None)

    def _for_refresh(self, refresh: str, host: str) -> Pair:
        old = self._by_refresh.get(refresh)
        if old is None or old.dead or self._faults.on("revoked") or old.refresh_until <= self._now():
            raise OAuthError(REVOKED)
        if old.spent and not self._faults.on("grace"):
            raise OAuthError(REVOKED)
        old.spent = True
        return self._issue(host, old)

    def _settle(self, used: Pair) -> None:
        """End the pair this one came from, and every other pair that came from it."""
        parent, used.parent = used.parent, None
        if parent is None:
            return
        parent.dead = True
        for pair in self._by_access.values():
            if pair.parent is parent:
                pair.dead = True

    def _issue(self, host: str, parent: Pair | None) -> Pair:
        self._count += 1
        now = self._now()
        access = jwt({
            "aud": CLIENT_ID, "jti": str(self._count), "iat": int(now), "exp": int(now + self._life()),
            "sub": "1", "account_id": ACCOUNT_ID, "base_domain": host, "api_domain": host, "scopes": ["crm"],
        })  # fmt: skip
        pair = Pair(access, f"def50200-{self._count}", now + self._life(), now + REFRESH_LIFE, parent)
        self._by_access[access] = self._by_refresh[pair.refresh] = pair
        return pair

    def _life(self) -> int:
        return self._faults.number("token_life") or DAY

    def _now(self) -> float:
        return self._clock.now().timestamp()


def jwt(claims: dict[str, Any]) -> str:
    """Write claims as a token; nobody checks the signature, which clients cannot."""
    parts = (orjson.dumps({"typ": "JWT", "alg": "RS256"}), orjson.dumps(claims), b"sandbox signature")
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
