"""Names that are looked up for the transport. Apart from the guard, which declarations need without the rest of it."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from connectors.guard import Guard


class GuardedResolver(AbstractResolver):
    """Another resolver's answers; one forbidden address among them refuses the whole name."""

    def __init__(self, resolver: AbstractResolver, guard: Guard) -> None:
        self.resolver, self.guard = resolver, guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = await self.resolver.resolve(host, port, family)
        for answer in answers:
            self.guard.check(answer["host"])
        return answers

    async def close(self) -> None:
        await self.resolver.close()
