"""What the countries of our laws are called, by PyPI `babel` (CLDR): JSON, by ISO 3166-1 alpha-2.

Names in Brazilian and European Portuguese, English and Spanish.
"""

import json

from babel import Locale

LANGUAGES = ["pt_BR", "pt_PT", "en", "es"]
territories = [Locale.parse(language).territories for language in LANGUAGES]
codes = [code for code in territories[0] if len(code) == 2 and code.isalpha()]
print(json.dumps({code: [names[code] for names in territories if code in names] for code in codes}))
