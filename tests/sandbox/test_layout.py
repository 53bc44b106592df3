import pytest

from sandbox.layout import Layout, SandboxError


def test_two_sandboxes_share_no_folder_no_namespace_and_no_stack_file():
    one, other = Layout("one"), Layout("other")
    assert not one.state.is_relative_to(other.state)
    assert one.prefix != other.prefix
    assert one.stack_file != other.stack_file


@pytest.mark.parametrize("name", ["", "Upper", "../x", "a b", "-a", "a" * 41])
def test_a_name_that_cannot_be_part_of_files_and_stacks_is_refused(name):
    with pytest.raises(SandboxError, match="cannot name a sandbox"):
        Layout(name)
