// SPDX-License-Identifier: GPL-2.0-only
/*
 * advice: advice that more than one command gives.
 */
#include <stdio.h>
#include <stdlib.h>

#include "explain.h"

/**
 * sb_slot() - the address of a card, without the function number
 * @function: one of its functions
 *
 * Return: the form in which Proxmox takes a whole card, to be freed.
 */
char *sb_slot(const struct sb_function *function)
{
	return sb_format("%04x:%02x:%02x", function->domain, function->bus,
			 function->dev);
}

static bool is_same_slot(const struct sb_function *a,
			 const struct sb_function *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->dev == b->dev;
}

/**
 * sb_has_sibling() - does the card have more than one function?
 * @function: one of them
 * @all: all functions
 *
 * Return: true if its slot holds another one.
 */
bool sb_has_sibling(const struct sb_function *function,
		    const struct sb_functions *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (is_same_slot(function, &all->list[i]) &&
		    function->func != all->list[i].func)
			return true;
	return false;
}

/**
 * sb_sibling() - another function of the same card
 * @function: one of them
 * @all: all functions
 * @class: the class to look for, base class and sub-class
 *
 * Return: the function; NULL if there is none.
 */
const struct sb_function *sb_sibling(const struct sb_function *function,
				     const struct sb_functions *all,
				     unsigned int class)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		if (is_same_slot(function, &all->list[i]) &&
		    function->func != all->list[i].func &&
		    all->list[i].class == class)
			return &all->list[i];
	return NULL;
}

/**
 * sb_advise_unbind() - how to unbind the driver of a function
 * @function: the function; a driver is bound
 * @before: the start of the sentence
 */
void sb_advise_unbind(const struct sb_function *function, const char *before)
{
	if (sb_is_display(function))
		sb_paragraph("%s. This blanks every screen that is connected to it; do it from another computer or over SSH:",
			     before);
	else if (function->class >> 8 == SB_CLASS_NETWORK)
		sb_paragraph("%s. This takes its network links down:", before);
	else if (function->class >> 8 == SB_CLASS_STORAGE)
		sb_paragraph("%s. Disks that are connected to it disappear; never do this to the one that the host runs from:",
			     before);
	else
		sb_paragraph("%s:", before);
	sb_command("echo %s > %s/driver/unbind", function->address,
		   function->path);
}

/**
 * sb_advise_bind_once() - how to let a driver set up a function
 * @function: the function; no driver is bound
 */
void sb_advise_bind_once(const struct sb_function *function)
{
	if (sb_is_display(function))
		sb_paragraph("The last command blanks every screen that is connected to it.");
	sb_command("echo %s > %s/bus/pci/drivers_probe", function->address,
		   sb_options.sysfs);
	sb_command("echo %s > %s/driver/unbind", function->address,
		   function->path);
}

/**
 * sb_advise_at_boot() - how to let a line in modprobe.d take effect
 *
 * The module is loaded from the initramfs, which has a copy of modprobe.d.
 */
void sb_advise_at_boot(void)
{
	sb_command("update-initramfs -u -k all  # Debian, Ubuntu, Proxmox");
	sb_command("dracut --force --regenerate-all  # Fedora, SUSE");
}

/**
 * sb_advise_rombar_off() - how to hide a ROM from a guest
 * @function: the function
 */
void sb_advise_rombar_off(const struct sb_function *function)
{
	sb_paragraph("A guest needs the ROM of such a card only to boot from it. If yours does not, turn the ROM off; the guest then starts faster and needs no romfile. On Proxmox, append this to the function's hostpci line in /etc/pve/qemu-server/VMID.conf:");
	sb_config(",rombar=0");
	sb_paragraph("Or, if it has none, assign it; if the VM has a hostpci0 already, take the next number:");
	sb_command("qm set VMID --hostpci0 %s,pcie=1,rombar=0",
		   function->address);
	sb_paragraph("libvirt, inside <hostdev>:");
	sb_config("<rom bar='off'/>");
	sb_paragraph("QEMU:");
	sb_config("-device vfio-pci,host=%s,rombar=0", function->address);
}
