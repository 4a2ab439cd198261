"""Every error that modeltui raises on purpose.

ModeltuiError
├── UsageError            the request itself is wrong
│   ├── QueryError        a query does not parse; knows the position
│   └── ConfigError       settings or catalog.toml cannot be used
├── NotFoundError         no such model, apply, preset …
├── RefusedError          understood, and not done
│   ├── LockedError       a lock holds
│   ├── NotPermittedError this user may not, or nothing may be changed now
│   ├── InvalidValueError the value does not fit the field
│   └── EditRefusedError  the edit could not be proved right, so nothing was written
├── BrokenFileError       a file cannot be read as TOML; knows line and column
├── ConflictError         the world changed since the edit was queued
│   ├── BusyError         another process holds the mutex
│   └── InDoubtError      an apply could neither be finished nor undone
├── ApplyError            an apply failed and was undone; nothing was written
└── ProviderError         the provider or the job failed
"""

from __future__ import annotations


class ModeltuiError(Exception):
    """What went wrong in one sentence, and the next step as a hint."""

    title = "Error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ModeltuiError):
    title = "Wrong use"


class QueryError(UsageError):
    """A query that does not parse. `position` counts characters from 0."""

    title = "Query"

    def __init__(self, message: str, *, position: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.position = position


class ConfigError(UsageError):
    title = "Configuration"


class NotFoundError(ModeltuiError):
    title = "Not found"


class RefusedError(ModeltuiError):
    title = "Refused"


class LockedError(RefusedError):
    title = "Locked"


class NotPermittedError(RefusedError):
    title = "Not permitted"


class InvalidValueError(RefusedError):
    title = "Invalid value"


class EditRefusedError(RefusedError):
    title = "Edit refused"


class BrokenFileError(ModeltuiError):
    """A file that is not readable as TOML. `line` and `column` count from 1; None where unknown.

    `code` is the stable name of what is wrong, as a finding has it: `toml-syntax`, `link`, `too-large` …
    """

    title = "Broken file"

    def __init__(
        self,
        message: str,
        *,
        code: str = "toml-syntax",
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.line = line
        self.column = column


class ConflictError(ModeltuiError):
    title = "Conflict"


class BusyError(ConflictError):
    title = "Busy"


class InDoubtError(ConflictError):
    title = "In doubt"


class ApplyError(ModeltuiError):
    title = "Apply failed"


class ProviderError(ModeltuiError):
    title = "Provider"
