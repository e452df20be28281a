# SPDX-License-Identifier: GPL-2.0-only
"""Virtual machines for testing shadowbar.

A VM boots a Debian kernel with a busybox initramfs. Its console goes to a
file; commands use a second serial port. KVM is not needed.
"""
import base64
import contextlib
import copy
import gzip
import hashlib
import json
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import traceback
import typing

TOP = pathlib.Path(__file__).resolve().parents[3]
BUILD = TOP / "build"
LOGS = BUILD / "logs"
SYSFS = "/sys/bus/pci/devices"
OVMF = "/usr/share/ovmf/OVMF.fd"
# Hot-plug over pciehp and SHPC; otherwise ACPI does all of it.
PCIEHP = ("-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off")
BOOT_SECONDS = 120
# With two emulated CPUs, while one of them patches code, QEMU occasionally
# lets the other see a stale breakpoint. On a busy host, a guest's timer may
# not tick while its first interrupt is tested. If this happens while the
# kernel boots, long before the module is loaded, just boot again.
EMULATOR_BUGS = ("Oops: int3", "timer doesn't work")
BOOTS = 3
# Prefix for QEMU, so that it exits together with its parent.
WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")


class Failure(Exception):
    """A command or the whole VM did not do what it was asked to."""


def files_of(package, pattern):
    """The files of an installed package, wherever this release puts them."""
    listed = subprocess.run(["dpkg", "-L", package], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    paths = map(pathlib.Path, listed.stdout.splitlines())
    return sorted(path for path in paths if path.match(pattern))


def directory_of(package, name):
    """The directory of a file of an installed package."""
    for path in files_of(package, name):
        return path.parent
    # The caller reports the missing file.
    return pathlib.Path("/nonexistent") / package


IPXE = directory_of("ipxe-qemu", "pxe-e1000.rom")
SEABIOS = directory_of("seabios", "vgabios-stdvga.bin")
VGABIOS = SEABIOS / "vgabios-stdvga.bin"

# The ROM files of ipxe-qemu and seabios.
PACKAGE_ROMS = [*files_of("ipxe-qemu", "efi-*.rom"),
                *files_of("ipxe-qemu", "pxe-*.rom"),
                *files_of("seabios", "vgabios-*.bin")]


def run(*args, **kwargs):
    """Run a program of this project; return its output."""
    words = [str(arg) for arg in args]
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, **kwargs)
    if done.returncode:
        name = words[0].removeprefix(f"{TOP}/")
        raise Failure(f"{' '.join([name, *words[1:]])} failed; what it said "
                      f"is above.\n{done.stdout}".rstrip())
    return done.stdout.strip()


def run_as(name, function):
    """Run a whole program: turn any exception into a sentence with the path of
    the log.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    try:
        function()
    except KeyboardInterrupt:
        sys.exit(130)
    except Failure as failure:
        log.write_text(traceback.format_exc())
        sys.exit(f"{name}: {failure}\nThe log is {log}")
    except Exception as error:
        log.write_text(traceback.format_exc())
        missing = getattr(error, "filename", None)
        sys.exit(f"{name}: " + (
            f"{missing} cannot be used: {error.strerror}."
            if missing and isinstance(error, OSError) else
            f"it does not know what to do about this: {error}.") +
            f"\nThe log is {log}")


class Origin(typing.NamedTuple):
    """Where a kernel comes from: the arguments for scripts/kernel."""
    asked: tuple
    arch: str = "x86"
    page_size: int = 4096
    # "multi": its CPUs run at the same time, see VM
    threads: str = "single"


def debug(series, *fragments):
    return "built", series, *fragments, "debug", "shadowbar"


# Any other name is a series of Debian's own x86 kernels.
ORIGINS = {
    "6.12-debug": Origin(debug("6.12", "x86")),
    "6.12-kcsan": Origin(("built", "6.12", "x86", "kcsan", "shadowbar"),
                         threads="multi"),
    "7.2": Origin(debug("7.2", "x86")),
    "7.3": Origin(debug("7.3", "x86")),
    "6.12-clang": Origin(debug("6.12", "clang", "x86")),
    "6.12-arm64-4k": Origin(debug("6.12", "arm64", "4k"), "arm64"),
    "6.12-arm64-16k": Origin(debug("6.12", "arm64", "16k"), "arm64", 16384),
    "6.12-arm64-64k": Origin(debug("6.12", "arm64"), "arm64", 65536),
    "6.12-ppc64le": Origin(debug("6.12", "ppc64le"), "ppc64le", 65536),
    "stock-7.2": Origin(("stock", "7.2")),
    "stock-7.3": Origin(("stock", "7.3")),
    "stock-arm64": Origin(("stock", "6.12", "arm64"), "arm64"),
    "stock-arm64-16k": Origin(("stock", "6.12", "arm64-16k"), "arm64", 16384),
    "stock-ppc64le-64k": Origin(("stock", "6.12", "powerpc64le-64k"),
                                "ppc64le", 65536),
}


def origin(series):
    return ORIGINS.get(series) or Origin(("stock", series))


class Machine(typing.NamedTuple):
    """The arguments for QEMU, by architecture."""
    qemu: tuple
    name: str
    console: str
    shell: str


# The console for commands is not a PCI function on any of them.
MACHINES = {
    "x86": Machine(("qemu-system-x86_64", "-cpu", "qemu64",
                    "-serial", "chardev:sh"), "q35", "ttyS0", "/dev/ttyS1"),
    # Older CPUs have no 16 KiB pages.
    "arm64": Machine(("qemu-system-aarch64", "-cpu", "cortex-a76",
                      "-device", "virtio-serial-device",
                      "-device", "virtconsole,chardev=sh"),
                     "virt,gic-version=3", "ttyAMA0", "/dev/hvc0"),
    # Without firmware that gives each BAR a page, and without mitigations,
    # which TCG does not support.
    "ppc64le": Machine(("qemu-system-ppc64", "-cpu", "power9",
                        "-serial", "chardev:sh"),
                       "pseries,x-vof=on,cap-cfpc=broken,cap-sbbc=broken,"
                       "cap-ibs=broken,cap-ccf-assist=off",
                       "hvc0", "/dev/hvc1"),
}


def prepare(series):
    """Fetch a kernel and build everything needed to test on it."""
    asked = origin(series).asked
    kernel = run(TOP / "scripts/kernel", *asked).splitlines()[-1]
    out = BUILD / "vm" / series
    out.mkdir(parents=True, exist_ok=True)
    (out / "kernel").unlink(missing_ok=True)
    (out / "kernel").symlink_to(kernel)
    run(TOP / "scripts/build-module", kernel, out)
    run(TOP / "scripts/vfio-tools", kernel, out)
    run(TOP / "scripts/roms", out / "roms")
    for rom in PACKAGE_ROMS:
        kept = images_of(rom.read_bytes())
        if kept:
            (out / f"roms/{rom.name}.shadow").write_bytes(kept)
    run(TOP / "scripts/initramfs", kernel, out / "initramfs.cpio",
        out / "shadowbar.ko", out / "romread.ko", out / "sibling.ko",
        out / "vfio-regions", out / "roms")


class Kernel:
    """A kernel, and an initramfs with the module, as prepare() left them."""

    def __init__(self, series):
        out = BUILD / "vm" / series
        self.series = series
        self.arch = origin(series).arch
        self.page_size = origin(series).page_size
        self.vmlinuz = out / "kernel/vmlinuz"
        self.initramfs = out / "initramfs.cpio"
        self.roms = out / "roms"

    def rom(self, name):
        return self.roms / f"{name}.rom"

    def shadow(self, name):
        """The expected shadow of a ROM; empty for a broken one."""
        path = self.roms / f"{name}.shadow"
        return path.read_bytes() if path.exists() else b""


def built(series):
    """A kernel built for a test, on first use."""
    prepare(series)
    return Kernel(series)


def with_files(kernel, work, files):
    """The same kernel with additional files in its initramfs, by path."""
    root = work / "root"
    for path, source in files.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
    names = "".join(f"{path.relative_to(root)}\n"
                    for path in sorted(root.rglob("*")))
    more = subprocess.run(["cpio", "--quiet", "-R", "0:0", "-o", "-H", "newc"],
                          cwd=root, input=names.encode(),
                          stdout=subprocess.PIPE, check=True).stdout
    able = copy.copy(kernel)
    able.initramfs = work / "initramfs"
    # Another archive may follow an archive.
    able.initramfs.write_bytes(kernel.initramfs.read_bytes() + more)
    return able


def images_of(rom):
    """The whole images at the start of a ROM, which is what a shadow must be.

    This walk is independent of the driver's, so the two can disagree.
    """
    end = 0
    while rom[end:end + 2] == b"\x55\xaa":
        pcir = end + int.from_bytes(rom[end + 0x18:end + 0x1a], "little")
        if rom[pcir:pcir + 4] != b"PCIR" or len(rom) < pcir + 0x18:
            break
        size = 512 * int.from_bytes(rom[pcir + 0x10:pcir + 0x12], "little")
        if not size or end + size > len(rom):
            break
        end += size
        if rom[pcir + 0x15] & 0x80:
            break
    return rom[:end]


class Qmp:
    """QEMU's monitor: one line of JSON in each direction."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(30)
        self.lines = self.socket.makefile("r")
        self.events = []
        self.lines.readline()
        self("qmp_capabilities")

    def _message(self):
        line = self.lines.readline()
        if not line:
            raise Failure("QEMU closed its monitor")
        return json.loads(line)

    def __call__(self, command, **arguments):
        message = {"execute": command, "arguments": arguments}
        self.socket.sendall(json.dumps(message).encode())
        while True:
            answer = self._message()
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise Failure(f"{command}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def wait(self, event, **data):
        """Wait for an event with these values in its data."""
        while True:
            for seen in self.events:
                if seen["event"] == event and \
                        data.items() <= seen.get("data", {}).items():
                    self.events.remove(seen)
                    return
            answer = self._message()
            if "event" in answer:
                self.events.append(answer)


def quote(who, said):
    """The output of a program, if any, as the end of a sentence."""
    said = said.strip()
    return f"\n{who} said:\n{textwrap.indent(said, '    ')}" if said else ""


class VM:
    """A virtual machine, from its first instruction to the end of its log.

    devices are QEMU's -device arguments, args are any others.

    The CPUs take turns in a single thread. With a thread each, QEMU 7.2
    occasionally loses the timer of one CPU for good while another changes
    what BARs decode: it stays idle, and RCU and everything that waits for it
    hangs.
    """

    def __init__(self, kernel, name, devices=(), args=(), append="",
                 machine=None, firmware="bios", memory=1024,
                 threads=None, accel=None, boot_seconds=BOOT_SECONDS):
        self.kernel = kernel
        self.boot_seconds = boot_seconds
        LOGS.mkdir(parents=True, exist_ok=True)
        self.console = LOGS / f"{name}-{kernel.series}.log"
        # Offset of the crash kernel's log in the console
        self.crashed = 0
        self.run = pathlib.Path(tempfile.mkdtemp(prefix="shadowbar-vm-"))
        emulated = MACHINES[kernel.arch]
        qemu, *arch_args = emulated.qemu
        command = [
            *WITH_PARENT, qemu, "-accel", accel or
            f"tcg,thread={threads or origin(kernel.series).threads}",
            "-machine", machine or emulated.name, "-smp", "2",
            "-m", str(memory), "-nodefaults", "-display", "none",
            "-no-reboot", "-D", f"{self.run}/trace",
            "-serial", f"file:{self.console}",
            "-chardev", f"socket,id=sh,path={self.run}/sh", *arch_args,
            "-qmp", f"unix:{self.run}/qmp",
            "-kernel", str(kernel.vmlinuz),
            "-initrd", str(kernel.initramfs),
            "-append", f"console={emulated.console},115200 panic=-1 "
            f"oops=panic shell={emulated.shell} {append}",
        ]
        if firmware == "ovmf":
            command += ["-bios", OVMF]
        for device in devices:
            command += ["-device", device]
        command += [str(arg) for arg in args]
        for chance in range(BOOTS, 0, -1):
            try:
                self._boot(command)
                return
            except BaseException as error:
                # If QEMU rejected its arguments, it said why.
                said = self._stop()
                bugs = [bug for bug in EMULATOR_BUGS if bug in self.log()]
                if bugs and chance > 1:
                    print(f"{self.console}: {bugs}, once more")
                    continue
                shutil.rmtree(self.run)
                if not isinstance(error, (Failure, OSError)):
                    raise
                text = f"the virtual machine did not start: {error}"
                if " said:\n" not in text:
                    text += (quote("QEMU", said) +
                             quote(self.console, self.log_tail()))
                raise Failure(text) from error

    def _boot(self, command):
        """Start QEMU and wait until the guest accepts commands."""
        self.console.unlink(missing_ok=True)
        # QEMU connects to these sockets before it starts the machine.
        shell, qmp = self._listen("sh"), self._listen("qmp")
        self.stderr = open(self.run / "stderr", "w+")
        self.qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                     stdout=self.stderr, stderr=self.stderr)
        self.pending = b""
        self.shell = self._accept(shell)
        self.qmp = Qmp(self._accept(qmp))
        self._wait_for_guest()

    def _wait_for_guest(self):
        # UEFI writes to every serial port that it finds.
        deadline = time.monotonic() + self.boot_seconds
        while not self._line(deadline).endswith("guest is ready"):
            pass

    def load_crash_kernel(self, vmlinuz, initramfs):
        """Have this kernel start when the guest's kernel panics."""
        self.sh(f"/crashload {vmlinuz} {initramfs} "
                "\"$(sed 's/crashkernel=[^ ]*//' /proc/cmdline) nr_cpus=1\"")

    def crash(self):
        """Make the guest's kernel panic, which starts its crash kernel. The
        console then belongs to the crash kernel.
        """
        script = b"echo c > /proc/sysrq-trigger"
        self.shell.sendall(base64.b64encode(script) + b"\n")
        self._wait_for_guest()
        self.crashed += self.log().rindex("Linux version")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._stop()
        shutil.rmtree(self.run)
        if exc == (None, None, None):
            self.check_console()

    def _listen(self, name):
        (self.run / name).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.run / name))
        listener.listen()
        return listener

    def _accept(self, listener):
        with listener:
            for _ in range(30):
                if select.select([listener], [], [], 1)[0]:
                    return listener.accept()[0]
                self._check_alive()
        raise Failure("QEMU does not connect")

    def _check_alive(self):
        if self.qemu.poll() is not None:
            self.stderr.seek(0)
            raise Failure(f"QEMU ended with {self.qemu.returncode}."
                          f"{quote('QEMU', self.stderr.read())}"
                          f"{quote(self.console, self.log_tail())}")

    def _stop(self):
        """End QEMU; return its messages."""
        if self.qemu.poll() is None:
            self.qemu.kill()
        self.qemu.wait()
        self.stderr.seek(0)
        said = self.stderr.read()
        self.stderr.close()
        return said

    def log(self):
        """The console output so far."""
        if not self.console.exists():
            return ""
        return self.console.read_text(errors="replace")[self.crashed:]

    def wait_for_log(self, text, timeout=120):
        """Wait for text on the console."""
        deadline = time.monotonic() + timeout
        while text not in self.log():
            if time.monotonic() > deadline:
                raise Failure(f"nobody says {text!r}"
                              f"{quote(self.console, self.log_tail())}")
            self._check_alive()
            time.sleep(0.1)

    def log_tail(self):
        return "\n".join(self.log().splitlines()[-40:])

    def check_console(self):
        """Fail if the kernel complained about anything, or the module did."""
        console = self.console
        if self.crashed:
            console = console.with_suffix(".crash.log")
            console.write_text(self.log())
        done = subprocess.run([TOP / "scripts/kernel-reports", console],
                              stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise Failure(done.stdout)
        if "could NOT be restored" in self.log():
            raise Failure(f"{self.console}: registers were not restored")

    def _line(self, deadline):
        """The next line of the command channel."""
        while b"\n" not in self.pending:
            left = deadline - time.monotonic()
            if left < 0:
                raise Failure("no answer in time"
                              f"{quote(self.console, self.log_tail())}")
            if select.select([self.shell], [], [], min(left, 1))[0]:
                got = self.shell.recv(1 << 16)
                if got:
                    self.pending += got
                    continue
            self._check_alive()
        line, _, self.pending = self.pending.partition(b"\n")
        return line.decode(errors="replace").strip()

    def ask(self, script, timeout=120):
        """Run a shell script in the VM; return its exit status and output."""
        self.shell.sendall(base64.b64encode(script.encode()) + b"\n")
        deadline = time.monotonic() + timeout
        packed = []
        while True:
            line = self._line(deadline)
            if line.startswith("exit "):
                output = gzip.decompress(base64.b64decode("".join(packed)))
                return int(line[5:]), output
            packed.append(line)

    def sh_bytes(self, script, timeout=120):
        status, output = self.ask(script, timeout)
        if status:
            raise Failure(f"{script!r} ended with {status}: "
                          f"{output.decode(errors='replace')}")
        return output

    def sh(self, script, timeout=120):
        """Run a shell script in the VM; return its output."""
        return self.sh_bytes(script, timeout).decode().rstrip("\n")

    def until(self, script, timeout=120):
        """Run a shell script until it exits with 0; return its output."""
        return self.sh(
            f"n=0; until out=$({script}); do n=$((n+1)); "
            f"[ $n -lt {timeout * 20} ] || {{ echo \"$out\"; exit 1; }}; "
            "usleep 50000; done; echo \"$out\"", 4 * timeout)

    # shadowbar, as seen by its users

    def load(self, parameters=""):
        self.sh(f"insmod /shadowbar.ko {parameters}")

    def unload(self):
        self.sh("rmmod shadowbar")

    def unload_if_loaded(self):
        self.sh("if [ -d /sys/module/shadowbar ]; then rmmod shadowbar; fi")

    def settle(self, timeout=120):
        """Wait until no capture is pending."""
        self.until(f"! grep -qx pending {SYSFS}/*/shadowbar/rom_status",
                   timeout)

    def show(self, address):
        """The contents of a function's files, except the bytes of ROMs."""
        out = self.sh(f"cd {SYSFS}/{address}/shadowbar; for f in rom_* "
                      "decode; do echo $f=$(cat $f); done; "
                      "echo size=$(stat -c %s rom 2>/dev/null || echo -1)")
        values = dict(line.split("=", 1) for line in out.splitlines())
        values["size"] = int(values["size"])
        return values

    def rom(self, address):
        """The bytes of a shadow. Slow: use compare() for a large one."""
        return self.sh_bytes(f"cat {SYSFS}/{address}/shadowbar/rom")

    def compare(self, address, name):
        """Fail if a shadow is not /roms/NAME.shadow, byte for byte."""
        self.sh(f"cmp {SYSFS}/{address}/shadowbar/rom /roms/{name}.shadow")

    def page(self, bar):
        """The state of the page of a BAR (address, number)."""
        return self.sh(f"cat {SYSFS}/{bar[0]}/shadowbar/bar{bar[1]}_page")

    def page_reason(self, bar):
        return self.sh(f"cat {SYSFS}/{bar[0]}/shadowbar/bar{bar[1]}_reason")

    def isolate(self, bar):
        """Request a page of its own; None or the name of the error."""
        return self.write_1(f"{SYSFS}/{bar[0]}/shadowbar/bar{bar[1]}_isolate")

    def capture(self, address):
        """Write 1 to "capture"; None or the name of the error."""
        return self.write_1(f"{SYSFS}/{address}/shadowbar/capture")

    def write_1(self, path):
        """Write 1 to a file; None or the name of the error."""
        status, output = self.ask(f"echo 1 > {path}")
        if not status:
            return None
        return output.decode().strip().rpartition(": ")[2]

    @contextlib.contextmanager
    def mapped(self, bar):
        """A program maps the page of a BAR, and keeps it mapped."""
        self.sh("rm -f /tmp/hold; mkfifo /tmp/hold; "
                "sleep 1000 > /tmp/hold & echo $! > /tmp/holder; "
                f"/vfio-regions -m {SYSFS}/{bar[0]}/resource{bar[1]} "
                "< /tmp/hold > /tmp/map 2>&1 &")
        self.until("grep -qx ready /tmp/map")
        try:
            yield
        finally:
            self.sh("kill $(cat /tmp/holder)")
            self.until("! pidof vfio-regions")
        assert self.sh("tail -n 1 /tmp/map") == "kept"

    def config(self):
        """The config space of every function, as much as the kernel shows."""
        sizes = self.sh(f"cd {SYSFS}; stat -c '%n %s' */config")
        octets = self.sh_bytes(f"cd {SYSFS}; cat */config")
        spaces = {}
        for line in sizes.splitlines():
            name, size = line.split()
            space, octets = octets[:int(size)], octets[int(size):]
            spaces[name.partition("/")[0]] = space
        assert not octets
        return spaces

    def iomem(self):
        return self.sh("cat /proc/iomem")

    def driver(self, address):
        """The driver that is bound, or an empty string."""
        return self.sh(f"d=$(readlink {SYSFS}/{address}/driver) && "
                       "basename $d || echo")

    def bind(self, address, driver):
        """Bind a driver, and no other, to a function."""
        self.bind_all([address], driver)

    def bind_all(self, addresses, driver):
        """Bind a driver, and no other, to each of these functions."""
        self.sh(f"""
[ -d /sys/bus/pci/drivers/{driver} ] || modprobe {driver}
for f in {' '.join(addresses)}; do
  cd {SYSFS}/$f
  [ ! -e driver ] || echo $f > driver/unbind
  echo {driver} > driver_override
  echo $f > /sys/bus/pci/drivers_probe
  [ "$(basename $(readlink driver))" = {driver} ] || exit 1
done
""")

    def unbind(self, address):
        """Unbind the driver of a function, if there is one."""
        self.unbind_all([address])

    def unbind_all(self, addresses):
        """Unbind the drivers of functions, and allow any driver to bind."""
        self.sh(f"""
for f in {' '.join(addresses)}; do
  cd {SYSFS}/$f
  [ ! -e driver ] || echo $f > driver/unbind
  [ ! -e driver ] || exit 1
  echo > driver_override
done
""")


WRITE = re.compile(r"pci_cfg_write .* ([0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) @")


@contextlib.contextmanager
def config_writes(vm):
    """Collect the functions whose config space is written to meanwhile."""
    log = vm.run / "trace"
    start = log.stat().st_size if log.exists() else 0
    vm.qmp("trace-event-set-state", name="pci_cfg_write", enable=True)
    written = set()
    yield written
    vm.qmp("trace-event-set-state", name="pci_cfg_write", enable=False)
    text = log.read_text()[start:] if log.exists() else ""
    written |= {f"0000:{address}" for address in WRITE.findall(text)}


def plug(vm, driver, bus, number="0.0", **options):
    """Hot-add a function; number 0 comes last and brings in the whole slot."""
    name = f"{bus}-{number.replace('.', '-')}"
    vm.qmp("device_add", driver=driver, bus=bus, id=name, addr=number,
           multifunction=True, **options)
    return name


def pull(vm, name):
    """Hot-remove a function, and everything else in its slot.

    QEMU refuses while the guest is still bringing the slot up.
    """
    for _ in range(100):
        try:
            vm.qmp("device_del", id=name)
            vm.qmp.wait("DEVICE_DELETED", device=name)
            return
        except Failure as error:
            if "busy" not in str(error):
                raise
        vm.sh("usleep 100000")
    raise Failure(f"{name}: the slot stays busy")


# A file that tells whether each of its blocks arrived.
SERVED = b"".join(hashlib.sha256(bytes([i & 255, i >> 8])).digest()
                  for i in range(4096))


def network(tmp_path_factory, count):
    """QEMU's arguments for net1 and up, each with a server of SERVED."""
    served = tmp_path_factory.mktemp("tftp")
    (served / "file").write_bytes(SERVED)
    args = []
    for i in range(count):
        args += ["-netdev", f"user,id=net{i + 1},tftp={served},restrict=on"]
    return args


def passes_traffic(vm, address, modules, driver, mac):
    """The driver binds and fetches a file over the network, byte for byte."""
    vm.sh(f"modprobe -a {modules}; cd {SYSFS}/{address}; "
          f"[ -e driver ] || echo {address} > /sys/bus/pci/drivers_probe")
    assert vm.driver(address) == driver
    name = vm.until(f"grep -l {mac} /sys/class/net/*/address").split("/")[4]
    vm.sh(f"ip addr add 10.0.2.15/24 dev {name} && ip link set {name} up")
    vm.until(f"grep -q 1 /sys/class/net/{name}/carrier")
    # Some versions of busybox draw a progress bar.
    got = vm.sh_bytes("{ tftp -g -r file -l /tmp/got 10.0.2.2 >/tmp/said 2>&1"
                      " || { cat /tmp/said >&2; false; }; } && "
                      "cat /tmp/got; rm /tmp/got", timeout=120)
    assert got == SERVED
    vm.sh(f"ip link set {name} down; ip addr flush dev {name}")


def in_one_line(text):
    """A text without its line breaks and indentation."""
    return re.sub(r"\s+", " ", text)


def kernels():
    """The kernels to test, as requested."""
    return os.environ.get("KERNELS", "6.1 6.12").split()
