"""Employees: user.get, with department, head and role from department.get and the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector import identifiers
from connector.model import Employee, Role
from connector.plugins.base import Cursor, Page, Row
from connector.plugins.bitrix24.account import Account
from connector.plugins.bitrix24.directories import Department
from connector.plugins.bitrix24.listing import Listing, user_shape
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.values import as_list, day, flag, text

USERS = Listing("user.get", shape=user_shape)
_PHONES = ("WORK_PHONE", "PERSONAL_MOBILE")
_NAMES = ("LAST_NAME", "NAME", "SECOND_NAME")
_BELOW_HEAD: frozenset[Role] = frozenset({"seller", "kam", "skam", "telesales", "assistant", "other"})
_LEVELS = 20
"""Departments climbed at most, should their parents run in a circle."""


class People:
    """The stream of employees: few enough to be read whole each time; who left comes with `active` false."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all users; the departments are read first, as each user needs them."""
        yield from self.reader().read(cursor)

    def reader(self) -> Reader:
        """Return what reads the users; the departments are read first."""
        account = self._account
        _ = account.directories.departments
        return Reader(account.portal, USERS, account.times)

    def parse(self, row: Row) -> Sequence[Employee]:
        """Return the employee; nothing for users from outside the firm (USER_TYPE other than `employee`)."""
        if (text(row.get("USER_TYPE")) or "employee") != "employee":
            return ()
        departments = self._departments(row)
        user = str(row.get("ID"))
        return (
            Employee(
                ref=self._account.ref(row.get("ID")),
                name=" ".join(part for field in _NAMES if (part := text(row.get(field)))) or user,
                email=text(row.get("EMAIL")),
                phones=_phones(row),
                active=flag(row.get("ACTIVE")) is not False,
                role=self._role(row, user, departments),
                head=self._head(user, departments),
                department=departments[0].name if departments else None,
                active_from=day(row, "UF_EMPLOYMENT_DATE") or day(row, "DATE_REGISTER"),
                raw=dict(row),
            ),
        )

    def _departments(self, row: Row) -> list[Department]:
        """Return the user's first department and those above it, the nearest first."""
        known = self._account.directories.departments
        step = next((str(each) for each in as_list(row.get("UF_DEPARTMENT")) if str(each) in known), None)
        chain: list[Department] = []
        while step in known and len(chain) < _LEVELS:
            chain.append(known[step])
            step = known[step].parent
        return chain

    def _head(self, user: str, departments: Sequence[Department]) -> str | None:
        """Return the head of the nearest department that somebody else heads."""
        return next((each.head for each in departments if each.head and each.head != user), None)

    def _role(self, row: Row, user: str, departments: Sequence[Department]) -> Role | None:
        """Return the role set for the position, else for the nearest department, whose own head is a head."""
        roles = {name.casefold(): role for name, role in self._account.config.roles.items()}
        position = (text(row.get("WORK_POSITION")) or "").casefold()
        if position in roles:
            return roles[position]
        role = next(
            (roles[each.name.casefold()] for each in departments if each.name.casefold() in roles), None
        )
        heads = any(each.head == user for each in departments)
        return "head" if heads and (role is None or role in _BELOW_HEAD) else role


def _phones(row: Mapping[str, Any]) -> tuple[str, ...]:
    found = (text(row.get(field)) for field in _PHONES)
    return tuple(dict.fromkeys(identifiers.phone(value) or value for value in found if value))
