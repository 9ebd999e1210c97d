"""The HTTP methods of the conductor, each by its name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Unpack

    from anyws.testing.requests import RequestArguments
    from anyws.testing.result import Result
    from anyws.testing.streams import StreamedResult


class HTTPVerbs(ABC):
    """What can be done with a way to send requests."""

    @abstractmethod
    async def simulate_request(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a request, and wait until the application has answered it and returned."""

    @abstractmethod
    def simulate_stream(
        self, method: str = "GET", path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> StreamedResult:
        """Send a request, and read the response while it comes."""

    async def simulate_get(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a GET request. As `simulate_request`."""
        return await self.simulate_request("GET", path, **arguments)

    async def simulate_head(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a HEAD request. As `simulate_request`; the result has what body was sent."""
        return await self.simulate_request("HEAD", path, **arguments)

    async def simulate_post(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a POST request. As `simulate_request`."""
        return await self.simulate_request("POST", path, **arguments)

    async def simulate_put(self, path: str = "/", **arguments: Unpack[RequestArguments]) -> Result:
        """Send a PUT request. As `simulate_request`."""
        return await self.simulate_request("PUT", path, **arguments)

    async def simulate_patch(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a PATCH request. As `simulate_request`."""
        return await self.simulate_request("PATCH", path, **arguments)

    async def simulate_delete(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send a DELETE request. As `simulate_request`."""
        return await self.simulate_request("DELETE", path, **arguments)

    async def simulate_options(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> Result:
        """Send an OPTIONS request. As `simulate_request`."""
        return await self.simulate_request("OPTIONS", path, **arguments)

    def simulate_get_stream(
        self, path: str = "/", **arguments: Unpack[RequestArguments]
    ) -> StreamedResult:
        """Send a GET request, and read the response while it comes. As `simulate_stream`."""
        return self.simulate_stream("GET", path, **arguments)
