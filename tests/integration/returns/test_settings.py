"""What the dashboard refuses to save."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.returns import config
from saleor_plugins.returns.plugin import ReturnsPlugin


def save(**values):
    rows = [{"name": name, "value": value} for name, value in values.items()]
    ReturnsPlugin.validate_plugin_configuration(SimpleNamespace(active=True, configuration=rows))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"expiry_days": "soon"}, "expiry_days"),
        ({"restock_into": "FIXED"}, "restock_warehouse"),
        (
            {"restock_warehouse": to_global("Warehouse", "00000000-0000-0000-0000-000000000000")},
            "restock_warehouse",
        ),
        ({"transfer_costs": "a > b = c"}, "transfer_costs"),
    ],
)
def test_a_bad_setting_is_refused_with_its_name(room, values, field):
    with pytest.raises(ValidationError) as caught:
        save(**values)
    assert list(caught.value.message_dict) == [field]


def test_good_settings_become_the_policy(room):
    save(restock_into="FIXED", restock_warehouse=room.house.id)
    room.configure(
        return_window_days="14", expiry_days="21", refund_shipping="Standard", standard_shipping="4.90",
        restocking_fee_percent="10", label_fee="3", restock_into="fixed", restock_warehouse=room.house.id,
        restock_map="shoes = Main", transfer_costs="A > B = 1",
    )  # fmt: skip
    policy = config.policy()
    assert (policy.window_days, policy.expiry_days, policy.refund_shipping) == (14, 21, "STANDARD")
    assert (policy.standard_shipping, policy.restocking_fee_percent, policy.label_fee) == ("4.90", "10", "3")
    assert (policy.restock_into, policy.restock_warehouse) == ("FIXED", room.house.id)
    assert (policy.restock_map, policy.transfer_costs) == ("shoes = Main", "A > B = 1")
