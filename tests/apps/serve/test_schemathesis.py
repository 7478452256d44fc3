"""The OpenAPI document against the running server: schemathesis asks what it allows, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from support.serving import Serving

pytest.importorskip("uvicorn")
import schemathesis
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

load_all_checks()
REFUSED = {"expected-statuses": [400, 413, 422]}
CONFIG = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": REFUSED}})
# What the document allows can be refused all the same: what the model can give, and a file's columns, are not in it.
CHECKS = [check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ != "positive_data_acceptance"]
COLUMNS, FORM = "/v1/files/columns", "multipart/form-data"
ASKED = ["/v1/predict", "/v1/explain", "/v1/neighbours", "/v1/files", COLUMNS, "/predict"]
READ = ["/v1/models", "/v1/models/{name}/report", "/openapi.json", "/metrics", "/healthz", "/readyz"]
CASES = [
    *((path, mode) for path in ASKED for mode in GenerationMode),
    *((path, GenerationMode.POSITIVE) for path in READ),
]


@schemathesis.serializer(
    "application/x-ndjson", "text/csv", "text/tab-separated-values", "application/vnd.apache.parquet"
)
def as_it_is(_: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_the_server_keeps_to_its_document(one: Serving, path: str, mode: Any) -> None:
    schema = schemathesis.openapi.from_url(f"{one.address.geturl()}/openapi.json", config=CONFIG)
    (operation,) = schema[path].values()

    @settings(suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        # Any text is answered line by line, and any is a file of some columns.
        is_text = case.media_type == "application/x-ndjson" or (path == COLUMNS and case.media_type != FORM)
        assume(mode is GenerationMode.POSITIVE or not is_text)
        case.call_and_validate(checks=CHECKS)

    ask()
