"""The holidays of the years our calendars cover, by PyPI `holidays`: JSON, by calendar and date.

    calendars.py

`holidays` are those everybody has; `optional` those that some have, where the library tells them apart as we do. `eu` is what
every member state keeps.
"""

import json

import holidays

YEARS = range(2025, 2029)
PLACES = {"br": "BR", "ie": "IE", "de-by": "DE-BY", "pt": "PT", "us-ca": "US-CA"}
UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()


OPTIONAL = {"br": "optional", "ie": "optional", "pt": "optional", "de-by": "catholic"}


def kept(place, category="public"):
    country, _, part = place.partition("-")
    days = holidays.country_holidays(country, subdiv=part or None, years=YEARS, categories=category)
    return {str(day): name for day, name in days.items()}


public = {calendar: kept(place) for calendar, place in PLACES.items()}
everywhere = set.intersection(*(set(kept(country)) for country in UNION))
public["eu"] = {day: name for day, name in kept("BE").items() if day in everywhere}
optional = {calendar: kept(PLACES[calendar], category) for calendar, category in OPTIONAL.items()}
print(json.dumps({"holidays": public, "optional": optional}))
