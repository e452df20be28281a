/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * deny: functions that are never touched.
 *
 * Logic: text and numbers in, a verdict out.
 */
#ifndef SHADOWBAR_DENY_H
#define SHADOWBAR_DENY_H

#include <shadowbar/compat.h>

/**
 * struct sb_deny - one entry of the deny parameter
 * @by_address: it names one function, not a kind of device
 * @by_class: it names a class, and not a device either
 * @domain: PCI domain, with @by_address
 * @bus: bus number, with @by_address
 * @devfn: device and function number, with @by_address
 * @vendor: vendor ID, without @by_address
 * @device: device ID, without @by_address
 * @class: base class and sub-class, with @by_class
 * @class_mask: the bits of @class that count
 */
struct sb_deny {
	bool by_address;
	bool by_class;
	u32 domain;
	u8 bus;
	u8 devfn;
	u16 vendor;
	u16 device;
	u16 class;
	u16 class_mask;
};

/**
 * struct sb_identity - what a deny entry is compared with
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 * @vendor: vendor ID
 * @device: device ID
 * @class: base class and sub-class
 */
struct sb_identity {
	u32 domain;
	u8 bus;
	u8 devfn;
	u16 vendor;
	u16 device;
	u16 class;
};

unsigned int sb_deny_count(const char *text);
int sb_deny_parse(const char *text, struct sb_deny *list, unsigned int max,
		  const char **bad, size_t *bad_length);
bool sb_deny_matches(const struct sb_deny *list, unsigned int nr,
		     const struct sb_identity *identity);
const char *sb_deny_builtin(u16 vendor, u16 device);

#endif /* SHADOWBAR_DENY_H */
