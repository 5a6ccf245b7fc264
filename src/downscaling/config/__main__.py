"""`python -m downscaling.config` writes the JSON schema of the configuration."""

import json

from .configuration import schema

print(json.dumps(schema(), indent=2))
