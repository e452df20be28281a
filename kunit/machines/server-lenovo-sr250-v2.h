/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root server_lenovo_sr250_v2_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xa0000000, 0xa20fffff },
			{ 0x4000000000, 0x40067fffff },
		},
	},
};

static const struct sb_machine_fn server_lenovo_sr250_v2_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x4c53, 0x060000),
		.command = 6, .parent = -1, .root = 0,
		.bar[6] = { UNKNOWN },
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x8086, 0x4c01, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x02,
		OPEN(0, 0xa1c00000, 0xa1dfffff),
		OPEN(1, 0x4000000000, 0x40064fffff),
	},
	{
		AT(0x0, 0x00, 0x12, 0), ID(0x8086, 0x43fc, 0x070000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4006510000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0x43ed, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4006500000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0x43ef, 0x050000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4006520000), .size = 0x4000, .is_64 = true },
		.bar[2] = { HAS(0x4006528000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0x43e0, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4006527000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 1), ID(0x8086, 0x43e1, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4006526000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 4), ID(0x8086, 0x43e4, 0x078000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4006525000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x17, 0), ID(0x8086, 0x2826, 0x010400),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xa1e00000), .size = 0x2000 },
		.bar[1] = { HAS(0xa1e03000), .size = 0x100 },
		.bar[2] = { REG(0x3050), .size = 0x8, .io = true },
		.bar[3] = { REG(0x3040), .size = 0x4, .io = true },
		.bar[4] = { REG(0x3020), .size = 0x20, .io = true },
		.bar[5] = { HAS(0xa1e02000), .size = 0x800 },
	},
	{
		AT(0x0, 0x00, 0x1d, 0), ID(0x8086, 0x43b0, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0xa1f00000, 0xa20fffff),
		OPEN(1, 0x4006600000, 0x40067fffff),
	},
	{
		AT(0x0, 0x00, 0x1d, 2), ID(0x8086, 0x43b2, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
	},
	{
		AT(0x0, 0x00, 0x1d, 3), ID(0x8086, 0x43b3, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x06,
		OPEN(0, 0xa0000000, 0xa1bfffff),
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0x438d, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0x43a3, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4006524000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xefa0), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 5), ID(0x8086, 0x43a4, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xa1e04000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x8086, 0x159b, 0x020000),
		.command = 6, .parent = 1, .root = 0,
		.bar[0] = { HAS(0x4002000000), .size = 0x2000000, .pref = true, .is_64 = true },
		.bar[3] = { HAS(0x4006010000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[6] = { HAS(0xa1d00000), .size = 0x100000 },
	},
	{
		AT(0x0, 0x01, 0x00, 1), ID(0x8086, 0x159b, 0x020000),
		.command = 6, .parent = 1, .root = 0,
		.bar[0] = { HAS(0x4000000000), .size = 0x2000000, .pref = true, .is_64 = true },
		.bar[3] = { HAS(0x4006000000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[6] = { HAS(0xa1c00000), .size = 0x100000 },
	},
	{
		AT(0x0, 0x05, 0x00, 0), ID(0x19a2, 0x0120, 0x060400),
		.command = 7, .parent = 11, .root = 0,
		.bridge = true, .secondary = 0x06, .subordinate = 0x06,
		OPEN(0, 0xa0000000, 0xa1afffff),
		.bar[0] = { HAS(0xa1b00000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x06, 0x00, 0), ID(0x102b, 0x0522, 0x030000),
		.command = 7, .parent = 17, .root = 0,
		.bar[0] = { HAS(0xa0000000), .size = 0x1000000 },
		.bar[1] = { HAS(0xa1a10000), .size = 0x4000 },
		.bar[2] = { HAS(0xa1000000), .size = 0x800000 },
		.bar[6] = { HAS(0xa1a00000), .size = 0x10000 },
	},
};
