"""What people write in a cell for each word of the model: lower case, without ё, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]

ROLES: Words = {
    "director": "director", "коммерческий директор": "director", "директор": "director",
    "head": "head", "руководитель": "head", "руководитель направления": "head",
    "kam": "kam", "менеджер ключевых клиентов": "kam",
    "skam": "skam", "старший менеджер ключевых клиентов": "skam",
    "seller": "seller", "продавец": "seller", "менеджер": "seller", "менеджер по продажам": "seller",
    "telesales": "telesales", "телемаркетолог": "telesales", "телепродажи": "telesales",
    "assistant": "assistant", "ассистент": "assistant", "помощник": "assistant",
    "chief": "chief", "генеральный директор": "chief", "собственник": "chief",
    "other": "other", "другое": "other",
}  # fmt: skip
KINDS: Words = {
    "call": "call", "звонок": "call", "телефонный звонок": "call",
    "meeting": "meeting", "встреча": "meeting", "личная встреча": "meeting",
    "email": "email", "письмо": "email", "электронное письмо": "email",
    "message": "message", "сообщение": "message", "task": "task", "задача": "task",
    "other": "other", "другое": "other", "прочее": "other",
}  # fmt: skip
STATUSES: Words = {
    "planned": "planned", "запланировано": "planned", "запланирован": "planned",
    "completed": "completed", "завершено": "completed", "выполнено": "completed", "состоялось": "completed",
    "cancelled": "cancelled", "отменено": "cancelled",
}  # fmt: skip
STAGES: Words = {
    "open": "open", "в работе": "open", "открыта": "open",
    "won": "won", "выиграна": "won", "успех": "won", "lost": "lost", "проиграна": "lost", "отказ": "lost",
}  # fmt: skip
STATES: Words = {
    "active": "active", "активный": "active", "действующий": "active",
    "closed": "closed", "закрыт": "closed", "blacklisted": "blacklisted", "черный список": "blacklisted",
}  # fmt: skip
CLIENT_KINDS: Words = {
    "company": "company", "компания": "company", "организация": "company", "юрлицо": "company",
    "юридическое лицо": "company", "person": "person", "человек": "person", "физлицо": "person",
    "физическое лицо": "person",
}  # fmt: skip
DIRECTIONS: Words = {
    "in": "in", "входящий": "in", "входящее": "in", "out": "out", "исходящий": "out", "исходящее": "out",
}  # fmt: skip
# Cyrillic letters that look like the Latin ones are what people type
CLASSES: Words = {"a": "A", "b": "B", "c": "C", "а": "A", "в": "B", "с": "C"}
ANSWERS: Words = {
    "yes": "yes", "да": "yes", "1": "yes", "partly": "partly", "частично": "partly",
    "no": "no", "нет": "no", "0": "no", "unknown": "unknown", "не известно": "unknown",
    "неизвестно": "unknown",
}  # fmt: skip
