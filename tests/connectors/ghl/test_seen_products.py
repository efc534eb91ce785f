"""Products and their prices: told by webhook or found by looking, each change once."""

import pytest

from connectors.client import build
from connectors.ghl import CONNECTOR, comparing, seen_products
from connectors.spec import Context, Response
from connectors.wire import decode
from tests.connectors.talk import answer, make_context, talk
from tests.sandboxes import bench

SINCE = "2026-11-22T10:00:00+00:00"
OLD, NEW = "2026-10-01T09:00:00.000Z", "2026-11-22T11:00:00.000Z"
CONTEXT = make_context()
SAMPLES = {name: dict(CONNECTOR.triggers[f"ghl.{name}.created"].sample) for name in ("product", "price")}


def product(**more):
    return {**SAMPLES["product"], "locationId": "loc1", "createdAt": OLD, "updatedAt": OLD, **more}


def price(**more):
    return {**SAMPLES["price"], "locationId": "loc1", "createdAt": OLD, "updatedAt": OLD, **more}


def fires(key, before, now, **inputs):
    return CONNECTOR.triggers[f"ghl.{key}"].fired(before and before.values, now, SINCE, inputs)


def names(object, before, now):
    return {name for name in ("created", "updated", "deleted") if fires(f"{object}.{name}", before, now)}


def heard(object, event, record, **more):
    body = {"type": event, "webhookId": "w1", **record, **more}
    return CONNECTOR.watched[object].read(body, CONNECTOR.event_of(body, ""))


# What is told and seen


def test_webhook_and_list_show_the_same_product_alike():
    by_hook = heard("product", "ProductUpdate", product(description=None))
    by_list = seen_products.product(product(description="", updatedAt=NEW, taxes=[]))

    assert (by_hook.record_id, by_hook.values) == (by_list.record_id, by_list.values)
    assert by_hook.data.keys() >= SAMPLES["product"].keys()
    assert (by_hook.owner, by_hook.complete) == ("loc1", True)


def test_webhook_and_list_show_the_same_price_alike():
    new = {name: value for name, value in price(priceType="recurring", amount="59.50").items() if name != "type"}
    by_hook, by_list = heard("price", "PriceCreate", new), seen_products.price(price(amount=59.5, availableQuantity=3))

    assert (by_hook.record_id, by_hook.values) == (by_list.record_id, by_list.values)
    assert (by_hook.data["type"], by_list.data["type"]) == ("recurring", "recurring")
    assert by_list.data.keys() >= SAMPLES["price"].keys()


@pytest.mark.parametrize(
    ("event", "made", "fired"),
    [
        ("ProductCreate", NEW, {"created"}),
        ("ProductCreate", OLD, {"created"}),
        ("ProductUpdate", OLD, {"updated"}),
        ("ProductUpdate", NEW, {"created"}),
        ("ProductDelete", OLD, {"deleted"}),
    ],
)
def test_product_that_nobody_saw_before_is_judged_by_what_its_webhook_says(event, made, fired):
    assert names("product", None, heard("product", event, product(createdAt=made))) == fired


def test_price_whose_own_type_hides_the_events_name_is_judged_by_what_it_was_before():
    was, now = seen_products.price(price()), heard("price", "PriceUpdate", price(), type="recurring")

    assert now.hint == "recurring"
    assert names("price", None, now) == {"updated"}
    assert names("price", was, now) == set()  # a deletion comes under that name, too: the next look finds it
    assert names("price", was, heard("price", "", price(amount=60), type="recurring")) == {"updated"}


@pytest.mark.parametrize(
    ("change", "fired"),
    [
        ({"name": "Poster"}, {"updated"}),
        ({"availableInStore": False}, {"updated"}),
        ({"variants": []}, {"updated"}),
        ({"updatedAt": NEW, "userId": "x"}, set()),
    ],
)
def test_product_is_updated_where_people_would_see_it(change, fired):
    assert names("product", seen_products.product(product()), seen_products.product(product(**change))) == fired


@pytest.mark.parametrize(
    ("change", "fired"),
    [
        ({"amount": 60}, {"updated"}),
        ({"currency": "USD"}, {"updated"}),
        ({"recurring": {"interval": "year", "intervalCount": 1}}, {"updated"}),
        ({"currency": "eur", "updatedAt": NEW}, set()),
        ({"availableQuantity": 3, "updatedAt": NEW}, set()),
    ],
)
def test_price_is_updated_where_it_costs_something_else_and_not_when_one_is_sold(change, fired):
    assert names("price", seen_products.price(price()), seen_products.price(price(**change))) == fired


def test_recipe_may_wait_for_prices_of_one_product_alone():
    why_not = CONNECTOR.triggers["ghl.price.created"].why_not
    now = seen_products.price(price(product="w2"))

    assert why_not({"product": "w2"}, now) == why_not({}, now) == ""
    assert why_not({"product": "w1"}, now) == "It is a price of the product w2, this recipe takes only those of w1."
    assert why_not({"product": "w1"}, seen_products.gone_price("w2", "p1")) != ""


def test_what_we_wrote_ourselves_is_known_again():
    by_product, by_price = CONNECTOR.watched["product"].told, CONNECTOR.watched["price"].told

    assert by_product({}, {"_id": "w1", "name": "Print"}) == ("w1", {"edit": "*"})
    assert by_product({"productId": "w1"}, {"deleted": True}) == ("w1", {"edit": "*", "gone": True})
    assert by_price({"productId": "w1"}, {"_id": "p1", "product": "w1"}) == ("w1/p1", {"edit": "*"})
    assert by_price({"productId": "w1", "priceId": "p1"}, {"deleted": True}) == ("w1/p1", {"edit": "*", "gone": True})
    assert by_price({}, {"status": True}) is None


# Looks at the sandbox, one after the other


@pytest.fixture
def shop():
    yield from bench.ghl()


class Watch:
    """What a worker remembers between polls: where it is, and what each record was."""

    def __init__(self, shop, object):
        self.shop, self.watched, self.object = shop, CONNECTOR.watched[object], object
        opening = {**shop.app.connect(), "base_url": "http://sandbox.test"}
        self.context = Context(CONNECTOR.account("token", opening))
        self.cursor, self.before, self.calls = {}, {}, []

    def _say(self, conversation):
        request = next(conversation)
        try:
            while True:
                sent = build(self.context.account, request)
                self.calls.append(f"{sent.method} {sent.url.path}")
                got = self.shop.call(sent.method, sent.url.raw_path.decode(), headers=dict(sent.headers))
                body = decode(got.content) if got.content else None
                request = conversation.send(Response(got.status_code, dict(got.headers), got.content, body))
        except StopIteration as end:
            return end.value

    def poll(self):
        """What the triggers tell of: (name, record's name or ID)."""
        found, self.calls = [], []
        more = True
        while more:
            page = self._say(self.watched.poll(self.cursor, self.context))
            self.cursor, more = page.cursor, page.more
            for now in {one.record_id: one for one in page.sightings}.values():
                found += self._told(now, page.baseline)
        return found

    def _told(self, now, baseline):
        before = self.before.get(now.record_id)
        self.before[now.record_id] = {**(before or {}), **now.values}
        if baseline or (before and {**before, **now.values} == before):
            return []
        began = "2026-11-22T11:59:00+00:00"
        triggers = (CONNECTOR.triggers[f"ghl.{self.object}.{name}"] for name in ("created", "updated", "deleted"))
        return [(t.key.rsplit(".")[-1], now.data.get("name", "")) for t in triggers if t.fired(before, now, began, {})]


def make(shop, name="Poster"):
    return shop.post("/products/", {**bench.PLACE, "name": name, "productType": "DIGITAL"})["_id"]


def cost(shop, product, name="Once", amount=10):
    body = {**bench.PLACE, "name": name, "type": "one_time", "currency": "USD", "amount": amount}
    return shop.post(f"/products/{product}/price", body)["_id"]


def test_first_look_at_products_only_notes_them_and_each_change_is_told_once(shop):
    watch = Watch(shop, "product")
    first = watch.poll()

    made = make(shop)
    assert (first, watch.poll(), watch.poll()) == ([], [("created", "Poster")], [])

    shop.put(f"/products/{made}", {**bench.PLACE, "name": "Print", "productType": "DIGITAL"})
    assert (watch.poll(), watch.poll()) == ([("updated", "Print")], [])

    shop.call("DELETE", f"/products/{made}", params=bench.PLACE)
    assert (watch.poll(), watch.poll()) == ([("deleted", "")], [])


def test_products_made_in_one_instant_are_all_told(shop):
    watch = Watch(shop, "product")
    watch.poll()

    for number in range(130):  # the clock stands still, and the list has two pages
        make(shop, f"Ware {number}")

    told = watch.poll()
    assert sorted(told) == sorted(("created", f"Ware {number}") for number in range(130))
    assert watch.poll() == []


def test_product_that_slips_from_one_page_to_another_while_they_are_turned_is_neither_gone_nor_missed():
    rows = [product(_id=f"w{number}") for number in range(102)]
    known = {"held": {row["_id"]: comparing.ALWAYS for row in rows}}
    pages = [answer({"products": part, "total": [{"total": 101}]}) for part in (rows[:100], rows[91:])]

    page, asked = talk(CONNECTOR.watched["product"].poll(known, CONTEXT), *pages)

    assert [request.query["offset"] for request in asked] == [0, 90]
    assert [now.record_id for now in page.sightings if now.gone] == []
    assert {now.record_id for now in page.sightings} == {row["_id"] for row in rows}


def test_first_round_through_prices_notes_all_of_them_some_products_at_a_time(shop):
    for number in range(60):
        cost(shop, make(shop, f"Ware {number}"))
    watch = Watch(shop, "price")

    assert watch.poll() == []
    assert len(watch.before) == len(shop.app.store.rows("prices"))
    assert sum(call.endswith("/price") for call in watch.calls) == len(shop.app.store.rows("products"))


def test_price_is_told_of_once_when_it_is_made_changed_and_deleted(shop):
    watch, ware = Watch(shop, "price"), make(shop)
    watch.poll()

    first, second = cost(shop, ware, "Once"), cost(shop, ware, "Twice", 20)
    assert (sorted(watch.poll()), watch.poll()) == ([("created", "Once"), ("created", "Twice")], [])

    body = {**bench.PLACE, "name": "Once", "type": "one_time", "currency": "USD", "amount": 12}
    shop.put(f"/products/{ware}/price/{first}", body)
    assert (watch.poll(), watch.poll()) == ([("updated", "Once")], [])

    shop.call("DELETE", f"/products/{ware}/price/{second}", params=bench.PLACE)
    assert (watch.poll(), watch.poll()) == ([("deleted", "")], [])


def test_prices_go_with_their_product_and_come_with_a_new_one(shop):
    watch, ware = Watch(shop, "price"), make(shop)
    cost(shop, ware), cost(shop, ware, "Twice")
    watch.poll()

    shop.call("DELETE", f"/products/{ware}", params=bench.PLACE)
    cost(shop, make(shop, "Other"), "Thrice")

    assert sorted(watch.poll()) == [("created", "Thrice"), ("deleted", ""), ("deleted", "")]
    assert watch.poll() == []


def test_among_many_products_none_is_forgotten_and_a_changed_one_comes_first(shop):
    wares = [make(shop, f"Ware {number:02}") for number in range(60)]
    watch = Watch(shop, "price")
    watch.poll()
    cost(shop, wares[59], "Quiet one")  # HighLevel doesn't say that this changes the product
    told = [watch.poll() for _ in range(3)]
    asked = len([call for call in watch.calls if call.endswith("/price")])

    shop.clock.now += 60
    cost(shop, wares[0], "Seen at once")
    shop.put(f"/products/{wares[0]}", {**bench.PLACE, "name": "Ware 00", "productType": "DIGITAL"})

    assert [found for found in told if found] == [[("created", "Quiet one")]]
    assert asked == seen_products.AT_ONCE
    assert watch.poll() == [("created", "Seen at once")]


def test_older_look_says_by_its_stamp_that_it_is_older():
    by_hook = heard("price", "PriceUpdate", price(amount=60, updatedAt=NEW), type="recurring")
    late = seen_products.price(price())

    assert late.stamp < by_hook.stamp


def test_samples_are_the_newest_whole_records(shop):
    ware = make(shop)
    shop.clock.now += 60
    cost(shop, ware, "Once"), cost(shop, make(shop, "Other"), "Twice")
    watch = Watch(shop, "price")

    triggers = CONNECTOR.triggers
    any_price = watch._say(triggers["ghl.price.created"].latest({}, watch.context))
    of_one = watch._say(triggers["ghl.price.created"].latest({"product": ware}, watch.context))
    products = watch._say(triggers["ghl.product.created"].latest({}, watch.context))

    assert {now.data["name"] for now in any_price[:2]} == {"Once", "Twice"}
    assert [now.data["name"] for now in of_one] == ["Once"]
    assert products[0].data["name"] == "Other"
    assert all(now.complete for now in (*any_price, *products))
