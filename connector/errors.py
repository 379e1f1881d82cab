"""The error tree, grouped by what the reader should do; everything raised on purpose is one of these.

    ConnectorError                  one line: what, where, what to do next; `exit_code` for the shell
    ├── ConfigError                 (4) mend plugins.toml, a policy file or the command line
    │   └── PolicyError             (4) mend a policy file
    ├── LockedError                 (5) wait, or stop the other run
    ├── StoreError                  (1) mend the disk, the path or the database
    ├── SourceError                 (1) a CRM did not do what was asked
    │   ├── AccessError                 the admin mends a token, a right or a plan
    │   │   └── ForbiddenError          one right is missing: other calls may go on
    │   ├── BlockedError                the vendor blocks us: stop, tell the admin, never loop
    │   ├── TransientError              try again later; `retry_after` seconds if the vendor said so
    │   │   └── UnknownFateError        a write may or may not have happened: look before repeating
    │   ├── RefusedError                this one call is wrong for good: do not repeat it
    │   │   ├── MissingRecordError      the record is not there (any more)
    │   │   └── ChangedBackError        what was written does not stand: something changes it back
    │   └── RecordError                 one record cannot be read: quarantine it, go on
    └── ConflictError               (1) the CRM no longer looks as the plan says: plan again

A traceback is shown only with `--debug`.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees; the same table stands in `connector --help` and in the docs."""

    FINE = 0
    FAILED = 1
    CHANGES_PENDING = 2
    PARTIAL = 3
    CONFIGURATION = 4
    LOCKED = 5
    INTERRUPTED = 130
    TERMINATED = 143


class ConnectorError(Exception):
    """Something a person can act on: `message` says what, `where` says where, `hint` what to do next."""

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" — {self.hint}" if self.hint else ""
        return f"{place}{self.message}{advice}"


class ConfigError(ConnectorError):
    """The configuration or the command line is wrong; nothing was done."""

    exit_code = ExitCode.CONFIGURATION


class PolicyError(ConfigError):
    """A policy file is wrong or missing; no decision was made."""


class LockedError(ConnectorError):
    """Another run holds the store."""

    exit_code = ExitCode.LOCKED


class StoreError(ConnectorError):
    """The store cannot be opened, read or written; what was committed before is intact."""


class SourceError(ConnectorError):
    """A CRM, or the way to it, failed."""


class AccessError(SourceError):
    """The token, a right or the tariff does not allow this; repeating will not help."""


class ForbiddenError(AccessError):
    """The account may not do this very thing (any more); what it may do goes on."""


class BlockedError(SourceError):
    """The vendor blocks this account or address; every further call makes it worse."""


class TransientError(SourceError):
    """May pass by itself; `retry_after` is in seconds, None where the vendor named none."""

    def __init__(
        self, message: str, *, hint: str = "", where: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.retry_after = retry_after


class UnknownFateError(TransientError):
    """The answer to a write was lost: it may have happened, so only a look-up may decide on a repeat."""


class RefusedError(SourceError):
    """The CRM refused this very call for good."""


class MissingRecordError(RefusedError):
    """The record does not exist (any more)."""


class ChangedBackError(RefusedError):
    """The value was taken and does not stand: a rule of the CRM or a program changed it back at once."""


class RecordError(SourceError):
    """One record cannot be read; it is quarantined with its raw form and the rest goes on."""

    def __init__(self, message: str, *, field: str = "", hint: str = "", where: str = "") -> None:
        super().__init__(message, hint=hint, where=where)
        self.field = field


class ConflictError(ConnectorError):
    """The record moved since the plan was made; nothing was written."""
