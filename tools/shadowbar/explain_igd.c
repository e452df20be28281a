// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_igd: Intel integrated graphics, which people ask about most.
 */
#include <stdlib.h>
#include <unistd.h>

#include "explain.h"

static bool under_uefi(void)
{
	char *path = sb_format("%s/firmware/efi", sb_options.sysfs);
	bool yes = !access(path, F_OK);

	free(path);
	return yes;
}

/**
 * sb_explain_no_igd_rom() - why there is no ROM, and what to do instead
 * @function: the Intel integrated graphics
 */
void sb_explain_no_igd_rom(const struct sb_function *function)
{
	sb_paragraph("Integrated Intel graphics has no ROM of its own: the driver that shows a picture before the operating system does is part of the machine's firmware.%s",
		     under_uefi() ?
		     " This machine was started by UEFI, which leaves no copy of it at 0xC0000." :
		     "");
	sb_paragraph("Do without, if the screen may stay dark until the guest's own driver starts. The driver does not need a ROM, only the OpRegion. QEMU 10.1 and later pass it on by default; older versions need the option:");
	sb_config("-device vfio-pci,host=%s,x-igd-opregion=on",
		  function->address);
	sb_paragraph("For a UEFI guest, extract the graphics driver (IntelGopDriver) from the vendor's firmware update and build a romfile from it with VfioIgdPkg. To see what this machine has for it:");
	sb_command("shadowbar igd-rom %s -o igd.rom", function->address);
	sb_paragraph("For a SeaBIOS guest on a processor up to Comet Lake, start the machine once in legacy (CSM) mode with this graphics as the first display: the module then finds the video BIOS at 0xC0000. Newer processors have no video BIOS.");
}

static void explain_opregion(const struct sb_function *function)
{
	if (function->graphics.opregion < 0) {
		sb_paragraph("There is no OpRegion to give to a guest: its driver has to guess which outputs the machine has.");
		return;
	}
	sb_paragraph("There is a copy of its OpRegion, made before a driver wrote into it%s.",
		     function->graphics.vbt < 0 ?
		     ", but it has no VBT, which tells a driver which outputs the machine has" :
		     ", with the VBT, which tells a driver which outputs the machine has");
	sb_paragraph("QEMU 10.1 and later give a guest the OpRegion by default. With an older version add:");
	sb_config("-device vfio-pci,host=%s,x-igd-opregion=on",
		  function->address);
	sb_paragraph("If vfio-pci has none to give, or i915 was there first, use this copy:");
	sb_config("-fw_cfg name=etc/igd-opregion,file=%s/shadowbar/igd_opregion",
		  function->path);
}

static void explain_state(const char *state)
{
	if (sb_is(state, "reserved")) {
		sb_paragraph("Its stolen memory is reserved: nothing else can use it.");
	} else if (sb_is(state, "guarded")) {
		sb_paragraph("The memory map does not reserve its stolen memory, so the module does.");
	} else if (sb_is(state, "conflict")) {
		sb_paragraph("Something else uses its stolen memory too, and the device writes there without asking. Do not assign it until this is fixed: update the firmware, or change how much memory it sets aside for graphics.");
	} else if (sb_is(state, "unset")) {
		sb_paragraph("No stolen memory is set aside. On a host, this is a firmware bug: update the firmware. In a guest, the guest's firmware has not done it; a video BIOS would then use the host's addresses, and QEMU before 10.0 stops. A guest without a video BIOS does not need stolen memory. If this one does, load the module in the guest before i915:");
		sb_command("echo 'options shadowbar igd_stolen=allocate' >> /etc/modprobe.d/shadowbar.conf");
		sb_command("echo 'softdep i915 pre: shadowbar' >> /etc/modprobe.d/shadowbar.conf");
		sb_advise_at_boot();
	} else if (sb_is(state, "allocated")) {
		sb_paragraph("The module has allocated stolen memory for it, because the guest's firmware had set none aside. It stays allocated until reboot, even if the module is unloaded.");
	} else {
		sb_paragraph("Whether anything else uses its stolen memory is not known.");
	}
}

/**
 * sb_explain_igd() - explain OpRegion and stolen memory
 * @function: the Intel integrated graphics
 */
void sb_explain_igd(const struct sb_function *function)
{
	sb_topic("OpRegion and stolen memory");
	explain_opregion(function);
	explain_state(function->graphics.state);
	sb_paragraph("The module says: %s.", function->graphics.reason);
}
