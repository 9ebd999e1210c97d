"""The commands that look at an application instead of serving it: `routes` and `check`."""
