/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root soc_inspur_ce520f_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0x58000000, 0x641fffff },
			{ 0x1000000000, 0x10103fffff },
		},
	},
	{
		.domain = 0x0, .bus = 0x06, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0x64200000, 0x642fffff },
		},
	},
};

static const struct sb_machine_fn soc_inspur_ce520f_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x17cd, 0xdc16, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		OPEN(0, 0x64000000, 0x640fffff),
		.bar[0] = { HAS(0x1010000000), .size = 0x100000, .pref = true, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x17cd, 0xdc08, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
		OPEN(0, 0x58000000, 0x63ffffff),
		OPEN(1, 0x1000000000, 0x100fffffff),
		.bar[0] = { HAS(0x1010100000), .size = 0x100000, .pref = true, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x17cd, 0xdc01, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0x64100000, 0x641fffff),
		.bar[0] = { HAS(0x1010200000), .size = 0x100000, .pref = true, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x03, 0), ID(0x17cd, 0xdc16, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
		.bar[0] = { HAS(0x1010300000), .size = 0x100000, .pref = true, .is_64 = true },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x1912, 0x0014, 0x0c0300),
		.command = 6, .parent = 0, .root = 0,
		.bar[0] = { HAS(0x64000000), .size = 0x2000, .is_64 = true },
	},
	{
		AT(0x0, 0x02, 0x00, 0), ID(0x0731, 0x7200, 0x030000),
		.command = 7, .parent = 1, .root = 0,
		.bar[0] = { HAS(0x58000000), .size = 0x8000000 },
		.bar[1] = { HAS(0x60000000), .size = 0x1000000 },
		.bar[2] = { HAS(0x1000000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[4] = { HAS(0x61000000), .size = 0x10000 },
		.bar[5] = { REG(0x1000), .size = 0x100, .io = true },
		.bar[6] = { HAS(0x61010000), .size = 0x10000 },
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x1b4b, 0x9215, 0x010600),
		.command = 7, .parent = 2, .root = 0,
		.bar[0] = { REG(0x2020), .size = 0x8, .io = true },
		.bar[1] = { REG(0x2030), .size = 0x4, .io = true },
		.bar[2] = { REG(0x2028), .size = 0x8, .io = true },
		.bar[3] = { REG(0x2034), .size = 0x4, .io = true },
		.bar[4] = { REG(0x2000), .size = 0x20, .io = true },
		.bar[5] = { HAS(0x64140000), .size = 0x800 },
		.bar[6] = { HAS(0x64100000), .size = 0x40000 },
	},
	{
		AT(0x0, 0x06, 0x00, 0), ID(0x1912, 0x0014, 0x0c0300),
		.command = 6, .parent = -1, .root = 1,
		.bar[0] = { HAS(0x64200000), .size = 0x2000, .is_64 = true },
	},
};
