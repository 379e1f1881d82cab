"""Writes to a publication with python-1c-odata: SERVER FORMAT CLIENT OWNER -> JSON of what came back."""

import asyncio
import json
import sys

from python_1c_odata import Catalog, Document, Infobase, PostingMode, Task


async def main(server: str, form: str, client: str, owner: str) -> None:
    async with Infobase(server, "base", "Администратор", "sandbox", format=form) as base:
        tasks = Task(base, "ЗадачаИсполнителя")
        task = await tasks.create(
            {"Description": "Связаться", "Предмет": client, "Предмет_Type": "StandardODATA.Catalog_Партнеры"}
        )
        await tasks.execute(task["Ref_Key"])
        done = await tasks.get(task["Ref_Key"])
        partners = Catalog(base, "Партнеры")
        card = await partners.get(client)
        moved = await partners.edit(client, {"ОсновнойМенеджер_Key": owner}, if_match=card["DataVersion"])
        calls = Document(base, "ТелефонныйЗвонок")
        call = await calls.create(
            {"Тема": "Звонок", "Date": "2026-10-01T10:00:00"}, posting_mode=PostingMode.POST
        )
        posted = await calls.get(call["Ref_Key"])
        await calls.delete(call["Ref_Key"])
        left = await calls.count()
    written = {
        "executed": str(done["Executed"]).lower(),
        "owner": moved["ОсновнойМенеджер_Key"],
        "version": moved["DataVersion"],
    }
    json.dump(
        written | {"posted": str(posted["Posted"]).lower(), "left": left, "task": task["Ref_Key"]}, sys.stdout
    )


asyncio.run(main(*sys.argv[1:]))
