"""``python -m lessons.serving``."""

import sys

from lessons.serving.command import main

if __name__ == "__main__":
    sys.exit(main())
