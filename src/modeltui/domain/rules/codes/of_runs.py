"""Codes of model files whose runs would not do what they say."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

_PROMPT = '[inputs.prompt]\ntype = "string"\n\n'
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
        "A later call needs a value of the answer that [request.save] does not save.",
        "The job would be sent, and could never be asked for.",
        "Save it: NAME = a JMESPath in [request.save].",
        f'[request]\npath = "/v1"\n\n[poll]\npath = "/v1/${{saved.task_id}}"\n{_POLL}',
        f'[request]\npath = "/v1"\nsave = {{ task_id = "id" }}\n\n[poll]\npath = "/v1/${{saved.task_id}}"\n{_POLL}',
    ),
    "unknown-placeholder": Code(
        "error",
        "A placeholder names something that a run does not have.",
        "The request could not be made.",
        "Of the job there is job.uuid, of the model its own fields that the message lists; a saved value is there "
        "only after the request.",
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
    "cannot-run": Code(
        "error",
        "The engine cannot make a request of this file. The message says which field is at fault.",
        "Each field is right by itself, and a run would be refused.",
        "Correct the field that the message begins with.",
        "A price table has no price for one of the values of its input.",
    ),
}
