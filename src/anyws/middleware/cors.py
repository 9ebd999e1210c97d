"""Cross-origin requests: which web pages may read the responses (Fetch standard, section 3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, cast

from anyws._origins import ANY, read_header_names, read_origins
from anyws.headers import is_token

if TYPE_CHECKING:
    from anyws.http.request import Request
    from anyws.http.response import Response

_ALLOW_ORIGIN: Final = "Access-Control-Allow-Origin"
# Seconds for which a browser need not ask again; browsers have lower limits of their own.
_MAX_AGE: Final = "86400"


class CORSMiddleware:
    """Tells browsers which origins may read the responses, and answers their preflight requests.

    `allow_origins` is one origin or several, as a browser writes them ('https://example.com',
    'http://localhost:3000'), or '*' for any. `expose_headers` are the names of response headers
    that scripts may read besides the few that they always may; a str may hold several, with
    commas. `allow_credentials` are those origins, or '*' for all that are allowed, whose requests
    may carry cookies and the like: any page of such an origin then acts as the user does.

    A preflight is answered with the methods of the resource's Allow header, or else with the one
    that was asked for; it carries no credentials, so authentication has to let OPTIONS pass.
    `Access-Control-Allow-Origin` is left as it is where a responder has set it. WebSockets are
    not concerned.

    Raises `ValueError` for what is no origin or no header's name, and for an origin that has
    credentials allowed and nothing else.
    """

    def __init__(
        self,
        allow_origins: str | Iterable[str] = ANY,
        expose_headers: str | Iterable[str] | None = None,
        allow_credentials: str | Iterable[str] | None = None,
    ) -> None:
        self._origins = read_origins("allow_origins", allow_origins)
        self._exposed = read_header_names("expose_headers", expose_headers)
        self._credentials = read_origins("allow_credentials", allow_credentials)
        if not self._credentials <= self._origins:
            raise ValueError(
                f"allow_credentials={allow_credentials!r} has origins that allow_origins has not: "
                "add them there"
            )

    async def process_response(
        self, req: Request, resp: Response, resource: object, req_succeeded: bool
    ) -> None:
        """Add the headers that a browser looks for."""
        if not self._origins.any or self._credentials:
            # Also where there is none: a cache must not give that to those who have one.
            _vary_by_origin(resp)
        origin = req.get_header("Origin")
        if origin is None or origin not in self._origins:
            return
        if resp.get_header(_ALLOW_ORIGIN) is None:
            self._allow(origin, resp)
        if self._exposed:
            resp.set_header("Access-Control-Expose-Headers", self._exposed)
        method = req.get_header("Access-Control-Request-Method")
        if req.method == "OPTIONS" and method is not None and is_token(method):
            _answer_preflight(method, req, resp)

    def _allow(self, origin: str, resp: Response) -> None:
        if origin in self._credentials:
            resp.set_header(_ALLOW_ORIGIN, origin)
            resp.set_header("Access-Control-Allow-Credentials", "true")
        else:
            resp.set_header(_ALLOW_ORIGIN, ANY if self._origins.any else origin)


def without_cors(middleware: object) -> tuple[object, ...]:
    """Give the components of an application that has `cors_enable=True`.

    `middleware` is one component, several, or None. Raises `ValueError` if a `CORSMiddleware` is
    among them.
    """
    if middleware is None:
        return ()
    several = isinstance(middleware, Iterable)
    components = tuple(cast("Iterable[object]", middleware)) if several else (middleware,)
    if any(isinstance(component, CORSMiddleware) for component in components):
        raise ValueError(
            "cors_enable=True stands for a CORSMiddleware() of its own: leave it out where you "
            "add one"
        )
    return components


def _vary_by_origin(resp: Response) -> None:
    fields = (resp.get_header("Vary") or "").lower()
    if not {"origin", "*"}.intersection(field.strip() for field in fields.split(",")):
        resp.append_header("Vary", "Origin")


def _answer_preflight(method: str, req: Request, resp: Response) -> None:
    """Say what the request may be that the browser asks about. An error is left as it is."""
    methods = resp.get_header("Allow")
    if methods is not None and resp.status_code == 405:
        # What has methods but no OPTIONS: files, for example.
        resp.status = 204
        resp.delete_header("Content-Type")
    if resp.status_code >= 300:
        return
    headers = req.get_header("Access-Control-Request-Headers")
    resp.set_header("Access-Control-Allow-Methods", method if methods is None else methods)
    resp.set_header("Access-Control-Allow-Headers", ANY if headers is None else headers)
    resp.set_header("Access-Control-Max-Age", _MAX_AGE)
