"""The third CRM of `connector demo`: a base of 1C with the sales, from which the classes come."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from connector.commands.demosecond import replace_line
from connector.commands.init import write_source
from connector.commands.scaffold import toml_value, variable
from connector.config import CONFIG_NAME
from connector.sandbox.server import Sandbox
from connector.sync.outcome import Sent

SOURCE, PLUGIN = "base", "onec"
LOGIN, PASSWORD = "Администратор", "sandbox"
"""Of the stand-in, known to everybody."""
WRITE = ("owner",)


def write_third(folder: Path, url: str) -> None:
    """Add the base to the project: it gives the sales and gets the owners, as it holds who a client's is."""
    write_source(folder, SOURCE, PLUGIN, {"url": url})
    replace_line(folder / CONFIG_NAME, r'^login = ""', f"login = {toml_value(LOGIN)}")
    replace_line(folder / CONFIG_NAME, r"^# write = .*$", f"write = {toml_value(WRITE)}")
    with (folder / ".env").open("a", encoding="utf-8") as environment:
        environment.write(f"{variable(SOURCE, 'password')}={PASSWORD}\n")


def written(third: Sandbox, sent: Iterable[Sent]) -> dict[str, int]:
    """Count owners that were written to the base; `wanted` is how many changes were sent."""
    wanted = sum(one.change.source == SOURCE and one.state != "skipped" for one in sent)
    return {"owners": len(third.state("writes")["writes"]), "wanted": wanted}
