"""`python -m anyws` is the command `anyws`."""

from __future__ import annotations

import sys

from anyws.cli import main

if __name__ == "__main__":
    sys.exit(main())
