"""`python -m downscaling.audit` writes the JSON schema of `audit.json`."""

import json

from .document import Audit

print(json.dumps(Audit.model_json_schema(), indent=2))
