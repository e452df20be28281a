/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root server_supermicro_x11ssv_q_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 3, .guessed = true,
		.window = {
			{ 0x90000000, 0x903fffff },
			{ 0xc0000000, 0xd07fffff },
			{ 0xdfe00000, 0xdfffffff },
		},
	},
	{
		.domain = 0x0, .bus = 0x04, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0xdfd00000, 0xdfdfffff },
		},
	},
};

static const struct sb_machine_fn server_supermicro_x11ssv_q_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x191f, 0x060000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x8086, 0x1901, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		.vga_below = true,
		OPEN(0, 0xdfe00000, 0xdfefffff),
		OPEN(1, 0xc0000000, 0xd07fffff),
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0xa12f, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff30000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0xa131, 0x118000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff4f000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0xa13a, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff4e000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 3), ID(0x8086, 0xa13d, 0x070000),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0xf060), .size = 0x8, .io = true },
		.bar[1] = { HAS(0xdff4d000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x17, 0), ID(0x8086, 0xa102, 0x010600),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff48000), .size = 0x2000 },
		.bar[1] = { HAS(0xdff4c000), .size = 0x100 },
		.bar[2] = { REG(0xf050), .size = 0x8, .io = true },
		.bar[3] = { REG(0xf040), .size = 0x4, .io = true },
		.bar[4] = { REG(0xf020), .size = 0x20, .io = true },
		.bar[5] = { HAS(0xdff4b000), .size = 0x800 },
	},
	{
		AT(0x0, 0x00, 0x1c, 0), ID(0x8086, 0xa110, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
		OPEN(0, 0x90000000, 0x901fffff),
		OPEN(1, 0x90200000, 0x903fffff),
	},
	{
		AT(0x0, 0x00, 0x1c, 4), ID(0x8086, 0xa114, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0xa146, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 2), ID(0x8086, 0xa121, 0x058000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff44000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0xa170, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff40000), .size = 0x4000, .is_64 = true },
		.bar[4] = { HAS(0xdff20000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0xa123, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff4a000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xf000), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 6), ID(0x8086, 0x15b7, 0x020000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xdff00000), .size = 0x20000 },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x1002, 0x6647, 0x030000),
		.command = 7, .parent = 1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xc0000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xd0000000), .size = 0x800000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0xe000), .size = 0x100, .io = true },
		.bar[5] = { HAS(0xdfe00000), .size = 0x40000 },
		.bar[6] = { UNKNOWN, .shadowed = true },
	},
	{
		AT(0x0, 0x01, 0x00, 1), ID(0x1002, 0xaac0, 0x040300),
		.command = 7, .parent = 1, .root = 0,
		.bar[0] = { HAS(0xdfe60000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x04, 0x00, 0), ID(0x8086, 0x1533, 0x020000),
		.command = 7, .parent = -1, .root = 1,
		.bar[0] = { HAS(0xdfd00000), .size = 0x80000 },
		.bar[2] = { REG(0xd000), .size = 0x20, .io = true },
		.bar[3] = { HAS(0xdfd80000), .size = 0x4000 },
	},
};
