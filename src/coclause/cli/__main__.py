"""`python -m coclause.cli`, as the supervisor calls its own commands."""

import sys

from coclause.cli import main

sys.exit(main())
