"""The table of routes that the modules of this sandbox write into.

Facts of a route: `scope` (what the token must hold), `place` (where the location's id stands: `path`, `query` or
`body`), `open` (no token), `agency` (a sub-account's token won't do).
"""

from connectors.sandbox_kit.routes import Routes

ROUTES = Routes()
