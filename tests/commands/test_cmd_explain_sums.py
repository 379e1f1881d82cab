"""What `explain` counts is what `decide` decided, for every client of a made-up firm."""

from __future__ import annotations

from conftest import Project

from connector.sandbox.server import Sandbox

from .shared import AS_OF


def test_the_counted_contacts_are_the_decisions_number_for_every_client(
    pulled: Project, still: Sandbox
) -> None:
    judged = pulled("decide", "--as-of", AS_OF, "--policy", "contact-norm", "--format", "jsonl").lines
    done = {(one["subject"], one["employee"], one["period"]): one["numbers"]["done"] for one in judged}
    told = {}
    for client in still.state("company")["company"]["clients"]:
        document = pulled("explain", f"portal:{client['id']}", "--as-of", AS_OF, "--format", "json").json
        for month in document["contacts"]:
            counted = [event for event in month["events"] if event["counted"]]
            told[f"client:{client['id']}", month["employee"], month["period"]] = len(counted)
            assert month["done"] == len(counted)
    assert told == done
    assert sum(done.values()) > 0, "control: something was counted"
