/* SPDX-License-Identifier: MIT */
/* Files that the boot loader brings. CONFIG_INITRAMFS. */
#ifndef FS_INITRAMFS_H
#define FS_INITRAMFS_H

/*
 * Unpacks the archives in the initial ramdisk into /, if there are any, and hands its memory over.
 * What is wrong with them is said in the log. Boot CPU, once, after fs_init(), while nothing else
 * is mounted and nobody else uses files.
 */
#ifdef CONFIG_INITRAMFS
void initramfs_unpack(void);
#else
static inline void initramfs_unpack(void)
{
}
#endif

#endif
