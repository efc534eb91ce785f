"""The table of routes that the modules of this sandbox write into."""

from connectors.sandbox_kit.routes import Routes

ROUTES = Routes()
