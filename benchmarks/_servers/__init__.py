"""Real servers, each application in processes of its own, and a client that keeps them busy."""
