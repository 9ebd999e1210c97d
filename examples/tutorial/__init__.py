"""The application that the tutorial builds: an echo, reports behind a token, and a page."""
