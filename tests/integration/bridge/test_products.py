"""The hostile list for products: nothing of the merchant's is wiped, and no plan comes back for ever."""

from __future__ import annotations

from typing import Any

import pytest

from .products_kit import (
    COLLECTION,
    DELETE,
    METAFIELDS,
    PRODUCTS,
    edit,
    made,
    metafields,
    paths,
    products,
    work,
)

pytestmark = pytest.mark.parametrize("saleor", ["v3"], indirect=True)


def verbs(actions: list[Any]) -> list[str]:
    return [action.verb for action in actions]


def sized(saleor: Any, number: int, title: str, sizes: list[str], **more: Any) -> Any:
    rows = [{"sku": f"{number}-{s}", "price": "9.00", "size": s, "stock": [1, 2]} for s in sizes]
    return saleor.product(number, title, rows, **more)


def rows_of(*values: tuple[str, ...]) -> list[dict[str, Any]]:
    names = ("Colour", "Size", "Fit", "Fabric", "Trim")
    return [
        {"sku": "-".join(v), "price": "5.00", "stock": [1, 0], "choices": list(zip(names, v, strict=False))}
        for v in values
    ]


def settle(planned, applied) -> None:
    """Apply, and find nothing left to do."""
    applied()
    work()
    assert paths(planned()) == []


# Attributes, tax, barcode


def test_attributes_tax_and_barcode_arrive_change_and_go(saleor, store, planned, applied, admin) -> None:
    shirt = saleor.product(
        1,
        "Shirt",
        [{"sku": "S", "price": "9.00", "stock": [1, 1], "barcode": "4006381333931"}],
        attributes=[
            ("care", "DROPDOWN", ["Cold wash"]),
            ("weight", "NUMERIC", ["1.50"]),
            ("eco", "BOOLEAN", [True]),
        ],
    )
    saleor.attributes += [
        {"slug": slug, "inputType": kind, "name": slug, "entityType": None, "type": "PRODUCT_TYPE"}
        for slug, kind in (("care", "DROPDOWN"), ("weight", "NUMERIC"), ("eco", "BOOLEAN"))
    ]
    settle(planned, applied)
    (node,) = products(admin)
    assert metafields(node, "saleor_attribute")["care"] == "Cold wash"
    assert (node["variants"]["nodes"][0]["barcode"], node["variants"]["nodes"][0]["taxable"]) == (
        "4006381333931",
        True,
    )
    theirs = {"namespace": "custom", "key": "mine", "type": "single_line_text_field", "value": "x"}
    admin(METAFIELDS, m=[theirs | {"ownerId": node["id"]}])
    admin(METAFIELDS, m=[theirs | {"ownerId": node["variants"]["nodes"][0]["id"]}])
    shirt["attributes"] = [("care", "DROPDOWN", ["Hot wash"]), ("weight", "NUMERIC", ["1.5"])]
    shirt["variants"][0]["barcode"] = "5901234123457"
    assert paths(planned()) == [
        ("update", "variant S barcode", "4006381333931", "5901234123457"),
        ("describe", "attribute care", "Cold wash", "Hot wash"),
        ("describe", "attribute eco", "true", None),
    ]
    settle(planned, applied)
    (node,) = products(admin)
    assert set(metafields(node, "saleor_attribute")) == {"care", "weight"}
    assert metafields(node, "saleor_attribute")["care"] == "Hot wash"
    assert metafields(node, "custom") == {"mine": "x"}
    assert metafields(node["variants"]["nodes"][0], "custom") == {"mine": "x"}


def test_an_attribute_edited_since_the_plan_is_not_overwritten(
    saleor, store, planned, applied, admin
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    shirt = saleor.product(1, "Shirt", attributes=[("care", "DROPDOWN", ["Cold"])])
    saleor.attributes.append(
        {"slug": "care", "inputType": "DROPDOWN", "name": "c", "entityType": None, "type": "PRODUCT_TYPE"}
    )
    applied()
    shirt["attributes"] = [("care", "DROPDOWN", ["Hot"])]
    actions = planned()
    (node,) = products(admin)
    mine = {
        "namespace": "saleor_attribute",
        "key": "care",
        "value": "By hand",
        "type": "single_line_text_field",
    }
    admin(METAFIELDS, m=[mine | {"ownerId": node["id"]}])
    record(store, actions)
    drain()
    assert metafields(products(admin)[0], "saleor_attribute") == {"care": "By hand"}
    assert (
        Change.objects.get(state="PARKED").reason
        == "changed in Shopify since the plan: attribute care; plan again"
    )
    settle(planned, applied)
    assert metafields(products(admin)[0], "saleor_attribute") == {"care": "Hot"}


# Lists that Shopify replaces as a whole


def test_no_list_wipes_what_the_merchant_made(saleor, store, planned, applied, admin) -> None:
    summer, winter = saleor.collection(1, "Summer"), saleor.collection(2, "Winter")
    shirt = sized(
        saleor,
        1,
        "Shirt",
        ["S", "M"],
        collections=[summer],
        images=[("a=", "http://x.example/1.png", "Front")],
    )
    settle(planned, applied)
    (node,) = products(admin)
    own = admin(COLLECTION, c={"title": "Mine"})["collectionCreate"]["collection"]["id"]
    edit(admin, node["id"], collections=[*(c["id"] for c in node["collections"]["nodes"]), own])
    old = [
        {"id": v["id"], "optionValues": [{"optionName": "Size", "name": v["selectedOptions"][0]["value"]}]}
        for v in node["variants"]["nodes"]
    ]
    extra = {"optionValues": [{"optionName": "Size", "name": "XXL"}], "sku": "MINE", "price": "50.00"}
    edit(
        admin,
        node["id"],
        tags=["theirs"],
        vendor="Theirs",
        productOptions=[{"name": "Size", "values": [{"name": n} for n in ("XXL", "M", "S")]}],
        variants=[extra, *reversed(old)],
        files=[
            {"originalSource": "https://x.example/own.png", "alt": "own"},
            *({"id": m["id"]} for m in node["media"]["nodes"]),
        ],
    )
    admin(
        METAFIELDS,
        m=[
            {
                "ownerId": node["id"],
                "namespace": "custom",
                "key": "mine",
                "type": "single_line_text_field",
                "value": "x",
            }
        ],
    )
    assert paths(planned()) == []
    shirt["collections"] = [winter]
    shirt["images"].append(("b=", "http://x.example/2.png", "Back"))
    shirt["variants"][0]["price"] = "8.00"
    sized(saleor, 2, "x", ["L"])
    shirt["variants"].append(saleor.products.pop()["variants"][0])
    shirt["title"] = "Better shirt"
    settle(planned, applied)
    (node,) = products(admin)
    assert [v["sku"] for v in node["variants"]["nodes"]] == ["MINE", "1-M", "1-S", "2-L"]
    assert node["variants"]["nodes"][0]["price"] == "50.00"
    assert sorted(c["title"] for c in node["collections"]["nodes"]) == ["Mine", "Winter"]
    assert [m["alt"] for m in node["media"]["nodes"]] == ["own", "Front", "Back"]
    assert (node["tags"], node["vendor"], node["title"]) == (["theirs"], "Theirs", "Better shirt")
    assert metafields(node, "custom") == {"mine": "x"}


def test_memberships_follow_and_rules_are_left_alone(saleor, store, planned, applied, admin) -> None:
    summer = saleor.collection(1, "Summer")
    shirt = saleor.product(1, "Shirt", collections=[summer])
    rules = {"productTag": {"values": ["hot"], "relation": "TAGGED_WITH", "matchType": "ANY"}}
    source = {"title": "Rules", "inclusion": {"matchType": "ANY", "conditions": [rules]}}
    admin(COLLECTION, c={"title": "Hot", "sources": [{"source": source}]})
    settle(planned, applied)
    (node,) = products(admin)
    edit(admin, node["id"], tags=["hot"])
    assert paths(planned()) == []
    shirt["collections"] = []
    settle(planned, applied)
    assert "Summer" not in [c["title"] for c in products(admin)[0]["collections"]["nodes"]]


# Options and variants


def test_renamed_options_and_values_keep_the_variants(saleor, store, planned, applied, admin) -> None:
    shirt = sized(saleor, 1, "Shirt", ["S", "M"])
    settle(planned, applied)
    before = [v["id"] for v in products(admin)[0]["variants"]["nodes"]]
    shirt["variants"][0]["size"] = "Small"
    settle(planned, applied)
    for variant in shirt["variants"]:
        variant["choices"] = [("Grösse", variant["size"])]
        variant["size"] = None
    settle(planned, applied)
    (node,) = products(admin)
    assert [v["id"] for v in node["variants"]["nodes"]] == before
    assert node["options"] == [{"name": "Grösse", "values": ["Small", "M"]}]


def test_option_values_that_differ_in_case_are_one_or_refused(saleor, store, planned, applied, admin) -> None:
    saleor.product(1, "Shirt", rows_of(("Red", "S"), ("RED", "M"), ("red ", "L")))
    sized(saleor, 2, "Mug", ["a", "A"])
    actions = planned()
    assert [(a.verb, a.label) for a in actions] == [("create", "Shirt"), ("refuse", "Mug")]
    assert "differ only in how A is written" in actions[1].reason
    applied()
    assert [(a.verb, a.label) for a in planned()] == [("refuse", "Mug")]
    assert products(admin)[0]["options"][0]["values"] == ["Red"]


def test_more_than_a_page_of_variants(saleor, store, planned, applied, sandbox) -> None:
    shirt = sized(saleor, 1, "Shirt", [str(n) for n in range(130)])
    settle(planned, applied)
    assert sandbox.store.state.count("ProductVariant") == 130
    assert store.mappings.filter(kind="variant").count() == 130
    shirt["variants"][128]["price"] = "1.00"
    del shirt["variants"][5]
    assert len(planned()) == 1
    settle(planned, applied)
    assert sandbox.store.state.count("ProductVariant") == 129


def test_more_variants_than_one_answer_tells(saleor, store, planned, applied, sandbox) -> None:
    sized(saleor, 1, "Shirt", [str(n) for n in range(260)])
    settle(planned, applied)
    assert store.mappings.filter(kind="variant").count() == 260


def test_four_options_are_refused_or_parted(saleor, store, planned, applied, admin) -> None:
    values = [(c, s, "Slim", f) for c in ("Red", "Blue") for s in "SM" for f in ("Wool", "Silk")]
    shirt = saleor.product(1, "Shirt", rows_of(*values))
    (action,) = planned()
    assert action.verb == "refuse" and "4 options" in action.reason
    store.policy = {"too_many": "split"}
    store.save()
    assert [(a.verb, a.label) for a in planned()] == [("create", "Shirt – Red"), ("create", "Shirt – Blue")]
    settle(planned, applied)
    assert {n["title"]: len(n["variants"]["nodes"]) for n in products(admin)} == {
        "Shirt – Red": 4,
        "Shirt – Blue": 4,
    }
    shirt["variants"] = [v for v in shirt["variants"] if v["choices"][0][1] == "Blue"]
    assert [(a.verb, a.label) for a in planned()] == [("release", "Shirt – Red")]
    settle(planned, applied)
    assert {n["title"]: n["status"] for n in products(admin)} == {
        "Shirt – Red": "ARCHIVED",
        "Shirt – Blue": "ACTIVE",
    }
    store.policy = {}
    store.save()
    assert verbs(planned()) == ["refuse"]


def test_a_product_that_outgrows_shopify_is_parted_and_the_old_one_kept(
    saleor, store, planned, applied, admin, monkeypatch
) -> None:
    from shopify_bridge.domain import plan, split

    monkeypatch.setattr(split, "MAX_VARIANTS", 4)
    monkeypatch.setattr(plan, "MAX_VARIANTS", 4)
    store.policy = {"too_many": "split"}
    store.save()
    shirt = sized(saleor, 1, "Shirt", ["1", "2", "3", "4"])
    settle(planned, applied)
    (whole,) = products(admin)
    rest = sized(saleor, 2, "x", ["5", "6", "7"])
    saleor.products.pop()
    shirt["variants"] += rest["variants"]
    assert set(verbs(planned())) == {"create", "release"}
    settle(planned, applied)
    found = {n["id"]: n for n in products(admin)}
    assert found[whole["id"]]["status"] == "ARCHIVED" and found[whole["id"]]["saleor"] is None
    parts = [n for n in found.values() if n["status"] == "ACTIVE"]
    assert len({n["saleor"]["value"] for n in parts}) == len(parts) >= 2
    assert sum(len(n["variants"]["nodes"]) for n in parts) == 7
    gids = {v["saleor"]["value"]: v["id"] for n in parts for v in n["variants"]["nodes"]}
    assert dict(store.mappings.filter(kind="variant").values_list("key", "gid")) == gids
    del shirt["variants"][3:]
    settle(planned, applied)
    assert whole["id"] in {n["id"] for n in products(admin)}


@pytest.mark.parametrize(("count", "word"), [(2049, "2049 variants"), (0, "no variants")])
def test_what_shopify_cannot_hold(saleor, store, planned, count, word) -> None:
    sized(saleor, 1, "Shirt", [str(n) for n in range(count)] or ["x"])
    if not count:
        saleor.products[0]["variants"] = []
    (action,) = planned()
    assert action.verb == "refuse" and word in action.reason


# SKUs, handles, ids


def test_empty_duplicate_and_case_differing_skus(saleor, store, planned, applied, admin) -> None:
    made(admin, "Theirs", "abc-1")
    saleor.product(1, "Mug", [{"sku": "ABC-1", "price": "1.00", "stock": [1, 1]}])
    sized(saleor, 2, "Shirt", ["S", "M"])
    for variant in saleor.products[1]["variants"]:
        variant["sku"] = ""
    actions = planned()
    assert verbs(actions) == ["refuse", "create"]
    assert "its SKU ABC-1 is written abc-1 in “Theirs”" in actions[0].reason
    applied()
    assert verbs(planned()) == ["refuse"]
    assert [p["title"] for p in products(admin)] == ["Theirs", "Shirt"]
    for variant in saleor.products[1]["variants"]:
        variant["sku"] = "SAME"
    applied()
    assert verbs(planned()) == ["refuse"]


def test_two_products_of_the_merchant_with_one_sku(saleor, store, planned, applied, admin) -> None:
    made(admin, "One", "SKU-1")
    made(admin, "Two", "SKU-1")
    saleor.product(1, "Mug")
    (action,) = planned()
    assert action.verb == "refuse" and "“One”, “Two”" in action.reason


def test_a_handle_that_is_taken(saleor, store, planned, applied, admin) -> None:
    made(admin, "Theirs", handle="p-1")
    saleor.product(1, "Mug")
    settle(planned, applied)
    assert {p["title"]: p["handle"] for p in products(admin)}["Theirs"] == "p-1"


def test_a_handle_that_is_taken_after_the_plan(saleor, store, planned, applied, admin) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    saleor.product(1, "Mug")
    prepare(Sides(store))
    actions = planned()
    made(admin, "Theirs", handle="p-1")
    record(store, actions)
    drain()
    assert not Change.objects.filter(state="PARKED").exists()
    assert paths(planned()) == []


def test_a_missing_definition_writes_nothing_and_is_mended(saleor, store, planned, applied, admin) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    saleor.product(1, "Mug")
    record(store, planned())
    drain()
    assert products(admin) == []
    assert "definition" in Change.objects.get(state="PARKED").reason.lower()
    settle(planned, applied)
    assert len(products(admin)) == 1


def test_what_the_merchant_deleted_is_made_again(saleor, store, planned, applied, admin) -> None:
    saleor.product(1, "Mug")
    settle(planned, applied)
    admin(DELETE, i=products(admin)[0]["id"])
    assert verbs(planned()) == ["create"]
    settle(planned, applied)
    assert len(products(admin)) == 1


def test_deleted_between_plan_and_apply(saleor, store, planned, applied, admin) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    mug = saleor.product(1, "Mug")
    applied()
    mug["title"] = "Cup"
    actions = planned()
    admin(DELETE, i=products(admin)[0]["id"])
    record(store, actions)
    drain()
    assert Change.objects.get(state="PARKED").reason == "it was deleted in Shopify since the plan"
    settle(planned, applied)
    assert [p["title"] for p in products(admin)] == ["Cup"]


# Texts


def test_hostile_texts_arrive_clean_and_come_to_rest(saleor, store, planned, applied, admin) -> None:
    text = '{"blocks": [{"type": "paragraph", "data": {"text": "a<script>x</script><img src=x onerror=y>"}}]}'
    mug = saleor.product(1, "  Mug \n of\tthe   year ", description=text, seo=("  A  ", "B\n"))
    mug["variants"][0]["sku"] = " SKU-1 "
    mug["images"] = [("a=", "http://x.example/1.png", "  front \n" + "x" * 600)]
    settle(planned, applied)
    (node,) = products(admin)
    assert node["title"] == "Mug of the year" and "script" not in node["descriptionHtml"]
    assert "onerror" not in node["descriptionHtml"]
    assert node["seo"]["title"] == "A" and len(node["media"]["nodes"][0]["alt"]) <= 512
    saleor.product(2, "x" * 256)
    saleor.product(3, "   ")
    assert [(a.verb, a.reason) for a in planned()] == [
        ("refuse", "its title is longer than 255 characters"),
        ("refuse", "it has no title"),
    ]


@pytest.mark.parametrize("in_bulk", [False, True])
def test_what_shopify_makes_of_texts_is_not_planned_for_ever(
    saleor, store, planned, applied, admin, monkeypatch, in_bulk
) -> None:
    from shopify_bridge.sandbox import products as theirs
    from shopify_bridge.usecases import progress

    if in_bulk:
        monkeypatch.setattr(progress, "BULK_FROM", 1)
    real = theirs.product_set

    def mangled(state: Any, identifier: Any, given: Any, *args: Any, **more: Any) -> Any:
        given = dict(given)
        if given.get("descriptionHtml"):
            given["descriptionHtml"] += "\n<!-- tidy -->"
        if given.get("title") and not in_bulk:
            # A line of a bulk operation is only believed when it tells the title that was sent.
            given["title"] = given["title"].upper()
        if given.get("variants"):
            given["variants"] = [
                v | ({"barcode": f"0{v['barcode']}"} if v.get("barcode") else {}) for v in given["variants"]
            ]
        return real(state, identifier, given, *args, **more)

    monkeypatch.setattr(theirs, "product_set", mangled)
    text = '{"blocks": [{"type": "paragraph", "data": {"text": "Soft"}}]}'
    mug = saleor.product(
        1, "Mug", [{"sku": "A", "price": "1.00", "stock": [1, 1], "barcode": "123"}], description=text
    )
    settle(planned, applied)
    (node,) = products(admin)
    assert (node["title"], node["variants"]["nodes"][0]["barcode"]) == ("Mug" if in_bulk else "MUG", "0123")
    assert node["descriptionHtml"].endswith("tidy -->")
    mug["title"] = "Cup"
    settle(planned, applied)
    monkeypatch.setattr(theirs, "product_set", real)
    edit(admin, node["id"], title="By hand")
    assert paths(planned()) == [("update", "title", "By hand", "Cup")]
    settle(planned, applied)


# Pictures


def test_pictures_that_fail_are_told_and_not_sent_again(
    saleor, store, planned, applied, admin, sandbox
) -> None:
    from shopify_bridge.usecases.plan import Notes, make_plan
    from shopify_bridge.usecases.sides import Sides

    saleor.product(1, "Mug", images=[(f"{n}=", f"http://x.example/{n}.png", f"Side {n}") for n in range(3)])
    applied()
    state = sandbox.store.state
    with state.transaction():
        for _, doc in state.page("MediaImage", 0, 10):
            state.put("MediaImage", doc | {"status": "FAILED"})
    store.mappings.filter(kind="picture").delete()
    notes = Notes()
    assert list(make_plan(Sides(store), notes)) == []
    assert notes.lines == ["Shopify could not fetch 3 of the pictures of Mug"]


def test_pictures_in_work_that_nobody_remembers_are_waited_for(
    saleor, store, planned, applied, sandbox
) -> None:
    saleor.product(1, "Mug", images=[("a=", "http://x.example/1.png", "Front")])
    applied()
    state = sandbox.store.state
    with state.transaction():
        (_, doc), *_ = state.page("MediaImage", 0, 10)
        state.put("MediaImage", doc | {"status": "PROCESSING"})
    store.mappings.filter(kind="picture").delete()
    assert paths(planned()) == []
    assert state.count("MediaImage") == 1


# Owners


def test_what_is_shopifys_is_written_once_and_then_left_alone(saleor, store, planned, applied, admin) -> None:
    store.policy = {"owners": {"title": "shopify", "price": "shopify"}}
    store.save()
    mug = saleor.product(1, "Mug")
    settle(planned, applied)
    (node,) = products(admin)
    edit(admin, node["id"], title="Their mug")
    mug["title"], mug["variants"][0]["price"] = "Our mug", "99.00"
    assert paths(planned()) == []
    mug["variants"][0]["cost"] = "3.00"
    assert paths(planned()) == [("update", "variant SKU-1 cost", None, 300)]
    settle(planned, applied)
    (node,) = products(admin)
    assert (node["title"], node["variants"]["nodes"][0]["price"]) == ("Their mug", "10.00")


def test_the_newest_word_counts(saleor, store, planned, applied, admin) -> None:
    store.policy = {"owners": {"title": "newest"}}
    store.save()
    mug = saleor.product(1, "Mug", updated="2020-01-01T00:00:00+00:00")
    settle(planned, applied)
    (node,) = products(admin)
    edit(admin, node["id"], title="Their mug")
    assert paths(planned()) == []
    mug["title"] = "Our mug"
    assert paths(planned()) == [("update", "title", "Their mug", "Our mug")]
    settle(planned, applied)
    edit(admin, node["id"], title="Again theirs")
    mug["title"], mug["updated"] = "Again ours", "2020-01-02T00:00:00+00:00"
    assert paths(planned()) == []
    mug["title"], mug["updated"] = "Ours at last", "2099-01-01T00:00:00+00:00"
    settle(planned, applied)
    assert products(admin)[0]["title"] == "Ours at last"


# Gone


@pytest.mark.parametrize(("gone", "left"), [("archive", "ARCHIVED"), ("delete", None), ("leave", "ACTIVE")])
def test_what_saleor_no_longer_offers(saleor, store, planned, applied, admin, gone, left) -> None:
    store.policy = {"gone": gone}
    store.save()
    saleor.product(1, "Mug")
    saleor.product(2, "Cup")
    settle(planned, applied)
    del saleor.products[0]
    settle(planned, applied)
    status = {p["title"]: p["status"] for p in products(admin)}
    assert (status.get("Mug"), status["Cup"]) == (left, "ACTIVE")


def test_a_mirror_with_the_merchants_variants_is_not_deleted(saleor, store, planned, applied, admin) -> None:
    store.policy = {"gone": "delete"}
    store.save()
    sized(saleor, 1, "Shirt", ["S"])
    saleor.product(2, "Cup")
    settle(planned, applied)
    node = products(admin)[0]
    edit(admin, node["id"], files=[{"originalSource": "https://x.example/own.png", "alt": "own"}])
    del saleor.products[0]
    assert verbs(planned()) == ["archive"]
    settle(planned, applied)


def test_the_first_report_says_what_will_be_linked(saleor, store, planned, admin) -> None:
    from shopify_bridge.usecases.plan import Notes, make_plan
    from shopify_bridge.usecases.sides import Sides

    gid = made(admin, "Old mug", "SKU-1")
    made(admin, "Theirs alone", "OTHER")
    saleor.product(1, "Mug")
    saleor.product(2, "Cup")
    notes = Notes()
    list(make_plan(Sides(store), notes))
    report = notes.report()
    assert (report["found_by_sku"], report["made"], report["refused"], report["left_alone"]) == (1, 1, 0, 1)
    assert report["examples"][0]["found"] == "Old mug" and report["examples"][0]["gid"] == gid
    assert admin(PRODUCTS)["products"]["nodes"][0]["title"] == "Old mug"


def test_a_catalogue_that_was_imported_anew_takes_its_mirrors_over(
    saleor, store, planned, applied, admin
) -> None:
    from shopify_bridge.usecases.plan import plan_one
    from shopify_bridge.usecases.sides import Sides

    sized(saleor, 1, "Shirt", ["S", "M"])
    saleor.product(2, "Mug")
    settle(planned, applied)
    before = {p["title"]: (p["id"], [v["id"] for v in p["variants"]["nodes"]]) for p in products(admin)}
    shirt = sized(saleor, 11, "Shirt", ["S", "M"])
    for variant, old in zip(shirt["variants"], saleor.products[0]["variants"], strict=True):
        variant["sku"] = old["sku"]
    del saleor.products[0]
    assert {(a.verb, a.label, a.reason) for a in planned()} == {
        ("describe", "Shirt", "found by SKU, to be linked")
    }
    assert [a.verb for a in plan_one(Sides(store), shirt["id"])] == ["describe"]
    shirt["title"] = "Better shirt"
    settle(planned, applied)
    after = {p["title"]: (p["id"], [v["id"] for v in p["variants"]["nodes"]]) for p in products(admin)}
    assert after == {"Better shirt": before["Shirt"], "Mug": before["Mug"]}
    assert {p["saleor"]["value"] for p in products(admin)} == {p["id"] for p in saleor.products}


def test_a_product_that_sync_made_meanwhile_is_not_written_over(
    saleor, store, planned, applied, admin
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    saleor.product(1, "Mug")
    prepare(Sides(store))
    actions = planned()
    applied()
    (node,) = products(admin)
    theirs = {"namespace": "custom", "key": "mine", "type": "single_line_text_field", "value": "x"}
    admin(METAFIELDS, m=[theirs | {"ownerId": node["id"]}])
    record(store, actions)
    drain()
    assert not Change.objects.exclude(state="DONE").exists()
    (node,) = products(admin)
    assert metafields(node, "custom") == {"mine": "x"}
