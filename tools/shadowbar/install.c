// SPDX-License-Identifier: GPL-2.0-only
/*
 * install: copy a ROM to where the machine's hypervisor looks for it.
 *
 * The module's own file is not suitable for all of them: Proxmox only takes a
 * file name in its own directory, and libvirt runs QEMU as an unprivileged user
 * and under an AppArmor profile, which may not read it.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain.h"
#include "images.h"
#include "record.h"
#include "take.h"

/*
 * Without a function number, Proxmox assigns the whole card and gives the ROM
 * to its first function. The ROM of another function needs its own line.
 */
static void proxmox_line(const struct sb_function *function,
			 const struct sb_functions *all, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char *slot = sb_slot(function);
	const char *what = function->func ? function->address : slot;

	sb_paragraph("%s. VMID is the number of the virtual machine. If it has a hostpci0 already, take the next number:",
		     function->func ? "Assign this function" :
		     sb_has_sibling(function, all) ?
		     "Assign the card with all of its functions" :
		     "Assign the card");
	sb_command("qm set VMID --hostpci0 %s,pcie=1,romfile=%s", what, name);
	sb_paragraph("pcie=1 needs the machine type q35; leave it out for i440fx. If the card is assigned already, append this to its hostpci line in /etc/pve/qemu-server/VMID.conf instead:");
	sb_config(",romfile=%s", name);
	free(slot);
}

static void libvirt_line(const struct sb_function *function,
			 const struct sb_functions *all, const char *path)
{
	sb_paragraph("Edit the guest with virsh edit. If its <hostdev> is there, add this line inside:");
	sb_config("<rom file='%s'/>", path);
	sb_paragraph("If not, add all of it inside <devices>%s:",
		     sb_has_sibling(function, all) ?
		     ", and another one without <rom> for each other function of the card" :
		     "");
	sb_config("<hostdev mode='subsystem' type='pci' managed='yes'>");
	sb_config("  <source>");
	sb_config("    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>",
		  function->domain, function->bus, function->dev,
		  function->func);
	sb_config("  </source>");
	sb_config("  <rom file='%s'/>", path);
	sb_config("</hostdev>");
}

static void qemu_line(const struct sb_function *function,
		      const struct sb_functions *all, const char *path)
{
	sb_paragraph("Add to QEMU's command line%s:",
		     sb_has_sibling(function, all) ?
		     ", and a -device without romfile for each other function of the card" :
		     "");
	sb_config("-device vfio-pci,host=%s,romfile=%s", function->address,
		  path);
}

/*
 * Where each hypervisor reads ROMs from. Proxmox requires its own directory;
 * for libvirt, use one that its AppArmor profile lets QEMU read, and that
 * SELinux labels like the rest of /usr/share.
 */
static const struct hypervisor {
	const char *name;
	const char *dir;
	void (*line)(const struct sb_function *function,
		     const struct sb_functions *all, const char *path);
	const char *signs[3];	/* it is installed if one of these exists */
} hypervisors[] = {
	{ "proxmox", "/usr/share/kvm", proxmox_line,
	  { "/etc/pve", "/usr/sbin/qm" } },
	{ "libvirt", "/usr/share/vgabios", libvirt_line,
	  { "/etc/libvirt/qemu", "/usr/sbin/libvirtd", "/usr/sbin/virtqemud" } },
	{ "qemu", "/usr/share/vgabios", qemu_line, { } },
};

#define HYPERVISORS	(sizeof(hypervisors) / sizeof(*hypervisors))
#define SIGNS		(sizeof(hypervisors->signs) / sizeof(char *))

static bool is_here(const struct hypervisor *hypervisor, const char *root)
{
	bool here = false;
	size_t i;

	for (i = 0; i < SIGNS && hypervisor->signs[i]; i++) {
		char *path = sb_format("%s%s", root, hypervisor->signs[i]);

		here |= !access(path, F_OK);
		free(path);
	}
	return here;
}

/**
 * struct order - what to install
 * @root: a directory that stands for /
 * @function: the function
 * @all: all functions
 * @source: the copy of its ROM
 * @bytes: the bytes of that copy
 * @files: with -j, where to record the file; else NULL
 */
struct order {
	const char *root;
	const struct sb_function *function;
	const struct sb_functions *all;
	const struct sb_source *source;
	struct sb_bytes bytes;
	struct json_object *files;
};

static enum sb_exit put(const struct hypervisor *hypervisor,
			const struct order *order)
{
	const struct sb_function *function = order->function;
	const struct sb_card card = { function->vendor, function->device };
	const struct sb_bytes *bytes = &order->bytes;
	/* No comma or colon: they are special in QEMU's options. */
	char *path = sb_format("%s/shadowbar-%04x-%04x-%04x-%02x-%02x.%d-%s.rom",
			       hypervisor->dir, function->vendor,
			       function->device, function->domain,
			       function->bus, function->dev,
			       function->func, order->source->name);
	char *dir = sb_format("%s%s", order->root, hypervisor->dir);
	char *file = sb_format("%s%s", order->root, path);
	int error;

	/* Not only root reads it: QEMU may run as an unprivileged user. */
	umask(022);
	error = sb_file_mkdir(dir);
	if (!error)
		error = sb_file_write(file, bytes->data, bytes->size);
	if (error) {
		warnx("%s: %s", file, strerror(-error));
	} else {
		sb_topic("%s", hypervisor->name);
		if (order->files) {
			json_object_array_add(order->files,
					      sb_record_file(file, bytes,
							     function,
							     order->source));
		} else {
			printf("%zu bytes in %s\n", bytes->size, file);
			sb_images_print_good(bytes, 0, &card);
		}
		hypervisor->line(function, order->all, path);
	}
	free(file);
	free(dir);
	free(path);
	return error ? SB_EXIT_ERROR : SB_EXIT_OK;
}

static enum sb_exit put_for(const char *name, const struct order *order)
{
	enum sb_exit ret = SB_EXIT_OK;
	bool found = false;
	size_t i;

	for (i = 0; i < HYPERVISORS && !ret; i++) {
		const struct hypervisor *hypervisor = &hypervisors[i];

		if (name ? !strcmp(name, hypervisor->name) :
			   is_here(hypervisor, order->root)) {
			ret = put(hypervisor, order);
			found = true;
		}
	}
	/* No hypervisor that needs a special place: QEMU reads any file. */
	if (!found)
		ret = put(&hypervisors[HYPERVISORS - 1], order);
	return ret;
}

static bool is_known(const char *name)
{
	size_t i;

	for (i = 0; i < HYPERVISORS; i++)
		if (!strcmp(name, hypervisors[i].name))
			return true;

	warnx("%s: neither proxmox nor libvirt nor qemu", name);
	return false;
}

/**
 * sb_install() - the command "install"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_install(int argc, char **argv)
{
	static const struct option options[] = {
		{ "source", required_argument, NULL, 's' },
		{ "for", required_argument, NULL, 'f' },
		{ "root", required_argument, NULL, 'R' },
		SB_OPTIONS
	};
	const char *name = NULL, *from = NULL;
	struct order order = { .root = "" };
	struct sb_functions one, all;
	struct json_object *json;
	enum sb_exit ret;
	int option;

	while ((option = sb_option(argc, argv, "s:f:R:" SB_LETTERS,
				   options)) != -1) {
		switch (option) {
		case 's':
			from = optarg;
			break;
		case 'f':
			name = optarg;
			break;
		case 'R':
			order.root = optarg;
			break;
		default:
			return sb_usage("install", option);
		}
	}
	if (optind != argc - 1)
		return sb_usage("install", '?');
	if (name && !is_known(name))
		return SB_EXIT_USAGE;

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret)
		ret = sb_take(&one.list[0], from, false, &order.source,
			      &order.bytes);
	if (!ret) {
		ret = sb_functions_load(NULL, &all);
		order.function = &one.list[0];
		order.all = &all;
		if (sb_options.json)
			order.files = json_object_new_array();
		if (!ret)
			ret = put_for(name, &order);
		if (!ret && !order.files && sb_is_served(order.function))
			sb_paragraph("On this kernel the file is not needed: the kernel hands the ROM to guests by itself. See shadowbar explain %s.",
				     order.function->address);
		sb_functions_free(&all);
	}
	if (order.files) {
		json = sb_json_start("install");
		sb_json_append(json, "functions",
			       sb_record(order.function, NULL));
		json_object_object_add(json, "files", order.files);
		sb_json_print(json);
	}
	free(order.bytes.data);
	sb_functions_free(&one);
	return ret;
}
