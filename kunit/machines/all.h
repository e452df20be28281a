/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine: all machines that are replayed. */
#include "desktop-asrock-b650-livemixer.h"
#include "desktop-asus-m5a97-evo-r2.h"
#include "desktop-dell-precision-3460.h"
#include "desktop-gigabyte-x399-aorus-gaming7.h"
#include "notebook-dell-xps-15-9500.h"
#include "server-hpe-dl20-gen10-plus.h"
#include "server-lenovo-sr250-v2.h"
#include "soc-friendlyelec-nanopc-t6.h"
#ifdef EVERY_MACHINE
#include "desktop-asrock-b650m-hdv.h"
#include "desktop-asus-a8n-sli-premium.h"
#include "desktop-asus-p5q-e.h"
#include "desktop-dell-precision-3240.h"
#include "desktop-dell-precision-3630.h"
#include "desktop-dell-precision-t7600.h"
#include "desktop-gigabyte-x399-designare-ex.h"
#include "desktop-supermicro-h8dm8-2.h"
#include "notebook-lenovo-thinkpad-11e-3rd-gen.h"
#include "server-asrockrack-x570d4u-2l2t-bcm.h"
#include "server-hpe-microserver-gen10.h"
#include "server-lenovo-p920.h"
#include "server-supermicro-x11ssv-q.h"
#include "soc-edelweiss-tf307.h"
#include "soc-inspur-ce520f.h"
#include "soc-nvidia-jetson-orin-nx.h"
#endif

static const struct replayed_machine replayed_machines[] = {
	REPLAYED("desktop-asrock-b650-livemixer", desktop_asrock_b650_livemixer),
	REPLAYED("desktop-asus-m5a97-evo-r2", desktop_asus_m5a97_evo_r2),
	REPLAYED("desktop-dell-precision-3460", desktop_dell_precision_3460),
	REPLAYED("desktop-gigabyte-x399-aorus-gaming7", desktop_gigabyte_x399_aorus_gaming7),
	REPLAYED("notebook-dell-xps-15-9500", notebook_dell_xps_15_9500),
	REPLAYED("server-hpe-dl20-gen10-plus", server_hpe_dl20_gen10_plus),
	REPLAYED("server-lenovo-sr250-v2", server_lenovo_sr250_v2),
	REPLAYED("soc-friendlyelec-nanopc-t6", soc_friendlyelec_nanopc_t6),
#ifdef EVERY_MACHINE
	REPLAYED("desktop-asrock-b650m-hdv", desktop_asrock_b650m_hdv),
	REPLAYED("desktop-asus-a8n-sli-premium", desktop_asus_a8n_sli_premium),
	REPLAYED("desktop-asus-p5q-e", desktop_asus_p5q_e),
	REPLAYED("desktop-dell-precision-3240", desktop_dell_precision_3240),
	REPLAYED("desktop-dell-precision-3630", desktop_dell_precision_3630),
	REPLAYED("desktop-dell-precision-t7600", desktop_dell_precision_t7600),
	REPLAYED("desktop-gigabyte-x399-designare-ex", desktop_gigabyte_x399_designare_ex),
	REPLAYED("desktop-supermicro-h8dm8-2", desktop_supermicro_h8dm8_2),
	REPLAYED("notebook-lenovo-thinkpad-11e-3rd-gen", notebook_lenovo_thinkpad_11e_3rd_gen),
	REPLAYED("server-asrockrack-x570d4u-2l2t-bcm", server_asrockrack_x570d4u_2l2t_bcm),
	REPLAYED("server-hpe-microserver-gen10", server_hpe_microserver_gen10),
	REPLAYED("server-lenovo-p920", server_lenovo_p920),
	REPLAYED("server-supermicro-x11ssv-q", server_supermicro_x11ssv_q),
	REPLAYED("soc-edelweiss-tf307", soc_edelweiss_tf307),
	REPLAYED("soc-inspur-ce520f", soc_inspur_ce520f),
	REPLAYED("soc-nvidia-jetson-orin-nx", soc_nvidia_jetson_orin_nx),
#endif
};
