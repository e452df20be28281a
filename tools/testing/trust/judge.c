// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge: an EFI program that makes firmware load each file of a directory.
 *
 * For each \cases\NAME.efi it writes to port 0x404: NAME.efi, the status of
 * LoadImage and that of StartImage. A NAME.pe is loaded but not started,
 * because it needs another processor. For each NAME.cmp: NAME.cmp, the status
 * of EFI_DECOMPRESS_PROTOCOL, the size and the CRC-32 of the output. At the end
 * it writes "done" and switches the machine off.
 */
#include <efi.h>
#include <efilib.h>

#define PORT	0x404
#define SKIPPED	0xffff

/* EFI_DECOMPRESS_PROTOCOL (UEFI 2.10, 19.5) */
struct decompress {
	unsigned long long (*get_info)(void *self, void *from,
				       unsigned int size,
				       unsigned int *to_size,
				       unsigned int *scratch_size);
	unsigned long long (*decompress)(void *self, void *from,
					 unsigned int size, void *to,
					 unsigned int to_size, void *scratch,
					 unsigned int scratch_size);
};

static EFI_BOOT_SERVICES *bs;

static void put(char c)
{
	asm volatile("outb %0, %%dx" : : "a"(c), "d"((unsigned short)PORT));
}

static void put_text(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_wide(const CHAR16 *text)
{
	while (*text)
		put((char)*text++);
}

static void put_number(UINT64 value)
{
	int shift;

	put(' ');
	for (shift = 60; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
}

/* The compiler turns a loop into a call of this. */
void *memset(void *to, int value, UINTN size)
{
	unsigned char *at = to;

	while (size--)
		*at++ = value;
	return to;
}

void *memcpy(void *to, const void *from, UINTN size)
{
	unsigned char *at = to;
	const unsigned char *byte = from;

	while (size--)
		*at++ = *byte++;
	return to;
}

static UINTN path_size(const EFI_DEVICE_PATH *path)
{
	UINTN size = 0, length;

	while (path->Type != 0x7f) {
		length = path->Length[0] | path->Length[1] << 8;
		size += length;
		path = (const void *)((const char *)path + length);
	}
	return size;
}

/* The path of the disk, of a file, and the end. */
static void make_path(UINT8 *to, const EFI_DEVICE_PATH *disk,
		      const CHAR16 *name)
{
	static const CHAR16 dir[] = L"\\cases\\";
	UINTN size = path_size(disk), length = 4;
	UINT8 *node = to + size;

	memcpy(to, disk, size);
	memcpy(node + length, dir, sizeof(dir) - 2);
	length += sizeof(dir) - 2;
	do {
		memcpy(node + length, name, 2);
		length += 2;
	} while (*name++);
	node[0] = 4;
	node[1] = 4;
	node[2] = length;
	node[3] = length >> 8;
	memcpy(node + length, "\x7f\xff\x04\x00", 4);
}

static void load(EFI_HANDLE self, const EFI_DEVICE_PATH *disk,
		 const CHAR16 *name, BOOLEAN start)
{
	static UINT8 path[4096];
	EFI_HANDLE image = NULL;
	EFI_STATUS status;

	make_path(path, disk, name);
	status = bs->LoadImage(FALSE, self, (void *)path, NULL, 0, &image);
	put_number(status);
	put_number(EFI_ERROR(status) || !start ? SKIPPED :
		   bs->StartImage(image, NULL, NULL));
}

static void unpack(EFI_FILE_PROTOCOL *file, UINTN size)
{
	static EFI_GUID guid = {
		0xd8117cfe, 0x94a6, 0x11d4,
		{ 0x9a, 0x3a, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d }
	};
	struct decompress *protocol;
	UINT32 to_size = 0, scratch_size = 0, crc = 0;
	void *from = NULL, *to = NULL, *scratch = NULL;
	EFI_STATUS status;

	bs->LocateProtocol(&guid, NULL, (void **)&protocol);
	bs->AllocatePool(EfiLoaderData, size + 1, &from);
	file->Read(file, &size, from);
	status = protocol->get_info(protocol, from, size, &to_size,
				    &scratch_size);
	if (!EFI_ERROR(status)) {
		bs->AllocatePool(EfiLoaderData, to_size + 1, &to);
		bs->AllocatePool(EfiLoaderData, scratch_size, &scratch);
		status = to && scratch ?
			protocol->decompress(protocol, from, size, to, to_size,
					     scratch, scratch_size) :
			EFI_OUT_OF_RESOURCES;
	}
	if (!EFI_ERROR(status) && to_size)
		bs->CalculateCrc32(to, to_size, &crc);
	put_number(status);
	put_number(to_size);
	put_number(crc);
	bs->FreePool(from);
	if (to)
		bs->FreePool(to);
	if (scratch)
		bs->FreePool(scratch);
}

static int ends_with(const CHAR16 *name, CHAR16 last)
{
	while (name[1])
		name++;
	return *name == last;
}

EFI_STATUS efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	static EFI_GUID loaded_guid = LOADED_IMAGE_PROTOCOL;
	static EFI_GUID path_guid = DEVICE_PATH_PROTOCOL;
	static EFI_GUID files_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
	static UINT8 buffer[1024];
	EFI_FILE_IO_INTERFACE *files;
	EFI_FILE_PROTOCOL *root, *dir, *file;
	EFI_DEVICE_PATH *disk;
	EFI_LOADED_IMAGE *loaded;
	EFI_FILE_INFO *info = (void *)buffer;
	UINTN size;

	bs = table->BootServices;
	bs->SetWatchdogTimer(0, 0, 0, NULL);
	bs->HandleProtocol(self, &loaded_guid, (void **)&loaded);
	bs->HandleProtocol(loaded->DeviceHandle, &path_guid, (void **)&disk);
	bs->HandleProtocol(loaded->DeviceHandle, &files_guid, (void **)&files);
	files->OpenVolume(files, &root);
	root->Open(root, &dir, L"\\cases", EFI_FILE_MODE_READ, 0);
	for (;;) {
		size = sizeof(buffer);
		if (dir->Read(dir, &size, buffer) || !size)
			break;
		if (info->Attribute & EFI_FILE_DIRECTORY)
			continue;
		put_wide(info->FileName);
		if (ends_with(info->FileName, 'p')) {
			dir->Open(dir, &file, info->FileName,
				  EFI_FILE_MODE_READ, 0);
			unpack(file, info->FileSize);
			file->Close(file);
		} else {
			load(self, disk, info->FileName,
			     ends_with(info->FileName, 'i'));
		}
		put('\n');
	}
	put_text("done\n");
	table->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0,
					    NULL);
	return EFI_SUCCESS;
}
