// SPDX-License-Identifier: GPL-2.0-only
/*
 * install: a ROM where the machine's hypervisor reads it.
 *
 * The file that the module shows cannot be given to all of them: Proxmox takes
 * a name in its own directory only, and libvirt runs QEMU as a user, and under
 * an AppArmor profile, that may not read it.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "take.h"

static void proxmox_line(const struct sb_function *function,
			 const char *path)
{
	printf("add to /etc/pve/qemu-server/<vmid>.conf:\n"
	       "    hostpci0: %s,romfile=%s\n", function->address,
	       strrchr(path, '/') + 1);
}

static void libvirt_line(const struct sb_function *function,
			 const char *path)
{
	printf("add to the <hostdev> of %s (virsh edit <domain>):\n"
	       "    <rom file='%s'/>\n"
	       "which makes it:\n"
	       "    <hostdev mode='subsystem' type='pci' managed='yes'>\n"
	       "      <source>\n"
	       "        <address domain='0x%04x' bus='0x%02x' slot='0x%02x'"
	       " function='0x%x'/>\n"
	       "      </source>\n"
	       "      <rom file='%s'/>\n"
	       "    </hostdev>\n", function->address, path,
	       function->domain, function->bus, function->dev, function->func,
	       path);
}

static void qemu_line(const struct sb_function *function, const char *path)
{
	printf("add to QEMU's command line:\n"
	       "    -device vfio-pci,host=%s,romfile=%s\n", function->address,
	       path);
}

/*
 * Where each reads a ROM from. Proxmox wants its own directory; that of
 * libvirt is one that its AppArmor profile lets QEMU read, and that SELinux
 * labels as anything under /usr/share.
 */
static const struct hypervisor {
	const char *name;
	const char *dir;
	void (*line)(const struct sb_function *function, const char *path);
	const char *signs[3];	/* if one of these is there, it is */
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

static enum sb_exit put(const struct hypervisor *hypervisor, const char *root,
			const struct sb_function *function,
			const struct sb_bytes *bytes)
{
	char *path = sb_format("%s/shadowbar-%04x-%04x-%04x-%02x-%02x.%d.rom",
			       hypervisor->dir, function->vendor,
			       function->device, function->domain,
			       function->bus, function->dev,
			       function->func);
	char *dir = sb_format("%s%s", root, hypervisor->dir);
	char *file = sb_format("%s%s", root, path);
	int error;

	/* Others than root read it: QEMU runs as a user of its own. */
	umask(022);
	error = sb_file_mkdir(dir);
	if (!error)
		error = sb_file_write(file, bytes->data, bytes->size);
	if (error) {
		warnx("%s: %s", file, strerror(-error));
	} else {
		printf("%s: %zu bytes in %s\n", hypervisor->name, bytes->size,
		       file);
		hypervisor->line(function, path);
	}
	free(file);
	free(dir);
	free(path);
	return error ? SB_EXIT_ERROR : SB_EXIT_OK;
}

static enum sb_exit put_for(const char *name, const char *root,
			    const struct sb_function *function,
			    const struct sb_bytes *bytes)
{
	enum sb_exit ret = SB_EXIT_OK;
	bool found = false;
	size_t i;

	for (i = 0; i < HYPERVISORS && !ret; i++) {
		const struct hypervisor *hypervisor = &hypervisors[i];

		if (name ? !strcmp(name, hypervisor->name) :
			   is_here(hypervisor, root)) {
			ret = put(hypervisor, root, function, bytes);
			found = true;
		}
	}
	/* None of those that have a say in where: QEMU reads any file. */
	if (!found)
		ret = put(&hypervisors[HYPERVISORS - 1], root, function, bytes);
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
	const char *name = NULL, *from = NULL, *root = "";
	const struct sb_source *source;
	struct sb_functions one;
	struct sb_bytes bytes = { 0 };
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
			root = optarg;
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
		ret = sb_take(&one.list[0], from, false, &source, &bytes);
	if (!ret)
		ret = put_for(name, root, &one.list[0], &bytes);
	free(bytes.data);
	sb_functions_free(&one);
	return ret;
}
