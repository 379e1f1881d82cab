"""A long answer comes piece by piece: taken again from its start, judged like others, given up if endless."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from scripted_server import Reply, Script, hang_up, served

from connector.errors import AccessError, RefusedError, TransientError
from connector.http.answer import Answer
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.http.network import Network

LONG = b"0123456789" * 30_000


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    """Send less than was announced."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(LONG)))
    handler.end_headers()
    handler.wfile.write(LONG[:10])
    hang_up(handler)


@pytest.fixture
def script() -> Iterator[Script]:
    with served() as running:
        yield running


@pytest.fixture
def http(script: Script) -> Iterator[Http]:
    with Http("base", bucket=Unlimited(), may_write=False, sleep=lambda _: None) as made:
        made.base_url = script.url
        yield made


def whole(answer: Answer, pieces: Iterator[bytes]) -> tuple[int, str, bytes]:
    return answer.status, answer.headers.get("ETag", ""), b"".join(pieces)


def test_the_pieces_are_the_answer(script: Script, http: Http) -> None:
    script.replies = [Reply(200, LONG, {"ETag": '"7"'})]
    sizes: list[int] = []

    def count(answer: Answer, pieces: Iterator[bytes]) -> int:
        sizes.extend(map(len, pieces))
        return answer.status

    assert http.stream("long", count, headers={"If-None-Match": '"6"'}) == 200
    assert sum(sizes) == len(LONG)
    assert max(sizes) <= 64 * 1024
    (request,) = script.received
    assert (request.verb, request.path, request.headers["If-None-Match"]) == ("GET", "/long", '"6"')


def test_what_has_not_changed_has_no_body(script: Script, http: Http) -> None:
    script.replies = [Reply(304, b"", {"ETag": '"7"'})]
    assert http.stream("long", whole) == (304, '"7"', b"")


def test_an_answer_that_was_cut_is_taken_again_from_its_start(script: Script, http: Http) -> None:
    script.replies = [Reply(then=cut_short), Reply(200, LONG)]
    assert http.stream("long", whole) == (200, "", LONG)
    assert len(script.received) == 2


def test_what_the_taker_cannot_read_is_asked_for_again(script: Script, http: Http) -> None:
    script.replies = [Reply(200, b"page"), Reply(200, b"data")]

    def pick(answer: Answer, pieces: Iterator[bytes]) -> bytes:
        found = b"".join(pieces)
        if found == b"page":
            raise TransientError("a page")
        return found

    assert http.stream("long", pick) == b"data"


@pytest.mark.parametrize(("status", "error"), [(401, AccessError), (404, RefusedError)])
def test_other_answers_are_judged(status: int, error: type[Exception], script: Script, http: Http) -> None:
    script.replies = [Reply(status, b"{}")]
    with pytest.raises(error):
        http.stream("long", whole)


def test_control_an_answer_that_never_ends_is_given_up(script: Script) -> None:
    script.replies = [Reply(200, LONG)]
    network = Network(most_bytes=100_000)
    with Http("base", bucket=Unlimited(), may_write=False, network=network, patience=0.0) as http:
        http.base_url = script.url
        with pytest.raises(TransientError, match="exceeds 100000 bytes"):
            http.stream("long", whole)
