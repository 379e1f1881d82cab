"""Faults on demand: the grammar of `NAME[=VALUE]`, and when each one strikes.

A fault is one of five sorts, told in its vendor's table:

    switch    NAME                          on for the whole run
    number    NAME=N                        on, with a number (has a default)
    text      NAME=TEXT                     on, with a text (a method name or pattern, a host)
    timed     NAME[=[PATTERN:]N]            on for the calls of this method or pattern, with n milliseconds
    incident  NAME[=[PATTERN][:COUNT][@NTH]]
              strikes COUNT times (default in the table, `all` = for ever), beginning with the NTH matching
              call (default 1); PATTERN is a method name, `*` and `?` allowed (default: any).
              A bare number is a COUNT: `lost_reply=3` = three times, then normal.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from connector.errors import ConfigError

TIMED = r"(?:[^:]+:)?\d+"
INCIDENT = re.compile(r"(?P<pattern>[^:@]*)(?::(?P<count>\d+|all))?(?:@(?P<nth>\d+))?")


@dataclass(frozen=True)
class FaultKind:
    """A fault a vendor's stand-in knows: its sort, what a missing value means, and one line for people."""

    sort: str
    description: str
    default: str = ""


class Incident:
    """A fault that strikes at chosen calls; counts the calls it has seen."""

    def __init__(self, pattern: str, count: int | None, nth: int) -> None:
        self.pattern = pattern.lower()
        self.count = count
        self.nth = nth
        self._seen = 0

    def strikes(self, names: Iterable[str]) -> bool:
        """Count a call with these method names; True if the fault hits it."""
        if not any(fnmatchcase(name.lower(), self.pattern) for name in names):
            return False
        self._seen += 1
        return self._seen >= self.nth and (self.count is None or self._seen < self.nth + self.count)


class Faults:
    """The faults switched on in one stand-in; safe to ask from many threads."""

    def __init__(self, kinds: Mapping[str, FaultKind], specs: Sequence[str] = ()) -> None:
        self.kinds = kinds
        self._incidents: dict[str, list[Incident]] = {}
        self._values: dict[str, str] = {}
        self._lock = threading.Lock()
        for spec in specs:
            self.add(spec)

    def add(self, spec: str) -> None:
        """Switch one fault on; ConfigError if the name or the value is not known."""
        name, _, value = spec.partition("=")
        if name not in self.kinds:
            raise ConfigError(f"unknown fault {name!r}", hint=f"one of: {', '.join(sorted(self.kinds))}")
        kind = self.kinds[name]
        checked = check_value(name, kind, value or kind.default)
        with self._lock:
            if kind.sort == "incident":
                self._incidents.setdefault(name, []).append(read_incident(checked, kind.default))
            else:
                self._values[name] = checked

    def clear(self) -> None:
        """Switch every fault off."""
        with self._lock:
            self._incidents.clear()
            self._values.clear()

    def strikes(self, name: str, names: Iterable[str]) -> bool:
        """Tell whether this incident hits a call with these method names; to be asked once per call."""
        listed = list(names)
        with self._lock:
            struck = [incident.strikes(listed) for incident in self._incidents.get(name, ())]
            return any(struck)

    def on(self, name: str) -> bool:
        """Tell whether a switch, number or text fault is on."""
        return name in self._values

    def number(self, name: str) -> int:
        """Return the number of a fault; 0 while it is off."""
        return int(self._values.get(name, "0"))

    def text(self, name: str) -> str:
        """Return the text of a fault; empty while it is off."""
        return self._values.get(name, "")

    def milliseconds(self, name: str, names: Iterable[str]) -> int:
        """Return the milliseconds of a timed fault for a call with these method names; 0 for other calls."""
        pattern, _, length = self._values.get(name, "").rpartition(":")
        hit = length and any(fnmatchcase(one.lower(), pattern.lower() or "*") for one in names)
        return int(length) if hit else 0

    def covers(self, name: str, method: str) -> bool:
        """Tell whether the method pattern of a text fault covers this method."""
        return self.on(name) and fnmatchcase(method.lower(), self.text(name).lower())


def check_value(name: str, kind: FaultKind, value: str) -> str:
    """Return the value if it fits the fault's sort; ConfigError if not."""
    forms = {"switch": r"", "number": r"\d+", "text": r".+", "timed": TIMED, "incident": INCIDENT.pattern}
    fits = forms[kind.sort]
    if not re.fullmatch(fits, value):
        raise ConfigError(
            f"fault {name}: {value!r} is no {kind.sort}", hint="see --list-faults for the form of values"
        )
    return value


def read_incident(value: str, default: str) -> Incident:
    """Read `[PATTERN][:COUNT][@NTH]`.

    What is missing is taken from the default, then any call, once, the first.
    """
    given = _split(f":{value}" if value.isdigit() else value)
    fallback = _split(f":{default}" if default.isdigit() else default)
    pattern, count, nth = (mine or theirs for mine, theirs in zip(given, fallback, strict=True))
    return Incident(pattern or "*", None if count == "all" else int(count or 1), int(nth or 1))


def _split(value: str) -> tuple[str, str, str]:
    found = INCIDENT.fullmatch(value)
    return (found["pattern"] or "", found["count"] or "", found["nth"] or "") if found else ("", "", "")
