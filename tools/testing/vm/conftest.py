# SPDX-License-Identifier: GPL-2.0-only
"""Fixtures: kernels, and what a group of tests in one VM is."""
import pytest

import harness


def pytest_sessionstart(session):
    """Build once, before there are workers that would do it twice."""
    if hasattr(session.config, "workerinput"):
        return
    # A kernel may take minutes: show what it is that takes them.
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
    """The VM of a module, without shadowbar, and left so."""
    yield machine
    machine.unload_if_loaded()
