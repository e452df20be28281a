// SPDX-License-Identifier: GPL-2.0-only
/*
 * host: verify what the other suites rely on in the emulated PCI host.
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "host.h"
#include "mmio.h"

#define WINDOW_BUS	0x80000000ULL
#define PREF_BUS	0x2000000000ULL

static const u8 test_rom[] = {
	0x55, 0xaa, 0x04, 0xcb, 0xde, 0xad, 0xbe, 0xef,
};

/* One window for everything, and one above 4 GiB, both with an offset */
static const struct ehost_desc two_windows = {
	.windows = {
		{ .size = SZ_8M, .bus = WINDOW_BUS },
		{ .size = SZ_4M, .bus = PREF_BUS, .flags = EHOST_PREF },
		{ .size = SZ_4K, .bus = 0x4000, .flags = EHOST_IO },
	},
	.mode = EHOST_ASSIGN,
};

static const struct ehost_desc firmware = {
	.windows = {
		{ .size = SZ_8M, .bus = WINDOW_BUS },
	},
	.mode = EHOST_FIRMWARE,
};

static const struct ehost_fn_desc endpoint = {
	.device = 0x1001,
	.class = 0x028000,
	.revision = 7,
	.subvendor = 0x1234,
	.subdevice = 0x5678,
	.bar = {
		{ .size = SZ_64K },
		{ .size = SZ_256 },
	},
	.rom = {
		.size = SZ_16K,
		.image = test_rom,
		.image_len = sizeof(test_rom),
	},
};

static const struct ehost_fn_desc bridge = {
	.device = 0x2001,
	.class = 0x060400,
	.bridge = true,
};

static u32 pattern_of(const void *bytes)
{
	u32 val;

	memcpy(&val, bytes, sizeof(val));
	return le32_to_cpu((__force __le32)val);
}

static struct ehost *host_of(struct kunit *test, const struct ehost_desc *desc)
{
	struct ehost *host = ehost_create(desc);

	KUNIT_ASSERT_NOT_NULL(test, host);
	return host;
}

static struct ehost_fn *add(struct kunit *test, struct ehost *host,
			    struct ehost_fn *above, unsigned int devfn,
			    const struct ehost_fn_desc *desc)
{
	struct ehost_fn *fn = ehost_add(host, above, devfn, desc);

	KUNIT_ASSERT_NOT_NULL(test, fn);
	return fn;
}

static struct pci_dev *dev_of(struct kunit *test, struct ehost_fn *fn)
{
	struct pci_dev *pdev = ehost_dev(fn);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	return pdev;
}

static void scan(struct kunit *test, struct ehost *host)
{
	KUNIT_ASSERT_EQ(test, ehost_scan(host), 0);
}

/**
 * struct one - a function that is alone on its host
 * @host: the host
 * @fn: the function
 * @pdev: the core's device for it
 */
struct one {
	struct ehost *host;
	struct ehost_fn *fn;
	struct pci_dev *pdev;
};

static struct one alone(struct kunit *test, const struct ehost_desc *host,
			const struct ehost_fn_desc *fn)
{
	struct one one = { .host = host_of(test, host) };

	one.fn = add(test, one.host, NULL, 0, fn);
	scan(test, one.host);
	one.pdev = dev_of(test, one.fn);
	return one;
}

static struct ehost_counters counters_of(struct ehost *host)
{
	struct ehost_counters counters;

	ehost_counters(host, &counters);
	return counters;
}

static void memory_on(struct pci_dev *pdev, bool on)
{
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	command &= ~PCI_COMMAND_MEMORY;
	if (on)
		command |= PCI_COMMAND_MEMORY;
	pci_write_config_word(pdev, PCI_COMMAND, command);
}

static u32 read_dword(struct pci_dev *pdev, int where)
{
	u32 val;

	pci_read_config_dword(pdev, where, &val);
	return val;
}

static void enumerate_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn_desc wide = {
		.vendor = 0x5b5c,
		.device = 0x1002,
		.class = 0x010802,
		.bar = {
			[0] = { .size = SZ_1M, .flags = EHOST_64 | EHOST_PREF },
			[2] = { .size = 32, .flags = EHOST_IO },
			[4] = { .size = SZ_4K, .flags = EHOST_64 },
		},
	};
	struct ehost_fn *a = add(test, host, NULL, PCI_DEVFN(3, 0), &endpoint);
	struct ehost_fn *b = add(test, host, NULL, PCI_DEVFN(3, 5), &wide);
	struct pci_dev *pa, *pb;

	KUNIT_EXPECT_NULL(test, ehost_add(host, NULL, PCI_DEVFN(3, 0),
					  &endpoint));
	KUNIT_EXPECT_NULL(test, ehost_dev(a));
	scan(test, host);
	pa = dev_of(test, a);
	pb = dev_of(test, b);

	KUNIT_EXPECT_EQ(test, pa->vendor, EHOST_VENDOR);
	KUNIT_EXPECT_EQ(test, pa->device, 0x1001);
	KUNIT_EXPECT_EQ(test, pa->class, 0x028000);
	KUNIT_EXPECT_EQ(test, pa->revision, 7);
	KUNIT_EXPECT_EQ(test, pa->subsystem_vendor, 0x1234);
	KUNIT_EXPECT_EQ(test, pa->subsystem_device, 0x5678);
	KUNIT_EXPECT_TRUE(test, pa->multifunction);
	KUNIT_EXPECT_EQ(test, pci_domain_nr(pa->bus), 0x10000);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pa, 0), SZ_64K);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pa, 1), SZ_256);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pa, 2), 0);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pa, PCI_ROM_RESOURCE), SZ_16K);

	KUNIT_EXPECT_EQ(test, pb->vendor, 0x5b5c);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pb, 0), SZ_1M);
	KUNIT_EXPECT_TRUE(test, pci_resource_flags(pb, 0) & IORESOURCE_MEM_64);
	KUNIT_EXPECT_TRUE(test, pci_resource_flags(pb, 0) &
				IORESOURCE_PREFETCH);
	KUNIT_EXPECT_TRUE(test, pci_resource_flags(pb, 2) & IORESOURCE_IO);
	KUNIT_EXPECT_EQ(test, pci_resource_flags(pb, 1), 0);
	KUNIT_EXPECT_FALSE(test, pci_resource_flags(pb, 4) &
				 IORESOURCE_PREFETCH);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pb, PCI_ROM_RESOURCE), 0);
	/* There are no others. */
	KUNIT_EXPECT_EQ(test, list_count_nodes(&ehost_bus(host)->devices), 2);
}

static void assign_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn_desc wide = {
		.bar = {
			[0] = { .size = SZ_1M, .flags = EHOST_64 | EHOST_PREF },
		},
	};
	struct ehost_fn *a = add(test, host, NULL, PCI_DEVFN(1, 0), &endpoint);
	struct ehost_fn *b = add(test, host, NULL, PCI_DEVFN(2, 0), &wide);
	struct pci_dev *pa, *pb;
	u64 bus, cpu;

	scan(test, host);
	pa = dev_of(test, a);
	pb = dev_of(test, b);

	/* CPU and bus addresses differ by the window's offset. */
	cpu = pci_resource_start(pa, 0);
	bus = ehost_peek(a, PCI_BASE_ADDRESS_0);
	KUNIT_EXPECT_EQ(test, cpu - bus,
			ehost_window(host, 0)->start - WINDOW_BUS);
	KUNIT_EXPECT_GE(test, bus, WINDOW_BUS);
	KUNIT_EXPECT_LT(test, bus, WINDOW_BUS + SZ_8M);
	KUNIT_EXPECT_PTR_EQ(test, pa->resource[0].parent,
			    (struct resource *)ehost_window(host, 0));

	bus = ehost_peek(b, PCI_BASE_ADDRESS_0) & ~0xfu;
	bus |= (u64)ehost_peek(b, PCI_BASE_ADDRESS_1) << 32;
	KUNIT_EXPECT_GE(test, bus, PREF_BUS);
	KUNIT_EXPECT_EQ(test, pci_resource_start(pb, 0) - bus,
			ehost_window(host, 1)->start - PREF_BUS);
	KUNIT_EXPECT_EQ(test, ehost_claims(host), 4);
	KUNIT_EXPECT_EQ(test, ehost_window_bus(host, 1), PREF_BUS);
}

struct bits_case {
	const char *name;
	int where;
	int size;
	u32 write;
	u32 want;
};

static const struct bits_case bits_cases[] = {
	{ "ids are read-only", PCI_VENDOR_ID, 4, 0, 0x10015b5b },
	{ "class is read-only", PCI_CLASS_REVISION, 4, ~0u, 0x02800007 },
	{ "command takes its bits", PCI_COMMAND, 2, 0xffff, 0x0547 },
	{ "status clears on 1", PCI_STATUS, 2, 0xf900, 0x0010 },
	{ "status ignores 0", PCI_STATUS, 2, 0, 0xf910 },
	{ "one byte of command", PCI_COMMAND, 1, 0xff, 0x47 },
	{ "upper byte of command", PCI_COMMAND + 1, 1, 0xff, 0x05 },
	{ "BAR 0 sizes", PCI_BASE_ADDRESS_0, 4, ~0u, 0xffff0000 },
	{ "BAR 1 sizes", PCI_BASE_ADDRESS_1, 4, ~0u, 0xffffff00 },
	{ "BAR 2 is not there", PCI_BASE_ADDRESS_2, 4, ~0u, 0 },
	{ "64-bit BAR, low", PCI_BASE_ADDRESS_3, 4, ~0u, 0xffe0000c },
	{ "64-bit BAR, high", PCI_BASE_ADDRESS_4, 4, ~0u, 0xffffffff },
	{ "I/O BAR", PCI_BASE_ADDRESS_5, 4, ~0u, 0xffffffe1 },
	{ "half a BAR", PCI_BASE_ADDRESS_0 + 2, 2, 0x1234, 0x1234 },
	{ "ROM BAR sizes", PCI_ROM_ADDRESS, 4, ~0u, 0xffffc001 },
	{ "interrupt line", PCI_INTERRUPT_LINE, 1, 0xab, 0xab },
	{ "interrupt pin", PCI_INTERRUPT_PIN, 1, 0xab, 0 },
	{ "past the end", 0x100, 4, 0, ~0u },
};

static void bits_test(struct kunit *test)
{
	const struct bits_case *c = test->param_value;
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn_desc desc = endpoint;
	struct ehost_fn *fn;
	struct pci_bus *bus;
	u32 val = 0;
	u8 byte;
	u16 word;

	desc.caps = EHOST_CAP_PM;
	desc.bar[3] = (struct ehost_bar_desc){
		.size = SZ_2M, .flags = EHOST_64 | EHOST_PREF,
	};
	desc.bar[5] = (struct ehost_bar_desc){
		.size = 32, .flags = EHOST_IO,
	};
	fn = add(test, host, NULL, 0, &desc);
	scan(test, host);
	bus = ehost_bus(host);
	ehost_poke(fn, PCI_COMMAND, 0xf9100000);

	switch (c->size) {
	case 1:
		pci_bus_write_config_byte(bus, 0, c->where, c->write);
		pci_bus_read_config_byte(bus, 0, c->where, &byte);
		val = byte;
		break;
	case 2:
		pci_bus_write_config_word(bus, 0, c->where, c->write);
		pci_bus_read_config_word(bus, 0, c->where, &word);
		val = word;
		break;
	case 4:
		pci_bus_write_config_dword(bus, 0, c->where, c->write);
		pci_bus_read_config_dword(bus, 0, c->where, &val);
		break;
	}
	KUNIT_EXPECT_EQ_MSG(test, val, c->want, "%s", c->name);
}

static void bits_case_desc(const struct bits_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bits, bits_cases, bits_case_desc);

static void mmio_follows_decode_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	void __iomem *bar;
	u64 bus, addr, rom;

	bus = ehost_peek(one.fn, PCI_BASE_ADDRESS_0);
	rom = bus + SZ_64K - SZ_16K;

	KUNIT_EXPECT_FALSE(test, ehost_decodes(one.fn, 0, NULL));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus), ~0u);

	memory_on(one.pdev, true);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(one.fn, 0, &addr));
	KUNIT_EXPECT_EQ(test, addr, bus);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus),
			ehost_bar_pattern(one.fn, 0));
	KUNIT_EXPECT_NE(test, ehost_bar_pattern(one.fn, 0),
			ehost_bar_pattern(one.fn, 1));

	/* A driver sees the same. */
	bar = pci_ioremap_bar(one.pdev, 0);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)bar);
	KUNIT_EXPECT_EQ(test, readl(bar), ehost_bar_pattern(one.fn, 0));

	/* A ROM on top of the BAR hides it, but only while it is enabled. */
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, bus);
	KUNIT_EXPECT_EQ(test, readl(bar), ehost_bar_pattern(one.fn, 0));
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS,
			       bus | PCI_ROM_ADDRESS_ENABLE);
	KUNIT_EXPECT_EQ(test, readl(bar), pattern_of(test_rom));
	KUNIT_EXPECT_EQ(test, readl(bar + 4), pattern_of(test_rom + 4));
	/* The fill byte follows the image. */
	KUNIT_EXPECT_EQ(test, readl(bar + 8), 0);
	KUNIT_EXPECT_EQ(test, readl(bar + SZ_16K - 4), 0);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS,
			       rom | PCI_ROM_ADDRESS_ENABLE);
	KUNIT_EXPECT_EQ(test, readl(bar), ehost_bar_pattern(one.fn, 0));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, rom),
			pattern_of(test_rom));

	/* Without COMMAND.MEM neither decodes. */
	memory_on(one.pdev, false);
	KUNIT_EXPECT_EQ(test, readl(bar), ~0u);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, rom), ~0u);
	iounmap(bar);
}

/* A BAR that moves takes its contents with it. */
static void mmio_moves_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	u64 to = WINDOW_BUS + SZ_4M;
	u64 bus;

	bus = ehost_peek(one.fn, PCI_BASE_ADDRESS_0);
	memory_on(one.pdev, true);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, to);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus), ~0u);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, to),
			ehost_bar_pattern(one.fn, 0));
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, bus);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus),
			ehost_bar_pattern(one.fn, 0));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, to), ~0u);
	memory_on(one.pdev, false);
}

/* Three nested bridges, each of which can close */
static void bridges_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn *above[3], *fn;
	struct pci_dev *pdev, *pbridge;
	unsigned int i;
	u64 bus;

	above[0] = add(test, host, NULL, PCI_DEVFN(1, 0), &bridge);
	above[1] = add(test, host, above[0], PCI_DEVFN(2, 0), &bridge);
	above[2] = add(test, host, above[1], PCI_DEVFN(3, 0), &bridge);
	fn = add(test, host, above[2], PCI_DEVFN(4, 0), &endpoint);
	/* Only a bridge has something below it. */
	KUNIT_EXPECT_NULL(test, ehost_add(host, fn, 0, &endpoint));
	scan(test, host);

	pdev = dev_of(test, fn);
	KUNIT_EXPECT_EQ(test, pdev->bus->number, 3);
	KUNIT_ASSERT_EQ(test, pci_enable_device(pdev), 0);
	bus = ehost_peek(fn, PCI_BASE_ADDRESS_0);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, bus),
			ehost_bar_pattern(fn, 0));

	for (i = 0; i < ARRAY_SIZE(above); i++) {
		u32 window;

		pbridge = dev_of(test, above[i]);
		memory_on(pbridge, false);
		KUNIT_EXPECT_EQ(test, ehost_read_bus(host, bus), ~0u);
		KUNIT_EXPECT_FALSE(test, ehost_decodes(fn, 0, NULL));
		memory_on(pbridge, true);
		KUNIT_EXPECT_EQ(test, ehost_read_bus(host, bus),
				ehost_bar_pattern(fn, 0));

		window = read_dword(pbridge, PCI_MEMORY_BASE);
		pci_write_config_dword(pbridge, PCI_MEMORY_BASE, 0x10);
		KUNIT_EXPECT_EQ(test, ehost_read_bus(host, bus), ~0u);
		pci_write_config_dword(pbridge, PCI_MEMORY_BASE, window);
		KUNIT_EXPECT_EQ(test, ehost_read_bus(host, bus),
				ehost_bar_pattern(fn, 0));
	}
	pci_disable_device(pdev);
}

/* 64-bit prefetchable windows of bridges have their own registers. */
static void bridge_prefetchable_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn_desc wide = {
		.bar = {
			[0] = { .size = SZ_1M, .flags = EHOST_64 | EHOST_PREF },
		},
	};
	struct ehost_fn *above, *fn;
	struct pci_dev *pdev;
	u64 addr;

	above = add(test, host, NULL, PCI_DEVFN(1, 0), &bridge);
	fn = add(test, host, above, PCI_DEVFN(0, 0), &wide);
	scan(test, host);
	pdev = dev_of(test, fn);
	KUNIT_ASSERT_EQ(test, pci_enable_device(pdev), 0);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(fn, 0, &addr));
	KUNIT_EXPECT_GE(test, addr, PREF_BUS);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, addr),
			ehost_bar_pattern(fn, 0));
	KUNIT_EXPECT_EQ(test, counters_of(host).outside, 0);
	pci_disable_device(pdev);
}

/* Firmware's addresses are claimed if they fit, and otherwise left alone. */
static void firmware_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &firmware);
	struct ehost_fn_desc left = bridge, good = endpoint, bad = endpoint;
	struct ehost_fn *above, *a, *b;
	struct pci_dev *pa, *pb;

	left.mem.base = WINDOW_BUS + SZ_1M;
	left.mem.size = SZ_2M;
	left.command = PCI_COMMAND_MEMORY;
	good.bar[0].addr = WINDOW_BUS + SZ_1M;
	good.bar[1].addr = WINDOW_BUS + SZ_1M + SZ_64K;
	good.command = PCI_COMMAND_MEMORY;
	bad.bar[0].addr = 0x10000000;
	bad.rom.bar = 0xffffc000;
	above = add(test, host, NULL, PCI_DEVFN(1, 0), &left);
	a = add(test, host, above, PCI_DEVFN(0, 0), &good);
	b = add(test, host, NULL, PCI_DEVFN(2, 0), &bad);
	scan(test, host);

	pa = dev_of(test, a);
	pb = dev_of(test, b);
	KUNIT_EXPECT_EQ(test, pa->bus->number, 1);
	KUNIT_EXPECT_NOT_NULL(test, pa->resource[0].parent);
	KUNIT_EXPECT_EQ(test, pci_resource_start(pa, 1),
			ehost_window(host, 0)->start + SZ_1M + SZ_64K);
	KUNIT_EXPECT_EQ(test, ehost_peek(a, PCI_BASE_ADDRESS_0),
			WINDOW_BUS + SZ_1M);
	KUNIT_EXPECT_NULL(test, pa->resource[PCI_ROM_RESOURCE].parent);
	KUNIT_EXPECT_NULL(test, pb->resource[0].parent);
	KUNIT_EXPECT_NULL(test, pb->resource[PCI_ROM_RESOURCE].parent);
	KUNIT_EXPECT_EQ(test, ehost_peek(b, PCI_BASE_ADDRESS_0), 0x10000000);
	KUNIT_EXPECT_EQ(test, ehost_peek(b, PCI_ROM_ADDRESS), 0xffffc000);
	/* Decoding was on, and is on again after the core's sizing. */
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, WINDOW_BUS + SZ_1M),
			ehost_bar_pattern(a, 0));
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 0);
	KUNIT_EXPECT_EQ(test, counters_of(host).outside, 0);
}

static void hotplug_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn *above, *fn, *late;
	struct pci_dev *pdev;
	unsigned int claims;

	above = add(test, host, NULL, PCI_DEVFN(1, 0), &bridge);
	fn = add(test, host, above, PCI_DEVFN(1, 0), &endpoint);
	scan(test, host);
	claims = ehost_claims(host);

	late = add(test, host, NULL, PCI_DEVFN(9, 0), &endpoint);
	KUNIT_EXPECT_NULL(test, ehost_dev(late));
	ehost_rescan(host);
	pdev = dev_of(test, late);
	KUNIT_EXPECT_NOT_NULL(test, pdev->resource[0].parent);
	KUNIT_EXPECT_EQ(test, ehost_peek(late, PCI_BASE_ADDRESS_0),
			pci_resource_start(pdev, 0) -
			ehost_window(host, 0)->start + WINDOW_BUS);
	KUNIT_EXPECT_GT(test, ehost_claims(host), claims);

	/* Removed, and found again */
	ehost_remove(late);
	KUNIT_EXPECT_NULL(test, ehost_dev(late));
	ehost_rescan(host);
	pdev = dev_of(test, late);

	/* Unplugged, and not found again */
	memory_on(pdev, true);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(late, 0, NULL));
	ehost_unplug(late);
	KUNIT_EXPECT_FALSE(test, ehost_decodes(late, 0, NULL));
	ehost_rescan(host);
	KUNIT_EXPECT_NULL(test, ehost_dev(late));
	KUNIT_EXPECT_EQ(test, ehost_claims(host), claims);

	/* The slot is free for another one. */
	late = add(test, host, NULL, PCI_DEVFN(9, 0), &endpoint);
	ehost_rescan(host);
	dev_of(test, late);

	/* With a bridge, everything below it goes. */
	ehost_unplug(above);
	KUNIT_EXPECT_NULL(test, ehost_dev(fn));
	KUNIT_EXPECT_NULL(test, ehost_dev(above));
}

static void vanish_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn *above, *fn;
	struct pci_dev *pdev;
	u64 addr;

	above = add(test, host, NULL, PCI_DEVFN(1, 0), &bridge);
	fn = add(test, host, above, PCI_DEVFN(0, 0), &endpoint);
	scan(test, host);
	pdev = dev_of(test, fn);
	KUNIT_ASSERT_EQ(test, pci_enable_device(pdev), 0);
	KUNIT_ASSERT_TRUE(test, ehost_decodes(fn, 0, &addr));

	/* Two more accesses, reads or writes */
	ehost_vanish_after(fn, 2);
	KUNIT_EXPECT_EQ(test, read_dword(pdev, PCI_VENDOR_ID), 0x10015b5b);
	pci_write_config_byte(pdev, PCI_INTERRUPT_LINE, 5);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, addr),
			ehost_bar_pattern(fn, 0));
	pci_write_config_byte(pdev, PCI_INTERRUPT_LINE, 6);
	KUNIT_EXPECT_EQ(test, read_dword(pdev, PCI_VENDOR_ID), ~0u);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, addr), ~0u);
	KUNIT_EXPECT_EQ(test, ehost_peek(fn, PCI_INTERRUPT_LINE), 5);

	ehost_return(fn);
	KUNIT_EXPECT_EQ(test, read_dword(pdev, PCI_VENDOR_ID), 0x10015b5b);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, addr),
			ehost_bar_pattern(fn, 0));

	/* Everything below a vanished bridge vanishes too. */
	ehost_vanish_after(above, 0);
	KUNIT_EXPECT_EQ(test, read_dword(pdev, PCI_VENDOR_ID), ~0u);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, addr), ~0u);
	ehost_return(above);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, addr),
			ehost_bar_pattern(fn, 0));
	pci_disable_device(pdev);
}

static void failing_reads_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	u32 val;

	ehost_fail_reads_after(one.fn, 1);
	KUNIT_EXPECT_EQ(test, pci_read_config_dword(one.pdev, 0, &val), 0);
	KUNIT_EXPECT_EQ(test, pci_read_config_dword(one.pdev, 0, &val),
			PCIBIOS_SET_FAILED);
	KUNIT_EXPECT_EQ(test, val, ~0u);
	/* Writes still work. */
	KUNIT_EXPECT_EQ(test, pci_write_config_byte(one.pdev,
						    PCI_INTERRUPT_LINE, 9), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(one.fn, PCI_INTERRUPT_LINE), 9);
	ehost_return(one.fn);
	KUNIT_EXPECT_EQ(test, pci_read_config_dword(one.pdev, 0, &val), 0);
}

/* One access fails, and no others. */
static void one_failure_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	const int where = PCI_INTERRUPT_LINE;
	u32 val;

	ehost_fail_one_read(one.fn, 1);
	KUNIT_EXPECT_EQ(test, pci_read_config_dword(one.pdev, 0, &val), 0);
	KUNIT_EXPECT_EQ(test, pci_read_config_dword(one.pdev, 0, &val),
			PCIBIOS_SET_FAILED);
	KUNIT_EXPECT_EQ(test, val, ~0u);
	KUNIT_EXPECT_EQ(test, pci_read_config_dword(one.pdev, 0, &val), 0);
	KUNIT_EXPECT_EQ(test, val, 0x10015b5b);

	ehost_fail_one_write(one.fn, 1);
	KUNIT_EXPECT_EQ(test, pci_write_config_byte(one.pdev, where, 1), 0);
	KUNIT_EXPECT_EQ(test, pci_write_config_byte(one.pdev, where, 2),
			PCIBIOS_SET_FAILED);
	KUNIT_EXPECT_EQ(test, ehost_peek(one.fn, where), 1);
	KUNIT_EXPECT_EQ(test, pci_write_config_byte(one.pdev, where, 3), 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(one.fn, where), 3);

	ehost_fail_one_write(one.fn, 0);
	ehost_return(one.fn);
	KUNIT_EXPECT_EQ(test, pci_write_config_byte(one.pdev, where, 4), 0);
}

/* Dwords that were read change, until ehost_return(). */
static void change_mmio_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	u32 pattern = ehost_bar_pattern(one.fn, 0);
	void __iomem *bar;

	memory_on(one.pdev, true);
	bar = pci_ioremap_bar(one.pdev, 0);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)bar);
	ehost_change_after_mmio(one.fn);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar), pattern);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar), ~pattern);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar + 4), pattern);
	ehost_return(one.fn);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar + 4), ~pattern);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar + 4), ~pattern);
	iounmap(bar);
	memory_on(one.pdev, false);
}

/* The n-th dword that is read, and all after it, are all ones. */
static void vanish_hook(void *fn)
{
	ehost_vanish_after(fn, 0);
}

/* The hook precedes the read, which already finds the function gone. */
static void hook_mmio_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	void __iomem *bar;
	u32 pattern;

	memory_on(one.pdev, true);
	bar = pci_ioremap_bar(one.pdev, 0);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)bar);
	pattern = ehost_bar_pattern(one.fn, 0);
	ehost_hook_mmio(3, vanish_hook, one.fn);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar), pattern);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar), pattern);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar), ~0u);
	ehost_return(one.fn);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar), pattern);
	iounmap(bar);
	memory_on(one.pdev, false);
}

static void vanish_mmio_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	void __iomem *bar;

	memory_on(one.pdev, true);
	bar = pci_ioremap_bar(one.pdev, 0);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)bar);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar),
			ehost_bar_pattern(one.fn, 0));
	KUNIT_EXPECT_EQ(test, counters_of(one.host).mmio_reads, 0);

	ehost_vanish_after_mmio(one.fn, 2);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar),
			ehost_bar_pattern(one.fn, 0));
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar + 4),
			ehost_bar_pattern(one.fn, 0));
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, 0), 0x10015b5b);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar + 8), ~0u);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar), ~0u);
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, 0), ~0u);
	KUNIT_EXPECT_EQ(test, counters_of(one.host).mmio_reads, 4);

	ehost_return(one.fn);
	KUNIT_EXPECT_EQ(test, ehost_ioread32(bar),
			ehost_bar_pattern(one.fn, 0));
	KUNIT_EXPECT_EQ(test, counters_of(one.host).mmio_reads, 4);
	iounmap(bar);
	memory_on(one.pdev, false);
}

static void overlap_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn *a = add(test, host, NULL, PCI_DEVFN(1, 0), &endpoint);
	struct ehost_fn *b = add(test, host, NULL, PCI_DEVFN(2, 0), &endpoint);
	struct pci_dev *pa, *pb;
	u32 bus_a, bus_b;

	scan(test, host);
	pa = dev_of(test, a);
	pb = dev_of(test, b);
	bus_a = ehost_peek(a, PCI_BASE_ADDRESS_0);
	bus_b = ehost_peek(b, PCI_BASE_ADDRESS_0);
	memory_on(pa, true);
	memory_on(pb, true);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 0);

	/* Not counted while decoding is off, but once it is on. */
	memory_on(pb, false);
	pci_write_config_dword(pb, PCI_BASE_ADDRESS_0, bus_a);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 0);
	memory_on(pb, true);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 1);

	/* A state from before the test is not counted again. */
	ehost_reset_oracles(host);
	memory_on(pb, false);
	memory_on(pb, true);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 0);
	memory_on(pb, false);
	pci_write_config_dword(pb, PCI_BASE_ADDRESS_0, bus_b);

	/* A function's ROM on its own BAR */
	ehost_reset_oracles(host);
	pci_write_config_dword(pa, PCI_ROM_ADDRESS, bus_a);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 0);
	pci_write_config_dword(pa, PCI_ROM_ADDRESS,
			       bus_a | PCI_ROM_ADDRESS_ENABLE);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 1);
	pci_write_config_dword(pa, PCI_ROM_ADDRESS, 0);
	memory_on(pa, false);
}

/* A range that the bridge beside it forwards */
static void overlap_bridge_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn *above, *below, *beside;
	struct pci_dev *pbelow, *pbeside;
	u32 bus;

	above = add(test, host, NULL, PCI_DEVFN(1, 0), &bridge);
	below = add(test, host, above, PCI_DEVFN(0, 0), &endpoint);
	beside = add(test, host, NULL, PCI_DEVFN(2, 0), &endpoint);
	scan(test, host);
	pbelow = dev_of(test, below);
	pbeside = dev_of(test, beside);
	KUNIT_ASSERT_EQ(test, pci_enable_device(pbelow), 0);
	bus = ehost_peek(below, PCI_BASE_ADDRESS_0) & ~(SZ_1M - 1);
	/* The last 64 KiB of the bridge's window, where nothing decodes */
	pci_write_config_dword(pbeside, PCI_BASE_ADDRESS_0,
			       bus + SZ_1M - SZ_64K);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 0);
	memory_on(pbeside, true);
	KUNIT_EXPECT_EQ(test, counters_of(host).overlaps, 1);
	memory_on(pbeside, false);
	pci_disable_device(pbelow);
}

struct outside_case {
	const char *name;
	bool below;	/* behind a bridge */
	u32 addr;
	u32 upper;	/* of the 64-bit BAR */
	bool wide;
	u32 want;
};

static const struct outside_case outside_cases[] = {
	{ "inside", false, WINDOW_BUS + SZ_4M, 0, false, 0 },
	{ "before the window", false, WINDOW_BUS - SZ_64K, 0, false, 1 },
	{ "after the window", false, WINDOW_BUS + SZ_8M, 0, false, 1 },
	{ "at zero", false, 0, 0, false, 1 },
	{ "just below the parking place", false, 0xfeff0000, 0, false, 1 },
	{ "32-bit, near the parking place", false, 0xff000000, 0, false, 1 },
	{ "32-bit, parked", false, 0xffff0000, 0, false, 0 },
	{ "inside the host's, outside the bridge's", true,
	  WINDOW_BUS + SZ_4M, 0, false, 1 },
	{ "32-bit, parked, behind a bridge", true, 0xffff0000, 0, false, 0 },
	{ "64-bit, outside", false, 0, 0x30, true, 1 },
	{ "64-bit, not parked at 4 GiB", false, 0xff000000, 0, true, 1 },
	{ "64-bit, parked", false, 0xffff0000, ~0u, true, 0 },
	{ "64-bit, just below", false, 0xfffe0000, ~0u, true, 1 },
	{ "64-bit, where QEMU maps it", false, 0, 0xff000000, true, 1 },
};

static void outside_test(struct kunit *test)
{
	const struct outside_case *c = test->param_value;
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn_desc desc = {};
	struct ehost_fn *above, *fn;
	struct pci_dev *pdev;

	desc.bar[0].size = SZ_64K;
	desc.bar[0].flags = c->wide ? EHOST_64 : 0;
	above = add(test, host, NULL, PCI_DEVFN(1, 0), &bridge);
	fn = add(test, host, c->below ? above : NULL, PCI_DEVFN(2, 0), &desc);
	scan(test, host);
	pdev = dev_of(test, fn);
	ehost_reset_oracles(host);

	pci_write_config_dword(pdev, PCI_BASE_ADDRESS_0, c->addr);
	if (c->wide)
		pci_write_config_dword(pdev, PCI_BASE_ADDRESS_1, c->upper);
	KUNIT_EXPECT_EQ(test, counters_of(host).outside, 0);
	memory_on(pdev, true);
	KUNIT_EXPECT_EQ(test, counters_of(host).outside, c->want);
	memory_on(pdev, false);
}

static void outside_case_desc(const struct outside_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(outside, outside_cases, outside_case_desc);

/* A ROM is never parked while it decodes. */
static void outside_rom_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);

	memory_on(one.pdev, true);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, 0xff000000);
	KUNIT_EXPECT_EQ(test, counters_of(one.host).outside, 0);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, 0xff000001);
	KUNIT_EXPECT_EQ(test, counters_of(one.host).outside, 1);
	memory_on(one.pdev, false);
}

static void write_counters_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	struct ehost_counters c;
	u32 bus;

	bus = ehost_peek(one.fn, PCI_BASE_ADDRESS_0);
	ehost_reset_oracles(one.host);
	c = counters_of(one.host);
	KUNIT_EXPECT_EQ(test, c.config_reads + c.config_writes, 0);

	/* With decoding off, BAR writes do not count. */
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, bus);
	c = counters_of(one.host);
	KUNIT_EXPECT_EQ(test, c.config_writes, 1);
	KUNIT_EXPECT_EQ(test, c.bar_writes_live, 0);

	memory_on(one.pdev, true);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, bus);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_2, 0);
	c = counters_of(one.host);
	KUNIT_EXPECT_EQ(test, c.config_reads, 1);
	KUNIT_EXPECT_EQ(test, c.config_writes, 4);
	/* BAR 2 does not exist. */
	KUNIT_EXPECT_EQ(test, c.bar_writes_live, 1);
	KUNIT_EXPECT_EQ(test, c.master_moves, 0);

	/* The ROM: enabled, moved while enabled, disabled */
	bus = ehost_peek(one.fn, PCI_ROM_ADDRESS);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS,
			       WINDOW_BUS + SZ_4M + 1);
	c = counters_of(one.host);
	KUNIT_EXPECT_EQ(test, c.rom_writes, 1);
	KUNIT_EXPECT_EQ(test, c.rom_moves_live, 0);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS,
			       WINDOW_BUS + SZ_2M + 1);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, bus);
	c = counters_of(one.host);
	KUNIT_EXPECT_EQ(test, c.rom_writes, 3);
	KUNIT_EXPECT_EQ(test, c.rom_moves_live, 1);
	KUNIT_EXPECT_EQ(test, c.bar_writes_live, 1);

	/* A BAR that moves while bus mastering is on */
	memory_on(one.pdev, false);
	pci_write_config_word(one.pdev, PCI_COMMAND, PCI_COMMAND_MASTER);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, 0);
	c = counters_of(one.host);
	KUNIT_EXPECT_EQ(test, c.master_moves, 1);
	KUNIT_EXPECT_EQ(test, c.bar_writes_live, 1);
}

struct hook_log {
	unsigned int calls;
	struct ehost_fn *fn;
	struct ehost_write write;
};

static void log_hook(struct ehost_fn *fn, const struct ehost_write *w,
		     void *arg)
{
	struct hook_log *log = arg;

	log->calls++;
	log->fn = fn;
	log->write = *w;
	/* A hook may use the interface. */
	ehost_vanish_after(fn, 0);
}

static void journal_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	struct hook_log log = {};
	struct ehost_write w[3];

	ehost_reset_oracles(one.host);
	KUNIT_EXPECT_EQ(test, ehost_journal(one.host, w, ARRAY_SIZE(w)), 0);

	ehost_hook(one.host, 3, log_hook, &log);
	pci_write_config_byte(one.pdev, PCI_INTERRUPT_LINE, 0x11);
	read_dword(one.pdev, PCI_INTERRUPT_LINE);
	pci_write_config_word(one.pdev, PCI_COMMAND, PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_EQ(test, log.calls, 0);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, 0x12345678);
	KUNIT_EXPECT_EQ(test, log.calls, 1);
	KUNIT_EXPECT_PTR_EQ(test, log.fn, one.fn);
	KUNIT_EXPECT_EQ(test, log.write.where, PCI_BASE_ADDRESS_0);
	/* The hook made it vanish: no further write is recorded. */
	pci_write_config_byte(one.pdev, PCI_INTERRUPT_LINE, 0x22);
	KUNIT_EXPECT_EQ(test, log.calls, 1);

	KUNIT_EXPECT_EQ(test, ehost_journal(one.host, w, ARRAY_SIZE(w)), 3);
	KUNIT_EXPECT_PTR_EQ(test, w[0].fn, one.fn);
	KUNIT_EXPECT_EQ(test, w[0].where, PCI_INTERRUPT_LINE);
	KUNIT_EXPECT_EQ(test, w[0].size, 1);
	KUNIT_EXPECT_EQ(test, w[0].val, 0x11);
	KUNIT_EXPECT_EQ(test, w[0].before, 0);
	KUNIT_EXPECT_EQ(test, w[0].after, 0x11);
	KUNIT_EXPECT_EQ(test, w[1].size, 2);
	KUNIT_EXPECT_EQ(test, w[2].val, 0x12345678);
	KUNIT_EXPECT_EQ(test, w[2].after, 0x12340000);
	ehost_reset_oracles(one.host);
	KUNIT_EXPECT_EQ(test, ehost_journal(one.host, NULL, 0), 0);
}

static void rom_stuck_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	struct one one;

	desc.rom.bar = 0x81234000;
	desc.quirks = EHOST_ROM_STUCK;
	one = alone(test, &firmware, &desc);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, ~0u);
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, PCI_ROM_ADDRESS),
			0x81234000);
	/* Another register, from now on */
	ehost_set_bits(one.fn, PCI_INTERRUPT_LINE, 0, 0);
	pci_write_config_byte(one.pdev, PCI_INTERRUPT_LINE, 0x11);
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, PCI_INTERRUPT_LINE), 0);
}

static void rom_refuses_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	struct one one;

	desc.quirks = EHOST_ROM_REFUSES;
	one = alone(test, &firmware, &desc);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, 0xfffff800);
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, PCI_ROM_ADDRESS),
			0xffffc000);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, 0x80100001);
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, PCI_ROM_ADDRESS),
			0x00000001);
	ehost_set_quirks(one.fn, 0);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, 0x80100000);
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, PCI_ROM_ADDRESS),
			0x80100000);
}

/* While the ROM is enabled, one BAR does not decode. */
static void rom_shared_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	u32 rom;
	struct one one;

	desc.quirks = EHOST_ROM_SHARED;
	desc.shared_bar = 1;
	one = alone(test, &two_windows, &desc);
	memory_on(one.pdev, true);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(one.fn, 1, NULL));
	rom = WINDOW_BUS + SZ_4M;
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, rom | 1);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(one.fn, 0, NULL));
	KUNIT_EXPECT_FALSE(test, ehost_decodes(one.fn, 1, NULL));
	KUNIT_EXPECT_TRUE(test, ehost_decodes(one.fn, EHOST_ROM, NULL));
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, rom);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(one.fn, 1, NULL));
	memory_on(one.pdev, false);
}

static void rom_content_test(struct kunit *test)
{
	struct one one = alone(test, &two_windows, &endpoint);
	static const u8 other[] = { 1, 2, 3, 4 };
	u32 rom = WINDOW_BUS + SZ_4M;
	u32 first, second;

	memory_on(one.pdev, true);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, rom | 1);

	/* Changed while it is being read */
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, rom),
			pattern_of(test_rom));
	ehost_set_rom(one.fn, other, sizeof(other), 0xa5);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, rom), 0x04030201);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, rom + 4), 0xa5a5a5a5);
	ehost_set_rom(one.fn, NULL, 0, 0);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, rom), 0);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, rom + SZ_16K - 4), 0);

	/* Different contents after each enable, in the last byte */
	ehost_set_rom(one.fn, test_rom, sizeof(test_rom), 0);
	ehost_set_quirks(one.fn, EHOST_ROM_CHANGES);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, rom);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, rom | 1);
	first = ehost_read_bus(one.host, rom + 4);
	KUNIT_EXPECT_EQ(test, first, ehost_read_bus(one.host, rom + 4));
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, rom);
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, rom | 1);
	second = ehost_read_bus(one.host, rom + 4);
	KUNIT_EXPECT_NE(test, first, second);
	KUNIT_EXPECT_EQ(test, first & 0xffffff, second & 0xffffff);
	memory_on(one.pdev, false);
}

/* Like the I210: a ROM BAR on a BAR breaks it, enabled or not. */
static void rom_no_overlap_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	u32 bus;
	struct one one;

	desc.quirks = EHOST_ROM_NO_OVERLAP;
	one = alone(test, &two_windows, &desc);
	bus = ehost_peek(one.fn, PCI_BASE_ADDRESS_0);
	memory_on(one.pdev, true);
	KUNIT_EXPECT_EQ(test, counters_of(one.host).sick, 0);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus),
			ehost_bar_pattern(one.fn, 0));
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, bus);
	KUNIT_EXPECT_EQ(test, counters_of(one.host).sick, 1);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus), ~0u);
	/* And it stays broken. */
	pci_write_config_dword(one.pdev, PCI_ROM_ADDRESS, 0);
	memory_on(one.pdev, false);
	memory_on(one.pdev, true);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus), ~0u);
	ehost_return(one.fn);
	KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, bus),
			ehost_bar_pattern(one.fn, 0));
	memory_on(one.pdev, false);
}

static void refuse_restore_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	struct ehost_state *state;
	struct ehost_fn *which = NULL;
	unsigned int where = 0;
	struct one one;

	desc.bar[0].addr = WINDOW_BUS;
	one = alone(test, &firmware, &desc);
	state = ehost_save(one.host);
	KUNIT_ASSERT_NOT_NULL(test, state);

	ehost_refuse_restore(one.fn, PCI_BASE_ADDRESS_0);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, WINDOW_BUS);
	KUNIT_EXPECT_EQ(test, ehost_changed(state, NULL, NULL), 0);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0,
			       WINDOW_BUS + SZ_1M);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, WINDOW_BUS);
	KUNIT_EXPECT_EQ(test, ehost_peek(one.fn, PCI_BASE_ADDRESS_0),
			WINDOW_BUS + SZ_1M);
	KUNIT_EXPECT_EQ(test, ehost_changed(state, &which, &where), 1);
	KUNIT_EXPECT_PTR_EQ(test, which, one.fn);
	KUNIT_EXPECT_EQ(test, where, PCI_BASE_ADDRESS_0);
	ehost_return(one.fn);
	pci_write_config_dword(one.pdev, PCI_BASE_ADDRESS_0, WINDOW_BUS);
	KUNIT_EXPECT_EQ(test, ehost_changed(state, NULL, NULL), 0);
	ehost_state_free(state);
}

static void power_test(struct kunit *test)
{
	struct ehost *host = host_of(test, &two_windows);
	struct ehost_fn_desc desc = endpoint;
	struct ehost_fn *keeps, *loses;
	struct pci_dev *pkeeps, *ploses;
	u64 bus;

	desc.caps = EHOST_CAP_PM;
	keeps = add(test, host, NULL, PCI_DEVFN(1, 0), &desc);
	desc.caps = EHOST_CAP_PM | EHOST_CAP_PM_RESET;
	loses = add(test, host, NULL, PCI_DEVFN(2, 0), &desc);
	scan(test, host);
	pkeeps = dev_of(test, keeps);
	ploses = dev_of(test, loses);
	KUNIT_ASSERT_NE(test, pkeeps->pm_cap, 0);

	memory_on(pkeeps, true);
	KUNIT_ASSERT_TRUE(test, ehost_decodes(keeps, 0, &bus));
	pci_write_config_word(pkeeps, pkeeps->pm_cap + PCI_PM_CTRL, 3);
	KUNIT_EXPECT_FALSE(test, ehost_decodes(keeps, 0, NULL));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(host, bus), ~0u);
	pci_write_config_word(pkeeps, pkeeps->pm_cap + PCI_PM_CTRL, 0);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(keeps, 0, NULL));
	memory_on(pkeeps, false);

	memory_on(ploses, true);
	KUNIT_EXPECT_NE(test, ehost_peek(loses, PCI_BASE_ADDRESS_0), 0);
	pci_write_config_word(ploses, ploses->pm_cap + PCI_PM_CTRL, 3);
	KUNIT_EXPECT_NE(test, ehost_peek(loses, PCI_BASE_ADDRESS_0), 0);
	pci_write_config_word(ploses, ploses->pm_cap + PCI_PM_CTRL, 0);
	KUNIT_EXPECT_EQ(test, ehost_peek(loses, PCI_BASE_ADDRESS_0), 0);
	KUNIT_EXPECT_EQ(test, read_dword(ploses, PCI_COMMAND) &
			PCI_COMMAND_MEMORY, 0);
}

static void pcie_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	struct one one;

	desc.caps = EHOST_CAP_PM | EHOST_CAP_PCIE;
	one = alone(test, &two_windows, &desc);
	KUNIT_EXPECT_TRUE(test, pci_is_pcie(one.pdev));
	KUNIT_EXPECT_NE(test, one.pdev->pm_cap, 0);
	KUNIT_EXPECT_EQ(test, read_dword(one.pdev, 0xffc), 0);
}

static void sriov_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	struct pci_dev *vf;
	struct one one;

	if (!ehost_has_vfs())
		kunit_skip(test, "the kernel has no use for virtual functions");
	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
	desc.vfs = 3;
	one = alone(test, &two_windows, &desc);
	KUNIT_EXPECT_TRUE(test, one.pdev->is_physfn);
	KUNIT_EXPECT_EQ(test, pci_sriov_get_totalvfs(one.pdev), 3);
	KUNIT_EXPECT_NULL(test, pci_get_slot(one.pdev->bus, PCI_DEVFN(0, 1)));

	KUNIT_ASSERT_EQ(test, ehost_enable_vfs(one.fn, 2), 0);
	vf = pci_get_slot(one.pdev->bus, PCI_DEVFN(0, 2));
	KUNIT_EXPECT_NOT_NULL(test, vf);
	if (vf) {
		KUNIT_EXPECT_TRUE(test, vf->is_virtfn);
		KUNIT_EXPECT_EQ(test, vf->device, 0x1001);
		KUNIT_EXPECT_EQ(test, pci_resource_len(vf, PCI_ROM_RESOURCE),
				0);
	}
	pci_dev_put(vf);
	KUNIT_EXPECT_EQ(test, pci_num_vf(one.pdev), 2);
	KUNIT_EXPECT_NULL(test, pci_get_slot(one.pdev->bus, PCI_DEVFN(0, 3)));
	ehost_disable_vfs(one.fn);
	KUNIT_EXPECT_NULL(test, pci_get_slot(one.pdev->bus, PCI_DEVFN(0, 1)));
}

/* Their BARs share one register; the core has assigned all of them. */
static void sriov_bars_test(struct kunit *test)
{
	struct ehost_fn_desc desc = endpoint;
	struct resource *res;
	struct ehost_fn *vf;
	struct pci_dev *pvf;
	struct one one;
	unsigned int i;
	u64 addr, bus;

	if (!ehost_has_vfs())
		kunit_skip(test, "the kernel has no use for virtual functions");
	desc.caps = EHOST_CAP_PCIE | EHOST_CAP_SRIOV;
	desc.vfs = 3;
	desc.vf_bar[0].size = SZ_64K;
	desc.vf_bar[2].size = SZ_128K;
	desc.vf_bar[2].flags = EHOST_64 | EHOST_PREF;
	one = alone(test, &two_windows, &desc);
	res = &one.pdev->resource[PCI_IOV_RESOURCES];
	KUNIT_EXPECT_EQ(test, resource_size(res), 3 * SZ_64K);
	KUNIT_EXPECT_EQ(test, resource_size(res + 2), 3 * SZ_128K);
	KUNIT_ASSERT_NOT_NULL(test, res->parent);

	KUNIT_ASSERT_EQ(test, ehost_enable_vfs(one.fn, 2), 0);
	bus = ehost_window_bus(one.host, 0) - ehost_window(one.host, 0)->start;
	for (i = 0; i < 2; i++) {
		vf = ehost_vf(one.fn, i);
		pvf = dev_of(test, vf);
		KUNIT_EXPECT_EQ(test, pci_resource_len(pvf, 0), SZ_64K);
		KUNIT_ASSERT_TRUE(test, ehost_decodes(vf, 0, &addr));
		KUNIT_EXPECT_EQ(test, addr, pci_resource_start(pvf, 0) + bus);
		KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, addr),
				ehost_bar_pattern(vf, 0));
		KUNIT_ASSERT_TRUE(test, ehost_decodes(vf, 2, &addr));
		KUNIT_EXPECT_GE(test, addr, PREF_BUS);
		KUNIT_EXPECT_EQ(test, ehost_read_bus(one.host, addr),
				ehost_bar_pattern(vf, 2));
	}
	KUNIT_EXPECT_FALSE(test, ehost_decodes(ehost_vf(one.fn, 2), 0, NULL));
	KUNIT_EXPECT_EQ(test, counters_of(one.host).overlaps, 0);
	KUNIT_EXPECT_EQ(test, counters_of(one.host).outside, 0);

	/* When the physical function vanishes, its virtual functions do too. */
	vf = ehost_vf(one.fn, 0);
	ehost_vanish_after(one.fn, 0);
	KUNIT_EXPECT_FALSE(test, ehost_decodes(vf, 0, NULL));
	ehost_return(one.fn);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(vf, 0, NULL));
	/* They have their own enable bit for decoding. */
	memory_on(one.pdev, true);
	memory_on(one.pdev, false);
	KUNIT_EXPECT_TRUE(test, ehost_decodes(vf, 0, NULL));
	ehost_disable_vfs(one.fn);
	KUNIT_EXPECT_FALSE(test, ehost_decodes(vf, 0, NULL));
}

/* Two hosts side by side do not see each other's decoders. */
static void two_hosts_test(struct kunit *test)
{
	struct ehost *a = host_of(test, &firmware);
	struct ehost *b = host_of(test, &firmware);
	struct ehost_fn_desc desc = endpoint;
	struct ehost_fn *fa, *fb;

	desc.bar[0].addr = WINDOW_BUS;
	desc.bar[1].addr = WINDOW_BUS + SZ_1M;
	desc.command = PCI_COMMAND_MEMORY;
	fa = add(test, a, NULL, 0, &desc);
	desc.bar[0].addr = WINDOW_BUS + SZ_1M;
	desc.bar[1].addr = WINDOW_BUS;
	fb = add(test, b, NULL, 0, &desc);
	scan(test, a);
	scan(test, b);
	KUNIT_EXPECT_NE(test, pci_domain_nr(ehost_bus(a)),
			pci_domain_nr(ehost_bus(b)));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(a, WINDOW_BUS),
			ehost_bar_pattern(fa, 0));
	KUNIT_EXPECT_EQ(test, ehost_read_bus(b, WINDOW_BUS),
			ehost_bar_pattern(fb, 1));
	KUNIT_EXPECT_EQ(test, counters_of(a).overlaps, 0);
	KUNIT_EXPECT_EQ(test, counters_of(b).overlaps, 0);
	KUNIT_EXPECT_EQ(test, ehost_destroy(a), 0);
	/* The other one still works. */
	KUNIT_EXPECT_EQ(test, ehost_read_bus(b, WINDOW_BUS),
			ehost_bar_pattern(fb, 1));
}

static void identity_test(struct kunit *test)
{
	struct ehost_desc desc = {
		.windows = {
			{ .size = SZ_1M, .identity = true },
			{ .size = SZ_4K, .flags = EHOST_IO, .bus = 0x4000 },
		},
	};
	struct ehost_fn_desc ports = endpoint;
	struct one one;

	ports.bar[2] = (struct ehost_bar_desc){ .size = 32, .flags = EHOST_IO };
	one = alone(test, &desc, &ports);
	KUNIT_EXPECT_EQ(test, ehost_window_bus(one.host, 0),
			ehost_window(one.host, 0)->start);
	KUNIT_EXPECT_EQ(test, pci_resource_start(one.pdev, 0),
			ehost_peek(one.fn, PCI_BASE_ADDRESS_0));
	KUNIT_EXPECT_EQ(test, ehost_peek(one.fn, PCI_BASE_ADDRESS_2) & ~3u,
			0x4000);
}

/* Nothing is left behind, round after round. */
static void rounds_test(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 50; i++) {
		struct ehost *host = host_of(test, &two_windows);
		const struct resource *memory = ehost_window(host, 0)->parent;
		struct ehost_fn *above, *fn;

		above = add(test, host, NULL, PCI_DEVFN(1, 0), &bridge);
		fn = add(test, host, above, PCI_DEVFN(1, 0), &endpoint);
		add(test, host, NULL, PCI_DEVFN(2, 0), &endpoint);
		scan(test, host);
		/* The domain number, and so the core's list, does not grow. */
		KUNIT_EXPECT_EQ(test, pci_domain_nr(ehost_bus(host)), 0x10000);
		KUNIT_ASSERT_EQ(test, pci_enable_device(dev_of(test, fn)), 0);
		KUNIT_EXPECT_TRUE(test, ehost_decodes(fn, 0, NULL));
		KUNIT_EXPECT_NOT_NULL(test, memory->child);
		KUNIT_EXPECT_NE(test, ehost_claims(host), 0);
		KUNIT_ASSERT_EQ(test, ehost_destroy(host), 0);
		KUNIT_ASSERT_NULL(test, memory->child);
	}
}

static struct kunit_case host_cases[] = {
	KUNIT_CASE(enumerate_test),
	KUNIT_CASE(assign_test),
	KUNIT_CASE_PARAM(bits_test, bits_gen_params),
	KUNIT_CASE(mmio_follows_decode_test),
	KUNIT_CASE(mmio_moves_test),
	KUNIT_CASE(bridges_test),
	KUNIT_CASE(bridge_prefetchable_test),
	KUNIT_CASE(firmware_test),
	KUNIT_CASE(hotplug_test),
	KUNIT_CASE(vanish_test),
	KUNIT_CASE(failing_reads_test),
	KUNIT_CASE(one_failure_test),
	KUNIT_CASE(change_mmio_test),
	KUNIT_CASE(hook_mmio_test),
	KUNIT_CASE(vanish_mmio_test),
	KUNIT_CASE(overlap_test),
	KUNIT_CASE(overlap_bridge_test),
	KUNIT_CASE_PARAM(outside_test, outside_gen_params),
	KUNIT_CASE(outside_rom_test),
	KUNIT_CASE(write_counters_test),
	KUNIT_CASE(journal_test),
	KUNIT_CASE(rom_stuck_test),
	KUNIT_CASE(rom_refuses_test),
	KUNIT_CASE(rom_shared_test),
	KUNIT_CASE(rom_content_test),
	KUNIT_CASE(rom_no_overlap_test),
	KUNIT_CASE(refuse_restore_test),
	KUNIT_CASE(power_test),
	KUNIT_CASE(pcie_test),
	KUNIT_CASE(sriov_test),
	KUNIT_CASE(sriov_bars_test),
	KUNIT_CASE(two_hosts_test),
	KUNIT_CASE(identity_test),
	KUNIT_CASE(rounds_test),
	{}
};

static int host_test_init(struct kunit *test)
{
	KUNIT_ASSERT_TRUE_MSG(test, ehost_available(),
			      "no ivshmem device to take memory from");
	return 0;
}

static void host_test_exit(struct kunit *test)
{
	ehost_destroy_all();
}

static struct kunit_suite host_suite = {
	.name = "shadowbar_host",
	.init = host_test_init,
	.exit = host_test_exit,
	.test_cases = host_cases,
};

kunit_test_suite(host_suite);
