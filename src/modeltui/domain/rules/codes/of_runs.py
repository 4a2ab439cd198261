"""Codes of model files whose runs would not do what they say."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

_PROMPT = '[inputs.prompt]\ntype = "string"\n\n'
_IMAGE = '[inputs.image]\ntype = "image"\n\n'
_SENT = '\n\n[request]\npath = "/v1"\nbody = { image = "${inputs.image}" }'
_UPLOAD = (
    '[[before]]\ninput = "image"\npath = "/upload"\nbody = { file = "${file.data_url}" }\nsave = { url = "url" }\n'
)
_POLL = 'status = "state"\nsuccess = ["done"]\nfailure = ["fail"]\n'

RUNS: Final = {
    "unknown-input": Code(
        "error",
        "A placeholder, rule or price names an input that the file does not declare, or one that it declares as "
        "ignored.",
        "The request would lack a value, or the rule would never count.",
        "Declare it as [inputs.NAME], or correct the name; the hint lists the inputs.",
        f'{_PROMPT}[request]\npath = "/v1"\nbody = {{ text = "${{inputs.promt}}", t = "${{inputs.prompt}}" }}',
        f'{_PROMPT}[request]\npath = "/v1"\nbody = {{ text = "${{inputs.prompt}}" }}',
    ),
    "unknown-choice": Code(
        "error",
        "A rule, price or label is about a value that its input cannot have.",
        "It would never count, and a price that never counts is a wrong bill.",
        "Write one of the values of enum; the hint lists them.",
        '[inputs.mode]\ntype = "string"\nenum = ["fast", "slow"]\nlabels = { quick = "Quick" }\n\n'
        '[request]\npath = "/v1"\nbody = { mode = "${inputs.mode}" }',
        '[inputs.mode]\ntype = "string"\nenum = ["fast", "slow"]\nlabels = { fast = "Quick" }\n\n'
        '[request]\npath = "/v1"\nbody = { mode = "${inputs.mode}" }',
    ),
    "unused-input": Code(
        "warning",
        "An input is asked for, and neither the request nor a rule nor the price uses it.",
        "Users set it, and nothing happens.",
        "Send it in [request.body], or write ignored = true for what older callers still send.",
        _PROMPT.strip(),
        '[inputs.prompt]\ntype = "string"\nignored = true',
    ),
    "unknown-saved": Code(
        "error",
        "A call, or `use`, needs a value of an earlier answer that nothing saves.",
        "The job would be sent, and could never be asked for.",
        "Save it: NAME = a JMESPath in [request.save], or in [before.save] of an earlier step.",
        f'[request]\npath = "/v1"\n\n[poll]\npath = "/v1/${{saved.task_id}}"\n{_POLL}',
        f'[request]\npath = "/v1"\nsave = {{ task_id = "id" }}\n\n[poll]\npath = "/v1/${{saved.task_id}}"\n{_POLL}',
    ),
    "unknown-placeholder": Code(
        "error",
        "A placeholder names something that a run does not have.",
        "The request could not be made.",
        "Of the job there is job.uuid, of the model its own fields that the message lists; a saved value is there "
        "only after the request, a file only in a step of [[before]] that has `input`.",
        '[request]\npath = "/v1/${job.name}"',
        '[request]\npath = "/v1/${job.uuid}"',
    ),
    "poll-without-id": Code(
        "error",
        "The poll holds neither a saved value nor the job's own id.",
        "Every job would ask the same question, and get the answer of another.",
        "Save the job's id in [request.save] and use it in [poll]: ${saved.task_id}; or send ${job.uuid}.",
        f'[request]\npath = "/v1"\n\n[poll]\npath = "/v1/status"\n{_POLL}',
        f'[request]\npath = "/v1"\n\n[poll]\npath = "/v1/${{job.uuid}}"\n{_POLL}',
    ),
    "upload-not-media": Code(
        "error",
        "A step of [[before]] uploads an input that is no image, audio or video, and no list of them.",
        "Only media can come as a file; the step would never run.",
        "Name the media input, or leave `input` out for a step that runs once.",
        f'{_IMAGE}[inputs.prompt]\ntype = "string"\n\n{_UPLOAD.replace("image", "prompt", 1)}use = "${{saved.url}}"'
        f'{_SENT[:-2]}, text = "${{inputs.prompt}}" }}',
        f'{_IMAGE}[inputs.prompt]\ntype = "string"\n\n{_UPLOAD}use = "${{saved.url}}"'
        f'{_SENT[:-2]}, text = "${{inputs.prompt}}" }}',
    ),
    "upload-not-used": Code(
        "error",
        "The steps that upload an input do not say once, with `use`, what the request gets in place of the file.",
        "The file would be uploaded, and the request would hold the file itself all the same.",
        'Write use = "${saved.url}" in the last step for this input, and in no other.',
        f"{_IMAGE}{_UPLOAD.rstrip()}{_SENT}",
        f'{_IMAGE}{_UPLOAD}use = "${{saved.url}}"{_SENT}',
    ),
    "unknown-base": Code(
        "error",
        "A step of [[before]] names a base that the provider file does not have.",
        "A model file has no host of its own, so the step has no place to go to.",
        "Correct the name, or let an operator add it to [bases] and its host to `hosts` of the provider file.",
        'A step says base = "upload", and its provider has no [bases].',
    ),
    "cannot-run": Code(
        "error",
        "The engine cannot make a request of this file. The message says which field is at fault.",
        "Each field is right by itself, and a run would be refused.",
        "Correct the field that the message begins with.",
        "A price table has no price for one of the values of its input.",
    ),
}
