"""Employees: /users, with group and role; by the settings where the token's owner may not list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector import identifiers
from connector.errors import ForbiddenError, MissingRecordError
from connector.model import Employee, Role
from connector.plugins.amocrm.account import Account
from connector.plugins.amocrm.listing import Listing
from connector.plugins.amocrm.paging import walk
from connector.plugins.amocrm.values import as_map, embedded, flag, reference, text
from connector.plugins.base import Cursor, Page, Row

USERS = Listing("users", "users", ordered=False, parameters={"with": "role,group,phone_number"})


class People:
    """The stream of employees: few enough to be read whole each time. A deleted user is not listed."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all users, those who left with them.

        Where only administrators may list them, those named in `users` of the settings; ForbiddenError where
        none is.
        """
        api, named = self._account.api, self._account.config.users
        _ = self._account.directories.account
        try:
            for page in walk(api, USERS):
                yield Page(page.rows, None, str(api.now()))
        except ForbiddenError as error:
            if not named:
                advice = 'make the token as an administrator, or name the users: users = { 504141 = "..." }'
                raise ForbiddenError(error.message, hint=advice, where=error.where) from None
            yield Page([{"id": number, "name": name} for number, name in named.items()], None, str(api.now()))

    def parse(self, row: Row) -> Sequence[Employee]:
        """Return the employee; `is_active` stands among the rights, and is true where they are not shown."""
        user, rights = str(row["id"]), as_map(row.get("rights"))
        phone = text(row.get("phone_number"))
        return (
            Employee(
                ref=self._account.ref(row["id"]),
                name=text(row.get("name")) or user,
                email=text(row.get("email")),
                phones=(identifiers.phone(phone) or phone,) if phone else (),
                active=flag(rights.get("is_active", True)) is not False,
                role=self._role(row),
                department=self._group(row),
                raw=dict(row),
            ),
        )

    def _group(self, row: Row) -> str | None:
        """Return the name of the user's group; where the row names none, by its id from the account."""
        named = next((text(one.get("name")) for one in embedded(row, "groups")), None)
        group = as_map(row.get("rights")).get("group_id")
        return named or self._account.directories.groups.get(str(group))

    def _role(self, row: Row) -> Role | None:
        """Return the role set for one of the user's roles, else for the group."""
        known = {name.casefold(): role for name, role in self._account.config.roles.items()}
        names = [text(one.get("name")) for one in embedded(row, "roles")] + [self._group(row)]
        return next((known[name.casefold()] for name in names if name and name.casefold() in known), None)


def dismissed(account: Account, employees: Sequence[str]) -> set[str]:
    """Return those of the employees who may not work any more, or were deleted.

    Raises ForbiddenError where only administrators may ask.
    """
    gone = set()
    for employee in employees:
        try:
            row: Mapping[str, Any] = as_map(account.api.get(f"users/{employee}"))
        except MissingRecordError:
            row = {}
        rights = as_map(row.get("rights"))
        if reference(row.get("id")) is None or flag(rights.get("is_active", True)) is False:
            gone.add(employee)
    return gone
