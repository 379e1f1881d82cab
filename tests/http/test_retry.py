"""The policy of repeats."""

from __future__ import annotations

import pytest

from connector.errors import AccessError, TransientError, UnknownFateError
from connector.http.retry import ATTEMPTS, LimitError, retrying


def tried(*errors: Exception) -> tuple[list[float], int, Exception | None]:
    """Run a call that fails in turn; return the waits, the number of calls and the error in the end."""
    waits: list[float] = []
    left = list(errors)
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1
        if left:
            raise left.pop(0)

    try:
        retrying(waits.append, lambda state: None)(call)
    except Exception as error:
        return waits, calls, error
    return waits, calls, None


def test_what_may_pass_is_tried_again_with_growing_random_waits():
    waits, calls, error = tried(*[TransientError("x")] * 5)

    assert (calls, error) == (6, None)
    assert all(0 <= wait <= 0.5 * 2**turn for turn, wait in enumerate(waits))


def test_full_jitter_keeps_clients_apart():
    firsts = {tried(TransientError("x"))[0][0] for _ in range(20)}
    assert len(firsts) > 10


def test_it_ends():
    waits, calls, error = tried(*[TransientError(str(n)) for n in range(100)])

    assert calls == ATTEMPTS == 8
    assert str(error) == "7"
    assert len(waits) == 7


def test_the_vendors_time_is_kept():
    waits, _, _ = tried(TransientError("x", retry_after=30.0))
    assert waits[0] >= 30.0


@pytest.mark.parametrize("error", [AccessError("x"), UnknownFateError("x"), ValueError("x")])
def test_what_cannot_pass_is_not_tried_again(error):
    assert tried(error) == ([], 1, error)


def test_a_limit_concerns_everybody_but_a_methods_does_not():
    assert LimitError("x").everyone
    assert not LimitError("x", everyone=False).everyone
