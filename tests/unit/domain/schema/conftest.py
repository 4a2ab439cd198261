"""One good file of each kind, as parsed."""

from __future__ import annotations

from typing import Any

import pytest
import tomli

MODEL = """\
schema = 1
uid = "c3d4e5f6-0a1b-2c3d-4e5f-a6b7c8d9e0f1"
model_id = "veo3_fast"
name = "Google Veo 3.1 Fast"
provider = "kie_ai"
content_type = "prompt_to_video"
description = "Quick clips with sound."
version = "3.1"
family = "Veo"
variant = "3.1 Fast"
order = 6
group = "video"
category = "premium"
logo = "veo.svg"
active = true
default = false
premium = true
internal = false
status = "active"
tags = ["video", "fast"]
keys = ["KIE_AI_API_KEY_VEO3"]
deprecated_on = 2026-11-20
released_on = 2025-10-01
retires_on = 2026-12-01
replaced_by = "prompt_to_video/veo-4"
verified_on = 2026-11-01
source = "https://docs.kie.ai"

[lock]
locked = true
by = "alice"
at = 2026-11-20T10:00:00Z
reason = "in production"
digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

[timing]
estimated_seconds = 120

[limits]
context = 200_000
max_images = 2
max_file_mb = 10
min_media_seconds = 0.5
max_media_seconds = 60
durations = [5, 10]
qualities = ["720p"]

[modalities]
input = ["text", "image"]
output = ["video"]

[capabilities]
audio = true

[inputs.prompt]
type = "string"
required = true
max_length = 5000

[inputs.aspect_ratio]
type = "string"
enum = ["16:9", "9:16"]
default = "16:9"
labels = { "16:9" = "wide" }
map = { "16:9" = { width = 1344, height = 768 } }

[inputs.duration]
type = "integer"
minimum = 5
maximum = 10
default = 5

[inputs.shots]
type = "array"
max_items = 5

[inputs.shots.items]
type = "object"

[inputs.shots.items.fields.seconds]
type = "number"
required = true

[[rules]]
when = { duration = 10 }
forbid = { aspect_ratio = ["9:16"] }
message = "ten seconds are wide only"

[[rules]]
total = "shots[].seconds"
equals = "duration"
tolerance = 0.5
message = "the shots make up the clip"

[request]
method = "POST"
path = "/api/v1/veo/generate"
idempotent = false

[request.headers]
x-source = "modeltui"

[request.body]
model = "veo3_fast"
prompt = "${inputs.prompt}"
aspectRatio = "${inputs.aspect_ratio}"

[request.save]
task_id = "data.taskId"

[poll]
path = "/api/v1/veo/record-info"
query = { taskId = "${saved.task_id}" }
status = "to_string(data.successFlag)"
pending = ["0"]
success = ["1"]
failure = ["2", "3"]
interval_s = 5
timeout_s = 900

[result]
kind = "url"
select = "data.response.resultUrls[]"
media = "video/mp4"

[cancel]
url = "${saved.cancel_url}"

[cost]
currency = "credits"
base = "60"
round = "half_up:2"

[cost.multipliers.aspect_ratio]
"16:9" = "1.5"
"""

PROVIDER = """\
schema = 1
id = "replicate"
name = "Replicate"
base_url = "https://api.replicate.com/v1"
hosts = ["api.replicate.com"]
media_hosts = ["*.replicate.delivery"]
verified_on = 2026-11-20
source = "docs"

[auth]
scheme = "bearer"
env = ["REPLICATE_API_TOKEN"]
env_allow = ["REPLICATE_API_TOKEN_*"]

[headers]
x-source = "modeltui"

[errors]
failed = "code != `200`"
message = "detail"
money = ["402"]

[limits]
concurrency = 4
requests = [{ count = 600, per_s = 60 }]
"""

CATALOG = """\
schema = 1

[policy]
reason_required = true

[policy.roles]
admin = ["root", "@ops"]

[policy.limits]
apply_files = 50
price_jump_percent = 20

[units]
credits_per_usd = "50"
margin = "1.32"
"""


@pytest.fixture
def model() -> dict[str, Any]:
    return tomli.loads(MODEL)


@pytest.fixture
def provider() -> dict[str, Any]:
    return tomli.loads(PROVIDER)


@pytest.fixture
def settings() -> dict[str, Any]:
    return tomli.loads(CATALOG)
