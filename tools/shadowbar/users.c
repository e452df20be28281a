// SPDX-License-Identifier: GPL-2.0-only
/*
 * users: find processes that have a device node open.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tool.h"

/* A device may have several names, for example in the /dev of a container. */
static bool is_same(const struct stat *a, const struct stat *b)
{
	if (S_ISCHR(a->st_mode) && S_ISCHR(b->st_mode))
		return a->st_rdev == b->st_rdev;
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool has_open(const char *process, const struct stat *wanted)
{
	char *path = sb_format("/proc/%s/fd", process);
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool open = false;

	free(path);
	while (dir && !open && (entry = readdir(dir))) {
		struct stat status;

		open = !fstatat(dirfd(dir), entry->d_name, &status, 0) &&
		       is_same(&status, wanted);
	}
	if (dir)
		closedir(dir);
	return open;
}

/**
 * sb_user_of() - find a process that has a file open
 * @path: the file
 *
 * Return: its number, or 0 if there is none that may be inspected.
 */
pid_t sb_user_of(const char *path)
{
	struct dirent *entry;
	struct stat wanted;
	pid_t user = 0;
	DIR *proc;

	if (stat(path, &wanted))
		return 0;

	proc = opendir("/proc");
	while (proc && !user && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    has_open(entry->d_name, &wanted))
			user = atoi(entry->d_name);
	if (proc)
		closedir(proc);
	return user;
}
