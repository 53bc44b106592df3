"""volume-close, staging-stop, staging-status, toolkit-install: again is no change, the live volume is safe."""

import hashlib
import io
import tarfile
import zipfile

import pytest

VOLUME = "vol-0000000a"
STAGING = {"user_parameter": "/mongo/admin", "password_parameter": "/mongo/admin/password"}


@pytest.fixture
def mounted(host):
    """A host with one volume mounted and its mongod running."""
    host.put(f"mounted/{VOLUME}", "")
    host.put(f"units/understudy-{VOLUME}", "")
    host.state(f"volumes/{VOLUME}").mkdir(parents=True)
    return host


def test_a_closed_volume_has_no_server_and_no_mount(mounted):
    assert mounted.answer("volume-close", volume_id=VOLUME) == {"unmounted": True}
    assert not (mounted.root / f"units/understudy-{VOLUME}").exists()
    assert not (mounted.root / f"mounted/{VOLUME}").exists()


def test_closing_a_volume_again_is_no_error(mounted):
    mounted.answer("volume-close", volume_id=VOLUME)
    assert mounted.answer("volume-close", volume_id=VOLUME) == {"unmounted": True}


def test_the_live_volume_is_not_closed(mounted):
    mounted.state("live").symlink_to(f"volumes/{VOLUME}")
    assert "the one that staging serves" in mounted.reason("volume-close", volume_id=VOLUME)
    assert (mounted.root / f"mounted/{VOLUME}").exists()


def test_a_volume_that_stays_in_use_is_said_to_be(mounted):
    mounted.fake("umount", "exit 32")
    mounted.fake("sleep", "true")
    assert "still in use" in mounted.reason("volume-close", volume_id=VOLUME)


def test_a_stopped_staging_serves_nothing_and_mounts_nothing(mounted):
    mounted.state("live").symlink_to(f"volumes/{VOLUME}")
    mounted.put("units/understudy-mongod", "")
    mounted.path("/etc/systemd/system/understudy-mongod.service").touch()
    for _ in range(2):
        assert mounted.answer("staging-stop") == {"stopped": True}
        assert list((mounted.root / "units").iterdir()) == []
        assert not mounted.state("live").is_symlink()


def test_a_missing_parameter_is_named_before_there_is_any_staging(host):
    host.put("parameters/mongo_admin", "admin")
    reason = host.reason("staging-status", **STAGING)
    assert "/mongo/admin/password" in reason
    assert "ParameterNotFound" in reason


def test_a_new_staging_host_says_that_it_serves_nothing(host):
    host.put("parameters/mongo_admin", "admin")
    host.put("parameters/mongo_admin_password", "x")
    status = host.answer("staging-status", **STAGING)
    assert (status["live_volume_id"], status["active"], status["healthy"]) == (None, False, False)
    assert status["mongod_version"] == "6.0.5"


def toolkit(host):
    """Put a toolkit into the bucket and return the parameters that install it."""
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("library/__init__.py", "")
    files = {"wheels/library-1-py3-none-any.whl": wheel.getvalue(), "anonymizer/__init__.py": b""}
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    (host.root / "s3/tools").mkdir()
    (host.root / "s3/tools/t.tar").write_bytes(tar.getvalue())
    return {"bucket": "tools", "key": "t.tar", "sha256": hashlib.sha256(tar.getvalue()).hexdigest()}


def test_the_toolkit_is_one_folder_to_import_from(host):
    parameters = toolkit(host)
    installed = host.path(f"/opt/understudy/toolkit/{parameters['sha256']}")
    assert host.answer("toolkit-install", **parameters)["path"] == str(installed)
    assert sorted(path.name for path in installed.iterdir()) == ["anonymizer", "library"]
    assert (installed / "library/__init__.py").exists()


def test_an_installed_toolkit_is_not_fetched_again(host):
    parameters = toolkit(host)
    host.answer("toolkit-install", **parameters)
    host.answer("toolkit-install", **parameters)
    assert len(host.calls("aws")) == 1


def test_a_toolkit_with_another_hash_is_not_installed(host):
    parameters = {**toolkit(host), "sha256": "0" * 64}
    assert "has the hash" in host.reason("toolkit-install", **parameters)
    assert list(host.path("/opt/understudy/toolkit").iterdir()) == []
