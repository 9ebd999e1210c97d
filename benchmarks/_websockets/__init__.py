"""The same conversations over WebSockets, written with each of the peers, and a server for them."""
