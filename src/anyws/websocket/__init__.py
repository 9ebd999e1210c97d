"""One WebSocket connection: its state, its reader, its sender, and the session around them."""
