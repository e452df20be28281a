// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: the files of a function.
 *
 * Documented in Documentation/ABI/testing/sysfs-bus-pci-devices-shadowbar.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <shadowbar/reason.h>

#include "bus/gather.h"
#include "function.h"
#include "pages/pages.h"
#include "queue.h"
#include "rom/shadows.h"
#include "rom/store.h"
#include "sysfs.h"
#include "sysfs_igd.h"

static struct sb_function *to_function(struct kobject *kobj)
{
	return container_of(kobj, struct sb_function, kobj);
}

static void outcome_of(struct kobject *kobj, struct sb_outcome *outcome)
{
	sb_function_outcome(to_function(kobj), outcome);
}

static ssize_t rom_status_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	struct sb_outcome outcome;

	outcome_of(kobj, &outcome);
	return sysfs_emit(buf, "%s\n",
			  sb_status_name(sb_outcome_status(&outcome)));
}

static ssize_t rom_reason_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	struct sb_served served = sb_function_served(to_function(kobj));
	struct sb_outcome outcome;
	int length;

	outcome_of(kobj, &outcome);
	length = sb_outcome_reason(&outcome, buf, PAGE_SIZE - 1);
	return length + sysfs_emit_at(buf, length, "%s\n",
				      sb_serve_text(served.why));
}

static ssize_t rom_served_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	struct sb_served served = sb_function_served(to_function(kobj));

	return sysfs_emit(buf, "%s\n", sb_serve_name(served.way));
}

static ssize_t rom_bar_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	struct sb_outcome outcome;

	outcome_of(kobj, &outcome);
	return sysfs_emit(buf, "%s\n", sb_rom_bar_name(outcome.rom_bar));
}

static ssize_t rom_source_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	struct sb_outcome outcome;

	outcome_of(kobj, &outcome);
	if (outcome.best == SB_SOURCE_NONE)
		return 0;
	return sysfs_emit(buf, "%s\n", sb_source_name(outcome.best));
}

static ssize_t show_hash(struct sb_function *function, enum sb_source source,
			 char *buf)
{
	struct sb_shadow *shadow = sb_function_shadow(function, source);
	ssize_t length;

	if (!shadow)
		return 0;

	length = sysfs_emit(buf, "%*phN\n", SHA256_DIGEST_SIZE, shadow->sha256);
	sb_shadow_put(shadow);
	return length;
}

static ssize_t rom_sha256_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	return show_hash(to_function(kobj), SB_SOURCE_NONE, buf);
}

static ssize_t rom_changed_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	enum sb_changed changed = sb_function_changed(to_function(kobj));

	return sysfs_emit(buf, "%s\n", sb_changed_name(changed));
}

static ssize_t decode_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	struct sb_outcome outcome;

	outcome_of(kobj, &outcome);
	return sysfs_emit(buf, "%s\n", outcome.decode ? "on" : "off");
}

/*
 * Check a write to a file that does something. Root of a container may own the
 * file, but must not control the machine's hardware.
 */
static int may_do(const char *buf)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!sysfs_streq(buf, "1"))
		return -EINVAL;

	return security_locked_down(LOCKDOWN_PCI_ACCESS);
}

static ssize_t capture_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	bool whole = sysfs_streq(buf, "whole");
	int ret;

	ret = may_do(whole ? "1" : buf);
	if (ret)
		return ret;

	ret = sb_queue_capture(to_function(kobj), whole);
	return ret ?: count;
}

static struct kobj_attribute rom_status = __ATTR_RO(rom_status);
static struct kobj_attribute rom_reason = __ATTR_RO(rom_reason);
static struct kobj_attribute rom_bar = __ATTR_RO(rom_bar);
static struct kobj_attribute rom_source = __ATTR_RO(rom_source);
static struct kobj_attribute rom_served = __ATTR_RO(rom_served);
static struct kobj_attribute rom_sha256 = __ATTR_RO(rom_sha256);
static struct kobj_attribute rom_changed = __ATTR_RO(rom_changed);
static struct kobj_attribute decode = __ATTR_RO(decode);
static struct kobj_attribute capture = __ATTR_WO(capture);

/*
 * A directory is created with these; other files follow after the first
 * capture.
 */
static struct attribute *first_attrs[] = {
	&rom_status.attr,
	NULL,
};

static const struct attribute_group first_group = {
	.attrs = first_attrs,
};

static struct attribute *other_attrs[] = {
	&rom_reason.attr,
	&rom_bar.attr,
	&rom_source.attr,
	&rom_served.attr,
	&rom_sha256.attr,
	&rom_changed.attr,
	&decode.attr,
	&capture.attr,
	NULL,
};

static const struct attribute_group other_group = {
	.attrs = other_attrs,
};

/* The files of a BAR are named after it: "bar<N>_..." */
static unsigned int bar_nr(const struct attribute *attr)
{
	return attr->name[strlen("bar")] - '0';
}

static ssize_t page_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	struct sb_page_verdict verdict;

	sb_pages_verdict(to_function(kobj)->pages, bar_nr(&attr->attr), &verdict);
	return sysfs_emit(buf, "%s\n", sb_page_name(verdict.page));
}

static ssize_t reason_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	struct sb_page_verdict verdict;
	enum sb_move moved;
	int length;

	sb_pages_verdict(to_function(kobj)->pages, bar_nr(&attr->attr), &verdict);
	length = sb_page_reason(&verdict, buf, PAGE_SIZE - 1);
	moved = sb_pages_moved(to_function(kobj)->pages, bar_nr(&attr->attr));
	return length + sysfs_emit_at(buf, length, "%s\n",
				      sb_move_text(moved));
}

static ssize_t isolate_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	int ret;

	ret = may_do(buf);
	if (ret)
		return ret;

	ret = sb_pages_isolate(to_function(kobj)->pages, bar_nr(&attr->attr));
	return ret ?: count;
}

#define DEFINE_BAR_FILES(nr)						\
	static struct kobj_attribute bar##nr##_page =			\
		__ATTR(bar##nr##_page, 0444, page_show, NULL);		\
	static struct kobj_attribute bar##nr##_reason =			\
		__ATTR(bar##nr##_reason, 0444, reason_show, NULL);	\
	static struct kobj_attribute bar##nr##_isolate =		\
		__ATTR(bar##nr##_isolate, 0200, NULL, isolate_store)

DEFINE_BAR_FILES(0);
DEFINE_BAR_FILES(1);
DEFINE_BAR_FILES(2);
DEFINE_BAR_FILES(3);
DEFINE_BAR_FILES(4);
DEFINE_BAR_FILES(5);

static struct attribute *bar_attrs[] = {
	&bar0_page.attr, &bar0_reason.attr, &bar0_isolate.attr,
	&bar1_page.attr, &bar1_reason.attr, &bar1_isolate.attr,
	&bar2_page.attr, &bar2_reason.attr, &bar2_isolate.attr,
	&bar3_page.attr, &bar3_reason.attr, &bar3_isolate.attr,
	&bar4_page.attr, &bar4_reason.attr, &bar4_isolate.attr,
	&bar5_page.attr, &bar5_reason.attr, &bar5_isolate.attr,
	NULL,
};

static umode_t bar_is_visible(struct kobject *kobj, struct attribute *attr,
			      int n)
{
	struct sb_function *function = to_function(kobj);
	unsigned int nr = bar_nr(attr);

	if (!function->pages || nr >= sb_nr_bars(function->pdev) ||
	    !sb_resource_is_bar(function->pdev, nr))
		return 0;

	return attr->mode;
}

static const struct attribute_group bar_group = {
	.attrs = bar_attrs,
	.is_visible = bar_is_visible,
};

static const struct attribute_group *other_groups[] = {
	&other_group,
	&bar_group,
	NULL,
};

static int add_dir(struct sb_function *function)
{
	int ret = kobject_add(&function->kobj, &function->pdev->dev.kobj,
			      "shadowbar");

	if (ret)
		return ret;

	ret = sysfs_create_group(&function->kobj, &first_group);
	if (ret)
		kobject_del(&function->kobj);
	return ret;
}

/* Is there anything to show? Most bridges have neither. */
static bool has_memory_or_rom(struct pci_dev *pdev, const struct sb_first *first)
{
	unsigned int i;

	if (first->rom_raw || !first->seen)
		return true;

	for (i = 0; i <= PCI_ROM_RESOURCE; i++)
		if (pdev->resource[i].flags & IORESOURCE_MEM)
			return true;

	return false;
}

/**
 * sb_sysfs_add_dir() - create a function's directory, with "rom_status" in it
 * @function: the function; nothing is done if there is nothing to show
 *
 * Context: may sleep; @function->lock is held.
 * Return: 0, or a negative error and no directory.
 */
int sb_sysfs_add_dir(struct sb_function *function)
{
	if (!has_memory_or_rom(function->pdev, &function->first))
		return 0;

	return add_dir(function);
}

/**
 * sb_sysfs_add_files() - create the files beside "rom_status", once
 * @function: the function; nothing is done if it has no directory
 *
 * Once the directory exists, all of its files have to.
 *
 * Context: may sleep; @function->lock is held.
 * Return: 0, or a negative error and none of the files.
 */
int sb_sysfs_add_files(struct sb_function *function)
{
	int ret;

	if (function->has_files || !function->kobj.state_in_sysfs)
		return 0;

	ret = sysfs_create_groups(&function->kobj, other_groups);
	if (ret)
		return ret;

	ret = sb_sysfs_igd_add(&function->kobj, function->igd);
	if (ret)
		sysfs_remove_groups(&function->kobj, other_groups);
	function->has_files = !ret;
	return ret;
}

/* The hashes of all shadows, sources/<source>_sha256. */
static ssize_t source_sha256_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf);

#define SHA256_FILE(source)						\
	{								\
		.attr = { .name = source "_sha256", .mode = 0444 },	\
		.show = source_sha256_show,				\
	}

static const struct kobj_attribute source_sha256[SB_SOURCES] = {
#define SB_SOURCE(id, name, ...)	\
	[SB_SOURCE_##id] = SHA256_FILE(name),
#include <shadowbar/source_table.h>
};

static ssize_t source_sha256_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return show_hash(to_function(kobj->parent), attr - source_sha256, buf);
}

/* "rom" is in the function's directory, the others are in a subdirectory. */
static ssize_t shadow_read(struct file *file, struct kobject *kobj,
			   sb_bin_attribute *attr, char *buf, loff_t offset,
			   size_t count)
{
	enum sb_source source = (unsigned long)attr->private;
	struct sb_shadow *shadow;
	ssize_t length;

	if (source != SB_SOURCE_NONE)
		kobj = kobj->parent;
	shadow = sb_function_shadow(to_function(kobj), source);
	if (!shadow)
		return -ENODATA;

	length = memory_read_from_buffer(buf, count, &offset, shadow->data,
					 shadow->size);
	sb_shadow_put(shadow);
	return length;
}

static struct sb_function *kept_by(const struct sb_keeper *keeper)
{
	return container_of(keeper->shadows, struct sb_function, shadows);
}

static struct kobject *dir_of(struct sb_function *function,
			      enum sb_source source)
{
	return source == SB_SOURCE_NONE ? &function->kobj :
					  function->shadows->dir;
}

static int need_dirs(struct sb_function *function)
{
	struct sb_shadows *shadows = function->shadows;

	if (!function->kobj.state_in_sysfs) {
		int ret = add_dir(function);

		if (ret)
			return ret;
	}

	if (!shadows->dir)
		shadows->dir = kobject_create_and_add("sources",
						      &function->kobj);
	return shadows->dir ? 0 : -ENOMEM;
}

/* A function that seemed to have nothing to show gets its directory here. */
static int add_shadow(const struct sb_keeper *keeper, enum sb_source source,
		      size_t size)
{
	struct sb_function *function = kept_by(keeper);
	struct bin_attribute *file;
	int ret;

	ret = need_dirs(function);
	if (ret)
		return ret;

	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file)
		return -ENOMEM;
	sysfs_bin_attr_init(file);
	file->attr.name = source == SB_SOURCE_NONE ? "rom" :
						     sb_source_name(source);
	file->attr.mode = 0400;
	file->size = size;
	file->private = (void *)(unsigned long)source;
	file->read = shadow_read;

	ret = sysfs_create_bin_file(dir_of(function, source), file);
	if (ret)
		goto free_file;
	if (source != SB_SOURCE_NONE) {
		ret = sysfs_create_file(dir_of(function, source),
					&source_sha256[source].attr);
		if (ret)
			goto remove_file;
	}
	function->shadows->shown[source].file = file;
	return 0;

remove_file:
	sysfs_remove_bin_file(dir_of(function, source), file);
free_file:
	kfree(file);
	return ret;
}

/* Waits for readers. */
static void remove_shadow(const struct sb_keeper *keeper, enum sb_source source)
{
	struct sb_function *function = kept_by(keeper);
	struct sb_shown *shown = &function->shadows->shown[source];

	if (!shown->file)
		return;

	if (source != SB_SOURCE_NONE)
		sysfs_remove_file(dir_of(function, source),
				  &source_sha256[source].attr);
	sysfs_remove_bin_file(dir_of(function, source), shown->file);
	kfree(shown->file);
	shown->file = NULL;
}

/**
 * sb_sysfs_keeper() - get the keeper of a function's shadows
 * @function: the function
 *
 * Return: a keeper that shows them as files in the function's directory.
 */
struct sb_keeper sb_sysfs_keeper(struct sb_function *function)
{
	return (struct sb_keeper){
		.pdev = function->pdev,
		.shadows = &function->shadows,
		.looked = &function->looked,
		.add_file = add_shadow,
		.remove_file = remove_shadow,
	};
}

/**
 * sb_sysfs_remove_shadows() - remove the files of all shadows
 * @function: the function
 *
 * Context: may sleep; no capture runs.
 */
void sb_sysfs_remove_shadows(struct sb_function *function)
{
	const struct sb_keeper keeper = sb_sysfs_keeper(function);
	enum sb_source source;

	if (!function->shadows)
		return;

	for (source = SB_SOURCE_NONE; source < SB_SOURCES; source++)
		remove_shadow(&keeper, source);
	kobject_del(function->shadows->dir);
	kobject_put(function->shadows->dir);
	function->shadows->dir = NULL;
}
