// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-regions: what VFIO reports about a function's regions, and the truth.
 *
 * Opens a function that is bound to vfio-pci as a hypervisor does, through its
 * group (type 1) or through its character device (iommufd), and prints a line
 * for each region. It reads memory BARs in two ways, with pread and through a
 * mapping, and the results must agree.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <linux/vfio.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_IOMMUFD
#include <linux/iommufd.h>
#endif

#define DEVICES "/sys/bus/pci/devices"
#define COMMAND 4
#define COMMAND_MEMORY 2

/* Exit code of open_often()'s child: it opened; bit n: BAR n was mapped. */
#define OPENED 0x40

/* Exit codes of the program. */
enum {
	ALL_TRUE = 0,
	NOT_TRUE = 1,
	NOT_OPEN = 2,
};

struct region {
	struct vfio_region_info info;
	const __u32 *mapped;
	__u32 value;
};

static const char *const names[VFIO_PCI_NUM_REGIONS] = {
	[VFIO_PCI_BAR0_REGION_INDEX] = "bar0",
	[VFIO_PCI_BAR1_REGION_INDEX] = "bar1",
	[VFIO_PCI_BAR2_REGION_INDEX] = "bar2",
	[VFIO_PCI_BAR3_REGION_INDEX] = "bar3",
	[VFIO_PCI_BAR4_REGION_INDEX] = "bar4",
	[VFIO_PCI_BAR5_REGION_INDEX] = "bar5",
	[VFIO_PCI_ROM_REGION_INDEX] = "rom",
	[VFIO_PCI_CONFIG_REGION_INDEX] = "config",
	[VFIO_PCI_VGA_REGION_INDEX] = "vga",
};

static int open_or_exit(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(NOT_OPEN, "%s", path);
	return fd;
}

/* Through the group, the traditional way. POWER has an API of its own. */
static int open_in_group(const char *address)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int container, group_fd, device, api = VFIO_TYPE1v2_IOMMU;
	char path[256], group[256];
	ssize_t length;

	snprintf(path, sizeof(path), DEVICES "/%s/iommu_group", address);
	length = readlink(path, group, sizeof(group) - 1);
	if (length < 0)
		err(NOT_OPEN, "%s", path);
	group[length] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio%.16s", strrchr(group, '/'));

	container = open_or_exit("/dev/vfio/vfio");
	group_fd = open_or_exit(path);
	if (ioctl(group_fd, VFIO_GROUP_GET_STATUS, &status))
		err(NOT_OPEN, "%s: status", path);
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		errx(NOT_OPEN,
		     "%s: not viable, other drivers are in the group", path);
	}
	if (ioctl(group_fd, VFIO_GROUP_SET_CONTAINER, &container))
		err(NOT_OPEN, "%s: container", path);
	if (ioctl(container, VFIO_CHECK_EXTENSION, api) <= 0)
		api = VFIO_SPAPR_TCE_v2_IOMMU;
	if (ioctl(container, VFIO_SET_IOMMU, api))
		err(NOT_OPEN, "%s: IOMMU", path);
	device = ioctl(group_fd, VFIO_GROUP_GET_DEVICE_FD, address);
	if (device < 0)
		err(NOT_OPEN, "%s: device %s", path, address);
	return device;
}

#ifdef HAVE_IOMMUFD
/* Through the function's own character device. */
static int open_alone(const char *address)
{
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
	struct vfio_device_attach_iommufd_pt attach = {
		.argsz = sizeof(attach),
	};
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	char path[256], device_path[280] = "";
	struct dirent *entry;
	int iommufd, device;
	DIR *dir;

	snprintf(path, sizeof(path), DEVICES "/%s/vfio-dev", address);
	dir = opendir(path);
	if (!dir)
		err(NOT_OPEN, "%s", path);
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, "vfio", 4))
			snprintf(device_path, sizeof(device_path),
				 "/dev/vfio/devices/%s", entry->d_name);
	closedir(dir);

	iommufd = open_or_exit("/dev/iommu");
	device = open_or_exit(device_path);
	bind.iommufd = iommufd;
	if (ioctl(device, VFIO_DEVICE_BIND_IOMMUFD, &bind))
		err(NOT_OPEN, "%s: bind", device_path);
	if (ioctl(iommufd, IOMMU_IOAS_ALLOC, &alloc))
		err(NOT_OPEN, "/dev/iommu: address space");
	attach.pt_id = alloc.out_ioas_id;
	if (ioctl(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach))
		err(NOT_OPEN, "%s: attach", device_path);
	return device;
}
#else
static int open_alone(const char *address)
{
	errx(NOT_OPEN, "%s: built without iommufd", address);
}
#endif

/* Force the compiler to read it each time. */
static __u32 read_mapped(const struct region *region)
{
	return __atomic_load_n(region->mapped, __ATOMIC_RELAXED);
}

static __u32 read_dword(int device, const struct region *region)
{
	__u32 value;

	if (pread(device, &value, sizeof(value), region->info.offset) !=
	    sizeof(value))
		err(NOT_OPEN, "region %u: pread", region->info.index);
	return value;
}

/* A VFIO user must enable decoding; before that, mappings do not work. */
static void enable_memory(int device)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	__u16 command;

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info))
		err(NOT_OPEN, "config space");
	if (pread(device, &command, sizeof(command), info.offset + COMMAND) !=
	    sizeof(command))
		err(NOT_OPEN, "COMMAND");
	command |= COMMAND_MEMORY;
	if (pwrite(device, &command, sizeof(command), info.offset + COMMAND) !=
	    sizeof(command))
		err(NOT_OPEN, "COMMAND");
}

static __u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Access one register repeatedly, in each way. */
static void measure(int device, const struct region *region,
		    unsigned int count)
{
	__u64 start;
	unsigned int i;

	start = now();
	for (i = 0; i < count; i++)
		read_dword(device, region);
	printf(" pread_ns=%.0f", (double)(now() - start) / count);

	start = now();
	for (i = 0; i < count; i++)
		read_mapped(region);
	printf(" mapped_ns=%.0f", (double)(now() - start) / count);
}

/*
 * Print what VFIO reports and the result: "mmap=yes" means a mapping that was
 * made and read. If no mapping is offered, try anyway: it must fail.
 */
static int show(int device, struct region *region, unsigned int count)
{
	const struct vfio_region_info *info = &region->info;
	__u32 flags = info->flags;
	int result = ALL_TRUE;
	void *mapped;

	printf("region=%u name=%s size=%llu flags=%s%s%s", info->index,
	       names[info->index], (unsigned long long)info->size,
	       flags & VFIO_REGION_INFO_FLAG_READ ? "r" : "-",
	       flags & VFIO_REGION_INFO_FLAG_WRITE ? "w" : "-",
	       flags & VFIO_REGION_INFO_FLAG_MMAP ? "m" : "-");
	if (info->index > VFIO_PCI_BAR5_REGION_INDEX || !info->size) {
		printf("\n");
		return result;
	}

	mapped = mmap(NULL, info->size, PROT_READ, MAP_SHARED, device,
		      info->offset);
	if (mapped == MAP_FAILED) {
		printf(" mmap=no");
		if (flags & VFIO_REGION_INFO_FLAG_MMAP) {
			printf(" error=%s", strerrorname_np(errno));
			result = NOT_TRUE;
		}
	} else {
		region->mapped = mapped;
		region->value = read_mapped(region);
		printf(" mmap=yes mapped=%08x pread=%08x", region->value,
		       read_dword(device, region));
		if (!(flags & VFIO_REGION_INFO_FLAG_MMAP) ||
		    region->value != read_dword(device, region))
			result = NOT_TRUE;
		if (count)
			measure(device, region, count);
	}
	printf("%s\n", result == NOT_TRUE ? " NOT TRUE" : "");
	return result;
}

/* Wait, until stdin ends, while others change the machine. */
static void wait_for_others(void)
{
	char byte;

	printf("ready\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

/* Whatever others do, nothing may change here. */
static int wait_and_look_again(int device, const struct region *regions)
{
	int result = ALL_TRUE;
	unsigned int i;

	wait_for_others();
	for (i = 0; i < VFIO_PCI_NUM_REGIONS; i++) {
		const struct region *region = &regions[i];
		__u32 mapped, value;

		if (!region->mapped)
			continue;
		mapped = read_mapped(region);
		value = read_dword(device, region);
		printf("again=%u name=%s mapped=%08x pread=%08x", i, names[i],
		       mapped, value);
		if (mapped != value || mapped != region->value) {
			printf(" NOT TRUE");
			result = NOT_TRUE;
		}
		printf("\n");
	}
	return result;
}

static sigjmp_buf is_gone;

static void on_bus_error(int number)
{
	siglongjmp(is_gone, number);
}

/* Map a file of sysfs, and say whether it is readable when stdin ends. */
static int map_file(const char *path)
{
	const __u32 *mapped = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ,
				   MAP_SHARED, open_or_exit(path), 0);
	const struct region region = { .mapped = mapped };

	if (mapped == MAP_FAILED)
		err(NOT_OPEN, "%s", path);
	read_mapped(&region);
	wait_for_others();

	signal(SIGBUS, on_bus_error);
	if (sigsetjmp(is_gone, 1)) {
		printf("gone\n");
		return ALL_TRUE;
	}
	read_mapped(&region);
	printf("kept\n");
	return ALL_TRUE;
}

/* Which BARs can be mapped and read: bit n for BAR n */
static int mapped_bars(int device)
{
	struct region region = { .info.argsz = sizeof(region.info) };
	struct vfio_region_info *info = &region.info;
	int bars = 0;
	void *mapped;

	enable_memory(device);
	for (; info->index <= VFIO_PCI_BAR5_REGION_INDEX; info->index++) {
		if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, info))
			err(NOT_OPEN, "region %u", info->index);
		if (!info->size)
			continue;
		mapped = mmap(NULL, info->size, PROT_READ, MAP_SHARED, device,
			      info->offset);
		if (mapped == MAP_FAILED)
			continue;
		region.mapped = mapped;
		read_mapped(&region);
		bars |= 1 << info->index;
	}
	return bars;
}

/*
 * Open and close until stdin ends, each time in a new process that leaves
 * nothing behind; then print how often each set of BARs was mapped.
 */
static int open_often(int (*open_it)(const char *address), const char *address)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned long times[OPENED] = {}, failed = 0;
	int status, bars;
	pid_t child;

	printf("ready\n");
	fflush(stdout);
	while (!poll(&input, 1, 0)) {
		child = fork();
		if (child < 0)
			err(NOT_OPEN, "fork");
		if (!child)
			_exit(OPENED | mapped_bars(open_it(address)));
		if (waitpid(child, &status, 0) != child)
			err(NOT_OPEN, "waitpid");
		if (WIFEXITED(status) && WEXITSTATUS(status) & OPENED)
			times[WEXITSTATUS(status) & ~OPENED]++;
		else
			failed++;
	}
	for (bars = 0; bars < OPENED; bars++)
		if (times[bars])
			printf("bars=%02x opened=%lu\n", bars, times[bars]);
	if (failed)
		printf("failed=%lu\n", failed);
	return failed ? NOT_OPEN : ALL_TRUE;
}

/* Write out the ROM as a hypervisor reads it, up to the size of the region. */
static int write_rom(int device, const char *path)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_ROM_REGION_INDEX,
	};
	char *bytes;
	__u64 have = 0;
	ssize_t got = 1;
	FILE *file;

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info))
		err(NOT_OPEN, "ROM");
	bytes = malloc(info.size + 1);
	file = fopen(path, "w");
	if (!bytes || !file)
		err(NOT_OPEN, "%s", path);
	while (have < info.size && got > 0) {
		got = pread(device, bytes + have, info.size - have,
			    info.offset + have);
		if (got > 0)
			have += got;
	}
	if (fwrite(bytes, 1, have, file) != have || fclose(file))
		err(NOT_OPEN, "%s", path);
	printf("rom size=%llu read=%llu\n", (unsigned long long)info.size,
	       (unsigned long long)have);
	return ALL_TRUE;
}

static void show_usage(void)
{
	fprintf(stderr,
		"usage: vfio-regions [-i] [-l] [-n COUNT] [-r FILE] [-w] ADDRESS\n"
		"       vfio-regions -m FILE\n"
		"  ADDRESS   a function that is bound to vfio-pci, 0000:00:03.0\n"
		"  -i        open it through iommufd, not through its group\n"
		"  -l        open and close it until stdin ends, then say how often\n"
		"            which BARs were mapped, bit n for BAR n\n"
		"  -m        map a function's resource<N> until stdin ends, then say\n"
		"            whether it is gone or kept\n"
		"  -n COUNT  measure reads of the first register of each BAR\n"
		"  -r FILE   only read the ROM, into FILE\n"
		"  -w        keep all mapped until stdin ends, then read again;\n"
		"            with -r, keep it open and then read the ROM\n"
		"Ends with 0 if all is as VFIO says, with 1 if it is not (a\n"
		"mapping fails, or reads something else than pread), with 2 if\n"
		"the function cannot be opened.\n");
	exit(NOT_OPEN);
}

int main(int argc, char **argv)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct region regions[VFIO_PCI_NUM_REGIONS] = {};
	int (*open_it)(const char *address) = open_in_group;
	bool file = false, wait = false, often = false;
	const char *rom = NULL;
	unsigned int count = 0, i;
	int device, option;
	int result = ALL_TRUE;

	while ((option = getopt(argc, argv, "ilmn:r:w")) != -1) {
		switch (option) {
		case 'i':
			open_it = open_alone;
			break;
		case 'l':
			often = true;
			break;
		case 'm':
			file = true;
			break;
		case 'n':
			count = strtoul(optarg, NULL, 0);
			break;
		case 'r':
			rom = optarg;
			break;
		case 'w':
			wait = true;
			break;
		default:
			show_usage();
		}
	}
	if (optind != argc - 1)
		show_usage();

	if (file)
		return map_file(argv[optind]);
	if (often)
		return open_often(open_it, argv[optind]);
	device = open_it(argv[optind]);
	if (ioctl(device, VFIO_DEVICE_GET_INFO, &info))
		err(NOT_OPEN, "%s", argv[optind]);
	if (rom && wait)
		wait_for_others();
	if (rom)
		return write_rom(device, rom);
	enable_memory(device);

	for (i = 0; i < VFIO_PCI_NUM_REGIONS && i < info.num_regions; i++) {
		regions[i].info.argsz = sizeof(regions[i].info);
		regions[i].info.index = i;
		/* Only VGA devices have a VGA region. */
		if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO,
			  &regions[i].info)) {
			if (i == VFIO_PCI_VGA_REGION_INDEX)
				continue;
			err(NOT_OPEN, "region %u", i);
		}
		result |= show(device, &regions[i], count);
	}
	if (wait)
		result |= wait_and_look_again(device, regions);
	return result;
}
