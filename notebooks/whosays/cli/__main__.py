"""``python -m whosays.cli`` is the same as ``whosays``."""

import sys

from whosays.cli import main

sys.exit(main())
