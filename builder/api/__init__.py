from builder import lean

with lean.without("requests", "psycopg"):  # for a test client, and for types of PostgreSQL's own
    import rest_framework.compat  # noqa: F401
