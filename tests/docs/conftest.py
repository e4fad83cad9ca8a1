"""The documentation is tried on the same server as the endpoint."""

from tests.endpoint.conftest import example_data, serve, server

__all__ = ["example_data", "serve", "server"]
