/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root server_asrockrack_x570d4u_2l2t_bcm_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0xfb000000, 0xfccfffff },
		},
	},
};

static const struct sb_machine_fn server_asrockrack_x570d4u_2l2t_bcm_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x1022, 0x1480, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x00, 2), ID(0x1022, 0x1481, 0x080600),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x1022, 0x1482, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 1), ID(0x1022, 0x1483, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		OPEN(0, 0xfcc00000, 0xfccfffff),
	},
	{
		AT(0x0, 0x00, 0x01, 2), ID(0x1022, 0x1483, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x20, .subordinate = 0x2c,
		.vga_below = true,
		OPEN(0, 0xfb000000, 0xfc7fffff),
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x1022, 0x1482, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x03, 0), ID(0x1022, 0x1482, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x1022, 0x1482, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x05, 0), ID(0x1022, 0x1482, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x07, 0), ID(0x1022, 0x1482, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x07, 1), ID(0x1022, 0x1484, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x2d, .subordinate = 0x2d,
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x1022, 0x1482, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x08, 1), ID(0x1022, 0x1484, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x2e, .subordinate = 0x2e,
		OPEN(0, 0xfc900000, 0xfcbfffff),
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x1022, 0x790b, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x14, 3), ID(0x1022, 0x790e, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 0), ID(0x1022, 0x1440, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 1), ID(0x1022, 0x1441, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 2), ID(0x1022, 0x1442, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 3), ID(0x1022, 0x1443, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 4), ID(0x1022, 0x1444, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 5), ID(0x1022, 0x1445, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 6), ID(0x1022, 0x1446, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 7), ID(0x1022, 0x1447, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x144d, 0xa80a, 0x010800),
		.command = 6, .parent = 3, .root = 0,
		.bar[0] = { HAS(0xfcc00000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x20, 0x00, 0), ID(0x1022, 0x57ad, 0x060400),
		.command = 7, .parent = 4, .root = 0,
		.bridge = true, .secondary = 0x21, .subordinate = 0x2c,
		.vga_below = true,
		OPEN(0, 0xfb000000, 0xfc7fffff),
	},
	{
		AT(0x0, 0x21, 0x04, 0), ID(0x1022, 0x57a3, 0x060400),
		.command = 7, .parent = 24, .root = 0,
		.bridge = true, .secondary = 0x26, .subordinate = 0x26,
		OPEN(0, 0xfc700000, 0xfc7fffff),
	},
	{
		AT(0x0, 0x21, 0x05, 0), ID(0x1022, 0x57a3, 0x060400),
		.command = 7, .parent = 24, .root = 0,
		.bridge = true, .secondary = 0x27, .subordinate = 0x27,
		OPEN(0, 0xfc600000, 0xfc6fffff),
	},
	{
		AT(0x0, 0x21, 0x06, 0), ID(0x1022, 0x57a3, 0x060400),
		.command = 7, .parent = 24, .root = 0,
		.bridge = true, .secondary = 0x28, .subordinate = 0x29,
		.vga_below = true,
		OPEN(0, 0xfb000000, 0xfc0fffff),
	},
	{
		AT(0x0, 0x21, 0x08, 0), ID(0x1022, 0x57a4, 0x060400),
		.command = 7, .parent = 24, .root = 0,
		.bridge = true, .secondary = 0x2a, .subordinate = 0x2a,
		OPEN(0, 0xfc200000, 0xfc3fffff),
	},
	{
		AT(0x0, 0x21, 0x09, 0), ID(0x1022, 0x57a4, 0x060400),
		.command = 7, .parent = 24, .root = 0,
		.bridge = true, .secondary = 0x2b, .subordinate = 0x2b,
		OPEN(0, 0xfc500000, 0xfc5fffff),
	},
	{
		AT(0x0, 0x21, 0x0a, 0), ID(0x1022, 0x57a4, 0x060400),
		.command = 7, .parent = 24, .root = 0,
		.bridge = true, .secondary = 0x2c, .subordinate = 0x2c,
		OPEN(0, 0xfc400000, 0xfc4fffff),
	},
	{
		AT(0x0, 0x26, 0x00, 0), ID(0x8086, 0x1533, 0x020000),
		.command = 7, .parent = 25, .root = 0,
		.bar[0] = { HAS(0xfc700000), .size = 0x80000 },
		.bar[2] = { REG(0xf000), .size = 0x20, .io = true },
		.bar[3] = { HAS(0xfc780000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x27, 0x00, 0), ID(0x8086, 0x1533, 0x020000),
		.command = 7, .parent = 26, .root = 0,
		.bar[0] = { HAS(0xfc600000), .size = 0x80000 },
		.bar[2] = { REG(0xe000), .size = 0x20, .io = true },
		.bar[3] = { HAS(0xfc680000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x28, 0x00, 0), ID(0x1a03, 0x1150, 0x060400),
		.command = 7, .parent = 27, .root = 0,
		.bridge = true, .secondary = 0x29, .subordinate = 0x29,
		.vga_below = true,
		OPEN(0, 0xfb000000, 0xfc0fffff),
	},
	{
		AT(0x0, 0x29, 0x00, 0), ID(0x1a03, 0x2000, 0x030000),
		.command = 7, .parent = 33, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xfb000000), .size = 0x1000000 },
		.bar[1] = { HAS(0xfc000000), .size = 0x20000 },
		.bar[2] = { REG(0xd000), .size = 0x80, .io = true },
		.bar[6] = { REG(0), .shadowed = true },
	},
	{
		AT(0x0, 0x2a, 0x00, 0), ID(0x1022, 0x1485, 0x130000),
		.command = 0, .parent = 28, .root = 0,
	},
	{
		AT(0x0, 0x2a, 0x00, 1), ID(0x1022, 0x149c, 0x0c0300),
		.command = 7, .parent = 28, .root = 0,
		.bar[0] = { HAS(0xfc300000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x2a, 0x00, 3), ID(0x1022, 0x149c, 0x0c0300),
		.command = 7, .parent = 28, .root = 0,
		.bar[0] = { HAS(0xfc200000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x2b, 0x00, 0), ID(0x1022, 0x7901, 0x010600),
		.command = 7, .parent = 29, .root = 0,
		.bar[5] = { HAS(0xfc500000), .size = 0x800 },
	},
	{
		AT(0x0, 0x2c, 0x00, 0), ID(0x1022, 0x7901, 0x010600),
		.command = 7, .parent = 30, .root = 0,
		.bar[5] = { HAS(0xfc400000), .size = 0x800 },
	},
	{
		AT(0x0, 0x2d, 0x00, 0), ID(0x1022, 0x148a, 0x130000),
		.command = 0, .parent = 10, .root = 0,
	},
	{
		AT(0x0, 0x2e, 0x00, 0), ID(0x1022, 0x1485, 0x130000),
		.command = 0, .parent = 12, .root = 0,
	},
	{
		AT(0x0, 0x2e, 0x00, 1), ID(0x1022, 0x1486, 0x108000),
		.command = 6, .parent = 12, .root = 0,
		.bar[2] = { HAS(0xfca00000), .size = 0x100000 },
		.bar[5] = { HAS(0xfcb08000), .size = 0x2000 },
	},
	{
		AT(0x0, 0x2e, 0x00, 3), ID(0x1022, 0x149c, 0x0c0300),
		.command = 7, .parent = 12, .root = 0,
		.bar[0] = { HAS(0xfc900000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x2e, 0x00, 4), ID(0x1022, 0x1487, 0x040300),
		.command = 6, .parent = 12, .root = 0,
		.bar[0] = { HAS(0xfcb00000), .size = 0x8000 },
	},
};
