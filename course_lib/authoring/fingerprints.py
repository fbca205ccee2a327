"""Know which notebooks need not be executed again."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from course_lib.authoring.notebooks import Target


class BuildCache:
    """What each built notebook was made from, kept in ``.build-cache.json``.

    A notebook is executed again when its code changed, or a file of course_lib that its kernel
    read, or the pinned versions, or the built file itself; prose is written anew around the
    outputs that are there. Without the cache (it is not in git) everything is executed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / ".build-cache.json"
        try:
            self._entries = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._entries = {}

    def is_current(self, target: Target) -> bool:
        """Tell whether executing this target again would give what already stands there."""
        entry = self._entries.get(target.name)
        if not isinstance(entry, dict):
            return False
        return entry.get("fingerprint") == self._fingerprint(target, entry.get("files", []))

    def remember(self, target: Target, read: Iterable[Path] | None = None) -> None:
        """Note what a target just written was made from; by default the files of before."""
        if read is None:
            files = self._entries[target.name]["files"]
        else:
            files = sorted(self._relative(path) for path in read)
        self._entries[target.name] = {
            "files": files,
            "fingerprint": self._fingerprint(target, files),
        }
        text = json.dumps(self._entries, indent=1, sort_keys=True)
        self._path.write_text(text + "\n", encoding="utf-8")

    def _fingerprint(self, target: Target, files: list[str]) -> str:
        code = [cell.source for cell in target.blank.cells if cell.cell_type == "code"]
        digest = hashlib.sha256(json.dumps(code).encode())
        built = self._relative(target.path)
        for name in [*files, "constraints.txt", built]:
            path = self._root / name
            digest.update(name.encode() + b"\0")
            digest.update(path.read_bytes() if path.is_file() else b"missing")
        return digest.hexdigest()

    def _relative(self, path: Path) -> str:
        return (
            path.relative_to(self._root).as_posix()
            if path.is_relative_to(self._root)
            else str(path)
        )
