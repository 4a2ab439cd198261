"""No tree, and no mapping, makes the reader of foreign trees raise: what is wrong is a finding or a ConfigError."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foreign_trees import MODEL, PROVIDER
from modeltui.domain.foreign.inherit import whole
from modeltui.domain.foreign.translate import Translator
from modeltui.domain.foreign.values import faults_of, lacks_of
from modeltui.domain.model import model_of
from modeltui.domain.rules.codes import CODES
from modeltui.storage.foreign import ForeignStore
from modeltui.storage.foreign_mapping import read_mapping

MAPPING = read_mapping("models.dev")

_NAMES = ["name", "cost", "input", "output", "limit", "context", "tiers", "tier", "size", "modalities", "base_model"]
_KEYS = st.sampled_from(
    [*_NAMES, "extends", "from", "omit", "experimental", "modes", "interleaved", "outputt", "", "é"]
)
_VALUES = st.recursive(
    st.one_of(
        st.none().map(lambda _: "text"),
        st.sampled_from(["2025-01", "2025-01-99", "text", " a ", "", "p/a", "a/b"]),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.dates(),
        st.datetimes(),
        st.times(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=14,
)
_FIELDS = sorted({*MAPPING.model.shape.keys, *MAPPING.model.shape.meant})  # type: ignore[misc]
_DOCUMENTS = st.dictionaries(st.sampled_from([*_FIELDS, "", "x"]), _VALUES, max_size=8)


@given(document=_DOCUMENTS, base=_DOCUMENTS)
def test_no_document_raises(document: dict[str, Any], base: dict[str, Any]) -> None:
    found, _ = whole(document, MAPPING, lambda path: base if path != "p" else document, "p")
    translator = Translator(MAPPING)
    model_of("acme/one", "p", "", translator.document(found, {"provider": "acme", "id": "one"}))
    translator.provider(found, {"provider": "acme"})
    for kind in MAPPING.files.values():
        for fault in (*faults_of(document, kind.shape), *lacks_of(found, kind.shape)):
            assert fault.code in CODES
            assert fault.message


_PATHS = st.sampled_from(
    [
        *("providers/a/provider.toml", "providers/a/models/x.toml", "providers/a/models/X.toml"),
        *("providers/b/models/x/y.toml", "providers/b/provider.toml", "models/m/n.toml", "providers/a/z.toml"),
        *("providers/a/models/\x1b[31m.toml", "providers/a/models/é\\.toml", "models/m/folder.toml/x.toml"),
    ]
)
_LINKS = st.sampled_from([".", "..", "x.toml", "/etc/hostname", "../../b/models/x/y.toml", "../../../..", "../models"])
_BYTES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([MODEL.encode(), PROVIDER.encode(), b'base_model = "m/n"\n', b'extends.from = "a/x"\n']),
    st.tuples(st.integers(0, len(MODEL)), st.binary(max_size=4)).map(
        lambda cut: MODEL.encode()[: cut[0]] + cut[1] + MODEL.encode()[cut[0] + len(cut[1]) :]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(files=st.dictionaries(_PATHS, _BYTES | _LINKS, max_size=6))
def test_any_tree_gives_rows_and_findings(files: dict[str, bytes | str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, content in {"providers/c/models/one.toml": MODEL.encode(), **files}.items():
            file = root / path
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, str):
                    os.symlink(content, file)
                else:
                    file.write_bytes(content)
            except OSError:
                continue  # a file where this one wants a folder
        store = ForeignStore(folder, MAPPING)
        catalog = store.load()
        assert "c/one" in catalog.models
        assert all(isinstance(document, dict) for document in catalog.documents.values())
        assert {finding.code for finding in store.check()} <= CODES.keys()
