/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_dell_precision_t7600_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xe0000000, 0xf30fffff },
			{ 0xfa000000, 0xfb6fffff },
		},
	},
	{
		.domain = 0x0, .bus = 0x3f, .nr_windows = 0, .guessed = true,
		.window = {
		},
	},
};

static const struct sb_machine_fn desktop_dell_precision_t7600_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x3c00, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x8086, 0x3c02, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x03,
		OPEN(0, 0xfb100000, 0xfb2fffff),
		OPEN(1, 0xf2800000, 0xf30fffff),
	},
	{
		AT(0x0, 0x00, 0x01, 1), ID(0x8086, 0x3c03, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x8086, 0x3c04, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x05,
		.vga_below = true,
		OPEN(0, 0xfa000000, 0xfb0fffff),
		OPEN(1, 0xe0000000, 0xf1ffffff),
	},
	{
		AT(0x0, 0x00, 0x03, 0), ID(0x8086, 0x3c08, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x06, .subordinate = 0x06,
	},
	{
		AT(0x0, 0x00, 0x05, 0), ID(0x8086, 0x3c28, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x05, 2), ID(0x8086, 0x3c2a, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x05, 4), ID(0x8086, 0x3c2c, 0x080000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfb62c000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0x1d3a, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfb62b000), .size = 0x10, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x19, 0), ID(0x8086, 0x1502, 0x020000),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfb600000), .size = 0x20000 },
		.bar[1] = { HAS(0xfb628000), .size = 0x1000 },
		.bar[2] = { REG(0xf020), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1a, 0), ID(0x8086, 0x1d2d, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfb627000), .size = 0x400 },
	},
	{
		AT(0x0, 0x00, 0x1b, 0), ID(0x8086, 0x1d20, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfb620000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1c, 0), ID(0x8086, 0x1d16, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x07, .subordinate = 0x07,
	},
	{
		AT(0x0, 0x00, 0x1c, 1), ID(0x8086, 0x1d12, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x08, .subordinate = 0x08,
		OPEN(0, 0xfb500000, 0xfb5fffff),
	},
	{
		AT(0x0, 0x00, 0x1c, 2), ID(0x8086, 0x1d14, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x09, .subordinate = 0x09,
		OPEN(0, 0xfb400000, 0xfb4fffff),
	},
	{
		AT(0x0, 0x00, 0x1d, 0), ID(0x8086, 0x1d26, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfb626000), .size = 0x400 },
	},
	{
		AT(0x0, 0x00, 0x1e, 0), ID(0x8086, 0x244e, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x0a, .subordinate = 0x0a,
		OPEN(0, 0xfb300000, 0xfb3fffff),
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0x1d41, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 2), ID(0x8086, 0x1d00, 0x010100),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0xf0f0), .size = 0x8, .io = true },
		.bar[1] = { REG(0xf0e0), .size = 0x4, .io = true },
		.bar[2] = { REG(0xf0d0), .size = 0x8, .io = true },
		.bar[3] = { REG(0xf0c0), .size = 0x4, .io = true },
		.bar[4] = { REG(0xf0b0), .size = 0x10, .io = true },
		.bar[5] = { REG(0xf0a0), .size = 0x10, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0x1d22, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfb625000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xf000), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 5), ID(0x8086, 0x1d08, 0x010100),
		.command = 5, .parent = -1, .root = 0,
		.bar[0] = { REG(0xf090), .size = 0x8, .io = true },
		.bar[1] = { REG(0xf080), .size = 0x4, .io = true },
		.bar[2] = { REG(0xf070), .size = 0x8, .io = true },
		.bar[3] = { REG(0xf060), .size = 0x4, .io = true },
		.bar[4] = { REG(0xf050), .size = 0x10, .io = true },
		.bar[5] = { REG(0xf040), .size = 0x10, .io = true },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x8086, 0x1d74, 0x060400),
		.command = 7, .parent = 1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x03,
		OPEN(0, 0xfb100000, 0xfb1fffff),
		OPEN(1, 0xf2800000, 0xf30fffff),
		.bar[0] = { HAS(0xfb200000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x02, 0x08, 0), ID(0x8086, 0x1d3f, 0x060400),
		.command = 7, .parent = 21, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0xfb100000, 0xfb1fffff),
		OPEN(1, 0xf2800000, 0xf30fffff),
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x8086, 0x1d68, 0x010700),
		.command = 7, .parent = 22, .root = 0,
		.bar[0] = { HAS(0xf3000000), .size = 0x8000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xf2800000), .size = 0x800000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0xe100), .size = 0x100, .io = true },
		.bar[5] = { REG(0xe000), .size = 0x100, .io = true },
	},
	{
		AT(0x0, 0x05, 0x00, 0), ID(0x10de, 0x1cb2, 0x030000),
		.command = 7, .parent = 3, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xfa000000), .size = 0x1000000 },
		.bar[1] = { HAS(0xe0000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[3] = { HAS(0xf0000000), .size = 0x2000000, .pref = true, .is_64 = true },
		.bar[5] = { REG(0xd000), .size = 0x80, .io = true },
		.bar[6] = { REG(0), .shadowed = true },
	},
	{
		AT(0x0, 0x05, 0x00, 1), ID(0x10de, 0x0fb9, 0x040300),
		.command = 6, .parent = 3, .root = 0,
		.bar[0] = { HAS(0xfb080000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x08, 0x00, 0), ID(0x8086, 0x10d3, 0x020000),
		.command = 7, .parent = 13, .root = 0,
		.bar[0] = { HAS(0xfb500000), .size = 0x20000 },
		.bar[2] = { REG(0xc000), .size = 0x20, .io = true },
		.bar[3] = { HAS(0xfb520000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x09, 0x00, 0), ID(0x1033, 0x0194, 0x0c0300),
		.command = 6, .parent = 14, .root = 0,
		.bar[0] = { HAS(0xfb400000), .size = 0x2000, .is_64 = true },
	},
	{
		AT(0x0, 0x0a, 0x04, 0), ID(0x9710, 0x9865, 0x070000),
		.command = 7, .parent = 16, .root = 0,
		.bar[0] = { REG(0xb030), .size = 0x8, .io = true },
		.bar[1] = { HAS(0xfb305000), .size = 0x1000 },
		.bar[4] = { HAS(0xfb304000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x0a, 0x04, 1), ID(0x9710, 0x9865, 0x070000),
		.command = 7, .parent = 16, .root = 0,
		.bar[0] = { REG(0xb020), .size = 0x8, .io = true },
		.bar[1] = { HAS(0xfb303000), .size = 0x1000 },
		.bar[4] = { HAS(0xfb302000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x0a, 0x04, 2), ID(0x9710, 0x9865, 0x070100),
		.command = 7, .parent = 16, .root = 0,
		.bar[0] = { REG(0xb010), .size = 0x8, .io = true },
		.bar[1] = { REG(0xb000), .size = 0x8, .io = true },
		.bar[2] = { HAS(0xfb301000), .size = 0x1000 },
		.bar[4] = { HAS(0xfb300000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x3f, 0x08, 0), ID(0x8086, 0x3c80, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x08, 3), ID(0x8086, 0x3c83, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x08, 4), ID(0x8086, 0x3c84, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x09, 0), ID(0x8086, 0x3c90, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x09, 3), ID(0x8086, 0x3c93, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x09, 4), ID(0x8086, 0x3c94, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0a, 0), ID(0x8086, 0x3cc0, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0a, 1), ID(0x8086, 0x3cc1, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0a, 2), ID(0x8086, 0x3cc2, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0a, 3), ID(0x8086, 0x3cd0, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0b, 0), ID(0x8086, 0x3ce0, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0b, 3), ID(0x8086, 0x3ce3, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0e, 0), ID(0x8086, 0x3ca0, 0x088000),
		.command = 0, .parent = -1, .root = 1,
	},
	{
		AT(0x0, 0x3f, 0x0e, 1), ID(0x8086, 0x3c46, 0x110100),
		.command = 0, .parent = -1, .root = 1,
	},
};
