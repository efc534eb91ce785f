"""What both sandboxes are made of: an ASGI shell, routes, a journal, an effect log, faults, a webhook sender."""
