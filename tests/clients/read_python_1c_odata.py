"""Reads a publication with python-1c-odata; runs in the client's own environment: SERVER FORMAT -> JSON."""

import asyncio
import json
import sys

from python_1c_odata import AccumulationRegister, Catalog, Document, Infobase


async def main(server: str, form: str) -> None:
    async with Infobase(server, "base", "Администратор", "sandbox", format=form) as base:
        read = {}
        for kind, name, title in (
            (Catalog, "Партнеры", "Description"),
            (Document, "ТелефонныйЗвонок", "Тема"),
        ):
            entity = kind(base, name)
            rows = entity.iterate(page_size=100, extra={"$orderby": "Ref_Key"})
            read[name] = [[row["Ref_Key"], row[title]] async for row in rows]
            read[f"{name} count"] = await entity.count()
        turnovers = await AccumulationRegister(base, "ВыручкаИСебестоимостьПродаж").turnovers(
            start_period="2026-09-01T00:00:00", end_period="2026-09-30T23:59:59"
        )
        read["turnovers"] = [row["СуммаВыручкиTurnover"] for row in turnovers["value"]]
        json.dump(read, sys.stdout)


asyncio.run(main(*sys.argv[1:]))
