"""What the interface refuses: a status, 1C's own code and a text, or a page of the web server instead."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

METADATA_NS = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
INCOMPARABLE = (
    "{(3, 23)}: Неверные параметры в операции сравнения. "
    "Нельзя сравнивать поля неограниченной длины и поля несовместимых типов."
)
NOT_IN_WHERE = 'Операция не разрешена в предложении "ГДЕ"'
NO_MEMORY = "Недостаточно памяти для получения результата запроса к базе данных"
HANDLER = "Ошибка при выполнении обработчика - 'ПередЗаписью'"
FORBIDDEN = "Метод HTTP запрещен для данного ресурса"
NO_RIGHTS = "Нарушение прав доступа!"
NO_LICENCE = "Не обнаружено свободной лицензии! Не найдена лицензия"


class ODataError(Exception):
    """A refusal in 1C's own form; codes are those of the platform's documentation, -1 an unhandled error."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text

    def json(self) -> dict[str, Any]:
        """Return the body a client gets that asked for JSON."""
        return {"odata.error": {"code": str(self.code), "message": {"lang": "ru", "value": self.text}}}

    def xml(self) -> str:
        """Return the body a client gets that did not ask for JSON."""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><m:error xmlns:m="{METADATA_NS}">'
            f"<m:code>{self.code}</m:code>"
            f'<m:message xml:lang="ru">{escape(self.text)}</m:message></m:error>'
        )


class PageError(Exception):
    """A refusal as an HTML page: IIS, or the application server's last words."""

    def __init__(self, status: int, html: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(html)
        self.status, self.html, self.headers = status, html, headers or {}


def unknown_set(name: str) -> ODataError:
    """Say that the composition has no such entity set."""
    return ODataError(404, 8, f"Сущность '{name}' не найдена")


def no_instance() -> ODataError:
    """Say that there is no object with the key."""
    return ODataError(404, 9, "Экземпляр сущности не найден")


def unknown_segment(name: str) -> ODataError:
    """Say that a path names no field, navigation or method."""
    return ODataError(400, 6, f"Сегмент пути {name} не найден!")


def bad_option(option: str) -> ODataError:
    """Say that a query option cannot be parsed."""
    return ODataError(400, 14, f"Ошибка при разборе опции запроса {option}")


def bad_literal(text: str, kind: str) -> ODataError:
    """Say that a value is none of its type."""
    return ODataError(400, 1, f"Не удалось разобрать строку '{text}' как значение типа {kind}!")


def unhandled(text: str) -> ODataError:
    """Say that something on the server failed, which may as well be a refusal of the business logic."""
    return ODataError(500, -1, text)
