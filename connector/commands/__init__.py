"""The command line: a table of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from typing import Any, NoReturn

import click

from connector.errors import ConnectorError, ExitCode

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("connector.commands.init", "Write plugins.toml, .env.example and a policy for every rule."),
    "doctor": (
        "connector.commands.doctor",
        "Check everything from Python to write rights; every failure has its fix.",
    ),
    "pull": ("connector.commands.pull", "Read what is new from every source into the store."),
    "decide": ("connector.commands.decide", "Judge by the policies; writes nothing anywhere."),
    "policy": (
        "connector.commands.policy",
        "Check the policies; write the page that tells of them.",
    ),
    "plan": ("connector.commands.plan", "Show what would be written to the CRMs, and why."),
    "apply": ("connector.commands.apply", "Send an approved plan: each change once, or not at all."),
    "run": ("connector.commands.run", "Pull, decide, plan and send what may be sent: for a schedule."),
    "assign": (
        "connector.commands.assign",
        "Make a plan of the head's own list of clients and new owners.",
    ),
    "handover": (
        "connector.commands.handover",
        "Make a plan that gives all clients of somebody who leaves to others.",
    ),
    "undo": ("connector.commands.undo", "Take back what a run wrote, except what people changed since."),
    "explain": (
        "connector.commands.explain",
        "Explain one client, or one task of ours by the key in its text.",
    ),
    "link": ("connector.commands.link", "Say that two records of clients are one client."),
    "unlink": ("connector.commands.unlink", "Say that a record is a client of its own."),
    "links": (
        "connector.commands.links",
        "Show which records are one client, why, how much is linked, and what is not.",
    ),
    "backtest": (
        "connector.commands.backtest",
        "Play a policy back over past months: who would have lost clients.",
    ),
    "whatif": ("connector.commands.whatif", "Show what another value of a parameter would change."),
    "fairness": (
        "connector.commands.fairness",
        "Show how even bases and withdrawals are, before and after the moves.",
    ),
    "changes": (
        "connector.commands.changes",
        "List, show, export and adopt the changes that were ever planned.",
    ),
    "pause": ("connector.commands.pause", "Send nothing until a time or `resume`; pulls go on."),
    "resume": ("connector.commands.resume", "Let the sending go on after a pause."),
    "backup": ("connector.commands.backup", "Copy the store into one file while others work on it."),
    "rejected": (
        "connector.commands.rejected",
        "List, show and try again the rows that could not be read.",
    ),
    "runs": ("connector.commands.runs", "List past runs, or show one with its numbers."),
    "status": ("connector.commands.status", "Show how fresh each source is and what waits to be sent."),
    "plugins": ("connector.commands.plugins", "List the connectors and what is wrong with broken ones."),
    "new-plugin": (
        "connector.commands.new_plugin",
        "Write a package that connects one more CRM, tests included.",
    ),
    "record": (
        "connector.commands.record",
        "Write down rows of a live account for tests, without people's data.",
    ),
    "onec": (
        "connector.commands.onec",
        "For 1C: find what an unknown configuration holds, print the composition to set.",
    ),
    "schema": ("connector.commands.schema", "Print the JSON schema of plugins.toml for your editor."),
    "sandbox": (
        "connector.commands.sandbox",
        "Serve a stand-in of a CRM on this machine, to rehearse against.",
    ),
    "demo": ("connector.commands.demo", "Run the whole job on a stand-in CRM; needs no account."),
}
"""Name -> the module that holds `command`, and its line in the help."""

EXIT_CODES: dict[ExitCode, str] = {
    ExitCode.FINE: "fine",
    ExitCode.FAILED: "failed",
    ExitCode.CHANGES_PENDING: "changes pending (only from `plan`)",
    ExitCode.PARTIAL: "partial: something was left out, the output says what",
    ExitCode.CONFIGURATION: "configuration, policy or usage error",
    ExitCode.LOCKED: "another run holds the store",
    ExitCode.INTERRUPTED: "stopped by Ctrl+C",
    ExitCode.TERMINATED: "stopped by SIGTERM",
}


class Commands(click.Group):
    """A group that lists its commands from the table and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the main job."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its command; None if there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]} holds no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), text) for code, text in EXIT_CODES.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="crm-policy-connector", prog_name="connector")
def cli() -> None:
    """Sales policy on top of Bitrix24, amoCRM and 1C.

    Pulls clients, contacts and deals, finds who got fewer contacts than owed, shows a plan with reasons, and
    writes tasks and fields back exactly once. Example: connector demo
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with an exit code; a failure is one line unless `--debug` is given."""
    _utf8(sys.stdout, sys.stderr)
    given = sys.argv[1:] if arguments is None else arguments
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminated)
    try:
        code = cli.main(args=given, prog_name="connector", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("connector: stopped", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.CONFIGURATION)
    except ConnectorError as error:
        click.echo(f"connector: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAILED)
    sys.exit(code if isinstance(code, int) else ExitCode.FINE)


def _terminated(_number: int, _frame: object) -> NoReturn:
    """End as after Ctrl+C: the transaction under way is rolled back, the lock given back, the run closed."""
    click.echo("connector: stopped by SIGTERM", err=True)
    sys.exit(ExitCode.TERMINATED)


def _utf8(*streams: Any) -> None:
    """Make Russian text printable where the console's own encoding is not UTF-8 (Windows, cron)."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
