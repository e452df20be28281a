/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root soc_friendlyelec_nanopc_t6_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0xf0200000, 0xf03fffff },
		},
	},
	{
		.domain = 0x2, .bus = 0x20, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0xf2200000, 0xf23fffff },
		},
	},
	{
		.domain = 0x3, .bus = 0x30, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0xf3200000, 0xf33fffff },
		},
	},
	{
		.domain = 0x4, .bus = 0x40, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0xf4200000, 0xf43fffff },
		},
	},
};

static const struct sb_machine_fn soc_friendlyelec_nanopc_t6_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x1d87, 0x3588, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0xff,
		OPEN(0, 0xf0200000, 0xf02fffff),
		.bar[6] = { CLAIM(0xf0300000), .size = 0x10000 },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x1e0f, 0x0009, 0x010800),
		.command = 6, .parent = 0, .root = 0,
		.bar[0] = { HAS(0xf0200000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x2, 0x20, 0x00, 0), ID(0x1d87, 0x3588, 0x060400),
		.command = 7, .parent = -1, .root = 1,
		.bridge = true, .secondary = 0x21, .subordinate = 0x21,
		OPEN(0, 0xf2200000, 0xf22fffff),
		.bar[6] = { CLAIM(0xf2300000), .size = 0x10000 },
	},
	{
		AT(0x2, 0x21, 0x00, 0), ID(0x10ec, 0x8125, 0x020000),
		.command = 7, .parent = 2, .root = 1,
		.bar[0] = { REG(0x300000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xf2200000), .size = 0x10000, .is_64 = true },
		.bar[4] = { HAS(0xf2210000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x3, 0x30, 0x00, 0), ID(0x1d87, 0x3588, 0x060400),
		.command = 7, .parent = -1, .root = 2,
		.bridge = true, .secondary = 0x31, .subordinate = 0x31,
		OPEN(0, 0xf3200000, 0xf32fffff),
		.bar[6] = { CLAIM(0xf3300000), .size = 0x10000 },
	},
	{
		AT(0x3, 0x31, 0x00, 0), ID(0x10ec, 0xc822, 0x028000),
		.command = 7, .parent = 4, .root = 2,
		.bar[0] = { REG(0x1000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xf3200000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x4, 0x40, 0x00, 0), ID(0x1d87, 0x3588, 0x060400),
		.command = 7, .parent = -1, .root = 3,
		.bridge = true, .secondary = 0x41, .subordinate = 0x41,
		OPEN(0, 0xf4200000, 0xf42fffff),
		.bar[6] = { CLAIM(0xf4300000), .size = 0x10000 },
	},
	{
		AT(0x4, 0x41, 0x00, 0), ID(0x10ec, 0x8125, 0x020000),
		.command = 7, .parent = 6, .root = 3,
		.bar[0] = { REG(0x200000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xf4200000), .size = 0x10000, .is_64 = true },
		.bar[4] = { HAS(0xf4210000), .size = 0x4000, .is_64 = true },
	},
};
