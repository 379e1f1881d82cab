"""Lists companies by our reader alone, as other clients do: `python -m benchmarks.list_ours URL FIELD...`.

The same select and nothing else: no requisites, no parsing, no store. Rows are counted page by page.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.figures import Watch
from connector.http.bucket import Bucket
from connector.http.client import Http
from connector.plugins.base import Cursor
from connector.plugins.bitrix24.answers import judge
from connector.plugins.bitrix24.listing import Listing
from connector.plugins.bitrix24.portal import Portal
from connector.plugins.bitrix24.reading import Reader
from connector.plugins.bitrix24.settings import Bitrix24Config
from connector.plugins.bitrix24.timefilter import TimeFilters


def main() -> None:
    """Measure from the first request to the last row."""
    url, fields = sys.argv[1], sys.argv[2:]
    config = Bitrix24Config(name="portal", plugin="bitrix24", webhook_url=url)
    limit = config.limit()
    assert limit is not None
    with tempfile.TemporaryDirectory() as folder:
        bucket = Bucket(Path(folder) / "rate", limit.key, limit.rate, limit.burst)
        with Http(urlsplit(url).hostname or "", bucket=bucket, may_write=False) as http:
            http.base_url, http.judge = url, judge
            portal = Portal(http)
            listing = Listing("crm.company.list", fields)
            watch, ids = Watch(), set()
            for page in Reader(portal, listing, TimeFilters(portal, [])).read(Cursor()):
                ids.update(row["ID"] for row in page.rows)
            watch.tell(rows=len(ids))
        bucket.close()


if __name__ == "__main__":
    main()
