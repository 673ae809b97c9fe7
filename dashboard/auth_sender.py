"""Where a request comes from, for limits alone: the answer is held in memory and written nowhere."""

from starlette.requests import Request

from collector.address import client_address
from dashboard.context import dashboard_of


def sender_of(request: Request) -> str:
    """The client's address, through trusted proxies."""
    peer = request.client.host if request.client else ""
    return client_address(peer, request.headers.raw, dashboard_of(request).settings.trusted_networks)
