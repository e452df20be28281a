/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root soc_edelweiss_tf307_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 0, .guessed = true,
		.window = {
		},
	},
	{
		.domain = 0x1, .bus = 0x00, .nr_windows = 0, .guessed = true,
		.window = {
		},
	},
};

static const struct sb_machine_fn soc_edelweiss_tf307_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x1d39, 0x8060, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0xff,
	},
	{
		AT(0x1, 0x00, 0x00, 0), ID(0x1d39, 0x8060, 0x060400),
		.command = 7, .parent = -1, .root = 1,
		.bridge = true, .secondary = 0x01, .subordinate = 0xff,
	},
};
