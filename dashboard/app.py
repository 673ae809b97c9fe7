"""The dashboard as one ASGI application: pages, API and static files."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp

from collector.settings import Settings
from collector.state.database import State
from collector.state.follow import Follower
from collector.store.interface import SizedStore
from dashboard import auth_pages, auth_reset
from dashboard.api import ROUTES
from dashboard.auth_access import Need
from dashboard.auth_guard import signed_in
from dashboard.consent.page import export_log, show_consent, start_proof
from dashboard.context import Dashboard
from dashboard.errors import HANDLERS
from dashboard.goals.form import funnel_form, goal_form
from dashboard.goals.page import show_goals
from dashboard.headers import SecurityHeaders
from dashboard.installation.page import add_alias, installation
from dashboard.language import preload as preload_languages
from dashboard.language_choice import Languages, choose_language
from dashboard.pages.annotations import change_annotation
from dashboard.pages.journeys import journeys
from dashboard.pages.overview import overview
from dashboard.pages.rows import rows
from dashboard.pages.segments import change_segment
from dashboard.pages.setup import setup
from dashboard.pages.sites import home, list_sites
from dashboard.pages.visits import visits
from dashboard.patience import PatientStore
from dashboard.plain_query import PlainQuery
from dashboard.render import preload
from dashboard.settings.routes import SETTINGS_ROUTES
from dashboard.shares.page import embed_share, show_share
from dashboard.volume.page import show_volume

API = "/api/v1"


def create_app(settings: Settings, state: State, follower: Follower, store: SizedStore) -> ASGIApp:
    """The application over an open state database, a started follower and an open store, which stay the caller's.

    Reads templates and static files: called before the event loop runs, or in a thread.
    """
    preload()
    preload_languages()
    dashboard = Dashboard(settings, state, follower, PatientStore(store))

    async def static(request: Request) -> Response:
        return await dashboard.assets.serve(request)

    app = Starlette(
        routes=[
            Route("/", signed_in(home)),
            Route("/sites", signed_in(list_sites)),
            Route("/sites/{site}", signed_in(overview)),
            Route("/sites/{site}/rows/{tab}", signed_in(rows)),
            Route("/sites/{site}/annotations", signed_in(change_annotation), methods=["POST"]),
            Route("/sites/{site}/segments", signed_in(change_segment), methods=["POST"]),
            Route("/sites/{site}/journeys", signed_in(journeys)),
            Route("/sites/{site}/visits", signed_in(visits)),
            Route("/sites/{site}/goals", signed_in(show_goals)),
            Route("/sites/{site}/goals/goal", signed_in(goal_form, Need.ADMINISTER), methods=["GET", "POST"]),
            Route("/sites/{site}/goals/funnel", signed_in(funnel_form, Need.ADMINISTER), methods=["GET", "POST"]),
            Route("/sites/{site}/volume", signed_in(show_volume)),
            Route("/sites/{site}/consent", signed_in(show_consent)),
            Route("/sites/{site}/consent/verify", signed_in(start_proof), methods=["POST"]),
            Route("/sites/{site}/consent/export", signed_in(export_log, Need.ADMINISTER)),
            Route("/sites/{site}/setup", signed_in(setup)),
            Route("/sites/{site}/installation", signed_in(installation, Need.ADMINISTER)),
            Route("/sites/{site}/installation/alias", signed_in(add_alias), methods=["POST"]),
            Route("/sign-in", auth_pages.door, methods=["GET", "POST"]),
            Route("/sign-in/code", auth_pages.sign_in_code, methods=["POST"]),
            Route("/sign-out", auth_pages.sign_out, methods=["POST"]),
            Route("/lost-password", auth_reset.lost_password, methods=["GET", "POST"]),
            Route("/reset/{secret}", auth_reset.new_password, methods=["GET", "POST"]),
            Route("/welcome/{secret}", auth_pages.welcome_door, methods=["GET", "POST"]),
            Route("/language", choose_language, methods=["POST"]),
            Route("/share/{secret}", show_share, methods=["GET", "POST"]),
            Route("/share/{secret}/embed", embed_share),
            Route("/static/{name:path}", static),
            *SETTINGS_ROUTES,
            Mount(API, app=Router(ROUTES, redirect_slashes=False)),
        ],
        middleware=[Middleware(PlainQuery), Middleware(Languages)],
        exception_handlers=HANDLERS,
    )
    app.router.redirect_slashes = False  # it would lead to whatever the Host header says
    app.state.dashboard = dashboard
    # Outside of everything, so that even the answer to a crash carries the headers.
    return SecurityHeaders(app)
