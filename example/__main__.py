"""`python -m example`: the example website alone."""

import click
import uvicorn

from example.website import COLLECTOR, create_app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, help="Port to listen on.")
@click.option("--collector", default=COLLECTOR, show_default=True, help="Origin of the Byleave that counts for it.")
def main(host: str, port: int, collector: str) -> None:
    """Serve the example website."""
    # No access log: it would be a list of addresses.
    uvicorn.run(create_app(collector), host=host, port=port, access_log=False, log_level="warning", server_header=False)


main()
