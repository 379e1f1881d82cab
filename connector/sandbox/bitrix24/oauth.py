"""The application's way in: a consent, access tokens that expire, refresh tokens that are good once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.bitrix24.errors import PortalError
from connector.sandbox.faults import Faults
from connector.sandbox.ticking import Ticking

CLIENT_ID = CLIENT_SECRET = "sandbox"  # noqa: S105 - a stand-in's fixed credentials, told to everybody
MEMBER = "a223c6b3710f85df22e9377d6c4f7553"
"""The portal's lasting name: hosts change, this does not."""
HOUR = 3600
CODE_LIFE = 30
REFRESH_LIFE = 180 * 24 * HOUR
"""Documented lives in seconds: of an access token, of a consent's code, of a refresh token."""
SCOPE = "crm,department,task,telephony,user"


class Tokens:
    """The tokens of one application on one portal; each kind of token is known with its last moment."""

    def __init__(self, clock: Ticking, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self._count = 0
        self._codes: dict[str, float] = {}
        self._access: dict[str, float] = {}
        self._refresh: dict[str, float] = {}
        self.last = self._issue()

    def consent(self) -> str:
        """Return a code for one exchange within 30 seconds."""
        self._count += 1
        code = f"code-{self._count}"
        self._codes[code] = self._now() + CODE_LIFE
        return code

    def check(self, token: str) -> None:
        """Let a call in by its access token; 401 expired_token or NO_AUTH_FOUND."""
        if token not in self._access:
            raise PortalError("NO_AUTH_FOUND", "Wrong authorization data", 401)
        if self._access[token] <= self._now():
            raise PortalError("expired_token", "The access token provided has expired", 401)

    def exchange(self, params: Mapping[str, Any], host: str) -> dict[str, Any]:
        """Answer oauth/token: new tokens for a code or a refresh token, which is dead from then on."""
        if params.get("client_id") != CLIENT_ID or params.get("client_secret") != CLIENT_SECRET:
            raise PortalError("invalid_client", "Client credentials are invalid", 401)
        kinds = {
            "authorization_code": ("code", self._codes),
            "refresh_token": ("refresh_token", self._refresh),
        }
        name, known = kinds.get(str(params.get("grant_type")), ("", {}))
        if not name:
            raise PortalError("invalid_request", "Grant type is not supported", 400)
        if known.pop(str(params.get(name)), 0.0) <= self._now():
            raise PortalError("invalid_grant", "The provided authorization grant is invalid or expired", 400)
        self.last = self._issue()
        return self._shown(host)

    def _issue(self) -> dict[str, str]:
        self._count += 1
        issued = {name: f"sandbox-{name}-{self._count}" for name in ("access", "refresh")}
        self._access[issued["access"]] = self._now() + self._life()
        self._refresh[issued["refresh"]] = self._now() + REFRESH_LIFE
        return {f"{name}_token": token for name, token in issued.items()}

    def _shown(self, host: str) -> dict[str, Any]:
        shown: dict[str, Any] = dict(self.last)
        shown |= {"expires": int(self._now() + self._life()), "expires_in": self._life(), "scope": SCOPE}
        shown |= {"client_endpoint": f"http://{host}/rest/", "server_endpoint": f"http://{host}/rest/"}
        return shown | {"domain": "oauth.bitrix.info", "member_id": MEMBER, "status": "L", "user_id": 1}

    def _life(self) -> int:
        return self._faults.number("token_life") or HOUR

    def _now(self) -> float:
        return self._clock.now().timestamp()
