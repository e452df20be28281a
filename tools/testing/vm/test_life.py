# SPDX-License-Identifier: GPL-2.0-only
"""Load and unload repeatedly, with other activity meanwhile."""
import pytest

from harness import IPXE, SYSFS, VM

E1000, EDU, XHCI = "0000:00:03.0", "0000:00:04.0", "0000:00:05.0"
BELOW = "0000:01:00.0"
ROMS = {E1000: "efi-e1000.rom", EDU: "three", XHCI: "one-mib",
        BELOW: "half-a"}


@pytest.fixture(scope="module")
def vm(kernel):
    devices = [
        "VGA,addr=2",
        f"e1000,addr=3,romfile={IPXE}/efi-e1000.rom",
        f"edu,addr=4,romfile={kernel.rom('three')}",
        f"qemu-xhci,addr=5,romfile={kernel.rom('one-mib')}",
        "pcie-root-port,id=port1,chassis=1,addr=8",
        f"e1000e,bus=port1,romfile={kernel.rom('half-a')}",
    ]
    with VM(kernel, "life", devices) as vm:
        # The first removal gives a function other addresses: do it now.
        for address in ROMS:
            vm.sh(f"echo 1 > {SYSFS}/{address}/remove")
        vm.sh("echo 1 > /sys/bus/pci/rescan")
        yield vm


def assert_all_captured(vm):
    vm.settle()
    for address, name in ROMS.items():
        shown = vm.show(address)
        assert shown["rom_status"] == "captured", shown
        vm.compare(address, name)


# An unloaded module has no symbols: memory that it leaked shows a number.
FORGOTTEN = ("grep -E ' 0x[0-9a-f]{16} |shadowbar|sb_' /proc/vmallocinfo; "
             "grep shadowbar /proc/slabinfo; true")
CYCLES = 50
# More than memory fluctuates by itself, less than any of the ROMs uses.
FORGOTTEN_EACH_TIME = 100 * 1024


def free_memory(vm):
    """In bytes, with all caches dropped.

    Free pages that each CPU keeps for its next allocation count, too. MemFree
    does not include them: tens of megabytes that come and go.
    """
    return 1024 * int(vm.sh("""
sync
echo 3 > /proc/sys/vm/drop_caches
echo 1 > /proc/sys/vm/stat_refresh
awk '/^MemFree/ { free += $2 } $1 == "count:" { free += 4 * $2 }
     END { print free }' /proc/meminfo /proc/zoneinfo"""))


def test_a_hundred_times(vm):
    read = ("insmod /shadowbar.ko; while grep -qx pending "
            f"{SYSFS}/*/shadowbar/rom_status; do n=1; done; rmmod shadowbar")
    vm.sh(read)
    before = vm.config(), vm.iomem(), vm.sh(FORGOTTEN)
    free = free_memory(vm)
    vm.sh(f"for i in $(seq {CYCLES}); do insmod /shadowbar.ko && "
          "rmmod shadowbar || exit 1; done", timeout=300)
    assert (vm.config(), vm.iomem(), vm.sh(FORGOTTEN)) == before
    vm.sh(f"for i in $(seq {CYCLES}); do {read} || exit 1; done", timeout=300)
    assert (vm.config(), vm.iomem(), vm.sh(FORGOTTEN)) == before
    gone = free - free_memory(vm)
    print(f"{gone} bytes gone in {2 * CYCLES} rounds")
    assert gone < CYCLES * FORGOTTEN_EACH_TIME
    vm.load()
    assert_all_captured(vm)
    assert vm.sh("lsmod | grep shadowbar").split()[2] == "0"
    vm.unload()


def test_suspended_at_runtime(vm):
    """It is woken up for a capture, and may be suspended again afterwards."""
    power = f"{SYSFS}/{EDU}/power"

    def active_milliseconds():
        vm.until(f"grep -qx suspended {power}/runtime_status")
        return int(vm.sh(f"cat {power}/runtime_active_time"))

    vm.load("capture=manual")
    config = vm.config()
    vm.sh(f"echo auto > {power}/control")
    before = active_milliseconds()
    vm.sh(f"echo 1 > {SYSFS}/{EDU}/shadowbar/capture")
    assert active_milliseconds() > before
    vm.compare(EDU, ROMS[EDU])
    assert vm.config() == config
    vm.sh(f"echo on > {power}/control")
    vm.unload()


def busy(*scripts, rounds):
    """A script: others loop on their CPU while this one has its rounds."""
    text = "".join(f"(while [ ! -e /tmp/stop ]; do {script}; done) "
                   f">/dev/null 2>&1 &\n" for script in scripts)
    return ("rm -f /tmp/stop\ntaskset -p 2 $$ >/dev/null\n" + text +
            "taskset -p 1 $$ >/dev/null\nstatus=0\n"
            f"for i in $(seq {rounds}); do insmod /shadowbar.ko && "
            "usleep $((i * 3000)) && rmmod shadowbar || status=1; done\n"
            "touch /tmp/stop; wait; exit $status\n")


def test_while_functions_come_and_go(vm):
    """Another CPU removes and rescans functions."""
    before = vm.iomem()
    remove = "; ".join(f"echo 1 > {SYSFS}/{address}/remove"
                       for address in (EDU, BELOW))
    vm.sh(busy(f"{remove}; echo 1 > /sys/bus/pci/rescan", rounds=20),
          timeout=300)
    vm.sh("echo 1 > /sys/bus/pci/rescan")
    assert vm.iomem() == before
    vm.load()
    assert_all_captured(vm)
    vm.unload()


def test_while_all_files_are_used(vm):
    """Others read all files and request captures during unload."""
    before = vm.config(), vm.iomem()
    vm.sh(busy(f"cat {SYSFS}/*/shadowbar/*",
               f"for f in {SYSFS}/*/shadowbar; do echo 1 > $f/capture; done",
               rounds=20), timeout=300)
    assert (vm.config(), vm.iomem()) == before
    vm.load()
    assert_all_captured(vm)
    vm.unload()


def test_while_drivers_come_and_go(vm):
    before = vm.config(), vm.iomem()
    bind = (f"echo pci-stub > {SYSFS}/{E1000}/driver_override; "
            f"echo {E1000} > /sys/bus/pci/drivers_probe; "
            f"echo {E1000} > /sys/bus/pci/drivers/pci-stub/unbind")
    vm.sh("modprobe pci-stub")
    vm.sh(busy(bind, rounds=20), timeout=300)
    vm.unbind(E1000)
    assert (vm.config(), vm.iomem()) == before
    vm.load()
    assert_all_captured(vm)
    vm.unload()


def test_captures_at_the_same_time(vm):
    """Many processes request many captures; all succeed, and nothing moves."""
    vm.load()
    vm.settle()
    before = vm.config(), vm.iomem()
    vm.sh("for n in 1 2 3 4; do (for i in 1 2 3 4 5; do "
          f"for f in {' '.join(ROMS)}; do "
          f"echo 1 > {SYSFS}/$f/shadowbar/capture || touch /tmp/failed; "
          "done; done) & done; wait; test ! -e /tmp/failed", timeout=120)
    assert_all_captured(vm)
    assert (vm.config(), vm.iomem()) == before
    vm.unload()


def test_functions_come_and_go_with_the_module(vm):
    """The module stays, while functions and drivers come and go."""
    vm.load()
    # While a ROM is read, its address may be reserved.
    vm.settle()
    before = vm.iomem()
    vm.sh("modprobe e1000; modprobe pci-stub")
    for _ in range(10):
        vm.sh("".join(f"echo 1 > {SYSFS}/{address}/remove\n"
                      for address in (E1000, EDU, BELOW)) +
              "echo 1 > /sys/bus/pci/rescan")
    vm.settle()
    # e1000 binds immediately, but the ROM was read before.
    assert vm.driver(E1000) == "e1000"
    vm.unbind(E1000)
    assert_all_captured(vm)
    vm.unload()
    assert vm.iomem() == before
