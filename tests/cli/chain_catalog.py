"""A catalogue of sandbox models with a chain in which a picture becomes a film."""

from __future__ import annotations

from pathlib import Path

from cli.small import asked_often, write

SHIPPED = Path(__file__).parents[2] / "catalog"
CHAT, IMAGE, FILM, ANIMATE, INSTANT = (
    "chat/sandbox-chat",
    "prompt_to_image/sandbox-image",
    "prompt_to_video/sandbox-video",
    "image_to_video/sandbox-animate",
    "prompt_to_image/sandbox-instant",
)
CHAIN = """\
schema = 1
name = "Chain"
active = true

# the idea
[inputs.idea]
type = "string"
required = true
not_blank = true

[inputs.mode]
type = "string"
default = "ok"

[[steps]]
id = "words"
model = "chat/sandbox-chat"
inputs = { prompt = "${inputs.idea}", max_tokens = 20 }

[[steps]]
id = "still"
model = "prompt_to_image/sandbox-image"   # a picture
inputs = { prompt = "${steps.words.text}" }

[[steps]]
id = "film"
model = "image_to_video/sandbox-animate"
inputs = { prompt = "${inputs.idea}", image = "${steps.still.results[0]}", sandbox_mode = "${inputs.mode}" }
"""


def chain_catalog(root: Path) -> Path:
    for name in (
        "catalog.toml",
        "providers/sandbox.toml",
        *(f"models/{key}.toml" for key in (CHAT, IMAGE, FILM, INSTANT)),
    ):
        write(root / name, asked_often((SHIPPED / name).read_bytes()))
    animate = (root / f"models/{FILM}.toml").read_text().replace("prompt_to_video", "image_to_video")
    animate = animate.replace("8e758bad", "8e758bae").replace(
        "[inputs.resolution]\n", '[inputs.image]\ntype = "image"\nrequired = true\n\n[inputs.resolution]\n', 1
    )
    body = 'prompt = "${inputs.prompt}"\n'
    write(root / f"models/{ANIMATE}.toml", animate.replace(body, f'{body}image = "${{inputs.image}}"\n'))
    write(root / "workflows/chain.toml", CHAIN)
    write(root / "workflows/storyboard.toml", (SHIPPED / "workflows/storyboard.toml").read_text())
    return root
