"""What a report looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from saleor_plugins.kernel.errors import Invalid

LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Scope:
    """What happened in [since, until), of one channel and country or of all ("")."""

    since: datetime
    until: datetime
    channel: str = ""
    country: str = ""

    def checked(self) -> Scope:
        """Itself. Raises Invalid (``since``, ``until``, ``country``, ``channel``)."""
        for name, at in (("since", self.since), ("until", self.until)):
            if at.tzinfo is None:
                raise Invalid("Must name its time zone.", field=name)
        if self.since >= self.until:
            raise Invalid("Must be after since.", field="until")
        if self.until - self.since > LONGEST:
            raise Invalid(f"At most {LONGEST.days} days at once.", field="since")
        if self.country and not re.fullmatch(r"[A-Z]{2}", self.country):
            raise Invalid("Must be a country's two capital letters (ISO 3166).", field="country")
        if len(self.channel) > 250 or "\0" in self.channel:
            raise Invalid("Must be a channel's slug.", field="channel")
        return self
