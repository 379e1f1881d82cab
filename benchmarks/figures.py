"""What a reader says of its own run: time, processor time, peak memory. Needs nothing but Python.

Runs in the environments of other clients too, so it imports nothing of ours.
"""

import json
import resource
import sys
import time

UNIT = 1024 if sys.platform != "darwin" else 1024 * 1024
"""`ru_maxrss` counts kibibytes, on macOS bytes."""


class Watch:
    """Measures from its making on; `tell` prints one line of JSON."""

    def __init__(self):
        self._begun, self._busy = time.monotonic(), time.process_time()

    def tell(self, **more):
        """Print the figures and `more`."""
        figures = {
            "seconds": time.monotonic() - self._begun,
            "cpu": time.process_time() - self._busy,
            "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT,
            **more,
        }
        sys.stdout.write(json.dumps(figures) + "\n")
