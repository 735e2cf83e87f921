"""Checks the corpus and prints its sizes: python3 codec/corpus/count.py"""

import json
import re
from pathlib import Path

FIELDS = ["source", "session", "seq", "role", "kind", "content"]
ROLES = {"text": {"user", "assistant"}, "tool_call": {"assistant"}, "tool_result": {"tool"}}
SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{30}|sk-[\w-]{20}|xox[bap]-|-----BEGIN|eyJ[\w-]{20,}\.eyJ|"
    r"[Pp]assword\s*[:=]\s*\S|[Bb]earer [\w.-]{20}"
)


def sessions(path: Path) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        message = json.loads(line)
        where = f"{path.name}:{number}"
        assert list(message) == FIELDS, f"{where}: fields are {list(message)}"
        assert message["source"] == "written", where
        assert message["role"] in ROLES[message["kind"]], f"{where}: {message['role']}, {message['kind']}"
        assert message["content"].strip(), f"{where}: empty"
        assert not SECRET.search(message["content"]), f"{where}: looks like a secret"
        session = found.setdefault(message["session"], [])
        assert message["seq"] == len(session), f"{where}: seq {message['seq']}, not {len(session)}"
        session.append(message)
    return found


def row(name: str, group: list[list[dict]]) -> str:
    sizes = sorted(len(message["content"].encode()) for session in group for message in session)
    quantiles = " | ".join(str(sizes[len(sizes) * share // 100]) for share in (10, 50, 90))
    return f"| {name} | {len(group)} | {len(sizes)} | {sum(sizes)} | {quantiles} | {sizes[-1]} |"


def main() -> None:
    files = {path.name: sessions(path) for path in sorted(Path(__file__).parent.glob("*.jsonl"))}
    names = [name for group in files.values() for name in group]
    assert len(names) == len(set(names)), "a session is in two files"
    print("| file | sessions | messages | bytes of content | 10 % | half | 90 % | longest |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, group in files.items():
        print(row(f"`{name}`", list(group.values())))
    print(row("all", [session for group in files.values() for session in group.values()]))
    held = [name for group in files.values() for name in list(group)[4::5]]
    print(f"\nFor testing: {', '.join(f'`{name}`' for name in held)}.")


if __name__ == "__main__":
    main()
