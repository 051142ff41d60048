"""`latentaudio doctor`: looks at everything a set depends on, says what is wrong and what helps. One thread.

A folder beside the player, not part of it: it starts a player and a renderer in processes of their own, and never
imports torch itself.
"""

from latentaudio.doctor.examine import examine
from latentaudio.doctor.finding import Case, Finding

__all__ = ["Case", "Finding", "examine"]
