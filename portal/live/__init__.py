"""The live gateway: what happened is told to open pages. It knows nothing of events or people."""
