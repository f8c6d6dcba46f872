"""``python -m lessons.search``."""

import sys

from lessons.search.command import main

if __name__ == "__main__":
    sys.exit(main())
