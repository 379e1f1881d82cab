"""Any rule may be the first to load Polars: a processor too old for it must get a line, not a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

OLD = '''
import warnings
warnings.warn("""Missing required CPU features.

The following required CPU features were not detected:
    avx2
""", RuntimeWarning, stacklevel=1)
print("loaded all the same")
'''


def test_an_old_processor_is_told_before_polars_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "polars.py").write_text(OLD, encoding="utf-8")
    code = (
        "from connector.errors import ConnectorError\n"
        "try: import connector.rules.decision\n"
        "except ConnectorError as error: print(error.message)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("this processor lacks avx2, which Polars needs\n", "")
