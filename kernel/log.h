/* SPDX-License-Identifier: MIT */
/* Between the log and the panic. */
#ifndef KERNEL_LOG_PRIVATE_H
#define KERNEL_LOG_PRIVATE_H

/* A panicking CPU takes the console's turn, whoever has it, and shows what is still pending. */
void log_panic(void);

#endif
