# SPDX-License-Identifier: GPL-2.0-only
"""Fixtures: kernels, and the VM that a group of tests shares."""
import pytest

import harness


def pytest_sessionstart(session):
    """Build once, before any worker starts, so that none builds it again."""
    if hasattr(session.config, "workerinput"):
        return
    # A kernel may take minutes: show the progress.
    capture = session.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        for series in harness.kernels():
            harness.prepare(series)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share a VM go to the same worker."""
    for item in items:
        params = getattr(item, "callspec", None)
        words = [item.module.__name__]
        for name in ("kernel", "firmware"):
            if params and name in params.params:
                words.append(params.params[name])
        item.add_marker(pytest.mark.xdist_group("-".join(words)))


@pytest.fixture(scope="session", params=harness.kernels())
def kernel(request):
    return harness.Kernel(request.param)


@pytest.fixture
def vm(machine):
    """The VM of a test module, without shadowbar before and after."""
    yield machine
    machine.unload_if_loaded()
