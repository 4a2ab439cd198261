"""Putting together what a job needs. Importing this loads what speaks HTTP; only a run that starts does it."""

from __future__ import annotations

from contextlib import AsyncExitStack

from modeltui.domain.call import Call, Prepared
from modeltui.domain.document import Document
from modeltui.domain.inputs.specs import read_inputs
from modeltui.domain.job import Job, JobState
from modeltui.domain.request.payload import compile_request
from modeltui.providers.auth import Gate
from modeltui.providers.collecting import resumed
from modeltui.providers.contract import Contract
from modeltui.providers.download import Downloader
from modeltui.providers.exchange import Exchange
from modeltui.providers.http import Http, open_http
from modeltui.providers.pace import Pace
from modeltui.providers.polling import Polling
from modeltui.providers.preparing import Preparing
from modeltui.providers.submitting import Submitting
from modeltui.providers.work import Phase, Work

_MODEL_FIELDS = ("model_id", "uid", "name", "version")


async def begin(
    stack: AsyncExitStack,
    *,
    document: Document,
    contract: Contract,
    gate: Gate,
    prepared: Prepared,
    call: Call | None,
    job: Job,
    out_dir: str,
    http: Http | None,
    pace: Pace,
    spare_dir: str | None = None,
) -> tuple[Work, Phase]:
    """The work, and the phase that the job's state asks for."""
    client = await stack.enter_async_context(open_http(gate.provider)) if http is None else http
    work = Work(
        contract=contract,
        call=call,
        inputs=prepared.sent or prepared.inputs,
        model={name: document[name] for name in _MODEL_FIELDS if name in document},
        exchange=Exchange(client, gate),
        downloader=Downloader(client, gate, out_dir, contract.result.is_authorized),
        clock=gate.clock,
        job=job,
        pace=pace,
        spare_folder=spare_dir,
    )
    match job.state:
        case JobState.PREPARING:
            return work, Preparing(work, compile_request(document, read_inputs(document)))
        case JobState.DOWNLOADING:
            return work, resumed(work)
        case JobState.POLLING if contract.poll is not None:
            return work, Polling(work, contract.poll)
    return work, Submitting(work)
