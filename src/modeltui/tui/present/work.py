"""Work under way in words: at the top of every screen, at the start, and before the console ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from modeltui.domain.batch import BatchProgress, BatchState
from modeltui.tui.present.batch import counted
from modeltui.tui.present.line import BLANK, Line, line
from modeltui.tui.present.outcome import of_job

if TYPE_CHECKING:
    from modeltui.domain.job import Job

_MOST_NAMED: Final = 4


def work_text(runs: int, batches: Sequence[BatchProgress]) -> str:
    """`2 runs · batch 14/200`; "" where nothing is under way. `runs` are those of no batch."""
    parts = [counted(runs)] if runs else []
    if batches:
        done, total = (sum(getattr(each.tally, name) for each in batches) for name in ("done", "total"))
        name = "batch" if len(batches) == 1 else f"{len(batches)} batches"
        is_paused = all(each.state is BatchState.PAUSED for each in batches)
        parts.append(f"{name} {done}/{total}{' paused' if is_paused else ''}")
    return " · ".join(parts)


def quit_title(runs: int, batches: int) -> str:
    """`2 runs and a batch are under way`."""
    many = "a batch" if batches == 1 else f"{batches} batches"
    parts = [*(["a run" if runs == 1 else counted(runs)] if runs else []), *([many] if batches else [])]
    return f"{' and '.join(parts)} {'is' if runs + batches == 1 else 'are'} under way"


def quit_lines(runs: int, batches: Sequence[BatchProgress]) -> list[Line]:
    """What becomes of runs and batches when the console ends."""
    lines: list[Line] = []
    for progress in batches[:_MOST_NAMED]:
        tally = progress.tally
        said = f"{tally.done} of {counted(tally.total)} ended, {tally.running} running, {tally.queued} to come"
        lines.append(((f"batch {progress.id[:8]}  ", "muted"), (said, "plain")))
    lines += [line(f"… and {len(batches) - _MOST_NAMED} more", "muted")] * (len(batches) > _MOST_NAMED)
    lines += [BLANK] if lines else []
    lines.append(line("What was sent is not cancelled, and may be billed."))
    if runs:
        lines.append(line("The next console asks for its result by itself."))
    if batches:
        lines.append(line("A batch ends with its console; B in the next one goes on"))
        lines.append(line("with it, or `modeltui batch --resume`."))
    lines.append(line("Nothing is lost, and nothing is sent twice."))
    return lines


@dataclass(frozen=True, slots=True)
class StartNotice:
    """What was found at the start, with what came of it meanwhile."""

    said: str
    ended: tuple[Job, ...] = ()

    def with_end(self, job: Job) -> StartNotice:
        return replace(self, ended=(*self.ended, job))

    @property
    def text(self) -> str:
        if not self.ended:
            return self.said
        if len(self.ended) == 1:
            return f"{self.said}; {of_job(self.ended[0]).text}"
        counts = Counter(job.state.value for job in self.ended)
        return f"{self.said}; {', '.join(f'{count} {word}' for word, count in counts.most_common())}"
