/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_asrock_b650m_hdv_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xf6600000, 0xf6efffff },
			{ 0xfa00000000, 0xfc0fffffff },
		},
	},
	{
		.domain = 0x0, .bus = 0x02, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xf6a00000, 0xf6bfffff },
			{ 0xfa00000000, 0xfc0fffffff },
		},
	},
};

static const struct sb_machine_fn desktop_asrock_b650m_hdv_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x1022, 0x14d8, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x00, 2), ID(0x1022, 0x14d9, 0x080600),
		.command = 4, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 1), ID(0x1022, 0x14db, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x03,
		OPEN(0, 0xf6a00000, 0xf6cfffff),
		OPEN(1, 0xfa00000000, 0xfc0fffffff),
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x02, 1), ID(0x1022, 0x14db, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x0f,
		OPEN(0, 0xf6600000, 0xf69fffff),
	},
	{
		AT(0x0, 0x00, 0x02, 2), ID(0x1022, 0x14db, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x10, .subordinate = 0x10,
		OPEN(0, 0xf6e00000, 0xf6efffff),
	},
	{
		AT(0x0, 0x00, 0x03, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x02, 0x00, 0), ID(0x1002, 0x1479, 0x060400),
		.command = 7, .parent = -1, .root = 1,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0xf6a00000, 0xf6bfffff),
		OPEN(1, 0xfa00000000, 0xfc0fffffff),
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x1002, 0x73ff, 0x030000),
		.command = 7, .parent = 9, .root = 1,
		.bar[0] = { HAS(0xfa00000000), .size = 0x200000000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xfc00000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0xf000), .size = 0x100, .io = true },
		.bar[5] = { HAS(0xf6a00000), .size = 0x100000 },
		.bar[6] = { HAS(0xf6b00000), .size = 0x20000 },
	},
	{
		AT(0x0, 0x03, 0x00, 1), ID(0x1002, 0xab28, 0x040300),
		.command = 6, .parent = 9, .root = 1,
		.bar[0] = { HAS(0xf6b20000), .size = 0x4000 },
	},
};
