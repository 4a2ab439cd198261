"""Codes of the state directory: what applies, queues and the history left in it."""

from __future__ import annotations

from typing import Final

from modeltui.domain.rules.codes.code import Code

STATE: Final = {
    "apply-in-doubt": Code(
        "error",
        "An apply was interrupted, and could be neither finished nor undone; or its journal is not to be believed.",
        "Some files may be new and some old, and no other apply begins before it is settled.",
        "`modeltui recover --details` says what is known; --forward, --back or --accept ends it.",
        "The power failed in the middle of an apply, and its journal is damaged.",
    ),
    "state-broken": Code(
        "error",
        "Something in `.modeltui` is not what it should be: a folder or a link in the place of a file, or the reverse.",
        "Changes cannot be queued or applied, or the history is not kept.",
        "Move it away: modeltui makes its own. Nothing of it is followed until then.",
        "`.modeltui/generation` is a folder.",
    ),
    "state-distrusted": Code(
        "warning",
        "Everybody may write a file or folder of `.modeltui`, or it belongs to a stranger.",
        "Whoever may write there could have others apply what they did not queue; such files are not believed.",
        "Take the right away (`chmod o-w`), and look whether what is in it is yours.",
        "Somebody ran `chmod -R 777` on the catalogue.",
    ),
    "state-unreadable": Code(
        "warning",
        "This user may not read `.modeltui`, or a queue or the history in it.",
        "The models can be read; what is pending is not seen in full, and nothing can be queued or applied.",
        "Ask its owner for the right to read it, or become a member of the catalogue's group.",
        "`.modeltui` belongs to another user and has the mode 700.",
    ),
    "state-left": Code(
        "note",
        "An apply that never began left files that could not be swept, or not all of them.",
        "They do no harm, and take up room.",
        "Give the right to look into every folder of the catalogue; the next start sweeps.",
        "A folder below `models` may be read by another user only.",
    ),
    "log-damaged": Code(
        "warning",
        "Lines of a queue or of the history are damaged or cut off. What can be read is used, the rest is kept aside.",
        "Changes that were queued, or records of applies, are missing.",
        "Look at what is kept beside the log, queue again what is missing, then remove it.",
        "The disk lost the last block of `.modeltui/queue/alice.jsonl`.",
    ),
    "jobs-unreadable": Code(
        "warning",
        "`.modeltui/jobs.db` cannot be read: it is damaged, of another program, or of a newer modeltui.",
        "Runs are refused, because none is sent without a record, and there are no statistics; all else works.",
        "Move it away with its -wal and -shm, and the next run makes a new one; or use the newer modeltui.",
        "The disk lost blocks of the file.",
    ),
    "commit-pending": Code(
        "warning",
        "An apply wrote its files, and git refused the commit. The message is git's own.",
        "The history has its record; git and whoever pulls from it do not see the change yet.",
        "See to what git says (a hook, an identity, a lock); the next apply commits it as well.",
        "A pre-commit hook failed.",
    ),
}
