"""playwright keeps an event loop in the thread of the tests, which Django takes for an asynchronous view.

It stays there for the rest of the session, so this is said once and for all.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
