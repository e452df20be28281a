# SPDX-License-Identifier: GPL-2.0-only
"""What scripts/kernel-reports finds in a console log, and what it ignores.

The lines are real kernel messages, from x86 and arm64.
"""
import subprocess

import pytest

from conftest import TOP


@pytest.fixture
def reports(tmp_path):
    """The exit code for a log with these lines, and the output."""
    def run(*lines, options=()):
        log = tmp_path / "console.log"
        log.write_text("".join(f"[   12.345678] {line}\r\n"
                               for line in ("Linux version 6.12", *lines,
                                            "reboot: Power down")))
        done = subprocess.run([TOP / "scripts/kernel-reports", *options, log],
                              stdout=subprocess.PIPE, text=True)
        return done.returncode, done.stdout
    return run


@pytest.mark.parametrize("line", [
    "BUG: kernel NULL pointer dereference, address: 0000000000000008",
    "BUG: KASAN: slab-use-after-free in sb_device_look+0x12/0x80 [shadowbar]",
    "BUG: KCSAN: data-race in sb_store_put / sb_store_get",
    "BUG: KFENCE: out-of-bounds read in sb_line_add+0x12/0x80",
    "BUG: sleeping function called from invalid context at mutex.c:585",
    "BUG: scheduling while atomic: insmod/71/0x00000002",
    "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck",
    "BUG kmalloc-64 (Tainted: G           O      ): Right Redzone overwritten",
    "BUG sb_function (Not tainted): Objects remaining in sb_function on",
    "WARNING: CPU: 1 PID: 71 at drivers/pci/pci.c:12 pci_enable+0x1/0x2",
    "WARNING: possible circular locking dependency detected",
    "WARNING: possible recursive locking detected",
    "WARNING: inconsistent lock state",
    "WARNING: possible irq lock inversion dependency detected",
    "WARNING: suspicious RCU usage",
    "WARNING: bad unlock balance detected!",
    "WARNING: held lock freed!",
    "Call Trace:",
    "Call trace:",
    "Oops: 0000 [#1] PREEMPT SMP KASAN",
    "Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP",
    "Oops: Kernel access of bad area, sig: 11 [#1]",
    "Kernel panic - not syncing: Fatal exception",
    "general protection fault, probably for non-canonical address 0xdead",
    "Unable to handle kernel paging request at virtual address 00000008",
    "UBSAN: shift-out-of-bounds in page.c:12:3",
    "unreferenced object 0xffff888004c2a000 (size 96):",
    "kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
    "INFO: task insmod:71 blocked for more than 120 seconds.",
    "INFO: trying to register non-static key.",
    "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:71]",
    "watchdog: Watchdog detected hard LOCKUP on cpu 0",
    "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
    "rcu: INFO: rcu_preempt self-detected stall on CPU",
    "refcount_t: underflow; use-after-free.",
    "list_add corruption. next->prev should be prev (ffff), but was 0.",
    "list_del corruption, ffff888004c2a000->next is LIST_POISON1",
    "ODEBUG: free active (active state 0) object: ffff888 type: work_struct",
    "sysfs: cannot create duplicate filename '/devices/pci0/shadowbar'",
    "kobject: '(____ptrval____)' (0xffff): tried to init an initialized "
    "object, something is seriously wrong.",
])
def test_seen(reports, line):
    code, printed = reports(line)
    assert code == 1 and line in printed


@pytest.mark.parametrize("line", [
    "kasan: KernelAddressSanitizer initialized",
    "KASAN init done",
    "kcsan: non-strict mode configured - use CONFIG_KCSAN_STRICT=y to see all "
    "data races",
    "Found nvram corruption detected: 0-length partition",
    "DEBUG info (none)",
    "pci 0000:00:03.0: shadowbar: 512 bytes from the ROM BAR",
])
def test_harmless(reports, line):
    assert reports(line) == (0, "")


TRACES = pytest.mark.parametrize("trace", ["Call Trace:", "Call trace:"])
STALL = "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"
LOST = "rcu: Possible timer handling issue on cpu=0 timer-softirq=12"


@TRACES
def test_a_timer_that_qemu_lost(reports, trace):
    assert reports(STALL, "Task dump for CPU 0:", trace, LOST) == (0, "")
    # Any other stall
    assert reports(STALL, "Task dump for CPU 0:", trace)[0] == 1
    # And another trace, long after
    assert reports(STALL, trace, LOST, *["nothing"] * 60, trace)[0] == 1


SELF = "rcu: INFO: rcu_preempt self-detected stall on CPU"
LONE = "a lone RCU stall, and nothing else"


@TRACES
@pytest.mark.parametrize("stall", [STALL, SELF])
def test_a_lone_stall(reports, trace, stall):
    """It is a complaint, but may be caused by the machine, not the module."""
    code, printed = reports(stall, "Sending NMI from CPU 1 to CPUs 0:", trace)
    assert code == 1 and LONE in printed
    # Twice, as if it lasted
    assert LONE in reports(stall, trace, stall, trace)[1]
    # Together with anything else it is not alone.
    for more in ("BUG: KASAN: slab-use-after-free in look+0x12/0x80",
                 "INFO: task insmod:71 blocked for more than 120 seconds."):
        code, printed = reports(stall, trace, more)
        assert code == 1 and LONE not in printed
    assert LONE not in reports(stall, *["nothing"] * 60, trace)[1]
    assert LONE not in reports(trace, stall)[1]
    assert LONE not in reports(trace)[1]


CIRCULAR = "WARNING: possible circular locking dependency detected"
LOCKS = ["pciehp/60 is trying to acquire lock:",
         "ffff (pci_rescan_remove_lock){+.+.}-{3:3}, at: pci_lock_rescan",
         "but task is already holding lock:",
         "ffff (&ctrl->reset_lock){.+.+}-{3:3}, at: pciehp_ist+0x1/0x2"]


@TRACES
def test_the_two_locks_of_pciehp(reports, trace):
    assert reports(CIRCULAR, *LOCKS, trace, " pciehp_ist+0x1/0x2") == (0, "")
    # With a module in it, or with other locks
    assert reports(CIRCULAR, *LOCKS, trace, " look+0x1/0x2 [shadowbar]")[0]
    assert reports(CIRCULAR, *LOCKS[:2], trace, " pciehp_ist+0x1/0x2")[0]


LEAKS = "kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmem)"
LEAK = "unreferenced object 0x8c9c0620 (size 16):"
NAME = [LEAK, "  backtrace (crc dc509ecb):", "    kvasprintf+0xc4/0x160",
        "    dev_set_name+0xa4/0xc0"]
SETUP = "    pci_setup_device+0x432/0x10a0"


def test_names_that_the_core_loses(reports):
    assert reports(LEAKS, *NAME, SETUP, *NAME, SETUP) == (0, "")
    # Another leak beside it, or another name
    code, printed = reports(LEAKS, *NAME, SETUP, LEAK, "    look+0x1/0x2")
    assert code == 1 and LEAKS in printed and printed.count(LEAK) == 1
    assert reports(LEAKS, *NAME, "    look+0x1/0x2")[0] == 1


RACE = "BUG: KCSAN: data-race in "
BY = "to 0xffff888003a1c040 of 8 bytes by task 71 on cpu"
REPORTED = "Reported by Kernel Concurrency Sanitizer on:"
CORE = " pci_bus_add_device+0x12/0x80"
OURS = " sb_pages_bind+0x21/0x90 [shadowbar]"
KUNIT = " sb_pages_bind+0x21/0x90 [shadowbar_kunit]"
PURPOSE = " race_on_purpose+0x8/0x20 [shadowbar_kunit]"


def race(one, other):
    return [RACE + "a / b", "", f"write {BY} 0:", *one, "",
            f"read (marked) {BY} 1:", *other, "",
            "value changed: 0x0 -> 0x1", "", REPORTED, "CPU: 1 UID: 0 PID: 72"]


@pytest.mark.parametrize("ours", [OURS, KUNIT])
def test_races(reports, ours):
    # Of the kernel with itself, whatever the caller
    assert reports(*race([CORE, ours], [CORE])) == (0, "")
    # With us, on either side, after others, or behind common functions
    for one, other in (([ours], [CORE]), ([CORE], [ours, CORE]),
                       ([" __memcpy+0x1/0x2", ours], [CORE]),
                       ([" string_of+0x1/0x2 " + ours.split()[1]], [CORE]),
                       ([" strscpy+0x1/0x2", " vsnprintf+0x1/0x2", ours],
                        [" memset+0x1/0x2", CORE])):
        code, printed = reports(*race([CORE], [CORE]), *race(one, other),
                                *race([CORE], [CORE]))
        assert code == 1 and printed.count(RACE) == 1
    assert reports(*race([PURPOSE], [PURPOSE])) == (0, "")
    assert reports(*race([PURPOSE], [ours]))[0] == 1
    # Anything between them is still found.
    assert reports(*race([CORE], [CORE]), "Call Trace:")[0] == 1


@pytest.mark.parametrize("ours", [OURS, KUNIT])
def test_a_race_with_nobody_knows_whom(reports, ours):
    unknown = "race at unknown origin, with read "
    for frame, code in ((CORE, 0), (ours, 1)):
        assert reports(RACE + "a", "", f"{unknown}{BY} 0:", frame, CORE, "",
                       "value changed: 0x0 -> 0x1", REPORTED)[0] == code


def test_a_race_that_is_cut_off(reports):
    for lines in (race([CORE], [CORE])[:-2], race([CORE], []),
                  race([], []), [RACE + "a / b", "", REPORTED]):
        assert reports(*lines)[0] == 1


FAULT = ["BUG: unable to handle page fault for address: ffffc90000000000",
         "Oops: 0000 [#1] PREEMPT SMP KASAN",
         "RIP: 0010:sb_look+0x12/0x80 [shadowbar]", "Call Trace:",
         " <TASK>", " ? show_regs+0x5f/0x70", " sb_add.cold+0x1/0x2",
         "---[ end trace 0000000000000000 ]---",
         "Kernel panic - not syncing: Fatal exception", " panic+0x1/0x2"]
FREED = ["=" * 66, "BUG: KASAN: slab-use-after-free in sb_look+0x12/0x80",
         "Read of size 8 at addr ffff888004c2a000 by task insmod/71",
         "CPU: 0 UID: 0 PID: 71 Comm: insmod", "Call Trace:",
         " sb_look+0x12/0x80", " sb_add+0x1/0x2", "Freed by task 70:",
         " kfree+0x3/0x4", "The buggy address belongs to the object at",
         " set_page+0x1/0x2", "=" * 66]


def test_first_report(reports):
    """Without what is harmless, and without anything after it."""
    def first(*lines):
        code, printed = reports("DMAR: dmar_init+0x1/0x2",
                                "kasan: KernelAddressSanitizer initialized",
                                STALL, "Call Trace:", LOST,
                                *["nothing"] * 60, *lines,
                                options=["--first"])
        return code, printed.splitlines()
    assert first(*FAULT, *FREED, "Call Trace:", " b+0x1/0x2") == (1, [
        FAULT[0], " sb_look+0x12", "Call Trace:",
        " show_regs+0x5f sb_add.cold+0x1"])
    assert first(*FREED, *FAULT) == (1, [
        FREED[1], FREED[2], "Call Trace:", " sb_look+0x12 sb_add+0x1",
        "Freed by task 70:", " kfree+0x3"])
    # No end of its own
    for line in FREED[0], "------------[ cut here ]------------":
        assert first(CIRCULAR, "Call Trace:", " a+0x1/0x2", line,
                     " b+0x1/0x2") == (1, [CIRCULAR, "Call Trace:", " a+0x1"])
    assert first() == (0, [])
