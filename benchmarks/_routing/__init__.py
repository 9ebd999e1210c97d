"""Tables of routes, the paths that are looked up in them, and the routers of the peers."""
