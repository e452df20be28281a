// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_rom: what happened to a function's ROM, and what to do about it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "diff.h"
#include "explain.h"
#include "good.h"
#include "how.h"
#include "images.h"

/**
 * enum cause - why a ROM was not read, as far as the advice depends on it
 * @CAUSE_OTHER: none of these
 * @CAUSE_MANUAL: the module was loaded with capture=manual
 * @CAUSE_DENIED: the deny parameter names the function
 * @CAUSE_HANGS: reading its ROM is known to hang the machine
 * @CAUSE_ASLEEP: it is in a low-power state
 * @CAUSE_PINNED: its decoding has to stay off
 * @CAUSE_BRIDGE: a bridge above it forwards no memory
 * @CAUSE_VGA: it would decode the range of the boot display, too
 * @CAUSE_PARK: a BAR with a bad address is in the way
 * @CAUSE_NO_ADDRESS: there is no address to read it at
 * @CAUSE_NOT_RESTORED: a register could not be restored
 * @CAUSE_GONE: it stopped responding
 * @CAUSE_STUCK: a register ignores writes
 * @CAUSE_NO_MEMORY: the kernel was out of memory
 * @CAUSE_NO_CHIP: the data is not a ROM
 * @CAUSE_DAMAGED: the data is a damaged ROM
 * @CAUSE_VIRTUAL: it is a virtual function
 */
enum cause {
	CAUSE_OTHER,
	CAUSE_MANUAL,
	CAUSE_DENIED,
	CAUSE_HANGS,
	CAUSE_ASLEEP,
	CAUSE_PINNED,
	CAUSE_BRIDGE,
	CAUSE_VGA,
	CAUSE_PARK,
	CAUSE_NO_ADDRESS,
	CAUSE_NOT_RESTORED,
	CAUSE_GONE,
	CAUSE_STUCK,
	CAUSE_NO_MEMORY,
	CAUSE_NO_CHIP,
	CAUSE_DAMAGED,
	CAUSE_VIRTUAL,
};

/*
 * Recognise the sentence in which the module says why. A test makes sure that
 * each of these occurs in one of the module's sentences.
 */
static enum cause cause_of(const struct sb_function *function)
{
	static const struct {
		const char *phrase;
		enum cause cause;
	} causes[] = {
		{ "capture=manual", CAUSE_MANUAL },
		{ "deny parameter", CAUSE_DENIED },
		{ "hangs the machine", CAUSE_HANGS },
		{ "not in D0", CAUSE_ASLEEP },
		{ "decoding is off", CAUSE_PINNED },
		{ "forwards no memory", CAUSE_BRIDGE },
		{ "boot VGA device", CAUSE_VGA },
		{ "cannot be moved out of the way", CAUSE_PARK },
		{ "no window has a hole", CAUSE_NO_ADDRESS },
		{ "power-cycle", CAUSE_NOT_RESTORED },
		{ "stopped answering", CAUSE_GONE },
		{ "config space failed", CAUSE_GONE },
		{ "ignores what is written", CAUSE_STUCK },
		{ "no memory for it", CAUSE_NO_MEMORY },
		{ "no ROM chip is fitted", CAUSE_NO_CHIP },
		{ "it is damaged", CAUSE_DAMAGED },
		{ "virtual function", CAUSE_VIRTUAL },
	};
	size_t i;

	for (i = 0; function->reason && i < sizeof(causes) / sizeof(*causes);
	     i++)
		if (strstr(function->reason, causes[i].phrase))
			return causes[i].cause;
	if (function->power && !strncmp(function->power, "D3", 2))
		return CAUSE_ASLEEP;
	return CAUSE_OTHER;
}

static bool keeps_for_a_guest(const char *driver)
{
	return sb_is(driver, "vfio-pci") || sb_is(driver, "pci-stub");
}

/*
 * AMD APU: the ROM of its graphics is in the system firmware. VFCT may have the
 * ROM of a card, too, which has a chip of its own.
 */
static bool is_apu(const struct sb_function *function)
{
	if (function->vendor != SB_VENDOR_AMD || !sb_is_display(function))
		return false;
	if (sb_is(function->rom_bar, "absent"))
		return true;

	return sb_function_source(function, "vfct") &&
	       !sb_function_source(function, "in-place") &&
	       !sb_function_source(function, "borrowed") &&
	       !sb_function_source(function, "hole");
}

/* The value of the ROM BAR, in the terms of kernel messages. */
static const char *found(const char *rom_bar)
{
	static const struct {
		const char *word;
		const char *text;
	} meaning[] = {
		{ "absent", "The function has no ROM BAR." },
		{ "programmed",
		  "Firmware assigned the ROM BAR an address of its own." },
		{ "zero",
		  "Firmware gave the ROM BAR no address, so reading"
		  " the kernel's own rom file may fail." },
		{ "all-ones",
		  "Firmware sized the ROM BAR and left all ones in it, as UEFI does. "
		  "That is no address, so reading the kernel's own rom file may fail." },
		{ "outside-window",
		  "Firmware left an address in the ROM BAR that no bridge above it forwards." },
		{ "overlap",
		  "Firmware left an address in the ROM BAR that another BAR also has." },
	};
	size_t i;

	for (i = 0; i < sizeof(meaning) / sizeof(*meaning); i++)
		if (sb_is(rom_bar, meaning[i].word))
			return meaning[i].text;

	return NULL;
}

static void explain_images(const struct sb_function *function,
			   const struct sb_bytes *rom)
{
	const struct sb_card card = { function->vendor, function->device };
	struct sb_rom_summary summary;
	enum sb_good good[SB_FORS];
	char *verdict;
	int who;

	sb_rom_summarize(rom->data, rom->size, &summary);
	verdict = sb_images_verdict(&summary);
	sb_paragraph("It is %s.", verdict);
	free(verdict);
	if (!summary.images)
		return;
	sb_good_judge(rom->data, rom->size, &card, good);
	for (who = 0; who < SB_FORS; who++)
		sb_bullet("good for %s: %s", sb_good_for_text(who),
			  sb_good_text(who, good[who]));
	if (good[SB_FOR_SEABIOS] == SB_BAD_IDS) {
		sb_paragraph("This makes a copy with this function's IDs, %04x:%04x:",
			     function->vendor, function->device);
		sb_command("shadowbar dump %s -o card.rom", function->address);
		sb_command("shadowbar fix card.rom --in-place --vendor %04x --device %04x",
			   function->vendor, function->device);
	}
}

static void explain_sources(const struct sb_function *function,
			    const struct sb_bytes *best)
{
	size_t i;

	for (i = 1; i < function->nr_sources; i++) {
		const struct sb_source *source = &function->sources[i];
		struct sb_bytes other;
		struct sb_diff diff;
		char *words;

		sb_paragraph("Another copy has %lld bytes, %s.",
			     (long long)source->size, sb_how(source->name));
		if (!best->data || sb_source_read(source, &other))
			continue;
		sb_diff(best, &other, &diff);
		words = sb_diff_words(&diff);
		if (diff.nr)
			sb_paragraph("Compared with the best copy: %s. One of the two was modified; dump and install use the best.",
				     words);
		else
			sb_paragraph("Compared with the best copy: %s.", words);
		free(words);
		sb_diff_free(&diff);
		free(other.data);
	}
}

/* Say what a romfile does for a graphics card, and what it cannot do. */
static void explain_use(const struct sb_function *function,
			const struct sb_functions *all)
{
	const struct sb_function *audio;

	if (is_apu(function)) {
		audio = sb_sibling(function, all, SB_CLASS_AUDIO);
		sb_paragraph("For graphics in an AMD processor this image is only half of it: it goes to the graphics function. The driver that shows a picture in a UEFI guest (GOP) is in the machine's firmware; extract AMDGopDriver from the vendor's firmware update and make an option ROM of it with EfiRom from EDK II. That ROM goes to the audio function%s%s.",
			     audio ? " " : "", audio ? audio->address : "");
	} else if (function->vendor == SB_VENDOR_NVIDIA &&
		   sb_is_display(function)) {
		sb_paragraph("A romfile is what the guest's firmware sees. NVIDIA's own driver and nouveau read the ROM through BAR 0 instead, so no romfile changes what they find there.");
	}
}

/**
 * sb_is_served() - does a guest get the ROM without a file?
 * @function: the function
 *
 * Return: true if the kernel hands out the module's copy.
 */
bool sb_is_served(const struct sb_function *function)
{
	return sb_is(function->served, "memory") ||
	       sb_is(function->served, "address");
}

/**
 * sb_explain_served() - who gets the ROM without a file, and how to avoid it
 * @function: the function, whose ROM is served
 */
void sb_explain_served(const struct sb_function *function)
{
	sb_paragraph("On this kernel, the guest gets the ROM automatically and needs no romfile: the kernel hands the copy to vfio-pci, and so to QEMU, libvirt, Proxmox, KubeVirt and cloud-hypervisor. In libvirt and Proxmox the ROM BAR has to be on, which is the default:");
	sb_config("<rom bar='on'/>  # libvirt, inside <hostdev>; the default");
	sb_config("rombar=1  # Proxmox, in the hostpci line; the default");
	sb_paragraph("If the guest should not run the ROM (because it hangs on an HBA's ROM, or should not boot from the network), turn it off:");
	sb_config("-device vfio-pci,host=%s,rombar=0  # QEMU", function->address);
	sb_config("<rom bar='off'/>  # libvirt");
	sb_config("rombar=0  # Proxmox");
	sb_paragraph("cloud-hypervisor has no such option, and KubeVirt needs a hook sidecar for it. There, load the module with serve=off, which holds for every device:");
	sb_command("echo 'options shadowbar serve=off' >> /etc/modprobe.d/shadowbar.conf");
	sb_advise_at_boot();
}

static void explain_shadow(const struct sb_function *function,
			   const struct sb_functions *all)
{
	const struct sb_source *source = sb_function_source(function, NULL);
	struct sb_bytes best = { 0 };

	sb_paragraph("There is a copy of its ROM: %lld bytes, %s.",
		     (long long)source->size, sb_how(source->name));
	if (sb_source_read(source, &best))
		sb_paragraph("Run as root to inspect its contents.");
	else
		explain_images(function, &best);
	explain_sources(function, &best);
	free(best.data);
	explain_use(function, all);
	if (sb_is_served(function)) {
		sb_explain_served(function);
		sb_paragraph("To make a file anyway, for another host for example:");
	} else {
		sb_paragraph("To give it to a guest:");
	}
	sb_command("shadowbar install %s", function->address);
}

static void explain_deferred(const struct sb_function *function)
{
	const char *driver = sb_or_dash(function->driver);

	if (keeps_for_a_guest(function->driver)) {
		sb_paragraph("%s is bound, which only holds the function for a guest. While no guest runs, this unbinds it for a moment, reads the ROM and binds it again:",
			     driver);
		sb_command("shadowbar capture %s", function->address);
		return;
	}
	sb_paragraph("The driver %s is bound, and the module never touches a bound function. There are two ways.",
		     driver);
	sb_advise_unbind(function, "Unbind the driver; the ROM is then read immediately");
	sb_paragraph("Or load the module before the driver at boot, so that the ROM is read before the driver binds. If the driver is in the initramfs, the module has to be there, too:");
	sb_command("echo 'softdep %s pre: shadowbar' >> /etc/modprobe.d/shadowbar.conf",
		   driver);
	sb_advise_at_boot();
}

static void from_a_file(const struct sb_function *function)
{
	sb_paragraph("Take the ROM from the vendor's firmware update, or dump it on a machine where it can be read. Check the file, and correct it if needed:");
	sb_command("shadowbar verify FILE");
	sb_command("shadowbar fix FILE -o card.rom --vendor %04x --device %04x",
		   function->vendor, function->device);
}

static void capture_again(const struct sb_function *function)
{
	sb_command("shadowbar capture %s", function->address);
}

static void enable_once(const struct sb_function *function)
{
	sb_command("echo 1 > %s/enable", function->path);
	sb_command("echo 0 > %s/enable", function->path);
	capture_again(function);
}

static void explain_unread(const struct sb_function *function)
{
	switch (cause_of(function)) {
	case CAUSE_MANUAL:
		sb_paragraph("The module reads ROMs only on request:");
		capture_again(function);
		break;
	case CAUSE_DENIED:
		sb_paragraph("The deny parameter names it. The first command shows where; remove it there, then reload the module:");
		sb_command("grep -r shadowbar /etc/modprobe.d /proc/cmdline");
		sb_command("modprobe -r shadowbar && modprobe shadowbar");
		break;
	case CAUSE_HANGS:
		sb_paragraph("Do not try another tool either: any read of this ROM hangs the machine. Take the ROM from the vendor's firmware update, and check it:");
		sb_command("shadowbar verify FILE");
		break;
	case CAUSE_ASLEEP:
		sb_paragraph("It is in a low-power state%s%s, in which it does not respond. Without a driver, power/control does not wake it; enabling it does:",
			     function->power ? ", " : "",
			     function->power ? function->power : "");
		enable_once(function);
		break;
	case CAUSE_BRIDGE:
		sb_paragraph("Enabling the function opens the bridges above it:");
		enable_once(function);
		break;
	case CAUSE_PINNED:
	case CAUSE_VGA:
		sb_paragraph("Only its driver can switch its decoding on safely. Bind the driver once and unbind it; the ROM is then read.");
		sb_advise_bind_once(function);
		break;
	case CAUSE_PARK:
		sb_paragraph("Remove the function and let the kernel find it again, with new addresses:");
		sb_command("echo 1 > %s/remove", function->path);
		sb_command("echo 1 > %s/bus/pci/rescan", sb_options.sysfs);
		break;
	case CAUSE_NO_ADDRESS:
		sb_paragraph("There is no room on its bus. Boot with this kernel parameter, which lets Linux reassign the windows of bridges:");
		sb_config("pci=realloc");
		break;
	case CAUSE_NOT_RESTORED:
		sb_paragraph("Shut the machine down and power-cycle it before the function is used again. To keep the module from trying again, first do this. If there is a deny= in /etc/modprobe.d already, add the address to that line instead, after a comma: of two such lines, only one counts.");
		sb_command("echo 'options shadowbar deny=%s' >> /etc/modprobe.d/shadowbar.conf",
			   function->address);
		sb_advise_at_boot();
		break;
	case CAUSE_GONE:
		sb_paragraph("It was unplugged, lost power or lost its PCIe link. See what the kernel says:");
		sb_command("dmesg | grep -i -e aer -e pciehp -e %s",
			   function->address);
		break;
	case CAUSE_NO_MEMORY:
		sb_paragraph("Try again when more memory is free:");
		capture_again(function);
		break;
	case CAUSE_NO_CHIP:
		sb_paragraph("Many cards have a ROM BAR but no ROM chip. A few show their ROM only after a driver set them up: bind the driver once and unbind it.");
		sb_advise_bind_once(function);
		break;
	case CAUSE_STUCK:
	case CAUSE_DAMAGED:
		from_a_file(function);
		break;
	case CAUSE_VIRTUAL:
		sb_paragraph("Use the ROM of its physical function.");
		break;
	case CAUSE_OTHER:
		sb_paragraph("When that is fixed, run:");
		capture_again(function);
		if (sb_is(function->status, "failed"))
			from_a_file(function);
		break;
	}
}

static void explain_none(const struct sb_function *function,
			 const struct sb_functions *all)
{
	if (function->vendor == SB_VENDOR_INTEL && sb_is_display(function)) {
		sb_explain_no_igd_rom(function);
	} else if (is_apu(function)) {
		sb_paragraph("Graphics in an AMD processor has its ROM in the machine's firmware. The ACPI table VFCT usually has a copy, but not on this machine. Take it from the vendor's firmware update.");
		explain_use(function, all);
	} else if (cause_of(function) == CAUSE_VIRTUAL) {
		sb_paragraph("Use the ROM of its physical function.");
	} else {
		sb_paragraph("A guest does not need one.");
	}
}

/**
 * sb_explain_rom() - explain what happened to a function's ROM
 * @function: the function
 * @all: all functions
 */
void sb_explain_rom(const struct sb_function *function,
		    const struct sb_functions *all)
{
	unsigned int base = function->class >> 8;
	const char *text = found(function->rom_bar);

	sb_topic("ROM");
	if (text)
		sb_paragraph("%s", text);
	if (sb_is(function->decode, "off"))
		sb_paragraph("Memory decoding was off when the function was first seen: firmware did not use it, so addresses in its BARs count only if the kernel assigned them.");
	if (function->reason && *function->reason)
		sb_paragraph("The module says: %s.", function->reason);

	if (function->nr_sources)
		explain_shadow(function, all);
	if (sb_is(function->status, "deferred"))
		explain_deferred(function);
	else if (sb_is(function->status, "pending"))
		sb_paragraph("It is waiting to be read. Ask again in a moment.");
	else if (!function->nr_sources && sb_is(function->status, "none"))
		explain_none(function, all);
	else if (!function->nr_sources && (sb_is(function->status, "skipped") ||
					   sb_is(function->status, "failed")))
		explain_unread(function);
	if (sb_is(function->rom_bar, "absent") ||
	    sb_is(function->status, "none"))
		return;
	if (base == SB_CLASS_NETWORK ||
	    (base == SB_CLASS_STORAGE && function->class != SB_CLASS_NVME))
		sb_advise_rombar_off(function);
}
