// SPDX-License-Identifier: GPL-2.0-only
/*
 * file: read and write whole files.
 */
#include <errno.h>
#include <err.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

#define CHUNK		0x100000
#define FILE_MAX	0x4000000	/* a ROM BAR decodes 16 MiB at most */

/**
 * sb_file_read() - all bytes of a file
 * @path: the file; "-" is the standard input
 * @bytes: filled; @bytes->data is to be freed
 *
 * Does not rely on the size that sysfs and pipes report.
 *
 * Return: 0 or a negative error; -EFBIG for a file too large to be a ROM.
 */
int sb_file_read(const char *path, struct sb_bytes *bytes)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) :
				     dup(STDIN_FILENO);
	size_t room = 0;
	ssize_t got;
	int ret = 0;

	*bytes = (struct sb_bytes){ 0 };
	if (fd < 0)
		return -errno;

	for (;;) {
		if (bytes->size == room) {
			room += CHUNK;
			bytes->data = realloc(bytes->data, room);
			if (!bytes->data)
				err(SB_EXIT_ERROR, NULL);
		}
		got = read(fd, bytes->data + bytes->size, room - bytes->size);
		if (got < 0)
			ret = -errno;
		if (got <= 0)
			break;
		bytes->size += got;
		if (bytes->size > FILE_MAX) {
			ret = -EFBIG;
			break;
		}
	}
	close(fd);
	if (ret) {
		free(bytes->data);
		*bytes = (struct sb_bytes){ 0 };
	}
	return ret;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t done = write(fd, data, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		data += done;
		size -= done;
	}
	return 0;
}

static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* A file that is replaced keeps its mode and, for root, its owner. */
static int set_mode(int fd, const char *path)
{
	struct stat before;
	mode_t mode = usual_mode();

	if (!stat(path, &before)) {
		mode = before.st_mode & 0777;
		if (fchown(fd, before.st_uid, before.st_gid) && errno != EPERM)
			return -errno;
	}
	return fchmod(fd, mode) ? -errno : 0;
}

/* A new name in a directory is safe only after a sync of the directory. */
static int sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	/* Some file systems do not support it, nor need it. */
	if (fsync(fd) && errno != EINVAL)
		ret = -errno;
	close(fd);
	return ret;
}

static int replace(const char *path, const void *data, size_t size)
{
	char *copy = sb_format("%s", path);
	const char *dir = dirname(copy);
	const char *name = strrchr(path, '/');
	char *temporary = sb_format("%s/.%s.XXXXXX", dir,
				    name ? name + 1 : path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	int ret = fd < 0 ? -errno : 0;

	if (!ret) {
		ret = write_all(fd, data, size);
		if (!ret)
			ret = set_mode(fd, path);
		if (!ret && fsync(fd))
			ret = -errno;
		if (close(fd) && !ret)
			ret = -errno;
		if (!ret && rename(temporary, path))
			ret = -errno;
		if (ret)
			unlink(temporary);
		else
			ret = sync_dir(dir);
	}
	free(temporary);
	free(copy);
	return ret;
}

static int write_into(const char *path, const void *data, size_t size)
{
	int fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CLOEXEC) :
				     dup(STDOUT_FILENO);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, data, size);
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/**
 * sb_file_write() - write a file, completely or not at all
 * @path: the file, to be replaced; "-" is the standard output
 * @data: its bytes
 * @size: number of bytes
 *
 * The bytes are on disk before the file takes its name. Signals are blocked
 * meanwhile, so that none leaves a temporary file behind. Anything but a
 * regular file, such as /dev/stdout, is written to instead of being replaced.
 *
 * Return: 0 or a negative error.
 */
int sb_file_write(const char *path, const void *data, size_t size)
{
	char link[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	struct stat status;
	sigset_t all, before;
	char *target = NULL;
	int fd, ret;

	if (!strcmp(path, "-"))
		return write_into(path, data, size);
	/*
	 * Look it up only once: the kernel does not follow links that others
	 * made in /tmp, and they could make one between two look-ups.
	 */
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd >= 0) {
		ret = fstat(fd, &status) ? -errno : 0;
		/* Keep a symbolic link, and replace its target. */
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		if (!ret && S_ISREG(status.st_mode))
			target = realpath(link, NULL);
		close(fd);
		if (ret)
			return ret;
		if (S_ISDIR(status.st_mode))
			return -EISDIR;
		if (!S_ISREG(status.st_mode))
			return write_into(path, data, size);
	}

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	ret = replace(target ? target : path, data, size);
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(target);
	return ret;
}

/**
 * sb_file_mkdir() - create a directory and its parents
 * @path: the directory; it may exist
 *
 * Return: 0 or a negative error.
 */
int sb_file_mkdir(const char *path)
{
	char *copy = sb_format("%s", path);
	char *slash = copy;
	int ret = 0;

	do {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			ret = -errno;
		if (slash)
			*slash = '/';
	} while (slash && !ret);
	free(copy);
	return ret;
}

/**
 * sb_sha256() - the SHA-256 of some bytes
 * @bytes: the bytes
 * @text: filled with 64 hexadecimal digits
 */
void sb_sha256(const struct sb_bytes *bytes, char text[SB_SHA256_TEXT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size, i;

	if (!EVP_Digest(bytes->data, bytes->size, digest, &size, EVP_sha256(),
			NULL))
		errx(SB_EXIT_ERROR, "libcrypto has no SHA-256");
	for (i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
}
