"""The part of the HighLevel tour that leads through forms and surveys, custom objects and documents."""

from connectors.ghl.sandbox import LOCATION
from tests.contract.wire import Wire

AT = f"locationId={LOCATION}"


async def data(w: Wire) -> None:
    for kind in ("form", "survey"):
        await _filled_in(w, kind)


async def _filled_in(w: Wire, kind: str) -> None:
    one = (await w.go("GET", f"/{kind}s/?{AT}&limit=5&skip=0"))[f"{kind}s"][0]["id"]
    await w.go("GET", f"/{kind}s/submissions?{AT}&{kind}Id={one}&limit=1&page=2&startAt=2020-01-01&endAt=2099-01-01")
    await w.go("GET", f"/{kind}s/submissions?{AT}&q=nobody")
    await w.go("GET", f"/{kind}s/submissions?{AT}&startAt=yesterday", 422)
