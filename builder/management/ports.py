"""Which port each of our servers has: the same at every start, so that addresses which people saved keep working."""

import json
import socket
from pathlib import Path


class Ports:
    def __init__(self, path: Path, host: str) -> None:
        self.path, self.host = path, host
        self.known: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def claim(self, name: str, first: int) -> tuple[int, int | None]:
        """The port for a server, and the one it had before when that is taken now."""
        before = self.known.get(name)
        if before and self._free(before):
            return before, None
        others = set(self.known.values())
        port = next(port for port in range(first, 65536) if port not in others and self._free(port))
        self.known[name] = port
        self.path.write_text(json.dumps(self.known, indent=1) + "\n")
        return port, before

    def _free(self, port: int) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, port))
            except OSError:
                return False
        return True
