/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_asus_a8n_sli_premium_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xc0000000, 0xd42fffff },
			{ 0xfeb00000, 0xfebfffff },
		},
	},
};

static const struct sb_machine_fn desktop_asus_a8n_sli_premium_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x10de, 0x005e, 0x058000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x10de, 0x0050, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 1), ID(0x10de, 0x0052, 0x0c0500),
		.command = 1, .parent = -1, .root = 0,
		.bar[0] = { REG(0xe400), .size = 0x20, .io = true },
		.bar[4] = { REG(0x4c00), .size = 0x40, .io = true },
		.bar[5] = { REG(0x4c40), .size = 0x40, .io = true },
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x10de, 0x005a, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xd4104000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x02, 1), ID(0x10de, 0x005b, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfeb00000), .size = 0x100 },
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x10de, 0x0059, 0x040100),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0xdc00), .size = 0x100, .io = true },
		.bar[1] = { REG(0xe000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xd4103000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x06, 0), ID(0x10de, 0x0053, 0x010100),
		.command = 5, .parent = -1, .root = 0,
		.bar[0] = { REG(0), .size = 0x8, .io = true },
		.bar[2] = { REG(0), .size = 0x8, .io = true },
		.bar[4] = { REG(0), .size = 0x10, .io = true },
	},
	{
		AT(0x0, 0x00, 0x07, 0), ID(0x10de, 0x0054, 0x010400),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0x9f0), .size = 0x8, .io = true },
		.bar[1] = { REG(0xbf0), .size = 0x4, .io = true },
		.bar[2] = { REG(0x970), .size = 0x8, .io = true },
		.bar[3] = { REG(0xb70), .size = 0x4, .io = true },
		.bar[4] = { REG(0xd800), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xd4102000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x10de, 0x0055, 0x010400),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0x9e0), .size = 0x8, .io = true },
		.bar[1] = { REG(0xbe0), .size = 0x4, .io = true },
		.bar[2] = { REG(0x960), .size = 0x8, .io = true },
		.bar[3] = { REG(0xb60), .size = 0x4, .io = true },
		.bar[4] = { REG(0xc400), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xd4101000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x09, 0), ID(0x10de, 0x005c, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x05,
		OPEN(0, 0xd2000000, 0xd3ffffff),
		OPEN(1, 0xd4200000, 0xd42fffff),
	},
	{
		AT(0x0, 0x00, 0x0a, 0), ID(0x10de, 0x0057, 0x068000),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xd4100000), .size = 0x1000 },
		.bar[1] = { REG(0xb000), .size = 0x8, .io = true },
	},
	{
		AT(0x0, 0x00, 0x0b, 0), ID(0x10de, 0x005d, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
		OPEN(0, 0xd4000000, 0xd40fffff),
	},
	{
		AT(0x0, 0x00, 0x0c, 0), ID(0x10de, 0x005d, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
	},
	{
		AT(0x0, 0x00, 0x0d, 0), ID(0x10de, 0x005d, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
	},
	{
		AT(0x0, 0x00, 0x0e, 0), ID(0x10de, 0x005d, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		.vga_below = true,
		OPEN(0, 0xd0000000, 0xd1ffffff),
		OPEN(1, 0xc0000000, 0xcfffffff),
	},
	{
		AT(0x0, 0x00, 0x18, 0), ID(0x1022, 0x1100, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 1), ID(0x1022, 0x1101, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 2), ID(0x1022, 0x1102, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 3), ID(0x1022, 0x1103, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x1002, 0x68f9, 0x030000),
		.command = 7, .parent = 14, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xc0000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xd1000000), .size = 0x20000, .is_64 = true },
		.bar[4] = { REG(0xa000), .size = 0x100, .io = true },
		.bar[6] = { UNKNOWN, .shadowed = true },
	},
	{
		AT(0x0, 0x01, 0x00, 1), ID(0x1002, 0xaa68, 0x040300),
		.command = 7, .parent = 14, .root = 0,
		.bar[0] = { HAS(0xd1020000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x04, 0x00, 0), ID(0x544d, 0x6178, 0x048000),
		.command = 7, .parent = 11, .root = 0,
		.bar[0] = { HAS(0xd4000000), .size = 0x40000 },
	},
	{
		AT(0x0, 0x05, 0x0a, 0), ID(0x1095, 0x3114, 0x010400),
		.command = 7, .parent = 9, .root = 0,
		.bar[0] = { REG(0x8000), .size = 0x8, .io = true },
		.bar[1] = { REG(0x8400), .size = 0x4, .io = true },
		.bar[2] = { REG(0x8800), .size = 0x8, .io = true },
		.bar[3] = { REG(0x8c00), .size = 0x4, .io = true },
		.bar[4] = { REG(0x9000), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xd3004000), .size = 0x400 },
		.bar[6] = { HAS(0xd2000000), .size = 0x80000 },
	},
	{
		AT(0x0, 0x05, 0x0c, 0), ID(0x11ab, 0x4320, 0x020000),
		.command = 7, .parent = 9, .root = 0,
		.bar[0] = { HAS(0xd3000000), .size = 0x4000 },
		.bar[1] = { REG(0x9400), .size = 0x100, .io = true },
		.bar[6] = { HAS(0xd4200000), .size = 0x20000 },
	},
};
