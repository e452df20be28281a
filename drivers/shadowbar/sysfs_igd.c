// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs_igd: the files of Intel graphics.
 *
 * Documented in Documentation/ABI/testing/sysfs-bus-pci-devices-shadowbar.
 */
#include <linux/string.h>
#include <linux/sysfs.h>

#include "function.h"
#include "sysfs_igd.h"

static const struct sb_igd *igd_of(struct kobject *kobj)
{
	return container_of(kobj, struct sb_function, kobj)->igd;
}

static ssize_t igd_stolen_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	const struct sb_igd_report *report = &igd_of(kobj)->report;

	if (report->state == SB_IGD_STATE_NONE ||
	    report->state == SB_IGD_STATE_UNSET)
		return 0;
	return sysfs_emit(buf, "%#llx-%#llx\n", report->start,
			  report->start + report->size - 1);
}

static ssize_t igd_stolen_state_show(struct kobject *kobj,
				     struct kobj_attribute *attr, char *buf)
{
	const struct sb_igd_report *report = &igd_of(kobj)->report;

	if (report->state == SB_IGD_STATE_NONE)
		return 0;
	return sysfs_emit(buf, "%s\n", sb_igd_state_name(report->state));
}

static ssize_t igd_reason_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	int length = sb_igd_reason(&igd_of(kobj)->report, buf, PAGE_SIZE - 1);

	return length + sysfs_emit_at(buf, length, "\n");
}

static struct kobj_attribute igd_stolen = __ATTR_RO(igd_stolen);
static struct kobj_attribute igd_stolen_state = __ATTR_RO(igd_stolen_state);
static struct kobj_attribute igd_reason = __ATTR_RO(igd_reason);

static struct attribute *igd_attrs[] = {
	&igd_stolen.attr,
	&igd_stolen_state.attr,
	&igd_reason.attr,
	NULL,
};

static const struct attribute_group igd_group = {
	.attrs = igd_attrs,
};

static ssize_t opregion_read(struct file *file, struct kobject *kobj,
			     sb_bin_attribute *attr, char *buf, loff_t offset,
			     size_t count)
{
	const struct sb_igd *igd = igd_of(kobj);

	return memory_read_from_buffer(buf, count, &offset, igd->snapshot,
				       igd->size);
}

static ssize_t vbt_read(struct file *file, struct kobject *kobj,
			sb_bin_attribute *attr, char *buf, loff_t offset,
			size_t count)
{
	const struct sb_igd *igd = igd_of(kobj);

	return memory_read_from_buffer(buf, count, &offset,
				       igd->snapshot + igd->report.vbt.offset,
				       igd->report.vbt.length);
}

/**
 * sb_sysfs_igd_add() - create the files of Intel graphics
 * @kobj: the function's directory
 * @igd: what was found, NULL for any other function
 *
 * They are removed with the directory.
 *
 * Context: may sleep; the function's mutex is held.
 * Return: 0, or a negative error and none of the files.
 */
int sb_sysfs_igd_add(struct kobject *kobj, struct sb_igd *igd)
{
	int ret;

	if (!igd)
		return 0;

	ret = sysfs_create_group(kobj, &igd_group);
	if (ret || !igd->snapshot)
		return ret;

	sysfs_bin_attr_init(&igd->opregion_file);
	igd->opregion_file.attr.name = "igd_opregion";
	igd->opregion_file.attr.mode = 0400;
	igd->opregion_file.size = igd->size;
	igd->opregion_file.read = opregion_read;
	ret = sysfs_create_bin_file(kobj, &igd->opregion_file);
	if (ret)
		goto no_opregion;

	if (!igd->report.vbt.length)
		return 0;
	sysfs_bin_attr_init(&igd->vbt_file);
	igd->vbt_file.attr.name = "igd_vbt";
	igd->vbt_file.attr.mode = 0400;
	igd->vbt_file.size = igd->report.vbt.length;
	igd->vbt_file.read = vbt_read;
	ret = sysfs_create_bin_file(kobj, &igd->vbt_file);
	if (ret)
		goto no_vbt;

	return 0;

no_vbt:
	sysfs_remove_bin_file(kobj, &igd->opregion_file);
no_opregion:
	sysfs_remove_group(kobj, &igd_group);
	return ret;
}
