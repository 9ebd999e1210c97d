"""What anyws costs, side by side with its peers: `python -m benchmarks.http`, for example."""
