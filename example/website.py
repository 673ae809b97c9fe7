"""The example website as an application: its pages from memory, under a strict content security policy."""

import mimetypes
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

PAGES = Path(__file__).parent / "pages"
COLLECTOR = "http://localhost:8000"
"""The origin that the pages as they lie in the folder take the tag from."""


def create_app(collector: str = COLLECTOR) -> Starlette:
    """The website; `collector` is the origin of the Byleave that counts for it."""
    website = Website(collector)
    return Starlette(routes=[Route("/{path:path}", website.answer)])


class Website:
    """Every file of the folder, read once; `bread/index.html` answers for `/bread/`."""

    def __init__(self, collector: str) -> None:
        self._headers = {"content-security-policy": policy(collector), "cache-control": "no-cache"}
        self._files: dict[str, tuple[bytes, str]] = {}
        for path in sorted(PAGES.rglob("*")):
            if path.is_file():
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                body = path.read_bytes()
                if path.suffix == ".html":
                    body = body.replace(COLLECTOR.encode(), collector.encode())
                self._files[path.relative_to(PAGES).as_posix().removesuffix("index.html")] = body, kind

    async def answer(self, request: Request) -> Response:
        """One file, a redirect to the folder's page, or the page that says there is none."""
        path: str = request.path_params["path"]
        if f"{path}/" in self._files:
            return RedirectResponse(f"/{path}/", 308)
        status = 200 if path in self._files else 404
        body, kind = self._files.get(path, self._files["404.html"])
        return Response(body, status, headers=self._headers, media_type=kind)


def policy(collector: str) -> str:
    """Own styles and images, and the collector for the tag: no inline script or style, nothing from anywhere else."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            f"script-src {collector}",
            f"connect-src {collector}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
