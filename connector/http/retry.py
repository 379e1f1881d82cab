"""When a read is tried again: as the vendor asks, else with full jitter; never for ever, never a write."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from connector.errors import TransientError, UnknownFateError

ATTEMPTS = 8
PATIENCE_SECONDS = 900.0
_JITTER = wait_random_exponential(multiplier=0.5, max=60)


class NothingDoneError(TransientError):
    """Surely nothing was done: the request did not leave, or the vendor turned it away unread."""


class LimitError(NothingDoneError):
    """The vendor turned the request away because a limit is full.

    `everyone`: the limit is the account's, so that all requests must pause. A limit of one kind of call is
    not repeated here: only the plugin knows which calls it concerns, and which of them may go on.
    """

    def __init__(
        self, message: str, *, where: str = "", retry_after: float | None = None, everyone: bool = True
    ) -> None:
        super().__init__(message, where=where, retry_after=retry_after)
        self.everyone = everyone


class TooSlowError(TransientError):
    """A request came to nothing only after so long that the same again would too: ask for less at once."""


def retrying(
    sleep: Callable[[float], None],
    before: Callable[[RetryCallState], None],
    patience: float = PATIENCE_SECONDS,
) -> Retrying:
    """Return the policy for reads: at most 8 attempts within 15 minutes, then the last error itself.

    `patience` is another time in seconds, `sleep` waits (give `Event.wait` to be woken by a stop), `before`
    is told of each repeat.
    """
    return Retrying(
        stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(patience),
        wait=_wait,
        retry=retry_if_exception(_passes_by_itself),
        sleep=sleep,
        before_sleep=before,
        reraise=True,
    )


def _passes_by_itself(error: BaseException) -> bool:
    if isinstance(error, LimitError):
        return error.everyone
    return isinstance(error, TransientError) and not isinstance(error, UnknownFateError | TooSlowError)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    return max(asked or 0.0, _JITTER(state))
