"""Reads a set with python-1c-odata, in the client's environment: URL STREAM -> figures on stdout.

By its `iterate`, with the order and the columns that it leaves to whoever calls it; partners with their
counterparties, as our stream of clients reads both.
"""

import asyncio
import sys
from urllib.parse import urlsplit

from figures import Watch
from python_1c_odata import Catalog, Document, Infobase

PARTNERS = (
    "Ref_Key,DataVersion,DeletionMark,Клиент,Description,ЮрФизЛицо,ОсновнойМенеджер_Key,БизнесРегион_Key,"
    "ДатаРегистрации,КонтактнаяИнформация"
)
LEGAL = "Ref_Key,DeletionMark,Партнер_Key,ИНН,КПП,Code"
CALLS = (
    "Ref_Key,DataVersion,DeletionMark,Date,Рассмотрено,Входящий,АбонентКонтакт,АбонентКонтакт_Type,Предмет,"
    "Предмет_Type,Ответственный_Key,Тема,Описание,РассмотретьПосле"
)
SETS = {
    "clients": ((Catalog, "Партнеры", PARTNERS), (Catalog, "Контрагенты", LEGAL)),
    "calls": ((Document, "ТелефонныйЗвонок", CALLS),),
}


async def main(url, stream):
    watch, ids = Watch(), []
    host = urlsplit(url)
    async with Infobase(f"{host.scheme}://{host.netloc}", "base", "Администратор", "sandbox") as base:
        for kind, name, columns in SETS[stream]:
            ids.append(set())
            pages = kind(base, name).iterate(
                page_size=1000, extra={"$orderby": "Ref_Key", "$select": columns}
            )
            async for row in pages:
                ids[-1].add(row["Ref_Key"])
    watch.tell(rows=len(ids[0]))


asyncio.run(main(*sys.argv[1:]))
