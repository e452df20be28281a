// SPDX-License-Identifier: GPL-2.0-only
/*
 * held: work on a function with its driver unbound.
 *
 * The module leaves a bound function alone. If the driver only holds the
 * function for a guest (vfio-pci or pci-stub) and nobody uses it, this unbinds
 * the driver and binds it again afterwards.
 *
 * vfio-pci can stop being idle at any moment, so its group is opened first. The
 * kernel lets only one process open it. If a VM has it, opening fails; if a VM
 * wants it meanwhile, the VM fails, whether it comes through the group or
 * through the device's own node. With the group open, "enable" tells whether
 * the function is in use. A process may have only the device's own node open:
 * this looks for one, because unbinding would wait for it.
 *
 * A child does the work, out of reach of signals from the terminal. If the
 * child is killed, the parent binds the driver; if the parent is killed, the
 * child does.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "held.h"
#include "tool.h"

static volatile sig_atomic_t stopped_by;
static volatile pid_t worker;

static void stop(int number)
{
	stopped_by = number;
	if (worker > 0)
		kill(worker, SIGTERM);
}

/* The signals with which people and service managers end a program. */
static sigset_t stopping(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	/* No SA_RESTART, so that a waiting capture ends with EINTR. */
	const struct sigaction action = { .sa_handler = stop };
	struct sigaction before;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		sigaddset(&set, numbers[i]);
		sigaction(numbers[i], &action, &before);
		/* As set by nohup. */
		if (before.sa_handler == SIG_IGN)
			sigaction(numbers[i], &before, NULL);
	}
	/* The reader of the output may be gone. */
	signal(SIGPIPE, SIG_IGN);
	return set;
}

/**
 * open_group() - keep others from opening a function bound to vfio-pci
 * @function: the function
 *
 * Return: a file descriptor, or a negative error; -EBUSY if it is taken.
 */
static int open_group(const struct sb_function *function)
{
	char *link = sb_format("%s/iommu_group", function->path);
	char target[PATH_MAX];
	ssize_t length = readlink(link, target, sizeof(target) - 1);
	const char *group;
	char *path;
	int fd;

	free(link);
	if (length <= 0)
		return -ENOENT;
	target[length] = '\0';
	group = basename(target);

	path = sb_format("%s/vfio/%s", sb_options.dev, group);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		/* A function without an IOMMU (VFIO no-IOMMU mode). */
		free(path);
		path = sb_format("%s/vfio/noiommu-%s", sb_options.dev, group);
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	if (fd < 0)
		fd = -errno;
	free(path);
	return fd;
}

/* Check the function's own node, which iommufd uses, not that of the group. */
static pid_t user_of_node(const struct sb_function *function)
{
	char *path = sb_format("%s/vfio-dev", function->path);
	DIR *dir = opendir(path);
	struct dirent *entry;
	pid_t user = 0;

	free(path);
	while (dir && !user && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		path = sb_format("%s/vfio/devices/%s", sb_options.dev,
				 entry->d_name);
		user = sb_user_of(path);
		free(path);
	}
	if (dir)
		closedir(dir);
	return user;
}

static bool is_idle(const struct sb_function *function)
{
	char *enable = sb_attr_read(function->path, "enable");
	bool idle = enable && !strcmp(enable, "0");

	free(enable);
	return idle;
}

static bool is_bound(const struct sb_function *function)
{
	char *driver = sb_driver_of(function->path);
	bool bound = driver && !strcmp(driver, function->driver);

	free(driver);
	return bound;
}

static int write_driver(const struct sb_function *function, const char *file)
{
	char *dir = sb_format("%s/bus/pci/drivers/%s", sb_options.sysfs,
			      function->driver);
	int ret = sb_attr_write(dir, file, function->address);

	free(dir);
	return ret;
}

/**
 * bind_again() - bind the function's driver again
 * @function: the function
 *
 * May be called more than once.
 *
 * Return: 0 or a negative error.
 */
static int bind_again(const struct sb_function *function)
{
	int ret = 0;

	if (!is_bound(function))
		ret = write_driver(function, "bind");
	/* Parent and child may have tried at the same time. */
	if (is_bound(function))
		ret = 0;
	else if (!ret)
		ret = -ENODEV;
	return ret;
}

/* An override that is not set reads as "(null)"; an empty line clears it. */
static int put_override_back(const struct sb_function *function,
			     const char *override)
{
	return sb_attr_write(function->path, "driver_override",
			     strcmp(override, "(null)") ? override : "\n");
}

/*
 * While the function is unbound, a driver that is just being loaded could take
 * it. An override allows only the previous driver to bind.
 */
static int unbind(const struct sb_function *function)
{
	int ret = sb_attr_write(function->path, "driver_override",
				function->driver);

	return ret ? ret : write_driver(function, "unbind");
}

/**
 * struct deed - work to do
 * @done: the past participle for messages
 * @call: does the work and reports it
 * @arg: for @call
 */
struct deed {
	const char *done;
	sb_deed_t call;
	const void *arg;
};

/*
 * Runs in the child and never returns; the exit code tells the parent the
 * result. Only the work itself can be interrupted.
 */
static void work(const struct sb_function *function, const struct deed *deed,
		 const char *override, int group, const sigset_t *signals)
	__attribute__((noreturn));

static void work(const struct sb_function *function, const struct deed *deed,
		 const char *override, int group, const sigset_t *signals)
{
	enum sb_exit ret = SB_EXIT_ERROR;
	int error;

	setsid();
	error = unbind(function);
	/* Without the driver nobody can open it any more. */
	if (group >= 0)
		close(group);
	if (error) {
		warnx("%s: cannot unbind %s: %s", function->address,
		      function->driver, strerror(-error));
	} else {
		sigprocmask(SIG_UNBLOCK, signals, NULL);
		ret = deed->call(function, deed->arg);
		sigprocmask(SIG_BLOCK, signals, NULL);
	}
	/* If one of these fails, the parent retries and reports it. */
	bind_again(function);
	put_override_back(function, override);
	fflush(stdout);
	_exit(ret);
}

static enum sb_exit have_it_done(const struct sb_function *function,
				 const struct deed *deed, const char *override,
				 int group)
{
	enum sb_exit ret = SB_EXIT_ERROR;
	sigset_t signals = stopping();
	int status, error;
	pid_t child;

	fflush(stdout);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	child = fork();
	if (child < 0)
		err(SB_EXIT_ERROR, "fork");
	if (!child)
		work(function, deed, override, group, &signals);
	worker = child;
	if (group >= 0)
		close(group);

	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	sigprocmask(SIG_BLOCK, &signals, NULL);
	worker = 0;
	if (WIFEXITED(status))
		ret = WEXITSTATUS(status);
	else
		warnx("%s: not %s: the process that did it was killed",
		      function->address, deed->done);
	error = bind_again(function);
	if (error) {
		warnx("%s: %s is NOT bound again: %s", function->address,
		      function->driver, strerror(-error));
		ret = SB_EXIT_ERROR;
	}
	error = put_override_back(function, override);
	if (error) {
		warnx("%s: driver_override is NOT as it was, \"%s\": %s",
		      function->address, override, strerror(-error));
		ret = SB_EXIT_ERROR;
	}
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	if (stopped_by) {
		/* End as if by the signal itself. */
		signal(stopped_by, SIG_DFL);
		raise(stopped_by);
	}
	return ret;
}

static enum sb_exit refuse(const struct sb_function *function, const char *why)
{
	warnx("%s: not touched: %s", function->address, why);
	return SB_EXIT_BUSY;
}

/**
 * sb_without_driver() - work on a function with its driver unbound
 * @function: the function
 * @done: the past participle for messages
 * @call: does the work and reports it; may run in another process
 * @arg: for @call
 *
 * Return: what @call returned; SB_EXIT_BUSY if the driver does more than hold
 * the function, or if it is in use; or SB_EXIT_ERROR.
 */
enum sb_exit sb_without_driver(const struct sb_function *function,
			       const char *done, sb_deed_t call,
			       const void *arg)
{
	const struct deed deed = { done, call, arg };
	enum sb_exit ret;
	char *override;
	int group = -1;
	pid_t user;
	bool vfio;

	/* No driver: nothing to undo. */
	if (!function->driver)
		return call(function, arg);
	vfio = !strcmp(function->driver, "vfio-pci");
	if (!vfio && strcmp(function->driver, "pci-stub")) {
		warnx("%s: not touched: the driver %s is bound",
		      function->address, function->driver);
		return SB_EXIT_BUSY;
	}
	if (vfio) {
		group = open_group(function);
		if (group == -EBUSY)
			return refuse(function,
				      "its IOMMU group is in use, by a VM?");
		if (group < 0) {
			warnx("%s: cannot open its VFIO group: %s",
			      function->address, strerror(-group));
			return SB_EXIT_ERROR;
		}
	}
	user = user_of_node(function);
	if (user || !is_idle(function)) {
		if (group >= 0)
			close(group);
		if (!user)
			return refuse(function, "it is in use");
		warnx("%s: not touched: process %d has its VFIO device open",
		      function->address, user);
		return SB_EXIT_BUSY;
	}

	override = sb_attr_read(function->path, "driver_override");
	ret = have_it_done(function, &deed, override ? override : "(null)",
			   group);
	free(override);
	return ret;
}

