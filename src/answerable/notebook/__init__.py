"""The door for notebooks and scripts: `answerable.read` and `answerable.examine`, with typed results.

Nothing is decided here; a result is the one that `answerable examine` gives.
"""

from answerable.notebook.results import Calls, Result
from answerable.notebook.verbs import examine, read

__all__ = ["Calls", "Result", "examine", "read"]
