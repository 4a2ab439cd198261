"""Names and kinds of files that attack: links, pipes, devices, collisions, what cannot be read, what leads out."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from cli.small import write
from hostile.ground import TYPE, Expected, Ground, UnsupportedError, case


@case
def links(ground: Ground) -> Iterator[Expected]:
    victim = ground.victim("linked.toml")
    targets = {
        "link-out": victim,
        "link-out-relative": Path("../../../outside/linked.toml"),
        "link-dangling": Path("nowhere.toml"),
        "link-loop": Path("link-loop.toml"),
        "link-inside": Path("healthy-one.toml"),
        "link-passwd": Path("/etc/passwd"),
        "link-zero": Path("/dev/zero"),
        "link-tty": Path("/dev/tty"),
        "link-self": Path("/proc/self/environ"),
    }
    for slug, target in targets.items():
        ground.file(slug).symlink_to(target)
        yield Expected(ground.path(slug), "link")


@case
def links_on_the_way(ground: Ground) -> Iterator[Expected]:
    ground.victim("a.toml")
    (ground.root / "models" / "linked-type").symlink_to(ground.outside, target_is_directory=True)
    yield Expected("models/linked-type", "link")
    (ground.root / "models" / TYPE / "up").symlink_to("..", target_is_directory=True)
    yield Expected(f"models/{TYPE}/up", "link")
    (ground.root / "models" / TYPE / "all").symlink_to("/", target_is_directory=True)
    yield Expected(f"models/{TYPE}/all", "link")
    (ground.root / "models" / "turning").symlink_to("turning")


@case
def a_linked_provider(ground: Ground) -> Iterator[Expected]:
    (ground.root / "providers" / "linked.toml").symlink_to(ground.victim("provider.toml"))
    yield Expected("providers/linked.toml", "link")


@case
def hard_links(ground: Ground) -> Iterator[Expected]:
    ground.write("hard-a", ground.sound("hard-a"))
    victim = write(ground.outside / "hard.toml", ground.sound("hard-out"))
    try:
        os.link(ground.file("hard-a"), ground.file("hard-b"))
        os.link(victim, ground.file("hard-out"))
    except OSError as error:
        raise UnsupportedError(f"no hard links here: {error}") from error
    for slug in ("hard-a", "hard-b", "hard-out"):
        yield Expected(ground.path(slug), "hard-link")


@case
def pipes_and_sockets(ground: Ground) -> Iterator[Expected]:
    os.mkfifo(ground.file("pipe"))
    yield Expected(ground.path("pipe"), "not-a-file")
    os.mkfifo(ground.root / "providers" / "pipe.toml")
    yield Expected("providers/pipe.toml", "not-a-file")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(ground.file("pipe").parent, os.O_RDONLY)
        try:
            listener.bind(f"/proc/self/fd/{here}/socket.toml")
        except OSError as error:
            raise UnsupportedError(f"no socket can be made here: {error}") from error
        finally:
            os.close(here)
    yield Expected(ground.path("socket"), "not-a-file")


@case
def devices(ground: Ground) -> Iterator[Expected]:
    for slug, (major, minor) in {"dev-zero": (1, 5), "dev-random": (1, 9), "dev-tty": (5, 0)}.items():
        try:
            os.mknod(ground.file(slug), stat.S_IFCHR | 0o666, os.makedev(major, minor))
        except OSError as error:
            raise UnsupportedError(f"no device can be made here: {error}") from error
        yield Expected(ground.path(slug), "not-a-file")


@case
def folders_named_as_files(ground: Ground) -> Iterator[Expected]:
    ground.file("folder").mkdir()
    write(ground.file("folder") / "inside.toml", "a = 1\n")
    yield Expected(ground.path("folder"), "not-a-file")
    (ground.root / "providers" / "folder.toml").mkdir()
    yield Expected("providers/folder.toml", "not-a-file")


@case
def sparse(ground: Ground) -> Iterator[Expected]:
    with ground.write("sparse", b"").open("r+b") as file:
        file.truncate(2**30)
    yield Expected(ground.path("sparse"), "too-large")


@case
def deep_folders(ground: Ground) -> Iterator[Expected]:
    """Deeper than a path can be long, but for one step at a time."""
    descriptor = os.open(ground.root / "models", os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 200, dir_fd=descriptor)
        deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    with os.fdopen(os.open("deep.toml", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=descriptor), "wb") as file:
        file.write(b"a = 1\n")
    os.close(descriptor)
    yield Expected("", "unreadable")


@case
def names_that_collide(ground: Ground) -> Iterator[Expected]:
    twins = (("Twin", "twin"), ("caf\u00e9", "cafe\u0301"), ("stra\u00dfe", "strasse"), ("\ufb01x", "fix"))
    for names in twins:
        for slug in names:
            if ground.file(slug).exists():
                raise UnsupportedError("this file system takes names that differ in case or encoding as one")
            ground.write(slug, ground.sound(slug))
            yield Expected(ground.path(slug), "key-collision")


@case
def odd_names(ground: Ground) -> Iterator[Expected]:
    """Bytes that are no text, names that look like options, patterns, fields or parts of a path."""
    names = [
        b"\xff\xfe", b"lone-\xed\xa0\x80", b"-rf", b"--all", b"*", b"[a-z]", b"a b", b"a;b", b"$(id)", b"`id`", b"%s",
        b"..dots", b"a..b", b"a\\..\\b", b"a:b", b"'", b'"', b"#", b"=", b"N" * 250, b"\xf0\x9f\x92\xa9", b"~",
    ]  # fmt: skip
    folder = os.fsencode(ground.root / "models" / TYPE)
    for number, name in enumerate(names):
        path = folder + b"/" + name + b".toml"
        try:
            with open(path, "wb") as file:
                file.write(ground.sound(f"odd-name-{number}").encode())
        except OSError as error:
            raise UnsupportedError(f"{name!r} cannot be a name here: {error}") from error
        if not name.startswith(b"."):
            yield Expected(ground.path(os.fsdecode(name)), "slug-form" if b"\\" not in name else "bad-name")


@case
def files_that_are_not_ours(ground: Ground) -> Iterator[Expected]:
    write(ground.root / "models" / TYPE / ".hidden.toml", "\0")
    write(ground.root / "models" / ".git" / "x.toml", "\0")
    write(ground.root / "models" / TYPE / ".modeltui-20260101-000000-abcdef-0.tmp", "\0")
    write(ground.root / "models" / TYPE / "readme.md", "\x1b[31m")
    write(ground.root / "models" / "in-no-type.toml", ground.sound("in-no-type"))
    yield Expected("models/in-no-type.toml", "folder-mismatch")
