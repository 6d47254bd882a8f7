/* SPDX-License-Identifier: MIT */
/*
 * Error numbers of the Linux ABI (asm-generic/errno.h). Functions return them negative. X(name,
 * value) lists them once, so that the enum and the table of names cannot differ.
 */
#ifndef UAPI_ERRNO_H
#define UAPI_ERRNO_H

#define ERRNO_LIST(X) \
	X(EPERM, 1) \
	X(ENOENT, 2) \
	X(ESRCH, 3) \
	X(EINTR, 4) \
	X(EIO, 5) \
	X(ENXIO, 6) \
	X(E2BIG, 7) \
	X(ENOEXEC, 8) \
	X(EBADF, 9) \
	X(ECHILD, 10) \
	X(EAGAIN, 11) \
	X(ENOMEM, 12) \
	X(EACCES, 13) \
	X(EFAULT, 14) \
	X(ENOTBLK, 15) \
	X(EBUSY, 16) \
	X(EEXIST, 17) \
	X(EXDEV, 18) \
	X(ENODEV, 19) \
	X(ENOTDIR, 20) \
	X(EISDIR, 21) \
	X(EINVAL, 22) \
	X(ENFILE, 23) \
	X(EMFILE, 24) \
	X(ENOTTY, 25) \
	X(ETXTBSY, 26) \
	X(EFBIG, 27) \
	X(ENOSPC, 28) \
	X(ESPIPE, 29) \
	X(EROFS, 30) \
	X(EMLINK, 31) \
	X(EPIPE, 32) \
	X(EDOM, 33) \
	X(ERANGE, 34) \
	X(EDEADLK, 35) \
	X(ENAMETOOLONG, 36) \
	X(ENOLCK, 37) \
	X(ENOSYS, 38) \
	X(ENOTEMPTY, 39) \
	X(ELOOP, 40) \
	X(ENODATA, 61) \
	X(EOVERFLOW, 75) \
	X(ELIBBAD, 80) \
	X(EILSEQ, 84) \
	X(ENOTSOCK, 88) \
	X(EMSGSIZE, 90) \
	X(EPROTONOSUPPORT, 93) \
	X(EOPNOTSUPP, 95) \
	X(ETIMEDOUT, 110) \
	X(EALREADY, 114) \
	X(ECANCELED, 125) \
	X(EPROBE_DEFER, 517) /* kernel only: a supplier is not there yet, probe again later */

/* Those of sockets alone: nobody else needs their names. */
#define ERRNO_SOCKET_LIST(X) \
	X(EDESTADDRREQ, 89) \
	X(EPROTOTYPE, 91) \
	X(ENOPROTOOPT, 92) \
	X(ESOCKTNOSUPPORT, 94) \
	X(EAFNOSUPPORT, 97) \
	X(EADDRINUSE, 98) \
	X(ECONNRESET, 104) \
	X(ENOBUFS, 105) \
	X(EISCONN, 106) \
	X(ENOTCONN, 107) \
	X(ETOOMANYREFS, 109) \
	X(ECONNREFUSED, 111)

#define ERRNO_ENUM(name, value) name = value,
enum { ERRNO_LIST(ERRNO_ENUM) ERRNO_SOCKET_LIST(ERRNO_ENUM) };

#define EWOULDBLOCK EAGAIN

#endif
