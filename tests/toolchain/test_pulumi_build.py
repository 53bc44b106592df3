import pytest

from sandbox.toolchain import pulumi_build
from sandbox.toolchain.errors import SetupError

GO = """
case "$1 $2" in
  "version ") echo "go version go{version} linux/amd64" ;;
  "env GOFLAGS") echo "-buildvcs=false" ;;
  "list -mod=readonly") if [ "$3" = -m ]; then echo "{sdk}"; else {fetch}; fi ;;
  "build -mod=readonly")
    echo "$GOFLAGS|$CGO_ENABLED|$*" >> "{calls}"
    while [ "$1" != -o ]; do shift; done
    echo built > "$2${{3##*/}}" ;;
esac
"""


@pytest.fixture
def go(fake, tmp_path):
    sdk = tmp_path / "sdk"
    for script in pulumi_build.SCRIPTS:
        (sdk / script).parent.mkdir(parents=True)
        (sdk / script).write_text(script)
        (sdk / script).chmod(0o444)
    calls = tmp_path / "calls"

    def put(version="1.26.1", fetch=":"):
        fake("go", GO.format(version=version, sdk=sdk, calls=calls, fetch=fetch))
        return calls

    return put


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "built").mkdir()
    return tmp_path / "built"


def test_go_makes_both_programs_and_the_sdk_gives_the_two_scripts(layout, go, folder):
    go()
    pulumi_build.bring(layout, "3.259.0", folder)
    assert {file.name for file in folder.iterdir()} == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    }
    assert (folder / "pulumi-resource-pulumi-python").stat().st_mode & 0o777 == 0o755


def test_it_is_built_small_without_a_c_compiler_with_the_users_flags_and_a_cache_that_can_be_deleted(
    layout, go, folder
):
    calls = go()
    pulumi_build.bring(layout, "3.259.0", folder)
    engine = calls.read_text().splitlines()[0]
    assert engine.startswith("-buildvcs=false -modcacherw|0|build -mod=readonly -trimpath -ldflags -s -w ")
    assert "common/version.Version=v3.259.0" in engine


def test_a_go_that_is_too_old_is_named(layout, go, folder):
    go(version="1.19.8")
    with pytest.raises(SetupError, match=r"is 1\.19\.8.*\n.*Go 1\.21 or newer is needed"):
        pulumi_build.bring(layout, "3.259.0", folder)


def test_no_go_at_all_is_said(layout, fake, folder):
    with pytest.raises(SetupError, match="there is no Go on PATH"):
        pulumi_build.bring(layout, "3.259.0", folder)


def test_no_way_to_the_module_proxy_is_said_as_such(layout, go, folder):
    go(fetch="echo 'dial tcp: lookup proxy.invalid: no such host' >&2; exit 1")
    with pytest.raises(SetupError, match="no way to the Go module proxy"):
        pulumi_build.bring(layout, "3.259.0", folder)
