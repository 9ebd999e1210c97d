"""anyws: a WebSocket-first ASGI framework in which every connection is a scope."""
