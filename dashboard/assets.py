"""The built script, stylesheet and icon, named with a hash of their bytes: browsers may keep them for a year."""

import hashlib
import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
KEPT = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class Asset:
    """One file as it is served: its bytes, type and hash."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.hash = hashlib.sha256(self.body).hexdigest()[:16]
        self.type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class Assets:
    """Every file of the static folder, read once at start: a request never touches the disk or a path of its own."""

    def __init__(self, folder: Path = FOLDER) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        self._files = {path.relative_to(folder).as_posix(): Asset(path) for path in paths}

    def url(self, name: str) -> str:
        """The address of a file, with its hash; without one while the file is not built."""
        asset = self._files.get(name)
        return f"/static/{name}?v={asset.hash}" if asset else f"/static/{name}"

    async def serve(self, request: Request) -> Response:
        """Answer `GET /static/<name>`: immutable under its hash, otherwise to be asked for again."""
        asset = self._files.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404)
        tag = f'"{asset.hash}"'
        keep = KEPT if request.query_params.get("v") == asset.hash else "no-cache"
        headers = {"ETag": tag, "Cache-Control": keep}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(asset.body, media_type=asset.type, headers=headers)
