"""The limiter is tested on real time, real threads and real processes: never more than burst + rate * t."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from connector import clock
from connector.errors import StoreError
from connector.http.bucket import Bucket

CHILD = """
import sys, time
from pathlib import Path
from connector.http.bucket import Bucket
bucket = Bucket(Path(sys.argv[1]), "account", float(sys.argv[2]), float(sys.argv[3]))
end = time.monotonic() + float(sys.argv[4])
grants = []
while time.monotonic() < end:
    asked = time.monotonic()
    wait = bucket.reserve()
    grants.append(asked + wait)
    time.sleep(wait)
bucket.close()
print(*(repr(g) for g in grants))
"""


def worst_excess(grants: list[float], rate: float, burst: float) -> float:
    """By how much the fullest window holds more than burst + rate * t (0 or less: the limit held)."""
    moments = sorted(grants)
    return max(
        (j - i + 1) - (burst + rate * (moments[j] - moments[i]))
        for i in range(len(moments))
        for j in range(i, len(moments))
    )


@pytest.fixture(params=["memory", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return None if request.param == "memory" else tmp_path / "limits.db"


def test_the_burst_goes_at_once_and_the_rest_is_spaced(path: Path | None) -> None:
    bucket = Bucket(path, "account", rate=10, burst=3)
    waits = [bucket.reserve() for _ in range(5)]
    bucket.close()
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert waits[3] == pytest.approx(0.1, abs=0.03)
    assert waits[4] == pytest.approx(0.2, abs=0.03)


def test_a_dear_request_takes_its_cost(path: Path | None) -> None:
    bucket = Bucket(path, "account", rate=10, burst=3)
    assert bucket.reserve(cost=5) == pytest.approx(0.2, abs=0.03)
    assert bucket.reserve(cost=2) == pytest.approx(0.4, abs=0.03)
    bucket.close()


def test_idle_time_refills_no_more_than_the_burst(path: Path | None) -> None:
    bucket = Bucket(path, "account", rate=100, burst=2)
    assert bucket.reserve(cost=4) == pytest.approx(0.02, abs=0.01)
    clock.sleep(0.1)
    waits = [bucket.reserve() for _ in range(3)]
    bucket.close()
    assert waits[:2] == [0.0, 0.0]
    assert waits[2] > 0.0


def test_a_pause_stops_everybody_and_leaves_no_burst(path: Path | None) -> None:
    bucket = Bucket(path, "account", rate=10, burst=5)
    bucket.pause(2.0)
    assert bucket.reserve() == pytest.approx(2.1, abs=0.05)
    bucket.pause(1.0)
    assert bucket.reserve() == pytest.approx(2.2, abs=0.05)
    bucket.close()


def test_keys_do_not_share_and_objects_of_one_key_do(tmp_path: Path) -> None:
    first, second, other = (Bucket(tmp_path / "limits.db", key, 1, 1) for key in ("a", "a", "b"))
    assert first.reserve() == 0.0
    assert second.reserve() == pytest.approx(1.0, abs=0.1)
    assert other.reserve() == 0.0
    for bucket in (first, second, other):
        bucket.close()


def test_the_number_outlives_the_object(tmp_path: Path) -> None:
    before = Bucket(tmp_path / "limits.db", "a", 1, 1)
    before.pause(60)
    before.close()
    after = Bucket(tmp_path / "limits.db", "a", 1, 1)
    assert after.reserve() == pytest.approx(61, abs=0.5)
    after.close()


def test_a_restarted_machine_begins_empty_instead_of_waiting_for_hours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = Bucket(tmp_path / "limits.db", "a", rate=1, burst=1)
    monkeypatch.setattr(clock, "monotonic", lambda: 90_000.0)
    bucket.pause(600)
    monkeypatch.setattr(clock, "monotonic", lambda: 12.0)
    assert bucket.reserve() == 1.0
    bucket.close()


def test_eight_threads_never_exceed_the_limit(path: Path | None) -> None:
    bucket = Bucket(path, "account", rate=50, burst=5)
    grants: list[float] = []

    def work() -> None:
        for _ in range(5):
            asked = clock.monotonic()
            grants.append(asked + bucket.reserve())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bucket.close()
    assert len(grants) == 40
    assert max(grants) - min(grants) == pytest.approx(0.7, abs=0.1)


def test_four_processes_never_exceed_the_limit(tmp_path: Path) -> None:
    """Four at once: the windows of all grants together hold, and nobody starves."""
    rate, burst = 40.0, 4.0
    arguments = [sys.executable, "-c", CHILD, str(tmp_path / "limits.db"), str(rate), str(burst), "1.5"]
    children = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    grants = [[float(g) for g in child.communicate(timeout=60)[0].split()] for child in children]
    together = [moment for own in grants for moment in own]
    assert [child.returncode for child in children] == [0, 0, 0, 0]
    # `asked` is read before the turn, so grants look earlier than they were by the wait for it; four buckets
    # apart would give 12 more than one
    assert worst_excess(together, rate, burst) < 4.0
    assert len(together) >= rate * 1.5
    assert min(len(own) for own in grants) >= 5


def test_four_private_buckets_do_exceed_it() -> None:
    """The control: the same measure goes red when the processes do not share."""
    buckets = [Bucket(None, "account", 40.0, 4.0) for _ in range(4)]
    together = [clock.monotonic() + bucket.reserve() for bucket in buckets for _ in range(10)]
    assert worst_excess(together, 40.0, 4.0) > 5


def test_a_file_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses the change to WAL without its usual wait while another writes in the old mode."""
    path = tmp_path / "limits.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE half_made (a)")
    opened: list[Bucket] = []
    thread = threading.Thread(target=lambda: opened.append(Bucket(path, "a", 1, 1)))
    thread.start()
    clock.sleep(0.1)
    other.execute("ROLLBACK")
    other.close()
    thread.join(timeout=60)
    assert opened[0].reserve() == 0.0
    opened[0].close()


def test_a_turn_that_fails_leaves_the_number_and_the_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = Bucket(tmp_path / "limits.db", "a", 1, 1)
    with monkeypatch.context() as broken:
        broken.setattr(bucket, "rate", "not a number")
        with pytest.raises(TypeError):
            bucket.reserve()
    assert bucket.reserve() == 0.0
    bucket.close()


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_limit_must_be_positive(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        Bucket(None, "a", rate, burst)


def test_a_file_that_is_no_database_is_one_line_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "limits.db"
    path.write_text("not a database, and longer than the hundred bytes of a header" * 3, encoding="utf-8")
    with pytest.raises(StoreError, match="processes share") as caught:
        Bucket(path, "a", 1, 1)
    assert caught.value.where == str(path)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_what_is_left_is_told_and_not_taken(path: Path | None) -> None:
    bucket = Bucket(path, "account", rate=0.001, burst=3)
    assert [round(bucket.left(), 1), round(bucket.left(), 1)] == [3.0, 3.0]
    assert bucket.reserve(2) == 0
    assert round(bucket.left(), 1) == 1.0
    assert bucket.reserve(2) > 0
    assert bucket.left() < 0
    bucket.close()
