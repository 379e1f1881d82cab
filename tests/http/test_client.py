"""The client: slots, repeats, refusals, lost answers, size and time limits."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from scripted_server import Reply, Script, Slots, hang_up, served

from connector.errors import (
    AccessError,
    LockedError,
    MissingRecordError,
    RefusedError,
    TransientError,
    UnknownFateError,
)
from connector.http.auth import Bearer
from connector.http.client import Http
from connector.http.limits import Unlimited
from connector.http.network import Network
from connector.http.retry import LimitError, NothingDoneError, TooSlowError

LOST = Reply(then=hang_up)


@pytest.fixture
def script() -> Iterator[Script]:
    with served() as script:
        yield script


@pytest.fixture
def slots() -> Slots:
    """The limit that clients of this test take their slots from."""
    return Slots()


@dataclass
class Clients:
    """Makes clients of the scripted server that note their waits instead of sleeping, and closes them."""

    script: Script
    slots: Slots
    slept: list[float] = field(default_factory=list)
    made: list[Http] = field(default_factory=list)

    def __call__(
        self,
        *,
        may_write: bool | tuple[str, ...] = True,
        network: Network | None = None,
        root: str = "/rest/1/x/",
    ) -> Http:
        http = Http(
            "main",
            bucket=self.slots,
            may_write=may_write,
            network=network or Network(),
            sleep=self.slept.append,
        )
        http.base_url = self.script.url + root
        self.made.append(http)
        return http


@pytest.fixture
def client(script: Script, slots: Slots) -> Iterator[Clients]:
    """Make clients: `client(may_write=False)`."""
    clients = Clients(script, slots)
    yield clients
    for http in clients.made:
        http.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_read_sends_json_and_brings_the_decoded_body(script, client):
    answer = client().read("crm.company.list", json={"start": -1})

    assert answer.body == {"result": True}
    assert answer.where == "main: crm.company.list"
    request = script.received[0]
    assert (request.verb, request.path, request.body) == (
        "POST",
        "/rest/1/x/crm.company.list",
        b'{"start": -1}',
    )
    assert request.headers["User-Agent"] == "crm-policy-connector"


def test_a_get_carries_its_parameters_and_credentials(script, client):
    http = client()
    http.auth = Bearer("token")

    http.read("api/v4/leads", params={"limit": 250}, verb="GET")

    assert script.received[0].path == "/rest/1/x/api/v4/leads?limit=250"
    assert script.received[0].headers["Authorization"] == "Bearer token"


def test_a_slot_is_taken_before_each_request_and_its_wait_is_kept(client, slots, script):
    script.replies = [Reply(status=502), Reply()]
    slots.wait = 0.25
    http = client()

    http.read("x")

    assert slots.taken == 2
    assert http.numbers.requests == 2
    assert client.slept.count(0.25) == 2


def test_the_slot_comes_before_the_byte(client, slots, script):
    class NoMoreError(Exception):
        pass

    def refuse(cost: float = 1.0) -> float:
        raise NoMoreError

    slots.reserve = refuse
    with pytest.raises(NoMoreError):
        client().read("x")
    assert script.received == []


def test_a_read_is_repeated_until_it_succeeds(script, client):
    script.replies = [Reply(status=500), LOST, Reply(status=503), Reply(body=b'{"result": 7}')]
    http = client()

    assert http.read("x").body == {"result": 7}
    assert http.numbers.repeated == 3


def test_a_read_gives_up_with_the_last_error(script, client):
    script.replies = [Reply(status=502)]
    http = client()

    with pytest.raises(TransientError, match="answered 502"):
        http.read("x")
    assert len(script.received) == 8


@pytest.mark.parametrize(
    ("status", "error"), [(400, RefusedError), (401, AccessError), (404, MissingRecordError)]
)
def test_a_final_refusal_is_not_repeated(script, client, status, error):
    script.replies = [Reply(status=status)]

    with pytest.raises(error):
        client().read("x")
    assert len(script.received) == 1


def test_retry_after_is_obeyed_and_pauses_the_account(script, client, slots):
    script.replies = [Reply(status=429, headers={"Retry-After": "17"}), Reply()]
    http = client()

    http.read("x")

    assert slots.pauses == [17.0]
    assert max(client.slept) >= 17.0
    assert (http.numbers.refused, http.numbers.repeated) == (1, 1)


def test_a_wait_beyond_patience_is_not_begun(script, client):
    script.replies = [Reply(status=429, headers={"Retry-After": "86400"})]

    with pytest.raises(LimitError):
        client().read("x")
    assert len(script.received) == 1


def test_nothing_leaves_a_source_that_is_read_only(script, client, slots):
    with pytest.raises(AccessError, match="read only"):
        client(may_write=False).write("tasks.task.add", json={})

    assert script.received == []
    assert script.connections == 0
    assert slots.taken == 0


def test_the_last_look_before_a_write_comes_after_every_wait_and_can_stop_it(script, client, slots):
    seen = []

    def lost() -> None:
        seen.append(slots.taken)
        raise LockedError("another run took the store over")

    http = client(may_write=True)
    http.before_write = lost
    with pytest.raises(LockedError):
        http.write("tasks.task.add", json={})
    assert seen == [1]
    assert script.received == []


def test_a_read_needs_no_such_look(script, client):
    http = client(may_write=True)
    http.before_write = pytest.fail
    http.read("crm.company.list")


def test_a_source_that_may_be_written_is_written(script, client):
    """The control of the test before: the same call goes out when it may."""
    assert client(may_write=True).write("tasks.task.add", json={}).body == {"result": True}
    assert len(script.received) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_sent_once_and_a_5xx_leaves_its_fate_unknown(script, client, status):
    script.replies = [Reply(status=status, body=b"<html>")]

    with pytest.raises(UnknownFateError, match="may or may not"):
        client().write("tasks.task.add", json={})
    assert len(script.received) == 1


def test_a_write_whose_answer_is_lost_is_not_repeated(script, client):
    script.replies = [LOST]

    with pytest.raises(UnknownFateError):
        client().write("tasks.task.add", json={})
    assert len(script.received) == 1


def test_a_write_that_times_out_is_not_repeated(script, client):
    script.replies = [Reply(then=lambda handler: time.sleep(0.3))]

    with pytest.raises(UnknownFateError, match="timed out"):
        client(network=Network(read_seconds=0.05)).write("x", json={})
    assert len(script.received) == 1


def test_a_write_whose_answer_is_cut_short_has_an_unknown_fate(script, client):
    def cut(handler):
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"res')
        handler.close_connection = True

    script.replies = [Reply(then=cut)]
    with pytest.raises(UnknownFateError):
        client().write("x", json={})


def test_a_write_that_never_left_is_known_to_be_undone(client):
    http = client()
    http.base_url = f"http://127.0.0.1:{free_port()}/rest/1/x/"

    with pytest.raises(NothingDoneError, match=r"cannot connect to 127\.0\.0\.1") as caught:
        http.write("x", json={})
    assert not isinstance(caught.value, UnknownFateError)


def test_a_write_refused_for_a_full_limit_is_known_to_be_undone(script, client, slots):
    script.replies = [Reply(status=429)]

    with pytest.raises(LimitError):
        client().write("x", json={})
    assert len(script.received) == 1
    assert slots.pauses == [1.0]


def test_a_refused_write_keeps_its_meaning(script, client):
    script.replies = [Reply(status=400)]

    with pytest.raises(RefusedError):
        client().write("x", json={})


def test_redirects_are_not_followed(script, client):
    script.replies = [Reply(status=302, headers={"Location": script.url + "/elsewhere"})]
    http = client()
    http.judge = lambda answer: None

    assert http.read("x").status == 302
    assert [request.path for request in script.received] == ["/rest/1/x/x"]


def test_cookies_are_not_kept(script, client):
    script.replies = [Reply(headers={"Set-Cookie": "a=b; Path=/"}), Reply()]
    http = client()

    http.read("x")
    http.read("x")

    assert "Cookie" not in script.received[1].headers


def test_a_netrc_file_does_not_replace_the_credentials(script, client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    client().read("x")

    assert "Authorization" not in script.received[0].headers


def test_the_body_is_decoded_by_what_it_is_not_by_its_content_type(script, client):
    script.replies = [Reply(body=b'{"a": 1}', headers={"Content-Type": "text/html"})]
    assert client().read("x").body == {"a": 1}

    script.replies = [Reply(body=b"<html><b>Gate</b>\n</html>", headers={"Content-Type": "application/json"})]
    http = client()
    http.judge = lambda answer: None
    answer = http.read("x")
    assert (answer.body, answer.text) == (None, "<html><b>Gate</b> </html>")


def test_a_swelling_body_is_given_up(script, client):
    bomb = gzip.compress(b"0" * 2_000_000)
    assert len(bomb) < 10_000
    script.replies = [Reply(body=bomb, headers={"Content-Encoding": "gzip"})]

    with pytest.raises(TransientError, match="exceeds 100000 bytes"):
        client(network=Network(most_bytes=100_000)).read("x")


def test_a_dripping_body_is_given_up(script, client):
    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return
            time.sleep(0.02)

    script.replies = [Reply(then=drip)]
    started = time.monotonic()
    with pytest.raises(UnknownFateError, match="no end after"):
        client(network=Network(whole_seconds=0.1)).write("x", json={})
    assert time.monotonic() - started < 5


def test_connections_are_kept_between_requests_and_threads(script, client):
    http = client()
    for _ in range(3):
        thread = threading.Thread(target=http.read, args=("x",))
        thread.start()
        thread.join()

    assert len(script.received) == 3
    assert script.connections == 1


def test_threads_do_not_share_a_connection(script, client):
    http = client()
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda n: http.read("x", json={"n": n}).body, range(64)))

    assert bodies == [{"result": True}] * 64
    assert sorted(request.body for request in script.received) == sorted(b'{"n": %d}' % n for n in range(64))
    assert script.connections <= 8
    assert http.numbers.requests == 64


def test_a_server_without_a_limit_is_asked_at_once_even_after_a_refusal(script):
    slept: list[float] = []
    script.replies = [Reply(status=429, headers={"Retry-After": "9"}), Reply()]
    with Http("main", bucket=Unlimited(), may_write=False, sleep=slept.append) as http:
        http.base_url = script.url
        http.read("x")
    assert len(slept) == 1
    assert slept[0] >= 9


@pytest.mark.parametrize(("everyone", "pauses"), [(True, [7.0]), (False, [])])
def test_the_limit_of_one_method_does_not_stop_the_others(client, slots, everyone, pauses):
    def refuse(answer) -> None:
        raise LimitError("full", retry_after=7.0, everyone=everyone)

    http = client()
    http.judge = refuse
    with pytest.raises(LimitError):
        http.write("x", json={})
    assert slots.pauses == pauses
    assert http.numbers.refused == 1


def test_what_came_to_nothing_after_long_is_not_asked_again(script, client):
    script.replies = [Reply(status=504), Reply()]
    http = client()
    with pytest.raises(TooSlowError, match="main: batch: answered 504 after 0 s"):
        http.read("batch", slow=0.0)
    assert len(script.received) == 1


def test_what_failed_quickly_is(script, client):
    script.replies = [Reply(status=504), Reply()]
    assert client().read("batch", slow=30.0).status == 200
    assert len(script.received) == 2


def test_a_limit_of_one_kind_of_call_is_left_to_the_plugin(script, client, slots):
    """Only the plugin knows which calls must wait; the account goes on."""

    def judge(answer):
        raise LimitError("busy", retry_after=600.0, everyone=False)

    clients = client
    http = clients()
    http.judge = judge
    with pytest.raises(LimitError):
        http.read("a")
    assert (len(script.received), clients.slept, slots.pauses) == (1, [], [])
    assert http.numbers.refused == 1


def test_a_plugin_waits_as_requests_do(client):
    http = client()
    http.wait(2.5)
    assert (client.slept, http.numbers.waited) == ([2.5], 2.5)


def test_an_impatient_client_gives_up_with_the_error_itself(script: Script, slots: Slots) -> None:
    script.replies = [Reply(502)]
    slept: list[float] = []
    with Http("main", bucket=slots, may_write=False, sleep=slept.append, patience=0.0) as http:
        http.base_url = script.url
        with pytest.raises(TransientError, match="answered 502"):
            http.read("x")
        assert slept == []
        with pytest.raises(TransientError, match="main: would have to wait 30 s"):
            http.wait(30.0)
    assert len(script.received) == 1


def test_the_vendors_clock_is_noted(script: Script, slots: Slots) -> None:
    with Http("main", bucket=slots, may_write=False) as http:
        http.base_url = script.url
        assert http.clock_ahead is None
        http.read("x")
        assert http.clock_ahead is not None
        assert abs(http.clock_ahead) < 5
        assert (http.left(), Unlimited().left()) == (None, None)


@pytest.mark.parametrize(
    ("listed", "needs", "sent"),
    [
        ((), (), False),
        ((), ("task",), False),
        (("field",), ("task",), False),
        (("field",), ("field", "task"), False),
        (("field", "task"), ("field", "task"), True),
        (("field",), (), True),
    ],
)
def test_only_what_the_admin_lists_may_be_written(script, client, listed, needs, sent):
    http = client(may_write=listed)
    if sent:
        assert http.write("x.add", json={}, needs=needs).body == {"result": True}
    else:
        with pytest.raises(AccessError, match=r"read only|may not be written"):
            http.write("x.add", json={}, needs=needs)
    assert len(script.received) == sent
