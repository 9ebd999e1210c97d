"""The ground floor: what the ASGI specification says, and nothing of ours."""
