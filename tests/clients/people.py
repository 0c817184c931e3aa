"""What shops say of made-up people, and what is personal in it: a line of JSON each, the same in every run.

    people.py

The people and the sentences are those of PyPI `presidio-evaluator` (its data files, from FakeNameGenerator.com; the package's
own code is not run, it asks for more than 2 GB of libraries). What its spreadsheet has lost (the digits of cards) or does not
have (IBANs, CPFs) comes from PyPI `Faker`, whose check digits are not ours. `has` says what is in `text`, by whoever put it
there; `region` is the country the shop is in.
"""

import csv
import json
import random
import re
from importlib.metadata import files
from pathlib import Path

from faker import Faker

SEED, PER_TEMPLATE, PEOPLE = 20260131, 10, 1500


def data(name):
    return next(Path(file.locate()) for file in files("presidio-evaluator") if file.name == name)


random.seed(SEED)
fakes = {}
for place, locale in enumerate(["en_US", "pt_BR", "pt_PT", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "no_NO"]):
    fakes[locale] = Faker(locale)
    fakes[locale].seed_instance(SEED + place)
fake, brazil = fakes["en_US"], fakes["pt_BR"]
with open(data("FakeNameGenerator.com_3000.csv"), encoding="utf-8-sig") as file:
    people = list(csv.DictReader(file))
templates = data("templates.txt").read_text(encoding="utf-8", errors="replace").splitlines()


def say(**line):
    print(json.dumps(line))


def abroad(person):
    return f"+{person['TelephoneCountryCode'].split('-')[0]} {person['TelephoneNumber']}"


def iban():
    return fakes[random.choice([locale for locale in fakes if locale not in ("en_US", "pt_BR")])].iban()


def moment():
    day = f"{random.randint(2015, 2026)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    return f"{day} {random.randint(0, 23):02}:{random.randint(0, 59):02}"


def fill(person, has):
    """What stands for each placeholder; what is personal is noted with its kind."""

    def personal(kind, value):
        has.append([kind, value])
        return value

    def phone():
        if random.random() < 0.5:
            return personal("phone", abroad(person))
        return personal("phone_national", person["TelephoneNumber"])

    name = f"{person['GivenName']} {person['Surname']}"
    address = f"{person['StreetAddress']}, {person['ZipCode']} {person['City']}"
    known = {
        "email": lambda: personal("email", person["EmailAddress"]),
        "phone_number": phone,
        "credit_card_number": lambda: personal("card", fake.credit_card_number()),
        "iban": lambda: personal("iban", iban()),
        "first_name": lambda: person["GivenName"],
        "last_name": lambda: person["Surname"],
        "address": lambda: address,
        "street_name": lambda: person["StreetAddress"],
        "city": lambda: person["City"],
        "country": lambda: person["CountryFull"],
        "organization": lambda: person["Company"],
        "job": lambda: person["Occupation"],
        "age": lambda: person["Age"],
        "zipcode": lambda: person["ZipCode"],
        "postcode": lambda: person["ZipCode"],
        "date_of_birth": lambda: person["Birthday"],
        "date_time": moment,
        "year": lambda: fake.year(),
        "building_number": lambda: fake.building_number(),
        "secondary_address": lambda: f"Apt. {fake.random_int(1, 999)}",
        "url": lambda: f"https://{person['Domain']}/",
        "ip_address": lambda: fake.ipv4(),
        "ssn": lambda: fake.numerify("%##-##-####"),
        "us_driver_license": lambda: fake.bothify("?####"),
        "day_of_week": lambda: fake.day_of_week(),
        "state_abbr": lambda: person["State"],
        "prefix": lambda: person["Title"],
    }
    return lambda match: known.get(match[1], lambda: name)()


for template in (line.replace("\\n", "\n").replace("\\,", ",") for line in templates):
    for person in random.sample(people, PER_TEMPLATE):
        has = []
        text = re.sub(r"\{\{(\w+)\}\}", fill(person, has), template)
        say(corpus="sentences", region=person["Country"].lower(), name="message", text=text, has=has)

for person in random.sample(people, PEOPLE):
    region = person["Country"].lower()

    def value(name, text, kind=None):
        has = [[kind, text]] if kind else []
        say(corpus="properties", region=region, name=name, text=str(text), has=has)

    cpf = brazil.cpf()
    value("recipient", person["EmailAddress"], "email")
    value("contact", abroad(person), "phone")
    value("contact", person["TelephoneNumber"], "phone_national")
    value("phone", person["TelephoneNumber"], "phone_named")
    value("reference", fake.credit_card_number(), "card")
    value("reference", iban(), "iban")
    value("reference", cpf if random.random() < 0.5 else re.sub(r"\D", "", cpf), "cpf")
    for field in ["GivenName", "Surname", "StreetAddress", "City", "ZipCode", "CountryFull", "Username", "Password",
                  "Birthday", "Age", "CVV2", "CCExpires", "Occupation", "Company", "Domain"]:
        value(field, person[field])
    value("order_id", fake.numerify("BR-2026-#########"))
    value("order_number", fake.numerify("%#########"))
    value("tracking", fake.bothify("??#########BR").upper())
    value("ean", fake.ean13())
    value("sku", fake.bothify("???-####-??").upper())
    value("cart_id", fake.uuid4())
    value("product_id", fake.hexify("^" * 24))
    value("at", random.randint(1_600_000_000_000, 1_790_000_000_000))
    value("seconds", random.randint(1_600_000_000, 1_790_000_000))
    value("date", moment())
    value("total", f"{random.randint(1, 99999)}.{random.randint(0, 99):02}")
    value("ip", fake.ipv4())
    value("user_agent", fake.chrome())
    value("version", fake.numerify("%#.#.####.##"))
    value("place", f"{fake.latitude()}, {fake.longitude()}")
    value("url", f"https://{person['Domain']}/p/{fake.slug()}?variant={random.randint(10**9, 10**10)}")
