/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root soc_nvidia_jetson_orin_nx_root[] = {
	{
		.domain = 0x1, .bus = 0x00, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0x40000000, 0x400fffff },
		},
	},
	{
		.domain = 0x4, .bus = 0x00, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0x40000000, 0x400fffff },
		},
	},
};

static const struct sb_machine_fn soc_nvidia_jetson_orin_nx_fn[] = {
	{
		AT(0x1, 0x00, 0x00, 0), ID(0x10de, 0x229e, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0xff,
		OPEN(0, 0x40000000, 0x400fffff),
	},
	{
		AT(0x1, 0x01, 0x00, 0), ID(0x10ec, 0xc822, 0x028000),
		.command = 7, .parent = 0, .root = 0,
		.bar[0] = { REG(0x1000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0x40000000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x4, 0x00, 0x00, 0), ID(0x10de, 0x229c, 0x060400),
		.command = 7, .parent = -1, .root = 1,
		.bridge = true, .secondary = 0x01, .subordinate = 0xff,
		OPEN(0, 0x40000000, 0x400fffff),
	},
	{
		AT(0x4, 0x01, 0x00, 0), ID(0x1ed0, 0x2283, 0x010800),
		.command = 6, .parent = 2, .root = 1,
		.bar[0] = { HAS(0x40010000), .size = 0x4000, .is_64 = true },
		.bar[6] = { CLAIM(0x40000000), .size = 0x10000 },
	},
};
