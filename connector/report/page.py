"""Builds self-contained HTML pages: every text is escaped, nothing is loaded from elsewhere, no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """\
body { font: 14px/1.45 "Segoe UI", Roboto, Arial, sans-serif; color: #1a1a1a;
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
p { margin: .2rem 0; } .quiet { color: #555; }
table { border-collapse: collapse; width: 100%; margin: .3rem 0; }
th, td { border: 1px solid #bbb; padding: .25rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: break-word; }
th { background: #eee; } tr.yes td { background: #eef8ee; } tr.no td { background: #fdf1ee; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } thead { display: table-header-group; } @page { size: A4; margin: 15mm; } }
"""


class Html(str):
    """Text that is HTML already; any other text is escaped before it joins."""

    __slots__ = ()


def element(name: str, *inside: str, mark: str = "") -> Html:
    """Return an element; what is inside is escaped unless it is Html. `mark` is its class."""
    attribute = f' class="{escape(mark)}"' if mark else ""
    return Html(f"<{name}{attribute}>{''.join(map(safe, inside))}</{name}>")


def safe(text: str) -> Html:
    """Return the text as HTML."""
    return text if isinstance(text, Html) else Html(escape(text))


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], marks: Sequence[str] = ()) -> Html:
    """Return a table under its titles; `marks` are the classes of the rows, if any."""
    head = element("thead", element("tr", *(element("th", title) for title in titles)))
    body = [
        element("tr", *(element("td", cell) for cell in row), mark=marks[number] if marks else "")
        for number, row in enumerate(rows)
    ]
    return element("table", head, element("tbody", *body))


def page(title: str, language: str, *parts: Html) -> str:
    """Return the whole page; the policy in its head forbids the browser to load or run anything."""
    head = (
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>"
    )
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n{head}\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )
