"""Where sounds lie and how to move among them: numpy alone, no torch, no audio."""
