"""`python -m latentaudio` is the `latentaudio` command."""

import sys

from latentaudio.cli import main

sys.exit(main())
