// SPDX-License-Identifier: GPL-2.0-only
/*
 * crashload: load the kernel to run when this one crashes.
 *
 * usage: crashload KERNEL INITRAMFS COMMANDLINE
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_for_reading(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: crashload KERNEL INITRAMFS COMMANDLINE");

	if (syscall(SYS_kexec_file_load, open_for_reading(argv[1]),
		    open_for_reading(argv[2]), strlen(argv[3]) + 1, argv[3],
		    KEXEC_FILE_ON_CRASH))
		err(1, "kexec_file_load");
	return 0;
}
