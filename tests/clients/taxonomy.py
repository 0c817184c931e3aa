"""The keys of fideslang's default taxonomy, by PyPI `fideslang`: JSON, those in use only.

    taxonomy.py
"""

import json

from fideslang import DEFAULT_TAXONOMY


def keys(kind):
    return sorted(one.fides_key for one in getattr(DEFAULT_TAXONOMY, kind) if not one.version_deprecated)


print(json.dumps({kind: keys(kind) for kind in ["data_category", "data_subject"]}))
