// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture: read the ROM now.
 *
 * The module leaves a bound function alone. Where the driver only keeps the
 * function for a guest, vfio-pci or pci-stub, and nobody uses it, it is
 * unbound, captured and bound again.
 *
 * Whether vfio-pci is idle can change at any moment, so its group is opened
 * first. The kernel lets one process have it: if a VM does, this is refused,
 * and a VM that wants it just then is, whether it comes through the group or
 * through the device's own node. With the group in hand, "enable" tells
 * whether the function is in use. One that only has the device's own node open
 * is looked for, because unbinding would wait for it.
 *
 * The work is done by a child that signals to the terminal do not reach. If it
 * is killed, its parent binds the driver; if the parent is, the child does.
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

#include "record.h"
#include "tool.h"

static volatile sig_atomic_t stopped_by;
static volatile pid_t worker;

static void stop(int number)
{
	stopped_by = number;
	if (worker > 0)
		kill(worker, SIGTERM);
}

/* What people and service managers end a program with. */
static sigset_t stopping(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	/* No SA_RESTART: a capture that waits is to end with EINTR. */
	const struct sigaction action = { .sa_handler = stop };
	struct sigaction before;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		sigaddset(&set, numbers[i]);
		sigaction(numbers[i], &action, &before);
		/* As nohup has it. */
		if (before.sa_handler == SIG_IGN)
			sigaction(numbers[i], &before, NULL);
	}
	/* Whoever reads the output may be gone. */
	signal(SIGPIPE, SIG_IGN);
	return set;
}

static enum sb_exit tell(const struct sb_function *function, int error)
{
	char *dir = sb_format("%s/shadowbar", function->path);
	char *reason = sb_attr_read(dir, "rom_reason");
	enum sb_exit ret = SB_EXIT_ERROR;

	if (!error) {
		ret = SB_EXIT_OK;
		if (!sb_options.json)
			printf("%s: %s\n", function->address,
			       sb_or_dash(reason));
	} else {
		warnx("%s: not captured: %s", function->address,
		      strerror(-error));
		if (reason && *reason)
			warnx("%s: %s", function->address, reason);
		if (error == -EBUSY)
			ret = SB_EXIT_BUSY;
		else if (error == -ENODEV)
			ret = SB_EXIT_NO_ROM;
	}
	free(reason);
	free(dir);
	return ret;
}

static int write_capture(const struct sb_function *function)
{
	char *dir = sb_format("%s/shadowbar", function->path);
	int ret = sb_attr_write(dir, "capture", "1\n");

	free(dir);
	return ret;
}

/* Without a driver there is nothing to undo. */
static enum sb_exit capture_unbound(const struct sb_function *function)
{
	return tell(function, write_capture(function));
}

/**
 * open_group() - keep others from opening a function that vfio-pci has
 * @function: the function
 *
 * Return: a file descriptor, or a negative error; -EBUSY if somebody has it.
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
		/* A function without an IOMMU, given to a guest at its risk. */
		free(path);
		path = sb_format("%s/vfio/noiommu-%s", sb_options.dev, group);
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	if (fd < 0)
		fd = -errno;
	free(path);
	return fd;
}

/* The node of a function beside that of its group, for iommufd. */
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
 * bind_again() - give the function back to its driver
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
	/* The parent and the child may have tried at the same time. */
	if (is_bound(function))
		ret = 0;
	else if (!ret)
		ret = -ENODEV;
	return ret;
}

/* Nothing is written as an empty line; it reads as "(null)". */
static int put_override_back(const struct sb_function *function,
			     const char *override)
{
	return sb_attr_write(function->path, "driver_override",
			     strcmp(override, "(null)") ? override : "\n");
}

/*
 * While nothing is bound, a driver that is loaded just then could take the
 * function. With an override only the one that had it can.
 */
static int unbind(const struct sb_function *function)
{
	int ret = sb_attr_write(function->path, "driver_override",
				function->driver);

	return ret ? ret : write_driver(function, "unbind");
}

/*
 * In the child: never returns, tells its parent with its exit code. Only the
 * capture can be interrupted.
 */
static void work(const struct sb_function *function, const char *override,
		 int group, const sigset_t *signals)
	__attribute__((noreturn));

static void work(const struct sb_function *function, const char *override,
		 int group, const sigset_t *signals)
{
	enum sb_exit ret = SB_EXIT_ERROR;
	int error;

	setsid();
	error = unbind(function);
	/* With the driver gone nobody can open it any more. */
	if (group >= 0)
		close(group);
	if (error) {
		warnx("%s: cannot unbind %s: %s", function->address,
		      function->driver, strerror(-error));
	} else {
		sigprocmask(SIG_UNBLOCK, signals, NULL);
		error = write_capture(function);
		sigprocmask(SIG_BLOCK, signals, NULL);
		ret = tell(function, error);
	}
	/* If one of these fails, the parent tries again and reports it. */
	bind_again(function);
	put_override_back(function, override);
	fflush(stdout);
	_exit(ret);
}

static enum sb_exit capture_held(const struct sb_function *function,
				 const char *override, int group)
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
		work(function, override, group, &signals);
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
		warnx("%s: not captured: the process that did it was killed",
		      function->address);
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
		/* End as the signal would have ended it. */
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

static enum sb_exit capture_bound(const struct sb_function *function)
{
	bool vfio = !strcmp(function->driver, "vfio-pci");
	enum sb_exit ret;
	char *override;
	int group = -1;
	pid_t user;

	if (!vfio && strcmp(function->driver, "pci-stub")) {
		warnx("%s: not touched: the driver %s has it",
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
	ret = capture_held(function, override ? override : "(null)", group);
	free(override);
	return ret;
}

/**
 * sb_capture() - the command "capture"
 * @argc: number of words
 * @argv: the words, the command first
 *
 * Return: the exit code.
 */
enum sb_exit sb_capture(int argc, char **argv)
{
	struct sb_functions one;
	enum sb_exit ret;
	int option;

	option = sb_no_option(argc, argv);
	if (option != -1 || optind != argc - 1)
		return sb_usage("capture", option);

	ret = sb_functions_load_one(argv[optind], &one);
	if (!ret)
		ret = sb_function_known(&one.list[0]);
	if (!ret) {
		ret = one.list[0].driver ? capture_bound(&one.list[0]) :
					   capture_unbound(&one.list[0]);
		if (sb_options.json)
			sb_record_print("capture", one.list[0].address);
	}
	sb_functions_free(&one);
	return ret;
}
