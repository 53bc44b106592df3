"""Verbs run as they are, in a folder of their own, with the commands of a host faked on PATH."""

import json
import os
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SCRIPTS = PROJECT / "scripts"
ROOTS = ("/var/lib/understudy", "/run/understudy", "/etc/understudy", "/etc/systemd/system", "/opt/understudy")

FAKES = {
    # Units are files in units/; one whose name is in broken/ does not start.
    "systemctl": """
        words=(); for word; do [[ $word == --* ]] || words+=("$word"); done
        unit=${words[1]:-}; unit=${unit%.service}
        echo "${words[*]} live=$(basename "$(readlink "$FAKES$STATE/live")")" >>"$FAKES/systemctl.log"
        case ${words[0]} in
          is-active) [[ -e $FAKES/units/$unit ]] ;;
          start) [[ ! -e $FAKES/broken/$unit ]] && touch "$FAKES/units/$unit" ;;
          stop) rm -f "$FAKES/units/$unit" ;;
        esac""",
    "systemd-run": """
        printf '%s\\n' "$*" >>"$FAKES/systemd-run.log"
        while [[ $1 == --* ]]; do [[ $1 != --unit=* ]] || unit=${1#--unit=}; shift; done
        touch "$FAKES/units/${unit%.service}" """,
    "mountpoint": "true",
    "umount": 'rm "$FAKES/mounted/$(basename "$1")"',
    "mount": "exit 32",
    "findmnt": 'for mounted in $(ls "$FAKES/mounted"); do echo "$FAKES$STATE/volumes/$mounted"; done',
    "sync": "true",
    "chown": "true",
    "mongod": 'echo "db version v6.0.5"',
    # Health is a file for each volume; every other script of mongosh ends as status-of-mongosh says.
    "mongosh": """
        cat >/dev/null
        gate=$(sed -E 's/.*"gate":"([^"]*)".*/\\1/' <<<"${UNDERSTUDY_STAGING:-}")
        if [[ -n $gate ]]; then touch "$gate.ready"; until [[ -e $gate ]]; do sleep 0.01; done; fi
        [[ -z ${UNDERSTUDY_STAGING:-} ]] || echo "$UNDERSTUDY_STAGING" >>"$FAKES/health.log"
        [[ -z ${UNDERSTUDY_STAGING:-} ]] || exec cat "$FAKES/health/$(basename "$(readlink "$FAKES$STATE/live")")"
        exit "$(cat "$FAKES/status-of-mongosh" 2>/dev/null || echo 0)" """,
    "aws": """
        printf '%s\\n' "$*" >>"$FAKES/aws.log"
        case "$1 $2" in
          "ssm get-parameter")
            while [[ $1 != --name ]]; do shift; done
            name=${2#/}; cat "$FAKES/parameters/${name//\\//_}" 2>/dev/null && exit
            printf '\\nAn error occurred (ParameterNotFound) when calling the GetParameter operation: \\n' >&2
            exit 254 ;;
          "ssm get-parameters")
            while [[ $1 != --names ]]; do shift; done
            values=() missing=()
            for name in "$2" "$3"; do
              file=$FAKES/parameters/$(tr / _ <<<"${name#/}")
              if [[ -e $file ]]; then values+=("$(cat "$file")"); else values+=(None) missing+=("$name"); fi
            done
            printf '%s\\t%s\\t%s\\n' "${values[@]}" "${missing[*]}" ;;
          "s3 cp") shift 2; while [[ $1 == --* ]]; do shift; done;
            if [[ $1 == s3://* ]]; then cp "$FAKES/s3/${1#s3://}" "$2"; else cp "$1" "$FAKES/s3/uploaded"; fi ;;
        esac""",
}


class Host:
    """A folder that stands for a host."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("bin", "units", "broken", "mounted", "health", "parameters", "s3"):
            (root / folder).mkdir()
        for name in ROOTS:
            self.path(name).mkdir(parents=True)
        for name, body in FAKES.items():
            self.fake(name, body)

    def path(self, path: str) -> Path:
        """Where a path of a host is in this folder."""
        return self.root / path.lstrip("/")

    def state(self, path: str) -> Path:
        """A path below /var/lib/understudy."""
        return self.path("/var/lib/understudy") / path

    def fake(self, name: str, body: str) -> None:
        """Put a command on PATH."""
        command = self.root / "bin" / name
        command.write_text(f"#!/usr/bin/env bash\n{body}\n")
        command.chmod(0o755)

    def put(self, path: str, text: str) -> None:
        """Write a file that fakes read."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def calls(self, command: str) -> list[str]:
        """What a fake was called with."""
        log = self.root / f"{command}.log"
        return log.read_text().splitlines() if log.exists() else []

    def run(self, verb: str, **parameters: str) -> subprocess.CompletedProcess[str]:
        """Run a verb as Run Command does: its text with everything included, its parameters in the environment."""
        script = self.root / f"{verb}.sh"
        script.write_text(self._moved(assembled(verb)))
        return subprocess.run(
            ["bash", str(script)],
            env={
                "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
                "FAKES": str(self.root),
                "STATE": "/var/lib/understudy",
                "HOME": str(self.root),
                **{f"SSM_{name}": value for name, value in {**defaults(verb), **parameters}.items()},
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def answer(self, verb: str, **parameters: str) -> dict:
        """Run a verb that must end well and return its JSON."""
        done = self.run(verb, **parameters)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def reason(self, verb: str, **parameters: str) -> str:
        """Run a verb that must fail and return its reason."""
        done = self.run(verb, **parameters)
        assert done.returncode != 0, done.stdout
        return done.stderr.splitlines()[-1]

    def _moved(self, text: str) -> str:
        for name in ROOTS:
            text = text.replace(name, str(self.path(name)))
        return text


def assembled(verb: str) -> str:
    """The text of a verb with its includes in place."""
    lines = (SCRIPTS / f"{verb}.sh").read_text().splitlines()
    mark = "# include "
    return "\n".join(
        (SCRIPTS / line.removeprefix(mark)).read_text() if line.startswith(mark) else line for line in lines
    )


def defaults(verb: str) -> dict[str, str]:
    """Parameters of a verb that have a default."""
    words = [line.split() for line in (SCRIPTS / f"{verb}.sh").read_text().splitlines() if line.startswith("# @param")]
    return {word[2]: word[4][1:] for word in words if word[4].startswith("=")}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)
