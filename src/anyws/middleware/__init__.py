"""What stands around responders: hooks, and components for every exchange."""
