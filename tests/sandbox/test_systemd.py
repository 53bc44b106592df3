import pytest

pytestmark = pytest.mark.sandbox


def show(site, host, unit, *names):
    text = site.sh(host, f"systemctl show {unit} " + " ".join(f"-p {name}" for name in names))
    return dict(line.split("=", 1) for line in text.splitlines())


def unit(site, host, name, text):
    site.sandbox.exec(host, ["tee", f"/etc/systemd/system/{name}.service"], input=text)
    site.sh(host, "systemctl daemon-reload")


def test_a_job_outlives_the_command_that_started_it_and_tells_how_it_ended(
    commands, site, host, shell_document, wait_until
):
    job = "until [[ -e /tmp/job-a.ends ]]; do sleep 0.05; done; exit 3"
    script = f"systemd-run --unit=job-a --property=RemainAfterExit=no -- bash -c '{job}'; systemctl is-active job-a"
    result = commands.run(shell_document, host, {"script": script})
    assert result["StandardOutputContent"] == "active\n"
    site.sh(host, "touch /tmp/job-a.ends")
    wait_until(lambda: show(site, host, "job-a", "ActiveState")["ActiveState"] == "failed", "the job to fail")
    assert show(site, host, "job-a", "Result", "ExecMainStatus", "SubState") == {
        "Result": "exit-code",
        "ExecMainStatus": "3",
        "SubState": "failed",
    }
    again = site.sandbox.exec(host, ["systemd-run", "--unit=job-a", "--", "true"])
    assert again.returncode == 1
    assert "already loaded" in again.stderr
    site.sh(host, "systemctl reset-failed job-a")
    assert show(site, host, "job-a", "LoadState") == {"LoadState": "not-found"}
    site.sh(host, "systemd-run --unit=job-a --wait -- true")


def test_a_collected_job_is_forgotten_when_it_fails(site, host, wait_until):
    site.sh(host, "systemd-run --unit=job-b --collect -- false")
    wait_until(lambda: show(site, host, "job-b", "LoadState")["LoadState"] == "not-found", "the job to be collected")


def test_a_job_gets_its_variables_its_user_and_its_output_file(site, host):
    site.sh(
        host,
        "NAMED=from-outside systemd-run --wait --unit=job-c --setenv=A='b c' --setenv=NAMED --uid=nobody"
        " -p StandardOutput=append:/tmp/job-c.log -- sh -c 'echo \"$A|$NAMED|$(id -un)|$AWS_REGION\"'",
    )
    assert site.sh(host, "cat /tmp/job-c.log").strip() == f"b c|from-outside|nobody|{site.zone[:-1]}"


def test_stopping_a_unit_ends_all_its_processes_even_those_that_left_its_session(site, host, wait_until):
    def running():
        return site.sh(host, "pgrep -fc '^sleep 5151' || true").strip()

    site.sh(host, "systemd-run --unit=job-d -- bash -c 'setsid sleep 5151 & sleep 5151'")
    wait_until(lambda: running() == "2", "both to run")
    site.sh(host, "systemctl stop job-d")
    assert running() == "0"


def test_a_service_that_ignores_its_signal_is_killed_and_failed(site, host):
    text = "[Service]\nTimeoutStopSec=1\nExecStart=/bin/bash -c 'trap \"\" TERM; while :; do sleep 0.1; done'\n"
    unit(site, host, "stubborn", text)
    site.sh(host, "systemctl start stubborn; systemctl stop stubborn")
    assert show(site, host, "stubborn", "ActiveState", "Result") == {"ActiveState": "failed", "Result": "timeout"}
    site.sh(host, "systemctl reset-failed stubborn")


def test_a_service_runs_what_is_before_and_after_it(site, host):
    text = (
        "[Service]\nEnvironment=WHERE=/tmp/steps\nExecStartPre=/bin/sh -c 'echo pre >>${WHERE}'\n"
        "ExecStart=/bin/sleep infinity\nExecStop=/bin/sh -c 'echo stop $MAINPID >>${WHERE}'\n"
    )
    unit(site, host, "steps", text)
    pid = site.sh(host, "systemctl start steps; systemctl show steps -p MainPID --value").strip()
    site.sh(host, "systemctl stop steps")
    assert site.sh(host, "cat /tmp/steps").split() == ["pre", "stop", pid]
    assert show(site, host, "steps", "ActiveState", "Result") == {"ActiveState": "inactive", "Result": "success"}


def test_a_service_whose_preparation_fails_does_not_start(site, host):
    unit(site, host, "unprepared", "[Service]\nExecStartPre=/bin/false\nExecStart=/bin/touch /tmp/never\n")
    started = site.sandbox.exec(host, ["systemctl", "start", "unprepared"])
    assert started.returncode == 1
    assert site.sh(host, "systemctl is-active unprepared || ls /tmp/never 2>/dev/null || true").split() == ["failed"]


def test_a_oneshot_is_waited_for_and_a_forking_service_has_its_daemons_pid(site, host):
    unit(
        site,
        host,
        "once",
        "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'sleep 0.5; echo done >/tmp/once'\n",
    )
    assert site.sh(host, "systemctl start once; cat /tmp/once; systemctl is-active once").split() == ["done", "active"]
    start = "/bin/bash -c 'setsid sleep 6161 & echo $! >/run/daemon.pid'"
    text = f"[Service]\nType=forking\nPIDFile=/run/daemon.pid\nExecStart={start}\n"
    unit(site, host, "daemon", text)
    site.sh(host, "systemctl start daemon")
    pid = show(site, host, "daemon", "MainPID")["MainPID"]
    assert site.sh(host, f"cat /proc/{pid}/cmdline | tr '\\0' ' '").startswith("sleep 6161")
    site.sh(host, "systemctl stop daemon once")


def test_a_restarted_service_is_another_process_and_a_dying_one_comes_back_if_asked_to(site, host, wait_until):
    unit(site, host, "phoenix", "[Service]\nRestart=on-failure\nRestartSec=100ms\nExecStart=/bin/sleep infinity\n")
    site.sh(host, "systemctl start phoenix")
    first = show(site, host, "phoenix", "MainPID")["MainPID"]
    site.sh(host, "systemctl restart phoenix")
    second = show(site, host, "phoenix", "MainPID")["MainPID"]
    assert second not in {"0", first}
    site.sh(host, f"kill -9 {second}")
    wait_until(lambda: show(site, host, "phoenix", "MainPID")["MainPID"] not in {"0", second}, "it to come back")
    assert show(site, host, "phoenix", "NRestarts") == {"NRestarts": "1"}
    site.sh(host, "systemctl stop phoenix")


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("systemctl isolate rescue", "isolate"),
        ("systemctl --failed start x", "--failed"),
        ("systemd-run --unit=x --scope -- true", "--scope"),
        ("systemd-run --unit=x -p IPAddressDeny=any -- true", "IPAddressDeny"),
        ("systemctl start none.timer", "services only"),
    ],
)
def test_what_the_stand_ins_do_not_know_is_refused_by_name(site, host, command, named):
    done = site.sandbox.exec(host, command.split())
    assert done.returncode == 1
    assert named in done.stderr
