"""Errors of the API as problem details (RFC 9457): a stable slug, and a sentence that says what to do."""

import msgspec
from starlette.responses import Response

TYPE = "application/problem+json"


class ApiProblem(Exception):
    """A request to the API that ends here. `field` names the part of the body at fault."""

    def __init__(self, status: int, slug: str, detail: str, *, field: str = "", **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.field = field
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem_response(problem: ApiProblem) -> Response:
    """The answer that tells a problem."""
    body: dict[str, object] = {
        "type": problem.slug,
        "title": problem.slug.replace("-", " ").capitalize(),
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.field:
        body["field"] = problem.field
    return Response(msgspec.json.encode(body), problem.status, problem.headers, media_type=TYPE)
