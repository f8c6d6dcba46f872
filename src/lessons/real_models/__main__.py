"""``python -m lessons.real_models``."""

import sys

from lessons.real_models.command import main

if __name__ == "__main__":
    sys.exit(main())
