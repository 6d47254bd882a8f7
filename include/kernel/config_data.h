/* SPDX-License-Identifier: MIT */
/*
 * The .config inside the image: lines of text, [config_data, config_data_end). With
 * CONFIG_IKCONFIG only.
 */
#ifndef KERNEL_CONFIG_DATA_H
#define KERNEL_CONFIG_DATA_H

extern const char config_data[], config_data_end[];

#endif
