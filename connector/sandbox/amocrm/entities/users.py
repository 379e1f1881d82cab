"""Users with their groups and roles: the employees, their departments and their parts in the firm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.sandbox.amocrm.records import Entity, Record

if TYPE_CHECKING:
    from connector.sandbox.amocrm.account import Account

DEFAULT_GROUP = "Отдел продаж"
"""Group 0, which every account has (documented)."""
POSITIONS = {
    "director": "Директор по продажам",
    "head": "Руководитель отдела продаж",
    "kam": "Менеджер по ключевым клиентам",
    "skam": "Старший менеджер по ключевым клиентам",
    "seller": "Менеджер по продажам",
    "telesales": "Специалист по телефонным продажам",
    "assistant": "Ассистент отдела продаж",
    "other": "Специалист",
}
"""A neutral part in the firm -> the name of its role in the account."""
ALL, OWN_GROUP, OWN, DENIED = "A", "G", "M", "D"
ENTITIES = ("leads", "contacts", "companies")
KINDS = ("view", "edit", "add", "delete", "export")


class Users(Entity):
    """The employees of the firm; whoever has the part `director` is an administrator."""

    def __init__(self, account: Account) -> None:
        super().__init__("users", "user")
        self._account = account
        self.load(Record(number, row) for number, row in account.truth.rows["employees"].items())
        cells = (row["department"] for row in account.truth.all("employees"))
        self.groups = {DEFAULT_GROUP: 0}
        for name in dict.fromkeys(filter(None, cells)):
            self.group_number(name)
        self.roles = {name: place for place, name in enumerate(POSITIONS.values(), 1)}

    def group_number(self, name: str) -> int:
        """Return the number of a department's group, a new one if there is none; no name is group 0."""
        return self.groups.setdefault(name or DEFAULT_GROUP, len(self.groups))

    def group_of(self, user: int) -> int:
        """Return the group of a user, 0 for the robot and for unknown ones."""
        record = self.records.get(user)
        return self.group_number(record.row["department"]) if record else 0

    def is_admin(self, user: int) -> bool:
        """Tell whether a user is an administrator; in an account without users whoever asks is one."""
        record = self.records.get(user)
        if not self.records:
            return True
        return record is not None and (record.row["role"] == "director" or self._only(user))

    def may_be_named(self, user: Any) -> bool:
        """Tell whether a card may be given to a user: the robot, or an active one."""
        if user == 0:
            return True
        record = self.records.get(user) if isinstance(user, int) else None
        return record is not None and record.row["active"] != "0"

    def shown(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        """Show a user; `role`, `group`, `uuid`, `phone_number` and the like come when they are asked for."""
        row = record.row
        shown: dict[str, Any] = {
            "id": record.id,
            "name": row["name"],
            "email": row["email"] or None,
            "lang": "ru",
            "rights": self._rights(record),
        }
        if "phone_number" in wanted:
            shown["phone_number"] = row["phones"].split("|")[0] or None
        for name in ("uuid", "amojo_id"):
            if name in wanted:
                shown[name] = f"00000000-0000-4000-8000-{record.id:012d}"
        if "user_rank" in wanted:
            shown["user_rank"] = None
        shown["_links"] = {"self": {"href": f"{base}/users/{record.id}"}}
        embedded = self._embedded(record, wanted, base)
        return shown | ({"_embedded": embedded} if embedded else {})

    def role(self, record: Record) -> str:
        """Return the name of a user's role."""
        return POSITIONS.get(record.row["role"], POSITIONS["other"])

    def _only(self, user: int) -> bool:
        """Somebody must be an administrator: the first user where there is no director."""
        directors = (record.row["role"] == "director" for record in self.records.values())
        return user == min(self.records) and not any(directors)

    def _rights(self, record: Record) -> dict[str, Any]:
        view = {name: self._account.sight.scope(record.id, name) for name in ENTITIES}
        rights: dict[str, Any] = {
            name: {kind: view[name] if kind == "view" else ALL for kind in KINDS} for name in ENTITIES
        }
        return {
            **rights,
            "tasks": {"edit": ALL, "delete": ALL},
            "mail_access": True,
            "catalog_access": True,
            "status_rights": None,
            "is_admin": self.is_admin(record.id),
            "is_free": False,
            "is_active": record.row["active"] != "0",
            "group_id": self.group_of(record.id) or None,
            "role_id": self.roles[self.role(record)],
        }

    def _embedded(self, record: Record, wanted: frozenset[str], base: str) -> dict[str, Any]:
        embedded: dict[str, Any] = {}
        if "role" in wanted:
            name = self.role(record)
            link = {"self": {"href": f"{base}/roles/{self.roles[name]}"}}
            embedded["roles"] = [{"id": self.roles[name], "name": name, "_links": link}]
        if "group" in wanted:
            name = record.row["department"] or DEFAULT_GROUP
            embedded["groups"] = [{"id": self.groups[name], "name": name}]
        return embedded
