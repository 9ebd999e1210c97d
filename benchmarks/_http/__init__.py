"""The same small service, written with each of the peers."""
